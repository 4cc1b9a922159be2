"""Rows of the follow-up: rests with their last day, the check of the result, who speaks to which employer."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.cases.vocabulary import ResultHolds
from cii.store.columns import day, key, link, moment, ref, text, word
from cii.store.guards import append_only


class CaseRest(SQLModel, table=True):
    """A rest of a case until a day; on that day it goes on by itself, unless it did so before."""

    __tablename__ = "case_rest"
    __table_args__ = (
        Index("uq_case_rest_live", "case_id", unique=True,
              sqlite_where=sql("ended_at IS NULL"), postgresql_where=sql("ended_at IS NULL")),
        Index("ix_case_rest_due", "resume_on",
              sqlite_where=sql("ended_at IS NULL"), postgresql_where=sql("ended_at IS NULL")),
    )  # fmt: skip

    id: int | None = key()
    case_id: int = link("case_file.id")
    since: datetime = moment()
    resume_on: date = day()
    reason: str = text()
    unit_id: int = link("unit.id", index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)
    ended_at: datetime | None = moment(nullable=True)


class OutcomeCheck(SQLModel, table=True):
    """Whether what a case ended in still holds some months later, as asked and answered once.

    Cancelled when the case is taken up again before; `source` says from where it is known.
    """

    __tablename__ = "outcome_check"
    __table_args__ = (
        CheckConstraint("(holds IS NULL) = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint("holds IS NULL OR (source IS NOT NULL AND source <> '')", name="answer_has_source"),
        CheckConstraint("holds IS NULL OR cancelled_at IS NULL", name="answered_or_cancelled"),
        Index("uq_outcome_check_open", "case_id", unique=True,
              sqlite_where=sql("holds IS NULL AND cancelled_at IS NULL"),
              postgresql_where=sql("holds IS NULL AND cancelled_at IS NULL")),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    case_id: int = link("case_file.id")
    person_id: int = link("person.id")
    unit_id: int = link("unit.id")
    outcome: str = text(40)
    closed_on: date = day()
    check_on: date = day()
    holds: ResultHolds | None = word(ResultHolds, nullable=True)
    holds_on: date | None = day(nullable=True)
    source: str | None = text(200, nullable=True)
    note: str | None = text(nullable=True)
    answered_at: datetime | None = moment(nullable=True)
    answered_by: int | None = link("account.id", nullable=True, index=False)
    cancelled_at: datetime | None = moment(nullable=True)
    version: int = 1


class EmployerContact(SQLModel, table=True):
    """Who speaks to an employer for a case: one at a time."""

    __tablename__ = "employer_contact"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="since_before_until"),
        Index("uq_employer_contact_live", "employer_id", "case_id", unique=True,
              sqlite_where=sql("until IS NULL"), postgresql_where=sql("until IS NULL")),
    )  # fmt: skip

    id: int | None = key()
    employer_id: int = link("employer.id")
    case_id: int = link("case_file.id")
    unit_id: int = link("unit.id")
    account_id: int | None = link("account.id", nullable=True, index=False)
    since: datetime = moment()
    until: datetime | None = moment(nullable=True)


class EmployerApproach(SQLModel, table=True):
    """An approach to an employer for a case; in spite of a warning it says why."""

    __tablename__ = "employer_approach"
    __table_args__ = (Index("ix_employer_approach_employer_day", "employer_id", "approached_on", "id"),)

    id: int | None = key()
    ref: str = ref()
    employer_id: int = link("employer.id", index=False)
    case_id: int = link("case_file.id")
    unit_id: int = link("unit.id")
    account_id: int | None = link("account.id", nullable=True, index=False)
    spoke_to: str | None = text(120, nullable=True)
    subject: str = text()
    approached_on: date = day()
    override_reason: str | None = text(nullable=True)
    at: datetime = moment()


append_only(EmployerApproach)

__all__ = ["CaseRest", "EmployerApproach", "EmployerContact", "OutcomeCheck"]
