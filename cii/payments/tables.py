"""Rows of payments on their way: providers' accounts, files that leave, answers to them, what comes in.

A payment is named by its kind and the number of its row in its own room. It is in one file at a time; what
was rejected leaves again only when it was released again.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from cii.kernel.money import Chf
from cii.payments.vocabulary import PaymentFormat, PaymentKind, TransferOutcome
from cii.store.columns import chf, day, key, link, moment, ref, text, word
from cii.store.guards import append_only


class ProviderAccount(SQLModel, table=True):
    """The account to which a provider is paid from a day on: changed by one person, confirmed by another.

    The holder's address is written in parts, as banks read it; `country` by its two letters.
    """

    __tablename__ = "provider_account"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="four_eyes"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(decided_by IS NULL) = (confirmed IS NULL)", name="confirmed"),
        CheckConstraint("length(iban) BETWEEN 15 AND 34", name="iban"),
        CheckConstraint("town <> '' AND postcode <> '' AND length(country) = 2", name="address"),
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
    street: str = text(70)
    house_number: str = text(16)
    postcode: str = text(16)
    town: str = text(35)
    country: str = text(2)
    valid_from: date = day()
    reason: str = text(500)
    asked_by: int = link("account.id", index=False)
    asked_at: datetime = moment()
    decided_by: int | None = link("account.id", nullable=True, index=False)
    decided_at: datetime | None = moment(nullable=True)
    confirmed: bool | None = None


class PaymentFile(SQLModel, table=True):
    """One file of payments that left the house; `sha256` is of its first form."""

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
    format: PaymentFormat = word(PaymentFormat)
    payments: int
    total: Chf = chf()
    made_at: datetime = moment()
    account_id: int = link("account.id", index=False)
    sha256: str = text(64)


class PaymentFileForm(SQLModel, table=True):
    """The bytes of a file in one of its forms (json and csv, or xml), as they left."""

    __tablename__ = "payment_file_form"
    __table_args__ = (UniqueConstraint("file_id", "form"),)

    id: int | None = key()
    file_id: int = link("payment_file.id", index=False)
    form: str = text(10)
    content: str = Field(sa_type=Text)
    sha256: str = text(64)


class PaymentTransfer(SQLModel, table=True):
    """One payment on its way in one file; `attempt`: how often it has left, `key` names it to the bank.

    `rounding` is the difference between what leaves and what the ledger moved.
    """

    __tablename__ = "payment_transfer"
    __table_args__ = (
        UniqueConstraint("kind", "source_id", "attempt"),
        UniqueConstraint("key"),
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("rounding BETWEEN -2 AND 2", name="rounding"),
    )

    id: int | None = key()
    file_id: int = link("payment_file.id")
    kind: PaymentKind = word(PaymentKind)
    source_id: int = Field(sa_type=BigInteger)
    attempt: int
    key: str = text(35)
    account_id: int = link("provider_account.id", index=False)
    amount: Chf = chf()
    rounding: Chf = chf()


class TransferAnswer(SQLModel, table=True):
    """What became of a transfer: executed on a day, or rejected with the bank's reason; once for each.

    `message` is the number that the bank gave its message; a table has none.
    """

    __tablename__ = "transfer_answer"
    __table_args__ = (
        UniqueConstraint("transfer_id"),
        CheckConstraint("(outcome = 'rejected') = (reason <> '')", name="reason"),
        CheckConstraint("outcome <> 'returned'", name="outcome_kept"),
    )

    id: int | None = key()
    transfer_id: int = link("payment_transfer.id", index=False)
    outcome: TransferOutcome = word(TransferOutcome)
    happened_on: date = day()
    reason: str = text(300)
    message: str = text(70)
    file_sha256: str = text(64)
    recorded_at: datetime = moment()
    account_id: int = link("account.id", index=False)


class TransferReturn(SQLModel, table=True):
    """Money that came back after it had left, once for each transfer: what was paid is only invoiced again.

    `amount` is what the ledger moved back, without the rounding of the transfer.
    """

    __tablename__ = "transfer_return"
    __table_args__ = (
        UniqueConstraint("transfer_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    id: int | None = key()
    transfer_id: int = link("payment_transfer.id", index=False)
    line_id: int = link("funding_line.id", index=False)
    agreement_id: int = link("agreement.id", index=False)
    amount: Chf = chf()
    returned_on: date = day()
    reason: str = text(300)
    message: str = text(70)
    file_sha256: str = text(64)
    recorded_at: datetime = moment()
    account_id: int = link("account.id", index=False)


class PaymentRelease(SQLModel, table=True):
    """A rejected or returned payment released for its next attempt, by somebody who had not prepared it."""

    __tablename__ = "payment_release"
    __table_args__ = (
        UniqueConstraint("kind", "source_id", "attempt"),
        CheckConstraint("attempt >= 2", name="attempt"),
        CheckConstraint("released_by <> prepared_by", name="four_eyes"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    id: int | None = key()
    kind: PaymentKind = word(PaymentKind)
    source_id: int = Field(sa_type=BigInteger)
    attempt: int
    reason: str = text(500)
    prepared_by: int = link("account.id", index=False)
    released_by: int = link("account.id", index=False)
    released_at: datetime = moment()


class IncomingPayment(SQLModel, table=True):
    """What a provider has paid back, as the bank told it: a fact, whether it is all that is owed or not.

    `kind` and `source_id` name what was owed, as `sources.owed_back` does. `entry` is the bank's own number
    of the entry: told twice it counts once; noted by hand it carries the reference.
    """

    __tablename__ = "incoming_payment"
    __table_args__ = (
        UniqueConstraint("entry"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_incoming_payment_source", "kind", "source_id"),
    )

    id: int | None = key()
    ref: str = ref()
    kind: PaymentKind = word(PaymentKind)
    source_id: int = Field(sa_type=BigInteger)
    entry: str = text(80)
    message: str = text(70)
    amount: Chf = chf()
    received_on: date = day()
    file_sha256: str = text(64)
    recorded_at: datetime = moment()
    account_id: int = link("account.id", index=False)


append_only(ProviderAccount, but=("decided_by", "decided_at", "confirmed"))
append_only(PaymentFile)
append_only(PaymentFileForm)
append_only(PaymentTransfer)
append_only(TransferAnswer)
append_only(TransferReturn)
append_only(PaymentRelease)
append_only(IncomingPayment)
