"""Which places are open to whom, at what price, and every rule that keeps one closed: read once for all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from cii.agreements.living import Living, bearing, living
from cii.agreements.prices_many import YearPrices, Years
from cii.agreements.queries import price_book
from cii.allocation.problem import Option, Purse
from cii.budgets.left import CeilingLeft, YearLeft, ceilings_left, years_left
from cii.institutions.queries import line_facts
from cii.kernel.digest import plain
from cii.kernel.errors import Refusal
from cii.kernel.period import Period
from cii.measures.dated import Offered, RuleFrom, offered, rule_on, rules_until
from cii.measures.eligibility import ELIGIBILITY, OPEN_TO_ALL, Standing, Verdict, judge, read_table
from cii.measures.rules import Dated, Step, steps
from cii.placements.freedom import WHOLE, Cell, Free, Granted, granted_of_all
from cii.rounds.rules import CEILING
from cii.rounds.rules_worth import Fit, fit_of, marks, speaks
from cii.routing.rules import PlaceFacts, place_facts
from cii.store.work import Work

NO_CEILING = 10**13
"""What a purse holds of a line that may bind as much as it owes, in centimes."""
FULL = 100
"""Percent."""
Reason = dict[str, Any]
"""A failed rule: its stable code, with facts as plain values."""


@dataclass(frozen=True, slots=True)
class Line:
    """A funding line by its outward word, with its sector."""

    id: int
    code: str
    sector: str


@dataclass(frozen=True, slots=True)
class Seeker:
    """A case that looks for a place: its days, the lines that would pay, the places it waits for."""

    case_ref: str
    stay: Period
    line_ids: tuple[int, ...]
    asked: frozenset[Cell]
    known: PlaceFacts


@dataclass(frozen=True, slots=True)
class Found:
    """The places open to a case with the parts of each mark, why others are not, and the facts by line."""

    options: tuple[Option, ...]
    marks: Mapping[str, Mapping[str, int]]
    refused: Mapping[str, list[Reason]]
    facts: Mapping[str, Mapping[str, object]]


class Offer:
    """All that is offered over the days of a round, read in a constant number of statements."""

    def __init__(self, work: Work, days: Period) -> None:
        """Read everything; nothing is read later."""
        self.days = days
        self.measures = offered(work, days.start, days.last)
        self.lines = _lines(work)
        self.agreed: Mapping[Cell, Sequence[Living]] = living(work)
        self.granted: Granted = granted_of_all(work, self.agreed)
        self.prices = YearPrices(
            price_book(work, {one.agreement_id for held in self.agreed.values() for one in held})
        )
        years = range(days.start.year, days.last.year + 1)
        self.years = years_left(work, years)
        self.ceilings: dict[tuple[int, int], list[CeilingLeft]] = {}
        for one in ceilings_left(work, years):
            self.ceilings.setdefault((one.line_id, one.year), []).append(one)
        self._rules = rules_until(work, days.last)
        self._fits = {
            one.id: Fit(one.region, frozenset(one.languages), frozenset(one.target_groups))
            for one in self.measures
        }
        self._verdicts: dict[tuple[object, ...], Verdict] = {}
        self._paid: dict[tuple[Cell, Period], tuple[tuple[tuple[str, int], ...] | None, list[Reason]]] = {}
        self._steps: dict[Cell, list[Step]] = {}

    def to(self, seeker: Seeker) -> Found:
        """What is open to this case, and what is not, with every reason."""
        options: list[Option] = []
        parts: dict[str, Mapping[str, int]] = {}
        refused: dict[str, list[Reason]] = {}
        known = {
            line_id: place_facts(replace(seeker.known, sector=self.lines[line_id].sector))
            for line_id in seeker.line_ids
        }
        persons = {line_id: fit_of(facts) for line_id, facts in known.items()}
        for measure in self.measures:
            against: list[Reason] = []
            if not measure.runs(seeker.stay.start, seeker.stay.last):
                against.append(_not_running(measure))
            for line_id, facts in known.items():
                cell, code = (measure.id, line_id), self.lines[line_id].code
                person, theirs = persons[line_id], self._fits[measure.id]
                charges, faults = self._payment(cell, seeker.stay)
                reasons = [*self._closed(measure, facts, seeker.stay.start, code), *faults]
                if not speaks(person, theirs):
                    reasons.append(_language(person, theirs))
                if reasons or charges is None or against:
                    refused.setdefault(measure.code, []).extend(reasons)
                    continue
                points = marks(person, theirs, asked=cell in seeker.asked)
                parts[f"{measure.code} {code}"] = points
                options.append(Option(seeker.case_ref, measure.code, code, sum(points.values()), charges))
            if against or measure.code in refused:
                refused[measure.code] = _once([*against, *refused.get(measure.code, [])])
        told = {self.lines[line_id].code: facts for line_id, facts in known.items()}
        return Found(tuple(options), parts, refused, told)

    def purses(self, options: Iterable[Option]) -> list[Purse]:
        """The purses that these options charge, with what each has left."""
        used = {key for one in options for key, _ in one.charges}
        found = {
            key: Purse(key, held.left.centimes if held.hard else NO_CEILING)
            for (line_id, year), held in self.years.items()
            if line_id in self.lines and (key := _purse(self.lines[line_id], year)) in used
        }
        for (line_id, year), held in self.ceilings.items():
            for one in held:
                key = _ceiling(self.lines[line_id], year, one)
                if key in used:
                    found[key] = Purse(key, one.left.centimes)
        return list(found.values())

    def least_granted(self, cell: Cell, days: Period) -> int:
        """The least number of places granted to the cell on any of these days."""
        held = self._steps.get(cell)
        if held is None:
            held = self._steps[cell] = steps(self.granted.of(cell), self.days.start, self.days.last)
        return min(one.places for one in held if one.first <= days.last and days.start <= one.last)

    def lines_in(self, measure_id: int, days: Period) -> list[int]:
        """The lines that may use places of the measure on all of these days."""
        return [
            cell[1]
            for cell in self.granted.quotas
            if cell[0] == measure_id and self.least_granted(cell, days) > 0
        ]

    def guaranteed(self, measure_id: int, days: Period, free: Free) -> int:
        """How many of the free places are paid even when empty: the guaranteed ones that nobody has yet."""
        rows = []
        for cell, held in self.agreed.items():
            rates = [(one, rate) for one in held for rate in self.prices.rates((one.agreement_id, *cell))]
            for one, rate in rates if cell[0] == measure_id else ():
                series = (one.agreement_id, cell[1])
                rows.append(Dated(series, (rate.guarantee or 0) * rate.places // FULL, rate.start, 1))
                if rate.end is not None:
                    rows.append(Dated(series, 0, rate.end, 0))
        agreed = min(one.places for one in steps(rows, days.start, days.last))
        return max(0, min(free.free, agreed - free.taken))

    def _closed(self, measure: Offered, facts: Mapping[str, object], day: date, line: str) -> list[Reason]:
        """What the table in force on the first day says against the person."""
        rule = rule_on(self._rules.get(measure.id, ()), day)
        verdict = self._verdict(rule, facts) if rule is not None else OPEN_TO_ALL
        match verdict.standing:
            case Standing.NOT_ELIGIBLE:
                failed = [
                    {"input": one.input, "required": one.required, "observed": plain(one.observed)}
                    for one in verdict.failed
                ]
                said = [dict(one) for one in verdict.reasons]
                return [{"code": "eligibility", "line": line, "failed": failed, "sentences": said}]
            case Standing.MISSING_FACTS:
                return [{"code": "missing-facts", "line": line, "missing": list(verdict.missing)}]
            case Standing.UNDECIDED:
                return [{"code": "undecided", "line": line, "fault": verdict.fault}]
        return []

    def _verdict(self, rule: RuleFrom, facts: Mapping[str, object]) -> Verdict:
        """The verdict of a table; those of whom it knows the same get the same one."""
        table = read_table(rule.source, ELIGIBILITY)
        key = (rule.source, *(facts.get(name) for name in table.domains))
        held = self._verdicts.get(key)
        if held is None:
            held = self._verdicts[key] = judge(table, facts)
        return held

    def _payment(self, cell: Cell, stay: Period) -> tuple[tuple[tuple[str, int], ...] | None, list[Reason]]:
        """What the stay charges to which purse, as placing by hand binds it; else why it cannot be paid."""
        held = self._paid.get((cell, stay))
        if held is None:
            held = self._paid[cell, stay] = self._priced(cell, stay)
        return held

    def _priced(self, cell: Cell, stay: Period) -> tuple[tuple[tuple[str, int], ...] | None, list[Reason]]:
        line = self.lines[cell[1]]
        reasons: list[Reason] = []
        if self.least_granted(cell, stay) <= 0:
            reasons.append({"code": "no-quota", "line": line.code})
        agreement_id, ends = bearing(self.agreed.get(cell, ()), stay)
        if agreement_id is None:
            day = (ends or stay.start).isoformat()
            return None, [*reasons, {"code": "no-agreement", "line": line.code, "day": day}]
        try:
            years = self.prices.of((agreement_id, *cell), stay)
        except Refusal as no:
            told = {name: plain(value) for name, value in no.reasons[0].facts.items()}
            return None, [*reasons, {**told, "code": "no-tariff", "line": line.code}]
        reasons += [fault for year, _ in years if (fault := self._unbudgeted(line, year)) is not None]
        if reasons:
            return None, reasons
        return self._charges(line, agreement_id, years), []

    def _unbudgeted(self, line: Line, year: int) -> Reason | None:
        held: YearLeft | None = self.years.get((line.id, year))
        if held is not None and held.open:
            return None
        code = "no-budget" if held is None else "budget-closed"
        return {"code": code, "line": line.code, "year": year}

    def _charges(self, line: Line, agreement_id: int, years: Years) -> tuple[tuple[str, int], ...]:
        charges = [(_purse(line, year), sum_.centimes) for year, sum_ in years]
        charges += [
            (_ceiling(line, year, one), sum_.centimes)
            for year, sum_ in years
            for one in self.ceilings.get((line.id, year), ())
            if agreement_id in one.agreements
        ]
        return tuple(sorted(charges))


def _lines(work: Work) -> dict[int, Line]:
    rows = work.session.execute(select(line_facts.c.line_id, line_facts.c.code, line_facts.c.sector))
    return {line_id: Line(line_id, code, sector.value) for line_id, code, sector in rows}


def _purse(line: Line, year: int) -> str:
    return f"{line.code} {year}"


def _ceiling(line: Line, year: int, one: CeilingLeft) -> str:
    return f"{_purse(line, year)}{CEILING}{one.ref}"


def _not_running(measure: Offered) -> Reason:
    last = measure.ends_on.isoformat() if measure.ends_on else None
    return {"code": "measure-not-running", "first": measure.starts_on.isoformat(), "last": last}


def _language(person: Fit, measure: Fit) -> Reason:
    return {"code": "language", "spoken": sorted(person.languages), "needed": sorted(measure.languages)}


def _once(reasons: Sequence[Reason]) -> list[Reason]:
    return [one for at, one in enumerate(reasons) if one not in reasons[:at]]


__all__ = ["NO_CEILING", "WHOLE", "Found", "Line", "Offer", "Reason", "Seeker"]
