"""What a provider's home warns of: documents due, volumes projected, stays at risk, staff notices."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import url_for

from cii.appointments.queries import appointments_seen
from cii.appointments.vocabulary import AppointmentState
from cii.deliverables.queries import owed_by_me
from cii.figures.outlooks import own_outlooks
from cii.people.queries import PersonLabel, label
from cii.placements.foreseeing import open_interruptions
from cii.placements.tables_foreseen import InterruptionNotice
from cii.providers.queries import own_requests_open, own_staff_notices
from cii.settlement.attesting import attestations
from cii.settlement.risks import stays_at_risk
from cii.settlement.rules_risks import Risk
from cii.settlement.sheet import Sheet
from cii.settlement.vocabulary import RiskKind
from cii.store.work import Work
from cii.texts import formats
from cii.web.choices import t, word
from cii.web.deliverables import OWED_AHEAD, owed_row
from cii.web.volumes import volume_rows
from cii.wire import language

_SOONEST = 6


def attestations_said(work: Work, sheet: Sheet) -> list[dict[str, str]]:
    """By when the attendance of the months that are over is due, and whose is late (OACI 96)."""
    found = [one for one in attestations(work, sheet) if one.missing]
    names = label(work, {place.person_id for one in found for place, _ in one.missing})
    return [
        {
            "tone": "warning" if one.late(work.today) else "info",
            "text": t(
                "web.provider.attestation-late" if one.late(work.today) else "web.provider.attestation-due",
                month=formats.month(one.month.start, language.lang()),
                due=one.due_on,
                who=", ".join(
                    t("web.provider.attestation-of", name=names[place.person_id].name, n=days)
                    for place, days in one.missing
                    if place.person_id in names
                ),
            ),
        }
        for one in found
    ]


def deliverables_due(work: Work) -> list[dict[str, Any]]:
    """What the provider has to hand in, the nearest first: late, returned, or due within three months."""
    rows = [owed_row(one) for one in owed_by_me(work, work.today + timedelta(days=OWED_AHEAD))]
    return [one for one in rows if not one["done"]][:_SOONEST]


def risks_said(work: Work, sheet: Sheet, names: Mapping[int, PersonLabel]) -> list[dict[str, Any]]:
    """The stays at risk of breaking off, why, and what the provider does about it."""
    found = stays_at_risk(work, sheet)
    told = open_interruptions(work, [one.placement.id for one in found]) if found else {}
    return [
        {
            "url": url_for("provider.placement", ref=one.placement.ref),
            "name": names[one.placement.person_id].name if one.placement.person_id in names else "",
            "measure": one.placement.measure_name,
            "risk": " ".join(_risk(risk) for risk in one.risks),
            "act": _risk_act(one.placement.ref, one.risks, told.get(one.placement.id)),
        }
        for one in found
    ]


def _risk(one: Risk) -> str:
    if one.kind is RiskKind.ENTRY_OVERDUE:
        return t("web.provider.risk.entry-overdue", day=one.since)
    month = formats.month(one.since, language.lang())
    unexcused = one.kind is RiskKind.UNEXCUSED_UNPAID
    said = "web.provider.risk.unexcused-unpaid" if unexcused else "web.provider.risk.excused-unpaid"
    return t(said, month=month, n=one.days, unpaid=one.unpaid)


def _risk_act(ref: str, risks: tuple[Risk, ...], told: InterruptionNotice | None) -> dict[str, str]:
    page = url_for("provider.placement", ref=ref)
    if told is not None:
        return {"label": t("web.provider.told-for", day=told.expected_on), "url": page}
    if any(one.kind is RiskKind.ENTRY_OVERDUE for one in risks):
        return {"label": t("web.provider.start"), "url": page}
    return {
        "label": t("web.provider.tell-interruption"),
        "url": url_for("foreseen.interruption", ref=ref, reason="absences"),
    }


def volumes_said(work: Work) -> list[dict[str, Any]]:
    """The volumes of one's own agreements this year, those that give reason to act first."""
    return volume_rows(work, own_outlooks(work), tells=True)


def staff_told(work: Work) -> list[dict[str, Any]]:
    """The changes of staff that the provider told last."""
    return [
        {
            "change": word(one.change, "staff_change"),
            "function": one.function,
            "qualification": one.qualification,
            "workload": f"{one.workload} %",
            "effective_on": one.effective_on,
        }
        for one in own_staff_notices(work, limit=_SOONEST)
    ]


def talks_said(work: Work) -> list[dict[str, Any]]:
    """The talks and visits ahead, the nearest first, and the requests that nobody has answered yet."""
    planned = [one for one in appointments_seen(work) if one.state is AppointmentState.PLANNED]
    rows = [
        {
            "what": word(one.kind, "appointment_kind"),
            "url": url_for("appointments.one", ref=one.ref),
            "number": one.number,
            "at": one.starts_at,
            "place": one.place,
        }
        for one in reversed(planned)
    ]
    blank = {"url": None, "number": None, "at": None, "place": None}
    waiting = (t("web.provider.talk-asked", subject=one.subject) for one in own_requests_open(work))
    return rows + [{**blank, "what": what} for what in waiting]


__all__ = ["attestations_said", "deliverables_due", "risks_said", "staff_told", "talks_said", "volumes_said"]
