"""The tables of a round's report: facts, cases by rank, places, budgets, policies, transfers, decisions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from cii.allocation.outcome import Allocation
from cii.allocation.problem import Problem
from cii.allocation.transferring import transfers
from cii.documents.layout import Section
from cii.documents.table import Cell, Column, Kind, Table
from cii.kernel.money import Chf
from cii.rounds.queries_pages import CandidateRow, PinRow
from cii.rounds.rules import CEILING
from cii.rounds.tables import AllocationRound, RoundRun
from cii.rounds.tallies import cells, guaranteed, purses, tight_sets
from cii.rounds.vocabulary import Standing
from cii.texts import formats
from cii.texts.speech import say, word

LOT = 12
"""Digits of a lot that are printed: enough to find one's row."""
_MILLION, _DECIMALS = 1_000_000, 4


@dataclass(frozen=True, slots=True)
class Round:
    """An approved round with the run that was approved; `measures` by code, `hands` by account."""

    round: AllocationRound
    run: RoundRun
    problem: Problem
    found: Allocation
    rows: tuple[CandidateRow, ...]
    pins: tuple[PinRow, ...]
    measures: Mapping[str, str]
    hands: Mapping[int, str]


def facts_table(held: Round, lang: str) -> Table:
    """What was decided by whom, what it came to, and what it takes to check it: name and text."""
    one, run, proven = held.round, held.run, held.found.certificate
    term = say("web.rounds.from-to", lang, first=one.starts_on, last=one.ends_on)
    placed = say("web.rounds.paper.placed", lang, n=run.placed, all=run.candidates, first=run.first_come)
    gap = formats.percent(Fraction(run.gap_ppm, _MILLION), lang, _DECIMALS if run.gap_ppm else 0)
    rows: list[tuple[str, str]] = [
        ("term", term),
        ("policy", f"{word(str(one.policy['who']), lang, 'who')} ({one.policy['version']})"),
        ("step.opened", _by(held, one.opened_at, one.opened_by, lang)),
        ("step.computed", f"{_by(held, run.computed_at, run.computed_by, lang)} (n° {run.number})"),
        ("step.approved", _by(held, one.approved_at, one.approved_by, lang)),
        ("figure.placed", placed),
        ("figure.cost", formats.money(run.cost)),
        ("objective", formats.number(run.objective, lang)),
        ("bound", formats.number(run.bound, lang)),
        ("figure.gap", gap),
        ("rank-proof", word(proven.rank, lang)),
        ("seed", one.seed),
        ("commitment", one.commitment),
        ("problem-digest", run.problem_digest),
        ("result-digest", run.result_digest),
        ("versions", ", ".join(f"{name} {version}" for name, version in proven.versions)),
        ("check", say("web.rounds.paper.checked", lang)),
    ]
    if run.persons_bound is not None:
        rows.insert(-7, ("persons-bound", formats.number(run.persons_bound, lang)))
    heads = [
        Column(say("web.rounds.paper.fact", lang)),
        Column(say("web.rounds.paper.value", lang), width=70),
    ]
    told = [(say(f"web.rounds.{name}", lang), value) for name, value in rows]
    return Table(say("web.rounds.paper.summary", lang), heads, told)


def lists(held: Round, lang: str) -> list[Table]:
    """Every table of the report, the cases by rank first."""
    return [
        by_rank(held, lang), _quotas(held, lang), _purses(held, lang), _policies(held, lang),
        _tight(held, lang), _guaranteed(held, lang), _transfers(held, lang), _decisions(held, lang),
        _closed(held, lang),
    ]  # fmt: skip


def sections(held: Round, lang: str) -> list[Section]:
    """The tables as parts of the paper, each with the words that introduce it; empty ones say so."""
    ranked, others = _in_brief(held, lang), lists(held, lang)[1:]
    leads = (
        "places.lead", "", "fairness.lead", "tight-sets.lead", "guaranteed.lead", "transfers.lead",
        "pins.lead", "paper.closed.lead",
    )  # fmt: skip
    told = [
        Section(
            table.title,
            [say(f"web.rounds.{lead}", lang)] if lead else [],
            [_untitled(table)] if table.rows else [],
            [] if table.rows else [say("web.rounds.paper.nothing", lang)],
        )
        for table, lead in zip(others, leads, strict=True)
    ]
    first = Section(ranked.title, [say("web.rounds.paper.ranks", lang)], [_untitled(ranked)])
    how = Section(say("web.rounds.paper.how", lang), [say("web.rounds.seed.how", lang)])
    return [first, *told, how]


def by_rank(held: Round, lang: str) -> Table:
    """Every case by its place in the order, with its place or why it has none; no number, no name."""
    columns = _columns(
        lang, ("rank", "integer"), ("urgency", "integer"), ("since", "date"), ("lot", "text"),
        ("result", "text"), ("measure", "text"), ("line", "text"), ("suitability", "integer"),
        ("cost", "money"), ("paper.why", "text"),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            one.position or None, one.urgency, one.waiting_since, one.lot[:LOT],
            word(one.standing, lang, "round-standing"), one.measure_code, one.line_code, one.suitability,
            one.cost, _why(one, lang),
        )
        for one in held.rows
    ]  # fmt: skip
    return Table(say("web.rounds.paper.by-rank", lang), columns, rows)


def _in_brief(held: Round, lang: str) -> Table:
    """The same for an upright page: place or reason in one column."""
    columns = _columns(
        lang, ("rank", "integer"), ("urgency", "integer"), ("since", "date"), ("lot", "text"),
        ("place", "text"), ("suitability", "integer"), ("cost", "money"),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            one.position or None, one.urgency, one.waiting_since, one.lot[:LOT],
            ", ".join(filter(None, (one.measure_code, one.line_code, _why(one, lang)))),
            one.suitability, one.cost,
        )
        for one in held.rows
    ]  # fmt: skip
    return Table(say("web.rounds.paper.by-rank", lang), columns, rows)


def _why(one: CandidateRow, lang: str) -> str | None:
    if one.standing is Standing.PLACED:
        return say("web.rounds.pinned", lang) if one.pinned else None
    if one.standing is Standing.LEFT_OUT:
        return word(str(one.why), lang, "left-out")
    said = word(str(one.why), lang, "left")
    if one.purse and one.short is not None:
        purse = _purse(one.purse, lang)
        return say("web.rounds.short", lang, why=said, purse=purse, short=formats.money(one.short))
    return said


def _quotas(held: Round, lang: str) -> Table:
    columns = _columns(
        lang, ("measure", "text"), ("line", "text"), ("quota", "integer"), ("taken", "integer"),
        ("free", "integer"), ("wanted", "integer"), ("state", "text"),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            _measure(held, one.measure), one.line, one.quota, one.taken, one.free, one.wanted,
            say(f"web.rounds.{'tight' if one.tight else 'free-state' if one.free else 'full'}", lang),
        )
        for one in cells(held.problem, held.found)
    ]  # fmt: skip
    return Table(say("web.rounds.quotas", lang), columns, rows)


def _purses(held: Round, lang: str) -> Table:
    columns = _columns(
        lang, ("purse", "text"), ("purse.left", "money"), ("purse.bound", "money"), ("purse.after", "money")
    )
    rows: list[Sequence[Cell]] = [
        (
            _purse(one.key, lang), one.left if one.limited else None, one.bound,
            one.after if one.limited else None,
        )
        for one in purses(held.problem, held.found)
    ]  # fmt: skip
    return Table(say("web.rounds.purses", lang), columns, rows)


def _policies(held: Round, lang: str) -> Table:
    columns = _columns(
        lang, ("policy", "text"), ("fairness.persons", "integer"), ("fairness.points", "integer"),
        ("fairness.cost", "money"), ("fairness.unfilled", "integer"),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            word(str(one["policy"]), lang, "who"), one["persons"], one["points"],
            Chf(int(one["centimes"])), one["unfilled_guaranteed"],
        )
        for one in held.run.fairness
    ]  # fmt: skip
    return Table(say("web.rounds.fairness", lang), columns, rows)


def _tight(held: Round, lang: str) -> Table:
    rows: list[Sequence[Cell]] = [
        (n, ", ".join(f"{measure} · {line}" for measure, line in one))
        for n, one in enumerate(tight_sets(held.problem, held.found), 1)
    ]
    columns = _columns(lang, ("run", "integer"), ("quotas", "text"))
    return Table(say("web.rounds.tight-sets", lang), columns, rows)


def _guaranteed(held: Round, lang: str) -> Table:
    columns = _columns(
        lang, ("measure", "text"), ("guaranteed.n", "integer"), ("taken", "integer"),
        ("guaranteed.empty", "integer"),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (_measure(held, one.measure), one.guaranteed, one.taken, one.unfilled)
        for one in guaranteed(held.problem, held.found)
    ]
    return Table(say("web.rounds.guaranteed", lang), columns, rows)


def _transfers(held: Round, lang: str) -> Table:
    columns = _columns(
        lang, ("measure", "text"), ("transfer.from", "text"), ("transfer.to", "text"),
        ("transfer.places", "integer"), ("transfer.money", "text"), ("transfer.persons", "integer"),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            _measure(held, one.measure), one.from_line, one.to_line, one.places,
            "; ".join(
                f"{_purse(source, lang)} → {_purse(target, lang)}: {formats.money(Chf(sum_))}"
                for source, target, sum_ in one.money
            )
            or None,
            one.persons,
        )
        for one in transfers(held.problem, held.found)
    ]  # fmt: skip
    return Table(say("web.rounds.transfers", lang), columns, rows)


def _decisions(held: Round, lang: str) -> Table:
    columns = _columns(
        lang, ("rank", "integer"), ("pin", "text"), ("pin.where", "text"), ("reason", "text"),
        ("pin.at", "moment"),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            one.position, word(one.kind, lang),
            " · ".join(filter(None, (one.measure_code, one.line_code)))
            or say("web.rounds.pin.anywhere", lang),
            one.reason, one.made_at,
        )
        for one in held.pins
    ]  # fmt: skip
    return Table(say("web.rounds.tab.pins", lang), columns, rows)


def _closed(held: Round, lang: str) -> Table:
    """How often each kind of condition kept a measure closed to a case without a place."""
    counted: Counter[tuple[str, str]] = Counter(
        (str(refused["measure"]), str(reason["code"]))
        for one in held.rows
        if one.standing is Standing.UNPLACED
        for refused in one.refused
        for reason in {each["code"]: each for each in refused["reasons"]}.values()
    )
    columns = _columns(lang, ("measure", "text"), ("closed.why", "text"), ("cases", "integer"))
    rows: list[Sequence[Cell]] = [
        (_measure(held, measure), word(code, lang, "closed-by"), n)
        for (measure, code), n in sorted(counted.items())
    ]
    return Table(say("web.rounds.paper.closed", lang), columns, rows)


def _columns(lang: str, *wanted: tuple[str, Kind]) -> list[Column]:
    return [Column(say(f"web.rounds.{name}", lang), kind) for name, kind in wanted]


def _untitled(table: Table) -> Table:
    return Table("", table.columns, table.rows)


def _measure(held: Round, code: str) -> str:
    return f"{code} {held.measures.get(code, '')}".strip()


def _purse(key: str, lang: str) -> str:
    line, found, _ = key.partition(CEILING)
    return say("web.rounds.purse.ceiling", lang, line=line) if found else line


def _by(held: Round, at: datetime | None, who: int | None, lang: str) -> str:
    said = formats.moment(at, lang) if at else ""
    return f"{said}, {held.hands.get(who or 0, '')}"
