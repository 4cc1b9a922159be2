"""Ask for access, carry requests to those who lead cases, answer, take back, let lapse."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlmodel import col, select

from cii.access.queries import members_of, units_reading
from cii.access.restricted import readers_of
from cii.access.restricting import name_reader
from cii.access.vocabulary import Role, Section
from cii.cases.meant import open_cases_meant
from cii.cases.tables import CaseFile
from cii.journal.actions import wrote
from cii.kernel.clock import local_midnight
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.folding import folded
from cii.notices.actions import tell
from cii.people.actions import disclose
from cii.people.matching import persons_meant
from cii.people.queries import BasisClaims, avs_hash, basis_facts, person_by_id
from cii.people.rules import avs_number, basis_faults
from cii.people.vocabulary import Basis, Purpose
from cii.requests.queries import own_request, question_to_me, state_of, steps_of
from cii.requests.rules import (
    Answered,
    ReasonShort,
    RequestOver,
    SectionsNotAsked,
    TermUnfit,
    Wish,
    wish_faults,
)
from cii.requests.tables import AccessQuestion, AccessRequest, AccessRequestStep
from cii.requests.vocabulary import Answer, RequestState, RequestStep
from cii.store.secrets import seal
from cii.store.work import Work

LONGEST_TERM = timedelta(days=366)
_ASKERS = frozenset({Role.CASE_MANAGER.value, Role.SUPERVISOR.value})


@dataclass(frozen=True)
class AskAccess:
    """The person as the asker knows them, what for, on which basis, which sections, and why."""

    purpose: Purpose
    basis: Basis
    sections: Section
    reason: str = field(metadata={"max": 2000})
    avs: str | None = field(default=None, metadata={"max": 40})
    last_name: str | None = field(default=None, metadata={"max": 100})
    first_name: str | None = field(default=None, metadata={"max": 100})
    birth_date: date | None = None


@dataclass(frozen=True)
class GrantAccess:
    """Open sections of one case to the asking unit until a day, with what the basis needs to be declared."""

    question_ref: str
    sections: Section
    until: date
    reason: str = field(metadata={"max": 2000})
    overriding_private_interest: bool = False
    payer_clear: bool = False
    proportional: bool = False
    same_purpose: bool = False


@dataclass(frozen=True)
class RefuseAccess:
    """Open nothing; the reason is for the file and never reaches the asker."""

    question_ref: str
    reason: str = field(metadata={"max": 2000})


def ask_access(work: Work, ask: AskAccess) -> AccessRequest:
    """Keep a request; nothing is looked up, so that the answer is the same whoever is meant.

    Refuses all at once: PersonUnnamed, AvsShape, AvsPrefix, AvsCheckDigit, ReasonShort, BasisUnfit,
    SectionsBeyond.
    """
    unit = _asking_unit(work)
    name = folded(ask.last_name or "", ask.first_name or "")
    wish = Wish(
        ask.basis, ask.sections, ask.reason, bool(ask.avs), bool(name), ask.birth_date is not None
    )  # fmt: skip
    faults = wish_faults(wish, work.parameter("access_request_reason_length"))
    number: str | None = None
    if ask.avs:
        try:
            number = avs_number(ask.avs)
        except Refusal as no:
            faults.append(no)
    refuse(faults)
    row = AccessRequest(
        unit_id=unit,
        account_id=work.actor.account_id or 0,
        avs_sealed=seal(work.settings.person_key.get_secret_value(), number) if number else None,
        avs_hash=avs_hash(work, number) if number else None,
        typed_name=" ".join(filter(None, (ask.last_name, ask.first_name))).strip() or None,
        folded=name or None,
        birth_date=ask.birth_date,
        purpose=ask.purpose,
        basis=ask.basis,
        sections=int(ask.sections),
        reason=ask.reason.strip(),
        asked_at=work.now,
        lapses_at=local_midnight(work.today + timedelta(days=work.parameter("access_request_days") + 1)),
    )
    work.session.add(row)
    work.session.flush()
    wrote(
        work, "ask_access", "access_request", row.id, ref=row.ref, unit_id=unit, basis=row.basis,
        payload={"purpose": row.purpose, "sections": row.sections, "reason": row.reason},
    )  # fmt: skip
    return row


def _asking_unit(work: Work) -> int:
    for seat in work.actor.seats:
        if seat.role in _ASKERS and work.actor.account_id is not None:
            return seat.unit_id
    raise NotAllowed


def withdraw_request(work: Work, ref: str) -> AccessRequest:
    """The asker takes a request back while it waits; refuses RequestOver, UnknownThing."""
    row = own_request(work, ref)
    if state_of(work, row) is not RequestState.TRANSMITTED:
        raise RequestOver
    _step(work, row, RequestStep.WITHDRAWN)
    wrote(work, "withdraw_request", "access_request", row.id, ref=row.ref, unit_id=row.unit_id)
    return row


def carry_requests(work: Work) -> int:
    """Put each waiting request to the units that lead open cases of whom it means; returns how many."""
    waiting = _without(work, RequestStep.TRANSMITTED, RequestStep.WITHDRAWN, RequestStep.LAPSED)
    for row in waiting:
        persons = persons_meant(work, avs_hash=row.avs_hash, folded=row.folded, birth=row.birth_date)
        for case in open_cases_meant(work, persons=persons) if persons else ():
            if _closed_to(work, case, row):
                _put(work, row, case)
        _step(work, row, RequestStep.TRANSMITTED)
    return len(waiting)


def _closed_to(work: Work, case: CaseFile, row: AccessRequest) -> bool:
    """Whether the case is not open to the asker already, through their unit and where needed by name."""
    if row.unit_id not in units_reading(work, case.id or 0):
        return True
    named = {one.account_id for one in readers_of(work, case.id or 0)}
    return case.restricted and row.account_id not in named


def _put(work: Work, row: AccessRequest, case: CaseFile) -> None:
    question = AccessQuestion(request_id=row.id or 0, case_id=case.id or 0, person_id=case.person_id)
    work.session.add(question)
    work.session.flush()
    if not case.restricted:
        _tell_lead(work, question, unit_id=case.lead_unit_id)
        return
    named = {one.account_id for one in readers_of(work, case.id or 0)}
    for account in members_of(work, case.lead_unit_id):
        if account.id in named:
            _tell_lead(work, question, account_id=account.id)


def _tell_lead(
    work: Work, question: AccessQuestion, *, unit_id: int | None = None, account_id: int | None = None
) -> None:
    tell(
        work, unit_id=unit_id, account_id=account_id, kind="access-request", subject="access_question",
        subject_ref=question.ref,
    )  # fmt: skip


def let_lapse(work: Work) -> int:
    """Tell the asker of each request whose term is over that it is answered, alike for all; how many."""
    over = [
        row for row in _without(work, RequestStep.WITHDRAWN, RequestStep.LAPSED) if row.lapses_at <= work.now
    ]
    for row in over:
        _step(work, row, RequestStep.LAPSED)
        if state_of(work, row) is RequestState.NO_ACCESS:
            tell(
                work, account_id=row.account_id, kind="access-answered", subject="access_request",
                subject_ref=row.ref,
            )  # fmt: skip
    return len(over)


def grant_access(work: Work, ask: GrantAccess) -> AccessQuestion:
    """Open the case to the asking unit; in a restricted one the asker is named as well.

    Refuses all at once: Answered, RequestOver, SectionsNotAsked, TermUnfit, ReasonShort, and every
    precondition of the basis that fails; UnknownThing for a case that the actor's unit does not lead.
    """
    question, row, case = question_to_me(work, ask.question_ref, hold=True)
    faults = _open_faults(work, question, row, ask.reason)
    if not ask.sections or int(ask.sections) & ~row.sections:
        faults.append(SectionsNotAsked(field="sections"))
    if not work.today < ask.until <= work.today + LONGEST_TERM:
        faults.append(TermUnfit(field="until"))
    inside = row.unit_id in units_reading(work, case.id or 0)
    claims = BasisClaims(
        overriding_private_interest=ask.overriding_private_interest, payer_clear=ask.payer_clear,
        written_reason=row.reason, proportional=ask.proportional, same_purpose=ask.same_purpose,
        purpose=row.purpose,
    )  # fmt: skip
    if not inside:
        facts = basis_facts(
            work, case.person_id, case.lead_unit_id, row.unit_id, int(ask.sections), claims, case_id=case.id
        )
        faults += basis_faults(row.basis, facts)
    refuse(faults)
    if not inside:
        _, opened = disclose(
            work, person_by_id(work, case.person_id), case.id, row.unit_id, int(ask.sections), row.basis,
            from_unit_id=case.lead_unit_id, claims=claims,
        )  # fmt: skip
        last = local_midnight(ask.until + timedelta(days=1))
        opened.valid_until = min(last, opened.valid_until or last)
        work.session.add(opened)
    if case.restricted and all(one.account_id != row.account_id for one in readers_of(work, case.id or 0)):
        name_reader(work, case.id or 0, row.account_id, ask.reason.strip())
    question.granted_sections, question.granted_until = int(ask.sections), ask.until
    _answer(work, question, case, Answer.GRANTED, ask.reason, row)
    tell(
        work, account_id=row.account_id, kind="access-granted", subject="access_request",
        subject_ref=row.ref, until=ask.until,
    )  # fmt: skip
    return question


def refuse_access(work: Work, ask: RefuseAccess) -> AccessQuestion:
    """Say no with the reason; the asker learns nothing of it before the term is over, and no reason then.

    Refuses Answered, RequestOver, ReasonShort, UnknownThing.
    """
    question, row, case = question_to_me(work, ask.question_ref, hold=True)
    refuse(_open_faults(work, question, row, ask.reason))
    _answer(work, question, case, Answer.REFUSED, ask.reason, row)
    return question


def _open_faults(work: Work, question: AccessQuestion, row: AccessRequest, reason: str) -> list[Refusal]:
    faults: list[Refusal] = []
    if question.answer is not None:
        faults.append(Answered())
    if work.now >= row.lapses_at or RequestStep.WITHDRAWN in steps_of(work, [row.id or 0]).get(
        row.id or 0, ()
    ):
        faults.append(RequestOver())
    least = work.parameter("access_request_reason_length")
    if len(reason.strip()) < least:
        faults.append(ReasonShort(field="reason", least=least))
    return faults


def _answer(  # noqa: PLR0917 - the answer and what it is about
    work: Work, question: AccessQuestion, case: CaseFile, answer: Answer, reason: str, row: AccessRequest
) -> None:
    question.answer, question.answer_reason = answer, reason.strip()
    question.answered_at, question.answered_by = work.now, work.actor.account_id
    work.session.add(question)
    work.session.flush()
    wrote(
        work, f"access_{answer}", "access_question", question.id, ref=question.ref, case_id=case.id,
        person_id=case.person_id, unit_id=case.lead_unit_id, basis=row.basis,
        payload={
            "to_unit": row.unit_id, "account": row.account_id, "sections": question.granted_sections,
            "until": question.granted_until, "reason": question.answer_reason,
        },
    )  # fmt: skip


def _without(work: Work, *kinds: RequestStep) -> list[AccessRequest]:
    held = select(AccessRequestStep.id).where(
        col(AccessRequestStep.request_id) == col(AccessRequest.id), col(AccessRequestStep.kind).in_(kinds)
    )
    return list(
        work.session.exec(
            select(AccessRequest)
            .where(~held.correlate(AccessRequest).exists())
            .order_by(col(AccessRequest.id))
        )
    )


def _step(work: Work, row: AccessRequest, kind: RequestStep) -> None:
    work.session.add(
        AccessRequestStep(request_id=row.id or 0, kind=kind, at=work.now, account_id=work.actor.account_id)
    )
    work.session.flush()
