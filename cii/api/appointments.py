"""Talks on reports and visits: listed, planned, put off, minuted, remarked on."""

from collections.abc import Callable
from datetime import timedelta

from flask import g

from cii.access.permits import Permit
from cii.agreements.queries import agreement_by_ref
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.appointments.actions import (
    CancelAppointment,
    MinuteTalk,
    MoveAppointment,
    PlanTalk,
    PlanVisit,
    RemarkAppointment,
    ReportVisit,
    cancel_appointment,
    minute_talk,
    move_appointment,
    plan_talk,
    plan_visit,
    remark,
    report_visit,
)
from cii.appointments.queries import (
    AppointmentRow,
    TalkDue,
    appointment,
    appointment_shown,
    appointments_seen,
    remark_of,
    talks_due,
    version_of,
)
from cii.appointments.schemas import APPOINTMENT, APPOINTMENT_ROW, TALK_DUE
from cii.wire.answers import paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-appointments", __name__, url_prefix=PREFIX)


@blueprint.get("/appointments")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, paged(APPOINTMENT_ROW))
def appointments() -> Page[AppointmentRow]:
    """Talks and visits that one leads, or those of one's own enterprise, the newest first."""
    return Page(appointments_seen(g.work))


@blueprint.get("/talks-due")
@needs(Permit.EDIT_AGREEMENTS)
@blueprint.response(200, paged(TALK_DUE))
def due() -> Page[TalkDue]:
    """Agreements of one's own sector whose next talk is due soon and not planned."""
    work = g.work
    return Page(talks_due(work, work.today + timedelta(days=work.parameter("talk_planning_days"))))


@blueprint.get("/agreements/<ref:ref>/appointments")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, APPOINTMENT_ROW(many=True))
def of_agreement(ref: str) -> list[AppointmentRow]:
    """Talks and visits of an agreement, the newest first."""
    agreement_by_ref(g.work, ref)
    return appointments_seen(g.work, agreement_ref=ref)


@blueprint.post("/agreements/<ref:ref>/talks")
@needs(Permit.EDIT_AGREEMENTS)
@once
@blueprint.arguments(PlanTalk, given=("agreement_ref",))
@blueprint.response(201, APPOINTMENT)
def talk_planned(ask: Callable[..., PlanTalk], ref: str) -> Tagged:
    """Plan a talk; its agenda holds what was agreed."""
    return _shown(plan_talk(g.work, ask(agreement_ref=ref)).ref)


@blueprint.post("/agreements/<ref:ref>/visits")
@needs(Permit.EDIT_AGREEMENTS)
@once
@blueprint.arguments(PlanVisit, given=("agreement_ref",))
@blueprint.response(201, APPOINTMENT)
def visit_planned(ask: Callable[..., PlanVisit], ref: str) -> Tagged:
    """Announce a visit; refused with everything that its first step lacks."""
    return _shown(plan_visit(g.work, ask(agreement_ref=ref)).ref)


@blueprint.get("/appointments/<ref:ref>")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, APPOINTMENT)
def one(ref: str) -> Tagged:
    """One talk or visit; what was said is open to payer and provider only."""
    return _shown(ref)


@blueprint.post("/appointments/<ref:ref>/move")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(MoveAppointment, given=("appointment_ref",))
@blueprint.response(200, APPOINTMENT)
def moved(ask: Callable[..., MoveAppointment], ref: str) -> Tagged:
    """Another moment or place."""
    _matched(ref)
    move_appointment(g.work, ask(appointment_ref=ref))
    return _shown(ref)


@blueprint.post("/appointments/<ref:ref>/cancellation")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(CancelAppointment, given=("appointment_ref",))
@blueprint.response(200, APPOINTMENT)
def cancelled(ask: Callable[..., CancelAppointment], ref: str) -> Tagged:
    """It does not take place."""
    _matched(ref)
    cancel_appointment(g.work, ask(appointment_ref=ref))
    return _shown(ref)


@blueprint.post("/appointments/<ref:ref>/minutes")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(MinuteTalk, given=("appointment_ref",))
@blueprint.response(200, APPOINTMENT)
def minuted(ask: Callable[..., MinuteTalk], ref: str) -> Tagged:
    """What was said in a talk, purpose by purpose."""
    _matched(ref)
    minute_talk(g.work, ask(appointment_ref=ref))
    return _shown(ref)


@blueprint.post("/appointments/<ref:ref>/findings")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(ReportVisit, given=("appointment_ref",))
@blueprint.response(200, APPOINTMENT)
def reported(ask: Callable[..., ReportVisit], ref: str) -> Tagged:
    """What was found on a visit."""
    _matched(ref)
    report_visit(g.work, ask(appointment_ref=ref))
    return _shown(ref)


@blueprint.post("/appointments/<ref:ref>/remark")
@needs(Permit.SEE_PARTICIPANTS)
@versioned
@once
@blueprint.arguments(RemarkAppointment, given=("appointment_ref",))
@blueprint.response(200, APPOINTMENT)
def remarked(ask: Callable[..., RemarkAppointment], ref: str) -> Tagged:
    """What the provider has to say to it, once."""
    _matched(ref)
    remark(g.work, ask(appointment_ref=ref))
    return _shown(ref)


def _matched(ref: str) -> None:
    held, _ = appointment(g.work, ref)
    matched(ref, version_of(held, remark_of(g.work, held)))


def _shown(ref: str) -> Tagged:
    shown = appointment_shown(g.work, ref)
    return tagged(shown, shown.ref, shown.version)
