"""What a check finds: each finding with its indication, severity, object and facts; what settles it.

Machine-readable: sentence `finding.<code>`, what would satisfy it `finding.<code>.remedy` (fr, de, en).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import orjson

from cii.agreements.vocabulary import Instrument, Profile
from cii.conformity import (
    rules_ac,
    rules_ai,
    rules_aims,
    rules_as,
    rules_award,
    rules_be,
    rules_delivery,
    rules_evaluation,
    rules_form,
    rules_fr,
    rules_money,
    rules_reports,
    rules_term,
)
from cii.conformity.facts import CallSeen, Facts
from cii.conformity.found import Finds, Found
from cii.conformity.severities import ORDER, TABLE, chapter_of, severity_of
from cii.conformity.vocabulary import Answer, Chapter, Place, Severity
from cii.kernel.digest import plain
from cii.kernel.errors import Refusal

LEAST = 20
"""Signs that a reason has at least."""

RULES: tuple[Callable[[Facts], Finds], ...] = (
    *rules_form.RULES, *rules_aims.RULES, *rules_money.RULES, *rules_delivery.RULES, *rules_evaluation.RULES,
    *rules_reports.RULES, *rules_term.RULES, *rules_award.RULES, *rules_ac.RULES, *rules_ai.RULES,
    *rules_as.RULES, *rules_fr.RULES, *rules_be.RULES,
)  # fmt: skip


class FindingStands(Refusal):
    """An indication that blocks a signature is not met; `what` is the finding's sentence."""

    code, kind = "finding-stands", "unfit"


class WarningUnjustified(Refusal):
    """A warning has no written justification for the text as it stands."""

    code, kind = "warning-unjustified", "unfit"


class CheckUnanswered(Refusal):
    """An item of the checklist has no answer for the text as it stands."""

    code, kind = "check-unanswered", "unfit"


class FindingGone(Refusal):
    """There is no such finding, or not of this kind: nothing to justify or to answer."""

    code, kind = "finding-gone", "conflict"


class ReasonTooShort(Refusal):
    """A justification, or an answer other than yes, says why in at least twenty signs."""

    code, kind = "finding-reason-too-short", "unfit"


class AnswerContradictsText(Refusal):
    """Yes, while the text says nothing of it."""

    code, kind = "answer-contradicts-text", "unfit"


@dataclass(frozen=True)
class Finding:
    """What a check found: `about` is the thing (`kind:name`, empty for the whole)."""

    indication: str
    severity: Severity
    code: str
    about: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What a reason or an answer holds for: the finding with its facts; SHA-256."""
        told = {"code": self.code, "about": self.about, "facts": plain(dict(self.facts))}
        return sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()

    @property
    def key(self) -> tuple[str, str]:
        """By what a reason or an answer names it."""
        return self.code, self.about

    @property
    def chapter(self) -> Chapter:
        """The chapter of the guide or the profile."""
        return chapter_of(self.indication)

    @property
    def place(self) -> Place:
        """Where it is mended."""
        return TABLE[self.code].place


@dataclass(frozen=True)
class Settlement:
    """A reason or an answer as it was given; `digest` is that of the finding at the time."""

    digest: str
    wording: str
    answer: Answer | None = None


@dataclass(frozen=True)
class Settled:
    """A finding with what settles it; None while it is open. `stale`: what was said is for an older text."""

    finding: Finding
    by: Settlement | None = None
    stale: bool = False

    @property
    def open(self) -> bool:
        """Whether something is still to be done: an error always, the others until they are settled."""
        return self.finding.severity is Severity.ERROR or self.by is None


def check(facts: Facts) -> tuple[Finding, ...]:
    """Every finding of an agreement, in the order of the table."""
    head = facts.now.header
    found = (one for rule in RULES for one in rule(facts))
    return _graded(found, head.profile, head.instrument, binding=facts.limits.binding)


def check_call(call: CallSeen, profile: Profile, *, binding: bool = False) -> tuple[Finding, ...]:
    """Every finding of a call before any agreement: its specification and the criteria of scoring."""
    found = (
        *rules_award.specification(call), *rules_award.unpublished(call), *rules_award.unread(call),
    )  # fmt: skip
    return _graded(found, profile, Instrument.AGREEMENT, binding=binding)


def _graded(
    found: Iterable[Found], profile: Profile, instrument: Instrument, *, binding: bool
) -> tuple[Finding, ...]:
    graded = []
    for one in found:
        severity = severity_of(one.code, profile, instrument, binding=binding)
        if severity is not None:
            indication = TABLE[one.code].indication
            graded.append(Finding(indication, severity, one.code, one.about, one.facts))
    return tuple(sorted(graded, key=lambda one: ORDER[one.code]))


def settle(findings: Iterable[Finding], said: Mapping[tuple[str, str], Settlement]) -> tuple[Settled, ...]:
    """Each finding with what was said about it, as far as it was said about the text as it stands."""
    done = []
    for one in findings:
        held = None if one.severity is Severity.ERROR else said.get(one.key)
        # A warning takes reasons, an item of the checklist takes answers.
        if held is not None and (held.answer is None) == (one.severity is Severity.CHECK):
            held = None
        fresh = held is not None and held.digest == one.digest
        done.append(Settled(one, held if fresh else None, stale=held is not None and not fresh))
    return tuple(done)


def justification_faults(finding: Finding | None, wording: str) -> list[Refusal]:
    """Why a reason is not taken for this finding."""
    found: list[Refusal] = []
    if finding is None or finding.severity is not Severity.WARNING:
        found.append(FindingGone(field="code"))
    if len(wording.strip()) < LEAST:
        found.append(ReasonTooShort(field="wording", least=LEAST))
    return found


def answer_faults(finding: Finding | None, answer: Answer, wording: str) -> list[Refusal]:
    """Why an answer is not taken for this item of the checklist."""
    if finding is None or finding.severity is not Severity.CHECK:
        return [FindingGone(field="code")]
    if answer is Answer.YES:
        listed = finding.facts.get("listed", 1)
        return [] if listed else [AnswerContradictsText(field="answer")]
    return [ReasonTooShort(field="wording", least=LEAST)] if len(wording.strip()) < LEAST else []
