"""The report of a legislature to the Council of State: the four axes with their figures, year by year."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from cii.coordination.vocabulary import Body
from cii.figures.axes import axes_of, case_rows, outcome_words
from cii.figures.deriving import use_of
from cii.figures.queries import use_facts
from cii.figures.suppression import TOTAL, Counts, hidden
from cii.kernel.digest import plain_rows
from cii.kernel.period import Period
from cii.kernel.span import Span, SpanKind
from cii.meetings.queries import held_days
from cii.reports.axes import AXES, OUTCOMES, axes_values, few_in_axes, without_leads
from cii.reports.kinds import Facts, Values, headed
from cii.reports.packs import Field, Pack, Part, Path, begun, finished
from cii.reports.readers import Readers
from cii.reports.values import use_values
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work

_STATES = ("open", "closed")
_PERSONS = ("participants", "entries", "exits")
_FOLLOWERS = (*_PERSONS, "occupancy", "cost")


class Legislature(Pack):
    """What became of each axis in several years, and how the measures were used."""

    name = ReportKind.LEGISLATURE
    span = SpanKind.YEARS
    title = "reports.legislature-title"
    subtitle = "reports.legislature-subtitle"
    parts = (
        AXES,
        Part(
            "years",
            "reports.legislature-years",
            (
                Field("programme", "reports.axes-programme", words="case-path"),
                Field("year", "reports.fr-year"),
                Field("announced", "reports.axes-announced", "integer"),
                Field("open", "reports.axes-open", "integer"),
                Field("closed", "reports.axes-closed", "integer"),
            ),
            text="reports.legislature-years-text",
            order="place",
        ),
        OUTCOMES,
        Part(
            "use",
            "reports.legislature-use",
            (
                Field("year", "reports.fr-year"),
                Field("measures", "reports.measures", "integer"),
                Field(
                    "mixed", "reports.legislature-mixed", "integer", means="reports.legislature-define-mixed"
                ),
                Field("places_average", "reports.places-average", "number"),
                Field("occupancy", "reports.occupancy", "percent", means="reports.annual-define-occupancy"),
                Field("participants", "reports.persons", "integer"),
                Field("entries", "reports.entries", "integer"),
                Field("exits", "reports.exits", "integer"),
                Field("cost", "reports.cost", "money", means="reports.annual-define-cost"),
            ),
            bars="occupancy",
            chart="reports.legislature-occupancy",
        ),
        Part(
            "met",
            "reports.annual-meetings",
            (
                Field("year", "reports.fr-year"),
                Field("coordination", "reports.annual-coordination", "integer"),
                Field("steering", "reports.annual-steering", "integer"),
            ),
        ),
    )

    def facts(self, work: Work, span: Span, scope: str, known_at: datetime) -> Facts:
        """See `Kind`; the rows of which the use is made stand by year, as `2026-stays`."""
        cases = case_rows(work, span.period, known_at)
        found: dict[str, Any] = {
            **headed(work, self.name, span, scope),
            "cases": cases,
            "outcomes": outcome_words(work, cases),
            "meetings": plain_rows(
                {"body": body, "held_on": day}
                for body in Body
                for day in held_days(work, body, span.period, known_at)
            ),
        }
        for year in span.period.years():
            used = use_facts(work, year, known_at)
            found |= {f"{year.start.year}-{name}": rows for name, rows in used.items()}
        return found

    def derive(self, facts: Facts) -> dict[str, Any]:
        """See `Kind`."""
        years = list(Span.parse(facts["report"][0]["period"]).period.years())
        return finished(
            {
                **begun(facts, 1),
                **axes_values(facts["cases"], facts["outcomes"]),
                "years": dict(_years(facts["cases"], years)),
                "use": {str(one.start.year): _use(facts, one) for one in years},
                "met": {
                    str(one.start.year): {
                        "year": str(one.start.year),
                        **{
                            body: sum(
                                row["body"] == body and date.fromisoformat(row["held_on"]) in one
                                for row in facts["meetings"]
                            )
                            for body in Body
                        },
                    }
                    for one in years
                },
            }
        )

    def small(self, values: Values, readers: Readers, minimum: int) -> Iterable[Path]:
        """See `Pack`: cases that others lead, by outcome and by year; persons in measures where few are."""
        yield from few_in_axes(values, readers, minimum)
        yield from _few_in_years(values, readers, minimum)
        for year, row in values["use"].items():
            if any(0 < row[one] < minimum for one in _PERSONS):
                yield from (("use", year, one) for one in _FOLLOWERS)

    def shown(self, values: Values, readers: Readers, minimum: int) -> dict[str, Any]:
        """See `Kind`; which institution leads how many cases is told to the group alone."""
        seen = super().shown(values, readers, minimum)
        return seen if readers.whole else without_leads(without_leads(seen), "years")


def _years(cases: Any, years: Iterable[Period]) -> Iterable[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - rows
    """The cases of each programme by the year in which they were opened, as they stand at the end of all."""
    for year in years:
        mine = [row for row in cases if date.fromisoformat(row["opened_on"]) in year]
        for one in axes_of(mine):
            name, still = str(year.start.year), one.states.get("open", 0)
            yield (
                f"{one.path}/{name}",
                {
                    "programme": one.path,
                    "year": name,
                    "place": f"{one.path}/{name}",
                    "announced": one.announced,
                    "open": still,
                    "closed": one.closed,
                    "of": one.own,
                },
            )


def _use(facts: Facts, year: Period) -> dict[str, Any]:
    prefix = f"{year.start.year}-"
    mine = {name.removeprefix(prefix): rows for name, rows in facts.items() if name.startswith(prefix)}
    measures, lines = use_of(mine, year)
    total = use_values(measures, lines)["total"]
    return {
        "year": str(year.start.year),
        "measures": len(measures),
        "mixed": sum(one.mixed for one in measures),
        **{one: total[one] for one in ("places_average", *_FOLLOWERS)},
    }


def _few_in_years(seen: Mapping[str, Any], readers: Readers, minimum: int) -> Iterable[Path]:
    """Each programme is a table of years by open and closed; its sums stand among the axes."""
    for path in seen["axes"]:
        mine = {key: row for key, row in seen["years"].items() if row["programme"] == path}
        cells = {
            (row["year"], state): _others(row["of"], state, readers)
            for row in mine.values()
            for state in _STATES
        }
        table = Counts(sorted({row["year"] for row in mine.values()}), list(_STATES), cells)
        for year, state in hidden(table, minimum):
            name = "announced" if state == TOTAL else state
            yield ("axes", path, name) if year == TOTAL else ("years", f"{path}/{year}", name)


def _others(own: Mapping[str, Mapping[str, int]], state: str, readers: Readers) -> int:
    """Open or closed cases of a year that these readers' institutions do not lead."""
    return sum(
        n
        for name, held in own.items()
        if (name == "open") == (state == "open")
        for code, n in held.items()
        if not readers.know(code)
    )
