"""What a stay would cost in many measures, who bears it, and what stands against paying it.

The same sums as placing binds: by the tariff of the requesting line, split by the key, by budget year. The
statements do not grow with the measures.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from cii.agreements.living import Living, bearing, living
from cii.agreements.prices import PriceBook, price_book
from cii.agreements.prices_search import StayPrices
from cii.budgets.left import CeilingLeft, YearLeft, ceilings_left, years_left
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.placements.pricing import Payer
from cii.store.work import Work

Agreed = Mapping[tuple[int, int], Sequence[Living]]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a line cannot pay: a stable code with its facts; `line_id` is that line."""

    code: str
    line_id: int
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Payment:
    """What each payer would bear; none of them anything where there is no price. `against`: every reason."""

    parts: tuple[Chf, ...] | None
    against: tuple[Obstacle, ...] = ()

    @property
    def total(self) -> Chf | None:
        """The whole price."""
        return Chf.total(self.parts) if self.parts is not None else None


class Till:
    """The prices of one stay for these payers, the first of whom asks for the place."""

    def __init__(
        self,
        work: Work,
        payers: Sequence[Payer],
        stay: Period,
        workload: int | None = None,
        *,
        agreed: Agreed | None = None,
    ) -> None:
        """Read agreements, tariffs and budgets; `agreed`: agreements that the caller has read."""
        lines = {payer.line_id for payer in payers}
        self.payers, self.stay = tuple(payers), stay
        self.agreed = living(work, day=stay.start, line_ids=lines) if agreed is None else agreed
        book = _book(work, self.agreed, {payers[0].line_id}, stay)
        self._prices = StayPrices(book, stay, [payer.weight for payer in payers], workload)
        years = range(stay.start.year, stay.last.year + 1)
        self._years: Mapping[tuple[int, int], YearLeft] = years_left(work, years)
        self._ceilings: dict[tuple[int, int, int], list[CeilingLeft]] = {}
        for one in sorted(ceilings_left(work, years), key=lambda one: one.left):
            for agreement_id in one.agreements:
                self._ceilings.setdefault((one.line_id, one.year, agreement_id), []).append(one)

    def payment(self, measure_id: int) -> Payment:
        """What the stay would cost in this measure, with every reason against paying it."""
        against: list[Obstacle] = []
        agreements = []
        for payer in self.payers:
            held = self.agreed.get((measure_id, payer.line_id), ())
            agreement_id, ends = bearing(held, self.stay)
            if agreement_id is None:
                against.append(_unagreed(payer.line_id, ends))
            agreements.append(agreement_id)
        if agreements[0] is None:
            return Payment(None, tuple(against))
        try:
            years = self._prices.of((agreements[0], measure_id, self.payers[0].line_id))
        except Refusal as no:
            reason = no.reasons[0]
            return Payment(None, (*against, Obstacle(reason.code, self.payers[0].line_id, reason.facts)))
        parts = tuple(map(Chf.total, zip(*years.values(), strict=True)))
        for at, (payer, agreement_id) in enumerate(zip(self.payers, agreements, strict=True)):
            for year, sums in years.items():
                if sums[at] and agreement_id is not None:
                    against += self._short(payer.line_id, year, sums[at], agreement_id)
        return Payment(parts, tuple(against))

    def _short(self, line_id: int, year: int, sum_: Chf, agreement_id: int) -> list[Obstacle]:
        """What the budget of the line's year, and each ceiling under it, has too little."""
        held = self._years.get((line_id, year))
        if held is None or not held.open:
            return [Obstacle("budget-none" if held is None else "budget-closed", line_id, {"year": year})]
        short = [sum_ - held.left] if held.hard and sum_ > held.left else []
        for one in self._ceilings.get((line_id, year, agreement_id), ()):
            if sum_ <= one.left:
                break  # the ceilings stand in the order of what they have left
            short.append(sum_ - one.left)
        return [Obstacle("budget", line_id, {"year": year, "short": one}) for one in short]


def other_prices(
    work: Work,
    measure_ids: Collection[int],
    line_ids: Collection[int],
    stay: Period,
    workload: int | None = None,
) -> dict[tuple[int, int], Chf | Obstacle]:
    """What the stay would cost each of these lines alone, by measure and line, or why it has no price."""
    agreed = living(work, day=stay.start, line_ids=line_ids, measure_ids=measure_ids)
    prices = StayPrices(_book(work, agreed, line_ids, stay, measure_ids), stay, (1,), workload)
    found: dict[tuple[int, int], Chf | Obstacle] = {}
    for measure in measure_ids:
        for line in line_ids:
            agreement_id, ends = bearing(agreed.get((measure, line), ()), stay)
            if agreement_id is None:
                found[measure, line] = _unagreed(line, ends)
                continue
            try:
                years = prices.of((agreement_id, measure, line))
            except Refusal as no:
                found[measure, line] = Obstacle(no.reasons[0].code, line, no.reasons[0].facts)
            else:
                found[measure, line] = Chf.total(sums[0] for sums in years.values())
    return found


def _book(
    work: Work,
    agreed: Agreed,
    line_ids: Collection[int],
    stay: Period,
    measure_ids: Collection[int] | None = None,
) -> PriceBook:
    bearers = {bearing(held, stay)[0] for held in agreed.values()} - {None}
    ids = {one for one in bearers if one}
    return price_book(work, ids, line_ids=line_ids, measure_ids=measure_ids, stay=stay)


def _unagreed(line_id: int, ends: date | None) -> Obstacle:
    """No agreement at all, or one that ends during the stay."""
    if ends is None:
        return Obstacle("no-agreement-in-force", line_id)
    return Obstacle("agreement-ends", line_id, {"day": ends})


__all__ = ["Obstacle", "Payment", "Till", "other_prices"]
