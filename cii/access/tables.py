"""Rows of accounts, memberships, sessions, attempts, grants and signed links."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from cii.access.vocabulary import LinkDelivery, LinkFactor, LinkPurpose, Relation, Role
from cii.store.columns import day, key, link, moment, ref, text, word


class Account(SQLModel, table=True):
    """A person who works with the product; without password hash the account cannot log in yet."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("lang IN ('fr', 'de', 'en')", name="known_language"),
        CheckConstraint("email = lower(email)", name="email_in_lower_case"),
    )

    id: int | None = key()
    ref: str = ref()
    email: str = text(200, unique=True)
    name: str = text(120)
    password_hash: str | None = text(200, nullable=True)
    lang: str = text(2, default="fr")
    active: bool = True
    created_at: datetime = moment()


class Membership(SQLModel, table=True):
    """A seat of an account in a unit, with one role, for a time; `valid_to` is its first day without."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("account_id", "unit_id", "role", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates_in_order"),
    )

    id: int | None = key()
    account_id: int = link("account.id")
    unit_id: int = link("unit.id")
    role: Role = word(Role)
    valid_from: date = day()
    valid_to: date | None = day(nullable=True)


class LoginSession(SQLModel, table=True):
    """An open session; only the hash of its token is kept."""

    __tablename__ = "login_session"

    id: int | None = key()
    token_hash: str = text(64, unique=True)
    account_id: int = link("account.id")
    csrf: str = text(64)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)


class LoginAttempt(SQLModel, table=True):
    """A try to log in, by the hash of the address; counts until a success."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index("ix_login_attempt_email_hash_at", "email_hash", "at"),)

    id: int | None = key()
    email_hash: str = text(64)
    at: datetime = moment()
    ok: bool


class AccessGrant(SQLModel, table=True):
    """Visibility is a row: who (a unit, an account, or the bearer of a link) sees which sections, and why.

    `basis` is the legal basis (`people.rules.Basis`), `cause` the row that caused it (as in `party:12`);
    `valid_until` is the moment from which it no longer opens anything, `closed_at` the moment it was closed.
    """

    __tablename__ = "access_grant"
    __table_args__ = (
        CheckConstraint("person_id IS NOT NULL OR case_id IS NOT NULL", name="opens_something"),
        CheckConstraint("NOT (unit_id IS NOT NULL AND account_id IS NOT NULL)", name="one_holder"),
        CheckConstraint("writes & ~reads = 0", name="writes_within_reads"),
        Index("ix_access_grant_case_id_unit_id", "case_id", "unit_id"),
        Index("ix_access_grant_person_id_unit_id", "person_id", "unit_id"),
        Index("ix_access_grant_unit_id_case_id", "unit_id", "case_id"),
    )

    id: int | None = key()
    ref: str = ref()
    unit_id: int | None = link("unit.id", nullable=True, index=False)
    account_id: int | None = link("account.id", nullable=True)
    person_id: int | None = link("person.id", nullable=True, index=False)
    case_id: int | None = link("case_file.id", nullable=True, index=False)
    relation: Relation = word(Relation)
    reads: int
    writes: int
    basis: str = text(40)
    cause: str = text(80, index=True)
    valid_from: datetime = moment()
    valid_until: datetime | None = moment(nullable=True)
    closed_at: datetime | None = moment(nullable=True)


class SignedLink(SQLModel, table=True):
    """A link for somebody without an account: one purpose, one object, used once; only its hash is kept.

    `factor_hash` is the hash of what the bearer must know beside the link; `attempts` counts wrong answers.
    `unit_id` is the unit for which the bearer answers, none where the person answers for themselves. Of a
    mail address only the keyed hash is kept here.
    """

    __tablename__ = "signed_link"
    __table_args__ = (
        CheckConstraint("(factor IS NULL) = (factor_hash IS NULL)", name="factor_with_hash"),
        CheckConstraint("attempts >= 0", name="attempts_count"),
    )

    id: int | None = key()
    ref: str = ref()
    token_hash: str = text(64, unique=True)
    grant_id: int | None = link("access_grant.id", nullable=True)
    purpose: LinkPurpose = word(LinkPurpose)
    subject: str = text(40)
    subject_id: int
    case_id: int | None = link("case_file.id", nullable=True)
    person_id: int | None = link("person.id", nullable=True)
    unit_id: int | None = link("unit.id", nullable=True, index=False)
    bearer: str = text(120)
    delivery: LinkDelivery | None = word(LinkDelivery, nullable=True)
    address_hash: str | None = text(64, nullable=True)
    factor: LinkFactor | None = word(LinkFactor, nullable=True)
    factor_hash: str | None = text(200, nullable=True)
    attempts: int = 0
    made_by: int | None = link("account.id", nullable=True, index=False)
    made_unit_id: int | None = link("unit.id", nullable=True, index=False)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    opened_at: datetime | None = moment(nullable=True)
    used_at: datetime | None = moment(nullable=True)
    revoked_at: datetime | None = moment(nullable=True)
