"""The statement of the federal ceiling of labour-market measures as a kind of report (RS 837.022.531)."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from cii.budgets.vocabulary import Stage
from cii.figures.ceiling import newest_facts
from cii.figures.facts import line_names
from cii.figures.money import Books, books
from cii.figures.rules_ceiling import (
    Band,
    Inputs,
    Use,
    band_shares,
    federal_ceiling,
    national_limit,
    standing,
)
from cii.figures.vocabulary import CeilingInput
from cii.institutions.vocabulary import Sector
from cii.kernel.digest import plain_rows
from cii.kernel.money import Chf
from cii.kernel.span import Span, SpanKind
from cii.reports.kinds import Facts, Values, headed
from cii.reports.packs import Field, Pack, Part, begun, finished, parameters
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work
from cii.texts.speech import say, word

_BANDS = (1, 2, 3)
_NATIONAL = "federal_ceiling_national_permille"
_NUMBERS = (
    _NATIONAL,
    *(f"federal_ceiling_band_{n}_{what}" for n in _BANDS for what in ("permille", "francs")),
)
_THOUSAND = 1000
_DELIVERED = (Stage.ACCRUED, Stage.INVOICED, Stage.PAID)


class Ceiling(Pack):
    """What the Confederation pays at most for a year, and how the lines of unemployment insurance stand."""

    name = ReportKind.CEILING
    span = SpanKind.YEAR
    title = "reports.ceiling-title"
    subtitle = "web.ceiling.basis"
    parts = (
        Part(
            "standing",
            "reports.ceiling-standing",
            (
                Field("year", "web.budgets.year"),
                Field("ceiling", "web.ceiling.ceiling", "money", means="web.ceiling.bands.lead"),
                Field("national", "web.ceiling.national", "money"),
                Field("left", "web.ceiling.left", "money"),
                Field("exceeding", "web.ceiling.beyond", "money"),
                Field("budget_beyond", "web.ceiling.budget-over", "money"),
            ),
        ),
        Part(
            "bands",
            "web.ceiling.bands",
            (
                Field("band", "reports.ceiling-band"),
                Field("over", "reports.ceiling-over", "percent"),
                Field("upto", "reports.ceiling-upto", "percent"),
                Field("counted", "web.ceiling.seekers", "number"),
                Field("per_head", "web.ceiling.per-head", "money"),
                Field("amount", "web.ceiling.amount", "money"),
            ),
        ),
        Part(
            "line_use",
            "web.ceiling.lines",
            (
                Field("line", "reports.line"),
                Field("granted", "reports.granted", "money"),
                Field("used", "web.ceiling.used", "money", means="reports.ceiling-define-used"),
                Field("committed", "reports.committed", "money"),
            ),
            total="use",
        ),
        Part(
            "counts",
            "web.ceiling.counts",
            (
                Field("kind", "web.ceiling.count", words="ceiling_input"),
                Field("year", "web.budgets.year"),
                Field("value", "web.ceiling.value", "integer"),
                Field("source", "web.ceiling.source"),
            ),
        ),
    )

    def facts(self, work: Work, span: Span, scope: str, known_at: datetime) -> Facts:
        """See `Kind`; a year has no scope."""
        year, named = span.period.start.year, line_names(work)
        return {
            **headed(work, self.name, span, scope, numbers=_NUMBERS),
            "counts": plain_rows(
                (
                    {"year": at, "kind": kind, "value": row.value, "source": row.source}
                    for (at, kind), row in newest_facts(work, (year, year - 1), known_at).items()
                ),
                "year",
                "kind",
            ),
            "lines": plain_rows(
                (
                    _line(named[one.line_id].code, one)
                    for one in books(work, span.period, known_at)
                    if named[one.line_id].sector is Sector.AC and named[one.line_id].federal_permille
                ),
                "line",
            ),
        }

    def derive(self, facts: Facts) -> dict[str, Any]:
        """See `Kind`; without the active population or any mean the ceiling is unknown."""
        numbers, year = parameters(facts), int(facts["report"][0]["period"])
        held = {(row["year"], row["kind"]): row["value"] for row in facts["counts"]}
        inputs = Inputs(
            held.get((year, CeilingInput.ACTIVE_POPULATION)),
            held.get((year, CeilingInput.JOB_SEEKERS)),
            held.get((year - 1, CeilingInput.JOB_SEEKERS)),
        )
        lines = {row["line"]: {**row, **{one: Chf(row[one]) for one in _SUMS}} for row in facts["lines"]}
        use = Use(**{one: Chf.total(row[one] for row in lines.values()) for one in _SUMS})
        bands = [
            Band(
                numbers[f"federal_ceiling_band_{n}_permille"],
                Chf(100 * numbers[f"federal_ceiling_band_{n}_francs"]),
            )
            for n in _BANDS
        ]
        known = inputs.active is not None and inputs.counted is not None
        return finished(
            {
                **begun(facts, 1),
                "provisional": inputs.provisional,
                "standing": {str(year): {"year": str(year), **_standing(inputs, bands, numbers, use)}},
                "bands": _bands(inputs, bands) if known else {},
                "line_use": lines,
                "use": {one: getattr(use, one) for one in _SUMS},
                "counts": {
                    f"{row['kind']}/{row['year']}": {**row, "year": str(row["year"])}
                    for row in facts["counts"]
                },
                "unknown": [] if known else [f"standing.{year}.{one}" for one in _STANDING],
            }
        )

    def lacking(self, values: Values, lang: str) -> list[str]:
        """See `Pack`: a count that nobody entered."""
        year = int(values["period"])
        wanted = [(CeilingInput.ACTIVE_POPULATION, year)]
        wanted += [(CeilingInput.JOB_SEEKERS, one) for one in (year, year - 1)]
        missing = [
            f"{word(kind, lang, 'ceiling_input')} {at}"
            for kind, at in wanted
            if f"{kind.value}/{at}" not in values["counts"]
        ]
        told = [say("reports.ceiling-missing", lang, data=missing)] if missing else []
        return [*told, *([say("web.ceiling.provisional-paper", lang)] if values["provisional"] else [])]


_SUMS = ("granted", "used", "committed")
_STANDING = ("ceiling", "national", "left", "exceeding", "budget_beyond")


def _line(code: str, one: Books) -> dict[str, Any]:
    at = {stage: one.stages.get(stage, Chf()) for stage in Stage}
    return {
        "line": code,
        "granted": -at[Stage.GRANT],
        "used": Chf.total(at[stage] for stage in _DELIVERED),
        "committed": at[Stage.COMMITTED],
    }


def _standing(inputs: Inputs, bands: list[Band], numbers: dict[str, int], use: Use) -> dict[str, Any]:
    if inputs.active is None or inputs.counted is None:
        return dict.fromkeys(_STANDING)
    ceiling = federal_ceiling(inputs.active, inputs.seekers or 0, inputs.seekers_year_before or 0, bands)
    stands = standing(ceiling, use)
    return {
        "ceiling": ceiling,
        "national": national_limit(ceiling, numbers[_NATIONAL]),
        "left": stands.left,
        "exceeding": stands.exceeding,
        "budget_beyond": stands.budget_beyond,
    }


def _bands(inputs: Inputs, bands: list[Band]) -> dict[str, Any]:
    return {
        str(n): {
            "band": str(n),
            "over": Fraction(one.over_permille, _THOUSAND),
            "upto": Fraction(one.band.upto_permille, _THOUSAND),
            "counted": one.counted,
            "per_head": one.band.per_head,
            "amount": one.amount,
        }
        for n, one in enumerate(band_shares(inputs.active or 0, inputs.counted or 0, bands), 1)
    }
