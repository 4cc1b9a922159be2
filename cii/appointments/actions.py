"""Plan a talk or a visit, put it off, cancel it, write down what was said, remark on it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from cii.agreements.bound import binds
from cii.agreements.queries import may_write, provider_units
from cii.agreements.tables import Agreement
from cii.appointments.queries import appointment, first_step, of_provider, points_of, remark_of
from cii.appointments.rules import (
    MOVES,
    AppointmentAhead,
    AppointmentPast,
    AppointmentUnbound,
    OutcomeUnsaid,
    PointUnminuted,
    RemarkGiven,
    RemarkTooEarly,
    TalkWithoutPurpose,
    gaps,
    state_of,
)
from cii.appointments.tables import Appointment, AppointmentRemark, TalkPoint
from cii.appointments.vocabulary import AppointmentEvent, AppointmentKind
from cii.conventions.parts_conduct import Talks
from cii.conventions.queries import talks_agreed
from cii.conventions.vocabulary import TalkPurpose
from cii.journal.actions import wrote
from cii.kernel.clock import ZURICH, local_day
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.kernel.moves import move
from cii.notices.actions import tell
from cii.providers.actions import AnswerTalk, answer_talk
from cii.store.work import Work


@dataclass(frozen=True)
class PlanTalk:
    """A talk on the reports: its agenda holds the agreed purposes and those added here.

    `request_ref`: the provider's request that it answers.
    """

    agreement_ref: str
    starts_at: datetime
    place: str = field(metadata={"min": 1, "max": 200})
    more: tuple[TalkPurpose, ...] = ()
    request_ref: str | None = None


def plan_talk(work: Work, ask: PlanTalk) -> Appointment:
    """Plan a talk; the provider is told.

    Refuses, all at once: AppointmentUnbound, AppointmentPast, TalkWithoutPurpose; UnknownThing, NotAllowed,
    TalkAnswered (the request).
    """
    agreement, agreed, against = _leading(work, ask.agreement_ref, ask.starts_at)
    agenda = [one for one in TalkPurpose if one in {*agreed.purposes, *ask.more}]
    refuse([*against, *([] if agenda else [TalkWithoutPurpose(field="more")])])
    request = None
    if ask.request_ref:
        said = f"{ask.starts_at.astimezone(ZURICH):%d.%m.%Y %H:%M}, {ask.place.strip()}"
        request = answer_talk(work, AnswerTalk(ask.request_ref, said)).id
    made = _planned(work, agreement, AppointmentKind.TALK, ask)
    made.request_id = request
    _added(work, made)
    for purpose in agenda:
        work.session.add(TalkPoint(appointment_id=made.id or 0, purpose=purpose))
    return _kept(work, made, agreement, "talk_planned", "talk-planned")


@dataclass(frozen=True)
class PlanVisit:
    """A visit of one's own: by which agreed criterion this provider was chosen, and why now."""

    agreement_ref: str
    starts_at: datetime
    place: str = field(metadata={"min": 1, "max": 200})
    criterion: str = field(metadata={"min": 3, "max": 1000})
    reason: str = field(metadata={"min": 20, "max": 2000})


def plan_visit(work: Work, ask: PlanVisit) -> Appointment:
    """Announce a visit: the second step, after a report and a talk (i.37).

    Refuses, all at once: AppointmentUnbound, AppointmentPast, VisitsNotAgreed, VisitCriteriaUnset,
    VisitWithoutReport, VisitWithoutTalk; UnknownThing, NotAllowed.
    """
    agreement, agreed, against = _leading(work, ask.agreement_ref, ask.starts_at)
    step, talk = first_step(work, agreement, agreed)
    refuse([*against, *gaps(step)])
    made = _planned(work, agreement, AppointmentKind.VISIT, ask)
    made.first_talk_id = talk.id if talk else None
    made.criterion, made.reason = ask.criterion.strip(), ask.reason.strip()
    _added(work, made)
    return _kept(work, made, agreement, "visit_planned", "visit-planned")


@dataclass(frozen=True)
class MoveAppointment:
    """Another moment or place."""

    appointment_ref: str
    starts_at: datetime
    place: str = field(metadata={"min": 1, "max": 200})


def move_appointment(work: Work, ask: MoveAppointment) -> Appointment:
    """Put it off or bring it forward; refuses IllegalMove, AppointmentPast, UnknownThing, NotAllowed."""
    held, agreement = _led(work, ask.appointment_ref, AppointmentEvent.MOVE)
    refuse(_past(work, ask.starts_at))
    held.starts_at, held.place, held.moves = ask.starts_at, ask.place.strip(), held.moves + 1
    return _kept(work, held, agreement, f"{held.kind.value}_moved", f"{held.kind.value}-moved")


@dataclass(frozen=True)
class CancelAppointment:
    """It does not take place."""

    appointment_ref: str
    reason: str = field(metadata={"min": 1, "max": 1000})


def cancel_appointment(work: Work, ask: CancelAppointment) -> Appointment:
    """Cancel it, with the reason that the provider reads; refuses IllegalMove, UnknownThing, NotAllowed."""
    held, agreement = _led(work, ask.appointment_ref, AppointmentEvent.CANCEL)
    held.cancelled_why = ask.reason.strip()
    return _kept(work, held, agreement, f"{held.kind.value}_cancelled", f"{held.kind.value}-cancelled")


@dataclass(frozen=True)
class MinuteTalk:
    """What was said on each purpose of the agenda, and what both sides agreed."""

    appointment_ref: str
    held_on: date
    structure: str = field(default="", metadata={"max": 4000})
    process: str = field(default="", metadata={"max": 4000})
    result: str = field(default="", metadata={"max": 4000})
    perspectives: str = field(default="", metadata={"max": 4000})
    agreed: str = field(default="", metadata={"max": 4000})


def minute_talk(work: Work, ask: MinuteTalk) -> Appointment:
    """Record a talk as held, with its minutes, for good; the provider may then remark once.

    Refuses, all at once: AppointmentAhead, PointUnminuted for each purpose of the agenda left blank;
    IllegalMove, UnknownThing, NotAllowed.
    """
    held, agreement = _led(work, ask.appointment_ref, AppointmentEvent.HOLD, AppointmentKind.TALK)
    said = {
        TalkPurpose.STRUCTURE: ask.structure,
        TalkPurpose.PROCESS: ask.process,
        TalkPurpose.RESULT: ask.result,
        TalkPurpose.PERSPECTIVES: ask.perspectives,
    }
    points = points_of(work, held)
    blank = [one.purpose for one in points if not said[one.purpose].strip()]
    refuse([*_ahead(work, ask.held_on), *(PointUnminuted(field=one.value, purpose=one) for one in blank)])
    for one in points:
        one.minutes = said[one.purpose].strip()
    held.held_on, held.outcome = ask.held_on, ask.agreed.strip()
    return _kept(work, held, agreement, "talk_minuted", "talk-minuted")


@dataclass(frozen=True)
class ReportVisit:
    """What was found on a visit."""

    appointment_ref: str
    held_on: date
    findings: str = field(metadata={"max": 4000})


def report_visit(work: Work, ask: ReportVisit) -> Appointment:
    """Record a visit as made, with its findings, for good; the provider may then remark once.

    Refuses: AppointmentAhead, OutcomeUnsaid, IllegalMove, UnknownThing, NotAllowed.
    """
    held, agreement = _led(work, ask.appointment_ref, AppointmentEvent.HOLD, AppointmentKind.VISIT)
    unsaid = [] if ask.findings.strip() else [OutcomeUnsaid(field="findings")]
    refuse([*_ahead(work, ask.held_on), *unsaid])
    held.held_on, held.outcome = ask.held_on, ask.findings.strip()
    return _kept(work, held, agreement, "visit_reported", "visit-reported")


@dataclass(frozen=True)
class RemarkAppointment:
    """What the provider has to say to the minutes or to the findings."""

    appointment_ref: str
    wording: str = field(metadata={"min": 1, "max": 4000})


def remark(work: Work, ask: RemarkAppointment) -> Appointment:
    """Remark once, for the provider. Refuses: NotAllowed, RemarkTooEarly, RemarkGiven, UnknownThing."""
    held, agreement = _locked(work, ask.appointment_ref)
    if not of_provider(work, held):
        raise NotAllowed
    refuse([] if held.held_on else [RemarkTooEarly()])
    refuse([RemarkGiven()] if remark_of(work, held) else [])
    work.session.add(
        AppointmentRemark(
            appointment_id=held.id or 0,
            wording=ask.wording.strip(),
            recorded_at=work.now,
            account_id=work.actor.account_id,
        )
    )
    _wrote(work, "appointment_remarked", agreement, held)
    if held.planned_by is not None:
        _tell(work, "talk-remarked", agreement, held, account_id=held.planned_by)
    return held


def _leading(work: Work, ref: str, starts_at: datetime) -> tuple[Agreement, Talks, list[Refusal]]:
    agreement, bound = binds(work, ref)
    if not may_write(work, agreement):
        raise NotAllowed
    agreed = talks_agreed(work, [agreement.id or 0]).get(agreement.id or 0, Talks())
    return agreement, agreed, [*([] if bound else [AppointmentUnbound()]), *_past(work, starts_at)]


def _planned(
    work: Work, agreement: Agreement, kind: AppointmentKind, ask: PlanTalk | PlanVisit
) -> Appointment:
    return Appointment(
        agreement_id=agreement.id or 0,
        kind=kind,
        starts_at=ask.starts_at,
        place=ask.place.strip(),
        planned_by=work.actor.account_id,
        recorded_at=work.now,
    )


def _added(work: Work, made: Appointment) -> None:
    work.session.add(made)
    work.session.flush()


def _locked(work: Work, ref: str) -> tuple[Appointment, Agreement]:
    held, agreement = appointment(work, ref)
    work.session.refresh(held, with_for_update=True)
    return held, agreement


def _led(
    work: Work, ref: str, event: AppointmentEvent, kind: AppointmentKind | None = None
) -> tuple[Appointment, Agreement]:
    held, agreement = _locked(work, ref)
    if not may_write(work, agreement):
        raise NotAllowed
    if kind is not None and held.kind is not kind:
        raise UnknownThing(field="appointment_ref")
    move(MOVES, state_of(held.held_on, held.cancelled_why), event)
    return held, agreement


def _past(work: Work, starts_at: datetime) -> list[Refusal]:
    behind = local_day(starts_at) < work.today
    return [AppointmentPast(field="starts_at", first=work.today)] if behind else []


def _ahead(work: Work, held_on: date) -> list[Refusal]:
    return [AppointmentAhead(field="held_on", last=work.today)] if held_on > work.today else []


def _kept(work: Work, held: Appointment, agreement: Agreement, action: str, kind: str) -> Appointment:
    _wrote(work, action, agreement, held)
    unit = provider_units(work, [held.agreement_id]).get(held.agreement_id)
    if unit is not None:
        _tell(work, kind, agreement, held, unit_id=unit)
    return held


def _tell(work: Work, kind: str, agreement: Agreement, held: Appointment, **reader: int) -> None:
    tell(
        work, **reader, kind=kind, subject="appointment", subject_ref=held.ref, number=agreement.number,
        at=held.starts_at,
    )  # fmt: skip


def _wrote(work: Work, action: str, agreement: Agreement, held: Appointment) -> None:
    work.session.flush()
    wrote(
        work, action, "agreement", agreement.id, ref=agreement.ref,
        payload={"at": held.starts_at, "place": held.place},
    )  # fmt: skip
