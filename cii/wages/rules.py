"""Pure rules of participants' pay: what a month comes to by the scale, how it moves, what refuses it.

Source: money.md §2 (one dated scale for all sectors); 002 §1 (the same conditions for all); 000 i.24.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.settlement.vocabulary import Presence
from cii.wages.vocabulary import GrantKind, PayCategory, WageEvent, WageState

RULE_VERSION = "participants-pay/1"

MOVES: Mapping[WageState, Mapping[WageEvent, WageState]] = {
    WageState.COMPUTED: {
        WageEvent.CHECK: WageState.CHECKED,
        WageEvent.DECLINE: WageState.DECLINED,
    },
    WageState.CHECKED: {
        WageEvent.APPROVE: WageState.APPROVED,
        WageEvent.DECLINE: WageState.DECLINED,
    },
    WageState.APPROVED: {WageEvent.PAY: WageState.PAID},
}
"""The life of a part; paid is its end, later truths become a further row."""
EVENTS: Mapping[str, frozenset[WageEvent]] = {
    "contract_manager": frozenset({WageEvent.CHECK, WageEvent.DECLINE}),
    "supervisor": frozenset({WageEvent.CHECK, WageEvent.DECLINE}),
    "finance": frozenset(WageEvent),
}
"""What each role of the paying sector does."""
SCALE: Mapping[PayCategory, str] = {
    PayCategory.YOUNG: "participant_pay_young",
    PayCategory.ADULT: "participant_pay_adult",
    PayCategory.FAMILY: "participant_pay_family",
}
"""The dated numbers of the scale: centimes for a month at full time."""
_EXCUSED = (Presence.EXCUSED_ABSENCE, Presence.SICK)


class WageMonthNotOver(Refusal):
    """A month is computed or claimed once it is over."""

    code, kind = "wage-month-not-over", "conflict"


class NothingToPay(Refusal):
    """Nothing new is owed for that month."""

    code, kind = "wage-nothing-new", "conflict"


class WageFourEyes(Refusal):
    """Who prepared or checked does not approve, who approved does not pay, who asked does not decide."""

    code, kind = "wage-four-eyes", "forbidden"


class EarlierWageOpen(Refusal):
    """An earlier row of the same month goes first."""

    code, kind = "wage-earlier-open", "conflict"


class WageOverCommitment(Refusal):
    """More than the decision binds: a further engagement is to be decided first."""

    code, kind = "wage-over-commitment", "conflict"


class WageOutdated(Refusal):
    """Attendance or the scale have changed since the month was computed: compute it again."""

    code, kind = "wage-outdated", "conflict"


class GrantOutsidePlacement(Refusal):
    """The days of the decision lie outside the placement."""

    code, kind = "wage-grant-outside-placement", "unfit"


class GrantTwice(Refusal):
    """Days of this placement have a decision of this kind already."""

    code, kind = "wage-grant-twice", "conflict"


class GrantIncomplete(Refusal):
    """The decision lacks a term of its kind: category, or normal pay, percentage and employer."""

    code, kind = "wage-grant-incomplete", "unfit"


class PaidOutside(Refusal):
    """No day of that month lies in the placement."""

    code, kind = "paid-wage-outside-placement", "unfit"


class GrantNotOpen(Refusal):
    """The decision is not in force, or has been decided already."""

    code, kind = "wage-grant-not-open", "conflict"


@dataclass(frozen=True, slots=True)
class Month:
    """A stay's month as pay sees it: the scale's sum, percent of full time, days and what is attested.

    `basis`: the working days of the whole month that the provider does not close; `expected`: those of them
    on which the person is expected; `excused_days`: how many absences with an excuse a month are paid.
    """

    scale: Chf
    workload: int
    basis: int
    expected: Collection[date]
    marks: Mapping[date, Presence]
    excused_days: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What a month comes to, with the days it was computed from."""

    amount: Chf
    days: int
    absent: int
    unattested: int


def month_pay(month: Month) -> Paid:
    """A month's pay: scale × percent of full time × paid days ÷ working days, rounded once.

    Presence is paid, and a day that the provider closed without agreement; sickness and excused absences up
    to `excused_days` a month, the earliest first. Other absences and days not attested are not paid.
    """
    paid = excused = absent = unattested = 0
    for day in sorted(month.expected):
        told = month.marks.get(day)
        if told is None:
            unattested += 1
        elif told in _EXCUSED and excused < month.excused_days:
            excused += 1
            paid += 1
        elif told in {Presence.PRESENT, Presence.CLOSED}:
            paid += 1
        else:
            absent += 1
    exact = (
        Fraction(month.scale.centimes * month.workload * paid, 100 * month.basis)
        if month.basis
        else Fraction(0)
    )
    return Paid(Chf.rounded(exact), paid, absent, unattested)


def full_pay(scale: Chf, workload: int, basis: int, expected: int) -> Chf:
    """What a month binds: as if every expected day were attended."""
    return Chf.rounded(Fraction(scale.centimes * workload * expected, 100 * basis)) if basis else Chf()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decision that is asked for, and what the house knows of the placement."""

    kind: GrantKind
    span: Period
    stay: Period
    granted: tuple[Period, ...]
    category: PayCategory | None
    normal_pay: Chf | None
    permille: int | None
    employer: str


def grant_faults(wanted: Wanted) -> list[Refusal]:
    """What stands against a decision of any kind; the formula of a subsidy has its own."""
    faults: list[Refusal] = []
    if wanted.span.start < wanted.stay.start or wanted.span.end > wanted.stay.end:
        faults.append(GrantOutsidePlacement(first=wanted.stay.start, last=wanted.stay.last))
    if any(wanted.span.overlap(one) is not None for one in wanted.granted):
        faults.append(GrantTwice())
    if wanted.kind is GrantKind.PAY:
        lacking = ["category"] if wanted.category is None else []
    else:
        told = {
            "normal_pay": wanted.normal_pay, "percent": wanted.permille, "employer": wanted.employer.strip()
        }  # fmt: skip
        lacking = [name for name, value in told.items() if not value]
    faults += [GrantIncomplete(field=name) for name in lacking]
    return faults


def same_eyes(event: WageEvent, who: int | None, prepared: Collection[int | None]) -> bool:
    """Whether the act needs another person; `prepared`: who did the steps that bar it."""
    return event in {WageEvent.APPROVE, WageEvent.PAY} and who is not None and who in prepared
