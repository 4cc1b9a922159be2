"""How persons are named to a reader, as parts of other rooms' statements: columns, joins, conditions.

A name is shown as the reader's unit knows it; else, where a grant opens the person, as who attached them
first. It is found by the name that is shown and by what the reader's own units typed, by nothing else: any
other name would tell that the person is known where it was typed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, false, or_, type_coerce
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.access.queries import person_visible
from cii.kernel.folding import folded
from cii.people.tables import Identity, Person
from cii.people.tables_names import IdentityWord
from cii.store.work import HOUSE, Actor

LAST = "\U0010ffff"
"""No name holds it: `beginning + LAST` ends the range of a beginning."""

_shown, _person = aliased(Identity, name="shown"), aliased(Person, name="shown_person")

LABEL: tuple[ColumnElement[Any], ...] = (
    col(_person.id).label("person_id"),
    col(_person.ref).label("person_ref"),
    (col(_shown.last_name) + " " + col(_shown.first_name)).label("person_name"),
    type_coerce(col(_shown.birth_date), String).label("person_birth_date"),
    col(_shown.municipality).label("person_municipality"),
    col(_shown.language).label("person_language"),
)
"""What a label of a person holds, after `with_names`: id, then what `PersonLabel` names, the date as text."""


def with_names(statement: Select[Any], person_id: Any, actor: Actor, now: datetime) -> Select[Any]:  # noqa: ANN401
    """Join the label of the person in that column; all of it is NULL where the person is not open."""
    return statement.outerjoin(
        _shown, and_(col(_shown.id) == _chosen(person_id, actor), person_visible(person_id, actor, now))
    ).outerjoin(_person, col(_person.id) == col(_shown.person_id))


def label_told(row: Sequence[Any]) -> dict[str, Any] | None:
    """A row's `LABEL` as JSON tells it, without the id; None where the person is not open."""
    id_, ref, name, born, municipality, language = row
    if id_ is None:
        return None
    return {
        "ref": ref,
        "name": name,
        "birth_date": born,
        "municipality": municipality,
        "language": language,
    }


def _chosen(person_id: Any, actor: Actor) -> Any:  # noqa: ANN401
    """The identity by which the reader knows the person: their unit's, else the first."""
    one = aliased(Identity)
    mine = [case((col(one.unit_id).in_(actor.units), 0), else_=1)] if actor.units else []
    return (
        columns(col(one.id))
        .where(col(one.person_id) == person_id)
        .order_by(*mine, col(one.id))
        .limit(1)
        .scalar_subquery()
    )


def spoken(text: str) -> list[str]:
    """The words of a text by which names are looked for, the longest first (it finds the fewest)."""
    return sorted(set(folded(text).split()), key=lambda word: (-len(word), word))


Range = tuple[Any, Any]
"""Where the words that begin so begin and end: values, or named values of a statement."""


def range_of(beginning: str) -> Range:
    """The range of words that begin so."""
    return beginning, beginning + LAST


def identities_named(actor: Actor, ranges: Sequence[Range]) -> Select[Any]:
    """Ids of identities with a word in each of these ranges: of the actor's units, or shown to them.

    That a grant opens the person is for the caller to ask. The house looks through all units. In the order of
    the first range's words: the index brings them so.
    """
    first, *others = ranges
    found = columns(col(IdentityWord.identity_id)).where(*_within(IdentityWord, actor, first), _told(actor))
    for one in others:
        also = aliased(IdentityWord)
        found = found.where(
            columns(col(also.word))
            .where(*_within(also, actor, one), col(also.identity_id) == col(IdentityWord.identity_id))
            .correlate(IdentityWord)
            .exists()
        )
    return found


def _told(actor: Actor) -> ColumnElement[bool]:
    """That a word stands where it was typed, or is of the name by which the reader knows the person."""
    typed: ColumnElement[bool] = col(IdentityWord.typed).is_(True)
    if actor == HOUSE:
        return typed
    return or_(typed, col(IdentityWord.identity_id) == _chosen(col(IdentityWord.whose), actor))


def _within(words: Any, actor: Actor, one: Range) -> list[ColumnElement[bool]]:  # noqa: ANN401 - table or alias
    mine = [] if actor == HOUSE else [col(words.unit_id).in_(actor.units)]
    return [*mine, col(words.word) >= one[0], col(words.word) < one[1]]


def persons_named(actor: Actor, ranges: Sequence[Range], now: datetime, most: Any) -> Select[Any]:  # noqa: ANN401
    """Persons open to the actor by these names: id, word and identity that found them, in that order.

    A person whom several of the actor's units know stands there once for each.
    """
    found: Any = identities_named(actor, ranges)
    persons: Select[Any] = (
        found.where(person_visible(col(IdentityWord.whose), actor, now))
        .with_only_columns(
            col(IdentityWord.whose).label("person_id"),
            col(IdentityWord.word).label("word"),
            col(IdentityWord.identity_id).label("identity_id"),
        )
        .order_by(col(IdentityWord.word), col(IdentityWord.identity_id))
        .limit(most)
    )
    return persons


def named(actor: Actor, person_id: Any, text: str, now: datetime) -> ColumnElement[bool]:  # noqa: ANN401
    """Whether a name of the person in that column, typed or shown here, holds these beginnings."""
    words = spoken(text)
    if not words:
        return false()
    held: Any = identities_named(actor, [range_of(word) for word in words])
    open_ = or_(col(IdentityWord.typed).is_(True), person_visible(col(IdentityWord.whose), actor, now))
    found: ColumnElement[bool] = person_id.in_(held.where(open_).with_only_columns(col(IdentityWord.whose)))
    return found


def with_number(actor: Actor, avs_hash: str, now: datetime) -> Select[Any]:
    """Ids of persons with that keyed hash of an AVS number who are open to the actor: one, or none."""
    return columns(col(Person.id)).where(
        col(Person.avs_hash) == avs_hash, person_visible(col(Person.id), actor, now)
    )
