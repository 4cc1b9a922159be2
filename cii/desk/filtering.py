"""The desk by filters: path, stage, deadline, name; filters kept under a name, by one or for a unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cii.cases.vocabulary import CasePath
from cii.desk.rules import FilterEmpty, FilterNameTaken
from cii.desk.tables import SavedFilter
from cii.desk.vocabulary import Due, FilterPlace
from cii.institutions.queries import UnitLabel, units_by_id
from cii.institutions.queries import unit_by_ref as unit_with
from cii.kernel.clock import local_midnight
from cii.kernel.errors import UnknownThing, refuse
from cii.people.queries import named
from cii.store.work import Work
from cii.workflow.inbox import PROCESSES, TASKS

SOON = 5
"""Working days of the filter "this week"."""
KNOWN: Mapping[FilterPlace, tuple[str, ...]] = {
    FilterPlace.DESK: ("tab", "path", "stage", "due", "name"),
    FilterPlace.CASES: ("q", "who", "status", "path"),
}
"""What the address of a list may hold besides its page."""


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What the desk shows; `name` is the beginning of a name that my unit knows."""

    path: CasePath | None = None
    stage: str = ""
    due: Due | None = None
    name: str = ""


def conditions(work: Work, shown: DeskFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on the rows of the inbox."""
    found: list[ColumnElement[bool]] = []
    if shown.path is not None:
        found.append(PROCESSES.name == shown.path.value)
    if shown.stage:
        found.append(TASKS.stage == shown.stage)
    if shown.name:
        found.append(named(work, TASKS.person_id, shown.name))
    if shown.due is not None:
        found.append(_due(work, shown.due))
    return found


def _due(work: Work, due: Due) -> ColumnElement[bool]:
    today = local_midnight(work.today)
    tomorrow = local_midnight(work.today + timedelta(days=1))
    week = local_midnight(work.calendar.after(work.today, SOON) + timedelta(days=1))
    match due:
        case Due.LATE:
            return TASKS.due_at < work.now
        case Due.TODAY:
            return and_(TASKS.due_at >= today, TASKS.due_at < tomorrow)
        case Due.WEEK:
            return and_(TASKS.due_at >= today, TASKS.due_at < week)
        case Due.LATER:
            return TASKS.due_at >= week
    return TASKS.due_at.is_(None)


@dataclass(frozen=True)
class SaveFilter:
    """Keep the filter of a list under a name; `unit_ref`: for everybody in that unit of mine."""

    place: FilterPlace
    name: str = field(metadata={"max": 60})
    query: str = field(metadata={"max": 500})
    unit_ref: str | None = None


@dataclass(frozen=True, slots=True)
class FilterShown:
    """A filter that I may use; `shared`: the unit it is shared in; `mine`: I may take it away."""

    ref: str
    place: FilterPlace
    name: str
    query: str
    mine: bool
    shared: UnitLabel | None


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


def remove_filter(work: Work, ref: str) -> None:
    """Take a filter of mine away, for those who share it too; refuses UnknownThing."""
    row = work.session.exec(
        select(SavedFilter).where(
            col(SavedFilter.ref) == ref, col(SavedFilter.account_id) == (work.actor.account_id or 0)
        )
    ).first()
    if row is None:
        raise UnknownThing(field="filter")
    work.session.delete(row)
    work.session.flush()


def filters(work: Work, place: FilterPlace) -> list[FilterShown]:
    """My filters of a list and those shared in my units, by name."""
    me = work.actor.account_id or 0
    rows = work.session.exec(
        select(SavedFilter)
        .where(
            col(SavedFilter.place) == place,
            or_(col(SavedFilter.account_id) == me, col(SavedFilter.unit_id).in_(work.actor.units)),
        )
        .order_by(col(SavedFilter.name), col(SavedFilter.id))
    ).all()
    units = units_by_id(work, {one.unit_id for one in rows if one.unit_id is not None})
    return [
        FilterShown(
            one.ref, one.place, one.name, one.query, one.account_id == me, units.get(one.unit_id or 0)
        )
        for one in rows
    ]
