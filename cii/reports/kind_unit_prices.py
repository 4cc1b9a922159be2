"""The unit prices by provider and measure, with the declared extras, as a kind of report (000, i.17)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from cii.agreements.known import tariffs_known
from cii.agreements.vocabulary import Basis
from cii.conventions.extras import Declared, extras_declared
from cii.figures.deadlines import bound_agreements
from cii.figures.facts import line_names
from cii.figures.rules_unit_prices import day_price, median, month_price
from cii.kernel.digest import plain_rows
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.kernel.span import Span, SpanKind
from cii.measures.queries import measures_by_id
from cii.reports.kinds import Facts, Values, headed
from cii.reports.packs import Field, Pack, Part, begun, finished
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work
from cii.texts.speech import say


class UnitPrices(Pack):
    """What a place costs on the last day of the year, by kind of measure, payer and provider."""

    name = ReportKind.UNIT_PRICES
    span = SpanKind.YEAR
    title = "reports.unit-prices-title"
    subtitle = "reports.unit-prices-subtitle"
    parts = (
        Part(
            "prices",
            "web.unit-prices.title",
            (
                Field("label", "web.unit-prices.measure"),
                Field("kind", "web.unit-prices.kind", words="measure-kind"),
                Field("by", "web.unit-prices.provider-agreement"),
                Field("provider", "reports.provider", aside=True),
                Field("agreement", "web.unit-prices.agreement", aside=True),
                Field("line", "web.unit-prices.line"),
                Field("basis", "reports.unit-prices-basis", words="basis", aside=True),
                Field("amount", "web.unit-prices.amount", "money"),
                Field("per_month", "web.unit-prices.month", "money", means="web.unit-prices.note"),
                Field("per_day", "web.unit-prices.per-day", "money", aside=True),
                Field("median", "web.unit-prices.median", "money", means="reports.unit-prices-define-median"),
            ),
            order="kind",
            notes=("web.unit-prices.note",),
        ),
        Part(
            "extras",
            "web.unit-prices.extras",
            (
                Field("kind", "web.unit-prices.extra", words="extra_kind"),
                Field("unit", "web.unit-prices.unit", words="priced_unit"),
                Field("amount", "web.unit-prices.price", "money"),
                Field("by", "web.unit-prices.provider-agreement"),
                Field("provider", "reports.provider", aside=True),
                Field("agreement", "web.unit-prices.agreement", aside=True),
                Field("measure", "web.unit-prices.measure"),
                Field("wording", "web.unit-prices.wording"),
            ),
            order="kind",
        ),
    )

    def facts(self, work: Work, span: Span, scope: str, known_at: datetime) -> Facts:
        """See `Kind`; a year has no scope."""
        last = span.period.last
        bound = {one.id: one for one in bound_agreements(work, Period.through(last, last), known_at)}
        rows = tariffs_known(work, bound, last, known_at)
        declared, lines = extras_declared(work, bound), line_names(work)
        measures = measures_by_id(work, {row.measure_id for row in rows})
        names = {one.ref: one.code for one in measures.values()}
        return {
            **headed(work, self.name, span, scope),
            "agreements": plain_rows(
                (
                    {
                        "number": one.number,
                        "provider": one.provider,
                        "declared": declared.get(id_, Declared()) != Declared(),
                    }
                    for id_, one in bound.items()
                ),
                "number",
            ),
            "tariffs": plain_rows(
                (
                    {
                        "agreement": bound[row.agreement_id].number,
                        "measure": measures[row.measure_id].code,
                        "name": measures[row.measure_id].name,
                        "kind": measures[row.measure_id].kind,
                        "line": lines[row.line_id].code,
                        **{one: getattr(row, one) for one in _TOLD},
                    }
                    for row in rows
                ),
                "agreement",
                "measure",
                "line",
            ),
            "extras": plain_rows(
                (
                    {
                        "agreement": bound[id_].number,
                        "kind": one.kind,
                        "unit": one.unit,
                        "amount": one.amount,
                        "measure": names.get(one.measure_ref, ""),
                        "wording": one.wording,
                    }
                    for id_, said in declared.items()
                    for one in said.extras
                ),
                "agreement",
                "kind",
                "unit",
                "measure",
                "wording",
            ),
        }

    def derive(self, facts: Facts) -> dict[str, Any]:
        """See `Kind`."""
        of = {row["number"]: row["provider"] for row in facts["agreements"]}
        months = [_month(row) for row in facts["tariffs"]]
        by_kind: dict[str, list[Chf]] = defaultdict(list)
        for row, month in zip(facts["tariffs"], months, strict=True):
            if month is not None:
                by_kind[row["kind"]].append(month)
        return finished(
            {
                **begun(facts, 1),
                "prices": {
                    f"{row['agreement']}/{row['measure']}/{row['line']}": {
                        "label": f"{row['measure']} {row['name']}",
                        **{one: row[one] for one in ("kind", "agreement", "measure", "line", "basis")},
                        "by": f"{of[row['agreement']]}, {row['agreement']}",
                        "provider": of[row["agreement"]],
                        "amount": Chf(row["amount"]),
                        "per_month": month,
                        "per_day": day_price(month),
                        "median": median(by_kind[row["kind"]]),
                    }
                    for row, month in zip(facts["tariffs"], months, strict=True)
                },
                "extras": {
                    f"{row['agreement']}/{n}": {
                        **row,
                        "amount": Chf(row["amount"]),
                        "provider": of[row["agreement"]],
                        "by": f"{of[row['agreement']]}, {row['agreement']}",
                    }
                    for n, row in enumerate(facts["extras"], 1)
                },
                "undeclared": [row["number"] for row in facts["agreements"] if not row["declared"]],
            }
        )  # fmt: skip

    def lacking(self, values: Values, lang: str) -> list[str]:
        """See `Pack`: agreements that say neither which extras there are nor that there are none."""
        silent = values["undeclared"]
        return [say("reports.unit-prices-undeclared", lang, agreements=silent)] if silent else []


_TOLD = ("basis", "amount", "places", "day_minutes", "valid_from", "valid_to")


def _month(row: Mapping[str, Any]) -> Chf | None:
    until = row["valid_to"]
    return month_price(
        Basis(row["basis"]),
        Chf(row["amount"]),
        places=row["places"],
        day_minutes=row["day_minutes"],
        term=(date.fromisoformat(row["valid_from"]), date.fromisoformat(until)) if until else None,
    )
