"""Pure simulation of a formula on past placements, beside what was really paid; signals of circumvention.

Nothing is saved. What a past placement would have earned follows from the placement and its exit; a KPI that
somebody must attest counts where an outcome was verified. An exit counts as held when the contract is as long
as the formula asks: whether it really held is not in the data. Source: Bern POIAS report (004); product.md
B2 (today beside outcome), B3 (anti-circumvention).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from cii.kernel.money import Chf
from cii.kernel.period import Period, months_later
from cii.outcomes.rules import Line
from cii.outcomes.vocabulary import Measured

FOR_EVER = 10_000
"""Months of an open-ended contract: longer than any threshold."""
NO_CATEGORY = ""
_OPEN_ENDED = frozenset({"open_ended", "public_service"})
_IN_TRAINING = frozenset({"apprenticeship", "training"})
_Tiers = Mapping[str, Mapping[str, Sequence[Line]]]
"""Category → KPI → its lines, the highest threshold first."""


@dataclass(frozen=True, slots=True)
class PastStay:
    """One past placement; days are inside. `attested`: values of its verified outcomes, by KPI."""

    provider: int
    person: int
    category: str | None
    starts_on: date
    exited_on: date | None
    exit_type: str | None
    contract_type: str | None
    contract_months: int | None
    attested: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a signal is raised: days around a threshold, share of such exits, points of a mix."""

    window_days: int
    near_permille: int
    drift_points: int


@dataclass(frozen=True, slots=True)
class MixPart:
    """A category's share of one provider's persons (or of a period's) beside that of all (or the other)."""

    category: str
    count: int
    share: Fraction
    compared: Fraction
    marked: bool

    @property
    def points(self) -> Fraction:
        """By how many percentage points the share lies above what it is compared with."""
        return (self.share - self.compared) * 100


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a provider would have earned beside what it was paid, with the signals.

    `before`, `after`: exits within the window before a threshold of time, and from it on. `early` and
    `creaming`: more of them, or another mix, than the limits allow. `subcontracted`: permille of the mandate.
    """

    provider: int
    persons: int
    uncategorised: int
    outcomes: int
    earned: Chf
    today: Chf
    exits: int
    before: int
    after: int
    early: bool
    mix: tuple[MixPart, ...]
    subcontracted: int

    @property
    def difference(self) -> Chf:
        """What pay by outcome gives more than today's pay."""
        return self.earned - self.today

    @property
    def creaming(self) -> bool:
        """Whether a category lies further from all than the limit."""
        return any(part.marked for part in self.mix)

    def per_person(self, amount: Chf) -> Chf:
        """The average for each person, to the centime."""
        return Chf.rounded(Fraction(amount.centimes, self.persons)) if self.persons else Chf(0)


def simulate(
    stays: Sequence[PastStay],
    lines: Iterable[Line],
    period: Period,
    *,
    today: Mapping[int, Chf],
    subcontracted: Mapping[int, int],
    limits: Limits,
) -> list[Simulated]:
    """One row per provider that had somebody in the period or was paid for it, by id.

    `today`: what each was paid for the period; `subcontracted`: permille that others do for it.
    """
    tiers = _by_category(lines)
    groups: dict[int, list[PastStay]] = defaultdict(list)
    for stay in stays:
        groups[stay.provider].append(stay)
    everybody = _counts(stays)
    return [
        _row(
            one, groups.get(one, []), tiers, period, today.get(one, Chf(0)), everybody,
            subcontracted.get(one, 0), limits,
        )
        for one in sorted({*groups, *today})
    ]  # fmt: skip


def _row(  # noqa: PLR0917 - the private end of one loop
    provider: int,
    stays: Sequence[PastStay],
    tiers: _Tiers,
    period: Period,
    today: Chf,
    everybody: Counter[str],
    subcontracted: int,
    limits: Limits,
) -> Simulated:
    earned, outcomes, exits, before, after = 0, 0, 0, 0, 0
    for stay in stays:
        held = tiers.get(stay.category or NO_CATEGORY, {})
        for kpi, steps in held.items():
            value = _value(stay, kpi, steps[0], period)
            line = next((one for one in steps if one.threshold <= value), None) if value else None
            if line is not None:
                earned += line.amount.centimes
                outcomes += 1
        if stay.exited_on is not None and stay.exited_on in period:
            exits += 1
            near = _near(stay, stay.exited_on, held, limits.window_days)
            before += near < 0
            after += near > 0
    own = _counts(stays)
    return Simulated(
        provider, len({stay.person for stay in stays}), own[NO_CATEGORY], outcomes, Chf(earned), today, exits,
        before, after, exits > 0 and (before + after) * 1000 > limits.near_permille * exits,
        mix_of(own, everybody, limits.drift_points), subcontracted,
    )  # fmt: skip


def mix_of(own: Mapping[str, int], other: Mapping[str, int], points: int) -> tuple[MixPart, ...]:
    """Each category's share here and there, by code; marked when more than `points` lie between them.

    Nobody here or there: nothing to compare, an empty mix.
    """
    here, there = sum(own.values()), sum(other.values())
    if not here or not there:
        return ()
    found = []
    for category in sorted({*own, *other}):
        share = Fraction(own.get(category, 0), here)
        compared = Fraction(other.get(category, 0), there)
        marked = abs(share - compared) * 100 > points
        found.append(MixPart(category, own.get(category, 0), share, compared, marked))
    return tuple(found)


def _counts(stays: Iterable[PastStay]) -> Counter[str]:
    """Placements by category; without one under the empty name."""
    return Counter(stay.category or NO_CATEGORY for stay in stays)


def _by_category(lines: Iterable[Line]) -> _Tiers:
    found: dict[str, dict[str, list[Line]]] = {}
    for line in sorted(lines, key=lambda one: -one.threshold):
        found.setdefault(line.category, {}).setdefault(line.kpi, []).append(line)
    return found


def _value(stay: PastStay, kpi: str, line: Line, period: Period) -> int:
    """What the placement shows for a KPI, 0 when nothing; each counts in the period in which it happened."""
    left = stay.exited_on is not None and stay.exited_on in period
    match line.measured:
        case Measured.START:
            return int(stay.starts_on in period)
        case Measured.STAY_MONTHS:
            return months_between(stay.starts_on, stay.exited_on) if left and stay.exited_on else 0
        case Measured.CONTRACT_MONTHS:
            months = _contract(stay) if left else 0
            return months if months >= line.hold_months else 0
        case Measured.TRAINING:
            return int(left and stay.exit_type in _IN_TRAINING)
        case Measured.ATTESTED:
            return stay.attested.get(kpi, 0)


def _contract(stay: PastStay) -> int:
    """Months of the contract found at the exit; an open-ended one outlasts every threshold."""
    if stay.exit_type != "employment":
        return 0
    return FOR_EVER if stay.contract_type in _OPEN_ENDED else stay.contract_months or 0


def months_between(first: date, last: date) -> int:
    """Whole months from the first day through the last one."""
    after = last + timedelta(days=1)
    whole = (after.year - first.year) * 12 + after.month - first.month
    return whole if months_later(first, whole) <= after else whole - 1


def _near(stay: PastStay, left: date, held: Mapping[str, Sequence[Line]], days: int) -> int:
    """-1 for an exit within so many days before a threshold of time, 1 from it on, 0 otherwise.

    Thresholds of a stay count in days from its start; those of a contract in months of its length: one month
    short of it, or exactly as long as it pays.
    """
    short = False
    for steps in held.values():
        for line in steps:
            if line.measured is Measured.STAY_MONTHS:
                away = (left - months_later(stay.starts_on, line.threshold)).days + 1
                if 0 <= away <= days:
                    return 1
                short = short or -days <= away < 0
            elif line.measured is Measured.CONTRACT_MONTHS and (months := _contract(stay)):
                if months == line.threshold:
                    return 1
                short = short or months == line.threshold - 1
    return -1 if short else 0
