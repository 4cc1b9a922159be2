"""What a provider's home warns of: documents due, volumes projected, stays at risk, staff notices."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import url_for

from cii.deliverables.queries import owed_by_me
from cii.figures.outlooks import VolumeOutlook, own_outlooks
from cii.figures.vocabulary import Prospect, Volume
from cii.people.queries import PersonLabel, label
from cii.placements.foreseeing import open_interruptions
from cii.placements.tables_foreseen import InterruptionNotice
from cii.providers.overruns import open_overruns
from cii.providers.queries import own_staff_notices
from cii.providers.vocabulary import OverrunKind
from cii.settlement.attesting import attestations
from cii.settlement.risks import stays_at_risk
from cii.settlement.rules_risks import Risk
from cii.settlement.sheet import Sheet
from cii.settlement.vocabulary import RiskKind
from cii.store.work import Work
from cii.texts import formats
from cii.web.choices import t, word
from cii.web.deliverables import OWED_AHEAD, owed_row
from cii.web.foreseen_words import CENTIMES
from cii.wire import language

_TONES: Mapping[Prospect, str] = {
    Prospect.OVER: "bad",
    Prospect.LIKELY_OVER: "warn",
    Prospect.LIKELY_SHORT: "warn",
    Prospect.FITS: "good",
    Prospect.TOO_EARLY: "neutral",
}
_SERIOUS = list(_TONES)
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
    return {"label": t("web.provider.tell-interruption"), "url": url_for("foreseen.interruption", ref=ref)}


def volumes_said(work: Work) -> list[dict[str, Any]]:
    """The volumes of one's own agreements this year, those that give reason to act first."""
    found = sorted(own_outlooks(work), key=lambda one: _SERIOUS.index(one.outlook.prospect))
    notices = open_overruns(work, {one.agreement_id for one in found}) if found else ()
    told = {(one.agreement_id, one.kind): one for one in notices}
    rows = []
    for one in found:
        seen = one.outlook
        kind = OverrunKind.BUDGET if one.volume is Volume.MONEY else OverrunKind.VOLUME
        notice = told.get((one.agreement_id, kind))
        rows.append(
            {
                "url": url_for("agreements.one", ref=one.agreement_ref),
                "number": one.number,
                "measure": one.measure,
                "volume": word(one.volume, "volume"),
                "agreed": _amount(one.volume, seen.agreed),
                "used": _amount(one.volume, seen.used),
                "bound": _amount(one.volume, seen.bound),
                "projected": None if seen.projected is None else _amount(one.volume, seen.projected),
                "prospect": {"label": _prospect(one), "tone": _TONES[seen.prospect]},
                "act": _volume_act(one, notice.expected_on if notice else None),
            }
        )
    return rows


def _amount(volume: Volume, amount: int) -> str:
    """A projection is no sum of an account: francs are told without centimes."""
    return formats.number(amount // CENTIMES if volume is Volume.MONEY else amount, language.lang())


def _prospect(one: VolumeOutlook) -> str:
    said = word(one.outlook.prospect, "prospect")
    day = one.outlook.over_on
    return said if day is None else t("web.provider.prospect-from", prospect=said, day=day)


def _volume_act(one: VolumeOutlook, told: Any) -> dict[str, str] | None:  # noqa: ANN401 - a day or None
    if told is not None:
        page = url_for("agreements.one", ref=one.agreement_ref)
        return {"label": t("web.provider.told-for", day=told), "url": page}
    if one.outlook.over_on is None:
        return None
    return {
        "label": t("web.provider.tell-overrun"),
        "url": url_for("foreseen.overrun", ref=one.agreement_ref, volume=one.volume.value),
    }


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


__all__ = ["attestations_said", "deliverables_due", "risks_said", "staff_told", "volumes_said"]
