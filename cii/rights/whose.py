"""Whose data is meant: a person by reference or AVS number, and every row that turned out to be them."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlmodel import col, select

from cii.access.vocabulary import Role, Section
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.people.queries import PersonLabel, find_by_avs, label, person_by_id, person_by_ref
from cii.people.tables import Person
from cii.rights.rules_requests import NobodyKept
from cii.rights.tables_merging import PersonMerge
from cii.store.work import HOUSE, Work

REF_LENGTH = 10
OFFICERS = (Role.DATA_PROTECTION_OFFICER,)
DECIDERS = (Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR)


def acting_as(work: Work, roles: tuple[Role, ...]) -> Role:
    """The function in which the actor acts here, the first of these that they hold; refuses NotAllowed."""
    for role in roles:
        if work.actor == HOUSE or work.actor.has_role(role):
            return role
    raise NotAllowed


def meant(work: Work, written: str) -> Person:
    """Somebody not erased, by reference or AVS number; of two that were one, the one that stays.

    Refuses: NobodyKept, AvsShape, AvsPrefix, AvsCheckDigit.
    """
    found = on_file(work, written)
    if found.erased_at is not None:
        raise NobodyKept(field="person")
    return found


def on_file(work: Work, written: str) -> Person:
    """As `meant`, also somebody who was erased: their empty row is found by its reference.

    Refuses: NobodyKept, AvsShape, AvsPrefix, AvsCheckDigit.
    """
    inside, text = replace(work, actor=HOUSE, seen=[]), written.strip()
    found: Person | None
    if len(text) == REF_LENGTH:
        try:
            found = person_by_ref(inside, text)
        except UnknownThing:
            found = None
    else:
        try:
            found = find_by_avs(inside, text)
        except Refusal as no:
            no.field = "person"
            raise
    if found is None:
        raise NobodyKept(field="person")
    stays = merged_into(work, found.id or 0)
    return found if stays is None else person_by_id(inside, stays)


def labelled(work: Work, person_ids: Collection[int], kind: str) -> Mapping[int, PersonLabel]:
    """Who they are, for an officer; a read of their identity, recorded as that of `kind`."""
    people = label(replace(work, actor=HOUSE, seen=[]), person_ids)
    work.saw("person", people, int(Section.IDENTITY), kind)
    return people


def merged_into(work: Work, person_id: int) -> int | None:
    """The person into which this row was merged and still is."""
    return work.session.exec(
        select(PersonMerge.new_person_id).where(
            col(PersonMerge.old_person_id) == person_id, col(PersonMerge.undone_at).is_(None)
        )
    ).first()


def rows_of(work: Work, person_id: int) -> list[int]:
    """The person's own row and each that was merged into it, over several merges."""
    found, fresh = [person_id], {person_id}
    while fresh:
        fresh = _merged(work, fresh) - set(found)
        found += sorted(fresh)
    return found


def _merged(work: Work, person_ids: Collection[int]) -> set[int]:
    return set(
        work.session.exec(
            select(PersonMerge.old_person_id).where(
                col(PersonMerge.new_person_id).in_(person_ids), col(PersonMerge.undone_at).is_(None)
            )
        )
    )
