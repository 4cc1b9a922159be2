"""Rows of restricted cases: why a case is for named readers only, and who they are. History stays."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.store.columns import key, link, moment, text
from cii.store.guards import append_only


class CaseRestriction(SQLModel, table=True):
    """From when to when a case is open to named readers only, and for which reason."""

    __tablename__ = "case_restriction"
    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lift_reason IS NULL)", name="lifted_with_reason"),
        Index("uq_case_restriction_live", "case_id", unique=True, sqlite_where=sql("lifted_at IS NULL"),
              postgresql_where=sql("lifted_at IS NULL")),
    )  # fmt: skip

    id: int | None = key()
    case_id: int = link("case_file.id", index=False)
    case_ref: str = text(10)
    reason: str = text(1000)
    at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    lifted_at: datetime | None = moment(nullable=True)
    lifted_by: int | None = link("account.id", nullable=True, index=False)
    lift_reason: str | None = text(1000, nullable=True)


class CaseReader(SQLModel, table=True):
    """An account named to see a restricted case; `reason` says why, always where it named itself."""

    __tablename__ = "case_reader"
    __table_args__ = (
        CheckConstraint(
            "named_by IS NULL OR named_by <> account_id OR reason IS NOT NULL", name="own_reason"
        ),
        Index("uq_case_reader_live", "account_id", "case_id", unique=True,
              sqlite_where=sql("closed_at IS NULL"), postgresql_where=sql("closed_at IS NULL")),
    )  # fmt: skip

    id: int | None = key()
    case_id: int = link("case_file.id")
    account_id: int = link("account.id", index=False)
    named_by: int | None = link("account.id", nullable=True, index=False)
    reason: str | None = text(1000, nullable=True)
    at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)
    closed_by: int | None = link("account.id", nullable=True, index=False)


append_only(CaseRestriction, but=("lifted_at", "lifted_by", "lift_reason"))
append_only(CaseReader, but=("closed_at", "closed_by"))
