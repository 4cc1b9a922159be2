"""What outcomes owe, for payments on their way: those that were paid and not taken back since."""

from typing import Any

from sqlalchemy import BigInteger, Date, Select, cast, literal, null, select, type_coerce
from sqlmodel import col

from cii.outcomes.tables import Outcome, OutcomeScheme, OutcomeStepRow
from cii.outcomes.vocabulary import OutcomeState, OutcomeStep


def due() -> Select[Any]:
    """Paid outcomes; columns as `cii.payments.sources` names them. Sums leave to the next five centimes."""
    return _paid().where(col(Outcome.state) == OutcomeState.PAID)


def taken_back() -> Select[Any]:
    """Outcomes that were paid and reversed since, in the same columns: a transfer of theirs may have left."""
    return _paid().where(col(Outcome.state) != OutcomeState.PAID)


def _paid() -> Select[Any]:
    owed = type_coerce(col(Outcome.amount), BigInteger)
    leaves = (owed + 2) - (owed + 2) % 5
    shown: list[Any] = [
        literal("outcome").label("kind"),
        col(Outcome.id).label("source_id"),
        col(Outcome.ref).label("ref"),
        col(Outcome.ref).label("about_ref"),
        col(OutcomeScheme.agreement_id).label("agreement_id"),
        col(OutcomeScheme.line_id).label("line_id"),
        col(Outcome.due_on).label("period"),
        literal(1).label("number"),
        leaves.label("amount"),
        (leaves - owed).label("rounding"),
        col(OutcomeStepRow.before_by).label("prepared_by"),
        col(OutcomeStepRow.at).label("released_at"),
        literal("outcome:").concat(col(Outcome.ref)).concat(":pay").label("entry_key"),
    ]
    return (
        select(*shown)
        .join(OutcomeScheme, col(OutcomeScheme.id) == col(Outcome.scheme_id))
        .join(OutcomeStepRow, col(OutcomeStepRow.outcome_id) == col(Outcome.id))
        .where(col(OutcomeStepRow.kind) == OutcomeStep.PAID, leaves > 0)
    )


def owed_back() -> Select[Any]:
    """What was paid for outcomes that were reversed since; columns as `cii.payments.sources` says.

    Whether the money had left at all is for the room above to say.
    """
    owed = type_coerce(col(Outcome.amount), BigInteger)
    leaves = (owed + 2) - (owed + 2) % 5
    shown: list[Any] = [
        literal("outcome").label("kind"),
        col(Outcome.id).label("source_id"),
        col(Outcome.ref).label("ref"),
        col(Outcome.ref).label("about_ref"),
        col(OutcomeScheme.agreement_id).label("agreement_id"),
        col(OutcomeScheme.line_id).label("line_id"),
        leaves.label("amount"),
        col(OutcomeStepRow.at).label("since"),
        cast(null(), Date).label("due_on"),
        cast(null(), Date).label("received_on"),
    ]
    return (
        select(*shown)
        .join(OutcomeScheme, col(OutcomeScheme.id) == col(Outcome.scheme_id))
        .join(OutcomeStepRow, col(OutcomeStepRow.outcome_id) == col(Outcome.id))
        .where(
            col(OutcomeStepRow.kind) == OutcomeStep.REVERSED, col(Outcome.state) == OutcomeState.REVERSED,
            leaves > 0,
        )
    )  # fmt: skip
