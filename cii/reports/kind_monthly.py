"""The monthly data of the sectors as a kind of report, for the reference person (mandate, task 8)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from cii.coordination.actions_monthly import TOLD
from cii.coordination.monthly import MonthSheet, sheet_of
from cii.coordination.rules import PERMANENT
from cii.figures.facts import Pair, Places, Usage, places, usage
from cii.kernel.clock import local_day
from cii.kernel.digest import plain_rows
from cii.kernel.span import Span, SpanKind
from cii.reports.kinds import Facts, Values, headed
from cii.reports.packs import Field, Pack, Part, Path, begun, finished
from cii.reports.readers import Readers, few_in_grid
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import say

_HERE = ("places", "allocated", "place_days")
"""What is counted here, whether the sector has delivered or not."""
_COUNTS: tuple[Field, ...] = (
    Field("places", "reports.monthly-places", "integer"),
    Field("allocated", "reports.allocated", "integer", means="reports.monthly-define-allocated"),
    Field("participants", "reports.persons", "integer", means="reports.monthly-define-participants"),
    Field(
        "occupied_days", "reports.occupied-days", "integer", means="reports.monthly-define-days", aside=True
    ),
    Field("occupancy", "reports.occupancy", "percent", means="reports.monthly-define-occupancy"),
    Field("entries", "reports.entries", "integer"),
    Field("exits", "reports.exits", "integer"),
    Field("interruptions", "reports.interruptions", "integer", means="reports.define-interruptions"),
    Field("waiting", "reports.waiting-now", "integer", means="reports.monthly-define-waiting"),
)
_ORIGIN = Field(
    "origin", "reports.monthly-origin", words="figure-origin", means="reports.monthly-define-origin"
)


class Monthly(Pack):
    """Places, persons and days of a month by measure and line, as each permanent sector delivered them."""

    name = ReportKind.MONTHLY
    span = SpanKind.MONTH
    title = "reports.monthly-title"
    subtitle = "reports.monthly-subtitle"
    parts = (
        Part(
            "deliveries",
            "reports.monthly-deliveries",
            (
                Field("institution", "reports.institution"),
                Field("delivered", "reports.monthly-delivered"),
                Field("on", "reports.monthly-on", "date"),
                Field("sequence", "documents.version", "integer"),
                Field("remark", "reports.monthly-remark"),
            ),
        ),
        Part(
            "measures",
            "reports.measures",
            (Field("label", "reports.measure"), *_COUNTS),
            total="total",
            bars="occupancy",
            chart="reports.occupancy-by-measure",
        ),
        Part(
            "lines",
            "reports.lines",
            (
                Field("measure", "reports.measure"),
                Field("line", "reports.line"),
                *(replace(one, aside=one.aside or one.name == "allocated") for one in _COUNTS),
                _ORIGIN,
            ),
        ),
        Part(
            "line_totals",
            "reports.line-totals",
            (Field("line", "reports.line"), Field("institution", "reports.institution"), *_COUNTS),
        ),
    )

    def facts(self, work: Work, span: Span, scope: str, known_at: datetime) -> Facts:
        """See `Kind`; SFPO and OAI owe no data, so that their lines are not in it."""
        month = span.period
        sheets = [sheet_of(work, one, month, known_at) for one in PERMANENT]
        used, quotas = usage(work, month, known_at), places(work, month, known_at)[1]
        return {
            **headed(work, self.name, span, scope),
            "deliveries": plain_rows(map(_delivery, sheets)),
            "figures": plain_rows(
                (row for one in sheets for row in _figures(one, used, quotas)), "measure", "line"
            ),
        }

    def derive(self, facts: Facts) -> dict[str, Any]:
        """See `Kind`."""
        lines = {f"{row['measure']}/{row['line']}": _line(row) for row in facts["figures"]}
        named = {row["measure"]: row["name"] for row in facts["figures"]}
        of_line = {row["line"]: row["institution"] for row in facts["figures"]}
        measures = {
            code: {"measure": code, "label": f"{code} {named[code]}", **_sum(lines.values(), measure=code)}
            for code in sorted(named)
        }
        totals = {
            code: {"line": code, "institution": of_line[code], **_sum(lines.values(), line=code)}
            for code in sorted(of_line)
        }
        found: dict[str, Any] = {
            **begun(facts, 1),
            "deliveries": {row["institution"]: dict(row) for row in facts["deliveries"]},
            "measures": measures,
            "lines": lines,
            "line_totals": totals,
            "total": _sum(lines.values()),
        }
        found["unknown"] = sorted(_unknown(found))
        return finished(found)

    def lacking(self, values: Values, lang: str) -> list[str]:
        """See `Pack`: the sectors whose month has not come."""
        late = [one["institution"] for one in values["deliveries"].values() if not one["delivered"]]
        told = f"{formats.span(Span.parse(values['period']), lang)} ({', '.join(late)})"
        return [say("reports.missing", lang, data=[told])] if late else []

    def small(self, values: Values, readers: Readers, minimum: int) -> Iterable[Path]:
        """See `Pack`."""
        columns = ("allocated", "participants", "entries", "exits", "interruptions", "waiting")
        followers = {"participants": ("occupied_days", "occupancy")}
        return few_in_grid(dict(values), readers, minimum, columns, followers)


def _delivery(sheet: MonthSheet) -> dict[str, Any]:
    held = sheet.delivery
    return {
        "institution": sheet.institution,
        "delivered": held is not None,
        "on": local_day(held.recorded_at) if held else None,
        "sequence": sheet.sequence or None,
        "remark": held.remark if held else "",
    }


def _figures(
    sheet: MonthSheet, used: Mapping[Pair, Usage], quotas: Mapping[Pair, Places]
) -> Iterable[dict[str, Any]]:
    """Each measure and line of a sector: counted here, and told by it where it has delivered."""
    for row in sheet.rows:
        told, use, quota = row.told, used.get(row.pair), quotas.get(row.pair, Places())
        yield {
            "institution": sheet.institution,
            "measure": row.measure,
            "name": row.name,
            "line": row.line,
            "places": quota.at_end,
            "place_days": quota.days,
            "allocated": use.allocated_end if use else 0,
            **{one: None if told is None else getattr(told, one) for one in TOLD},
            "origin": row.origin,
        }


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("measure", "line", "institution", "origin", *_HERE, *TOLD)
    return {**{one: row[one] for one in kept}, "occupancy": _occupancy(row)}


def _occupancy(row: Mapping[str, Any]) -> Fraction | None:
    days = row["occupied_days"]
    return Fraction(days, row["place_days"]) if days is not None and row["place_days"] else None


def _sum(rows: Iterable[Mapping[str, Any]], **of: str) -> dict[str, Any]:
    """The sums over some lines; what one of them does not know, nobody knows of all."""
    mine = [row for row in rows if all(row[name] == code for name, code in of.items())]
    found = {one: sum(row[one] for row in mine) for one in _HERE} | {
        one: None if any(row[one] is None for row in mine) else sum(row[one] for row in mine) for one in TOLD
    }
    return {**found, "occupancy": _occupancy(found)}


def _unknown(values: Mapping[str, Any]) -> Iterable[str]:
    rows = [
        (f"{part}.{key}", row)
        for part in ("measures", "lines", "line_totals")
        for key, row in values[part].items()
    ]
    for path, row in [*rows, ("total", values["total"])]:
        missing = [one for one in TOLD if row[one] is None]
        yield from (f"{path}.{one}" for one in missing)
        if missing:
            yield f"{path}.occupancy"
