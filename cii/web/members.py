"""Who sits in the coordination group and in the GP CII, and who presides the group in which year."""

from collections.abc import Sequence
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import holders_of
from cii.access.vocabulary import Role
from cii.coordination.actions_members import AppointMember, EndMember, appoint_member, end_member
from cii.coordination.members import Member, member_by_ref, members_ever
from cii.coordination.queries import bodies_of, presidencies
from cii.coordination.rules_members import may_appoint, turn_ahead
from cii.coordination.vocabulary import Body, Standing
from cii.institutions.queries import institutions
from cii.institutions.vocabulary import InstitutionKind
from cii.kernel.period import ONE_DAY
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import options, t, word
from cii.web.meetings import READERS
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("members", __name__)
_YEARS = 4
"""How many years of presidency are shown ahead, this one included."""


@page.get("/coordination/members", endpoint="index")
@needs(*READERS)
def index() -> str:
    """Both bodies with their seats, and the presidency with its turn ahead."""
    work: Work = g.work
    seats = members_ever(work, *Body)
    return render_template(
        "pages/members/index.html",
        bodies=[_body(work, body, seats) for body in Body],
        chairs=chairs(work),
        may_act=bool(bodies_of(work.actor)),
    )


@page.get("/coordination/members/new")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
def new() -> str:
    """The form that gives a seat: the GP CII any, the group a guest's."""
    return render_template("pages/members/new.html", **_new(g.work))


@page.post("/coordination/members/new")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@again(new)
def appoint() -> Response:
    """Give a seat."""
    appoint_member(g.work, asked(AppointMember))
    return see_other("members.index")


@page.get("/coordination/members/<ref:ref>")
@needs(*READERS)
def one(ref: str) -> str:
    """One seat, and the form that ends it."""
    row = member_by_ref(g.work, ref)
    member = next(held for held in members_ever(g.work, row.body) if held.ref == ref)
    return render_template(
        "pages/members/one.html",
        member=member,
        body=word(member.body),
        standing=word(member.standing),
        last=_last(member),
        may_end=member.valid_to is None and may_appoint(bodies_of(g.work.actor), row.body, row.standing),
    )


@page.post("/coordination/members/<ref:ref>/end")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@again(one)
def end(ref: str) -> Response:
    """End a seat."""
    end_member(g.work, asked(EndMember, member_ref=ref))
    return see_other("members.index")


def chairs(work: Work) -> list[dict[str, Any]]:
    """Who presided last year, presides and will preside: as named, else expected by turn."""
    year, named = work.today.year, presidencies(work)
    past = [{"label": str(year - 1), "value": named[year - 1]}] if year - 1 in named else []
    ahead = [
        {
            "label": str(one.year),
            "value": one.institution if one.named else t("web.members.by-turn", institution=one.institution),
        }
        for one in turn_ahead(named, year, _YEARS)
    ]
    return [*past, *ahead]


def _body(work: Work, body: Body, seats: Sequence[Member]) -> dict[str, Any]:
    title = word(body)
    rows = [one for one in seats if one.body is body]
    over = [one for one in rows if one.valid_to is not None and one.valid_to <= work.today]
    return {
        "key": body.value,
        "title": title[:1].upper() + title[1:],
        "rows": [_row(one) for one in rows if one not in over],
        "over": [_row(one) for one in over],
    }


def _row(one: Member) -> dict[str, Any]:
    return {
        "institution": one.institution,
        "name": one.name,
        "function": one.function or None,
        "standing": {
            "label": word(one.standing),
            "tone": "info" if one.standing is Standing.PERMANENT else "neutral",
        },
        "since": one.valid_from,
        "last": _last(one),
        "url": url_for("members.one", ref=one.ref),
    }


def _last(one: Member) -> Any:  # noqa: ANN401 - a day, or nothing
    return one.valid_to - ONE_DAY if one.valid_to is not None else None


def _new(work: Work) -> dict[str, Any]:
    held = bodies_of(work.actor)
    standings = [one for one in Standing if any(may_appoint(held, body, one) for body in Body)]
    bodies = [one for one in Body if any(may_appoint(held, one, standing) for standing in standings)]
    return {
        "bodies": options(bodies),
        "standings": options(standings),
        "institutions": _institutions(work),
        "accounts": [
            {"value": one.ref, "label": f"{one.name} ({one.email})"}
            for one in holders_of(work, Role.COORDINATION_MEMBER, Role.COORDINATION_GUEST, Role.STEERING)
        ],
        "today": work.today.isoformat(),
        "guests_only": standings == [Standing.GUEST],
    }


def _institutions(work: Work) -> Sequence[dict[str, str]]:
    return [
        {"value": one.code, "label": f"{one.code} – {one.name}"}
        for one in institutions(work)
        if one.kind is not InstitutionKind.PROVIDER
    ]
