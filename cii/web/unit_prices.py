"""Unit prices side by side, as a page and as files."""

from fractions import Fraction
from typing import Any

from flask import g, render_template
from markupsafe import Markup
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.documents import csv, xlsx
from cii.figures.rules_unit_prices import PERMILLE
from cii.figures.unit_prices import ComparedExtra, ExtraPrice, UnitPrice, unit_prices
from cii.figures.unit_prices_paper import extras_table, unit_prices_table
from cii.texts import formats
from cii.web.base import Blueprint
from cii.web.choices import day_asked, t, word
from cii.wire import language
from cii.wire.doors import needs
from cii.wire.files import handed_out

_NUMBER = Markup('<span class="num">{}</span>')
page = Blueprint("unit_prices", __name__)


@page.get("/unit-prices")
@needs(Permit.SEE_AGREEMENTS)
def index() -> str:
    """What a place costs, by kind of measure, payer and provider."""
    found = unit_prices(g.work, day_asked())
    rows = [_row(one) for one in found.prices]
    return render_template(
        "pages/unit_prices/index.html",
        day_shown=found.day,
        rows=rows,
        extras=[_compared(one) for one in found.extras],
        undeclared=", ".join(found.undeclared),
        silent=len(found.undeclared),
    )


@page.get("/unit-prices/csv", endpoint="csv")
@needs(Permit.SEE_AGREEMENTS)
def as_csv() -> Response:
    """The same for programs."""
    held = csv.write(unit_prices_table(unit_prices(g.work, day_asked())))
    return handed_out([held], f"cii-unit-prices-{day_asked()}.csv", csv.MEDIA_TYPE, len(held))


@page.get("/unit-prices/xlsx", endpoint="xlsx")
@needs(Permit.SEE_AGREEMENTS)
def as_xlsx() -> Response:
    """The same as a workbook, the extras on a sheet of their own."""
    found = unit_prices(g.work, day_asked())
    held = xlsx.workbook([unit_prices_table(found), extras_table(found)], g.work.now)
    return handed_out([held], f"cii-unit-prices-{day_asked()}.xlsx", xlsx.MEDIA_TYPE, len(held))


def _row(one: UnitPrice) -> dict[str, Any]:
    return {
        "kind": word(one.kind, "measure-kind"),
        "measure": one.measure,
        "line": one.line,
        "provider": one.provider,
        "number": one.number,
        "basis": word(one.basis, "basis"),
        "amount": one.amount,
        "per_month": one.per_month,
        "per_day": one.per_day,
        "median": one.median,
        "extras": _extras(one),
    }


def _compared(one: ComparedExtra) -> dict[str, Any]:
    return {
        "kind": word(one.kind, "extra_kind"),
        "unit": word(one.unit, "priced_unit"),
        "amount": one.amount,
        "median": one.median,
        "above": None if one.above is None else _share(one.above),
        "provider": one.provider,
        "measure": one.measure or t("web.unit-prices.every-measure"),
        "wording": one.wording or None,
        "agreements": Markup(", ").join(map(_NUMBER.format, one.agreements)),
    }


def _share(above: int) -> str:
    sign = "+" if above > 0 else formats.MINUS if above < 0 else ""
    return sign + formats.percent(Fraction(abs(above), PERMILLE), language.lang())


def _extras(one: UnitPrice) -> str:
    if one.extras:
        return "; ".join(map(_extra, one.extras))
    return t("web.unit-prices.extras.none") if one.extras_none else t("web.unit-prices.extras.unsaid")


def _extra(held: ExtraPrice) -> str:
    kind, unit = word(held.kind, "extra_kind"), word(held.unit, "priced_unit")
    return f"{kind} {formats.money(held.amount)} {unit}"
