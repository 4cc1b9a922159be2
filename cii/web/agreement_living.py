"""How an agreement is lived today: placements, deliverables, indicators, corrective measures, dates."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for

from cii.access.vocabulary import Role
from cii.agreements.owed import is_awaited
from cii.agreements.queries import AgreementView
from cii.agreements.rules import LIVING_STATES
from cii.conventions.dates import coming
from cii.conventions.negotiating import side_of
from cii.coordination.queries import correctives_of
from cii.coordination.rules import OPEN_STATES
from cii.kernel.period import ONE_DAY
from cii.placements.queries import placements_beyond, placements_under
from cii.store.work import Work
from cii.web.agreement_dates import date_word
from cii.web.choices import clock, t

NEXT = 3
"""How many of the next dates stand on the overview; the rest is read on the page of dates."""


def living(work: Work, view: AgreementView, indicators: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The block of the overview; None while the agreement is not in force.

    `indicators`: the rows of `indicators_now`. How many persons are placed is for who pays and for the
    provider; corrective measures are not for the provider.
    """
    held = view.agreement
    if held.state not in LIVING_STATES:
        return None
    late = [one for one in view.deliverables if is_awaited(one) and one.due_on < work.today]
    lights = Counter(one["light"]["state"] for one in indicators)
    figures = [
        _figure("late", len(late), None, url_for("owed.index", ref=held.ref)),
        _figure("green", lights["green"], _others(lights), url_for("goals.index", ref=held.ref)),
    ]
    if side_of(work, held) is not None:
        running, ahead = placements_under(work, held.id or 0)
        note = t("web.agreements.living.ahead", n=ahead) if ahead else None
        figures.insert(0, _figure("placements", running, note))
        if held.notice_on is not None and held.valid_to is not None:
            beyond = placements_beyond(work, held.id or 0, held.valid_to - ONE_DAY)
            figures.insert(1, _figure("beyond", beyond, t("web.agreements.living.beyond.note")))
    if not work.actor.has_role(Role.PROVIDER):
        open_ = [one for one in correctives_of(work, held.id or 0) if one.state in OPEN_STATES]
        figures.append(_figure("corrective", len(open_), None, url_for("evaluations.index", ref=held.ref)))
    dates = [one for one in coming(work) if one.agreement_ref == held.ref and one.due_on >= work.today]
    return {
        "figures": figures,
        "dates": [{"what": date_word(one), "clock": clock(one.due_on)} for one in dates[:NEXT]],
    }


_LABELS = {
    "placements": "web.agreements.living.placements",
    "beyond": "web.agreements.living.beyond",
    "late": "web.agreements.living.late",
    "green": "web.agreements.living.green",
    "corrective": "web.agreements.living.corrective",
}


def _figure(name: str, value: int, note: str | None, url: str | None = None) -> dict[str, Any]:
    return {"label": t(_LABELS[name]), "value": value, "note": note, "url": url}


def _others(lights: Mapping[str, int]) -> str:
    """The indicators that do not reach their target, and those that say nothing yet."""
    return t("web.agreements.living.others", amber=lights["yellow"], red=lights["red"], silent=lights["grey"])
