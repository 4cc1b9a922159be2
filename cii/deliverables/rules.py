"""Pure rules of what is handed in: how a deliverable stands, what may be done with it."""

from datetime import date

from cii.agreements.rules_dates import late_since
from cii.deliverables.vocabulary import DeliverableStand, SubmissionStand
from cii.kernel.errors import Refusal


class NothingSubmitted(Refusal):
    """No file waits for an answer."""

    code, kind = "nothing-submitted", "conflict"


class DeliverableAccepted(Refusal):
    """The deliverable was accepted, or received on paper: nothing more is handed in for it."""

    code, kind = "deliverable-accepted", "conflict"


class DeliverableNotOwed(Refusal):
    """Nothing is awaited any more: it came in, or was waived."""

    code, kind = "deliverable-not-owed", "conflict"


OWED = frozenset({DeliverableStand.AHEAD, DeliverableStand.LATE, DeliverableStand.RETURNED})
"""What is still awaited: handed in by the provider, or waived by the payer."""


def stands(
    due_on: date,
    today: date,
    newest: SubmissionStand | None,
    *,
    received: bool,
    submitted: bool,
    waived: bool,
) -> DeliverableStand:
    """How a deliverable stands today; `newest`: the answer to its newest submission, if there is one.

    The due day still counts as on time; a returned file is owed again.
    """
    if submitted and newest is None:
        return DeliverableStand.WAITING
    if newest is SubmissionStand.ACCEPTED:
        return DeliverableStand.ACCEPTED
    if received:
        return DeliverableStand.ON_PAPER
    if waived:
        return DeliverableStand.WAIVED
    if newest is SubmissionStand.RETURNED:
        return DeliverableStand.RETURNED
    return DeliverableStand.LATE if today >= late_since(due_on) else DeliverableStand.AHEAD
