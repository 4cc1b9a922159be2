"""Reads of observation contracts: for the unit of social aid and the enterprise between which they lie."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.access.vocabulary import Section
from cii.cases.queries import with_case
from cii.institutions.queries import UnitLabel, unit_told, with_units
from cii.kernel.errors import UnknownThing
from cii.kernel.moves import open_moves
from cii.people.queries import PersonLabel, label
from cii.routing.rules_social import MOVES, unsigned
from cii.routing.tables_social import ObservationContract, ObservationEvent
from cii.routing.vocabulary_social import ContractParty, ObservationMove, ObservationState
from cii.store.work import Work
from cii.wire.pages import USUAL, Page, after, page_of, place


@dataclass(frozen=True, slots=True)
class ObservationLine:
    """One thing done with a contract, as both parties read it."""

    move: ObservationMove
    party: ContractParty | None
    effective_on: date
    note: str | None
    facts: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """A contract as lists and its page show it; `moves` are those open to the reader.

    `case_ref` only for those who may see the case; `unsigned` are the parties that have not signed.
    """

    ref: str
    version: int
    state: ObservationState
    person: PersonLabel | None
    unit: UnitLabel | None
    provider: UnitLabel | None
    case_ref: str | None
    starts_on: date
    ends_on: date
    latest_end: date
    ended_on: date | None
    unsigned: tuple[ContractParty, ...]
    moves: tuple[ObservationMove, ...]
    signs: tuple[ContractParty, ...]
    events: tuple[ObservationLine, ...]


def visible_contracts(work: Work) -> ColumnElement[bool]:
    """Contracts are seen by the two units between which they lie."""
    mine = work.actor.units
    return or_(
        col(ObservationContract.unit_id).in_(mine), col(ObservationContract.provider_unit_id).in_(mine)
    )


def contract_by_ref(work: Work, ref: str) -> ObservationContract:
    """A contract of one of my units; refuses UnknownThing."""
    found = work.session.exec(
        select(ObservationContract).where(col(ObservationContract.ref) == ref, visible_contracts(work))
    ).first()
    if found is None:
        raise UnknownThing(field="observation")
    return found


def contracts_of_case(work: Work, case_id: int) -> list[ObservationContract]:
    """The contracts of a case in order, for those who see the case."""
    query = select(ObservationContract).where(col(ObservationContract.case_id) == case_id)
    return list(work.session.exec(query.order_by(col(ObservationContract.id))))


def signatures(work: Work, contract_id: int) -> frozenset[ContractParty]:
    """Who has signed."""
    rows = work.session.exec(
        select(ObservationEvent.party).where(
            col(ObservationEvent.contract_id) == contract_id, col(ObservationEvent.party).is_not(None)
        )
    )
    return frozenset(ContractParty(one) for one in rows if one is not None)


def observations(work: Work, mark: str | None = None, limit: int = USUAL) -> Page[ObservationRow]:
    """The contracts of my units, the newest first."""
    query = _contracts(work).where(visible_contracts(work))
    since = place(work.settings, "observations", mark)
    if since:
        query = query.where(after([(col(ObservationContract.id), True)], since))
    rows = work.session.execute(query.order_by(col(ObservationContract.id).desc()).limit(limit + 1)).all()
    page = page_of(rows, limit, work.settings, "observations", lambda row: (row[0].id,))
    return Page(tuple(_shown(work, page.items)), page.next)


def observation(work: Work, ref: str) -> ObservationRow:
    """One contract with its history; refuses UnknownThing."""
    wanted = _contracts(work).where(col(ObservationContract.ref) == ref, visible_contracts(work))
    found = work.session.execute(wanted).all()
    if not found:
        raise UnknownThing(field="observation")
    return _shown(work, found)[0]


def _contracts(work: Work) -> Any:  # noqa: ANN401 - a select
    """Contracts with their two units and their case as the actor is shown them."""
    sides = {"unit": col(ObservationContract.unit_id), "provider": col(ObservationContract.provider_unit_id)}
    held = columns(ObservationContract).select_from(ObservationContract)
    return with_units(with_case(held, col(ObservationContract.case_id), work), work.actor, **sides)


def _shown(work: Work, rows: Any) -> list[ObservationRow]:  # noqa: ANN401 - rows of one select
    contracts = [row[0] for row in rows]
    persons = label(work, {one.person_id for one in contracts})
    events: dict[int, list[ObservationEvent]] = {one.id: [] for one in contracts}
    for one in work.session.exec(
        select(ObservationEvent)
        .where(col(ObservationEvent.contract_id).in_(events))
        .order_by(col(ObservationEvent.id))
    ):
        events[one.contract_id].append(one)
    work.saw("person", [one.person_id for one in contracts], Section.IDENTITY | Section.PLACEMENT)
    return [_row(work, row, persons.get(row[0].person_id), events[row[0].id]) for row in rows]


def _row(
    work: Work,
    shown: Any,  # noqa: ANN401 - a row of `_contracts`
    person: PersonLabel | None,
    events: list[ObservationEvent],
) -> ObservationRow:
    row: ObservationContract = shown[0]
    missing = unsigned({one.party for one in events if one.party is not None})
    moves = open_to(work, row)
    signing = ObservationMove.SIGN in moves
    return ObservationRow(
        ref=row.ref,
        version=row.version,
        state=row.state,
        person=person,
        unit=unit_told(shown, "unit"),
        provider=unit_told(shown, "provider"),
        case_ref=shown.shown_case_ref,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        latest_end=row.latest_end,
        ended_on=row.ended_on,
        unsigned=missing,
        moves=tuple(one for one in moves if one is not ObservationMove.SIGN or _mine(work, row, missing)),
        signs=_mine(work, row, missing) if signing else (),
        events=tuple(
            ObservationLine(one.move, one.party, one.effective_on, one.note, one.facts, one.at)
            for one in events
        ),
    )


def _mine(
    work: Work, row: ObservationContract, missing: tuple[ContractParty, ...]
) -> tuple[ContractParty, ...]:
    """Whose missing signatures the reader may record."""
    return tuple(
        one
        for one in missing
        if (row.provider_unit_id if one is ContractParty.ENTERPRISE else row.unit_id) in work.actor.units
    )


def open_to(work: Work, row: ObservationContract) -> tuple[ObservationMove, ...]:
    """The moves that the state knows and the reader's side may make; the last signature follows of itself."""
    side = {
        ObservationMove.CONCLUDE: False,
        ObservationMove.EXTEND: row.unit_id in work.actor.units and row.ends_on < row.latest_end,
        ObservationMove.EVALUATE: row.provider_unit_id in work.actor.units and work.today >= row.starts_on,
        ObservationMove.END_EARLY: work.today >= row.starts_on,
    }
    return tuple(one for one in open_moves(MOVES, row.state) if side.get(one, True))
