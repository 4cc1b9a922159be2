"""How a proposal of the place finder is told: verdict by rule, places, prices, what would change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cii.allocation.vocabulary import Access
from cii.measures.eligibility import Verdict
from cii.measures.queries import CatalogueRow
from cii.measures.schemas import OFFER, VERDICT
from cii.placements.finder import Freedom, LinePrice, Proposal, Remedy
from cii.wire.answers import only

FREEDOM = only(
    Freedom, "free", "measure_free", "line_free", "line_places", "full_days", "first_full",
    called="FreePlacesAnswer",
)  # fmt: skip
PRICE = only(LinePrice, "line_ref", "line_code", "amount", "fault", called="PriceAnswer")
REMEDY = only(Remedy, "code", "facts", called="RemedyAnswer")


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A measure for the case; `parts` sum to `suitability`; `score` = suitability − bid."""

    position: int
    access: Access
    measure: CatalogueRow
    verdict: Verdict
    places: Freedom
    prices: tuple[LinePrice, ...]
    parts: Mapping[str, int]
    suitability: int
    bid: int
    score: int
    weights: str
    would_change: tuple[Remedy, ...]


PROPOSAL = only(
    ProposalShown, "position", "access", "parts", "suitability", "bid", "score", "weights", measure=OFFER,
    verdict=VERDICT, places=FREEDOM, prices=PRICE, would_change=REMEDY, called="ProposalAnswer",
)  # fmt: skip


def proposals(found: Sequence[Proposal]) -> list[ProposalShown]:
    """What the finder proposes, in its order."""
    return [
        ProposalShown(
            one.position, one.access, one.measure, one.verdict, one.freedom, one.prices, _words(one.parts),
            one.suitability, one.bid, one.score, one.weights, one.would_change,
        )
        for one in found
    ]  # fmt: skip


def _words(parts: Mapping[Any, int]) -> dict[str, int]:
    return {str(part): points for part, points in parts.items()}
