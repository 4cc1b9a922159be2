"""What follows a stay from its start to months after its exit: each an event that stays.

Balances of the individual objectives, modules acquired, the provider's breach notice and exit report, and the
check of the exit after the parameter `exit_check_months`. A correction is a further event; the last counts.
Source: product.md P6; federal guide (000) §4.1, indications 24 and 35.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Role, Section
from cii.cases.attachments import AttachDocument, Sent, keep_document
from cii.cases.vocabulary_attachments import AttachmentKind, AttachmentSection
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.period import months_later
from cii.notices.actions import tell
from cii.placements.actions import note_event
from cii.placements.hearing import words
from cii.placements.objectives import PlacementNotRunning, objectives_of
from cii.placements.queries import PlacementRow, events_of, placement_by_ref, rows_where
from cii.placements.rules import (
    CertificateMissing,
    CheckNotDue,
    NotYet,
    ObjectiveUnknown,
    OutsideThePlacement,
    StayNotOver,
)
from cii.placements.tables import Placement, PlacementEvent
from cii.placements.vocabulary import BalanceOutcome, ExitSituation, PlacementEventKind, PlacementState
from cii.store.work import HOUSE, Work

_BEGUN = (PlacementState.STARTED, PlacementState.ENDED)


@dataclass(frozen=True)
class BalanceObjective:
    """How far an objective was reached, looked at on a day."""

    placement_ref: str
    number: int
    outcome: BalanceOutcome
    balanced_on: date
    note: str = field(default="", metadata={"max": 1000})


@dataclass(frozen=True)
class RecordModule:
    """A module that the person acquired, with its day and its certificate or the number of it."""

    placement_ref: str
    name: str = field(metadata={"max": 200})
    acquired_on: date
    certificate: str = field(default="", metadata={"max": 100})


@dataclass(frozen=True)
class NoticeBreach:
    """The provider tells on which day the person did not keep what was agreed, and how."""

    placement_ref: str
    happened_on: date
    text: str = field(metadata={"max": 1000})


@dataclass(frozen=True)
class ReportExit:
    """The provider's report on a stay that is over."""

    placement_ref: str
    text: str = field(metadata={"max": 4000})


@dataclass(frozen=True)
class CheckExit:
    """Where the person stands some months after the exit."""

    placement_ref: str
    situation: ExitSituation
    note: str = field(default="", metadata={"max": 500})


def balance_objective(work: Work, ask: BalanceObjective) -> Placement:
    """Record the balance of an objective; by the placing institution or the provider.

    Refuses, all at once: ObjectiveUnknown, OutsideThePlacement, NotYet; before: UnknownThing, NotAllowed,
    PlacementNotRunning.
    """
    placement = _of(work, ask.placement_ref, _BEGUN, provider=True, placing=True)
    known = {one.number for one in objectives_of(work, placement.id or 0)}
    refuse(
        [
            *([] if ask.number in known else [ObjectiveUnknown(field="number", number=ask.number)]),
            *_day_faults(work, placement, ask.balanced_on, "balanced_on"),
        ]
    )
    facts = {"objective": ask.number, "outcome": ask.outcome.value, "note": ask.note.strip()}
    return _noted(work, placement, PlacementEventKind.BALANCED, ask.balanced_on, facts)


def record_module(work: Work, ask: RecordModule, file: Sent | None = None) -> Placement:
    """Record a module acquired in the stay; by the placing institution or the provider.

    The certificate itself is kept with the case, in the section of its places. Refuses, all at once:
    WordsMissing (name), CertificateMissing, OutsideThePlacement, NotYet; before: UnknownThing, NotAllowed,
    PlacementNotRunning; after: CaseClosed, EmptyFile, FileTooLarge, UnsupportedFile, LockedFile.
    """
    placement = _of(work, ask.placement_ref, _BEGUN, provider=True, placing=True)
    refuse(
        [
            *words(ask.name, "name"),
            *_day_faults(work, placement, ask.acquired_on, "acquired_on"),
            *([] if file or ask.certificate.strip() else [CertificateMissing(field="certificate")]),
        ]
    )
    facts = {"name": ask.name.strip(), "certificate": ask.certificate.strip()}
    if file is not None:
        facts["document"] = _keep_certificate(work, placement, facts["name"], file)
    return _noted(work, placement, PlacementEventKind.MODULE, ask.acquired_on, facts)


def _keep_certificate(work: Work, placement: Placement, module: str, file: Sent) -> str:
    """Keep the certificate with the case, for who may write of the stay; returns the document's ref."""
    unit = next(iter(work.actor.units), placement.requested_by_unit_id)
    ask = AttachDocument("", module, AttachmentKind.CERTIFICATE, AttachmentSection.PLACEMENT)
    return keep_document(work, placement.case_id, unit, ask, file).ref


def notice_breach(work: Work, ask: NoticeBreach) -> Placement:
    """Tell the placing institution of a breach; `late` after the parameter `breach_notice_working_days`.

    A late notice is recorded all the same and says so. Refuses, all at once: OutsideThePlacement, NotYet,
    WordsMissing; before: UnknownThing, NotAllowed, PlacementNotRunning.
    """
    placement = _of(work, ask.placement_ref, _BEGUN, provider=True)
    refuse([*_day_faults(work, placement, ask.happened_on, "happened_on"), *words(ask.text, "text")])
    until = work.calendar.after(
        ask.happened_on, work.parameter("breach_notice_working_days", ask.happened_on)
    )
    facts = {"text": ask.text.strip(), "until": until.isoformat(), "late": work.today > until}
    _tell_placing(work, placement, "placement-breach", ask.happened_on)
    return _noted(work, placement, PlacementEventKind.BREACH, ask.happened_on, facts)


def report_exit(work: Work, ask: ReportExit) -> Placement:
    """The provider's exit report, to the placing institution, while the provider's sight is open.

    Refuses: WordsMissing; before: UnknownThing, NotAllowed, StayNotOver.
    """
    placement = _of(work, ask.placement_ref, (PlacementState.ENDED,), provider=True)
    refuse(words(ask.text, "text"))
    _tell_placing(work, placement, "placement-exit-report", work.today)
    facts = {"text": ask.text.strip()}
    return _noted(work, placement, PlacementEventKind.EXIT_REPORT, work.today, facts)


def check_exit(work: Work, ask: CheckExit) -> Placement:
    """Where the person stands `exit_check_months` after the exit; answered by the placing side, once.

    Refuses: UnknownThing, NotAllowed, StayNotOver, CheckNotDue (too early, or answered before).
    """
    placement = _of(work, ask.placement_ref, (PlacementState.ENDED,), placing=True)
    due = check_day(work, placement.exited_on or placement.ends_on)
    if work.today < due or checked_of(events_of(work, placement.id or 0)) is not None:
        raise CheckNotDue(day=due)
    facts = {"situation": ask.situation.value, "note": ask.note.strip()}
    return _noted(work, placement, PlacementEventKind.CHECKED, work.today, facts)


def check_day(work: Work, exited_on: date) -> date:
    """From which day the exit is checked."""
    return months_later(exited_on, work.parameter("exit_check_months", exited_on))


def checked_of(events: Sequence[PlacementEvent]) -> PlacementEvent | None:
    """The answer to the check of the exit."""
    return next((one for one in events if one.kind is PlacementEventKind.CHECKED), None)


def balances_of(events: Sequence[PlacementEvent]) -> Mapping[int, PlacementEvent]:
    """The last balance of each objective, by its number."""
    return {
        int(str(one.facts["objective"])): one
        for one in events
        if one.kind is PlacementEventKind.BALANCED and "objective" in one.facts
    }


def checks_due(work: Work, limit: int = 100) -> list[PlacementRow]:
    """The exits of the actor's own units whose check is due and not answered, the oldest first.

    Exits of the last two years: an older one is not asked about any more.
    """
    months = work.parameter("exit_check_months")
    answered = select(col(PlacementEvent.placement_id)).where(
        col(PlacementEvent.kind) == PlacementEventKind.CHECKED
    )
    return rows_where(
        work,
        col(Placement.state) == PlacementState.ENDED,
        col(Placement.requested_by_unit_id).in_(work.actor.units),
        col(Placement.exited_on) <= months_later(work.today, -months),
        col(Placement.exited_on) > months_later(work.today, -months - 24),
        col(Placement.id).not_in(answered),
        order=(col(Placement.exited_on), col(Placement.id)),
        limit=limit,
    )


def _of(
    work: Work,
    ref: str,
    states: tuple[PlacementState, ...],
    *,
    provider: bool = False,
    placing: bool = False,
) -> Placement:
    """The placement in one of the states, for those who may write on this side of it; held."""
    placement = placement_by_ref(work, ref)
    work.session.refresh(placement, with_for_update=True)
    at = {seat.unit_id for seat in work.actor.seats if seat.role == Role.PROVIDER}
    mine = provider and placement.provider_unit_id in at
    ours = placing and not at and Section.PLACEMENT in sections_on_case(work, placement.case_id)[1]
    if not mine and not ours and work.actor != HOUSE:
        raise NotAllowed
    if placement.state not in states:
        over = states == (PlacementState.ENDED,)
        raise StayNotOver(state=placement.state) if over else PlacementNotRunning(state=placement.state)
    return placement


def _day_faults(work: Work, placement: Placement, day: date, named: str) -> list[Refusal]:
    bounds = {"first": placement.starts_on, "last": placement.ends_on}
    outside = not placement.starts_on <= day <= placement.ends_on
    return [
        *([OutsideThePlacement(field=named, day=day, **bounds)] if outside else []),
        *([NotYet(field=named, day=day)] if day > work.today else []),
    ]


def _tell_placing(work: Work, placement: Placement, kind: str, day: date) -> None:
    tell(
        work,
        unit_id=None if placement.requested_by_account_id else placement.requested_by_unit_id,
        account_id=placement.requested_by_account_id,
        kind=kind,
        subject="placement",
        subject_ref=placement.ref,
        person_id=placement.person_id,
        day=day,
    )


def _noted(
    work: Work, placement: Placement, kind: PlacementEventKind, day: date, facts: Mapping[str, object]
) -> Placement:
    """The event, the next version and the journal's entry, which carries no words about the person."""
    note_event(work, placement, kind, day, facts)
    placement.version += 1
    work.session.add(placement)
    work.session.flush()
    wrote(
        work,
        f"placement.{kind.value}",
        "placement",
        placement.id,
        ref=placement.ref,
        case_id=placement.case_id,
        person_id=placement.person_id,
        payload={"version": placement.version},
    )
    return placement
