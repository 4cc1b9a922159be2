"""Named selectables by which the nightly reconciliation compares pay by outcome with the ledger."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, func, select, type_coerce
from sqlmodel import col

from cii.outcomes.queries import visible_to
from cii.outcomes.tables import Outcome, OutcomeScheme, OutcomeStepRow, SchemeBudget
from cii.outcomes.vocabulary import OutcomeState, OutcomeStep
from cii.store.work import Work


def bound() -> Select[Any]:
    """What is bound for outcomes, less what was given back: line_id, agreement_id, amount (centimes)."""
    return _of(SchemeBudget.amount).join(SchemeBudget, col(SchemeBudget.scheme_id) == col(OutcomeScheme.id))


def invoiced() -> Select[Any]:
    """What accepted outcomes are worth: line_id, agreement_id, amount (centimes)."""
    return _outcomes((OutcomeState.PAYABLE, OutcomeState.PAID))


def paid() -> Select[Any]:
    """What paid outcomes are worth: line_id, agreement_id, amount (centimes)."""
    return _outcomes((OutcomeState.PAID,))


def late_payments(before: datetime) -> Select[Any]:
    """Outcomes accepted before that moment and not paid: id, ref, agreement_id, accepted_at."""
    accepted = func.max(col(OutcomeStepRow.at)).label("accepted_at")
    shown: list[Any] = [col(Outcome.id), col(Outcome.ref), col(OutcomeScheme.agreement_id)]
    return (
        select(*shown, accepted)
        .join(OutcomeScheme, col(OutcomeScheme.id) == col(Outcome.scheme_id))
        .join(OutcomeStepRow, col(OutcomeStepRow.outcome_id) == col(Outcome.id))
        .where(col(Outcome.state) == OutcomeState.PAYABLE, col(OutcomeStepRow.kind) == OutcomeStep.ACCEPTED)
        .group_by(*shown)
        .having(accepted < before)
        .order_by(col(Outcome.id))
    )


def visible_refs(work: Work) -> Select[str]:
    """The refs of the outcomes that the actor may see; for findings about them."""
    schemes = col(OutcomeScheme.id) == col(Outcome.scheme_id)
    return select(col(Outcome.ref)).join(OutcomeScheme, schemes).where(visible_to(work))


def _outcomes(states: Collection[OutcomeState]) -> Select[Any]:
    held = _of(Outcome.amount).join(Outcome, col(Outcome.scheme_id) == col(OutcomeScheme.id))
    return held.where(col(Outcome.state).in_(states))


def _of(amount: object) -> Select[Any]:
    shown: list[Any] = [
        col(OutcomeScheme.line_id).label("line_id"),
        col(OutcomeScheme.agreement_id).label("agreement_id"),
        type_coerce(amount, BigInteger).label("amount"),
    ]
    return select(*shown).select_from(OutcomeScheme)
