"""Volumes of agreements as pages show them: agreed, used, bound, projected, and what to do about it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import url_for

from cii.figures.outlooks import VolumeOutlook
from cii.figures.vocabulary import Prospect, Volume
from cii.providers.overruns import open_overruns
from cii.providers.vocabulary import OverrunKind
from cii.store.work import Work
from cii.texts import formats
from cii.web.choices import t, word
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


def volume_rows(
    work: Work, found: Sequence[VolumeOutlook], *, tells: bool, links: bool = True
) -> list[dict[str, Any]]:
    """Those that give reason to act first; `tells`: with the provider's act, `links`: to the agreement."""
    found = sorted(found, key=lambda one: _SERIOUS.index(one.outlook.prospect))
    notices = open_overruns(work, {one.agreement_id for one in found}) if found and tells else ()
    told = {(one.agreement_id, one.kind): one.expected_on for one in notices}
    rows = []
    for one in found:
        seen = one.outlook
        kind = OverrunKind.BUDGET if one.volume is Volume.MONEY else OverrunKind.VOLUME
        rows.append(
            {
                "url": url_for("agreements.one", ref=one.agreement_ref) if links else None,
                "number": one.number,
                "measure": one.measure or t("web.provider.volume.whole"),
                "volume": word(one.volume, "volume"),
                "agreed": _amount(one.volume, seen.agreed),
                "used": _amount(one.volume, seen.used),
                "bound": _amount(one.volume, seen.bound),
                "projected": None if seen.projected is None else _amount(one.volume, seen.projected),
                "prospect": {"label": _prospect(one), "tone": _TONES[seen.prospect]},
                "act": _act(one, told.get((one.agreement_id, kind))) if tells else None,
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


def _act(one: VolumeOutlook, told: date | None) -> dict[str, str] | None:
    if told is not None:
        page = url_for("agreements.one", ref=one.agreement_ref)
        return {"label": t("web.provider.told-for", day=told), "url": page}
    if one.outlook.prospect is Prospect.LIKELY_SHORT:
        return {"label": t("web.providers.do.talk"), "url": url_for("provider_tells.talk")}
    if one.outlook.over_on is None:
        return None
    page = url_for("foreseen.overrun", ref=one.agreement_ref, volume=one.volume.value)
    return {"label": t("web.provider.tell-overrun"), "url": page}


__all__ = ["volume_rows"]
