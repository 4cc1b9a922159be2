"""Pure rules of pay by outcome: a formula as lines, what an outcome is worth, what refuses it.

A formula is a table: per category of clients and KPI a threshold, how long it must hold, and an amount. Of
the thresholds that a value reaches, the highest pays. Source: Bern POIAS report (004); product.md B1–B3.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from cii.budgets.rules import BudgetYearClosed, BudgetYearMissing
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import months_later
from cii.outcomes.vocabulary import Measured, OutcomeEvent, OutcomeState

RULE_VERSION = "outcomes/1"
MOST_LINES, MOST_MONTHS, MOST_POINTS = 200, 120, 10_000

MOVES: Mapping[OutcomeState, Mapping[OutcomeEvent, OutcomeState]] = {
    OutcomeState.CLAIMED: {
        OutcomeEvent.VERIFY: OutcomeState.VERIFIED,
        OutcomeEvent.DECLINE: OutcomeState.DECLINED,
    },
    OutcomeState.VERIFIED: {
        OutcomeEvent.ACCEPT: OutcomeState.PAYABLE,
        OutcomeEvent.ASK_REVERSAL: OutcomeState.VERIFIED,
        OutcomeEvent.REVERSE: OutcomeState.REVERSED,
    },
    OutcomeState.PAYABLE: {
        OutcomeEvent.PAY: OutcomeState.PAID,
        OutcomeEvent.ASK_REVERSAL: OutcomeState.PAYABLE,
        OutcomeEvent.REVERSE: OutcomeState.REVERSED,
    },
    OutcomeState.PAID: {
        OutcomeEvent.ASK_REVERSAL: OutcomeState.PAID,
        OutcomeEvent.REVERSE: OutcomeState.REVERSED,
    },
}
"""The life of an outcome; declined and reversed are its ends."""
OVER = (OutcomeState.DECLINED, OutcomeState.REVERSED)
"""States after which the same KPI may be claimed again."""
BOOKED = (OutcomeState.VERIFIED, OutcomeState.PAYABLE, OutcomeState.PAID)
"""States that use up the scheme's budget."""


class FormulaEmpty(Refusal):
    """A formula has at least one line."""

    code, kind = "formula-empty", "unfit"


class FormulaLineWrong(Refusal):
    """A value of a line cannot be: row and column, counted from 1, name it."""

    code, kind = "formula-line-wrong", "unfit"


class FormulaCategoryUnknown(Refusal):
    """A line names a category that is not in the harmonised list."""

    code, kind = "formula-category-unknown", "unfit"


class FormulaLineTwice(Refusal):
    """Two lines have the same category, KPI and threshold."""

    code, kind = "formula-line-twice", "unfit"


class FormulaKpiMixed(Refusal):
    """The tiers of one KPI and category are measured in two ways or must hold for different times."""

    code, kind = "formula-kpi-mixed", "unfit"


class FormulaTierPaysLess(Refusal):
    """A higher tier pays less than a lower one."""

    code, kind = "formula-tier-pays-less", "unfit"


class SchemeRetroactive(Refusal):
    """A version may not begin before outcomes that were computed under another one."""

    code, kind = "scheme-retroactive", "conflict"


class SchemeNotForProfile(Refusal):
    """The profile of the agreement knows no pay by outcome."""

    code, kind = "scheme-not-for-profile", "unfit"


class SchemeThere(Refusal):
    """The agreement has a scheme for this line."""

    code, kind = "scheme-there", "conflict"


class LineNotOfAgreement(Refusal):
    """The agreement buys nothing for this line."""

    code, kind = "scheme-line-not-of-agreement", "unfit"


class NothingToPublish(Refusal):
    """The newest version is published."""

    code, kind = "scheme-nothing-to-publish", "conflict"


class OutcomeFourEyes(Refusal):
    """Another person must do this step."""

    code, kind = "outcome-four-eyes", "forbidden"


class CategoryMissing(Refusal):
    """The referral service had set no category of the person's placement on that day."""

    code, kind = "category-missing", "conflict"


class CategoryChanged(Refusal):
    """The category counts otherwise than when the outcome was claimed."""

    code, kind = "category-changed", "conflict"


class CategoryUnchanged(Refusal):
    """The placement has this category on that day already."""

    code, kind = "category-unchanged", "conflict"


class SchemeNotInForce(Refusal):
    """No version of the scheme was published and in force on that day."""

    code, kind = "scheme-not-in-force", "conflict"


class KpiNotPaid(Refusal):
    """The formula pays nothing for this KPI in this category."""

    code, kind = "kpi-not-paid", "unfit"


class TierNotReached(Refusal):
    """The value lies below the lowest threshold."""

    code, kind = "tier-not-reached", "unfit"


class OutcomeNotHeld(Refusal):
    """The KPI has not held long enough."""

    code, kind = "outcome-not-held", "conflict"


class OutcomeBeforeStart(Refusal):
    """The outcome lies before the placement began, or the placement has not begun."""

    code, kind = "outcome-before-start", "unfit"


class OutcomeClaimedTwice(Refusal):
    """The same KPI of this placement is claimed, verified or paid already."""

    code, kind = "outcome-claimed-twice", "conflict"


class SchemeBudgetExceeded(Refusal):
    """The year's budget of the scheme cannot bear the amount."""

    code, kind = "scheme-budget-exceeded", "conflict"


class NoReversalAsked(Refusal):
    """Nobody has asked to take this outcome back."""

    code, kind = "outcome-no-reversal-asked", "conflict"


class ReversalAsked(Refusal):
    """Somebody has asked already; another person decides."""

    code, kind = "outcome-reversal-asked", "conflict"


class CategoryThere(Refusal):
    """The category is told for that day already; what was told is never changed."""

    code, kind = "category-there", "conflict"


class SubcontractedBeyondWhole(Refusal):
    """The shares of the subcontractors exceed the whole on a day."""

    code, kind = "subcontracted-beyond-whole", "unfit"


@dataclass(frozen=True, slots=True)
class Line:
    """From `threshold` on, held for `hold_months`, a KPI of a category pays `amount`."""

    category: str
    kpi: str
    measured: Measured
    hold_months: int
    threshold: int
    amount: Chf


def formula_faults(lines: Sequence[Line], categories: Collection[str]) -> list[Refusal]:
    """Everything that keeps a formula from being computable, by row (from 1)."""
    if not lines:
        return [FormulaEmpty(field="lines")]
    found: list[Refusal] = []
    seen: dict[tuple[str, str, int], int] = {}
    kinds: dict[tuple[str, str], tuple[Measured, int]] = {}
    for row, line in enumerate(lines, 1):
        if line.category not in categories:
            found.append(FormulaCategoryUnknown(field="lines", row=row, category=line.category))
        found += wrong_columns(row, _wrong(line))
        place, group = (line.category, line.kpi, line.threshold), (line.category, line.kpi)
        if place in seen:
            found.append(FormulaLineTwice(field="lines", row=row, first=seen[place]))
        seen.setdefault(place, row)
        if kinds.setdefault(group, (line.measured, line.hold_months)) != (line.measured, line.hold_months):
            found.append(FormulaKpiMixed(field="lines", row=row, kpi=line.kpi, category=line.category))
    for (category, kpi), tiers in _tiers(lines).items():
        if any(high.amount < low.amount for low, high in pairwise(tiers)):
            found.append(FormulaTierPaysLess(field="lines", kpi=kpi, category=category))
    return found


COLUMNS = ("category", "kpi", "measured", "hold_months", "threshold", "amount")
"""The columns of a formula, as people count them from the left."""


def wrong_columns(row: int, columns: Iterable[str]) -> list[Refusal]:
    """A reason for each column of a row, told by its place from the left (from 1)."""
    return [FormulaLineWrong(field="lines", row=row, column=COLUMNS.index(one) + 1) for one in columns]


def _wrong(line: Line) -> list[str]:
    """The columns whose value cannot be."""
    checks = {
        "kpi": bool(line.kpi.strip()),
        "hold_months": 0 <= line.hold_months <= MOST_MONTHS,
        "threshold": 1 <= line.threshold <= MOST_POINTS,
        "amount": line.amount > Chf(0),
    }
    return [column for column, right in checks.items() if not right]


def _tiers(lines: Iterable[Line]) -> dict[tuple[str, str], list[Line]]:
    """The lines by category and KPI, the lowest threshold first."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in sorted(lines, key=lambda one: one.threshold):
        found.setdefault((line.category, line.kpi), []).append(line)
    return found


def tier(lines: Iterable[Line], category: str, kpi: str, value: int) -> Line | None:
    """The highest tier that a value reaches, or None."""
    reached = [one for one in lines if (one.category, one.kpi) == (category, kpi) and one.threshold <= value]
    return max(reached, key=lambda one: one.threshold, default=None)


def held_from(held_since: date, line: Line) -> date:
    """The day from which the KPI has held long enough."""
    return months_later(held_since, line.hold_months)


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed, and what the house knows of it on `today`.

    `category` is that of the placement on `held_since`, `lines` the formula in force on that day (None:
    none). `budgets`: what is left of the scheme's budget by year; `years`: whether the line's books of a year
    are open (a year without books is left out). `line`: the funding line's code.
    """

    kpi: str
    value: int
    held_since: date
    today: date
    started_on: date | None
    category: str | None
    lines: tuple[Line, ...] | None
    twice: bool
    budgets: Mapping[int, Chf]
    years: Mapping[int, bool]
    line: str = ""


def worth(claim: Claim) -> Line | None:
    """The line of the formula that pays the claim, or None."""
    if claim.category is None or claim.lines is None:
        return None
    return tier(claim.lines, claim.category, claim.kpi, claim.value)


def claim_faults(claim: Claim) -> list[Refusal]:
    """Everything that keeps an outcome from being claimed or verified, all at once."""
    found: list[Refusal] = []
    if claim.started_on is None or claim.held_since < claim.started_on:
        found.append(OutcomeBeforeStart(field="held_since", since=claim.held_since))
    if claim.category is None:
        found.append(CategoryMissing(day=claim.held_since))
    if claim.lines is None:
        found.append(SchemeNotInForce(field="held_since", day=claim.held_since))
    if claim.twice:
        found.append(OutcomeClaimedTwice(field="kpi", kpi=claim.kpi))
    paying = worth(claim)
    if paying is None:
        return found + _unpaid(claim)
    found += _not_held(claim, paying)
    due = held_from(claim.held_since, paying)
    year = paying_year(due.year, claim.years)
    if due.year not in claim.years:
        found.append(BudgetYearMissing(line=claim.line, year=due.year))
    elif not claim.years[year]:
        found.append(BudgetYearClosed(line=claim.line, year=due.year))
    left = claim.budgets.get(year, Chf(0))
    if paying.amount > left:
        found.append(SchemeBudgetExceeded(year=year, asked=paying.amount, available=left))
    return found


def paying_year(year: int, years: Mapping[int, bool]) -> int:
    """The year whose budget bears what falls due in `year`: the next open one when its books are closed."""
    if years.get(year, True):
        return year
    return min((later for later, is_open in years.items() if later > year and is_open), default=year)


def _not_held(claim: Claim, line: Line) -> list[Refusal]:
    due = held_from(claim.held_since, line)
    if due <= claim.today:
        return []
    return [OutcomeNotHeld(field="held_since", until=due, months=line.hold_months)]


def _unpaid(claim: Claim) -> list[Refusal]:
    """Why the formula pays nothing; without a category, whether it could not have held anyway."""
    if claim.lines is None:
        return []
    if claim.category is None:
        ways = [one for one in claim.lines if one.kpi == claim.kpi and one.threshold <= claim.value]
        shortest = min(ways, key=lambda one: one.hold_months, default=None)
        return _not_held(claim, shortest) if shortest is not None else []
    tiers = _tiers(claim.lines).get((claim.category, claim.kpi))
    if not tiers:
        return [KpiNotPaid(field="kpi", kpi=claim.kpi, category=claim.category)]
    return [TierNotReached(field="value", value=claim.value, threshold=tiers[0].threshold)]
