"""Acts on categories: told the same for every scheme, set for a placement by the referral service."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.outcomes.queries import category_at, category_rows, stays
from cii.outcomes.rules import CategoryThere, CategoryUnchanged, OutcomeBeforeStart
from cii.outcomes.tables import ClientCategory, PlacementCategory
from cii.placements.queries import visible_ids
from cii.store.work import HOUSE, Work


@dataclass(frozen=True)
class TellCategory:
    """Wish that a category be told like this from a day on, for every scheme."""

    code: str = field(metadata={"max": 20})
    title: str = field(metadata={"max": 120})
    criteria: str = field(metadata={"max": 2000})
    content: str = field(metadata={"max": 2000})
    valid_from: date


def tell_category(work: Work, ask: TellCategory) -> ClientCategory:
    """Tell a category, or tell it anew from a later day; what was told before stays.

    Refuses: CategoryThere (told for that day already).
    """
    told = select(ClientCategory.id).where(  # type: ignore[call-overload]
        col(ClientCategory.code) == ask.code, col(ClientCategory.valid_from) == ask.valid_from
    )
    if work.session.execute(told).first() is not None:
        raise CategoryThere(field="valid_from", category=ask.code, day=ask.valid_from)
    made = ClientCategory(
        code=ask.code,
        title=ask.title,
        criteria=ask.criteria,
        content=ask.content,
        valid_from=ask.valid_from,
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    work.session.flush()
    wrote(
        work, "category_told", "client_category", made.id, ref=made.ref,
        payload={"category": ask.code, "valid_from": ask.valid_from},
    )  # fmt: skip
    return made


@dataclass(frozen=True)
class SetCategory:
    """Wish to put a placement into a category from a day on, with the reason by the criteria."""

    placement_ref: str
    category: str = field(metadata={"max": 20})
    effective_on: date
    reason: str = field(metadata={"max": 1000})


def set_category(work: Work, ask: SetCategory) -> PlacementCategory:
    """Set the category of a placement; by the referral service alone, for persons whom it follows.

    Refuses: NotAllowed, UnknownThing, OutcomeBeforeStart, CategoryUnchanged.
    """
    if work.actor != HOUSE and not work.actor.has_role(Role.REFERRAL_SERVICE):
        raise NotAllowed
    place = work.session.execute(
        select(stays.c.placement_id, stays.c.person_id, stays.c.starts_on)
        .where(stays.c.placement_ref == ask.placement_ref, stays.c.placement_id.in_(visible_ids(work)))
        .limit(1)
    ).first()
    if place is None:
        raise UnknownThing(field="placement_ref")
    known = {one.code: one for one in category_rows(work, ask.effective_on)}
    if ask.category not in known:
        raise UnknownThing(field="category")
    if ask.effective_on < place.starts_on:
        raise OutcomeBeforeStart(field="effective_on", since=ask.effective_on)
    before = category_at(work, place.placement_id, ask.effective_on)
    if before is not None and before.code == ask.category:
        raise CategoryUnchanged(field="category", category=ask.category)
    seat = next((one for one in work.actor.seats if one.role == Role.REFERRAL_SERVICE), None)
    made = PlacementCategory(
        placement_id=place.placement_id,
        category_id=known[ask.category].id or 0,
        code=ask.category,
        effective_on=ask.effective_on,
        reason=ask.reason,
        recorded_at=work.now,
        account_id=work.actor.account_id,
        unit_id=seat.unit_id if seat else None,
    )
    work.session.add(made)
    work.session.flush()
    wrote(
        work, "category_set", "placement", place.placement_id, ref=ask.placement_ref,
        person_id=place.person_id, unit_id=made.unit_id,
        payload={"category": ask.category, "valid_from": ask.effective_on, "reason": ask.reason},
    )  # fmt: skip
    return made
