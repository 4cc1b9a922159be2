"""Ranks the places for one case: suitability 0 to 100 from whole-number parts, minus the bid price."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cii.allocation.vocabulary import Access, Part

WHOLE = 100
"""The best mark."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How many points each part can bring; they sum to 100. `version` is stored with every mark."""

    version: str = "online-1"
    target_group: int = 35
    region: int = 20
    language: int = 15
    availability: int = 20
    price: int = 10

    def __post_init__(self) -> None:
        parts = (self.target_group, self.region, self.language, self.availability, self.price)
        if sum(parts) != WHOLE:
            raise ValueError("the weights of a mark sum to 100")


DEFAULT = Weights()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known of the person for the choice of a place; an empty value is unknown: half the points."""

    region: str = ""
    languages: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One measure as an option for the case.

    `free`: least number of free places over the days asked for; `places`: places of the paying line.
    `price`: what the placement costs all payers, in centimes; None when no tariff is in force. `bid`: points
    it is worth to others.
    """

    code: str
    access: Access
    region: str
    languages: tuple[str, ...]
    target_groups: tuple[str, ...]
    free: int
    places: int
    price: int | None
    bid: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """An option with its place in the list: `score` = `suitability` − `bid`; `parts` sum to `suitability`."""

    option: Option
    position: int
    parts: Mapping[Part, int] = field(hash=False)
    suitability: int
    score: int
    weights: str


def rank(options: Sequence[Option], wish: Wish, weights: Weights = DEFAULT) -> list[Ranked]:
    """The options in the order in which they suit the person.

    First by access (open, full, unpayable, facts missing, undecided, closed), then by score, then by code:
    the order does not depend on the order of the input.
    """
    priced = sorted(one.price for one in options if one.price is not None)
    marked = [(one, _parts(one, wish, priced, weights)) for one in options]
    order = list(Access)
    marked.sort(
        key=lambda pair: (order.index(pair[0].access), pair[0].bid - sum(pair[1].values()), pair[0].code)
    )
    return [
        Ranked(one, at, parts, sum(parts.values()), sum(parts.values()) - one.bid, weights.version)
        for at, (one, parts) in enumerate(marked, 1)
    ]


def _parts(one: Option, wish: Wish, priced: Sequence[int], weights: Weights) -> dict[Part, int]:
    mine, theirs = (wish.region,) if wish.region else (), (one.region,) if one.region else ()
    free = max(0, min(one.free, one.places))
    return {
        Part.TARGET_GROUP: _match(wish.target_groups, one.target_groups, weights.target_group),
        Part.REGION: _match(mine, theirs, weights.region),
        Part.LANGUAGE: _match(wish.languages, one.languages, weights.language),
        Part.AVAILABILITY: weights.availability * free // one.places if one.places else 0,
        Part.PRICE: _cheap(one.price, priced, weights.price),
    }


def _match(mine: Iterable[str], theirs: Iterable[str], points: int) -> int:
    """All points where both meet or the measure is open to all, half where mine is unknown, else none."""
    asked, offered = set(mine), set(theirs)
    if not offered or asked & offered:
        return points
    return 0 if asked else points // 2


def _cheap(price: int | None, priced: Sequence[int], points: int) -> int:
    """Points by where the price lies between the cheapest (all) and the dearest (none)."""
    if price is None:
        return 0
    spread = priced[-1] - priced[0]
    return points if not spread else points * (priced[-1] - price) // spread
