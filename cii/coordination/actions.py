"""Acts of the coordination group and of the steering group."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from cii.agreements.ending import follow_correction
from cii.agreements.queries import agreement_view
from cii.coordination.members import members
from cii.coordination.queries import (
    Alert,
    alerts,
    bodies_of,
    corrective_by_ref,
    corrective_measures,
    correctives_of,
    presidencies,
    responds,
)
from cii.coordination.rules import (
    CORRECTING,
    CORRECTIVE_MOVES,
    DATED,
    REASONED,
    STEERING_EVENTS,
    CorrectiveReasonMissing,
    DueDateMissing,
    SteeringDecides,
    may_move,
    presidency_faults,
)
from cii.coordination.tables import CorrectiveMeasure, CorrectiveStep, Presidency
from cii.coordination.telling import tell_corrective
from cii.coordination.vocabulary import Body, CorrectiveEvent, CorrectiveState, Standing
from cii.institutions.queries import institution_by_code, unit_for
from cii.institutions.vocabulary import UnitKind
from cii.journal.actions import wrote
from cii.kernel.digest import plain
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.kernel.moves import move
from cii.measures.queries import respondent_units_at
from cii.notices.actions import tell
from cii.store.work import Work


@dataclass(frozen=True)
class NamePresidency:
    """An institution presides the coordination group for a year."""

    year: int = field(metadata={"min": 1990, "max": 2200})
    institution: str


def name_presidency(work: Work, ask: NamePresidency) -> Presidency:
    """Name who presides.

    Refuses: UnknownThing, NotAllowed; all at once NotPermanent, NobodySeated, PresidencyTaken,
    SecondYearInARow.
    """
    if not bodies_of(work.actor):
        raise NotAllowed
    institution = institution_by_code(work, ask.institution)
    seats = members(work, Body.COORDINATION, date(ask.year, 1, 1))
    seated = {one.institution for one in seats if one.standing is Standing.PERMANENT and one.institution}
    refuse(presidency_faults(ask.year, institution.code, presidencies(work), seated))
    row = Presidency(year=ask.year, institution_id=institution.id or 0, recorded_at=work.now)
    work.session.add(row)
    work.session.flush()
    _wrote(work, "presidency.name", "presidency", row, ask)
    return row


@dataclass(frozen=True)
class ObserveDeviation:
    """Something about an agreement is not as it should be: a corrective measure begins."""

    agreement_ref: str
    wording: str
    observed_on: date
    indicator_code: str | None = None


def observe_deviation(work: Work, ask: ObserveDeviation) -> CorrectiveMeasure:
    """Record what was observed. Refuses: UnknownThing, NotAllowed."""
    if Body.COORDINATION not in bodies_of(work.actor):
        raise NotAllowed
    return begin_corrective(work, ask)


def begin_corrective(work: Work, ask: ObserveDeviation) -> CorrectiveMeasure:
    """Record what somebody observed who has the right to: the caller has asked. Refuses: UnknownThing."""
    view = agreement_view(work, ask.agreement_ref)
    indicator = next((one for one in view.indicators if one.code == ask.indicator_code), None)
    if ask.indicator_code is not None and indicator is None:
        raise UnknownThing(field="indicator_code")
    row = CorrectiveMeasure(
        agreement_id=view.agreement.id or 0,
        indicator_id=indicator.id if indicator else None,
        respondent_unit_id=_respondent(work, [one.measure_id for one in view.measures]),
        wording=ask.wording,
        observed_on=ask.observed_on,
        state=CorrectiveState.OBSERVED,
        recorded_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _step(work, row, None, "", ask.observed_on)
    _wrote(work, "corrective.observe", "corrective", row, ask)
    return row


def _respondent(work: Work, measure_ids: list[int]) -> int | None:
    held = respondent_units_at(work, work.today)
    return next((held[one] for one in measure_ids if one in held), None)


@dataclass(frozen=True)
class MoveCorrective:
    """A corrective measure goes on; asking, asking once more or approving a change sets the day it is due."""

    corrective_ref: str
    event: CorrectiveEvent
    note: str = ""
    due_on: date | None = None


def move_corrective(work: Work, ask: MoveCorrective) -> CorrectiveMeasure:
    """Move it on; a change of contract is decided by the steering group alone.

    The service that speaks to the provider reports what was done, the group verifies it.
    Refuses: UnknownThing, SteeringDecides, NotAllowed, IllegalMove; all at once DueDateMissing,
    CorrectiveReasonMissing.
    """
    row = corrective_by_ref(work, ask.corrective_ref)
    bodies = bodies_of(work.actor)
    if not may_move(ask.event, bodies, respondent=responds(work.actor, row)):
        raise SteeringDecides if ask.event in STEERING_EVENTS and bodies else NotAllowed
    state = move(CORRECTIVE_MOVES, row.state, ask.event)
    faults: list[Refusal] = []
    if ask.event in DATED and (ask.due_on is None or ask.due_on < work.today):
        faults.append(DueDateMissing(field="due_on"))
    if ask.event in REASONED and not ask.note.strip():
        faults.append(CorrectiveReasonMissing(field="note"))
    refuse(faults)
    row.state, row.due_on = state, ask.due_on or row.due_on
    _kept(work, row)
    others = correctives_of(work, row.agreement_id)
    follow_correction(work, row.agreement_id, correcting=any(one.state in CORRECTING for one in others))
    _step(work, row, ask.event, ask.note, work.today)
    _wrote(work, f"corrective.{ask.event.value}", "corrective", row, ask)
    tell_corrective(work, row, ask.event)
    return row


def watch(work: Work, day: date) -> dict[str, int]:
    """The daily look of the job: alerts that begin on that day are told to the group, late measures marked.

    `day` is the business date. Returns how many of each.
    """
    found = tell_group(work, [one for one in alerts(work, day) if one.since == day], day)
    for row in corrective_measures(work, only_open=True):
        if row.state is CorrectiveState.ASKED_VIA_RESPONDENT and row.due_on is not None and row.due_on < day:
            move_corrective(work, MoveCorrective(row.ref, CorrectiveEvent.FALL_OVERDUE))
            found["overdue"] = found.get("overdue", 0) + 1
    return found


def tell_group(work: Work, begun: Iterable[Alert], day: date) -> dict[str, int]:
    """Tell the group of alerts that begin on that day. Returns how many of each kind."""
    found: dict[str, int] = {}
    group = unit_for(work, UnitKind.COORDINATION, None, day)
    for alert in begun:
        kind = alert.kind.replace("_", "-")
        tell(
            work, unit_id=group.id, kind=kind, subject="coordination", subject_ref=group.ref, what=alert.what
        )  # fmt: skip
        found[alert.kind] = found.get(alert.kind, 0) + 1
    return found


def _step(work: Work, row: CorrectiveMeasure, event: CorrectiveEvent | None, note: str, day: date) -> None:
    work.session.add(
        CorrectiveStep(
            corrective_id=row.id or 0,
            event=event,
            state=row.state,
            note=note,
            due_on=row.due_on,
            effective_on=day,
            recorded_at=work.now,
            account_id=work.actor.account_id,
            unit_id=next(iter(work.actor.units), None),
        )
    )
    work.session.flush()


def _kept(work: Work, row: CorrectiveMeasure) -> None:
    row.version += 1
    work.session.add(row)
    work.session.flush()


def _wrote(work: Work, act: str, kind: str, row: Any, ask: Any) -> None:  # noqa: ANN401 - any row, any command
    told = {name: plain(value) for name, value in asdict(ask).items()}
    wrote(work, act, kind, row.id, ref=row.ref, payload=told)
