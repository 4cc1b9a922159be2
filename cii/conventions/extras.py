"""The extras that agreements declare beside their price, for many agreements at once (i.17)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from cii.conventions.parts_deal import Extra
from cii.conventions.queries import read_text
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Declared:
    """What an agreement declares: its extras, or that there are none."""

    extras: tuple[Extra, ...] = ()
    none: bool = False


def extras_declared(work: Work, agreement_ids: Collection[int]) -> Mapping[int, Declared]:
    """The declaration of each agreement that has one written; no visibility: the caller started its read."""
    rows = work.session.execute(
        select(col(ConventionPart.agreement_id), col(ConventionPart.body)).where(
            col(ConventionPart.agreement_id).in_(list(agreement_ids)), col(ConventionPart.part) == Part.PRICE
        )
    )
    prices = {row[0]: read_text({Part.PRICE: row[1]}).price for row in rows}
    return {own: Declared(one.extras, one.extras_none) for own, one in prices.items()}
