"""The exits of a French agreement (sorties dynamiques) as a kind of report: 25 % durable, 60 % dynamic."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from cii.conventions.queries import text_of
from cii.evaluations.queries import analyses_of_year
from cii.figures.agreement_stays import agreement_stays, left_in
from cii.figures.rules import Left, exit_goals, exits_by_class
from cii.kernel.digest import plain_rows
from cii.kernel.period import year_of
from cii.kernel.span import Span, SpanKind
from cii.placements.vocabulary import ContractType, ExitClass, ExitType
from cii.reports.agreement_scope import agreement_row, bound_by, concerned, open_agreements
from cii.reports.kinds import Facts, Values, headed
from cii.reports.packs import Field, Pack, Part, Path, begun, finished, parameters
from cii.reports.readers import Readers
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work
from cii.texts.speech import say

_GOALS = ("exit_goal_durable_permille", "exit_goal_dynamic_permille")
_DURABLE_FROM = "exit_durable_from_months"
_YEARS = 3
"""Years of the trajectory that are told, the reported one last."""
_PERMILLE = 1000


class FrExits(Pack):
    """Exits by class against the agreement's own trajectory, and what was written where it was missed."""

    name = ReportKind.FR_EXITS
    span = SpanKind.YEAR
    title = "reports.fr-title"
    subtitle = "reports.fr-subtitle"
    parts = (
        Part(
            "classes",
            "reports.fr-classes",
            (
                Field("class", "reports.fr-class", words="exit-class"),
                Field("persons", "reports.persons", "integer"),
                Field("share", "reports.fr-share", "percent"),
            ),
            text="reports.fr-text",
            order="place",
            total="all",
        ),
        Part(
            "trajectory",
            "reports.fr-trajectory",
            (
                Field("year", "reports.fr-year"),
                Field("exits", "reports.exits", "integer"),
                Field("durable", "reports.fr-durable", "percent", means="reports.fr-define-durable"),
                Field("durable_goal", "reports.fr-durable-goal", "percent"),
                Field("dynamic", "reports.fr-dynamic", "percent", means="reports.fr-define-dynamic"),
                Field("dynamic_goal", "reports.fr-dynamic-goal", "percent"),
                Field("met", "reports.fr-met"),
            ),
        ),
        Part(
            "analyses",
            "reports.fr-analyses",
            (
                Field("causes", "reports.fr-causes"),
                Field("actions", "reports.fr-actions"),
                Field("recorded_on", "reports.fr-recorded-on", "date"),
            ),
            order="recorded_on",
        ),
    )

    def open_scopes(self, work: Work, scopes: Collection[str]) -> set[str]:
        """See `Kind`: the agreements that the actor may see."""
        return open_agreements(work, scopes)

    def facts(self, work: Work, span: Span, scope: str, known_at: datetime) -> Facts:
        """See `Kind`; `scope` is the number of the agreement. Refuses: UnknownThing."""
        year, bound = span.period.start.year, bound_by(work, scope, span.period, known_at)
        years = [year_of(date(one, 1, 1)) for one in range(year - _YEARS + 1, year + 1)]
        years = [one for one in years if one.end > bound.valid_from]
        own = {one.year: one for one in text_of(work, bound.id).insertion.trajectory}
        return {
            **headed(work, self.name, span, scope, numbers=(_DURABLE_FROM, *_GOALS)),
            "agreement": plain_rows([agreement_row(work, bound)]),
            "goals": plain_rows(
                {
                    "year": at,
                    "own": at in own,
                    "durable": own[at].durable if at in own else work.parameter(_GOALS[0], one.last),
                    "dynamic": own[at].dynamic if at in own else work.parameter(_GOALS[1], one.last),
                }
                for one in years
                for at in [one.start.year]
            ),
            "exits": [
                {"year": one.start.year, **{name: row[name] for name in _TOLD}}
                for one in years
                for row in agreement_stays(work, bound.id, one, known_at)
                if left_in(row, one)
            ],
            "analyses": plain_rows(
                {"causes": one.causes, "actions": one.actions, "recorded_on": one.recorded_at.date()}
                for one in analyses_of_year(work, bound.id, year, known_at)
            ),
        }

    def derive(self, facts: Facts) -> dict[str, Any]:
        """See `Kind`."""
        durable_from, year = parameters(facts)[_DURABLE_FROM], int(facts["report"][0]["period"])
        counted = {
            row["year"]: exits_by_class(_left(facts["exits"], row["year"]), durable_from)
            for row in facts["goals"]
        }
        now = counted[year]
        whole = sum(now.values())
        return finished(
            {
                **begun(facts, 1),
                "agreement": facts["agreement"][0],
                "classes": {
                    one: {
                        "class": one,
                        "place": place,
                        "persons": n,
                        "share": Fraction(n, whole) if whole else None,
                    }
                    for place, (one, n) in enumerate(now.items(), 1)
                },
                "all": {"persons": whole, "share": Fraction(1) if whole else None},
                "trajectory": {str(row["year"]): _year(row, counted[row["year"]]) for row in facts["goals"]},
                "analyses": {str(n): row for n, row in enumerate(facts["analyses"], 1)},
            }
        )

    def overview(self, values: Values, lang: str) -> list[str]:
        """See `Pack`: the provider, and whether a year that missed its goals has its analysis."""
        told = [say("reports.fr-provider", lang, provider=values["agreement"]["provider"])]
        row = values["trajectory"][values["period"]]
        if row["met"] is False and not values["analyses"]:
            told.append(say("reports.fr-not-analysed", lang))
        return told

    def small(self, values: Values, readers: Readers, minimum: int) -> Iterable[Path]:
        """See `Pack`: a year of which a class holds few persons is hidden whole from all but the parties."""
        if concerned(values, readers):
            return
        for year, row in values["trajectory"].items():
            if any(0 < n < minimum for n in row["by_class"].values()):
                yield from (
                    ("trajectory", year, one) for one in ("exits", "durable", "dynamic", "met", "by_class")
                )
                if year == values["period"]:
                    yield from (
                        ("classes", key, one) for key in values["classes"] for one in ("persons", "share")
                    )
                    yield from (("all", one) for one in ("persons", "share"))


_TOLD = ("ref", "ended_on", "exit_type", "contract_type", "contract_months")


def _left(rows: Iterable[Mapping[str, Any]], year: int) -> list[Left]:
    return [
        Left(
            ExitType(row["exit_type"]),
            ContractType(row["contract_type"]) if row["contract_type"] else None,
            row["contract_months"],
            1,
        )
        for row in rows
        if row["year"] == year
    ]


def _year(goal: Mapping[str, Any], counted: Mapping[ExitClass, int]) -> dict[str, Any]:
    held = exit_goals(counted, goal["durable"], goal["dynamic"])
    met = None if held.durable_met is None else held.durable_met and held.dynamic_met
    return {
        "year": str(goal["year"]),
        "exits": sum(counted.values()),
        "by_class": dict(counted),
        "durable": held.durable,
        "durable_goal": Fraction(goal["durable"], _PERMILLE),
        "dynamic": held.dynamic,
        "dynamic_goal": Fraction(goal["dynamic"], _PERMILLE),
        "own": goal["own"],
        "met": met,
    }
