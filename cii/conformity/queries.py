"""Reads of the checks: the findings of an agreement with what settles each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.queries import AgreementView, agreement_by_ref, agreement_view, reads_laid_only
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import Profile
from cii.conformity.reading import call_seen, facts_of, limits
from cii.conformity.rules import Finding, Settled, Settlement, check, check_call, settle
from cii.conformity.tables import ChecklistAnswer, ConformityRecord, FindingJustification
from cii.conformity.vocabulary import Severity
from cii.kernel.digest import plain
from cii.store.work import Work
from cii.texts.languages import LANGUAGES
from cii.texts.speech import Saying


@dataclass(frozen=True)
class FindingRow:
    """A finding as programs read it: what it is, its facts, its words by language, and what settles it.

    `about`: the thing (`kind:name`, empty for the whole); `remedy`: what would satisfy it; `open`: it stands
    in the way of a signature; `stale`: what was said about it is for an older text.
    """

    indication: str
    chapter: str
    severity: Severity
    code: str
    about: str
    place: str
    facts: dict[str, Any]
    sentence: dict[str, str]
    remedy: dict[str, str]
    open: bool
    stale: bool
    answer: str | None
    wording: str | None


@dataclass(frozen=True)
class CheckShown:
    """The check of an agreement: how many findings of each severity are open, and every finding."""

    ref: str
    number: str
    profile: Profile
    ready: bool
    errors: int
    warnings: int
    checks: int
    findings: tuple[FindingRow, ...]


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
    """The findings of an agreement that the actor may see; refuses UnknownThing.

    Of a text that is not settled its provider learns none: they are about the payer's work.
    """
    view = agreement_view(work, ref)
    if reads_laid_only(work, view.agreement):
        return Checked(view.agreement, ())
    return checked_view(work, view)


def checked_view(work: Work, view: AgreementView) -> Checked:
    """The findings of an agreement that was read."""
    said = settlements(work, view.agreement.id or 0)
    return Checked(view.agreement, settle(check(facts_of(work, view)), said))


def call_findings(work: Work, ref: str) -> tuple[FindingRow, ...]:
    """The findings of a call before any agreement, when the actor may see it; refuses UnknownThing.

    What its specification lacks, by which hidden criteria offers were scored, what nobody can read (i.40,
    i.42, i.43).
    """
    seen, profile = call_seen(work, ref)
    binding = limits(work, profile, work.today).binding
    return tuple(told(Settled(one)) for one in check_call(seen, profile, binding=binding))


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


def shown(found: Checked) -> CheckShown:
    """The check as programs read it."""
    held = found.agreement
    return CheckShown(
        held.ref,
        held.number,
        held.profile,
        not found.open,
        found.counted(Severity.ERROR),
        found.counted(Severity.WARNING),
        found.counted(Severity.CHECK),
        tuple(told(one) for one in found.findings),
    )


def told(one: Settled) -> FindingRow:
    """A finding as programs read it."""
    finding, by = one.finding, one.by
    return FindingRow(
        indication=finding.indication,
        chapter=finding.chapter.value,
        severity=finding.severity,
        code=finding.code,
        about=finding.about,
        place=finding.place.value,
        facts={name: plain(value) for name, value in finding.facts.items()},
        sentence={lang: sentence(finding).said(lang) for lang in LANGUAGES},
        remedy={lang: remedy(finding).said(lang) for lang in LANGUAGES},
        open=one.open,
        stale=one.stale,
        answer=by.answer.value if by and by.answer else None,
        wording=by.wording if by else None,
    )


def sentence(finding: Finding) -> Saying:
    """What was found, in any language."""
    return Saying(f"finding.{finding.code}", **finding.facts)


def remedy(finding: Finding) -> Saying:
    """What would satisfy it, in any language."""
    return Saying(f"finding.{finding.code}.remedy", **finding.facts)


def records_of(work: Work, ref: str) -> Sequence[ConformityRecord]:
    """What was found when an agreement was signed, if it is visible; refuses UnknownThing."""
    agreement = agreement_by_ref(work, ref)
    return work.session.scalars(
        select(ConformityRecord)
        .where(col(ConformityRecord.agreement_id) == agreement.id)
        .order_by(col(ConformityRecord.id))
    ).all()
