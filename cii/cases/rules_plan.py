"""Pure rules of the common plan: who has answered, what the person says, what differs between two versions.

Source: product.md P2 and §0 point 4.
"""

from collections.abc import Collection, Mapping

from cii.cases.vocabulary import PersonReply, PlanReply, PlanState
from cii.kernel.errors import Refusal
from cii.kernel.moves import Moves


class BearsNoPart(Refusal):
    """Only units that bear a part of the plan answer it."""

    code, kind = "plan-bears-no-part", "forbidden"


class AlreadyAnswered(Refusal):
    """The unit has answered this version of the plan."""

    code, kind = "plan-already-answered", "conflict"


class PayerUnfit(Refusal):
    """The funding line belongs to another sector than the payer named."""

    code, kind = "plan-payer-unfit", "unfit"


class PersonHasAnswered(Refusal):
    """The person has answered this version of the plan; another word needs another version."""

    code, kind = "plan-person-answered", "conflict"


class ConsentTooEarly(Refusal):
    """The person cannot have answered a plan before the day on which it was proposed."""

    code, kind = "plan-consent-early", "unfit"


class PlanNotInForce(Refusal):
    """Actions are carried out once the plan is in force."""

    code, kind = "plan-not-in-force", "conflict"


class ActionUnchanged(Refusal):
    """The action stands like that already."""

    code, kind = "plan-action-unchanged", "conflict"


class ActionOfAnother(Refusal):
    """Only the unit that bears the action, or the lead, says what became of it."""

    code, kind = "plan-action-of-another", "forbidden"


class ActionWithoutReason(Refusal):
    """Whoever drops an action or takes it up again says why."""

    code, kind = "plan-action-without-reason", "unfit"


PLAN_MOVES: Moves[PlanState, str] = {
    PlanState.DRAFT: {"propose": PlanState.PROPOSED},
    PlanState.PROPOSED: {
        "agree": PlanState.AGREED,
        "refuse": PlanState.REFUSED,
        "replace": PlanState.REPLACED,
    },
    PlanState.AGREED: {"replace": PlanState.REPLACED},
    PlanState.REFUSED: {},
    PlanState.REPLACED: {},
}
"""The life of one version of a plan."""


def plan_after(
    bearing: Collection[int], answers: Mapping[int, PlanReply], person: PersonReply | None
) -> str | None:
    """The move that the answers bring: agreed by all and by the person, or refused; None while some wait.

    A refusal waits for the other units' answers, so that the lead learns all reasons before the next version;
    it does not wait for the person, who need not decide on a plan that no longer stands.
    """
    if not bearing or not set(bearing) <= answers.keys():
        return None
    if PlanReply.REFUSE in answers.values() or person is PersonReply.REFUSE:
        return "refuse"
    return "agree" if person is PersonReply.AGREE else None
