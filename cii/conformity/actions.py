"""Acts on findings: bear a warning for a reason, answer an item of the checklist."""

from dataclasses import dataclass, field

from cii.agreements.actions_common import changed, open_for_change
from cii.agreements.tables import Agreement
from cii.conformity.queries import checked
from cii.conformity.rules import Finding, answer_faults, justification_faults
from cii.conformity.tables import ChecklistAnswer, FindingJustification
from cii.conformity.vocabulary import Answer
from cii.kernel.errors import refuse
from cii.store.work import Work


@dataclass(frozen=True)
class JustifyFinding:
    """Wish to bear a warning; `code`, `about` name the finding as the check tells it."""

    agreement_ref: str
    code: str = field(metadata={"max": 60})
    wording: str = field(metadata={"max": 2000})
    about: str = field(default="", metadata={"max": 200})


def justify(work: Work, ask: JustifyFinding) -> Agreement:
    """Say why a warning is borne, as long as the finding stays the same.

    Refuses: NotOpenForChange, NotAllowed, UnknownThing; all at once FindingGone, ReasonTooShort.
    """
    agreement = open_for_change(work, ask.agreement_ref)
    finding = _found(work, ask.agreement_ref, ask.code, ask.about)
    refuse(justification_faults(finding, ask.wording))
    work.session.add(
        FindingJustification(
            agreement_id=agreement.id or 0,
            code=ask.code,
            about=ask.about,
            digest=finding.digest if finding else "",
            wording=ask.wording.strip(),
            recorded_at=work.now,
            account_id=work.actor.account_id,
        )
    )
    changed(work, agreement, "finding_justified", {"code": ask.code})
    return agreement


@dataclass(frozen=True)
class AnswerItem:
    """Wish to answer an item of the checklist; any answer but yes says why."""

    agreement_ref: str
    code: str = field(metadata={"max": 60})
    answer: Answer
    wording: str = field(default="", metadata={"max": 2000})
    about: str = field(default="", metadata={"max": 200})


def answer_item(work: Work, ask: AnswerItem) -> Agreement:
    """Answer an item for the text as it stands.

    Refuses: NotOpenForChange, NotAllowed, UnknownThing; FindingGone, AnswerContradictsText, ReasonTooShort.
    """
    agreement = open_for_change(work, ask.agreement_ref)
    finding = _found(work, ask.agreement_ref, ask.code, ask.about)
    refuse(answer_faults(finding, ask.answer, ask.wording))
    work.session.add(
        ChecklistAnswer(
            agreement_id=agreement.id or 0,
            code=ask.code,
            about=ask.about,
            digest=finding.digest if finding else "",
            answer=ask.answer,
            wording=ask.wording.strip(),
            recorded_at=work.now,
            account_id=work.actor.account_id,
        )
    )
    changed(work, agreement, "checklist_answered", {"code": ask.code, "answer": ask.answer})
    return agreement


def _found(work: Work, ref: str, code: str, about: str) -> Finding | None:
    every = (one.finding for one in checked(work, ref).findings)
    return next((one for one in every if one.key == (code, about)), None)
