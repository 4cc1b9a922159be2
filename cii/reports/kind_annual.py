"""The annual report of the coordination group to the GP CII (mandate, rule 1)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cii.coordination.monthly import missing_months
from cii.coordination.queries import corrective_at, presidencies
from cii.coordination.rules import PERMANENT
from cii.coordination.vocabulary import Body, CorrectiveState
from cii.figures.axes import case_rows, outcome_words
from cii.figures.deriving import use_of
from cii.figures.queries import use_facts
from cii.institutions.queries import institution_marks
from cii.kernel.digest import plain_rows
from cii.kernel.period import Period, Quarter
from cii.kernel.span import Span, SpanKind
from cii.meetings.decided import decided_in
from cii.meetings.queries import attendance, held_days
from cii.reports.axes import AXES, OUTCOMES, axes_values, few_in_axes, without_leads
from cii.reports.kinds import Facts, Values, headed
from cii.reports.packs import Field, Pack, Part, Path, begun, finished
from cii.reports.readers import Readers, few_in_grid
from cii.reports.values import DAYS, MONEY, PEOPLE, unattested_in, use_values
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import pair, say

_INVITED = ("SFPO", "OAI")
"""Who comes on invitation, once a year at least (rule 3)."""
_SAID = ("wording", "reports.wording")
_USE: tuple[Field, ...] = (
    Field("places_average", "reports.places-average", "number", means="reports.annual-define-places"),
    Field("occupancy", "reports.occupancy", "percent", means="reports.annual-define-occupancy"),
    Field("participants", "reports.persons", "integer"),
    Field("entries", "reports.entries", "integer"),
    Field("exits", "reports.exits", "integer"),
    Field("interruptions", "reports.interruptions", "integer", means="reports.define-interruptions"),
    Field("cost", "reports.cost", "money", means="reports.annual-define-cost"),
    Field("occupied_days", "reports.occupied-days", "integer", aside=True),
    Field("cost_per_day", "reports.cost-per-day", "money", aside=True),
)


class Annual(Pack):
    """What the group gives account of each year: meetings, attendance, the four axes, measures, decisions."""

    name = ReportKind.ANNUAL
    span = SpanKind.YEAR
    title = "reports.annual-title"
    subtitle = "reports.annual-subtitle"
    parts = (
        Part(
            "meetings",
            "reports.annual-meetings",
            (
                Field("quarter", "reports.annual-quarter", words="span"),
                Field("coordination", "reports.annual-coordination", "date"),
                Field("steering", "reports.annual-steering", "date"),
                Field("held", "reports.annual-held", "integer", means="reports.annual-define-held"),
            ),
        ),
        Part(
            "attendance",
            "reports.annual-attendance",
            (
                Field("institution", "reports.institution"),
                Field("called", "reports.annual-called", "integer"),
                Field("attended", "reports.annual-attended", "integer"),
                Field("enough", "reports.annual-enough", means="reports.annual-define-enough"),
            ),
        ),
        AXES,
        OUTCOMES,
        Part(
            "measures",
            "reports.annual-measures",
            (Field("label", "reports.measure"), *_USE),
            total="total",
            bars="occupancy",
            chart="reports.occupancy-by-measure",
        ),
        Part(
            "line_totals",
            "reports.line-totals",
            (Field("line", "reports.line"), Field("institution", "reports.institution"), *_USE),
        ),
        Part(
            "corrective",
            "reports.corrective",
            (
                Field("agreement", "reports.agreement"),
                Field(*_SAID),
                Field("observed_on", "reports.observed-on", "date"),
                Field("due_on", "reports.due-on", "date"),
                Field("state", "documents.state", words="corrective-state"),
            ),
            order="agreement",
        ),
        Part(
            "decisions",
            "reports.annual-decisions",
            (
                Field("number", "reports.annual-number"),
                Field("body", "reports.annual-body", words="body"),
                Field("decided_on", "reports.annual-decided-on", "date"),
                Field(*_SAID),
                Field("stand", "reports.annual-stand", words="decision-stand"),
                Field("owner", "reports.annual-owner"),
                Field("due_on", "reports.due-on", "date"),
                Field("state", "documents.state", words="decision-state"),
            ),
            order="decided_on",
        ),
        Part(
            "proposals",
            "reports.annual-proposals",
            (
                Field("agreement", "reports.agreement"),
                Field(*_SAID),
                Field("observed_on", "reports.observed-on", "date"),
            ),
            text="reports.annual-proposals-text",
        ),
    )

    def facts(self, work: Work, span: Span, scope: str, known_at: datetime) -> Facts:
        """See `Kind`; a year has no scope."""
        period, names = span.period, institution_marks(work)
        cases = case_rows(work, period, known_at)
        presided = presidencies(work)
        year = period.start.year
        return {
            **use_facts(work, period, known_at),
            **headed(work, self.name, span, scope),
            "cases": cases,
            "outcomes": outcome_words(work, cases),
            "meetings": plain_rows(
                {"body": body, "held_on": day}
                for body in Body
                for day in held_days(work, body, period, known_at)
            ),
            "called": plain_rows(
                map(asdict, attendance(work, Body.COORDINATION, period, known_at)), "held_on", "institution"
            ),
            "presidencies": plain_rows(
                {"year": one, "institution": presided.get(one)} for one in (year, year + 1)
            ),
            "corrective": plain_rows(map(asdict, corrective_at(work, period, known_at))),
            "decisions": plain_rows(
                {
                    **{name: getattr(row, name) for name in row._fields if name != "owner_id"},
                    "owner": names.get(row.owner_id or 0),
                }
                for row in decided_in(work, period, known_at)
            ),
            "missing": plain_rows(
                {"month": month, "institution": institution}
                for month in (one.start for one in period.months())
                for institution in missing_months(work, month, known_at)
            ),
        }

    def derive(self, facts: Facts) -> dict[str, Any]:
        """See `Kind`."""
        period = Span.parse(facts["report"][0]["period"]).period
        used = use_values(*use_of(facts, period))
        for row in used["measures"].values():
            row["label"] = f"{row['measure']} {row['name']}"
        for row in used["lines"].values():
            del row["exit_types"]
        corrective = {row["ref"]: {**row} for row in facts["corrective"]}
        return finished(
            {
                **begun(facts, 1),
                "presidencies": {str(row["year"]): row["institution"] for row in facts["presidencies"]},
                "meetings": dict(_meetings(facts, period)),
                "attendance": dict(_attendance(facts)),
                **axes_values(facts["cases"], facts["outcomes"]),
                **used,
                "corrective": corrective,
                "decisions": {
                    row["ref"]: {**row, "number": f"{row['year']}/{row['number']}"}
                    for row in facts["decisions"]
                },
                "proposals": {
                    ref: row for ref, row in corrective.items() if row["state"] == CorrectiveState.AT_STEERING
                },
                "unknown": sorted(unattested_in(used)),
                "missing": {f"{row['institution']}/{row['month'][:7]}": row for row in facts["missing"]},
            }
        )

    def overview(self, values: Values, lang: str) -> list[str]:
        """See `Pack`: meetings, attendance of those invited, presidency, measures."""
        held = [one["held"] for one in values["meetings"].values()]
        empty = [one["quarter"] for one in values["meetings"].values() if not one["held"]]
        quarters = [formats.span(Span.parse(one), lang) for one in sorted(empty)]
        absent = [one for one in _INVITED if not values["attendance"][one]["attended"]]
        now, ahead = (one for _, one in sorted(values["presidencies"].items()))
        told = [
            say("reports.annual-met", lang, n=sum(held)),
            say("reports.annual-not-met", lang, quarters=quarters)
            if quarters
            else say("reports.annual-met-each", lang),
            say("reports.annual-absent", lang, who=absent) if absent else say("reports.annual-came", lang),
        ]
        if now:
            told.append(say("reports.annual-presided", lang, institution=now))
        if ahead:
            told.append(say("reports.annual-presides-next", lang, institution=ahead))
        return told

    def lacking(self, values: Values, lang: str) -> list[str]:
        """See `Pack`: the months that sectors have not delivered."""
        late = Counter(one["institution"] for one in values["missing"].values())
        found = [pair(name, count, lang) for name, count in sorted(late.items())]
        return [say("reports.annual-missing", lang, data=found)] if found else []

    def small(self, values: Values, readers: Readers, minimum: int) -> Iterable[Path]:
        """See `Pack`: cases, persons by measure and line, with their days and costs."""
        followers = {"participants": (*DAYS, *MONEY, "occupancy")}
        yield from few_in_axes(values, readers, minimum)
        yield from few_in_grid(dict(values), readers, minimum, PEOPLE, followers)

    def shown(self, values: Values, readers: Readers, minimum: int) -> dict[str, Any]:
        """See `Kind`; which institution leads how many cases is told to the group alone."""
        seen = super().shown(values, readers, minimum)
        return seen if readers.whole else without_leads(seen)


def _meetings(facts: Facts, period: Period) -> Iterable[tuple[str, dict[str, Any]]]:
    """Each quarter with the days on which the bodies met."""
    for quarter in dict.fromkeys(Quarter.of(one.start) for one in period.months()):
        first, last = quarter.period.start.isoformat(), quarter.period.last.isoformat()
        days = {
            body: [
                row["held_on"]
                for row in facts["meetings"]
                if row["body"] == body and first <= row["held_on"] <= last
            ]
            for body in Body
        }
        yield (
            str(quarter),
            {
                "quarter": str(quarter),
                **{body: days[body] for body in Body},
                "held": len(days[Body.COORDINATION]),
            },
        )


def _attendance(facts: Facts) -> Iterable[tuple[str, dict[str, Any]]]:
    """Each institution of the mandate: how often it was called and came; the invited owe one meeting."""
    for code in (*PERMANENT, *_INVITED):
        mine = [row for row in facts["called"] if row["institution"] == code]
        came = sum(row["attended"] for row in mine)
        enough = came > 0 if code in _INVITED else None
        yield code, {"institution": code, "called": len(mine), "attended": came, "enough": enough}
