"""Reads of the requests that persons make about their own data; the officers' only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.access.naming import account_name
from cii.journal.queries import history
from cii.kernel.errors import UnknownThing
from cii.people.queries import PersonLabel
from cii.rights.rules_requests import state
from cii.rights.tables_requests import PersonRequest, PersonRequestEvent
from cii.rights.vocabulary_requests import (
    CLOSING,
    AnswerForm,
    FileForm,
    MedicalWay,
    PersonRequestState,
    PersonRequestStep,
    Proof,
    RequestKind,
)
from cii.rights.whose import OFFICERS, acting_as, labelled
from cii.store.parameters import parameter_column, told_parameter
from cii.store.work import Work
from cii.wire.pages import USUAL, Page, after, page_of, place

MOST_HANDED = 100
EXPORTED = "export_person_file"
"""The act of the journal that says that a file was handed out."""


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """One thing that happened to a request, as the officers read it."""

    kind: PersonRequestStep
    at: datetime
    by: str | None
    reason: str | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Handed:
    """The file went out: when, in whose name, in which form."""

    at: datetime
    by: str
    form: FileForm


@dataclass(frozen=True, slots=True)
class PersonRequestRow:
    """A request as the officers read it; `due_on` is the day that holds now."""

    ref: str
    kind: RequestKind
    state: PersonRequestState
    person_ref: str | None
    person: str | None
    proof: Proof
    form: AnswerForm
    medical: MedicalWay
    physician: str | None
    matter: str | None
    asked_on: date
    due_on: date
    closed: bool
    file: bool
    recorded_at: datetime
    recorded_by: str | None
    events: tuple[RequestEvent, ...]
    handed: tuple[Handed, ...] = ()


def request_by_ref(work: Work, ref: str) -> PersonRequest:
    """One request, for the officer; refuses NotAllowed, UnknownThing."""
    acting_as(work, OFFICERS)
    found = work.session.exec(select(PersonRequest).where(col(PersonRequest.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="request")
    return found


def events_of(work: Work, ids: Iterable[int]) -> Mapping[int, list[PersonRequestEvent]]:
    """What happened to these requests, oldest first, in one statement."""
    return {id_: [one for one, _ in held] for id_, held in _events(work, ids).items()}


def _events(work: Work, ids: Iterable[int]) -> Mapping[int, list[tuple[PersonRequestEvent, str | None]]]:
    """What happened to these requests, oldest first, with the name of who did it."""
    rows = work.session.execute(
        columns(PersonRequestEvent, account_name(col(PersonRequestEvent.account_id)))
        .where(col(PersonRequestEvent.request_id).in_(set(ids)))
        .order_by(col(PersonRequestEvent.id))
    )
    found: dict[int, list[tuple[PersonRequestEvent, str | None]]] = {}
    for row, by in rows:
        found.setdefault(row.request_id, []).append((row, by))
    return found


def due_of(row: PersonRequest, events: Iterable[PersonRequestEvent | RequestEvent]) -> date:
    """The last day of the answer, with its extensions."""
    extended = [one.due_on for one in events if one.kind is PersonRequestStep.EXTENDED and one.due_on]
    return max((row.due_on, *extended))


def unanswered() -> ColumnElement[bool]:
    """The condition that a request is neither answered nor refused."""
    closed = select(PersonRequestEvent.id).where(
        col(PersonRequestEvent.request_id) == col(PersonRequest.id),
        col(PersonRequestEvent.kind).in_(CLOSING),
    )
    return ~closed.correlate(PersonRequest).exists()


def open_requests(work: Work, person_ids: Iterable[int]) -> Sequence[PersonRequest]:
    """The unanswered requests of these persons, oldest first."""
    return work.session.exec(
        select(PersonRequest)
        .where(col(PersonRequest.person_id).in_(set(person_ids)), unanswered())
        .order_by(col(PersonRequest.id))
    ).all()


def requests_page(
    work: Work, *, waiting: bool = True, mark: str | None = None, limit: int = USUAL
) -> Page[PersonRequestRow]:
    """Requests that wait for an answer, the oldest first; or those that are closed, the newest first."""
    acting_as(work, OFFICERS)
    held = unanswered()
    query = _each(work).where(held if waiting else ~held)
    name = f"person-requests {waiting}"
    since = place(work.settings, name, mark)
    if since:
        query = query.where(after([(col(PersonRequest.id), not waiting)], since))
    order = col(PersonRequest.id) if waiting else col(PersonRequest.id).desc()
    rows = work.session.execute(query.order_by(order).limit(limit + 1)).all()
    page = page_of(rows, limit, work.settings, name, lambda row: (row[0].id,))
    return Page(tuple(_shown(work, page.items)), page.next)


def request_view(work: Work, ref: str) -> PersonRequestRow:
    """One request with what happened to it and the files handed out; refuses NotAllowed, UnknownThing."""
    row = request_by_ref(work, ref)
    entries = history(work, person_ids=[row.person_id], actions=[EXPORTED], limit=MOST_HANDED)
    handed = tuple(
        Handed(one.at, one.actor, FileForm(one.payload["form"]))
        for one in reversed(entries)
        if one.ref == ref and one.payload
    )
    again = work.session.execute(_each(work).where(col(PersonRequest.id) == row.id)).all()
    return replace(_shown(work, again)[0], handed=handed)


_WARNING = "access_answer_warning_days"


def _each(work: Work) -> Select[Any]:
    """Requests, each with the name of who recorded it and how long before its term it is said to be near."""
    by = account_name(col(PersonRequest.account_id))
    return columns(PersonRequest, by, parameter_column(_WARNING, work.today))


def _shown(work: Work, found: Sequence[Any]) -> list[PersonRequestRow]:
    """Requests as the officers read them; whose they are is a recorded read."""
    held = _events(work, [row.id or 0 for row, *_ in found])
    people = labelled(work, {row.person_id for row, *_ in found}, "person_request")
    rows: list[PersonRequestRow] = []
    for row, by, warning in found:
        events = held.get(row.id or 0, [])
        shown = [RequestEvent(one.kind, one.at, who, one.reason, one.due_on) for one, who in events]
        days = told_parameter(warning, _WARNING, work.today)
        told = state((one.kind for one in shown), due_of(row, shown), work.today, days)
        rows.append(_row(row, by, shown, told, people.get(row.person_id)))
    return rows


def _row(
    row: PersonRequest,
    by: str | None,
    events: Sequence[RequestEvent],
    told: PersonRequestState,
    person: PersonLabel | None,
) -> PersonRequestRow:
    return PersonRequestRow(
        ref=row.ref,
        kind=row.kind,
        state=told,
        person_ref=person.ref if person else None,
        person=person.name if person else None,
        proof=row.proof,
        form=row.form,
        medical=row.medical,
        physician=row.physician,
        matter=row.matter,
        asked_on=row.asked_on,
        due_on=due_of(row, events),
        closed=told in {PersonRequestState.ANSWERED, PersonRequestState.REFUSED},
        file=may_file(row.kind, told),
        recorded_at=row.recorded_at,
        recorded_by=by,
        events=tuple(events),
    )


def may_file(kind: RequestKind, told: PersonRequestState) -> bool:
    """Whether the file goes out: somebody asked to know, and was not refused."""
    return kind is RequestKind.ACCESS and told is not PersonRequestState.REFUSED
