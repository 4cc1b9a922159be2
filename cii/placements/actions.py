"""Placing a person: place, quota and money in one transaction, or none of them with every reason.

The life that follows (answer, start, end) is in `life`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from cii.access.actions import grant
from cii.access.queries import sections_on_case
from cii.access.vocabulary import Relation, Section
from cii.budgets.actions import Source
from cii.budgets.actions_binding import Lost, engage_prepared, prepare_engagement
from cii.cases.queries import case_by_ref
from cii.cases.rules import CaseClosed
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus
from cii.journal.actions import wrote
from cii.kernel.clock import local_day, local_midnight
from cii.kernel.digest import plain
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY, Period
from cii.measures.actions import SetPlaces, SetQuota, set_places, set_quota
from cii.measures.eligibility import Verdict
from cii.measures.queries import measure_by_ref, places_rows, quota_rows
from cii.measures.rules import in_force
from cii.measures.tables import Measure
from cii.measures.vocabulary import MeasureKind
from cii.notices.actions import tell
from cii.placements.days import hold_person, open_days, place_on, refresh_days
from cii.placements.ledger import legs_of
from cii.placements.pricing import Bill, Payer, bill
from cii.placements.reasons import (
    Share,
    budget_faults,
    capacity_faults,
    consent_faults,
    double_financing,
    eligibility,
    read_payers,
    read_stay,
)
from cii.placements.rules import (
    DoubleFinancing,
    MeasureNotRunning,
    PlaceJustTaken,
    workload_faults,
)
from cii.placements.tables import Placement, PlacementEvent, PlacementLeg, PlacementShare, WaitingEntry
from cii.placements.vocabulary import PlacementEventKind, PlacementState, WaitingState
from cii.store.work import Work


@dataclass(frozen=True)
class AssignPlacement:
    """A person is to have a place in a measure from a day to a day (both inside).

    `line_ref`: the requesting line, whose quota is used and whose tariff prices the stay; the first payer
    when left out. `functional_basis`: the legal basis on which the provider may read the functional limits;
    none, no access. `workload`: percent of full time; none, full time.
    """

    case_ref: str
    measure_ref: str
    starts_on: date
    ends_on: date
    shares: tuple[Share, ...]
    line_ref: str | None = None
    functional_basis: str | None = None
    workload: int | None = None


@dataclass(frozen=True, slots=True)
class ReadWish:
    """A wish that has been read: who, where, when, who pays, and what the measure's table says.

    `asked_by_unit_id`: for which unit the place is asked, where that is not a unit of the actor. `entry_id`:
    the waiting entry that the place closes, whatever its measure.
    """

    ask: AssignPlacement
    case: CaseFile
    measure: Measure
    stay: Period
    payers: tuple[Payer, ...]
    verdict: Verdict
    facts: Mapping[str, object]
    asked_by_unit_id: int | None = None
    entry_id: int | None = None


_TRIES = 3
"""Who loses a place reads the reasons anew, and where none is left tries again."""


def assign(work: Work, ask: AssignPlacement, facts: Mapping[str, object] | None = None) -> Placement:
    """Reserve a place: measure, quota of the requesting line and the commitment of each payer, all or none.

    `facts`: what is known of the person, for the measure's eligibility table. The place is held until the
    parameter `placement_hold_working_days` from today; the provider answers meanwhile.
    Refuses, all at once: CaseClosed · PlacementConsentWithdrawn · PlacementDatesUpsideDown,
    PlacementTooLong, MeasureNotRunning, WorkloadUnfit · NoPayer, RequestingLineDoesNotPay · NotEligible,
    EligibilityNeedsFacts, EligibilityUndecided ·
    DoubleFinancing · NoAgreement, TariffMissing · MeasureFull, LineQuotaFull (with a transfer proposal),
    LineHasNoQuota · BudgetExceeded per line. Of two at the same moment one gets the place, the other the
    reasons.
    """
    case, measure = case_by_ref(work, ask.case_ref), measure_by_ref(work, ask.measure_ref)
    _may_place(work, case.id or 0)
    reasons: list[Refusal] = []
    if case.status is not CaseStatus.OPEN:
        reasons.append(CaseClosed(field="case_ref"))
    reasons += consent_faults(work, case)
    payers = read_payers(work, ask.shares, ask.line_ref, reasons)
    stay = read_stay(work, ask.starts_on, ask.ends_on, reasons)
    reasons += workload_faults(ask.workload)
    verdict = eligibility(work, measure.id or 0, ask.starts_on, facts or {}, reasons)
    if stay is not None and (measure.starts_on > stay.start or (measure.ends_on or stay.last) < stay.last):
        reasons.append(MeasureNotRunning(field="starts_on", first=measure.starts_on, last=measure.ends_on))
        stay = None
    if stay is None or not payers:
        refuse(reasons)
        raise AssertionError("unreachable: without stay or payers there is a reason")
    wish = ReadWish(ask, case, measure, stay, tuple(payers), verdict, dict(facts or {}))
    for _ in range(_TRIES):
        try:
            with all_or_nothing(work, stay):
                return place_wish(work, wish, reasons)
        except Lost:  # undone: the next try reads every reason anew, and says so
            continue
    raise PlaceJustTaken(measure=measure.code)


def place_wish(work: Work, wish: ReadWish, before: Sequence[Refusal] = ()) -> Placement:
    """One try of a wish that was read: reasons first, all rows written, and the place taken at the very end.

    Raises Lost where another was quicker.
    """
    ask, stay, measure_id, line_id = wish.ask, wish.stay, wish.measure.id or 0, wish.payers[0].line_id
    hold_person(work, wish.case.person_id)
    open_days(work, measure_id, stay.last, since=stay.start)
    reasons = [*before, *double_financing(work, wish.case.person_id, stay)]
    reasons += capacity_faults(work, measure_id, line_id, stay)
    cost, faults = bill(work, measure_id, wish.payers, stay, workload=ask.workload)
    reasons += faults
    if reasons or cost is None:
        if cost is not None:
            reasons += budget_faults(work, cost, stay)
        refuse(reasons)
        raise AssertionError("unreachable: without a bill there is a reason")
    placement = _record(work, wish, cost)
    source = Source("placement", placement.id or 0, f"placement:{placement.ref}:engage")
    money = prepare_engagement(work, legs_of(cost, stay), source)
    _open_to_provider(work, placement, ask.functional_basis)
    _leave_waiting_list(work, placement, wish.entry_id)
    _told_of(work, placement, wish)
    engage_prepared(work, money, place_on(measure_id, line_id, stay))
    return placement


def _record(work: Work, wish: ReadWish, cost: Bill) -> Placement:
    """The placement with its shares, legs and first events."""
    ask, case, measure, stay = wish.ask, wish.case, wish.measure, wish.stay
    line_id = wish.payers[0].line_id
    placement = Placement(
        case_id=case.id or 0,
        person_id=case.person_id,
        measure_id=measure.id or 0,
        kind=_kind(work, measure.id or 0, line_id, measure.kind, stay),
        provider_unit_id=cost.provider_unit_id,
        line_id=line_id,
        requested_by_unit_id=wish.asked_by_unit_id or next(iter(work.actor.units), case.lead_unit_id),
        requested_by_account_id=work.actor.account_id,
        starts_on=stay.start,
        ends_on=stay.last,
        planned_end=stay.last,
        workload=ask.workload,
        state=PlacementState.RESERVED,
        reserved_until=_hold_end(work),
        rule_digest=wish.verdict.digest,
        created_at=work.now,
    )
    work.session.add(placement)
    work.session.flush()
    _record_bill(work, placement, cost)
    told = _told(cost, wish.verdict, wish.facts)
    note_event(work, placement, PlacementEventKind.REQUESTED, work.today, told)
    note_event(work, placement, PlacementEventKind.RESERVED, work.today, {})
    return placement


def _told_of(work: Work, placement: Placement, wish: ReadWish) -> None:
    """The provider's notice and the journal's entry."""
    if placement.provider_unit_id is not None:
        tell(
            work,
            unit_id=placement.provider_unit_id,
            kind="placement-reserved",
            subject="placement",
            subject_ref=placement.ref,
            person_id=placement.person_id,
            measure=wish.measure.name,
            first=placement.starts_on,
            until=local_day(placement.reserved_until or work.now) - ONE_DAY,
        )
    wrote(
        work,
        "placement.assign",
        "placement",
        placement.id,
        ref=placement.ref,
        case_id=placement.case_id,
        person_id=placement.person_id,
        payload={name: plain(value) for name, value in asdict(wish.ask).items()},
    )


@contextmanager
def all_or_nothing(work: Work, stay: Period) -> Iterator[None]:
    """A savepoint: whatever is refused inside leaves nothing behind, whoever catches the refusal."""
    try:
        with work.session.begin_nested():
            yield
    except IntegrityError as clash:
        if not any(mark in str(clash.orig) for mark in ("ex_placement_days", "placement: days overlap")):
            raise
        raise DoubleFinancing(first=stay.start, last=stay.last) from clash


def _may_place(work: Work, case_id: int) -> None:
    if Section.PLACEMENT not in sections_on_case(work, case_id)[1]:
        raise NotAllowed


def _kind(work: Work, measure_id: int, line_id: int, usual: MeasureKind, stay: Period) -> MeasureKind:
    """The kind of the place: the measure's own when the line has such places, else the line's only kind."""
    held = in_force(quota_rows(work, measure_id).get(line_id, places_rows(work, measure_id)), stay.start)
    kinds = [MeasureKind(str(series[0])) for series, places in held.items() if places]
    return usual if usual in kinds or not kinds else kinds[0]


def _hold_end(work: Work) -> datetime:
    last = work.calendar.after(work.today, work.parameter("placement_hold_working_days"))
    return local_midnight(last + ONE_DAY)


def _record_bill(work: Work, placement: Placement, cost: Bill) -> None:
    for payer in cost.payers:
        share = PlacementShare(
            placement_id=placement.id or 0,
            line_id=payer.line_id,
            agreement_id=payer.agreement_id,
            weight=payer.weight,
            committed=payer.amount,
        )
        work.session.add(share)
        work.session.flush()
        work.session.add_all(
            PlacementLeg(share_id=share.id or 0, year=year, engaged=amount, released=Chf())
            for year, amount in payer.years
        )
    work.session.flush()


def _told(cost: Bill, verdict: Verdict, facts: Mapping[str, object]) -> dict[str, object]:
    """What the decision rests on, as plain values: kept with the placement, fit to be derived again."""
    asked = {one.input for line in verdict.rules for one in line.conditions}
    return {
        "total": cost.total.centimes,
        "shares": [[one.line_id, one.weight, one.amount.centimes] for one in cost.payers],
        "rule": [verdict.version, verdict.digest],
        "facts": {name: plain(value) for name, value in facts.items() if name in asked},
    }


def note_event(  # noqa: PLR0917 - the columns of the row
    work: Work,
    placement: Placement,
    kind: PlacementEventKind,
    effective_on: date,
    facts: Mapping[str, object],
    unit_id: int | None = None,
) -> PlacementEvent:
    """Record what happened to a placement."""
    row = PlacementEvent(
        placement_id=placement.id or 0,
        kind=kind,
        effective_on=effective_on,
        recorded_at=work.now,
        account_id=work.actor.account_id,
        unit_id=unit_id or next(iter(work.actor.units), None),
        facts=dict(facts),
    )
    work.session.add(row)
    work.session.flush()
    return row


def _open_to_provider(work: Work, placement: Placement, functional_basis: str | None) -> None:
    """The provider sees its participant: identity and placement; functional limits only with a basis."""
    if placement.provider_unit_id is None:
        return
    cause = f"placement:{placement.ref}"
    reads = Section.IDENTITY | Section.PLACEMENT
    if functional_basis is not None:
        reads |= Section.FUNCTIONAL
    grant(
        work,
        unit_id=placement.provider_unit_id,
        person_id=placement.person_id,
        reads=reads,
        writes=Section.PLACEMENT,
        basis=functional_basis or "own_case",
        cause=cause,
        relation=Relation.PROVIDER,
    )


def _leave_waiting_list(work: Work, placement: Placement, entry_id: int | None) -> None:
    of_place = col(WaitingEntry.measure_id) == placement.measure_id
    for entry in work.session.scalars(
        select(WaitingEntry).where(
            col(WaitingEntry.person_id) == placement.person_id,
            of_place if entry_id is None else or_(of_place, col(WaitingEntry.id) == entry_id),
            col(WaitingEntry.state) == WaitingState.WAITING,
        )
    ):
        entry.state, entry.closed_at, entry.placement_id = WaitingState.PLACED, work.now, placement.id
        entry.paused_on = entry.paused_by_unit_id = None
        work.session.add(entry)
    work.session.flush()


def change_places(work: Work, ask: SetPlaces) -> None:
    """Change a measure's places from a day on, opened days too; refuses as `set_places`, QuotaBelowTaken."""
    with work.session.begin_nested():
        row = set_places(work, ask)
        refresh_days(work, row.measure_id)


def change_quota(work: Work, ask: SetQuota) -> None:
    """Change a line's quota from a day on, with the opened days; refuses as `set_quota`, QuotaBelowTaken."""
    with work.session.begin_nested():
        row = set_quota(work, ask)
        refresh_days(work, row.measure_id)


__all__ = [
    "AssignPlacement", "ReadWish", "Share", "all_or_nothing", "assign", "change_places", "change_quota",
    "note_event", "place_wish",
]  # fmt: skip
