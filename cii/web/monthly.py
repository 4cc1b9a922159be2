"""Monthly data of the sectors: what is counted, what is delivered, corrected, brought as a file."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.coordination.actions_monthly import (
    TITLES,
    TOLD,
    DeliverMonth,
    FigureTold,
    ImportMonth,
    deliver_month,
    import_month,
)
from cii.coordination.monthly import (
    COUNTS,
    FigureRow,
    MonthSheet,
    deliveries_since,
    month_sheet,
    own,
    readable,
)
from cii.coordination.monthly_paper import month_table
from cii.coordination.rules_monthly import parse_month
from cii.coordination.vocabulary import FigureOrigin
from cii.documents import csv
from cii.kernel.errors import UnknownThing
from cii.kernel.period import months_later
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.choices import t, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.files import handed_out
from cii.wire.reading import asked, sent_file

page = Blueprint("monthly", __name__)
READERS = (Permit.DELIVER_MONTH, Permit.EDIT_COORDINATION, Permit.FREEZE_REPORTS)
_SHOWN = 12
_TONES = {FigureOrigin.COUNTED: "neutral", FigureOrigin.ENTERED: "info", FigureOrigin.IMPORTED: "info"}


@dataclass(frozen=True)
class ConfirmForm:
    """What goes with a month that is confirmed as counted."""

    remark: str = ""


@dataclass(frozen=True)
class FigureForm(FigureTold):
    """A figure told otherwise than counted, and why."""

    remark: str = ""


@page.get("/coordination/months", endpoint="index")
@needs(*READERS)
def index() -> str:
    """The months of the last year, by institution that the reader may read."""
    this = g.work.today.replace(day=1)
    months = [months_later(this, -back) for back in range(1, _SHOWN + 1)]
    come = {(month, code): count for month, code, count in deliveries_since(g.work, months[-1])}
    mine = own(g.work)
    rows = [
        {
            "month": formats.month(month, language.lang()),
            "institution": code,
            "deliveries": come.get((month, code)),
            "state": _state(delivered=(month, code) in come),
            "url": _url(code, month),
        }
        for month in months
        for code in readable(g.work)
    ]
    due = [one for one in mine if (months[0], one) not in come]
    return render_template(
        "pages/monthly/index.html",
        rows=rows,
        due=[{"label": one, "url": _url(one, months[0])} for one in due],
        month=formats.month(months[0], language.lang()),
    )


@page.get("/coordination/months/<month>/<institution>", endpoint="one")
@needs(*READERS)
def one_month(month: str, institution: str) -> str:
    """A month of an institution by measure and line."""
    sheet = _sheet(month, institution)
    return render_template(
        "pages/monthly/one.html",
        sheet=sheet,
        title=_title(sheet),
        month=month,
        rows=[_row(sheet, month, row) for row in sheet.rows],
        total=_total(sheet),
        state=_state(delivered=sheet.delivery is not None),
        version=_version(sheet),
        may_deliver=sheet.institution in own(g.work) and sheet.month.end <= g.work.today,
        ahead=sheet.month.end > g.work.today,
        differing=sum(bool(row.differing) for row in sheet.rows),
        faults=_faults(),
        example=";".join(titles[0] for titles in TITLES.values()),
    )


@page.post("/coordination/months/<month>/<institution>")
@needs(Permit.DELIVER_MONTH)
@once
@again(one_month)
def confirm(month: str, institution: str) -> Response:
    """Deliver the month: what is counted is confirmed, what was corrected stays."""
    _unchanged(month, institution)
    deliver_month(g.work, DeliverMonth(institution, month, (), asked(ConfirmForm).remark))
    return see_other("monthly.one", month=month, institution=institution)


@page.get("/coordination/months/<month>/<institution>/<measure>/<line>")
@needs(Permit.DELIVER_MONTH)
def figure(month: str, institution: str, measure: str, line: str) -> str:
    """The form for one measure and line."""
    sheet = _sheet(month, institution)
    row = next((one for one in sheet.rows if (one.measure, one.line) == (measure, line)), None)
    if row is None:
        raise UnknownThing(field="measure")
    return render_template(
        "pages/monthly/figure.html",
        sheet=sheet,
        month=month,
        row=row,
        held=asdict(row.told or row.counted),
        counted=asdict(row.counted),
        counts=TOLD,
        version=_version(sheet),
        of=_title(sheet),
    )


@page.post("/coordination/months/<month>/<institution>/<measure>/<line>")
@needs(Permit.DELIVER_MONTH)
@once
@again(figure)
def correct(month: str, institution: str, measure: str, line: str) -> Response:
    """Tell one measure and line otherwise than counted; all else is delivered as it stands."""
    _unchanged(month, institution)
    form = asdict(asked(FigureForm, measure=measure, line=line))
    remark = form.pop("remark")
    deliver_month(g.work, DeliverMonth(institution, month, (FigureTold(**form),), remark))
    return see_other("monthly.one", month=month, institution=institution)


@page.post("/coordination/months/<month>/<institution>/file")
@needs(Permit.DELIVER_MONTH)
@once
@again(one_month)
def bring(month: str, institution: str) -> Response:
    """Deliver the month from a file; with one fault nothing is kept."""
    import_month(g.work, ImportMonth(institution, month, sent_file().content))
    return see_other("monthly.one", month=month, institution=institution)


@page.get("/coordination/months/<month>/<institution>/csv", endpoint="csv")
@needs(*READERS)
def as_csv(month: str, institution: str) -> Response:
    """The month as a file, to be read or to be corrected and brought back."""
    held = csv.write(month_table(_sheet(month, institution)))
    name = f"cii-{institution}-{month}.csv"
    return handed_out([held], name, csv.MEDIA_TYPE, len(held))


def _sheet(month: str, institution: str) -> MonthSheet:
    return month_sheet(g.work, institution, parse_month(month))


def _title(sheet: MonthSheet) -> str:
    said = formats.month(sheet.month.start, language.lang())
    return t("web.monthly.of", institution=sheet.institution, month=said)


def _unchanged(month: str, institution: str) -> None:
    sheet = _sheet(month, institution)
    require_match(f"{sheet.institution}-{month}", sheet.sequence)


def _version(sheet: MonthSheet) -> str:
    return etag(f"{sheet.institution}-{sheet.month.start:%Y-%m}", sheet.sequence)


def _url(institution: str, month: date) -> str:
    return url_for("monthly.one", month=f"{month:%Y-%m}", institution=institution)


def _state(*, delivered: bool) -> dict[str, str]:
    return {
        "label": t("web.coordination.delivered" if delivered else "web.coordination.missing"),
        "tone": "good" if delivered else "warn",
    }


def _row(sheet: MonthSheet, month: str, row: FigureRow) -> dict[str, Any]:
    shown = row.told or row.counted
    apart = [
        t("web.monthly.counted-here", what=t(f"web.monthly.{name}"), n=getattr(row.counted, name))
        for name in row.differing
    ]
    mine = sheet.institution in own(g.work) and sheet.month.end <= g.work.today
    return {
        "measure": f"{row.measure} · {row.name}",
        "line": row.line,
        **{name: getattr(shown, name) for name in COUNTS},
        "origin": {"label": word(row.origin, "figure-origin"), "tone": _TONES[row.origin]}
        if row.origin
        else None,
        "apart": ", ".join(apart) or None,
        "url": url_for(
            "monthly.figure", month=month, institution=sheet.institution, measure=row.measure, line=row.line
        )
        if mine
        else None,
    }


def _total(sheet: MonthSheet) -> dict[str, Any]:
    shown = [row.told or row.counted for row in sheet.rows]
    summed = {name: sum(getattr(one, name) for one in shown) for name in COUNTS}
    return {"measure": t("web.monthly.total"), **summed} if len(shown) > 1 else {}


def _faults() -> list[dict[str, Any]]:
    return [
        {
            "line": one.facts.get("line"),
            "column": TITLES[one.field][0] if one.field in TITLES else one.field,
            "found": one.facts.get("found"),
            "reason": one.text,
        }
        for one in (g.get("reasons") or ())
        if "line" in one.facts
    ]
