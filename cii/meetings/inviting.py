"""Who is to be called to a meeting, and why: members, who comes by invitation, guests of single items."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlmodel import col

from cii.access.queries import account_names
from cii.coordination.members import Member, members
from cii.coordination.queries import codes
from cii.coordination.vocabulary import Body, Standing
from cii.institutions.queries import institutions
from cii.institutions.vocabulary import Sector
from cii.kernel.period import Period, year_of
from cii.measures.queries import measures_by_code
from cii.meetings.queries import agenda, guests_of
from cii.meetings.rules import Called, called
from cii.meetings.tables import Meeting, MeetingInvitation
from cii.meetings.vocabulary import InvitationReason, ItemState, MeetingState
from cii.people.queries import current_statuses
from cii.placements.present import present_on
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class ToCall:
    """One seat to call; `institution` is empty for a guest, `measures` are codes.

    Without an account, nobody sits for the institution by name.
    """

    account_id: int | None
    name: str
    institution: str
    reason: InvitationReason
    measures: tuple[str, ...] = ()


def to_call(work: Work, meeting: Meeting) -> list[ToCall]:
    """Everybody whom the mandate calls to this meeting, by its agenda as it stands; permanent members first.

    A fixed number of statements, whatever the number of persons placed.
    """
    kept = [one for one in agenda(work, meeting) if one.state is ItemState.KEPT]
    on_agenda = {code for one in kept for code in one.measures}
    placed = placed_in(work, on_agenda, meeting.planned_on)
    asked = _asked(work, meeting)
    last = meeting.body is Body.COORDINATION and not _another_to_come(work, meeting)
    seen = seen_in(work, meeting.body, year_of(meeting.planned_on), meeting.id) if last else set()
    found = []
    for one in members(work, meeting.body, meeting.planned_on):
        if one.standing is Standing.GUEST or one.institution is None:
            continue
        why: Called | None = Called(InvitationReason.MEMBER)
        if one.standing is Standing.INVITED:
            why = called(
                one.institution, on_agenda, placed,
                asked=one.account_id in asked, seen_this_year=one.institution in seen, last_of_year=last,
            )  # fmt: skip
        if why is not None:
            found.append(ToCall(one.account_id, one.name, one.institution, why.reason, why.measures))
    known, ids = {one.account_id for one in found}, {one.id for one in kept}
    every = guests_of(work, meeting).items()
    guests = {account for item, accounts in every if item in ids for account in accounts} - known
    names = account_names(work, guests) if guests else {}
    return found + [ToCall(one, names[one], "", InvitationReason.GUEST) for one in sorted(guests)]


def seat_by_invitation(work: Work, meeting: Meeting) -> Member | None:
    """The seat by invitation that the actor takes in the body, or None."""
    return next(
        (
            one
            for one in members(work, meeting.body, work.today)
            if one.account_id == work.actor.account_id and one.standing is Standing.INVITED
        ),
        None,
    )


def placed_in(work: Work, measures: Collection[str], day: date) -> Mapping[str, frozenset[str]]:
    """Whose persons are placed in these measures on a day: code of the measure → codes of institutions.

    An institution's persons are those that it placed, those that it pays for, and, for the disability
    insurance, those insured there, whoever placed them (rule 3: persons of the OFIJ, insured of the AI).
    """
    if not measures:
        return {}
    known = {row.id or 0: row.code for row in measures_by_code(work, measures)}
    rows = present_on(work, day, known)
    names = codes(work)
    by_sector = {row.sector: row.code for row in institutions(work) if row.sector is not None}
    insured = current_statuses(work, {row.person_id for row in rows}, day)
    found: dict[str, set[str]] = {}
    for row in rows:
        whose = found.setdefault(known[row.measure_id], set())
        whose |= {names[row.asking], names[row.paying]}
        if Sector.AI in insured.get(row.person_id, {}) and Sector.AI in by_sector:
            whose.add(by_sector[Sector.AI])
    return {code: frozenset(whose) for code, whose in found.items()}


def _asked(work: Work, meeting: Meeting) -> set[int]:
    return set(
        work.session.scalars(
            select(col(MeetingInvitation.account_id)).where(
                col(MeetingInvitation.meeting_id) == meeting.id,
                col(MeetingInvitation.reason) == InvitationReason.ASKED,
            )
        )
    )


def _another_to_come(work: Work, meeting: Meeting) -> bool:
    """Whether the body means to meet again in the same year after this meeting."""
    year = year_of(meeting.planned_on)
    found = select(col(Meeting.id)).where(
        col(Meeting.body) == meeting.body,
        col(Meeting.id) != meeting.id,
        col(Meeting.state).in_((MeetingState.PLANNED, MeetingState.INVITED)),
        col(Meeting.planned_on) > meeting.planned_on,
        col(Meeting.planned_on) < year.end,
    )
    return work.session.scalars(found.limit(1)).first() is not None


def seen_in(work: Work, body: Body, year: Period, but: int | None = None) -> set[str]:
    """The institutions that came to a meeting of the body in a year, or are called to one; `but` that one."""
    names = codes(work)
    rows = work.session.scalars(
        select(col(MeetingInvitation.institution_id))
        .join(Meeting, col(Meeting.id) == col(MeetingInvitation.meeting_id))
        .where(
            col(Meeting.body) == body,
            col(Meeting.id) != (but or 0),
            col(Meeting.state).in_((MeetingState.INVITED, MeetingState.HELD)),
            col(Meeting.planned_on) >= year.start,
            col(Meeting.planned_on) < year.end,
            or_(col(MeetingInvitation.attended).is_(None), col(MeetingInvitation.attended).is_(True)),
            col(MeetingInvitation.institution_id).is_not(None),
        )
    )
    return {names[one] for one in rows if one is not None}
