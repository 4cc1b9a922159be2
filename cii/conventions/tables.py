"""Rows of the text of an agreement."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from cii.conventions.vocabulary import CommentStand, EditionCause, Part, Side, SteeringStand
from cii.store.columns import day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only


class ConventionPart(SQLModel, table=True):
    """A part of the text as it stands: the values of its shape in `parts`, as JSON says them."""

    __tablename__ = "convention_part"
    __table_args__ = (UniqueConstraint("agreement_id", "part"),)

    id: int | None = key()
    agreement_id: int = link("agreement.id", index=False)
    part: Part = word(Part)
    body: dict[str, Any] = plain_json()
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class ConventionEdition(SQLModel, table=True):
    """The whole agreement as it stood: text, objectives, indicators, deliverables, tariffs.

    With its digest.
    """

    __tablename__ = "convention_edition"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id", index=False)
    number: int
    cause: EditionCause = word(EditionCause)
    note: str = text(500, default="")
    whole: dict[str, Any] = plain_json()
    digest: str = text(64)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class NegotiationRound(SQLModel, table=True):
    """A draft laid before the provider, and what it said to it (i.44)."""

    __tablename__ = "negotiation_round"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("(stand IS NULL) = (answered_at IS NULL)", name="answered"),
    )

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id", index=False)
    number: int
    edition_id: int = link("convention_edition.id", index=False)
    opened_at: datetime = moment()
    opened_by: int | None = link("account.id", nullable=True, index=False)
    due_on: date = day()
    stand: CommentStand | None = word(CommentStand, nullable=True)
    answered_at: datetime | None = moment(nullable=True)
    answered_by: int | None = link("account.id", nullable=True, index=False)


class NegotiationComment(SQLModel, table=True):
    """What a side says to a part of the draft, or to the whole; append-only."""

    __tablename__ = "negotiation_comment"

    id: int | None = key()
    ref: str = ref()
    round_id: int = link("negotiation_round.id")
    side: Side = word(Side)
    part: Part | None = word(Part, nullable=True)
    wording: str = text(2000)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class SteeringAnswer(SQLModel, table=True):
    """What the steering group decided on an edition that changes the contract; append-only.

    One per edition.
    """

    __tablename__ = "steering_answer"
    __table_args__ = (UniqueConstraint("edition_id"),)

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    edition_id: int = link("convention_edition.id", index=False)
    stand: SteeringStand = word(SteeringStand)
    reason: str = text(1000, default="")
    decided_on: date = day()
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class AgreementSignature(SQLModel, table=True):
    """Somebody signed an edition: for which side, as what, where, on which day; append-only."""

    __tablename__ = "agreement_signature"
    __table_args__ = (UniqueConstraint("agreement_id", "side", "name"),)

    id: int | None = key()
    agreement_id: int = link("agreement.id", index=False)
    edition_id: int = link("convention_edition.id", index=False)
    side: Side = word(Side)
    name: str = text(120)
    function: str = text(120, default="")
    place: str = text(120, default="")
    signed_on: date = day()
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


append_only(ConventionEdition)
append_only(NegotiationComment)
append_only(SteeringAnswer)
append_only(AgreementSignature)
