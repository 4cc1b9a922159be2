"""Pure rules of wage subsidies: share of the normal pay, months, steps downwards, what refuses a claim.

Source: product.md AC7 (LACI 65–66: at most 60 % of the normal pay, 6 months, exceptionally 12, 12 from the
age of 50), P7 (wage subsidy of a social enterprise by dated formula). The formula is dated data.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Period, month_of, months_later
from cii.wages.rules import WageMonthNotOver, WageOverCommitment
from cii.wages.vocabulary import GrantKind

RULE_VERSION = "wage-subsidy/1"
PREFIX: Mapping[GrantKind, str] = {GrantKind.AIT: "ait", GrantKind.SOCIAL: "social_subsidy"}
"""What the dated numbers of a formula are called by."""
NUMBERS = ("max_permille", "months", "months_long", "age_long", "steps", "first_step_month")
_WHOLE = 1000


class SubsidyAbovePercentage(Refusal):
    """More than the share of the normal pay that the formula or the decision allows."""

    code, kind = "subsidy-above-percentage", "unfit"


class SubsidyBeyondMonths(Refusal):
    """Longer than the formula allows."""

    code, kind = "subsidy-beyond-months", "unfit"


class SubsidyOutsideGrant(Refusal):
    """No day of that month is covered by the decision and the placement."""

    code, kind = "subsidy-outside-placement", "unfit"


class SubsidyMonthTwice(Refusal):
    """The month has been claimed already."""

    code, kind = "subsidy-month-twice", "conflict"


class SubsidyYearClosed(Refusal):
    """The books of that year are closed, or were never opened."""

    code, kind = "subsidy-year-closed", "conflict"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it stood on a day.

    `months_long` for whoever has reached `age_long`, and exceptionally; `steps`: in how many equal parts the
    duration falls, each paying that much less of the first sum, from `first_step_month` on at the earliest.
    """

    max_permille: int
    months: int
    months_long: int
    age_long: int
    steps: int
    first_step_month: int


def months_allowed(formula: Formula, age: int, *, exceptional: bool) -> int:
    """How many months a decision may last."""
    return formula.months_long if exceptional or age >= formula.age_long else formula.months


def age_on(born: date | None, day: date) -> int:
    """Whole years on a day; 0 where the date of birth is not known."""
    if born is None:
        return 0
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def terms_faults(
    formula: Formula, span: Period, permille: int, *, age: int, exceptional: bool
) -> list[Refusal]:
    """What the formula says against a decision: its share of the pay, its duration."""
    faults: list[Refusal] = []
    if permille > formula.max_permille:
        faults.append(SubsidyAbovePercentage(field="percent", percent=Fraction(formula.max_permille, 10)))
    allowed = months_allowed(formula, age, exceptional=exceptional)
    if span.end > months_later(span.start, allowed):
        faults.append(SubsidyBeyondMonths(field="ends_on", months=allowed))
    return faults


def months_between(first: date, until: date) -> int:
    """Calendar months touched by the days from `first` up to, not including, `until`."""
    last = Period(first, until).last
    return (last.year - first.year) * 12 + last.month - first.month + 1


def step_of(formula: Formula, span: Period, month: date) -> Fraction:
    """Which part of the first sum a month pays: less after each equal part of the duration.

    Nine months in three steps: months 1–3 whole, 4–6 two thirds, 7–9 one third; never before
    `first_step_month` (the third month for AIT).
    """
    total = months_between(span.start, span.end)
    at = months_between(span.start, month_of(max(month, span.start)).end) - 1
    done = min(at * formula.steps // total, formula.steps - 1)
    if at + 1 < formula.first_step_month:
        done = 0
    return Fraction(formula.steps - done, formula.steps)


def month_subsidy(
    formula: Formula, span: Period, month: Period, *, normal: Chf, permille: int, slip: Chf
) -> Chf:
    """The most that a month may be subsidised: share of the normal pay, or of the slip where that is less.

    A month of which only days are covered counts by its calendar days; rounded once.
    """
    days = span.overlap(month)
    if days is None:
        return Chf()
    covered = Fraction(normal.centimes * len(days), len(month))
    base = min(covered, Fraction(slip.centimes))
    return Chf.rounded(base * permille / _WHOLE * step_of(formula, span, month.start))


@dataclass(frozen=True, slots=True)
class SubsidyAsked:
    """A month that is claimed, and what the house knows: `left` by line code, `years` open by line code."""

    month: Period
    amount: Chf
    highest: Chf
    span: Period
    stay: Period
    today: date
    claimed: Collection[date]
    parts: Mapping[str, Chf]
    left: Mapping[str, Chf]
    open_years: Mapping[str, bool]


def claim_faults(asked: SubsidyAsked) -> list[Refusal]:
    """Everything that stands against a claim, all at once."""
    faults: list[Refusal] = []
    days = asked.span.overlap(asked.month)
    if days is None or asked.stay.overlap(days) is None:
        faults.append(SubsidyOutsideGrant(field="month", month=asked.month.start))
    elif asked.amount > asked.highest:
        faults.append(SubsidyAbovePercentage(field="amount", amount=asked.highest))
    if asked.month.end > asked.today:
        faults.append(WageMonthNotOver(month=asked.month.start))
    if asked.month.start in asked.claimed:
        faults.append(SubsidyMonthTwice(field="month", month=asked.month.start))
    year = asked.month.start.year
    faults += [
        SubsidyYearClosed(line=line, year=year) for line in asked.parts if not asked.open_years.get(line)
    ]
    faults += [
        WageOverCommitment(line=line, excess=part - asked.left.get(line, Chf()))
        for line, part in asked.parts.items()
        if part > asked.left.get(line, Chf())
    ]
    return faults
