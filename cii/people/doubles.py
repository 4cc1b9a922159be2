"""Likely doubles, looked for before a person is entered: among those open to the actor only.

A person who is not open to the actor leaves no trace: the same answer, by the same one statement.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from cii.access.vocabulary import Section
from cii.people.queries import PersonLabel, avs_hash, visible_to
from cii.people.rules import Known, avs_number, folded, likeness
from cii.people.tables import Identity, Person
from cii.people.vocabulary import Likeness
from cii.store.work import Work

MOST = 20
"""Doubles that are shown at most."""


@dataclass(frozen=True)
class LookForDoubles:
    """A person as somebody is about to enter them."""

    last_name: str
    first_name: str
    birth_date: date
    avs: str | None = None


@dataclass(frozen=True, slots=True)
class Double:
    """A person who may be the same, as the actor's unit knows them, and why."""

    person: PersonLabel
    likeness: Likeness


def likely_doubles(work: Work, ask: LookForDoubles, *, but: str | None = None) -> list[Double]:
    """Persons open to the actor who may be the one asked about, the likeliest first; `but` is left out.

    One statement, whoever else exists. Refuses AvsShape, AvsPrefix, AvsCheckDigit.
    """
    hash_ = avs_hash(work, avs_number(ask.avs)) if ask.avs else None
    asked = Known(ask.last_name, ask.first_name, ask.birth_date, hash_)
    mine, first = aliased(Identity), aliased(Identity)
    own = col(Identity.unit_id).in_(work.actor.units)
    known_to_me = (
        select(mine.id)
        .where(col(mine.person_id) == col(Person.id), col(mine.unit_id).in_(work.actor.units))
        .exists()
    )
    oldest = select(func.min(first.id)).where(col(first.person_id) == col(Person.id)).scalar_subquery()
    names = folded(ask.last_name, ask.first_name), folded(ask.first_name, ask.last_name)
    alike = col(Identity.folded).in_(names)
    rows = work.session.exec(
        select(Person, Identity)
        .join(Identity, col(Identity.person_id) == col(Person.id))
        .where(
            or_(alike, col(Person.avs_hash) == hash_) if hash_ else alike,
            or_(own, ~known_to_me & (col(Identity.id) == oldest)),
            visible_to(work.actor, work.now),
        )
        .order_by(col(Identity.id))
    ).all()
    found: dict[int, Double] = {}
    for person, row in rows:
        why = likeness(asked, Known(row.last_name, row.first_name, row.birth_date, person.avs_hash))
        if why is not None and person.ref != but:
            name = f"{row.last_name} {row.first_name}"
            shown = PersonLabel(person.ref, name, row.birth_date, row.municipality, row.language)
            found.setdefault(person.id or 0, Double(shown, why))
    order = list(Likeness)
    kept = sorted(found.items(), key=lambda one: (order.index(one[1].likeness), one[0]))[:MOST]
    work.saw("person", [id_ for id_, _ in kept], Section.IDENTITY, "doubles")
    return [one for _, one in kept]
