"""Builders of stays with their events, attendance and waiting entries; they name only what matters."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from cii.agreements.tables import Agreement
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath
from cii.institutions.queries import unit_by_code
from cii.institutions.tables import FundingLine
from cii.measures.tables import Measure
from cii.people.tables import Person
from cii.placements.tables import Placement, PlacementEvent, PlacementShare, WaitingEntry
from cii.placements.vocabulary import PlacementEventKind, PlacementState, WaitingState
from cii.settlement.tables import Attendance
from cii.settlement.vocabulary import Presence
from cii.store.columns import new_ref
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Work

EARLY = timedelta(days=400)


def the_numbers(work: Work) -> None:
    """The dated numbers that ship with the house."""
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)


def later(work: Work, **by) -> Work:
    """The same transaction at a later moment."""
    return replace(work, now=work.now + timedelta(**by))


def a_case(work: Work) -> CaseFile:
    person = Person(created_at=work.now)
    work.session.add(person)
    work.session.flush()
    unit = unit_by_code(work, "ORP-LITTORAL").id
    made = CaseFile(
        number=new_ref(),
        person_id=person.id,
        path=next(iter(CasePath)),
        opened_at=work.now,
        opened_by_unit_id=unit,
        lead_unit_id=unit,
    )
    work.session.add(made)
    work.session.flush()
    return made


def a_stay(  # noqa: PLR0917 - who, where, who pays, from, to
    work: Work,
    measure: Measure,
    agreement: Agreement,
    line: FundingLine,
    first: date,
    last: date,
    *,
    started: bool = True,
    exit_type=None,
    contract=None,
    months=None,
    left_on: date | None = None,
    recorded_at: datetime | None = None,
    exit_recorded_at: datetime | None = None,
) -> Placement:
    """A stay paid by one line, with the events that tell of it; `left_on` is its last day when it has ended."""
    case = a_case(work)
    at = recorded_at or work.now - EARLY
    ended = exit_type is not None
    row = Placement(
        case_id=case.id,
        person_id=case.person_id,
        measure_id=measure.id,
        kind=measure.kind,
        line_id=line.id,
        requested_by_unit_id=case.lead_unit_id,
        starts_on=first,
        ends_on=(left_on or last) if ended else last,
        planned_end=last,
        state=PlacementState.ENDED
        if ended
        else PlacementState.STARTED
        if started
        else PlacementState.RESERVED,
        reserved_until=None if started else work.now,
        exit_type=exit_type,
        contract_type=contract,
        contract_months=months,
        exited_on=(left_on or last) if ended else None,
        created_at=at,
    )
    work.session.add(row)
    work.session.flush()
    work.session.add(
        PlacementShare(placement_id=row.id, line_id=line.id, agreement_id=agreement.id, weight=1, committed=0)
    )
    told(work, row, PlacementEventKind.RESERVED, first, at)
    if started:
        told(work, row, PlacementEventKind.STARTED, first, at)
    if ended:
        the_exit(work, row, left_on or last, exit_type, contract, months, exit_recorded_at or at)
    return row


def told(  # noqa: PLR0917 - the columns of the row
    work: Work, row: Placement, kind, day: date, at: datetime, facts=None, replaces=None
) -> PlacementEvent:
    event = PlacementEvent(
        placement_id=row.id, kind=kind, effective_on=day, recorded_at=at, facts=facts or {}, replaces=replaces
    )
    work.session.add(event)
    work.session.flush()
    return event


def the_exit(  # noqa: PLR0917 - the columns of the row
    work: Work, row: Placement, day: date, exit_type, contract, months, at, replaces=None
) -> PlacementEvent:
    facts = {
        "exit_type": exit_type.value,
        "contract_type": contract.value if contract else None,
        "contract_months": months,
    }
    return told(work, row, PlacementEventKind.ENDED, day, at, facts, replaces)


def attended(
    work: Work, row: Placement, day: date, presence=Presence.PRESENT, *, at=None, replaces=None
) -> Attendance:
    made = Attendance(
        placement_id=row.id, day=day, presence=presence, recorded_at=at or work.now - EARLY, replaces=replaces
    )
    work.session.add(made)
    work.session.flush()
    return made


def waits(
    work: Work, measure: Measure, line: FundingLine, since: date, *, urgency=2, closed_at=None
) -> WaitingEntry:
    case = a_case(work)
    made = WaitingEntry(
        case_id=case.id,
        person_id=case.person_id,
        measure_id=measure.id,
        line_id=line.id,
        requested_by_unit_id=case.lead_unit_id,
        urgency=urgency,
        waiting_since=since,
        lot="0" * 64,
        starts_on=since,
        ends_on=since,
        state=WaitingState.WAITING if closed_at is None else WaitingState.PLACED,
        created_at=work.now - EARLY,
        closed_at=closed_at,
    )
    work.session.add(made)
    work.session.flush()
    return made
