"""Reads of the requests that persons make about their own data; the officers' only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from cii.access.queries import account_names
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
    rows = work.session.exec(
        select(PersonRequestEvent)
        .where(col(PersonRequestEvent.request_id).in_(set(ids)))
        .order_by(col(PersonRequestEvent.id))
    )
    found: dict[int, list[PersonRequestEvent]] = {}
    for row in rows:
        found.setdefault(row.request_id, []).append(row)
    return found


def due_of(row: PersonRequest, events: Iterable[PersonRequestEvent]) -> date:
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
    query = select(PersonRequest).where(held if waiting else ~held)
    name = f"person-requests {waiting}"
    since = place(work.settings, name, mark)
    if since:
        query = query.where(after([(col(PersonRequest.id), not waiting)], since))
    order = col(PersonRequest.id) if waiting else col(PersonRequest.id).desc()
    rows = work.session.exec(query.order_by(order).limit(limit + 1)).all()
    page = page_of(rows, limit, work.settings, name, lambda row: (row.id,))
    return Page(tuple(shown(work, page.items)), page.next)


def request_view(work: Work, ref: str) -> PersonRequestRow:
    """One request with what happened to it and the files handed out; refuses NotAllowed, UnknownThing."""
    row = request_by_ref(work, ref)
    entries = history(work, person_ids=[row.person_id], actions=[EXPORTED], limit=MOST_HANDED)
    handed = tuple(
        Handed(one.at, one.actor, FileForm(one.payload["form"]))
        for one in reversed(entries)
        if one.ref == ref and one.payload
    )
    return replace(shown(work, [row])[0], handed=handed)


def shown(work: Work, rows: Sequence[PersonRequest]) -> list[PersonRequestRow]:
    """Requests as the officers read them; whose they are is a recorded read."""
    held = events_of(work, [row.id or 0 for row in rows])
    people = labelled(work, {row.person_id for row in rows}, "person_request")
    names = account_names(
        work,
        {
            one
            for one in (
                *(row.account_id for row in rows),
                *(event.account_id for events in held.values() for event in events),
            )
            if one is not None
        },
    )
    days = work.parameter("access_answer_warning_days")
    found: list[PersonRequestRow] = []
    for row in rows:
        events = held.get(row.id or 0, [])
        told = state((one.kind for one in events), due_of(row, events), work.today, days)
        found.append(_row(row, events, told, people.get(row.person_id), names))
    return found


def _row(
    row: PersonRequest,
    events: Sequence[PersonRequestEvent],
    told: PersonRequestState,
    person: PersonLabel | None,
    names: Mapping[int, str],
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
        recorded_by=names.get(row.account_id or 0),
        events=tuple(
            RequestEvent(one.kind, one.at, names.get(one.account_id or 0), one.reason, one.due_on)
            for one in events
        ),
    )


def may_file(kind: RequestKind, told: PersonRequestState) -> bool:
    """Whether the file goes out: somebody asked to know, and was not refused."""
    return kind is RequestKind.ACCESS and told is not PersonRequestState.REFUSED
