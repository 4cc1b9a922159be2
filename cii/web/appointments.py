"""Talks and visits: the list, those of an agreement, one with its minutes, the visit that comes second."""

from datetime import timedelta
from typing import Any

from flask import Response as FlaskResponse
from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import agreement_view, may_write
from cii.agreements.rules import UNBOUND
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
    AppointmentShown,
    TalkDue,
    appointment,
    appointment_shown,
    appointments_seen,
    first_step,
    remark_of,
    talks_due,
    version_of,
)
from cii.appointments.rules import AppointmentUnbound, gaps
from cii.appointments.vocabulary import AppointmentKind, AppointmentState
from cii.conventions.parts_conduct import Talks
from cii.conventions.queries import talks_agreed
from cii.conventions.vocabulary import TalkPurpose
from cii.desk.deadlines import Deadline, icalendar
from cii.kernel.clock import ZURICH, local_day
from cii.providers.queries import requests_open
from cii.store.work import Work
from cii.texts import speech
from cii.web.agreement_tabs import agreement_head
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import clock, options, t, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.files import handed_out
from cii.wire.reading import asked

page = Blueprint("appointments", __name__)
_TONES = {
    AppointmentState.PLANNED: "info",
    AppointmentState.HELD: "good",
    AppointmentState.CANCELLED: "neutral",
}


@page.get("/appointments", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def appointments_page() -> str:
    """Talks to arrange, what is planned, what was held: those one leads, or those of one's enterprise."""
    work = g.work
    ahead = work.today + timedelta(days=work.parameter("talk_planning_days"))
    leads = Permit.EDIT_AGREEMENTS in work.actor.permits
    rows = [_row(one) for one in appointments_seen(work)]
    return render_template(
        "pages/appointments/index.html",
        leads=leads,
        due=[_due(one) for one in talks_due(work, ahead)] if leads else [],
        planned=[one for one in reversed(rows) if one["open"]],
        past=[one for one in rows if not one["open"]],
    )


@page.get("/agreements/<ref:ref>/talks", endpoint="agreement")
@needs(Permit.SEE_AGREEMENTS)
def agreement_page(ref: str) -> str:
    """Talks and visits of an agreement, what was agreed on them, and the form that plans a talk."""
    return render_template("pages/appointments/agreement.html", **_of_agreement(g.work, ref))


@page.post("/agreements/<ref:ref>/talks")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(agreement_page)
def talk_planned(ref: str) -> Response:
    """Plan a talk."""
    made = plan_talk(g.work, asked(PlanTalk, agreement_ref=ref))
    return see_other("appointments.one", ref=made.ref)


@page.get("/agreements/<ref:ref>/visit", endpoint="visit")
@needs(Permit.EDIT_AGREEMENTS)
def visit_page(ref: str) -> str:
    """Whether the first step of a visit is done, and the form that announces one."""
    return render_template("pages/appointments/visit.html", **_of_visit(g.work, ref))


@page.post("/agreements/<ref:ref>/visit")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(visit_page)
def visit_planned(ref: str) -> Response:
    """Announce a visit."""
    made = plan_visit(g.work, asked(PlanVisit, agreement_ref=ref))
    return see_other("appointments.one", ref=made.ref)


@page.get("/appointments/<ref:ref>", endpoint="one")
@needs(Permit.SEE_AGREEMENTS)
def appointment_page(ref: str) -> str:
    """One talk or visit: agenda, minutes, remark, and what can be done now."""
    return render_template("pages/appointments/one.html", **_one(appointment_shown(g.work, ref)))


@page.get("/appointments/<ref:ref>/calendar.ics")
@needs(Permit.SEE_AGREEMENTS)
def calendar(ref: str) -> FlaskResponse:
    """The appointment for one's calendar: number, kind, time and place."""
    shown = appointment_shown(g.work, ref)
    entry = Deadline(
        shown.ref, shown.number, word(shown.kind, "appointment_kind"), local_day(shown.starts_at),
        shown.starts_at, shown.place,
    )  # fmt: skip
    said = icalendar([entry], g.work.now, t("web.appointments.title")).encode()
    return handed_out([said], f"cii-{shown.ref}.ics", "text/calendar")


@page.post("/appointments/<ref:ref>/move")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(appointment_page)
def moved(ref: str) -> Response:
    """Another moment or place."""
    _fresh(ref)
    move_appointment(g.work, asked(MoveAppointment, appointment_ref=ref))
    return see_other("appointments.one", ref=ref)


@page.post("/appointments/<ref:ref>/cancellation")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(appointment_page)
def cancelled(ref: str) -> Response:
    """It does not take place."""
    _fresh(ref)
    cancel_appointment(g.work, asked(CancelAppointment, appointment_ref=ref))
    return see_other("appointments.one", ref=ref)


@page.post("/appointments/<ref:ref>/minutes")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(appointment_page)
def minuted(ref: str) -> Response:
    """What was said in a talk."""
    _fresh(ref)
    minute_talk(g.work, asked(MinuteTalk, appointment_ref=ref))
    return see_other("appointments.one", ref=ref)


@page.post("/appointments/<ref:ref>/findings")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(appointment_page)
def reported(ref: str) -> Response:
    """What was found on a visit."""
    _fresh(ref)
    report_visit(g.work, asked(ReportVisit, appointment_ref=ref))
    return see_other("appointments.one", ref=ref)


@page.post("/appointments/<ref:ref>/remark")
@needs(Permit.SEE_PARTICIPANTS)
@once
@again(appointment_page)
def remarked(ref: str) -> Response:
    """What the provider has to say to it."""
    _fresh(ref)
    remark(g.work, asked(RemarkAppointment, appointment_ref=ref))
    return see_other("appointments.one", ref=ref)


def _fresh(ref: str) -> None:
    held, _ = appointment(g.work, ref)
    require_match(ref, version_of(held, remark_of(g.work, held)))


def _row(one: AppointmentRow) -> dict[str, Any]:
    planned = one.state is AppointmentState.PLANNED
    return {
        "kind": word(one.kind, "appointment_kind"),
        "url": url_for("appointments.one", ref=one.ref),
        "number": one.number,
        "provider": unit_name(one.provider) if one.provider else None,
        "at": one.starts_at,
        "place": one.place,
        "state": {"label": word(one.state, "appointment_state"), "tone": _TONES[one.state]},
        "held_on": one.held_on,
        "clock": clock(local_day(one.starts_at), done=not planned),
        "open": planned,
    }


def _due(one: TalkDue) -> dict[str, Any]:
    return {
        "number": one.number,
        "url": url_for("appointments.agreement", ref=one.agreement_ref),
        "provider": unit_name(one.provider) if one.provider else None,
        "rhythm": t("web.appointments.rhythm", n=one.times_a_year),
        "clock": clock(one.due_on),
        "last_on": one.last_on,
    }


def _of_agreement(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = view.agreement
    agreed = talks_agreed(work, [held.id or 0]).get(held.id or 0, Talks())
    leads = may_write(work, held) and Permit.EDIT_AGREEMENTS in work.actor.permits
    wishes = requests_open(work, held.provider_id) if leads else []
    day = work.today
    return {
        **agreement_head(work, view, "talks"),
        "agreed": agreed,
        "purposes": ", ".join(word(one, "talk_purpose") for one in agreed.purposes) or None,
        "rows": [_row(one) for one in appointments_seen(work, agreement_ref=ref)],
        "due": next(
            (_due(one) for one in talks_due(work, day + timedelta(days=400), agreement_ref=ref)), None
        )
        if leads
        else None,
        "more": options((one for one in TalkPurpose if one not in agreed.purposes), "talk_purpose"),
        "chosen": request.form.getlist("more") if request.form else [],
        "requests": [{"value": one.ref, "label": one.subject} for one in wishes],
        "may_lead": leads and held.state not in UNBOUND,
    }


def _of_visit(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = view.agreement
    agreed = talks_agreed(work, [held.id or 0]).get(held.id or 0, Talks())
    step, talk = first_step(work, held, agreed)
    against = [*([AppointmentUnbound()] if held.state in UNBOUND else []), *gaps(step)]
    return {
        **agreement_head(work, view, "talks"),
        "agreed": agreed,
        "against": [speech.refusal(one, language.lang()) for one in against],
        "talk": {"url": url_for("appointments.one", ref=talk.ref), "on": talk.held_on} if talk else None,
    }


def _one(shown: AppointmentShown) -> dict[str, Any]:
    return {
        "appointment": shown,
        "kind": word(shown.kind, "appointment_kind"),
        "state": {"label": word(shown.state, "appointment_state"), "tone": _TONES[shown.state]},
        "version": etag(shown.ref, shown.version),
        "points": [
            {"name": one.purpose.value, "label": word(one.purpose, "talk_purpose"), "minutes": one.minutes}
            for one in shown.points
        ],
        "is_visit": shown.kind is AppointmentKind.VISIT,
        "is_held": shown.state is AppointmentState.HELD,
        "is_planned": shown.state is AppointmentState.PLANNED,
        "wall": shown.starts_at.astimezone(ZURICH).strftime("%Y-%m-%dT%H:%M"),
        "today": g.work.today,
    }


__all__ = ["page"]
