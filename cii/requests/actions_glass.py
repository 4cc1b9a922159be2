"""Break-glass: open in an emergency, end, inform the person, review by another, alert when nobody reviews."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import col, select

from cii.access.actions import close_grants, grant
from cii.access.queries import holders_of
from cii.access.vocabulary import Relation, Role
from cii.cases.meant import open_cases_meant
from cii.cases.tables import CaseFile
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.notices.actions import tell
from cii.people.matching import persons_meant
from cii.people.queries import avs_hash
from cii.people.rules import avs_number
from cii.requests.queries_glass import glass_by_ref, glass_state_of, glass_steps, own_glass
from cii.requests.rules import (
    GLASS,
    GlassNamesNobody,
    GlassOver,
    GlassReviewed,
    GlassStillOpen,
    OwnGlass,
    PersonInformed,
    ReasonShort,
)
from cii.requests.tables import BreakGlass, BreakGlassStep
from cii.requests.vocabulary import Finding, GlassState, GlassStep
from cii.store.work import Work

BREAK_GLASS = "break_glass"
"""The basis of an emergency access, in grants and in the journal."""
_MAY = frozenset({Role.CASE_MANAGER.value, Role.SUPERVISOR.value, Role.AUDITOR.value})


@dataclass(frozen=True)
class OpenGlass:
    """Open a case by its number, or the open cases of a person by AVS number, and say why."""

    reason: str = field(metadata={"max": 2000})
    case_number: str | None = field(default=None, metadata={"max": 20})
    avs: str | None = field(default=None, metadata={"max": 40})


@dataclass(frozen=True)
class ReviewGlass:
    """What the review found, with the reason."""

    glass_ref: str
    finding: Finding
    reason: str = field(metadata={"max": 2000})


def cause_of(row: BreakGlass) -> str:
    """The cause under which its grants stand."""
    return f"break_glass:{row.id}"


def open_glass(work: Work, ask: OpenGlass) -> tuple[BreakGlass, list[CaseFile]]:
    """Open what an emergency needs to the actor's account for `break_glass_hours`, and tell the officers.

    Refuses ReasonShort, GlassNamesNobody, AvsShape, AvsPrefix, AvsCheckDigit (all at once); UnknownThing
    where there is no such open case.
    """
    cases = _meant(work, ask)
    unit = _unit(work)
    row = BreakGlass(
        account_id=work.actor.account_id or 0,
        unit_id=unit,
        person_id=cases[0].person_id,
        case_number=cases[0].number if ask.case_number else None,
        reason=ask.reason.strip(),
        opened_at=work.now,
        until=work.now + timedelta(hours=work.parameter("break_glass_hours")),
        review_due=work.calendar.after(work.today, work.parameter("break_glass_review_days")),
    )
    work.session.add(row)
    work.session.flush()
    for case in cases:
        grant(
            work, account_id=row.account_id, person_id=case.person_id, case_id=case.id, reads=GLASS,
            basis=BREAK_GLASS, cause=cause_of(row), relation=Relation.BREAK_GLASS, until=row.until,
        )  # fmt: skip
    wrote(
        work, "break_glass", BREAK_GLASS, row.id, ref=row.ref, person_id=row.person_id, unit_id=unit,
        basis=BREAK_GLASS, payload={"reason": row.reason, "until": row.until, "cases": len(cases)},
    )  # fmt: skip
    for officer in holders_of(work, Role.DATA_PROTECTION_OFFICER):
        _tell(work, row, "break-glass", account_id=officer.id, review_due=row.review_due)
    return row, cases


def _meant(work: Work, ask: OpenGlass) -> list[CaseFile]:
    least = work.parameter("break_glass_reason_length")
    faults: list[Refusal] = []
    if len(ask.reason.strip()) < least:
        faults.append(ReasonShort(field="reason", least=least))
    by_number, by_avs = (ask.case_number or "").strip(), (ask.avs or "").strip()
    if bool(by_number) == bool(by_avs):
        faults.append(GlassNamesNobody(field="case_number"))
    number = ""
    if by_avs:
        try:
            number = avs_number(by_avs)
        except Refusal as no:
            faults.append(no)
    refuse(faults)
    if by_number:
        cases = open_cases_meant(work, number=by_number)
    else:
        cases = open_cases_meant(work, persons=persons_meant(work, avs_hash=avs_hash(work, number)))
    if not cases:
        raise UnknownThing(field="case_number" if by_number else "avs")
    return cases


def _unit(work: Work) -> int:
    for seat in work.actor.seats:
        if seat.role in _MAY and work.actor.account_id is not None:
            return seat.unit_id
    raise NotAllowed


def end_glass(work: Work, ref: str) -> BreakGlass:
    """Whoever opened ends it before its time, at once; refuses GlassOver, UnknownThing."""
    row = own_glass(work, ref)
    if glass_state_of(work, row) is not GlassState.ACTIVE:
        raise GlassOver
    close_grants(work, cause=cause_of(row))
    _step(work, row, GlassStep.ENDED)
    return row


def person_informed(work: Work, ref: str) -> BreakGlass:
    """The officer has sent the letter to the person; refuses PersonInformed, UnknownThing."""
    row = _held(work, ref)
    if GlassStep.INFORMED in glass_steps(work, [row.id or 0]).get(row.id or 0, {}):
        raise PersonInformed
    _step(work, row, GlassStep.INFORMED)
    return row


def review_glass(work: Work, ask: ReviewGlass) -> BreakGlass:
    """The officer finds that it was right or an abuse, when it is over; never the own one (four eyes).

    Refuses all at once: OwnGlass, GlassReviewed, GlassStillOpen, ReasonShort; UnknownThing.
    """
    row = _held(work, ask.glass_ref)
    state = glass_state_of(work, row)
    faults: list[Refusal] = []
    if row.account_id == work.actor.account_id:
        faults.append(OwnGlass())
    if state is GlassState.REVIEWED:
        faults.append(GlassReviewed())
    if state is GlassState.ACTIVE:
        faults.append(GlassStillOpen(until=row.until))
    least = work.parameter("break_glass_reason_length")
    if len(ask.reason.strip()) < least:
        faults.append(ReasonShort(field="reason", least=least))
    refuse(faults)
    _step(work, row, GlassStep.REVIEWED, ask.finding, ask.reason.strip())
    return row


def alert_unreviewed(work: Work, accounts: Iterable[int] = (), units: Iterable[int] = ()) -> int:
    """Alert the officers, and whom the caller names, of what nobody reviewed in time, once; returns how many.

    `accounts`, `units`: the presidency of the coordination group, which a room above knows.
    """
    done = select(BreakGlassStep.id).where(
        col(BreakGlassStep.opening_id) == col(BreakGlass.id),
        col(BreakGlassStep.kind).in_((GlassStep.REVIEWED, GlassStep.ALERTED)),
    )
    late = work.session.exec(
        select(BreakGlass)
        .where(col(BreakGlass.review_due) < work.today, ~done.correlate(BreakGlass).exists())
        .order_by(col(BreakGlass.id))
    ).all()
    told = list(
        dict.fromkeys([*(one.id or 0 for one in holders_of(work, Role.DATA_PROTECTION_OFFICER)), *accounts])
    )
    for row in late:
        for account in told:
            _tell(work, row, "break-glass-unreviewed", account_id=account, review_due=row.review_due)
        for unit in units:
            _tell(work, row, "break-glass-unreviewed", unit_id=unit, review_due=row.review_due)
        _step(work, row, GlassStep.ALERTED)
    return len(late)


def _held(work: Work, ref: str) -> BreakGlass:
    row = glass_by_ref(work, ref)
    return work.session.exec(select(BreakGlass).where(col(BreakGlass.id) == row.id).with_for_update()).one()


def _step(
    work: Work, row: BreakGlass, kind: GlassStep, finding: Finding | None = None, reason: str | None = None
) -> None:
    work.session.add(
        BreakGlassStep(
            opening_id=row.id or 0, opened_by=row.account_id, kind=kind, at=work.now,
            account_id=work.actor.account_id, finding=finding, reason=reason,
        )
    )  # fmt: skip
    work.session.flush()
    wrote(
        work, f"glass_{kind}", BREAK_GLASS, row.id, ref=row.ref, person_id=row.person_id,
        payload={"finding": finding, "reason": reason},
    )  # fmt: skip


def _tell(
    work: Work,
    row: BreakGlass,
    kind: str,
    *,
    review_due: object,
    account_id: int | None = None,
    unit_id: int | None = None,
) -> None:
    tell(
        work, account_id=account_id, unit_id=unit_id, kind=kind, subject=BREAK_GLASS, subject_ref=row.ref,
        day=review_due,
    )  # fmt: skip
