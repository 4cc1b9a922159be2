"""What is read of providers in the room of their agreements: columns, agreements in force, who may write."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlmodel import col

from cii.agreements.queries import own_sector, visible_to
from cii.agreements.rules import LIVING_STATES
from cii.agreements.tables import Agreement, Provider, Tariff
from cii.kernel.errors import UnknownThing
from cii.store.work import HOUSE, Work

_told: list[Any] = [
    col(Provider.id).label("provider_id"),
    col(Provider.ref).label("ref"),
    col(Provider.institution_id).label("institution_id"),
    col(Provider.unit_id).label("unit_id"),
    col(Provider.uid).label("uid"),
    col(Provider.legal_form).label("legal_form"),
    col(Provider.non_profit).label("non_profit"),
]
provider_columns = select(*_told).subquery("provider_columns")
"""The providers for statements of the rooms above; no visibility."""


def provider_by_id(work: Work, provider_id: int) -> Provider:
    """The provider whose id another room holds (no visibility); refuses UnknownThing."""
    found = work.session.get(Provider, provider_id)
    if found is None:
        raise UnknownThing(field="provider_ref")
    return found


def agreements_by_provider(work: Work, provider_ids: Collection[int]) -> Sequence[Row[Any]]:
    """The agreements of these providers that the actor may see, by number.

    Rows: provider_id, ref, number, profile, state, valid_from, valid_to.
    """
    shown: list[Any] = [
        col(Agreement.provider_id).label("provider_id"),
        col(Agreement.ref).label("ref"),
        col(Agreement.number).label("number"),
        col(Agreement.profile).label("profile"),
        col(Agreement.state).label("state"),
        col(Agreement.valid_from).label("valid_from"),
        col(Agreement.valid_to).label("valid_to"),
    ]
    mine = select(*shown).where(col(Agreement.provider_id).in_(list(provider_ids)), visible_to(work.actor))
    return work.session.execute(mine.order_by(col(Agreement.number))).all()


def preparers_of(work: Work, provider_id: int) -> dict[int, str]:
    """Who prepared the agreements in force of a provider, each with the first of their numbers.

    Accounts by id, for what the house tells; no visibility.
    """
    rows = work.session.execute(
        select(col(Agreement.prepared_by), func.min(col(Agreement.number)))
        .where(
            col(Agreement.provider_id) == provider_id,
            col(Agreement.state).in_(LIVING_STATES),
            col(Agreement.prepared_by).is_not(None),
        )
        .group_by(col(Agreement.prepared_by))
    )
    return {row[0]: row[1] for row in rows}


def writes_for(work: Work, provider_id: int) -> bool:
    """Whether the actor may change what is known of a provider: its sector pays it, or nobody does yet."""
    if work.actor == HOUSE:
        return True
    if not work.actor.sectors():
        return False
    any_ = select(col(Agreement.id)).where(col(Agreement.provider_id) == provider_id)
    own = any_.where(own_sector(work.actor))
    found = work.session.execute(select(any_.exists(), own.exists())).one()
    return bool(found[1]) or not found[0]


def places_in_force(work: Work, provider_id: int, day: date) -> int:
    """Places of a provider that the tariffs of its agreements in force buy on a day, with all payers."""
    total = select(func.sum(col(Tariff.places))).join(
        Agreement, col(Agreement.id) == col(Tariff.agreement_id)
    )
    found = work.session.scalars(
        total.where(
            col(Agreement.provider_id) == provider_id,
            col(Agreement.state).in_(LIVING_STATES),
            col(Agreement.valid_from) <= day,
            or_(col(Agreement.valid_to).is_(None), col(Agreement.valid_to) > day),
            col(Tariff.valid_from) <= day,
            or_(col(Tariff.valid_to).is_(None), col(Tariff.valid_to) > day),
        )
    ).one()
    return int(found or 0)


def tariffs_on(work: Work, day: date) -> Sequence[Row[Any]]:
    """The tariffs of a day under agreements in force that the actor may see, by number.

    Rows: agreement_id, agreement_ref, number, provider_id, measure_id, line_id, basis, amount, places,
    day_minutes, valid_from, valid_to.
    """
    shown: list[Any] = [
        col(Agreement.id).label("agreement_id"),
        col(Agreement.ref).label("agreement_ref"),
        col(Agreement.number).label("number"),
        col(Agreement.provider_id).label("provider_id"),
        col(Tariff.measure_id).label("measure_id"),
        col(Tariff.line_id).label("line_id"),
        col(Tariff.basis).label("basis"),
        col(Tariff.amount).label("amount"),
        col(Tariff.places).label("places"),
        col(Tariff.day_minutes).label("day_minutes"),
        col(Tariff.valid_from).label("valid_from"),
        col(Tariff.valid_to).label("valid_to"),
    ]
    found = select(*shown).join(Agreement, col(Agreement.id) == col(Tariff.agreement_id))
    return work.session.execute(
        found.where(
            visible_to(work.actor),
            col(Agreement.state).in_(LIVING_STATES),
            col(Agreement.valid_from) <= day,
            or_(col(Agreement.valid_to).is_(None), col(Agreement.valid_to) > day),
            col(Tariff.valid_from) <= day,
            or_(col(Tariff.valid_to).is_(None), col(Tariff.valid_to) > day),
        ).order_by(col(Agreement.number), col(Tariff.id))
    ).all()


def tariffs_known(
    work: Work, agreement_ids: Collection[int], day: date, known_at: datetime
) -> Sequence[Row[Any]]:
    """The tariffs of a day under these agreements, as known at a moment; no visibility, for what is frozen.

    Rows: agreement_id, measure_id, line_id, basis, amount, places, day_minutes, valid_from, valid_to.
    """
    shown: list[Any] = [
        col(getattr(Tariff, one)).label(one)
        for one in (
            "agreement_id", "measure_id", "line_id", "basis", "amount", "places", "day_minutes", "valid_from",
            "valid_to",
        )
    ]  # fmt: skip
    return work.session.execute(
        select(*shown)
        .where(
            col(Tariff.agreement_id).in_(list(agreement_ids)),
            col(Tariff.recorded_at) <= known_at,
            col(Tariff.valid_from) <= day,
            or_(col(Tariff.valid_to).is_(None), col(Tariff.valid_to) > day),
        )
        .order_by(col(Tariff.id))
    ).all()


__all__ = [
    "agreements_by_provider",
    "places_in_force",
    "preparers_of",
    "provider_by_id",
    "provider_columns",
    "tariffs_known",
    "tariffs_on",
    "writes_for",
]
