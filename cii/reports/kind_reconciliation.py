"""What the reconciliation compared and found as a kind of report: every franc granted stands somewhere."""

from datetime import datetime
from typing import Any

from cii.budgets.vocabulary import Stage
from cii.figures.facts import line_names
from cii.figures.money import books
from cii.kernel.digest import plain_rows
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.kernel.span import Span, SpanKind
from cii.reconciliation.queries import findings_on
from cii.reports.kinds import Facts, Values, headed
from cii.reports.packs import Field, Pack, Part, begun, finished
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work
from cii.texts.speech import say

_STAGES = ("committed", "accrued", "invoiced", "paid", "available")
TOLERANCE = 5
"""Centimes from which a line does not agree; anything less is rounding."""


class Reconciliation(Pack):
    """Granted = committed + delivered + invoiced + paid + free, by line; the differences that stand open."""

    name = ReportKind.RECONCILIATION
    span = SpanKind.DAY
    title = "reports.recon-title"
    subtitle = "reports.recon-subtitle"
    parts = (
        Part(
            "balances",
            "reports.recon-balances",
            (
                Field("line", "reports.line"),
                Field("granted", "reports.granted", "money"),
                Field("committed", "reports.committed", "money"),
                Field("accrued", "reports.accrued", "money"),
                Field("invoiced", "reports.invoiced", "money"),
                Field("paid", "reports.paid", "money"),
                Field("available", "reports.free", "money"),
                Field(
                    "difference", "reports.recon-difference", "money", means="reports.recon-define-difference"
                ),
            ),
            total="balance",
        ),
        Part(
            "findings",
            "reports.recon-findings",
            (
                Field("kind", "reports.recon-kind", words="finding_kind"),
                Field("severity", "reports.recon-severity", words="severity"),
                Field("since", "reports.recon-since", "date"),
                Field("difference", "reports.recon-difference", "money"),
                Field("count", "reports.recon-count", "integer", means="reports.recon-define-count"),
            ),
            text="reports.recon-text",
            order="since",
        ),
    )

    def facts(self, work: Work, span: Span, scope: str, known_at: datetime) -> Facts:
        """See `Kind`; a finding stands from the day on which it was found to that on which it was closed."""
        day, named = span.period.last, line_names(work)
        return {
            **headed(work, self.name, span, scope),
            "books": plain_rows(
                (
                    {"line": named[one.line_id].code, "stages": one.stages}
                    for one in books(work, Period.through(day, day), known_at)
                ),
                "line",
            ),
            "findings": plain_rows(
                (
                    {name: getattr(one, name) for name in _FOUND}
                    for one in findings_on(work, day)
                ),
                "ref",
            ),
        }  # fmt: skip

    def derive(self, facts: Facts) -> dict[str, Any]:
        """See `Kind`."""
        lines = {row["line"]: {"line": row["line"], **_balance(row["stages"])} for row in facts["books"]}
        sums = ("granted", *_STAGES, "difference")
        return finished(
            {
                **begun(facts, 1),
                "balances": lines,
                "balance": {one: Chf.total(row[one] for row in lines.values()) for one in sums},
                "findings": {
                    row["ref"]: {
                        **{one: row[one] for one in ("kind", "severity", "since", "unit")},
                        "difference": Chf(row["difference"]) if row["unit"] == "centimes" else None,
                        "count": None if row["unit"] == "centimes" else row["difference"],
                    }
                    for row in facts["findings"]
                },
            }
        )

    def overview(self, values: Values, lang: str) -> list[str]:
        """See `Pack`: whether each line agrees, and how many differences stand open."""
        apart = [
            key
            for key, row in sorted(values["balances"].items())
            if abs(Chf.parse(row["difference"]).centimes) >= TOLERANCE
        ]
        return [
            say("reports.recon-apart", lang, lines=apart) if apart else say("reports.recon-agrees", lang),
            say("reports.recon-open", lang, n=len(values["findings"])),
        ]


_FOUND = ("ref", "kind", "severity", "unit", "expected", "found", "difference", "since")


def _balance(stages: Any) -> dict[str, Chf]:  # noqa: ANN401 - a plain mapping
    found = {one: Chf(stages.get(one, 0)) for one in _STAGES}
    granted = Chf(-stages.get(Stage.GRANT, 0))
    return {"granted": granted, **found, "difference": granted - Chf.total(found.values())}
