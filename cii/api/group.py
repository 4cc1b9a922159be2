"""The coordination group and the GP CII: their seats, who presides the group."""

from dataclasses import dataclass
from datetime import date

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.coordination.actions import NamePresidency, name_presidency
from cii.coordination.actions_members import AppointMember, EndMember, appoint_member, end_member
from cii.coordination.members import Member, members, members_ever
from cii.coordination.queries import presidencies
from cii.coordination.rules_members import Chair, turn_ahead
from cii.coordination.tables_members import BodyMember
from cii.coordination.vocabulary import Body
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-group", __name__, url_prefix=PREFIX)
READERS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING, Permit.FREEZE_REPORTS)
MEMBER = only(
    Member, "ref", "body", "standing", "institution", "name", "function", "valid_from", "valid_to",
    called="BodyMemberAnswer",
)  # fmt: skip
CHAIR = only(Chair, "year", "institution", "named", called="PresidencyAnswer")
_YEARS = 4


@dataclass(frozen=True)
class SeatsAsked:
    """Of which body; on which day, all seats ever when left out."""

    body: Body = Body.COORDINATION
    day: date | None = None


@dataclass(frozen=True)
class SeatEndAsked:
    """The first day without the seat."""

    valid_to: date


@blueprint.get("/body-members")
@needs(*READERS)
@blueprint.arguments(SeatsAsked, location="query")
@blueprint.response(200, paged(MEMBER))
def seats(ask: SeatsAsked) -> Page[Member]:
    """Who sits in a body: permanent members by turn of presidency, those on invitation, guests."""
    found = members_ever(g.work, ask.body) if ask.day is None else members(g.work, ask.body, ask.day)
    return Page(list(found))


@blueprint.post("/body-members")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@blueprint.arguments(AppointMember)
@blueprint.response(201, MEMBER)
def appointed(ask: AppointMember) -> Member:
    """Give a seat: the GP CII any, the coordination group a guest's."""
    return _shown(appoint_member(g.work, ask))


@blueprint.post("/body-members/<ref:ref>/end")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@blueprint.arguments(SeatEndAsked)
@blueprint.response(200, MEMBER)
def ended(ask: SeatEndAsked, ref: str) -> Member:
    """End a seat, once."""
    return _shown(end_member(g.work, EndMember(ref, ask.valid_to)))


@blueprint.get("/presidencies")
@needs(*READERS)
@blueprint.response(200, paged(CHAIR))
def chairs() -> Page[Chair]:
    """Who presides the coordination group: all years named, then by turn up to three years ahead."""
    named, year = presidencies(g.work), g.work.today.year
    past = [Chair(one, code, named=True) for one, code in named.items() if one < year]
    return Page([*past, *turn_ahead(named, year, _YEARS)])


@blueprint.post("/presidencies")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@blueprint.arguments(NamePresidency)
@blueprint.response(201, CHAIR)
def named(ask: NamePresidency) -> Chair:
    """Name who presides in a year; never the same institution two years in a row."""
    made = name_presidency(g.work, ask)
    return Chair(made.year, ask.institution, named=True)


def _shown(row: BodyMember) -> Member:
    return next(one for one in members_ever(g.work, row.body) if one.ref == row.ref)
