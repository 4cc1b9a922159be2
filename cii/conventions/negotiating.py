"""Negotiation: a draft is laid before the provider, who says part by part what it thinks of it (000.

I.44).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.agreements.actions import negotiate
from cii.agreements.actions_common import open_for_change
from cii.agreements.queries import agreement_by_ref, may_write, provider_units
from cii.agreements.rules import OPEN_STATES, NeedsAccount, NotOpenForChange
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementState
from cii.conventions.drafting import agreement_of
from cii.conventions.editions import keep_edition
from cii.conventions.rules import AnswerDayPast, RoundAnswered, RoundOpen
from cii.conventions.tables import NegotiationComment, NegotiationRound
from cii.conventions.vocabulary import CommentStand, EditionCause, Part, Side
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.notices.actions import tell
from cii.store.work import Work


@dataclass(frozen=True)
class OpenRound:
    """Lay the draft as it stands before the provider, who answers by that day."""

    agreement_ref: str
    due_on: date


def open_round(work: Work, ask: OpenRound) -> NegotiationRound:
    """Open a round on an edition of the draft; the first one opens the negotiation.

    Refuses all at once: RoundOpen, AnswerDayPast; before: NotOpenForChange, NotAllowed, UnknownThing.
    """
    agreement = open_for_change(work, ask.agreement_ref)
    before = _newest(work, agreement.id or 0)
    faults: list[Refusal] = []
    if before is not None and before.stand is None:
        faults.append(RoundOpen(number=before.number, due=before.due_on))
    if ask.due_on < work.today:
        faults.append(AnswerDayPast(field="due_on", first=work.today))
    refuse(faults)
    if agreement.state is AgreementState.DRAFT:
        negotiate(work, agreement.ref)
    edition = keep_edition(work, agreement, EditionCause.ROUND)
    made = NegotiationRound(
        agreement_id=agreement.id or 0,
        number=(before.number if before else 0) + 1,
        edition_id=edition.id or 0,
        opened_at=work.now,
        opened_by=work.actor.account_id,
        due_on=ask.due_on,
    )
    work.session.add(made)
    work.session.flush()
    _wrote(work, "round_opened", agreement, {"round": made.number, "due": made.due_on})
    unit = provider_units(work, [agreement.id or 0]).get(agreement.id or 0)
    if unit is not None:
        tell(work, unit_id=unit, kind="negotiation-opened", subject="agreement", subject_ref=agreement.ref,
             number=agreement.number, due=made.due_on)  # fmt: skip
    return made


@dataclass(frozen=True)
class CommentDraft:
    """Say something to a part of the draft that is laid open, or to the whole."""

    round_ref: str
    wording: str = field(metadata={"min": 1, "max": 2000})
    part: Part | None = None


def comment(work: Work, ask: CommentDraft) -> NegotiationComment:
    """Comment as the provider, or answer as the payer; refuses RoundAnswered, NotAllowed, UnknownThing."""
    found, agreement, side = _mine(work, ask.round_ref)
    if found.stand is not None:
        raise RoundAnswered(number=found.number)
    made = NegotiationComment(
        round_id=found.id or 0,
        side=side,
        part=ask.part,
        wording=ask.wording,
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    work.session.flush()
    _wrote(work, "draft_commented", agreement, {"round": found.number, "side": side, "part": ask.part})
    return made


@dataclass(frozen=True)
class AnswerRound:
    """What the provider says to the draft as a whole."""

    round_ref: str
    stand: CommentStand


def answer_round(work: Work, ask: AnswerRound) -> NegotiationRound:
    """Answer the round for the provider; a refused or amended draft is written anew, then laid open again.

    Refuses: RoundAnswered, NotAllowed (who is not of the provider), NeedsAccount, UnknownThing.
    """
    found, agreement, side = _mine(work, ask.round_ref)
    if side is not Side.PROVIDER:
        raise NotAllowed
    if work.actor.account_id is None:
        raise NeedsAccount
    if found.stand is not None:
        raise RoundAnswered(number=found.number)
    found.stand, found.answered_at, found.answered_by = ask.stand, work.now, work.actor.account_id
    work.session.add(found)
    work.session.flush()
    _wrote(work, "round_answered", agreement, {"round": found.number, "stand": ask.stand})
    return found


@dataclass(frozen=True)
class RoundShown:
    """A round with what both sides said in it, the first said first."""

    round: NegotiationRound
    comments: tuple[NegotiationComment, ...]


def rounds_of(work: Work, ref: str) -> tuple[RoundShown, ...]:
    """The rounds of an agreement that the actor may see, the newest first; refuses UnknownThing."""
    agreement = agreement_by_ref(work, ref)
    rounds: Sequence[NegotiationRound] = work.session.scalars(
        select(NegotiationRound)
        .where(col(NegotiationRound.agreement_id) == agreement.id)
        .order_by(col(NegotiationRound.number).desc())
    ).all()
    said: dict[int, list[NegotiationComment]] = {}
    for one in work.session.scalars(
        select(NegotiationComment)
        .where(col(NegotiationComment.round_id).in_([one.id for one in rounds]))
        .order_by(col(NegotiationComment.id))
    ):
        said.setdefault(one.round_id, []).append(one)
    return tuple(RoundShown(one, tuple(said.get(one.id or 0, ()))) for one in rounds)


def rounds_answered(work: Work, agreement_id: int) -> int:
    """How many rounds the provider has answered (i.44); no visibility: the caller started its read."""
    wanted = select(func.count(col(NegotiationRound.id))).where(
        col(NegotiationRound.agreement_id) == agreement_id, col(NegotiationRound.stand).is_not(None)
    )
    return int(work.session.execute(wanted).scalar_one())


def side_of(work: Work, agreement: Agreement) -> Side | None:
    """For which side the actor speaks: its sector pays, or it belongs to the provider's unit."""
    unit = provider_units(work, [agreement.id or 0]).get(agreement.id or 0)
    if unit in work.actor.units and work.actor.has_role(Role.PROVIDER):
        return Side.PROVIDER
    return Side.PAYER if may_write(work, agreement) else None


def _mine(work: Work, round_ref: str) -> tuple[NegotiationRound, Agreement, Side]:
    found = work.session.scalars(
        select(NegotiationRound).where(col(NegotiationRound.ref) == round_ref)
    ).first()
    if found is None:
        raise UnknownThing(field="round_ref")
    agreement = agreement_of(work, found.agreement_id)
    side = side_of(work, agreement)
    if side is None:
        raise NotAllowed
    if agreement.state not in OPEN_STATES:
        raise NotOpenForChange(number=agreement.number)
    return found, agreement, side


def _newest(work: Work, agreement_id: int) -> NegotiationRound | None:
    return work.session.scalars(
        select(NegotiationRound)
        .where(col(NegotiationRound.agreement_id) == agreement_id)
        .order_by(col(NegotiationRound.number).desc())
        .limit(1)
    ).first()


def _wrote(work: Work, act: str, agreement: Agreement, told: dict[str, object]) -> None:
    wrote(work, act, "agreement", agreement.id, ref=agreement.ref, payload=told)
