"""Rows of calls: what was published, what was offered, how it was scored, to whom it was awarded."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.calls.vocabulary import CallKind, CallState, LetterKind, PaperKind
from cii.institutions.vocabulary import Sector
from cii.kernel.money import Chf
from cii.store.columns import chf, day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only


class Call(SQLModel, table=True):
    """A call or a direct award of a sector; `specification` holds parts of the text as JSON says them."""

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint("state IN ('drafted', 'dropped') OR published_on IS NOT NULL", name="published"),
        CheckConstraint("offers_until IS NULL OR published_on IS NULL OR offers_until > published_on",
                        name="time_for_offers"),
        CheckConstraint("(agreement_id IS NOT NULL) = (state = 'agreement_drafted')", name="drafted"),
        CheckConstraint("lang IN ('fr', 'de', 'en')", name="lang"),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    title: str = text(200)
    kind: CallKind = word(CallKind)
    sector: Sector = word(Sector, index=True)
    state: CallState = word(CallState)
    lang: str = text(2)
    specification: dict[str, Any] = plain_json()
    base_requirements: str = text(4000, default="")
    offers_until: date | None = day(nullable=True)
    published_on: date | None = day(nullable=True)
    agreement_id: int | None = link("agreement.id", nullable=True)
    version: int = 1
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class CallCriterion(SQLModel, table=True):
    """A criterion of award with its weight in percent; it does not change once the call is published."""

    __tablename__ = "call_criterion"
    __table_args__ = (
        UniqueConstraint("call_id", "code"),
        CheckConstraint("weight BETWEEN 1 AND 100", name="weight"),
    )

    id: int | None = key()
    call_id: int = link("call.id", index=False)
    code: str = text(40)
    wording: str = text(500)
    weight: int
    evidence: str = text(300, default="")


class CallOffer(SQLModel, table=True):
    """An offer as it came; `address` is where letters go, `refusal` says why it was not taken.

    Who makes an offer may withdraw it, or hand in another in its place, until the last day; what was
    withdrawn nobody reads. Until the time for offers is closed the office reads none (`queries.opened`).
    """

    __tablename__ = "call_offer"
    __table_args__ = (
        Index(
            "ix_call_offer_living",
            "call_id",
            "provider_id",
            "name",
            unique=True,
            sqlite_where=sql("withdrawn_at IS NULL"),
            postgresql_where=sql("withdrawn_at IS NULL"),
        ),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("lang IN ('fr', 'de', 'en')", name="lang"),
    )

    id: int | None = key()
    ref: str = ref()
    call_id: int = link("call.id", index=False)
    provider_id: int | None = link("provider.id", nullable=True, index=False)
    name: str = text(200)
    address: str = text(300, default="")
    lang: str = text(2)
    price: Chf = chf()
    wording: str = text(4000)
    received_on: date = day()
    refusal: str | None = text(1000, nullable=True)
    withdrawn_at: datetime | None = moment(nullable=True)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class OfferPaper(SQLModel, table=True):
    """A file of an offer: its bytes lie in the file store under `sha256`, its name nowhere.

    `cleaned` names what was cut out of the file before it was kept.
    """

    __tablename__ = "offer_paper"
    __table_args__ = (CheckConstraint("size > 0", name="size_positive"),)

    id: int | None = key()
    ref: str = ref()
    offer_id: int = link("call_offer.id")
    kind: PaperKind = word(PaperKind)
    sha256: str = text(64, index=True)
    size: int
    media_type: str = text(120)
    cleaned: str = text(120)


class OfferScore(SQLModel, table=True):
    """Points of one person for an offer by a criterion; append-only."""

    __tablename__ = "offer_score"
    __table_args__ = (
        UniqueConstraint("offer_id", "criterion_id", "account_id"),
        CheckConstraint("points BETWEEN 0 AND 5", name="points"),
    )

    id: int | None = key()
    offer_id: int = link("call_offer.id", index=False)
    criterion_id: int = link("call_criterion.id", index=False)
    account_id: int = link("account.id", index=False)
    points: int
    recorded_at: datetime = moment()


class CallAward(SQLModel, table=True):
    """To whom a call is awarded and why; one proposes, another confirms."""

    __tablename__ = "call_award"
    __table_args__ = (
        UniqueConstraint("call_id"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="four_eyes"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_on IS NULL)", name="confirmed"),
    )

    id: int | None = key()
    call_id: int = link("call.id", index=False)
    offer_id: int = link("call_offer.id", index=False)
    reason: str = text(1000)
    proposed_by: int = link("account.id", index=False)
    proposed_at: datetime = moment()
    confirmed_by: int | None = link("account.id", nullable=True, index=False)
    confirmed_on: date | None = day(nullable=True)


class CallLetter(SQLModel, table=True):
    """The decision handed to whoever made an offer: the file as it was sent, under its hash."""

    __tablename__ = "call_letter"
    __table_args__ = (UniqueConstraint("offer_id"), CheckConstraint("size > 0", name="size_positive"))

    id: int | None = key()
    offer_id: int = link("call_offer.id", index=False)
    kind: LetterKind = word(LetterKind)
    sha256: str = text(64, index=True)
    size: int
    sent_on: date = day()
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


append_only(CallOffer, but=("refusal", "withdrawn_at"))
append_only(OfferPaper)
append_only(OfferScore)
append_only(CallAward, but=("confirmed_by", "confirmed_on"))
append_only(CallLetter)
