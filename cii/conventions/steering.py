"""The steering group decides what changes a contract; its answer holds for the edition that lay before it.

Source: mandate of the coordination group (002), task 3; product.md P8. The coordination group itself cannot
decide.
"""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import col

from cii.access.permits import Permit
from cii.access.vocabulary import Role
from cii.agreements.actions_common import open_for_change
from cii.agreements.queries import agreement_by_ref, agreements_by_id, agreements_list
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementState
from cii.conventions.editions import current_digest, keep_edition
from cii.conventions.rules import NotSubmitted, SteeringAnswered, SteeringReasonMissing
from cii.conventions.tables import ConventionEdition, SteeringAnswer
from cii.conventions.vocabulary import EditionCause, SteeringStand
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, refuse
from cii.store.work import Work


def submit(work: Work, ref: str) -> ConventionEdition:
    """Lay the agreement as it stands before the steering group; twice the same is one.

    Refuses: NotOpenForChange, NotAllowed, UnknownThing.
    """
    agreement = open_for_change(work, ref)
    return keep_edition(work, agreement, EditionCause.SUBMITTED)


@dataclass(frozen=True)
class DecideChange:
    """What the steering group says to the edition that was last laid before it."""

    agreement_ref: str
    stand: SteeringStand
    reason: str = field(default="", metadata={"max": 1000})


def decide(work: Work, ask: DecideChange) -> SteeringAnswer:
    """Decide for the steering group, once per edition; a refusal has its reason.

    Refuses: UnknownThing, NotAllowed (who has no seat there, the coordination group included); all at once
    NotSubmitted (also when the text has changed since), SteeringAnswered, SteeringReasonMissing.
    """
    agreement = agreement_by_ref(work, ask.agreement_ref)
    if Permit.DECIDE_STEERING not in work.actor.permits or not work.actor.has_role(Role.STEERING):
        raise NotAllowed
    edition = submitted(work, agreement)
    if edition is None:
        raise NotSubmitted(number=agreement.number)
    before = answer_to(work, agreement.id or 0, edition.digest)
    refuse(
        [
            *([SteeringAnswered(number=agreement.number)] if before else []),
            *([SteeringReasonMissing(field="reason")] if _reasonless(ask) else []),
        ]
    )
    made = SteeringAnswer(
        agreement_id=agreement.id or 0,
        edition_id=edition.id or 0,
        stand=ask.stand,
        reason=ask.reason.strip(),
        decided_on=work.today,
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    work.session.flush()
    wrote(
        work, "contract_change_decided", "agreement", agreement.id, ref=agreement.ref,
        payload={"stand": ask.stand, "edition": edition.number},
    )  # fmt: skip
    return made


def submitted(work: Work, agreement: Agreement) -> ConventionEdition | None:
    """The edition that lies before the steering group: the last one submitted, if nothing changed since."""
    if agreement.state not in {AgreementState.DRAFT, AgreementState.NEGOTIATION}:
        return None
    found = work.session.scalars(
        select(ConventionEdition)
        .where(
            col(ConventionEdition.agreement_id) == agreement.id,
            col(ConventionEdition.cause) == EditionCause.SUBMITTED,
        )
        .order_by(col(ConventionEdition.number).desc())
        .limit(1)
    ).first()
    return found if found is not None and found.digest == current_digest(work, agreement) else None


def awaiting(work: Work) -> list[Agreement]:
    """The agreements that the actor may see whose text lies before the steering group unanswered, by number.

    A handful at a time: each text is compared with the one that was laid before the group.
    """
    laid = select(col(ConventionEdition.agreement_id)).where(
        col(ConventionEdition.cause) == EditionCause.SUBMITTED
    )
    ids = set(work.session.scalars(laid.distinct()))
    states = (AgreementState.DRAFT, AgreementState.NEGOTIATION)
    seen = {row.id for row in agreements_list(work, states=states, limit=500)}
    rows = sorted(agreements_by_id(work, ids & seen).values(), key=lambda one: one.number)
    found = []
    for row in rows:
        edition = submitted(work, row)
        if edition is not None and answer_to(work, row.id or 0, edition.digest) is None:
            found.append(row)
    return found


def answer_to(work: Work, agreement_id: int, digest: str) -> SteeringAnswer | None:
    """What the steering group said to a text, however often it was submitted."""
    return work.session.scalars(
        select(SteeringAnswer)
        .join(ConventionEdition, col(ConventionEdition.id) == col(SteeringAnswer.edition_id))
        .where(col(SteeringAnswer.agreement_id) == agreement_id, col(ConventionEdition.digest) == digest)
        .order_by(col(SteeringAnswer.id).desc())
        .limit(1)
    ).first()


def approved(work: Work, agreement: Agreement) -> bool:
    """Whether the steering group has approved the agreement as it stands now; no visibility."""
    edition = submitted(work, agreement)
    answer = answer_to(work, agreement.id or 0, edition.digest) if edition is not None else None
    return answer is not None and answer.stand is SteeringStand.APPROVED


def _reasonless(ask: DecideChange) -> bool:
    return ask.stand is SteeringStand.REFUSED and not ask.reason.strip()
