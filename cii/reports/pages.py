"""The quarterly pack for people: tables and sections in the reader's language, out of the values shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from cii.documents.charts import Chart
from cii.documents.layout import Letterhead, Report, Section
from cii.documents.table import Table
from cii.kernel.money import Chf
from cii.kernel.span import Span
from cii.reports.sheets import (
    COST,
    HIDDEN,
    ON_PAGE,
    USE,
    budget_table,
    corrective_table,
    deadline_table,
    definitions,
    exit_table,
    indicator_table,
    indicator_tables,
    line_cost_table,
    line_table,
    line_total_table,
    measure_table,
    waiting_table,
)
from cii.texts import formats
from cii.texts.speech import say, word

Values = Mapping[str, Any]


def report(
    values: Values,
    lang: str,
    *,
    frozen_at: datetime | None = None,
    version: int | None = None,
    sha256: str = "",
) -> Report:
    """The pack as pages; a draft unless `frozen_at` is given."""
    return Report(
        Letterhead(say("reports.canton", lang), say("reports.office", lang)),
        say("reports.title", lang),
        Span.parse(values["period"]),
        date.fromisoformat(values["last"]),
        _sections(values, lang),
        subtitle=say("reports.subtitle", lang),
        frozen_at=frozen_at,
        version=version,
        sha256=sha256,
    )


def sheets(values: Values, lang: str) -> list[Table]:
    """Every table of the pack, and a sheet that defines its figures."""
    return [
        measure_table(values, lang, USE, "reports.measures", bound=True),
        line_table(values, lang, USE),
        line_total_table(values, lang, USE),
        measure_table(values, lang, COST, "reports.cost-by-measure"),
        line_cost_table(values, lang),
        exit_table(values, lang),
        budget_table(values, lang),
        indicator_table(values, lang),
        corrective_table(values, lang),
        deadline_table(values, lang),
        waiting_table(values, lang),
        definitions(lang),
    ]


def _sections(values: Values, lang: str) -> list[Section]:
    notes = [
        say(text, lang)
        for text, told in (("reports.hidden-note", "hidden"), ("reports.unknown-note", "unknown"))
        if values[told]
    ]
    indicators = indicator_tables(values, lang) or [indicator_table(values, lang)]
    by_measure = measure_table(values, lang, ON_PAGE, "reports.measures")
    by_line = line_total_table(values, lang, ON_PAGE)
    budgets, exits = budget_table(values, lang), exit_table(values, lang)
    return [
        Section(say("reports.overview", lang), _overview(values, lang), (), _missing(values, lang)),
        Section(
            say("reports.places-section", lang),
            (say("reports.places-text", lang),),
            (
                by_measure,
                line_table(values, lang, ON_PAGE),
                by_line,
            ),
            notes,
            [
                _shares(
                    measure_table(values, lang, ON_PAGE, "reports.measures"),
                    "reports.occupancy-by-measure",
                    lang,
                ),
                _shares(by_line, "reports.occupancy-by-line", lang),
            ],
        ),
        Section(
            say("reports.cost-section", lang),
            (say("reports.cost-text", lang),),
            (measure_table(values, lang, COST, "reports.cost-by-measure"), line_cost_table(values, lang)),
            [
                *_unattested(values, lang),
                *(
                    say("reports.unattributed", lang, cost=Chf.parse(one["cost"]), agreement=one["agreement"])
                    for one in values["unattributed"].values()
                ),
            ],
        ),
        _alone(
            lang,
            "reports.budget-section",
            budgets,
            "reports.budget-text",
            charts=[_shares(budgets, "reports.used-by-line", lang)],
        ),
        Section(
            say("reports.indicator-section", lang),
            (say("reports.indicator-text", lang),),
            indicators,
            notes,
        ),
        _alone(
            lang,
            "reports.exit-section",
            exits,
            charts=[Chart(say("reports.exits-by-type", lang), exits, len(exits.columns) - 1)],
        ),
        _alone(lang, "reports.corrective-section", corrective_table(values, lang)),
        _alone(lang, "reports.deadline-section", deadline_table(values, lang)),
        _alone(lang, "reports.need-section", waiting_table(values, lang), "reports.need-text"),
    ]


def _alone(
    lang: str, heading: str, table: Table, text: str | None = None, *, charts: Sequence[Chart] = ()
) -> Section:
    """A section of one table, which needs no title of its own."""
    paragraphs = (say(text, lang),) if text else ()
    return Section(say(heading, lang), paragraphs, (replace(table, title=""),), charts=charts)


def _shares(table: Table, title: str, lang: str) -> Chart:
    """The last share of each row as a bar, with a line at the whole."""
    column = max(at for at, one in enumerate(table.columns) if one.kind == "percent")
    return Chart(say(title, lang), table, column, Fraction(1), formats.percent(Fraction(1), lang))


def _overview(values: Values, lang: str) -> list[str]:
    total, measures = values["total"], values["measures"].values()
    met = [
        f"{formats.day(date.fromisoformat(one['held_on']), lang)} ({word(one['body'], lang, 'body')})"
        for one in values["meetings"].values()
    ]
    return [
        say(
            "reports.overview-places",
            lang,
            measures=len(measures),
            mixed=sum(1 for one in measures if one["mixed"]),
            places=total["places_end"],
            occupancy=_said_share(total["occupancy"], lang),
            entries=_said(total["entries"]),
            exits=_said(total["exits"]),
            cost=HIDDEN if total["cost"] is None else Chf.parse(total["cost"]),
        ),
        say("reports.met", lang, days=met) if met else say("reports.not-met", lang),
    ]


def _missing(values: Values, lang: str) -> list[str]:
    late: dict[str, list[str]] = {}
    for one in values["missing"].values():
        late.setdefault(one["month"], []).append(one["institution"])
    told = [
        f"{formats.month(date.fromisoformat(month), lang)} ({', '.join(sorted(names))})"
        for month, names in sorted(late.items())
    ]
    return [say("reports.missing", lang, data=told)] if told else []


def _unattested(values: Values, lang: str) -> list[str]:
    """The measures and lines without any attested day, and those with stays and months that have none."""
    rows = values["unattested"].values()
    told = {
        whole: [f"{one['measure']} ({one['line']})" for one in rows if one["whole"] is whole]
        for whole in (True, False)
    }
    found = [say("reports.unattested", lang, data=told[True])] if told[True] else []
    return [*found, say("reports.part-unattested", lang, data=told[False])] if told[False] else found


def _said(count: int | None) -> str:
    return HIDDEN if count is None else str(count)


def _said_share(text: str | None, lang: str) -> str:
    return HIDDEN if text is None else formats.percent(Fraction(text), lang, 1)
