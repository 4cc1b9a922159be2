"""One box: persons, cases, measures and providers that the actor may see, by the beginning of each word.

Three statements at most, whatever is typed and whoever lives in the canton: what the actor does not see costs
and shows as much as what does not exist. Persons are found by the name that the
actor is shown, and by what their own units typed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import String, bindparam, literal, null, type_coerce, union_all
from sqlalchemy import select as columns

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.agreements.queries import provider_names
from cii.cases.listing import CaseRow, found_by, rows_told
from cii.kernel.errors import Refusal
from cii.measures.queries import measure_names
from cii.people.names import LABEL, Range, label_told, persons_named, range_of, with_names, with_number
from cii.people.queries import avs_hash
from cii.people.rules import avs_number
from cii.search.rules import Asked, asked, fits
from cii.search.vocabulary import Group
from cii.store.work import Actor, Work
from cii.wire.lists import AT, ROWS, Listing

PERMITS: Mapping[Group, Permit] = {
    Group.PERSONS: Permit.SEE_PERSON,
    Group.CASES: Permit.SEE_CASE,
    Group.MEASURES: Permit.SEE_MEASURES,
    Group.PROVIDERS: Permit.SEE_AGREEMENTS,
}
"""Which permit opens which group."""
SHOWN = 10
"""Rows of a group; more are found by its own list."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A measure or a provider, by its outward name."""

    ref: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, by group; `more` names the groups of which not all is shown."""

    persons: list[dict[str, Any]]
    cases: list[CaseRow]
    measures: list[Thing]
    providers: list[Thing]
    more: tuple[Group, ...]


def open_groups(actor: Actor) -> tuple[Group, ...]:
    """The groups in which the actor may search."""
    return tuple(group for group, permit in PERMITS.items() if permit.value in actor.permits)


def find(work: Work, text: str, groups: Collection[Group] = tuple(Group), limit: int = SHOWN) -> Found:
    """What these words begin in the groups asked for: one statement for persons, cases and catalogue each."""
    ask = asked(text)
    hash_ = _insured(work, text)
    more: list[Group] = []

    def cut(group: Group, rows: Sequence[Any]) -> Sequence[Any]:
        if len(rows) > limit:
            more.append(group)
        return rows[:limit]

    persons = cut(Group.PERSONS, _persons(work, ask, hash_, limit)) if Group.PERSONS in groups else ()
    cases = cut(Group.CASES, _cases(work, ask, hash_, limit)) if Group.CASES in groups else ()
    things = _catalogue(work, ask, groups)
    work.saw("person", (row[0] for row in persons), int(Section.IDENTITY))
    return Found(
        [told for row in persons if (told := label_told(row)) is not None],
        rows_told(work, cases),
        list(cut(Group.MEASURES, things[Group.MEASURES])),
        list(cut(Group.PROVIDERS, things[Group.PROVIDERS])),
        tuple(more),
    )


def _persons(work: Work, ask: Asked, hash_: str | None, limit: int) -> list[Any]:
    """Labels of persons, each once, in the order of the words that found them; one more than the limit."""
    if not ask.words:
        return []
    made = _by_number(work.actor) if hash_ else _by_name(work.actor, len(ask.words))
    values = {"now": work.now, "rows": 2 * limit + 2, **_words(ask, hash_)}
    rows = made.read(work.session.connection(), values)
    return list({row[0]: tuple(row[: len(LABEL)]) for row in rows if row[0] is not None}.values())[
        : limit + 1
    ]


def _cases(work: Work, ask: Asked, hash_: str | None, limit: int) -> Sequence[Any]:
    """Rows of the list of cases, the newest first; one more than the limit."""
    if not ask.words:
        return ()
    made = _of_cases(work.actor, 0 if hash_ else len(ask.words), ask.number is not None, hash_ is not None)
    values = {"now": work.now, "rows": limit + 1, **_words(ask, hash_)}
    return made.read(work.session.connection(), values)


def _words(ask: Asked, hash_: str | None) -> dict[str, Any]:
    """The named values of the statements."""
    found: dict[str, Any] = {}
    for n, word in enumerate(() if hash_ else ask.words):
        found[f"from_{n}"], found[f"to_{n}"] = range_of(word)
    if ask.number is not None:
        found["number_from"], found["number_to"] = range_of(ask.number)
    if hash_ is not None:
        found["avs_hash"] = hash_
    return found


def _ranges(many: int) -> list[Range]:
    return [(_text(f"from_{n}"), _text(f"to_{n}")) for n in range(many)]


def _text(name: str) -> Any:  # noqa: ANN401 - a named value
    return bindparam(name, None, type_=String())


@lru_cache(maxsize=1024)
def _by_name(actor: Actor, many: int) -> Listing:
    """Persons by so many words of their names."""
    held = persons_named(actor, _ranges(many), AT, ROWS).subquery("held")
    labelled = with_names(columns(*LABEL).select_from(held), held.c.person_id, actor, AT)
    return Listing(labelled.order_by(held.c.word, held.c.identity_id))


@lru_cache(maxsize=1024)
def _by_number(actor: Actor) -> Listing:
    """The person with an AVS number."""
    held = with_number(actor, _text("avs_hash"), AT).limit(ROWS).subquery("held")
    return Listing(with_names(columns(*LABEL).select_from(held), held.c.id, actor, AT))


@lru_cache(maxsize=1024)
def _of_cases(actor: Actor, many: int, numbered: bool, insured: bool) -> Listing:  # noqa: FBT001 - a key
    """Cases by so many words of a name, by number, by AVS number."""
    number = (_text("number_from"), _text("number_to")) if numbered else None
    return found_by(actor, _ranges(many), number, _text("avs_hash") if insured else None)


def _catalogue(work: Work, ask: Asked, groups: Collection[Group]) -> dict[Group, list[Thing]]:
    """Measures and providers: the catalogue is short, it is read whole and looked through here."""
    found: dict[Group, list[Thing]] = {Group.MEASURES: [], Group.PROVIDERS: []}
    wanted = [group for group in found if group in groups]
    if not wanted or not ask.words:
        return found
    rows = _things(work.actor, tuple(wanted)).read(work.session.connection(), {})
    for group, ref, code, name, _ in sorted(rows, key=lambda row: (row[0], row[4] is not None, row[2])):
        if fits(ask.words, code, name):
            found[Group(group)].append(Thing(ref, code, name))
    return found


@lru_cache(maxsize=1024)
def _things(actor: Actor, groups: tuple[Group, ...]) -> Listing:
    """Measures and providers in one statement; the last column is the day on which a measure ends."""
    parts: list[Any] = []
    if Group.MEASURES in groups:
        ref, code, name, ends = measure_names.selected_columns
        parts.append(
            measure_names.with_only_columns(
                literal(Group.MEASURES.value), ref, code, name, type_coerce(ends, String)
            )
        )
    if Group.PROVIDERS in groups:
        names = provider_names(actor)
        parts.append(names.with_only_columns(literal(Group.PROVIDERS.value), *names.selected_columns, null()))
    whole: Any = union_all(*parts)
    return Listing(whole)


def _insured(work: Work, text: str) -> str | None:
    """The keyed hash of an AVS number, if the text is one."""
    try:
        return avs_hash(work, avs_number(text))
    except Refusal:
        return None
