"""The statistics that the invalidity insurance asks of a provider (general conditions, 7), as a kind."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from cii.figures.agreement_stays import agreement_stays, left_in
from cii.figures.money import delivered
from cii.figures.rules import INTERRUPTIONS
from cii.kernel.digest import plain_rows
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.kernel.span import Span, SpanKind
from cii.measures.vocabulary import MeasureKind
from cii.placements.vocabulary import ExitType
from cii.reports.agreement_scope import agreement_row, bound_by, concerned, open_agreements
from cii.reports.kinds import Facts, Values, headed
from cii.reports.packs import Field, Pack, Part, Path, begun, finished
from cii.reports.readers import Readers
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work
from cii.texts.speech import say

_TRAINED = frozenset({ExitType.TRAINING, ExitType.APPRENTICESHIP, ExitType.OTHER_POSITIVE})
_EMPLOYED = frozenset({ExitType.EMPLOYMENT, ExitType.BUSINESS_CREATION})


class AiStatistics(Pack):
    """Days, months, cases, admissions, exits, internships, trainings; and the four criteria of the result."""

    name = ReportKind.AI_STATISTICS
    span = SpanKind.YEAR
    title = "reports.ai-title"
    subtitle = "reports.ai-subtitle"
    parts = (
        Part(
            "statistics",
            "reports.ai-statistics",
            (
                Field("what", "reports.figure", words="ai-statistic"),
                Field("count", "reports.ai-count", "integer"),
            ),
            text="reports.ai-text",
            order="place",
        ),
        Part(
            "results",
            "reports.ai-results",
            (
                Field("what", "reports.ai-criterion", words="ai-result"),
                Field("persons", "reports.persons", "integer"),
                Field("share", "reports.ai-share", "percent", means="reports.ai-define-share"),
                Field("cost", "reports.cost", "money"),
                Field("per_day", "reports.cost-per-day", "money"),
            ),
            text="reports.ai-results-text",
            order="place",
        ),
    )

    def open_scopes(self, work: Work, scopes: Collection[str]) -> set[str]:
        """See `Kind`: the agreements that the actor may see."""
        return open_agreements(work, scopes)

    def facts(self, work: Work, span: Span, scope: str, known_at: datetime) -> Facts:
        """See `Kind`; `scope` is the number of the agreement. Refuses: UnknownThing."""
        bound = bound_by(work, scope, span.period, known_at)
        sums = delivered(work, span.period, known_at).items()
        return {
            **headed(work, self.name, span, scope),
            "agreement": plain_rows([agreement_row(work, bound)]),
            "stays": agreement_stays(work, bound.id, span.period, known_at),
            "delivered": plain_rows(
                [{"amount": Chf.total(amount for source, amount in sums if source[2] == bound.id)}]
            ),
        }

    def derive(self, facts: Facts) -> dict[str, Any]:
        """See `Kind`; reductions of pensions are entered by the OAI alone, and unknown until they are."""
        period, stays = Span.parse(facts["report"][0]["period"]).period, facts["stays"]
        gone = [row for row in stays if left_in(row, period)]
        counts = _counts(stays, gone, period)
        cost = Chf(facts["delivered"][0]["amount"])
        results = {
            "trained": _share(gone, _TRAINED),
            "employed": _share(gone, _EMPLOYED),
            "economy": {
                "cost": cost,
                "per_day": Chf.rounded(Fraction(cost.centimes, counts["days"])) if counts["days"] else None,
            },
            "pension": {"persons": None, "share": None},
        }
        return finished(
            {
                **begun(facts, 1),
                "agreement": facts["agreement"][0],
                "statistics": {
                    name: {"what": name, "count": count, "place": place}
                    for place, (name, count) in enumerate(counts.items(), 10)
                },
                "results": {
                    name: {"what": name, **dict.fromkeys(_RESULTS), **row, "place": place}
                    for place, (name, row) in enumerate(results.items(), 10)
                },
                "unknown": ["results.pension.persons", "results.pension.share"],
            }
        )

    def overview(self, values: Values, lang: str) -> list[str]:
        """See `Pack`: the provider."""
        return [say("reports.fr-provider", lang, provider=values["agreement"]["provider"])]

    def small(self, values: Values, readers: Readers, minimum: int) -> Iterable[Path]:
        """See `Pack`: where one count is of few persons, all are hidden from everybody but the parties."""
        counts = {name: row["count"] for name, row in values["statistics"].items() if name not in _OF_DAYS}
        if concerned(values, readers) or not any(0 < n < minimum for n in counts.values()):
            return
        yield from (("statistics", name, "count") for name in values["statistics"])
        yield from (("results", name, one) for name in values["results"] for one in _RESULTS)


_OF_DAYS = ("days", "months")
_RESULTS = ("persons", "share", "cost", "per_day")


def _counts(
    stays: Sequence[Mapping[str, Any]], gone: Sequence[Mapping[str, Any]], period: Period
) -> dict[str, int]:
    """The figures of the general conditions, in their order."""
    broken = [row for row in gone if ExitType(row["exit_type"]) in INTERRUPTIONS]
    courses = [row for row in gone if row["kind"] == MeasureKind.COURSE]
    return {
        "days": sum(row["days"] for row in stays),
        "months": sum(row["months"] for row in stays),
        "cases": sum(row["started_on"] is not None for row in stays),
        "admissions": sum(date.fromisoformat(row["starts_on"]) in period for row in stays),
        "entries": sum(
            row["started_on"] is not None and date.fromisoformat(row["started_on"]) in period for row in stays
        ),
        "regular_exits": len(gone) - len(broken),
        "broken_off": len(broken),
        "internships": sum(row["kind"] == MeasureKind.INTERNSHIP for row in stays),
        "trainings_completed": sum(row not in broken for row in courses),
        "trainings_aborted": sum(row in broken for row in courses),
    }


def _share(gone: Sequence[Mapping[str, Any]], kinds: frozenset[ExitType]) -> dict[str, Any]:
    mine = sum(ExitType(row["exit_type"]) in kinds for row in gone)
    return {"persons": mine, "share": Fraction(mine, len(gone)) if gone else None}
