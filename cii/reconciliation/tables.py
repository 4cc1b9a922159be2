"""Rows of the reconciliation: what was compared for a date, and what did not agree."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from cii.reconciliation.vocabulary import FindingKind, FindingUnit, Severity
from cii.store.columns import day, key, link, moment, plain_json, ref, text, word


class ReconciliationRun(SQLModel, table=True):
    """One business date's reconciliation: what was compared; a rerun replaces its figures."""

    __tablename__ = "reconciliation_run"
    __table_args__ = (UniqueConstraint("business_date"),)

    id: int | None = key()
    ref: str = ref()
    business_date: date = day()
    horizon: datetime = moment()
    rule_version: str = text(40)
    counts: dict[str, int] = plain_json()
    sums: dict[str, int] = plain_json()
    findings: int = 0


class Finding(SQLModel, table=True):
    """A difference that somebody must look at; it closes by itself when its cause is gone."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("uq_finding_open", "kind", "object_key", unique=True,
              sqlite_where=sql("closed_on IS NULL"), postgresql_where=sql("closed_on IS NULL")),
        CheckConstraint("difference = found - expected", name="difference"),
        CheckConstraint("closed_on IS NULL OR closed_on >= since", name="term"),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    kind: FindingKind = word(FindingKind, index=True)
    severity: Severity = word(Severity)
    object_kind: str = text(40)
    object_ref: str | None = text(60, nullable=True)
    object_key: str = text(120)
    unit: FindingUnit = word(FindingUnit)
    expected: int = Field(sa_type=BigInteger)
    found: int = Field(sa_type=BigInteger)
    difference: int = Field(sa_type=BigInteger)
    facts: dict[str, Any] = plain_json()
    since: date = day()
    owner_unit_id: int | None = link("unit.id", nullable=True)
    closed_on: date | None = day(nullable=True)
