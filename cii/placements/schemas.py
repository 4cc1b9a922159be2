"""How a proposal of the place finder is told: verdict by rule, places, prices, what would change it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cii.allocation.vocabulary import Access
from cii.measures.catalogue import CatalogueRow
from cii.measures.eligibility import Verdict
from cii.measures.schemas import OFFER, VERDICT
from cii.placements.bids import BidSource
from cii.placements.finder import Found, LinePrice
from cii.placements.free_days import Freedom
from cii.placements.remedies import Remedy
from cii.wire.answers import only

FREEDOM = only(
    Freedom, "free", "measure_free", "line_free", "line_places", "full_days", "first_full", "later",
    called="FreePlacesAnswer",
)  # fmt: skip
PRICE = only(LinePrice, "line_ref", "line_code", "amount", "fault", called="PriceAnswer")
BIDS = only(
    BidSource, "night", "starts_on", "ends_on", "cases", "round_title", called="BidSourceAnswer",
)  # fmt: skip
REMEDY = only(Remedy, "code", "facts", called="RemedyAnswer")


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A measure for the case; `parts` sum to `suitability`; `score` = suitability − bid.

    `bid_source`: the night from which the bid price comes; none yet, and it is 0.
    """

    position: int
    access: Access
    measure: CatalogueRow
    verdict: Verdict
    places: Freedom
    prices: tuple[LinePrice, ...]
    parts: Mapping[str, int]
    suitability: int
    bid: int
    bid_source: BidSource | None
    score: int
    weights: str
    would_change: tuple[Remedy, ...]


PROPOSAL = only(
    ProposalShown, "position", "access", "parts", "suitability", "bid", "score", "weights", measure=OFFER,
    verdict=VERDICT, places=FREEDOM, prices=PRICE, would_change=REMEDY, bid_source=BIDS,
    called="ProposalAnswer",
)  # fmt: skip


def proposals(found: Found) -> list[ProposalShown]:
    """What the finder proposes, in its order."""
    return [
        ProposalShown(
            one.position, one.access, one.measure, one.verdict, one.freedom, one.prices, _words(one.parts),
            one.suitability, one.bid, found.bids, one.score, one.weights, one.would_change,
        )
        for one in found.proposals
    ]  # fmt: skip


def _words(parts: Mapping[Any, int]) -> dict[str, int]:
    return {str(part): points for part, points in parts.items()}
