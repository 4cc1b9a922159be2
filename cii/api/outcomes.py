"""Outcomes: claimed, verified by another person with evidence, accepted, paid, or taken back."""

from dataclasses import dataclass, field
from datetime import date, datetime

from flask import g

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.kernel.money import Chf
from cii.outcomes.actions_outcomes import (
    AskOutcomeReversal,
    ClaimOutcome,
    DeclineOutcome,
    VerifyOutcome,
    accept_outcome,
    ask_outcome_reversal,
    claim_outcome,
    decline_outcome,
    pay_outcome,
    reverse_outcome,
    verify_outcome,
)
from cii.outcomes.late import late_of
from cii.outcomes.queries import outcome_by_ref, outcome_view, outcomes_list
from cii.outcomes.vocabulary import Measured, OutcomeEvent, OutcomeState, OutcomeStep
from cii.people.queries import PersonLabel, label
from cii.people.schemas import PERSON
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-outcomes", __name__, url_prefix=f"{PREFIX}/outcomes")


@dataclass(frozen=True)
class OutcomesAsked(PageAsked):
    """Which outcomes."""

    state: OutcomeState | None = None


@dataclass(frozen=True)
class OutcomeEvidence:
    """The evidence that was seen."""

    evidence: str = field(metadata={"max": 1000})


@dataclass(frozen=True)
class Reasoned:
    """The reason of an act."""

    reason: str = field(metadata={"max": 1000})


@dataclass(frozen=True)
class OutcomeRow:
    """An outcome in a list."""

    ref: str
    scheme_ref: str
    placement_ref: str
    person: PersonLabel | None
    kpi: str
    category: str
    value: int
    held_since: date
    due_on: date
    amount: Chf
    state: OutcomeState
    version: int


@dataclass(frozen=True)
class StepShown:
    """What happened to an outcome."""

    kind: OutcomeStep
    at: datetime
    reason: str


@dataclass(frozen=True)
class OutcomeShown:
    """An outcome with what it was computed from, its steps and the moves open to me.

    `booked_year`: the year that pays it, where the books of its own were closed.
    """

    ref: str
    scheme_ref: str
    placement_ref: str
    person: PersonLabel | None
    kpi: str
    category: str
    measured: Measured
    value: int
    threshold: int
    hold_months: int
    held_since: date
    due_on: date
    amount: Chf
    state: OutcomeState
    formula_version: int
    rule_version: str
    version: int
    booked_year: int | None
    steps: tuple[StepShown, ...]
    moves: tuple[OutcomeEvent, ...]


ROW = only(
    OutcomeRow, "ref", "scheme_ref", "placement_ref", "kpi", "category", "value", "held_since", "due_on",
    "amount", "state", "version", person=PERSON, called="OutcomeRowAnswer",
)  # fmt: skip
STEP = only(StepShown, "kind", "at", "reason", called="OutcomeStepAnswer")
OUTCOME = only(
    OutcomeShown, "ref", "scheme_ref", "placement_ref", "kpi", "category", "measured", "value", "threshold",
    "hold_months", "held_since", "due_on", "amount", "state", "formula_version", "rule_version", "version",
    "booked_year", "moves", person=PERSON, steps=STEP, called="OutcomeAnswer",
)  # fmt: skip


@blueprint.get("")
@needs(Permit.SEE_OUTCOMES)
@blueprint.arguments(OutcomesAsked, location="query")
@blueprint.response(200, paged(ROW))
def listed(asked: OutcomesAsked) -> Page[OutcomeRow]:
    """The outcomes that I may see, in the order in which they were claimed."""
    return _page(asked)


@blueprint.post("")
@needs(Permit.CLAIM_OUTCOME)
@once
@blueprint.arguments(ClaimOutcome)
@blueprint.response(201, OUTCOME)
def claimed(ask: ClaimOutcome) -> Tagged:
    """Claim an outcome; refused with every reason at once."""
    return _shown(claim_outcome(g.work, ask).ref)


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_OUTCOMES)
@blueprint.response(200, OUTCOME)
def one(ref: str) -> Tagged:
    """An outcome with its computation and its steps."""
    return _shown(ref)


@blueprint.post("/<ref:ref>/verification")
@needs(Permit.VERIFY_OUTCOME)
@versioned
@once
@blueprint.arguments(OutcomeEvidence)
@blueprint.response(200, OUTCOME)
def verified(ask: OutcomeEvidence, ref: str) -> Tagged:
    """Another person of the referral side vouches for the claim, with evidence."""
    return _shown(verify_outcome(g.work, VerifyOutcome(_fresh(ref), ask.evidence)).ref)


@blueprint.post("/<ref:ref>/refusal")
@needs(Permit.VERIFY_OUTCOME)
@versioned
@once
@blueprint.arguments(Reasoned)
@blueprint.response(200, OUTCOME)
def declined(ask: Reasoned, ref: str) -> Tagged:
    """Decline a claim, with the reason."""
    return _shown(decline_outcome(g.work, DeclineOutcome(_fresh(ref), ask.reason)).ref)


@blueprint.post("/<ref:ref>/acceptance")
@needs(Permit.PAY_OUTCOME)
@versioned
@once
@blueprint.response(200, OUTCOME)
def accepted(ref: str) -> Tagged:
    """The paying sector accepts that it owes a verified outcome."""
    return _shown(accept_outcome(g.work, _fresh(ref)).ref)


@blueprint.post("/<ref:ref>/payment")
@needs(Permit.PAY_OUTCOME)
@versioned
@once
@blueprint.response(200, OUTCOME)
def paid(ref: str) -> Tagged:
    """Somebody who did not accept it releases the payment."""
    return _shown(pay_outcome(g.work, _fresh(ref)).ref)


@blueprint.post("/<ref:ref>/reversal-request")
@needs(Permit.PAY_OUTCOME)
@versioned
@once
@blueprint.arguments(Reasoned)
@blueprint.response(200, OUTCOME)
def asked_back(ask: Reasoned, ref: str) -> Tagged:
    """Ask that an outcome be taken back, with the reason."""
    return _shown(ask_outcome_reversal(g.work, AskOutcomeReversal(_fresh(ref), ask.reason)).ref)


@blueprint.post("/<ref:ref>/reversal")
@needs(Permit.PAY_OUTCOME)
@versioned
@once
@blueprint.response(200, OUTCOME)
def reversed_(ref: str) -> Tagged:
    """Somebody who did not ask for it takes the outcome back."""
    return _shown(reverse_outcome(g.work, _fresh(ref)).ref)


def _fresh(ref: str) -> str:
    matched(ref, outcome_by_ref(g.work, ref).version)
    return ref


def _page(asked: OutcomesAsked) -> Page[OutcomeRow]:
    work, name = g.work, f"outcomes {asked.state or ''}"
    since = place(work.settings, name, asked.after)
    rows = outcomes_list(
        work,
        states=(asked.state,) if asked.state else (),
        after=since[0] if since else 0,
        limit=asked.limit + 1,
    )
    page = page_of(rows, asked.limit, work.settings, name, lambda row: (row.id,))
    people = label(work, {row.person_id for row in page.items})
    work.saw("person", [row.person_id for row in page.items], int(Section.PLACEMENT))
    return Page(
        [
            OutcomeRow(
                row.ref, row.scheme_ref, row.placement_ref, people.get(row.person_id), row.kpi, row.category,
                row.value, row.held_since, row.due_on, row.amount, row.state, row.version,
            )
            for row in page.items
        ],
        page.next,
    )  # fmt: skip


def _shown(ref: str) -> Tagged:
    view = outcome_view(g.work, ref)
    row, told = view.outcome, view.outcome.explanation
    people = label(g.work, [view.row.person_id])
    g.work.saw("person", [view.row.person_id], int(Section.PLACEMENT))
    late = late_of(g.work, row)
    shown = OutcomeShown(
        row.ref, view.row.scheme_ref, view.row.placement_ref, people.get(view.row.person_id), row.kpi,
        told["category"], Measured(told["measured"]), row.value, told["threshold"], told["hold_months"],
        row.held_since, row.due_on, row.amount, row.state, told["version"], told["rule"], row.version,
        late.into if late and late.origin_on else None,
        tuple(StepShown(one.kind, one.at, one.reason) for one in view.steps), view.moves,
    )  # fmt: skip
    return tagged(shown, row.ref, row.version)
