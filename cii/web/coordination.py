"""The coordination group: alerts, meetings, corrective measures, monthly data, presidency."""

from datetime import date
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.coordination.actions import (
    NamePresidency,
    name_presidency,
)
from cii.coordination.monthly import monthly_data, readable
from cii.coordination.queries import (
    alerts,
    bodies_of,
    corrective_measures,
    presidencies,
)
from cii.coordination.rules import PERMANENT
from cii.coordination.rules_members import turn_ahead
from cii.kernel.period import ONE_DAY, Quarter
from cii.meetings.alerts import meeting_alerts
from cii.meetings.queries import meetings
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.choices import t
from cii.web.corrections import correction_rows
from cii.web.meeting_shown import meeting_row
from cii.web.meetings import READERS
from cii.web.members import chairs
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("coordination", __name__)


@page.get("/coordination", endpoint="index")
@needs(*READERS)
def coordination_page() -> str:
    """What the group owes, meets about and follows."""
    return render_template("pages/coordination/index.html", **_overview(g.work))


@page.get("/coordination/presidency")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
def presidency() -> str:
    """The form that names who presides."""
    return render_template("pages/coordination/presidency.html", **_presidency(g.work))


@page.post("/coordination/presidency")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@again(presidency)
def preside() -> Response:
    """Name who presides the group in a year."""
    name_presidency(g.work, asked(NamePresidency))
    return see_other("coordination.index")


def _overview(work: Work) -> dict[str, Any]:
    month = (work.today.replace(day=1) - ONE_DAY).replace(day=1)
    return {
        "alerts": [
            {
                "said": _alert(one.kind, one.what),
                "since": t("web.coordination.alert-at", day=one.since)
                if one.kind == "redirects"
                else t("web.coordination.alert-since", day=one.since),
            }
            for one in (*meeting_alerts(work), *alerts(work))
        ],
        "meetings": [meeting_row(one) for one in meetings(work)[:12]],
        "corrections": correction_rows(work, corrective_measures(work, only_open=True)),
        "month": formats.month(month, language.lang()),
        "deliveries": _deliveries(work, month),
        "presidency": chairs(work),
        "may_edit": Permit.EDIT_COORDINATION in work.actor.permits,
        "may_meet": bool(bodies_of(work.actor)),
    }


def _alert(kind: str, what: str) -> str:
    """An alert as a sentence; `what` is a quarter, an institution and a month, or a case and how often."""
    lang, said = language.lang(), what
    if kind == "quarter_without_meeting":
        said = formats.quarter(Quarter.parse(what), lang)
    elif kind == "monthly_data_missing":
        institution, _, month = what.partition(" ")
        said = f"{institution}, {formats.month(date.fromisoformat(f'{month}-01'), lang)}"
    return t(f"web.coordination.alert.{kind}", what=said)


def _deliveries(work: Work, month: date) -> list[dict[str, Any]]:
    held, open_to, name = monthly_data(work, month), readable(work), f"{month:%Y-%m}"
    return [
        {
            "institution": code,
            "url": url_for("monthly.one", month=name, institution=code) if code in open_to else None,
            "participants": held[code].participants if code in held else None,
            "entries": held[code].entries if code in held else None,
            "exits": held[code].exits if code in held else None,
            "waiting": held[code].waiting if code in held else None,
            "remark": (held[code].remark or None) if code in held else None,
            "state": {"label": t("web.coordination.delivered"), "tone": "good"}
            if code in held
            else {"label": t("web.coordination.missing"), "tone": "warn"},
        }
        for code in PERMANENT
    ]


def _presidency(work: Work) -> dict[str, Any]:
    named, following = presidencies(work), work.today.year + 1
    year = next(one for one in range(following, following + len(named) + 1) if one not in named)
    (expected,) = turn_ahead(named, year, 1)
    return {
        "institutions": [{"value": one, "label": one} for one in PERMANENT],
        "expected": expected.institution,
        "year": year,
        "chairs": chairs(work),
    }
