"""Filters of a list kept under a name: by one or for a unit, one of them as the list's first view."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, and_, delete, or_
from sqlalchemy import select as columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cii.desk.rules import FilterEmpty, FilterNameTaken
from cii.desk.tables import DefaultFilter, SavedFilter
from cii.desk.vocabulary import FilterPlace
from cii.institutions.queries import UnitLabel, units_by_id
from cii.institutions.queries import unit_by_ref as unit_with
from cii.kernel.errors import UnknownThing, refuse
from cii.store.work import Actor, Work
from cii.wire.lists import Listing

KNOWN: Mapping[FilterPlace, tuple[str, ...]] = {
    FilterPlace.DESK: ("tab", "path", "stage", "due", "name"),
    FilterPlace.CASES: ("q", "who", "status", "path", "opened_from", "opened_until"),
}
"""What the address of a list may hold besides its page; a further list is a further line."""


@dataclass(frozen=True)
class SaveFilter:
    """Keep the filter of a list under a name; `unit_ref`: for everybody in that unit of mine.

    `default`: the list opens with it, for me.
    """

    place: FilterPlace
    name: str = field(metadata={"max": 60})
    query: str = field(metadata={"max": 500})
    unit_ref: str | None = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class FilterShown:
    """A filter that I may use; `shared`: the unit it is shared in; `mine`: I may take it away.

    `default`: the list opens with it, for me.
    """

    ref: str
    place: FilterPlace
    name: str
    query: str
    mine: bool
    shared: UnitLabel | None
    default: bool = False


def save_filter(work: Work, ask: SaveFilter) -> SavedFilter:
    """Keep a filter; refuses FilterEmpty, FilterNameTaken, UnknownThing (a unit that is not mine)."""
    query = cleaned(ask.place, ask.query)
    refuse(
        FilterEmpty(field=name) for name, said in (("name", ask.name.strip()), ("query", query)) if not said
    )
    unit_id = _own_unit(work, ask.unit_ref) if ask.unit_ref else None
    row = SavedFilter(
        account_id=work.actor.account_id or 0,
        place=ask.place,
        name=ask.name.strip(),
        query=query,
        unit_id=unit_id,
        created_at=work.now,
    )
    try:
        with work.session.begin_nested():
            work.session.add(row)
            work.session.flush()
    except IntegrityError as clash:
        raise FilterNameTaken(field="name", name=row.name) from clash
    if ask.default:
        _open_with(work, row)
    return row


def cleaned(place: FilterPlace, query: str) -> str:
    """Of an address's query what filters that list, each name once."""
    pairs = dict(parse_qsl(query.lstrip("?"), keep_blank_values=False))
    return urlencode([(name, pairs[name][:200]) for name in KNOWN[place] if name in pairs])


def _own_unit(work: Work, ref: str) -> int:
    unit = unit_with(work, ref)
    if unit.id not in work.actor.units:
        raise UnknownThing(field="unit")
    return unit.id or 0


def remove_filter(work: Work, ref: str) -> SavedFilter:
    """Take a filter of mine away, for those who share it too; refuses UnknownThing."""
    row = work.session.exec(
        select(SavedFilter).where(
            col(SavedFilter.ref) == ref, col(SavedFilter.account_id) == (work.actor.account_id or 0)
        )
    ).first()
    if row is None:
        raise UnknownThing(field="filter")
    work.session.execute(
        delete(DefaultFilter)
        .where(col(DefaultFilter.filter_id) == row.id)
        .execution_options(synchronize_session=False)
    )
    work.session.delete(row)
    work.session.flush()
    return row


def open_with(work: Work, ref: str) -> SavedFilter:
    """The list opens with this filter for me, from now on; asked again, it opens unfiltered as before.

    Refuses UnknownThing: neither mine nor shared in a unit of mine.
    """
    row = work.session.exec(
        select(SavedFilter).where(col(SavedFilter.ref) == ref, _usable(work.actor))
    ).first()
    if row is None:
        raise UnknownThing(field="filter")
    if not _forget_default(work, row.place, row.id):
        _open_with(work, row)
    return row


def _open_with(work: Work, row: SavedFilter) -> None:
    _forget_default(work, row.place)
    work.session.add(
        DefaultFilter(account_id=work.actor.account_id or 0, place=row.place, filter_id=row.id or 0)
    )
    work.session.flush()


def _forget_default(work: Work, place: FilterPlace, filter_id: int | None = None) -> bool:
    """The list opens unfiltered for me; whether it opened otherwise (with that filter, if one is named)."""
    wanted = [
        col(DefaultFilter.account_id) == (work.actor.account_id or 0),
        col(DefaultFilter.place) == place,
        *([] if filter_id is None else [col(DefaultFilter.filter_id) == filter_id]),
    ]
    gone: Any = work.session.execute(
        delete(DefaultFilter).where(*wanted).execution_options(synchronize_session=False)
    )
    return bool(gone.rowcount)


def filters(work: Work, place: FilterPlace) -> list[FilterShown]:
    """My filters of a list and those shared in my units, by name."""
    me = work.actor.account_id or 0
    rows = _listing(work.actor, place).read(work.session.connection(), {})
    shared = {row[4] for row in rows if row[4] is not None}
    units = units_by_id(work, shared) if shared else {}
    return [
        FilterShown(ref, place, name, query, account == me, units.get(unit or 0), bool(first))
        for ref, name, query, account, unit, first in rows
    ]


@lru_cache(maxsize=1024)
def _listing(actor: Actor, place: FilterPlace) -> Listing:
    """The statement of an actor's filters, put into words once: every list shows them."""
    mine = col(DefaultFilter.account_id) == (actor.account_id or 0)
    wanted: Any = (
        columns(
            col(SavedFilter.ref),
            col(SavedFilter.name),
            col(SavedFilter.query),
            col(SavedFilter.account_id),
            col(SavedFilter.unit_id),
            col(DefaultFilter.id).is_not(None),
        )
        .outerjoin(DefaultFilter, and_(col(DefaultFilter.filter_id) == SavedFilter.id, mine))
        .where(col(SavedFilter.place) == place, _usable(actor))
        .order_by(col(SavedFilter.name), col(SavedFilter.id))
    )
    return Listing(wanted)


def _usable(actor: Actor) -> ColumnElement[bool]:
    """Mine, or shared in a unit of mine."""
    return or_(
        col(SavedFilter.account_id) == (actor.account_id or 0), col(SavedFilter.unit_id).in_(actor.units)
    )
