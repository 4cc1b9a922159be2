"""Record what a person asks about their own data, answer, extend or refuse it; warn before it is late."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlmodel import col, select

from cii.access.queries import holders_of
from cii.access.vocabulary import Role
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, refuse
from cii.notices.actions import tell
from cii.people.tables import Person
from cii.rights.queries_requests import (
    EXPORTED,
    due_of,
    events_of,
    may_file,
    open_requests,
    request_by_ref,
    unanswered,
)
from cii.rights.rules_requests import (
    Asked,
    FileNotAsked,
    RequestClosed,
    asked_faults,
    extension_faults,
    reason_faults,
    state,
)
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
from cii.rights.whose import OFFICERS, acting_as, on_file
from cii.store.locks import one_at_a_time
from cii.store.work import Work


@dataclass(frozen=True)
class RecordPersonRequest:
    """Who asks (AVS number or reference of the person), what, proved how, and how the answer is wished."""

    person: str = field(metadata={"max": 40})
    kind: RequestKind
    proof: Proof
    form: AnswerForm
    asked_on: date
    medical: MedicalWay = MedicalWay.NONE
    physician: str | None = field(default=None, metadata={"max": 200})
    matter: str | None = field(default=None, metadata={"max": 2000})


@dataclass(frozen=True)
class AnswerPersonRequest:
    """What was answered."""

    request_ref: str
    reason: str = field(metadata={"max": 2000})


@dataclass(frozen=True)
class ExtendPersonRequest:
    """The new last day of the answer, and why it takes longer."""

    request_ref: str
    due_on: date
    reason: str = field(metadata={"max": 2000})


@dataclass(frozen=True)
class RefusePersonRequest:
    """Why the person is not given what they asked for (LPD 26)."""

    request_ref: str
    reason: str = field(metadata={"max": 2000})


def record_request(work: Work, ask: RecordPersonRequest) -> PersonRequest:
    """Record what a person asks; the answer is due `access_answer_days` after they asked.

    Refuses all at once: NobodyKept, AvsShape, AvsPrefix, AvsCheckDigit, PhysicianUnnamed, PhysicianNeedless,
    MedicalNeedless, MatterMissing, AskedLater; NotAllowed.
    """
    acting_as(work, OFFICERS)
    physician, matter = (ask.physician or "").strip(), (ask.matter or "").strip()
    faults = asked_faults(Asked(ask.kind, ask.medical, physician, matter, ask.asked_on), work.today)
    person: Person | None = None
    try:
        person = on_file(work, ask.person)
    except Refusal as no:
        faults.append(no)
    refuse(faults)
    row = PersonRequest(
        person_id=person.id or 0 if person else 0,
        kind=ask.kind,
        proof=ask.proof,
        form=ask.form,
        medical=ask.medical,
        physician=physician or None,
        matter=matter or None,
        asked_on=ask.asked_on,
        due_on=ask.asked_on + timedelta(days=work.parameter("access_answer_days", ask.asked_on)),
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(row)
    work.session.flush()
    wrote(
        work, "record_person_request", "person_request", row.id, ref=row.ref, person_id=row.person_id,
        payload={
            "kind": row.kind, "proof": row.proof, "form": row.form, "medical": row.medical,
            "matter": row.matter, "asked_on": row.asked_on.isoformat(), "due_on": row.due_on.isoformat(),
        },
    )  # fmt: skip
    return row


def answer_request(work: Work, ask: AnswerPersonRequest) -> PersonRequest:
    """The request is answered; refuses RequestClosed, AnswerShort, UnknownThing, NotAllowed."""
    return _close(work, ask.request_ref, PersonRequestStep.ANSWERED, ask.reason)


def refuse_request(work: Work, ask: RefusePersonRequest) -> PersonRequest:
    """Refused, with its reason; refuses RequestClosed, AnswerShort, UnknownThing, NotAllowed."""
    return _close(work, ask.request_ref, PersonRequestStep.REFUSED, ask.reason)


def extend_request(work: Work, ask: ExtendPersonRequest) -> PersonRequest:
    """Set a later last day, told to the person before the first is over (OPDo 18 al. 2).

    Refuses all at once: RequestClosed, TermNotLater, ExtendedTooLate, AnswerShort; UnknownThing, NotAllowed.
    """
    row, events = _held(work, ask.request_ref)
    faults = _closed(events)
    faults += extension_faults(due_of(row, events), ask.due_on, work.today)
    refuse([*faults, *reason_faults(ask.reason)])
    _step(work, row, PersonRequestStep.EXTENDED, ask.reason.strip(), ask.due_on)
    return row


def handed_out(work: Work, ref: str, form: FileForm) -> None:
    """Record that the file goes out in answer to a request, in the officer's name.

    Refuses: FileNotAsked, UnknownThing, NotAllowed.
    """
    row = fit_for_file(work, ref)
    wrote(
        work, EXPORTED, "person_request", row.id, ref=row.ref, person_id=row.person_id,
        payload={"form": form, "medical": row.medical},
    )  # fmt: skip


def fit_for_file(work: Work, ref: str) -> PersonRequest:
    """The request for which a file may go out; refuses FileNotAsked, UnknownThing, NotAllowed."""
    row = request_by_ref(work, ref)
    events = events_of(work, [row.id or 0]).get(row.id or 0, [])
    told = state((one.kind for one in events), due_of(row, events), work.today, 0)
    if not may_file(row.kind, told):
        raise FileNotAsked
    return row


def watch(work: Work, day: date) -> dict[str, int]:  # noqa: ARG001 - the night tells each job its day
    """Tell the officers of each open request that is soon due, and of each that is late, once; how many."""
    rows = work.session.exec(select(PersonRequest).where(unanswered()).order_by(col(PersonRequest.id))).all()
    held = events_of(work, [row.id or 0 for row in rows])
    days = work.parameter("access_answer_warning_days")
    officers = [one.id for one in holders_of(work, Role.DATA_PROTECTION_OFFICER)] if rows else []
    told = {PersonRequestStep.WARNED: 0, PersonRequestStep.LATE: 0}
    for row in rows:
        events = held.get(row.id or 0, [])
        due_on = due_of(row, events)
        stands = state((one.kind for one in events), due_on, work.today, days)
        step = _ALERTS.get(stands)
        if step is None or any(one.kind is step and one.due_on == due_on for one in events):
            continue
        for account_id in officers:
            tell(
                work, account_id=account_id, kind=f"person-request-{step}", subject="person_request",
                subject_ref=row.ref, day=due_on,
            )  # fmt: skip
        _step(work, row, step, None, due_on)
        told[step] += 1
    return {"warned": told[PersonRequestStep.WARNED], "late": told[PersonRequestStep.LATE]}


_ALERTS = {
    PersonRequestState.DUE_SOON: PersonRequestStep.WARNED,
    PersonRequestState.LATE: PersonRequestStep.LATE,
}


def _held(work: Work, ref: str) -> tuple[PersonRequest, list[PersonRequestEvent]]:
    row = request_by_ref(work, ref)
    one_at_a_time(work.session, f"person-request {row.id}")
    return row, events_of(work, [row.id or 0]).get(row.id or 0, [])


def _closed(events: list[PersonRequestEvent]) -> list[Refusal]:
    return [RequestClosed()] if any(one.kind in CLOSING for one in events) else []


def _close(work: Work, ref: str, step: PersonRequestStep, reason: str) -> PersonRequest:
    row, events = _held(work, ref)
    refuse([*_closed(events), *reason_faults(reason)])
    _step(work, row, step, reason.strip(), None)
    return row


def _step(
    work: Work, row: PersonRequest, step: PersonRequestStep, reason: str | None, due_on: date | None
) -> None:
    work.session.add(
        PersonRequestEvent(
            request_id=row.id or 0, kind=step, at=work.now, account_id=work.actor.account_id, reason=reason,
            due_on=due_on,
        )
    )  # fmt: skip
    work.session.flush()
    wrote(
        work, f"person_request_{step}", "person_request", row.id, ref=row.ref, person_id=row.person_id,
        payload={"reason": reason, "due_on": due_on.isoformat() if due_on else None},
    )  # fmt: skip


__all__ = [
    "AnswerPersonRequest", "ExtendPersonRequest", "RecordPersonRequest", "RefusePersonRequest",
    "answer_request", "extend_request", "fit_for_file", "handed_out", "open_requests", "record_request",
    "refuse_request", "watch",
]  # fmt: skip
