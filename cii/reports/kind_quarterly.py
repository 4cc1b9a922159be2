"""The quarterly pack of the coordination group as a kind of report."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from cii.coordination.queries import corrective_at, delivered, held_days
from cii.coordination.rules import missing_deliveries
from cii.coordination.vocabulary import Body
from cii.documents.layout import Report
from cii.documents.table import Table
from cii.figures.queries import quarter_figures
from cii.kernel.span import Span, SpanKind
from cii.reports import pages
from cii.reports.kinds import Head, Row, Values
from cii.reports.readers import Readers, shown
from cii.reports.values import values_of
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work

_KEYED = (
    "measures", "lines", "line_totals", "exit_types", "budgets", "indicators", "corrective", "deadlines",
    "waiting", "unattributed", "meetings", "missing",
)  # fmt: skip


class Quarterly:
    """What the group reads each quarter: places, costs, budgets, indicators, exits, dates, waiting lists."""

    name = ReportKind.QUARTERLY
    span = SpanKind.QUARTER

    def values(self, work: Work, span: Span, scope: str, known_at: datetime) -> dict[str, object]:  # noqa: ARG002
        """See `Kind`; a quarter has no scope."""
        period = span.period
        months = [one.start for one in period.months()]
        return values_of(
            quarter_figures(work, span.quarter, known_at),
            corrective_at(work, period, known_at),
            [(body.value, day) for body in Body for day in held_days(work, body, period)],
            [
                (month, institution)
                for month in months
                for institution in missing_deliveries(delivered(work, month, known_at))
            ],
        )

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
