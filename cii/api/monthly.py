"""Monthly data of the sectors: the months, one by measure and line, delivered as JSON or as a file."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import g

from cii.access.permits import Permit
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.detections import FILE
from cii.api.shapes import Tagged, tagged
from cii.coordination.actions_monthly import (
    DeliverMonth,
    FigureTold,
    ImportMonth,
    deliver_month,
    import_month,
)
from cii.coordination.monthly import MonthSheet, deliveries_since, month_sheet, readable
from cii.coordination.rules_monthly import MonthCounts, parse_month
from cii.coordination.vocabulary import FigureOrigin
from cii.kernel.period import months_later
from cii.wire.answers import answer_schema, only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page
from cii.wire.reading import sent_file

blueprint = Blueprint("api-monthly", __name__, url_prefix=f"{PREFIX}/monthly-data")
READERS = (Permit.DELIVER_MONTH, Permit.EDIT_COORDINATION, Permit.FREEZE_REPORTS)
_SHOWN = 12


@dataclass(frozen=True)
class MonthShown:
    """A month of an institution and how often it was delivered; 0: missing."""

    month: str
    institution: str
    deliveries: int


@dataclass(frozen=True)
class FigureShown:
    """One measure and line: counted here now, and told by the newest delivery, null while there is none."""

    measure: str
    line: str
    counted: MonthCounts
    told: MonthCounts | None
    origin: FigureOrigin | None


@dataclass(frozen=True)
class SheetShown:
    """A month by measure and line; `deliveries` so far, with the newest one's moment and remark."""

    month: str
    institution: str
    deliveries: int
    delivered_at: datetime | None
    remark: str
    figures: tuple[FigureShown, ...]


@dataclass(frozen=True)
class MonthAsked:
    """What is told otherwise than counted; all else is confirmed."""

    figures: tuple[FigureTold, ...] = ()
    remark: str = field(default="", metadata={"max": 1000})


MONTH = only(MonthShown, "month", "institution", "deliveries", called="MonthlyMonthAnswer")
SHEET = answer_schema(SheetShown, "Monthly")


@blueprint.get("")
@needs(*READERS)
@blueprint.response(200, paged(MONTH))
def months() -> Page[MonthShown]:
    """The months of the last year, by institution that you may read."""
    this = g.work.today.replace(day=1)
    past = [months_later(this, -back) for back in range(1, _SHOWN + 1)]
    come = {(month, code): count for month, code, count in deliveries_since(g.work, past[-1])}
    return Page(
        [
            MonthShown(f"{month:%Y-%m}", code, come.get((month, code), 0))
            for month in past
            for code in readable(g.work)
        ]
    )


@blueprint.get("/<month>/<institution>")
@needs(*READERS)
@blueprint.response(200, SHEET)
def sheet(month: str, institution: str) -> Tagged:
    """A month of an institution by measure and line."""
    return _shown(month_sheet(g.work, institution, parse_month(month)))


@blueprint.post("/<month>/<institution>")
@needs(Permit.DELIVER_MONTH)
@versioned
@once
@blueprint.arguments(MonthAsked)
@blueprint.response(200, SHEET)
def delivered(ask: MonthAsked, month: str, institution: str) -> Tagged:
    """Deliver the month of your institution; the same figures again add nothing."""
    _matched(month, institution)
    wish = DeliverMonth(institution, month, tuple(ask.figures), ask.remark)
    return _shown(deliver_month(g.work, wish).sheet)


@blueprint.post("/<month>/<institution>/file")
@needs(Permit.DELIVER_MONTH)
@once
@blueprint.doc(requestBody=FILE)
@blueprint.response(200, SHEET)
def brought(month: str, institution: str) -> Tagged:
    """Deliver the month from a file, CSV or XLSX; with one fault nothing is kept, each is told by line."""
    return _shown(import_month(g.work, ImportMonth(institution, month, sent_file().content)).sheet)


def _matched(month: str, institution: str) -> None:
    held = month_sheet(g.work, institution, parse_month(month))
    matched(f"{held.institution}-{held.month.start:%Y-%m}", held.sequence)


def _shown(held: MonthSheet) -> Tagged:
    month = f"{held.month.start:%Y-%m}"
    shown = SheetShown(
        month,
        held.institution,
        held.sequence,
        held.delivery.recorded_at if held.delivery else None,
        held.delivery.remark if held.delivery else "",
        tuple(FigureShown(one.measure, one.line, one.counted, one.told, one.origin) for one in held.rows),
    )
    return tagged(shown, f"{held.institution}-{month}", held.sequence)
