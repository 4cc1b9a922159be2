"""The quarterly pack of the coordination group as a kind of report."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cii.coordination.monthly import missing_months
from cii.coordination.queries import corrective_at
from cii.coordination.vocabulary import Body
from cii.documents.layout import Report
from cii.documents.table import Kind as ColumnKind
from cii.documents.table import Table
from cii.figures.deriving import quarter_of
from cii.figures.queries import PARAMETERS, quarter_facts
from cii.kernel.digest import plain_rows
from cii.kernel.span import Span, SpanKind
from cii.meetings.queries import held_days
from cii.reports import pages
from cii.reports.kinds import Facts, Figure, Head, Meaning, Row, Values, headed
from cii.reports.readers import Readers, shown
from cii.reports.sheets import COST, DEFINED, USE, Figures, measured, typed
from cii.reports.values import values_of
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work

_KEYED = (
    "measures", "lines", "line_totals", "exit_types", "budgets", "indicators", "corrective", "deadlines",
    "waiting", "unattributed", "unattested", "meetings", "missing",
)  # fmt: skip


_SUMS: Figures = (
    ("granted", "reports.granted", "money"), ("committed", "reports.committed", "money"),
    ("accrued", "reports.accrued", "money"), ("invoiced", "reports.invoiced", "money"),
    ("paid", "reports.paid", "money"), ("free", "reports.free", "money"),
)  # fmt: skip
_USED: Figures = (*USE, *COST)
_FIGURES: Mapping[str, Figures] = {
    "total": _USED, "measures": _USED, "line_totals": _USED, "lines": _USED, "budgets": _SUMS,
    "exit_types": (("persons", "reports.persons", "integer"),),
    "waiting": (
        ("waiting", "reports.waiting-now", "integer"), ("urgent", "reports.waiting-urgent", "integer"),
    ),
}  # fmt: skip
_TOLD: Mapping[str, Figures] = {
    "indicators": (
        ("agreement", "reports.agreement", "text"), ("provider", "reports.provider", "text"),
        ("title", "reports.indicator", "text"), ("year", "reports.value-year", "text"),
        ("quarter", "reports.value-quarter", "text"), ("target", "reports.target", "integer"),
        ("minimum", "reports.minimum", "integer"), ("light", "reports.standing", "text"),
    ),
    "corrective": (
        ("agreement", "reports.agreement", "text"), ("wording", "reports.wording", "text"),
        ("observed_on", "reports.observed-on", "date"), ("due_on", "reports.due-on", "date"),
        ("state", "documents.state", "text"),
    ),
    "deadlines": (
        ("on", "reports.due-on", "date"), ("what", "reports.what", "text"),
        ("agreement", "reports.agreement", "text"), ("provider", "reports.provider", "text"),
    ),
    "unattributed": (
        ("line", "reports.line", "text"), ("agreement", "reports.agreement", "text"),
        ("cost", "reports.cost", "money"),
    ),
    "unattested": (("measure", "reports.measure", "text"), ("line", "reports.line", "text")),
}  # fmt: skip
_UNITS: Mapping[str, ColumnKind] = {"percent": "percent", "francs": "money"}


class Quarterly:
    """What the group reads each quarter: places, costs, budgets, indicators, exits, dates, waiting lists."""

    name = ReportKind.QUARTERLY
    span = SpanKind.QUARTER

    def open_scopes(self, work: Work, scopes: Collection[str]) -> set[str]:  # noqa: ARG002 - for all
        """See `Kind`; a quarter has no scope."""
        return {""} & set(scopes)

    def facts(self, work: Work, span: Span, scope: str, known_at: datetime) -> Facts:
        """See `Kind`."""
        period = span.period
        return {
            **quarter_facts(work, span.quarter, known_at),
            **headed(work, self.name, span, scope, numbers=PARAMETERS),
            "corrective": plain_rows(map(asdict, corrective_at(work, period, known_at))),
            "meetings": plain_rows(
                {"body": body, "held_on": day}
                for body in Body
                for day in held_days(work, body, period, known_at)
            ),
            "missing": plain_rows(
                {"month": month, "institution": institution}
                for month in (one.start for one in period.months())
                for institution in missing_months(work, month, known_at)
            ),
        }

    def derive(self, facts: Facts) -> dict[str, Any]:
        """See `Kind`."""
        quarter = Span.parse(facts["report"][0]["period"]).quarter
        return values_of(quarter_of(facts, quarter), facts)

    def shown(self, values: Values, readers: Readers, minimum: int) -> dict[str, Any]:
        """See `Kind`: persons by measure and line, exits by type, indicators of few persons."""
        return shown(values, readers, minimum)

    def pages(self, values: Values, lang: str, head: Head) -> Report:
        """See `Kind`."""
        return pages.report(values, lang, frozen_at=head.frozen_at, version=head.version, sha256=head.sha256)

    def sheets(self, values: Values, lang: str) -> Sequence[Table]:
        """See `Kind`."""
        return pages.sheets(values, lang)

    def rows(self, values: Values) -> Iterator[Row]:
        """See `Kind`."""
        yield (
            "report", str(values["period"]), "report", {one: values[one] for one in ("first", "last", "form")}
        )  # fmt: skip
        yield "total", "", "total", values["total"]
        for section in _KEYED:
            for key, row in values[section].items():
                yield section, key, f"{section}.{key}", row

    def meanings(self) -> Iterator[Meaning]:
        """See `Kind`."""
        defined = dict(DEFINED)
        for section, fields in (*_FIGURES.items(), *_TOLD.items()):
            for name, text, kind in fields:
                yield Meaning(section, name, text, kind, defined.get(text, ""), keyed=section != "total")

    def figures(self, values: Values) -> Iterator[Figure]:
        """See `Kind`: use and cost, budgets, exits, waiting lists, values of indicators."""
        for section, key, _, row in self.rows(values):
            for name, text, kind in _FIGURES.get(section, ()):
                yield Figure(section, key, name, text, kind, typed(row[name], kind))
        for key, row in values["indicators"].items():
            held = measured(row["year"], row["unit"])
            yield Figure("indicators", key, "year", row["title"], _UNITS.get(row["unit"], "number"), held)
