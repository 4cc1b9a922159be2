"""What agreements buy, for many agreements at once: places, placements a year, a total (i.14, i.16)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from cii.conventions.parts_deal import OfferVolume
from cii.conventions.queries import read_text
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part
from cii.kernel.money import Chf
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Deal:
    """What an agreement buys of each offer and line, and its total where one is agreed."""

    offers: tuple[OfferVolume, ...] = ()
    total: Chf | None = None


def deals_of(work: Work, agreement_ids: Collection[int]) -> Mapping[int, Deal]:
    """The deal of each agreement that has one written; no visibility: the caller started its read."""
    bodies: dict[int, dict[str, object]] = {}
    for row in work.session.execute(
        select(col(ConventionPart.agreement_id), col(ConventionPart.part), col(ConventionPart.body)).where(
            col(ConventionPart.agreement_id).in_(list(agreement_ids)),
            col(ConventionPart.part).in_((Part.VOLUME, Part.PRICE)),
        )
    ):
        bodies.setdefault(row[0], {})[row[1]] = row[2]
    texts = {own: read_text(held) for own, held in bodies.items()}
    return {own: Deal(one.volume.offers, one.price.total) for own, one in texts.items()}


__all__ = ["Deal", "deals_of"]
