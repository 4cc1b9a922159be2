"""The place finder: for one case each measure with verdict, free days, price, rank, and what would change it.

A constant number of statements, whatever the number of measures. No other person appears in it. All measures
are ranked; what is told of those that are shown (prices of other lines, full days, remedies) is read after.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.allocation.rules import DEFAULT, Option, Ranked, Wish, rank
from cii.allocation.vocabulary import Access, Part
from cii.cases.queries import case_by_ref
from cii.institutions.queries import line_by_ref, lines_by_id
from cii.kernel.errors import NotAllowed
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.measures.catalogue import CatalogueRow, catalogue_rows
from cii.measures.dated import Offered, offered, rule_on, rules_until
from cii.measures.eligibility import ELIGIBILITY, OPEN_TO_ALL, Standing, Verdict, judge, read_table
from cii.measures.queries import measures_by_id
from cii.placements import remedies
from cii.placements.bids import BidBook, BidSource, bid_book
from cii.placements.free_days import Freedom, free_places, full_days, lines_free
from cii.placements.payable import Obstacle, Payment, Till, other_prices
from cii.placements.pricing import Payer
from cii.placements.remedies import Remedy
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class LinePrice:
    """What the placement would cost a line; `fault` says why there is no price."""

    line_ref: str
    line_code: str
    amount: Chf | None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A measure for the case; `parts` sum to `suitability`; `score` = suitability − bid.

    `shares`: what each payer of the wish would bear; `prices`: what each line would pay alone.
    """

    measure: CatalogueRow
    access: Access
    verdict: Verdict
    freedom: Freedom
    shares: tuple[LinePrice, ...]
    prices: tuple[LinePrice, ...]
    position: int
    parts: Mapping[Part, int]
    suitability: int
    bid: int
    score: int
    weights: str
    would_change: tuple[Remedy, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts that could still change the verdict."""
        return self.verdict.missing


@dataclass(frozen=True, slots=True)
class Found:
    """The proposals shown, best first, of how many in all, and where their bid prices come from."""

    proposals: tuple[Proposal, ...]
    total: int
    bids: BidSource | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: days (both inside), who pays with which weight, percent of full time.

    The first payer asks for the place: its quota is used, its tariff prices the stay. `shown`: no more
    proposals than that are told, all of them without.
    """

    starts_on: date
    ends_on: date
    payers: tuple[tuple[str, int], ...]
    workload: int | None = None
    shown: int | None = None


def find_places(
    work: Work, case_ref: str, sought: Sought, facts: Mapping[str, object], *, wish: Wish | None = None
) -> Found:
    """Every measure that runs on a day of the stay, for the line that would ask; best first.

    `facts`: what is known of the person, for the eligibility tables. `wish`: what is known for the choice
    (left out: `region`, `language`, `target_groups` of the facts).
    Refuses: UnknownThing, NotAllowed (no access to placements of the case), PeriodUpsideDown.
    """
    held = case_by_ref(work, case_ref)
    if Section.PLACEMENT not in sections_on_case(work, held.id or 0)[0]:
        raise NotAllowed
    search = _Search(work, sought, facts)
    ranked = rank(search.options(), wish or _wish(facts), DEFAULT)
    found = search.told(ranked[: sought.shown])
    work.saw("person", [held.person_id], int(Section.PLACEMENT))
    return Found(tuple(found), len(ranked), search.bids.source)


class _Search:
    """All that the ranking needs, read once for all measures."""

    def __init__(self, work: Work, sought: Sought, facts: Mapping[str, object]) -> None:
        self.work, self.sought = work, sought
        self.stay = Period.through(sought.starts_on, sought.ends_on)
        self.lines = [line_by_ref(work, ref) for ref, _ in sought.payers]
        self.line = self.lines[0]
        self.measures = {one.code: one for one in offered(work, self.stay.start, self.stay.last)}
        ids = [one.id for one in self.measures.values()]
        self.verdicts = self._judged(facts)
        self.freedom = free_places(work, ids, self._line_id, self.stay)
        payers = [
            Payer(line.id or 0, weight) for line, (_, weight) in zip(self.lines, sought.payers, strict=True)
        ]
        till = Till(work, payers, self.stay, sought.workload)
        self.payments = {one: till.payment(one) for one in ids}
        self.bids: BidBook = bid_book(work, self.stay.start)

    @property
    def _line_id(self) -> int:
        return self.line.id or 0

    def _judged(self, facts: Mapping[str, object]) -> dict[int, Verdict]:
        """The verdict of each measure; the same table gives the same one."""
        rules, judged = rules_until(self.work, self.stay.start), dict[str, Verdict]()
        found = {}
        for one in self.measures.values():
            rule = rule_on(rules.get(one.id, ()), self.stay.start)
            if rule is None:
                found[one.id] = OPEN_TO_ALL
                continue
            if rule.source not in judged:
                judged[rule.source] = judge(read_table(rule.source, ELIGIBILITY), facts)
            found[one.id] = judged[rule.source]
        return found

    def options(self) -> list[Option]:
        """Each measure as the ranking sees it."""
        return [self._option(one) for one in self.measures.values()]

    def _option(self, one: Offered) -> Option:
        freedom, payment = self.freedom[one.id], self.payments[one.id]
        price, bid = payment.total, 0
        if payment.parts is not None:
            shares = zip((line.id or 0 for line in self.lines), payment.parts, strict=True)
            bid = self.bids.points(one.id, self._line_id, shares)
        return Option(
            one.code,
            self._access(one, freedom, payment),
            one.region,
            one.languages,
            one.target_groups,
            freedom.free,
            freedom.line_places,
            price.centimes if price is not None else None,
            bid,
        )

    def _access(self, one: Offered, freedom: Freedom, payment: Payment) -> Access:
        """Whether the place can be had; a line that has places and cannot pay for one has none to give."""
        verdict = self.verdicts[one.id]
        if verdict.standing is Standing.NOT_ELIGIBLE or not one.runs(self.stay.start, self.stay.last):
            return Access.CLOSED
        if verdict.standing is Standing.MISSING_FACTS:
            return Access.MISSING_FACTS
        if verdict.standing is Standing.UNDECIDED:
            return Access.UNDECIDED
        if freedom.line_places > 0 and payment.against:
            return Access.UNPAYABLE
        return Access.OPEN if freedom.free > 0 else Access.FULL

    def told(self, ranked: Sequence[Ranked]) -> list[Proposal]:
        """These with what is read of the shown ones only."""
        shown = [self.measures[one.option.code].id for one in ranked]
        held = measures_by_id(self.work, shown)
        rows = {
            row.id: row
            for row in catalogue_rows(self.work, [held[one] for one in shown], self.stay.start, beside=[])
        }
        freedom = full_days(self.work, {one: self.freedom[one] for one in shown}, self._line_id, self.stay)
        short = [one for one in shown if freedom[one].line_free <= 0 < freedom[one].line_places]
        others = lines_free(self.work, short, self.stay)
        paying = {quota.line_id for row in rows.values() for quota in row.quotas if quota.places}
        prices = other_prices(self.work, shown, paying, self.stay, self.sought.workload)
        codes = {line.id or 0: line.code for line in self.lines}
        codes |= {id_: line.code for id_, line in lines_by_id(self.work, paying).items()}
        found = []
        for one in ranked:
            measure = self.measures[one.option.code]
            id_, payment, row = measure.id, self.payments[measure.id], rows[measure.id]
            free = [codes[line] for line in others.get(id_, ()) if line != self._line_id and line in codes]
            against = payment.against if freedom[id_].line_places > 0 else ()
            would_change = (
                *remedies.of_verdict(self.verdicts[id_]),
                *remedies.of_dates(measure.starts_on, measure.ends_on, self.stay),
                *remedies.of_places(freedom[id_], self.line.code, free),
                *remedies.of_payment(against, codes),
            )
            found.append(
                Proposal(
                    row,
                    one.option.access,
                    self.verdicts[id_],
                    freedom[id_],
                    self._shares(payment),
                    tuple(
                        _price(quota.line_ref, quota.line_code, prices[id_, quota.line_id])
                        for quota in row.quotas
                        if quota.places
                    ),
                    one.position,
                    one.parts,
                    one.suitability,
                    one.option.bid,
                    one.score,
                    one.weights,
                    would_change,
                )
            )
        return found

    def _shares(self, payment: Payment) -> tuple[LinePrice, ...]:
        """What each payer of the wish bears."""
        faults = {one.line_id: one.code for one in payment.against}
        parts = payment.parts or (None,) * len(self.lines)
        return tuple(
            LinePrice(line.ref, line.code, part, faults.get(line.id or 0))
            for line, part in zip(self.lines, parts, strict=True)
        )


def _price(ref: str, code: str, told: Chf | Obstacle) -> LinePrice:
    return LinePrice(ref, code, None, told.code) if isinstance(told, Obstacle) else LinePrice(ref, code, told)


def _wish(facts: Mapping[str, object]) -> Wish:
    groups, language = facts.get("target_groups"), facts.get("language")
    return Wish(
        str(facts.get("region") or ""),
        (str(language),) if language else (),
        tuple(str(one) for one in groups) if isinstance(groups, list | tuple) else (),
    )


__all__ = ["Found", "LinePrice", "Proposal", "Remedy", "Sought", "find_places"]
