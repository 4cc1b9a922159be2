"""Reads of cases: one by its reference, its parties; the list of them is `listing`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from cii.access.queries import case_visible, opened_under
from cii.access.vocabulary import EVERYTHING, Section
from cii.cases.grid import parse_grid
from cii.cases.rules import Grid
from cii.cases.tables import CaseFile, CaseParty, GridTemplate
from cii.cases.tables_plan import PlanPart
from cii.cases.vocabulary import CaseStatus
from cii.kernel.errors import UnknownThing
from cii.store.work import Work


def visible_to(work: Work, section: Section = EVERYTHING) -> ColumnElement[bool]:
    """The condition on `case_file` rows that the actor may see (in one of these sections, when named)."""
    return case_visible(col(CaseFile.id), work.actor, work.now, section)


def case_by_ref(work: Work, ref: str) -> CaseFile:
    """A case in which the actor has a part; refuses UnknownThing, alike for a foreign and for no case."""
    found = work.session.exec(select(CaseFile).where(col(CaseFile.ref) == ref, visible_to(work))).first()
    if found is None:
        raise UnknownThing(field="case")
    return found


def case_by_id(work: Work, case_id: int) -> CaseFile:
    """A case that the actor may see, by its row; refuses UnknownThing."""
    found = work.session.exec(select(CaseFile).where(col(CaseFile.id) == case_id, visible_to(work))).first()
    if found is None:
        raise UnknownThing(field="case")
    return found


def cases_by_id(work: Work, ids: Iterable[int]) -> dict[int, CaseFile]:
    """Of these cases those that the actor may see, in one query."""
    rows = work.session.exec(select(CaseFile).where(col(CaseFile.id).in_(set(ids)), visible_to(work)))
    return {row.id or 0: row for row in rows}


def cases_opened(work: Work, causes: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Under each of these causes the cases, by reference and number, that its grants opened and I may see."""
    held = opened_under(causes)
    rows = work.session.connection().execute(
        columns(held.c.cause, col(CaseFile.ref), col(CaseFile.number))
        .join(CaseFile, col(CaseFile.id) == held.c.case_id)
        .where(visible_to(work))
        .order_by(held.c.first)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for cause, ref, number in rows:
        found.setdefault(cause, []).append((ref, number))
    return found


def cases_named(work: Work, refs: Iterable[str]) -> Select[Any]:
    """A select of those of these references of cases whose page is open to the actor."""
    return columns(col(CaseFile.ref)).where(col(CaseFile.ref).in_(set(refs)), visible_to(work))


def with_case(statement: Select[Any], case_id: Any, work: Work) -> Select[Any]:  # noqa: ANN401 - of any room
    """Join the case in that column as `shown_case_ref`, `shown_case_number`: NULL where it is not open.

    The statement names its table (`select_from`), from which it is joined.
    """
    named = aliased(CaseFile, name="named_case")
    known = case_visible(col(named.id), work.actor, work.now)
    return statement.outerjoin(named, and_(col(named.id) == case_id, known)).add_columns(
        col(named.ref).label("shown_case_ref"), col(named.number).label("shown_case_number")
    )


def case_numbers(work: Work, case_ids: Iterable[int]) -> dict[int, str]:
    """The numbers of these cases; no visibility: for rooms above that have started their own read."""
    rows = work.session.execute(
        columns(col(CaseFile.id), col(CaseFile.number)).where(col(CaseFile.id).in_(set(case_ids)))
    )
    return {row[0]: row[1] for row in rows}


def cases_of(work: Work, person_id: int) -> list[CaseFile]:
    """The cases of a person that the actor may see, the newest first."""
    return list(
        work.session.exec(
            select(CaseFile)
            .where(col(CaseFile.person_id) == person_id, visible_to(work))
            .order_by(col(CaseFile.opened_at).desc(), col(CaseFile.id).desc())
        )
    )


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An open case in a read of all of them; `seen`: the actor may see all sections that were asked for."""

    id: int
    ref: str
    number: str
    person_id: int
    lead_unit_id: int
    opened_at: datetime
    seen: bool


def led_here(work: Work) -> Any:  # noqa: ANN401 - a select of ids
    """A select of the cases that the actor may see and that one of their units leads."""
    return select(col(CaseFile.id)).where(visible_to(work), col(CaseFile.lead_unit_id).in_(work.actor.units))


def open_persons() -> Any:  # noqa: ANN401 - a select of ids
    """A select of the persons with an open case, for statements of other rooms about all of them."""
    return select(col(CaseFile.person_id)).where(col(CaseFile.status) == CaseStatus.OPEN)


def open_files(work: Work, needed: Section) -> Iterator[OpenFile]:
    """Every open case in the order of numbers, with whether the actor may see these sections of it.

    For counts over all cases: whoever calls lists none that is not `seen`.
    """
    asked = (
        columns(
            col(CaseFile.id),
            col(CaseFile.ref),
            col(CaseFile.number),
            col(CaseFile.person_id),
            col(CaseFile.lead_unit_id),
            col(CaseFile.opened_at),
            and_(*(visible_to(work, section) for section in needed)).label("seen"),
        )
        .where(col(CaseFile.status) == CaseStatus.OPEN)
        .order_by(col(CaseFile.number))
    )
    for id_, ref, number, person, lead, opened, seen in work.session.connection().execute(asked):
        yield OpenFile(id_ or 0, ref, number, person, lead, opened, bool(seen))


def live_parties(work: Work, case_id: int) -> list[CaseParty]:
    """Who has a part in the case now, in the order of joining; whoever calls has seen the case."""
    return list(
        work.session.exec(
            select(CaseParty)
            .where(col(CaseParty.case_id) == case_id, col(CaseParty.until).is_(None))
            .order_by(col(CaseParty.id))
        )
    )


def bearing_units(work: Work, plan_id: int) -> tuple[int, ...]:
    """The units that bear a part of the plan, each once, in the order of the parts."""
    rows = work.session.exec(
        select(PlanPart.unit_id).where(col(PlanPart.plan_id) == plan_id).order_by(col(PlanPart.position))
    )
    return tuple(dict.fromkeys(rows))


def roles_of(work: Work, case_id: int) -> dict[str, tuple[int, ...]]:
    """Which units hold each part now, as the engine of processes asks it."""
    roles: dict[str, tuple[int, ...]] = {}
    for part in live_parties(work, case_id):
        roles[part.role.value] = (*roles.get(part.role.value, ()), part.unit_id)
    return roles


def grid_in_use(work: Work, name: str, version: int | None = None) -> Grid:
    """The newest version of a grid, or a named one, with the items it shares; refuses UnknownThing."""
    query = select(GridTemplate).where(col(GridTemplate.name) == name)
    if version is not None:
        query = query.where(col(GridTemplate.version) == version)
    row = work.session.exec(query.order_by(col(GridTemplate.version).desc()).limit(1)).first()
    if row is None:
        raise UnknownThing(field="template")
    grid = parse_grid(row.source, f"{row.name} {row.version}")
    if grid.shared is None:
        return grid
    other, its_version, keys = grid.shared
    lent = grid_in_use(work, other, its_version)
    shared = {key: one for key, one in lent.items.items() if key in keys}
    return replace(grid, groups={**lent.groups, **grid.groups}, items={**shared, **grid.items})
