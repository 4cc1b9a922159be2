"""The statement of the federal ceiling as a file: a table of codes for programs, a paper for people."""

from collections.abc import Sequence
from fractions import Fraction

from cii.documents.layout import CaseSummary, Letterhead, Section
from cii.documents.table import Cell, Column, Table
from cii.figures.ceiling import CeilingStatement, EnteredFact
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import say

_THOUSAND = 1000


def ceiling_table(one: CeilingStatement) -> Table:
    """One row per figure: year, figure, part, value; the same in every language."""
    rows: list[tuple[Cell, ...]] = [
        (one.year, "active_population", "", one.active),
        (one.year, "job_seekers", "", one.seekers),
        (one.year, "job_seekers_year_before", "", one.seekers_year_before),
        (one.year, "counted", "provisional" if one.provisional else "", one.counted),
    ]
    for share in one.shares:
        band = f"{share.over_permille}-{share.band.upto_permille}"
        rows += [
            (one.year, "band_counted", band, share.counted),
            (one.year, "band_per_head", band, share.band.per_head),
            (one.year, "band_amount", band, share.amount),
        ]
    rows += [(one.year, "ceiling", "", one.ceiling), (one.year, "national_limit", "", one.national)]
    for line in one.lines or ():
        rows += [
            (one.year, "granted", line.line, line.granted),
            (one.year, "used", line.line, line.used),
            (one.year, "committed", line.line, line.committed),
        ]
    if one.standing is not None:
        rows += [
            (one.year, "left", "", one.standing.left),
            (one.year, "exceeding", "", one.standing.exceeding),
            (one.year, "budget_beyond", "", one.standing.budget_beyond),
        ]
    columns = [Column("year", "integer"), Column("figure"), Column("part"), Column("value", "value")]
    return Table(f"federal-ceiling-{one.year}", columns, rows)


def ceiling_page(work: Work, one: CeilingStatement, facts: Sequence[EnteredFact], lang: str) -> CaseSummary:
    """The statement on paper: the bands, the lines, and where each count comes from."""
    at = formats.moment(work.now, lang)
    return CaseSummary(
        Letterhead(say("reports.canton", lang), say("reports.office", lang)),
        say("web.ceiling.paper", lang, year=str(one.year)),
        _facts(one, lang),
        [_bands(one, lang), *([_lines(one, lang)] if one.lines else []), _sources(facts, lang)],
        say("web.ceiling.printed", lang, at=at),
        say("web.ceiling.provisional-paper" if one.provisional else "web.ceiling.basis", lang),
    )


def _facts(one: CeilingStatement, lang: str) -> list[tuple[str, str]]:
    found = [
        (say("word.ceiling_input.active_population", lang), formats.number(one.active, lang)),
        (say("web.ceiling.counted", lang), formats.number(one.counted, lang)),
        (say("web.ceiling.ceiling", lang), formats.money(one.ceiling)),
        (say("web.ceiling.national", lang), formats.money(one.national)),
    ]
    if one.use is not None and one.standing is not None:
        found += [
            (say("web.ceiling.used", lang), formats.money(one.use.used)),
            (say("budgets.stage.committed", lang), formats.money(one.use.committed)),
            (say("web.ceiling.left", lang), formats.money(one.standing.left)),
            (say("web.ceiling.beyond", lang), formats.money(one.standing.exceeding)),
            (say("web.ceiling.budget-over", lang), formats.money(one.standing.budget_beyond)),
        ]
    return found


def _bands(one: CeilingStatement, lang: str) -> Section:
    columns = [
        Column(say("web.ceiling.bands", lang)),
        Column(say("web.ceiling.seekers", lang), "number"),
        Column(say("web.ceiling.per-head", lang), "money"),
        Column(say("web.ceiling.amount", lang), "money"),
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            say(
                "web.ceiling.band",
                lang,
                over=Fraction(share.over_permille, _THOUSAND),
                upto=Fraction(share.band.upto_permille, _THOUSAND),
            ),
            share.counted,
            share.band.per_head,
            share.amount,
        )
        for share in one.shares
    ]
    title = say("web.ceiling.bands", lang)
    totals: tuple[Cell, ...] = (say("web.ceiling.ceiling", lang), None, None, one.ceiling)
    return Section(title, [say("web.ceiling.bands.lead", lang)], [Table(title, columns, rows, totals)])


def _lines(one: CeilingStatement, lang: str) -> Section:
    columns = [
        Column(say("web.measures.line", lang)),
        Column(say("budgets.stage.grant", lang), "money"),
        Column(say("web.ceiling.used", lang), "money"),
        Column(say("budgets.stage.committed", lang), "money"),
    ]
    rows = [(row.line, row.granted, row.used, row.committed) for row in one.lines or ()]
    title = say("web.ceiling.lines", lang)
    return Section(title, [], [Table(title, columns, rows)])


def _sources(facts: Sequence[EnteredFact], lang: str) -> Section:
    columns = [
        Column(say("web.ceiling.count", lang)),
        Column(say("web.budgets.year", lang)),
        Column(say("web.ceiling.value", lang), "integer"),
        Column(say("web.ceiling.source", lang)),
    ]
    rows = [
        (say(f"word.ceiling_input.{one.kind.value}", lang), str(one.year), one.value, one.source)
        for one in facts
        if one.stands
    ]
    title = say("web.ceiling.counts", lang)
    return Section(title, [], [Table(title, columns, rows)])
