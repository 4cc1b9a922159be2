"""The tables of the quarterly pack in the reader's language, out of the values shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cii.documents.table import Cell, Column, Kind, Level, Status, Table
from cii.figures.rules import EXIT_RATES
from cii.kernel.money import Chf
from cii.reports.kinds import Number
from cii.texts.speech import pair, say, word

HIDDEN = "\N{BULLET}"
"""Stands for a count that is hidden."""
UNKNOWN = "\N{EN DASH}"
"""Stands for a figure whose data are missing."""

Values = Mapping[str, Any]
_LEVELS = {"green": Level.GOOD, "amber": Level.WATCH, "red": Level.BAD}
_HUNDREDTH = Decimal("0.01")
Figures = Sequence[tuple[str, str, Kind]]
"""Name in the values, text of the head, kind of column."""
USE: Figures = (
    ("places_average", "reports.places-average", "number"),
    ("places_end", "reports.places-end", "integer"),
    ("allocated_end", "reports.allocated", "integer"),
    ("occupied_days", "reports.occupied-days", "integer"),
    ("occupancy", "reports.occupancy", "percent"),
    ("entries", "reports.entries", "integer"),
    ("exits", "reports.exits", "integer"),
    ("interruptions", "reports.interruptions", "integer"),
)
ON_PAGE: Figures = tuple(one for one in USE if one[0] != "occupied_days")
"""What fits an upright page."""
COST: Figures = (
    ("attended_days", "reports.attended-days", "integer"),
    ("absence_days", "reports.absence-days", "integer"),
    ("cost", "reports.cost", "money"),
    ("invoiced", "reports.invoiced", "money"),
    ("cost_per_day", "reports.cost-per-day", "money"),
)


def _table(
    lang: str,
    title: str,
    columns: Sequence[tuple[str, Kind]],
    rows: Sequence[Sequence[Cell]],
    totals: Sequence[Cell] | None = None,
) -> Table:
    heads = [Column(say(name, lang), kind) for name, kind in columns]
    return Table(say(title, lang), heads, rows, totals)


def _cells(row: Values, wanted: Figures, values: Values, path: str) -> list[Cell]:
    return [_mark(values, f"{path}.{name}") or typed(row[name], kind) for name, _, kind in wanted]


def _mark(values: Values, path: str) -> str | None:
    """What stands for a figure that is hidden or missing; None where there is one to show."""
    if path in values["hidden"]:
        return HIDDEN
    return UNKNOWN if path in values["unknown"] else None


def typed(value: Any, kind: Kind) -> Number | None:  # noqa: ANN401 - a plain value
    """A plain value as the number that it is."""
    if value is None:
        return None
    if kind == "money":
        return Chf.parse(value)
    if kind == "percent":
        return Fraction(value)
    if kind == "number":
        return _number(Fraction(value))
    return int(value)


def _number(value: Fraction) -> Decimal:
    """With two decimals at most, half up: for averages, which have no exact decimal."""
    hundredths = (abs(value) * 200 + 1) // 2
    found = Decimal(int(hundredths)) * _HUNDREDTH
    return (found if value >= 0 else -found).normalize() + Decimal(0)


def _columns(wanted: Figures) -> list[tuple[str, Kind]]:
    return [(name, kind) for _, name, kind in wanted]


def measure_table(values: Values, lang: str, wanted: Figures, title: str, *, bound: bool = False) -> Table:
    """Use or cost of each measure, with the total; `bound` names the agreements in force."""
    rows = [
        [
            f"{one['measure']} {one['name']}",
            *([", ".join(one["agreements"])] if bound else []),
            *_cells(one, wanted, values, f"measures.{key}"),
        ]
        for key, one in values["measures"].items()
    ]
    named: list[tuple[str, Kind]] = [("reports.measure", "text")]
    empty: list[Cell] = []
    if bound:
        named.append(("reports.agreements", "text"))
        empty.append(None)
    total = [say("documents.total", lang), *empty, *_cells(values["total"], wanted, values, "total")]
    return _table(lang, title, [*named, *_columns(wanted)], rows, total)


def line_table(values: Values, lang: str, wanted: Figures) -> Table:
    """How each funding line used each measure."""
    rows = [
        [one["measure"], one["line"], *_cells(one, wanted, values, f"lines.{key}")]
        for key, one in values["lines"].items()
    ]
    columns: list[tuple[str, Kind]] = [
        ("reports.measure", "text"),
        ("reports.line", "text"),
        *_columns(wanted),
    ]
    return _table(lang, "reports.lines", columns, rows)


def line_total_table(values: Values, lang: str, wanted: Figures) -> Table:
    """Use by funding line, all measures together."""
    rows = [
        [key, one["institution"], *_cells(one, wanted, values, f"line_totals.{key}")]
        for key, one in values["line_totals"].items()
    ]
    columns: list[tuple[str, Kind]] = [
        ("reports.line", "text"), ("reports.institution", "text"), *_columns(wanted),
    ]  # fmt: skip
    return _table(lang, "reports.line-totals", columns, rows)


def line_cost_table(values: Values, lang: str) -> Table:
    """What each measure cost each funding line."""
    rows = [
        [one["measure"], one["line"], *_cells(one, COST, values, f"lines.{key}")]
        for key, one in values["lines"].items()
    ]
    columns: list[tuple[str, Kind]] = [
        ("reports.measure", "text"),
        ("reports.line", "text"),
        *_columns(COST),
    ]
    return _table(lang, "reports.cost-by-line", columns, rows)


def exit_table(values: Values, lang: str) -> Table:
    """How persons left, all measures together."""
    rows = [
        [
            word(one["type"], lang, "exit-type"),
            say("common.yes" if one["interruption"] else "common.no", lang),
            HIDDEN if f"exit_types.{key}.persons" in values["hidden"] else one["persons"],
        ]
        for key, one in values["exit_types"].items()
    ]
    total = "total.exits" in values["hidden"]
    return _table(
        lang,
        "reports.exit-types",
        [("reports.exit-type", "text"), ("reports.interruption", "text"), ("reports.persons", "integer")],
        rows,
        [say("documents.total", lang), None, HIDDEN if total else values["total"]["exits"]],
    )


def budget_table(values: Values, lang: str) -> Table:
    """Where each line's year stands."""
    names = ("granted", "committed", "accrued", "invoiced", "paid", "free")
    rows: list[list[Cell]] = []
    for one in values["budgets"].values():
        sums = {name: Chf.parse(one[name]) for name in (*names, "used")}
        granted = sums["granted"].centimes
        rows.append(
            [
                one["line"],
                *(sums[name] for name in names),
                Fraction(sums["used"].centimes, granted) if granted else None,
            ]
        )
    total = [Chf.total(Chf.parse(one[name]) for one in values["budgets"].values()) for name in names]
    columns: list[tuple[str, Kind]] = [
        ("reports.line", "text"),
        ("reports.granted", "money"),
        ("reports.committed", "money"),
        ("reports.accrued", "money"),
        ("reports.invoiced", "money"),
        ("reports.paid", "money"),
        ("reports.free", "money"),
        ("reports.used-share", "percent"),
    ]
    totals = [say("documents.total", lang), *total, None] if rows else None
    names_of = [pair(one["line"], one["name"], lang) for one in values["budgets"].values()]
    found = _table(lang, "reports.budgets", columns, rows, totals)
    return replace(found, notes=["; ".join(names_of)] if rows else ())


def indicator_table(values: Values, lang: str) -> Table:
    """Each indicator against target and minimum."""
    rows = [
        [f"{one['agreement']} (v{one['agreement_version']})", one["provider"], *_indicator(values, key, lang)]
        for key, one in values["indicators"].items()
    ]
    columns: list[tuple[str, Kind]] = [
        ("reports.agreement", "text"), ("reports.provider", "text"), *_INDICATOR,
    ]  # fmt: skip
    return _table(lang, "reports.indicators", columns, rows)


def indicator_tables(values: Values, lang: str) -> list[Table]:
    """The same, one table per agreement and version."""
    agreements = {
        one["agreement"]: f"{one['agreement']} (v{one['agreement_version']}), {one['provider']}"
        for one in values["indicators"].values()
    }
    columns = [Column(say(name, lang), kind) for name, kind in _INDICATOR]
    return [
        Table(
            f"{say('reports.agreement', lang)} {title}",
            columns,
            [
                _indicator(values, key, lang)
                for key, one in values["indicators"].items()
                if one["agreement"] == number
            ],
        )
        for number, title in agreements.items()
    ]


_INDICATOR: list[tuple[str, Kind]] = [
    ("reports.indicator", "text"),
    ("reports.value-quarter", "value"),
    ("reports.value-year", "value"),
    ("reports.of", "text"),
    ("reports.target", "value"),
    ("reports.minimum", "value"),
    ("reports.standing", "status"),
]


def _indicator(values: Values, key: str, lang: str) -> list[Cell]:
    one = values["indicators"][key]
    year, light = one["year"], one["light"] or "none"
    hidden = f"indicators.{key}.year" in values["hidden"]
    words = say("reports.hidden-light", lang) if hidden else word(light, lang, "light")
    if one["origin"] == "missing":
        words = word("missing", lang, "origin")
    return [
        one["title"].get(lang) or one["title"]["fr"],
        _mark(values, f"indicators.{key}.quarter") or measured(one["quarter"], one["unit"]),
        _mark(values, f"indicators.{key}.year") or measured(year, one["unit"]),
        HIDDEN if hidden else _persons(year, one, lang),
        _goal(one["target"], one["unit"]),
        _goal(one["minimum"], one["unit"]),
        Status(words, _LEVELS.get(light, Level.NEUTRAL)),
    ]


def _persons(value: Values | None, one: Values, lang: str) -> str | None:
    """So many of so many persons, for shares of persons; which exits were left out."""
    if value is None or one["unit"] != "percent" or not value["people"]:
        return None
    told = f"{value['numerator']}/{value['denominator']}"
    left_out = one["interruptions"] if one["definition"] in EXIT_RATES else None
    return told if left_out in {None, "counted"} else f"{told}, {say(_LEFT_OUT[left_out], lang)}"


_LEFT_OUT = {
    "excluded": "reports.without-interruptions",
    "excluded_if_justified": "reports.without-justified-interruptions",
}


def measured(value: Values | None, unit: str) -> Number | None:
    """The value of an indicator by its unit: a share, francs, or a number."""
    if value is None or value["value"] is None:
        return None
    exact = Fraction(value["value"])
    if unit == "percent":
        return exact
    return Chf.rounded(exact) if unit == "francs" else _number(exact)


def _goal(stored: int | None, unit: str) -> Cell:
    if stored is None:
        return None
    if unit == "percent":
        return Fraction(stored, 1000)
    return Chf(stored) if unit == "francs" else stored


def corrective_table(values: Values, lang: str) -> Table:
    """Corrective measures as they stood."""
    rows: list[list[Cell]] = [
        [
            f"{one['agreement']} (v{one['agreement_version']})",
            one["wording"],
            date.fromisoformat(one["observed_on"]),
            date.fromisoformat(one["due_on"]) if one["due_on"] else None,
            Status(
                word(one["state"], lang, "corrective-state"),
                Level.BAD if one["state"] == "overdue" else Level.NEUTRAL,
            ),
        ]
        for one in values["corrective"].values()
    ]
    columns: list[tuple[str, Kind]] = [
        ("reports.agreement", "text"),
        ("reports.wording", "text"),
        ("reports.observed-on", "date"),
        ("reports.due-on", "date"),
        ("documents.state", "status"),
    ]
    return _table(
        lang, "reports.corrective", columns, sorted(rows, key=lambda row: (str(row[0]), str(row[2])))
    )


_DEADLINES = {
    "agreement_end": "reports.deadline-end",
    "notice": "reports.deadline-notice",
    "deliverable": "reports.deadline-deliverable",
}


def deadline_table(values: Values, lang: str) -> Table:
    """What comes up, and what is late."""
    rows: list[list[Cell]] = [
        [
            date.fromisoformat(one["on"]),
            say(
                _DEADLINES[one["kind"]],
                lang,
                what=word(one["what"], lang, "deliverable_kind") if one["what"] else "",
            ),
            f"{one['agreement']} (v{one['agreement_version']})",
            one["provider"],
            Status(say("reports.late", lang), Level.BAD) if one["on"] <= values["last"] else None,
        ]
        for one in values["deadlines"].values()
    ]
    columns: list[tuple[str, Kind]] = [
        ("reports.due-on", "date"),
        ("reports.what", "text"),
        ("reports.agreement", "text"),
        ("reports.provider", "text"),
        ("documents.state", "status"),
    ]
    return _table(lang, "reports.deadlines", columns, rows)


def waiting_table(values: Values, lang: str) -> Table:
    """Who waits, per measure and line."""
    counts: Figures = (
        ("before", "reports.waiting-before", "integer"),
        ("waiting", "reports.waiting-now", "integer"),
        ("urgent", "reports.waiting-urgent", "integer"),
        ("longest_days", "reports.waiting-longest", "integer"),
    )
    rows = [
        [one["measure"], one["line"], *_cells(one, counts, values, f"waiting.{key}")]
        for key, one in values["waiting"].items()
    ]
    columns: list[tuple[str, Kind]] = [
        ("reports.measure", "text"), ("reports.line", "text"), *_columns(counts),
    ]  # fmt: skip
    return _table(lang, "reports.waiting", columns, rows)


DEFINED = (
    ("reports.places-average", "reports.define-places-average"),
    ("reports.allocated", "reports.define-allocated"),
    ("reports.occupied-days", "reports.define-occupied-days"),
    ("reports.occupancy", "reports.define-occupancy"),
    ("reports.attended-days", "reports.define-attended-days"),
    ("reports.interruptions", "reports.define-interruptions"),
    ("reports.cost", "reports.cost-text"),
    ("reports.budgets", "reports.budget-text"),
    ("reports.indicators", "reports.indicator-text"),
    ("reports.waiting", "reports.need-text"),
    ("reports.hidden", "reports.hidden-note"),
    ("reports.unknown", "reports.unknown-note"),
)
"""Figures by the key of their name, with the key of what they mean."""


def definitions(lang: str) -> Table:
    """What each figure means, for the last sheet."""
    rows = [[say(name, lang), say(text, lang)] for name, text in DEFINED]
    columns = [Column(say("reports.figure", lang)), Column(say("reports.definition", lang), width=90)]
    return Table(say("reports.definitions", lang), columns, rows)
