"""Rows of the exchange with the payment office: providers' accounts, files that leave, answers to them.

A payment is in one file at a time; what was rejected leaves again only when it was released again.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from cii.kernel.money import Chf
from cii.payments.vocabulary import TransferOutcome
from cii.store.columns import chf, day, key, link, moment, ref, text, word
from cii.store.guards import append_only


class ProviderAccount(SQLModel, table=True):
    """The account to which a provider is paid from a day on: changed by one person, confirmed by another."""

    __tablename__ = "provider_account"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="four_eyes"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(decided_by IS NULL) = (confirmed IS NULL)", name="confirmed"),
        CheckConstraint("length(iban) BETWEEN 15 AND 34", name="iban"),
        Index("uq_provider_account_in_force", "provider_id", "valid_from", unique=True,
              sqlite_where=sql("confirmed"), postgresql_where=sql("confirmed")),
        Index("uq_provider_account_asked", "provider_id", unique=True,
              sqlite_where=sql("decided_by IS NULL"), postgresql_where=sql("decided_by IS NULL")),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    provider_id: int = link("provider.id", index=False)
    iban: str = text(34)
    holder: str = text(70)
    valid_from: date = day()
    reason: str = text(500)
    asked_by: int = link("account.id", index=False)
    asked_at: datetime = moment()
    decided_by: int | None = link("account.id", nullable=True, index=False)
    decided_at: datetime | None = moment(nullable=True)
    confirmed: bool | None = None


class PaymentFile(SQLModel, table=True):
    """One file of payments that left the house, with its bytes; `sha256` is of the JSON."""

    __tablename__ = "payment_file"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("payments > 0", name="payments"),
        CheckConstraint("total > 0", name="total"),
    )

    id: int | None = key()
    ref: str = ref()
    number: str = text(20)
    sector: str = text(20)
    payments: int
    total: Chf = chf()
    made_at: datetime = moment()
    account_id: int = link("account.id", index=False)
    content_json: str = Field(sa_type=Text)
    content_csv: str = Field(sa_type=Text)
    sha256: str = text(64)
    csv_sha256: str = text(64)


class PaymentTransfer(SQLModel, table=True):
    """One payment on its way in one file; `attempt`: how often it has left, `key` names it to the bank."""

    __tablename__ = "payment_transfer"
    __table_args__ = (
        UniqueConstraint("payment_id", "attempt"),
        UniqueConstraint("key"),
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: int | None = key()
    file_id: int = link("payment_file.id")
    payment_id: int = link("payment.id", index=False)
    attempt: int
    key: str = text(35)
    account_id: int = link("provider_account.id", index=False)
    amount: Chf = chf()


class TransferAnswer(SQLModel, table=True):
    """What became of a transfer: executed on a day, or rejected with the bank's reason; once for each."""

    __tablename__ = "transfer_answer"
    __table_args__ = (
        UniqueConstraint("transfer_id"),
        CheckConstraint("(outcome = 'rejected') = (reason <> '')", name="reason"),
    )

    id: int | None = key()
    transfer_id: int = link("payment_transfer.id", index=False)
    outcome: TransferOutcome = word(TransferOutcome)
    happened_on: date = day()
    reason: str = text(300)
    file_sha256: str = text(64)
    recorded_at: datetime = moment()
    account_id: int = link("account.id", index=False)


class PaymentRelease(SQLModel, table=True):
    """A rejected payment released again for its next attempt, by somebody who had not prepared it."""

    __tablename__ = "payment_release"
    __table_args__ = (
        UniqueConstraint("payment_id", "attempt"),
        CheckConstraint("attempt >= 2", name="attempt"),
        CheckConstraint("released_by <> prepared_by", name="four_eyes"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    id: int | None = key()
    payment_id: int = link("payment.id", index=False)
    attempt: int
    reason: str = text(500)
    prepared_by: int = link("account.id", index=False)
    released_by: int = link("account.id", index=False)
    released_at: datetime = moment()


append_only(ProviderAccount, but=("decided_by", "decided_at", "confirmed"))
append_only(PaymentFile)
append_only(PaymentTransfer)
append_only(TransferAnswer)
append_only(PaymentRelease)
