"""Reads of the checks: the findings of an agreement with what settles each."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.queries import AgreementView, agreement_by_ref, agreement_view
from cii.agreements.tables import Agreement
from cii.conformity.reading import facts_of
from cii.conformity.rules import Settled, Settlement, check, settle
from cii.conformity.tables import ChecklistAnswer, ConformityRecord, FindingJustification
from cii.conformity.vocabulary import Severity
from cii.store.work import Work
from cii.texts.speech import Saying


@dataclass(frozen=True)
class FindingRow:
    """A finding as doors tell it: what it is, in words, what would satisfy it, and what settles it."""

    indication: str
    chapter: str
    severity: Severity
    code: str
    about: str
    place: str
    sentence: Saying
    remedy: Saying
    open: bool
    stale: bool
    answer: str | None
    wording: str | None


@dataclass(frozen=True)
class Checked:
    """An agreement with everything that was found in it."""

    agreement: Agreement
    findings: tuple[Settled, ...]

    @property
    def open(self) -> tuple[Settled, ...]:
        """What still stands in the way of a signature."""
        return tuple(one for one in self.findings if one.open)

    def counted(self, severity: Severity) -> int:
        """How many findings of a severity are open."""
        return sum(one.finding.severity is severity for one in self.open)


def checked(work: Work, ref: str) -> Checked:
    """The findings of an agreement that the actor may see; refuses UnknownThing."""
    return checked_view(work, agreement_view(work, ref))


def checked_view(work: Work, view: AgreementView) -> Checked:
    """The findings of an agreement that was read."""
    said = settlements(work, view.agreement.id or 0)
    return Checked(view.agreement, settle(check(facts_of(work, view)), said))


def settlements(work: Work, agreement_id: int) -> dict[tuple[str, str], Settlement]:
    """The newest reason or answer for each finding, by code and thing; no visibility."""
    found: dict[tuple[str, str], Settlement] = {}
    for reason in work.session.scalars(
        select(FindingJustification)
        .where(col(FindingJustification.agreement_id) == agreement_id)
        .order_by(col(FindingJustification.id))
    ):
        found[reason.code, reason.about] = Settlement(reason.digest, reason.wording)
    for answer in work.session.scalars(
        select(ChecklistAnswer)
        .where(col(ChecklistAnswer.agreement_id) == agreement_id)
        .order_by(col(ChecklistAnswer.id))
    ):
        found[answer.code, answer.about] = Settlement(answer.digest, answer.wording, answer.answer)
    return found


def told(one: Settled) -> FindingRow:
    """A finding as doors tell it, in any language."""
    finding, by = one.finding, one.by
    return FindingRow(
        indication=finding.indication,
        chapter=finding.chapter.value,
        severity=finding.severity,
        code=finding.code,
        about=finding.about,
        place=finding.place.value,
        sentence=Saying(f"finding.{finding.code}", **finding.facts),
        remedy=Saying(f"finding.{finding.code}.remedy", **finding.facts),
        open=one.open,
        stale=one.stale,
        answer=by.answer.value if by and by.answer else None,
        wording=by.wording if by else None,
    )


def records_of(work: Work, ref: str) -> Sequence[ConformityRecord]:
    """What was found when an agreement was signed, if it is visible; refuses UnknownThing."""
    agreement = agreement_by_ref(work, ref)
    return work.session.scalars(
        select(ConformityRecord)
        .where(col(ConformityRecord.agreement_id) == agreement.id)
        .order_by(col(ConformityRecord.id))
    ).all()
