"""Persons of whom every term is over: put before the officer, never erased by the house itself.

One condition per kind of row that keeps something: the number of statements knows neither how many persons
nor how many rows there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select
from sqlmodel import col

from cii.kernel.clock import local_midnight
from cii.kernel.errors import UnknownThing
from cii.people.retaining import PERSONS
from cii.rights.archiving import offered_now, settled, settled_of
from cii.rights.holds import held
from cii.rights.retention import KEPT, by_rule, kept_of, terms
from cii.rights.rules_requests import NobodyKept
from cii.rights.rules_retention import Held, longest
from cii.rights.tables_merging import PersonMerge
from cii.rights.vocabulary_retention import Keeping
from cii.rights.whose import OFFICERS, acting_as, meant
from cii.store.columns import UtcDateTime
from cii.store.work import Work
from cii.wire.pages import USUAL, Page, page_of, place

NAME = "due"


@dataclass(frozen=True, slots=True)
class Due:
    """A person of whom every term is over: `rule` ended last, `since` is the first day after it.

    `held`: a legal hold keeps everything all the same. `offer_ref`: an offer to the archive that waits;
    `settled`: the archive has had its say, or need not be asked.
    """

    person_ref: str
    since: date
    rule: Keeping
    held: bool
    offer_ref: str | None
    settled: bool
    person_id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What keeps one person, each rule with its last day, the longest first; `until` None: nothing does."""

    person_ref: str
    until: date | None
    terms: tuple[Held, ...]
    held: bool
    offer_ref: str | None
    settled: bool
    person_id: int


def due(work: Work, on: date | None = None, mark: str | None = None, limit: int = USUAL) -> Page[Due]:
    """Persons of whom nothing must be kept any more on that day, the first known first; refuses NotAllowed.

    A person whose entry became another's is not among them; one under a legal hold is, and says so.
    """
    acting_as(work, OFFICERS)
    day, since = on or work.today, place(work.settings, NAME, mark)
    rows = work.session.connection().execute(_due(work, day, since[0] if since else 0, limit + 1)).all()
    page = page_of(rows, limit, work.settings, NAME, lambda row: (row.id,))
    work.saw("person", [row.id for row in page.items], 0, "retention")
    return Page(tuple(_told(work, page.items)), page.next)


def standing(work: Work, person_ref: str) -> Standing:
    """What keeps that person, and where the offer to the archive stands; recorded as read.

    Refuses NotAllowed, and UnknownThing for somebody who is not kept.
    """
    acting_as(work, OFFICERS)
    try:
        person = meant(work, person_ref)
    except NobodyKept:
        raise UnknownThing(field="person") from None
    id_ = person.id or 0
    terms_ = by_rule(kept_of(work, [id_]).get(id_, ()))
    last = terms_[0].last_day if terms_ else None
    work.saw("person", [id_], 0, "retention")
    return Standing(
        person.ref,
        last if last is not None and last >= work.today else None,
        tuple(terms_),
        id_ in held(work, [id_]),
        offered_now(work, [id_]).get(id_),
        settled(work, id_),
        id_,
    )


def _due(work: Work, on: date, after: int, limit: int) -> Select[Any]:
    persons, running = PERSONS.c, terms(work, {one.rule for one in KEPT}, on)
    wanted = (
        select(persons.id, persons.ref).where(persons.id > after, ~_merged(persons.id)).order_by(persons.id)
    )
    for one in KEPT:
        rows, first = one.rows.c, running[one.rule].over_before(on)
        since: date | datetime = local_midnight(first) if isinstance(rows.since.type, UtcDateTime) else first
        runs = or_(rows.since.is_(None), rows.since >= literal(since, rows.since.type))
        keeps = and_(rows.person_id == persons.id, runs)
        wanted = wanted.where(~select(rows.person_id).where(keeps).correlate(PERSONS).exists())
    return wanted.limit(limit)


def _merged(person_id: ColumnElement[int]) -> ColumnElement[bool]:
    return (
        select(col(PersonMerge.id))
        .where(col(PersonMerge.old_person_id) == person_id, col(PersonMerge.undone_at).is_(None))
        .exists()
    )


def _told(work: Work, rows: Sequence[Any]) -> list[Due]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    facts, holding = kept_of(work, ids), held(work, ids)
    waiting, over = offered_now(work, ids), settled_of(work, ids)
    lasts = [(row, longest(facts[row.id])) for row in rows]
    return [
        Due(row.ref, last.last_day + timedelta(days=1), last.rule, row.id in holding, waiting.get(row.id),
            over[row.id], row.id)
        for row, last in lasts
        if last is not None
    ]  # fmt: skip
