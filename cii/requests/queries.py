"""Reads of access requests: mine as I may know them, and those put to the units I lead cases for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.access.naming import account_name
from cii.access.vocabulary import NOTHING, Section
from cii.cases.queries import cases_by_id, led_here
from cii.cases.tables import CaseFile
from cii.institutions.queries import UnitLabel, unit_told, with_units
from cii.kernel.errors import UnknownThing
from cii.people.queries import PersonLabel, label
from cii.people.vocabulary import Basis, Purpose
from cii.requests.rules import COVERED, told
from cii.requests.tables import AccessQuestion, AccessRequest, AccessRequestStep
from cii.requests.vocabulary import Answer, RequestState, RequestStep
from cii.store.work import Work
from cii.wire.pages import USUAL, Page, after, page_of, place


def own_request(work: Work, ref: str) -> AccessRequest:
    """A request of the actor's own; refuses UnknownThing."""
    found = work.session.exec(
        select(AccessRequest).where(
            col(AccessRequest.ref) == ref, col(AccessRequest.account_id) == work.actor.account_id
        )
    ).first()
    if found is None:
        raise UnknownThing(field="request")
    return found


def steps_of(work: Work, ids: Iterable[int]) -> dict[int, set[RequestStep]]:
    """What happened to requests, in one statement."""
    rows = work.session.exec(
        select(AccessRequestStep.request_id, AccessRequestStep.kind).where(
            col(AccessRequestStep.request_id).in_(set(ids))
        )
    )
    found: dict[int, set[RequestStep]] = {}
    for request_id, kind in rows:
        found.setdefault(request_id, set()).add(RequestStep(kind))
    return found


def state_of(work: Work, row: AccessRequest) -> RequestState:
    """What its asker is told of a request now."""
    id_ = row.id or 0
    withdrawn = RequestStep.WITHDRAWN in steps_of(work, [id_]).get(id_, ())
    return _told(work, row, _granted(work, [id_]).get(id_, ()), withdrawn=withdrawn)


def _granted(work: Work, ids: Iterable[int]) -> dict[int, list[AccessQuestion]]:
    """Of these requests the answers that opened a case: all that an asker may ever learn of answers."""
    rows = work.session.exec(
        select(AccessQuestion)
        .where(col(AccessQuestion.request_id).in_(set(ids)), col(AccessQuestion.answer) == Answer.GRANTED)
        .order_by(col(AccessQuestion.id))
    )
    found: dict[int, list[AccessQuestion]] = {}
    for row in rows:
        found.setdefault(row.request_id, []).append(row)
    return found


def _told(
    work: Work, row: AccessRequest, granted: Sequence[AccessQuestion], *, withdrawn: bool
) -> RequestState:
    answers = [one.answer for one in granted]
    return told(answers, withdrawn=withdrawn, lapses_at=row.lapses_at, now=work.now)


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """A case that a request opened; without number and reference when it is no longer open to the asker."""

    ref: str | None
    number: str | None
    sections: Section
    until: date | None


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request as its asker reads it; nothing in it depends on answers that opened nothing."""

    ref: str
    person: str | None
    birth_date: date | None
    by_number: bool
    purpose: Purpose
    basis: Basis
    sections: Section
    reason: str
    asked_at: datetime
    answer_by: datetime
    state: RequestState
    cases: tuple[OpenedCase, ...]


def my_requests(work: Work, mark: str | None = None, limit: int = USUAL) -> Page[RequestRow]:
    """The actor's own requests, the newest first."""
    query = _requests().where(col(AccessRequest.account_id) == work.actor.account_id)
    since = place(work.settings, "access-requests", mark)
    if since:
        query = query.where(after([(col(AccessRequest.id), True)], since))
    rows = work.session.execute(query.order_by(col(AccessRequest.id).desc()).limit(limit + 1)).all()
    page = page_of(rows, limit, work.settings, "access-requests", lambda row: (row[0].id,))
    return Page(tuple(_shown(work, page.items)), page.next)


def my_request(work: Work, ref: str) -> RequestRow:
    """One of the actor's own requests; refuses UnknownThing."""
    wanted = _requests().where(col(AccessRequest.id) == own_request(work, ref).id)
    return _shown(work, work.session.execute(wanted).all())[0]


def _shown(work: Work, found: Sequence[Any]) -> list[RequestRow]:
    granted = _granted(work, [row.id or 0 for row, _ in found])
    cases = cases_by_id(work, {one.case_id for held in granted.values() for one in held})
    return [
        RequestRow(
            row.ref, row.typed_name, row.birth_date, row.avs_hash is not None, row.purpose, row.basis,
            Section(row.sections), row.reason, row.asked_at, row.lapses_at,
            _told(work, row, granted.get(row.id or 0, ()), withdrawn=withdrawn),
            tuple(_opened(one, cases.get(one.case_id)) for one in granted.get(row.id or 0, ())),
        )
        for row, withdrawn in found
    ]  # fmt: skip


def _opened(answer: AccessQuestion, case: CaseFile | None) -> OpenedCase:
    sections = Section(answer.granted_sections or 0)
    return OpenedCase(
        case.ref if case else None, case.number if case else None, sections, answer.granted_until
    )


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A request as the unit that leads the case reads it; `open`: it can still be answered."""

    ref: str
    case_ref: str
    case_number: str
    person: PersonLabel | None
    unit: UnitLabel | None
    asker: str
    purpose: Purpose
    basis: Basis
    sections: Section
    covered: Section
    reason: str
    asked_at: datetime
    answer_by: datetime
    answer: Answer | None
    answer_reason: str | None
    answered_at: datetime | None
    until: date | None
    open: bool


def question_to_me(
    work: Work, ref: str, *, hold: bool = False
) -> tuple[AccessQuestion, AccessRequest, CaseFile]:
    """A request about a case that one of my units leads and that I see; refuses UnknownThing."""
    wanted = select(AccessQuestion).where(col(AccessQuestion.ref) == ref)
    if hold:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = work.session.exec(wanted).first()
    case = cases_by_id(work, [found.case_id]).get(found.case_id) if found else None
    if found is None or case is None or case.lead_unit_id not in work.actor.units:
        raise UnknownThing(field="question")
    return found, work.session.get_one(AccessRequest, found.request_id), case


def questions_to_me(
    work: Work, *, waiting: bool = True, mark: str | None = None, limit: int = USUAL
) -> Page[QuestionRow]:
    """Requests about cases that my units lead, the oldest first; `waiting`: those to be answered yet."""
    query = _questions(work).where(col(AccessQuestion.case_id).in_(led_here(work)))
    if waiting:
        query = query.where(
            col(AccessQuestion.answer).is_(None), col(AccessRequest.lapses_at) > work.now, ~_WITHDRAWN
        )
    name = f"access-questions {waiting}"
    since = place(work.settings, name, mark)
    if since:
        query = query.where(after([(col(AccessQuestion.id), False)], since))
    rows = work.session.execute(query.order_by(col(AccessQuestion.id)).limit(limit + 1)).all()
    page = page_of(rows, limit, work.settings, name, lambda row: (row[0].id,))
    return Page(tuple(_asked(work, page.items)), page.next)


def question_view(work: Work, ref: str) -> QuestionRow:
    """One request about a case that my unit leads; refuses UnknownThing."""
    question, _, _ = question_to_me(work, ref)
    wanted = _questions(work).where(col(AccessQuestion.id) == question.id)
    return _asked(work, work.session.execute(wanted).all())[0]


_WITHDRAWN = (
    columns(col(AccessRequestStep.id))
    .where(
        col(AccessRequestStep.request_id) == col(AccessRequest.id),
        col(AccessRequestStep.kind) == RequestStep.WITHDRAWN,
    )
    .correlate(AccessRequest)
    .exists()
)
"""Whether the asker has taken the request back."""


def _requests() -> Any:  # noqa: ANN401 - a select
    """Requests, each with whether it was withdrawn."""
    return columns(AccessRequest, _WITHDRAWN)


def _questions(work: Work) -> Select[Any]:
    """Questions with their request, whether it was withdrawn, who asks, and their unit as I am shown it."""
    asker = account_name(col(AccessRequest.account_id)).label("asker")
    held = columns(AccessQuestion, AccessRequest, _WITHDRAWN.label("withdrawn"), asker).join_from(
        AccessQuestion, AccessRequest, col(AccessRequest.id) == col(AccessQuestion.request_id)
    )
    return with_units(held, work.actor, asking=col(AccessRequest.unit_id))


def _asked(work: Work, found: Sequence[Any]) -> list[QuestionRow]:
    cases = cases_by_id(work, {row[0].case_id for row in found})
    people = label(work, {one.person_id for one in cases.values()})
    rows = [(*row[:4], unit_told(row, "asking"), cases[row[0].case_id]) for row in found]
    return [
        QuestionRow(
            question.ref, case.ref, case.number, people.get(case.person_id), unit,
            asker or "", row.purpose, row.basis, Section(row.sections),
            Section(row.sections) & COVERED.get(row.basis, NOTHING), row.reason, row.asked_at,
            row.lapses_at, question.answer, question.answer_reason, question.answered_at,
            question.granted_until,
            question.answer is None
            and work.now < row.lapses_at
            and not withdrawn,
        )
        for question, row, withdrawn, asker, unit, case in rows
    ]  # fmt: skip
