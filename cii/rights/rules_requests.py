"""What a person's request needs, when it is due and how it may be closed: pure decisions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cii.kernel.errors import Refusal
from cii.rights.vocabulary_requests import (
    CLOSING,
    MedicalWay,
    PersonRequestState,
    PersonRequestStep,
    RequestKind,
)

SHORTEST_REASON = 10
"""A reason of fewer signs says nothing: of a hold, a merge, an answer to a request alike."""


class PhysicianUnnamed(Refusal):
    """Medical data that goes through a physician names them (LPGA 47 al. 2)."""

    code = "person-request-physician-unnamed"


class PhysicianNeedless(Refusal):
    """A physician is named only where medical data goes through one."""

    code = "person-request-physician-needless"


class MedicalNeedless(Refusal):
    """Medical data is told only to who asks to know what is kept."""

    code = "person-request-medical-needless"


class MatterMissing(Refusal):
    """Who asks for data to be put right says which."""

    code = "person-request-matter-missing"


class AskedLater(Refusal):
    """Nobody has asked on a day that is yet to come."""

    code = "person-request-asked-later"


class NobodyKept(Refusal):
    """Nothing is kept of a person with this number or reference."""

    code = "person-request-nobody"


class AnswerShort(Refusal):
    """What was answered, or why, is said in at least `least` characters."""

    code = "person-request-reason"


class RequestClosed(Refusal):
    """The request was answered or refused before."""

    code, kind = "person-request-closed", "conflict"


class TermNotLater(Refusal):
    """An extension sets a day after the one that runs."""

    code = "person-request-term-not-later"


class ExtendedTooLate(Refusal):
    """An extension is told before the term is over (OPDo 18 al. 2)."""

    code, kind = "person-request-extended-too-late", "conflict"


class FileNotAsked(Refusal):
    """The file goes to who asked to know, and was not refused."""

    code, kind = "person-request-file-not-asked", "conflict"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, as plain values."""

    kind: RequestKind
    medical: MedicalWay
    physician: str
    matter: str
    asked_on: date


def asked_faults(asked: Asked, today: date) -> list[Refusal]:
    """Every reason why this cannot be recorded."""
    faults: list[Refusal] = []
    through = asked.medical is MedicalWay.PHYSICIAN
    if through and not asked.physician:
        faults.append(PhysicianUnnamed(field="physician"))
    if asked.physician and not through:
        faults.append(PhysicianNeedless(field="physician"))
    if asked.kind is not RequestKind.ACCESS and asked.medical is not MedicalWay.NONE:
        faults.append(MedicalNeedless(field="medical"))
    if asked.kind is RequestKind.RECTIFICATION and not asked.matter:
        faults.append(MatterMissing(field="matter"))
    if asked.asked_on > today:
        faults.append(AskedLater(field="asked_on"))
    return faults


def state(
    steps: Iterable[PersonRequestStep], due_on: date, today: date, warning_days: int
) -> PersonRequestState:
    """Where a request stands on a day; the day it is due is still in time."""
    closed = next((one for one in steps if one in CLOSING), None)
    if closed is not None:
        return PersonRequestState(closed.value)
    if today > due_on:
        return PersonRequestState.LATE
    soon = today >= due_on - timedelta(days=warning_days)
    return PersonRequestState.DUE_SOON if soon else PersonRequestState.OPEN


def extension_faults(due_on: date, wished: date, today: date) -> list[Refusal]:
    """Why the term cannot be set to that day."""
    faults: list[Refusal] = []
    if wished <= due_on:
        faults.append(TermNotLater(field="due_on", due_on=due_on))
    if today > due_on:
        faults.append(ExtendedTooLate(due_on=due_on))
    return faults


def reason_faults(reason: str) -> list[Refusal]:
    """Why these words do not say enough."""
    short = len(reason.strip()) < SHORTEST_REASON
    return [AnswerShort(field="reason", least=SHORTEST_REASON)] if short else []
