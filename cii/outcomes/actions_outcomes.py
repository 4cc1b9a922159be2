"""The life of an outcome: claimed, verified by somebody else with evidence, accepted, paid, or reversed.

The ledger moves when it is verified (committed → accrued), accepted (accrued → invoiced) and paid
(invoiced → paid); a reversal takes back each of these steps, and the scheme has its money again.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.budgets.actions import Leg, Source, book, in_open_years
from cii.budgets.queries_late import years_of_line
from cii.budgets.vocabulary import EntryKind, YearState
from cii.institutions.queries import lines_by_id
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, UnknownThing, refuse
from cii.kernel.moves import move
from cii.outcomes.queries import (
    asked_reversal,
    before_by,
    category_at,
    events_of_role,
    formula,
    outcome_by_ref,
    scheme_by_ref,
    stays,
    steps_of,
    version_at,
    years_of,
)
from cii.outcomes.rules import (
    MOVES,
    OVER,
    RULE_VERSION,
    CategoryChanged,
    Claim,
    NoReversalAsked,
    OutcomeFourEyes,
    ReversalAsked,
    claim_faults,
    held_from,
    worth,
)
from cii.outcomes.tables import Outcome, OutcomeScheme, OutcomeStepRow, PlacementCategory, SchemeVersion
from cii.outcomes.vocabulary import OutcomeEvent, OutcomeState, OutcomeStep
from cii.placements.queries import visible_ids
from cii.placements.vocabulary import PlacementState
from cii.store.work import Work

_TAKEN_BACK: dict[OutcomeState, tuple[EntryKind, ...]] = {
    OutcomeState.VERIFIED: (EntryKind.ACCRUAL_CORRECTION,),
    OutcomeState.PAYABLE: (EntryKind.CREDIT_NOTE, EntryKind.ACCRUAL_CORRECTION),
    OutcomeState.PAID: (EntryKind.RECLAIM, EntryKind.CREDIT_NOTE, EntryKind.ACCRUAL_CORRECTION),
}
_BEGUN = frozenset({PlacementState.STARTED, PlacementState.ENDED})
_STEP: dict[OutcomeEvent, OutcomeStep] = {
    OutcomeEvent.VERIFY: OutcomeStep.VERIFIED,
    OutcomeEvent.DECLINE: OutcomeStep.DECLINED,
    OutcomeEvent.ACCEPT: OutcomeStep.ACCEPTED,
    OutcomeEvent.PAY: OutcomeStep.PAID,
    OutcomeEvent.ASK_REVERSAL: OutcomeStep.REVERSAL_ASKED,
    OutcomeEvent.REVERSE: OutcomeStep.REVERSED,
}


@dataclass(frozen=True)
class ClaimOutcome:
    """Wish that a KPI of a placement be paid: its value, and since when it holds."""

    scheme_ref: str
    placement_ref: str
    kpi: str = field(metadata={"max": 120})
    value: int = field(metadata={"min": 1, "max": 10_000})
    held_since: date
    note: str = field(default="", metadata={"max": 1000})


def claim_outcome(work: Work, ask: ClaimOutcome) -> Outcome:
    """Claim an outcome, priced by the version in force when it began; by provider or referral service.

    Refuses, all at once: OutcomeBeforeStart, CategoryMissing, SchemeNotInForce, KpiNotPaid, TierNotReached,
    OutcomeNotHeld, OutcomeClaimedTwice, SchemeBudgetExceeded, BudgetYearMissing, BudgetYearClosed;
    UnknownThing.
    """
    scheme = scheme_by_ref(work, ask.scheme_ref)
    work.session.refresh(scheme, with_for_update=True)
    place = _place(work, scheme, ask.placement_ref)
    known = _known(work, scheme, place, kpi=ask.kpi, value=ask.value, held_since=ask.held_since)
    refuse(claim_faults(known.claim))
    line = worth(known.claim)
    if line is None or known.version is None or known.category is None:
        raise UnknownThing(field="kpi")
    made = Outcome(
        scheme_id=scheme.id or 0,
        version_id=known.version.id or 0,
        placement_id=place.placement_id,
        category_id=known.category.id or 0,
        kpi=ask.kpi,
        value=ask.value,
        held_since=ask.held_since,
        due_on=held_from(ask.held_since, line),
        amount=line.amount,
        explanation={
            "category": line.category, "measured": line.measured.value, "threshold": line.threshold,
            "hold_months": line.hold_months, "version": known.version.number, "rule": RULE_VERSION,
        },
        made_at=work.now,
        state=OutcomeState.CLAIMED,
    )  # fmt: skip
    work.session.add(made)
    work.session.flush()
    _step(work, made, OutcomeStep.CLAIMED, ask.note, None)
    return made


@dataclass(frozen=True)
class VerifyOutcome:
    """Wish to verify a claim, with the evidence seen."""

    outcome_ref: str
    evidence: str = field(metadata={"max": 1000})


def verify_outcome(work: Work, ask: VerifyOutcome) -> Outcome:
    """Vouch for what somebody else claimed; the amount is earned from now on.

    Refuses: OutcomeFourEyes, CategoryChanged, and what refuses a claim, all at once; NotAllowed,
    UnknownThing.
    """
    outcome, scheme, before = _begun(work, ask.outcome_ref, OutcomeEvent.VERIFY)
    place = _place_of(work, outcome, scheme)
    known = _known(
        work, scheme, place, kpi=outcome.kpi, value=outcome.value, held_since=outcome.held_since,
        own=outcome.id or 0,
    )  # fmt: skip
    faults = claim_faults(known.claim)
    if known.category is not None and known.category.code != outcome.explanation["category"]:
        faults.append(CategoryChanged(category=known.category.code))
    refuse(faults)
    book(work, EntryKind.ACCRUAL, _legs(work, scheme, outcome), _source(outcome, "verify"))
    return _moved(work, outcome, OutcomeEvent.VERIFY, ask.evidence, before)


@dataclass(frozen=True)
class DeclineOutcome:
    """Wish to decline a claim, with the reason."""

    outcome_ref: str
    reason: str = field(metadata={"max": 1000})


def decline_outcome(work: Work, ask: DeclineOutcome) -> Outcome:
    """Decline a claim; it may be claimed again. Refuses: NotAllowed, UnknownThing."""
    outcome, _, before = _begun(work, ask.outcome_ref, OutcomeEvent.DECLINE)
    return _moved(work, outcome, OutcomeEvent.DECLINE, ask.reason, before)


def accept_outcome(work: Work, ref: str) -> Outcome:
    """The paying sector accepts that it owes a verified outcome. Refuses: NotAllowed, UnknownThing."""
    outcome, scheme, before = _begun(work, ref, OutcomeEvent.ACCEPT)
    book(work, EntryKind.INVOICE, _legs(work, scheme, outcome), _source(outcome, "accept"))
    return _moved(work, outcome, OutcomeEvent.ACCEPT, "", before)


def pay_outcome(work: Work, ref: str) -> Outcome:
    """Release the payment that somebody else accepted. Refuses: OutcomeFourEyes, NotAllowed, UnknownThing."""
    outcome, scheme, before = _begun(work, ref, OutcomeEvent.PAY)
    book(work, EntryKind.PAYMENT, _legs(work, scheme, outcome), _source(outcome, "pay"))
    return _moved(work, outcome, OutcomeEvent.PAY, "", before)


@dataclass(frozen=True)
class AskOutcomeReversal:
    """Wish that an outcome be taken back, with the reason; another person decides."""

    outcome_ref: str
    reason: str = field(metadata={"max": 1000})


def ask_outcome_reversal(work: Work, ask: AskOutcomeReversal) -> Outcome:
    """Ask that an outcome be taken back. Refuses: ReversalAsked, NotAllowed, UnknownThing."""
    outcome, _, before = _begun(work, ask.outcome_ref, OutcomeEvent.ASK_REVERSAL)
    return _moved(work, outcome, OutcomeEvent.ASK_REVERSAL, ask.reason, before)


def reverse_outcome(work: Work, ref: str) -> Outcome:
    """Take back what somebody else asked to: the ledger goes back step by step, a paid sum is reclaimed.

    Refuses: OutcomeFourEyes, NoReversalAsked, BudgetYearClosed, NotAllowed, UnknownThing.
    """
    outcome, scheme, before = _begun(work, ref, OutcomeEvent.REVERSE)
    for kind in _TAKEN_BACK[outcome.state]:
        book(work, kind, _legs(work, scheme, outcome), _source(outcome, kind.value))
    return _moved(work, outcome, OutcomeEvent.REVERSE, "", before)


@dataclass(frozen=True, slots=True)
class _Known:
    claim: Claim
    version: SchemeVersion | None
    category: PlacementCategory | None


def _known(
    work: Work,
    scheme: OutcomeScheme,
    place: Row[Any],
    *,
    kpi: str,
    value: int,
    held_since: date,
    own: int = 0,
) -> _Known:
    """What the house knows of a claim; `own` is the outcome itself once it was claimed."""
    version = version_at(work, scheme.id or 0, held_since)
    category = category_at(work, place.placement_id, held_since)
    same = select(Outcome.id).where(  # type: ignore[call-overload]
        col(Outcome.placement_id) == place.placement_id,
        col(Outcome.scheme_id) == scheme.id,
        col(Outcome.kpi) == kpi,
        col(Outcome.state).not_in(OVER),
        col(Outcome.id) != own,
    )
    lines = formula(version) if version is not None else None
    claim = Claim(
        kpi=kpi,
        value=value,
        held_since=held_since,
        today=work.today,
        started_on=place.starts_on if place.state in _BEGUN else None,
        category=category.code if category is not None else None,
        lines=lines,
        twice=work.session.execute(same).first() is not None,
        budgets={one.year: one.left for one in years_of(work, scheme.id or 0)},
        years={year: state is YearState.OPEN for year, state in years_of_line(work, scheme.line_id).items()},
        line=lines_by_id(work, [scheme.line_id])[scheme.line_id].code,
    )
    return _Known(claim, version, category)


def _place(work: Work, scheme: OutcomeScheme, ref: str) -> Row[Any]:
    """A placement under the scheme that the actor may claim for; refuses UnknownThing."""
    query = select(stays).where(
        stays.c.placement_ref == ref,
        stays.c.agreement_id == scheme.agreement_id,
        stays.c.line_id == scheme.line_id,
    )
    if not work.actor.has_role(Role.PROVIDER):
        query = query.where(stays.c.placement_id.in_(visible_ids(work)))
    found = work.session.execute(query).first()
    if found is None:
        raise UnknownThing(field="placement_ref")
    return found


def _place_of(work: Work, outcome: Outcome, scheme: OutcomeScheme) -> Row[Any]:
    return work.session.execute(
        select(stays).where(stays.c.placement_id == outcome.placement_id, stays.c.line_id == scheme.line_id)
    ).one()


def _begun(work: Work, ref: str, event: OutcomeEvent) -> tuple[Outcome, OutcomeScheme, int | None]:
    """The outcome and its scheme, locked, when the act is open to this actor; who did the step before.

    Refuses: UnknownThing, IllegalMove, NotAllowed, OutcomeFourEyes, NoReversalAsked, ReversalAsked.
    """
    outcome = outcome_by_ref(work, ref)
    scheme = work.session.get_one(OutcomeScheme, outcome.scheme_id)
    work.session.refresh(scheme, with_for_update=True)
    work.session.refresh(outcome, with_for_update=True)
    move(MOVES, outcome.state, event)
    if event not in events_of_role(work, outcome) or work.actor.account_id is None:
        raise NotAllowed
    steps = steps_of(work, outcome.id or 0)
    asked = asked_reversal(steps)
    if event is OutcomeEvent.REVERSE and not asked:
        raise NoReversalAsked
    if event is OutcomeEvent.ASK_REVERSAL and asked:
        raise ReversalAsked
    before = before_by(steps, event)
    if before == work.actor.account_id:
        raise OutcomeFourEyes
    return outcome, scheme, before


def _moved(work: Work, outcome: Outcome, event: OutcomeEvent, reason: str, before: int | None) -> Outcome:
    outcome.state = move(MOVES, outcome.state, event)
    outcome.version += 1
    work.session.flush()
    _step(work, outcome, _STEP[event], reason, before)
    return outcome


def _step(work: Work, outcome: Outcome, kind: OutcomeStep, reason: str, before: int | None) -> None:
    if work.actor.account_id is None:
        raise NotAllowed
    work.session.add(
        OutcomeStepRow(
            outcome_id=outcome.id or 0,
            kind=kind,
            at=work.now,
            account_id=work.actor.account_id,
            unit_id=next(iter(work.actor.units), None),
            before_by=before,
            reason=reason,
        )
    )
    work.session.flush()
    person = work.session.scalar(
        select(stays.c.person_id).where(stays.c.placement_id == outcome.placement_id).limit(1)
    )
    wrote(
        work, f"outcome_{kind.value}", "outcome", outcome.id, ref=outcome.ref, person_id=person,
        payload={"amount": outcome.amount, "kpi": outcome.kpi, "reason": reason},
    )  # fmt: skip


def _legs(work: Work, scheme: OutcomeScheme, outcome: Outcome) -> list[Leg]:
    """The outcome's sum; what is learned of a closed year goes into the open one."""
    leg = Leg(scheme.line_id, scheme.agreement_id, outcome.amount, outcome.due_on)
    return in_open_years(work, [leg])


def _source(outcome: Outcome, act: str) -> Source:
    return Source("outcome", outcome.id or 0, f"outcome:{outcome.ref}:{act}")
