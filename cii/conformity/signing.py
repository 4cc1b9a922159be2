"""The signature and the entry into force of an agreement, with everything that stands in their way.

The record of what was found is kept with the signature. Source: product.md §3; CG AI ch. 7; 000 i.44.
"""

from dataclasses import dataclass, field

from cii.agreements.actions import (
    AddDeliverable,
    add_deliverable,
    put_in_force,
    sign,
    signature_hindrances,
)
from cii.agreements.actions_common import writable
from cii.agreements.queries import agreement_view
from cii.agreements.rules import MOVES
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementEvent, Frequency, Profile
from cii.calls.letters import appeal_until
from cii.conformity.queries import Checked, checked_view, remedy, sentence
from cii.conformity.rules import CheckUnanswered, FindingStands, Settled, WarningUnjustified
from cii.conformity.rules_reports import AT_SIGNATURE
from cii.conformity.tables import ConformityRecord
from cii.conformity.vocabulary import Severity
from cii.conventions.dates import tell_missed
from cii.conventions.rules import entry_faults
from cii.conventions.signing import keep_signed, signatures_of
from cii.conventions.steering import approved
from cii.conventions.vocabulary import Side
from cii.kernel.digest import digest, plain
from cii.kernel.errors import Refusal, refuse
from cii.kernel.moves import move
from cii.kernel.period import months_later
from cii.store.work import Work

_YEARS = 3
"""For how many years what the AI asks each year is dated at first: as long as a price holds (CG 5.3.2)."""
_DUE_AFTER = 6
"""Months after the end of a year by which its reports and accounts are handed in."""


class SteeringNotApproved(Refusal):
    """A change of contract waits for the steering group, or the text has changed since (mandate, task 3)."""

    code, kind = "steering-not-approved", "conflict"


class AppealRunning(Refusal):
    """An award is not made an agreement while those who were refused may appeal (AIMP art. 42)."""

    code, kind = "appeal-running", "conflict"


class ProviderUnsigned(Refusal):
    """An agreement enters into force when the provider has signed it too."""

    code, kind = "provider-unsigned", "conflict"


def sign_agreement(work: Work, ref: str) -> Agreement:
    """Sign an agreement that keeps what is asked; AI agreements get the dates of CG 7.

    Refuses all at once: FindingStands, WarningUnjustified, CheckUnanswered, SteeringNotApproved,
    AppealRunning and what `agreements.sign` refuses (four eyes, indicators, tariffs); IllegalMove,
    NotAllowed, UnknownThing.
    """
    agreement = writable(work, ref)
    move(MOVES, agreement.state, AgreementEvent.SIGN)
    found = checked_view(work, agreement_view(work, ref))
    refuse([*signature_hindrances(work, agreement), *hindrances(work, found)])
    if agreement.profile is Profile.AI:
        _date_reports(work, ref)
    _keep_record(work, found)
    sign(work, ref)
    keep_signed(work, agreement)
    return agreement


def hindrances(work: Work, found: Checked) -> list[Refusal]:
    """Every finding that is open, an appeal that may come, the steering group's approval of a change."""
    reasons = [_reason(one) for one in found.open]
    if found.agreement.contract_change and not approved(work, found.agreement):
        reasons.append(SteeringNotApproved())
    until = appeal_until(work, found.agreement.id or 0)
    if until is not None and work.today <= until:
        reasons.append(AppealRunning(until=until))
    return reasons


@dataclass(frozen=True)
class Enforce:
    """Put a signed agreement in force; `right` names what allows a first day that is past."""

    agreement_ref: str
    right: str = field(default="", metadata={"max": 500})


def enforce(work: Work, ask: Enforce) -> Agreement:
    """Put a signed agreement in force once the provider has signed it; the right named is kept with it.

    A right that was named when it was drafted holds; dates whose warning is past are told at once. Refuses
    all at once: ProviderUnsigned, EntryBackDated; what `agreements.put_in_force` refuses.
    """
    agreement = writable(work, ask.agreement_ref)
    move(MOVES, agreement.state, AgreementEvent.PUT_IN_FORCE)
    both = any(one.side is Side.PROVIDER for one in signatures_of(work, ask.agreement_ref))
    right = agreement.back_dated or ask.right.strip()
    refuse(
        [
            *([] if both else [ProviderUnsigned(number=agreement.number)]),
            *entry_faults(agreement.valid_from, work.today, right),
        ]
    )
    if agreement.valid_from < work.today:
        agreement.back_dated = right
    made = put_in_force(work, ask.agreement_ref)
    tell_missed(work, made.id or 0)
    return made


def _reason(one: Settled) -> Refusal:
    held = one.finding
    facts = {
        "indication": held.indication, "finding": held.code, "about": held.about, "what": sentence(held),
    }  # fmt: skip
    match held.severity:
        case Severity.ERROR:
            return FindingStands(**facts, remedy=remedy(held))
        case Severity.WARNING:
            return WarningUnjustified(**facts)
        case Severity.CHECK:
            return CheckUnanswered(**facts)


def _date_reports(work: Work, ref: str) -> None:
    """Date what the general conditions ask each year, where no date stands yet."""
    view = agreement_view(work, ref)
    dated = {one.kind for one in view.deliverables}
    head = view.agreement
    for kind in (one for one in AT_SIGNATURE if one not in dated):
        for year in range(_YEARS):
            closing = head.valid_from.replace(year=head.valid_from.year + year, month=12, day=31)
            due = months_later(closing, _DUE_AFTER)
            add_deliverable(work, AddDeliverable(ref, kind, Frequency.YEARLY, due))


def _keep_record(work: Work, found: Checked) -> None:
    rows = [
        {
            "indication": one.finding.indication, "severity": one.finding.severity.value,
            "code": one.finding.code, "about": one.finding.about, "facts": plain(dict(one.finding.facts)),
            "answer": one.by.answer.value if one.by and one.by.answer else None,
            "wording": one.by.wording if one.by else None,
        }
        for one in found.findings
    ]  # fmt: skip
    work.session.add(
        ConformityRecord(
            agreement_id=found.agreement.id or 0,
            findings=rows,
            digest=digest(rows),
            recorded_at=work.now,
            account_id=work.actor.account_id,
        )
    )
    work.session.flush()


__all__ = [
    "ProviderUnsigned", "SteeringNotApproved", "enforce", "hindrances", "sign_agreement",
]  # fmt: skip
