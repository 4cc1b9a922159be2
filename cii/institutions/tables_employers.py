"""Rows of employers and of what they look for; no row here tells of an insured person."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import SQLModel

from cii.store.columns import day, key, link, moment, ref, text


class Employer(SQLModel, table=True):
    """An enterprise that takes people on; `folded` is its name as the search finds it."""

    __tablename__ = "employer"
    __table_args__ = (Index("uq_employer_name_place", "folded", "postcode", unique=True),)

    id: int | None = key()
    ref: str = ref()
    name: str = text(200)
    folded: str = text(200)
    branch: str = text(120)
    postcode: str = text(4)
    place: str = text(80)
    spokesperson: str | None = text(120, nullable=True)
    phone: str | None = text(40, nullable=True)
    email: str | None = text(200, nullable=True)
    unit_id: int = link("unit.id", index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)
    entered_at: datetime = moment()
    version: int = 1


class EmployerNeed(SQLModel, table=True):
    """What an employer looks for, from a day until it is filled or withdrawn."""

    __tablename__ = "employer_need"
    __table_args__ = (
        CheckConstraint("wanted >= 1", name="wants_somebody"),
        CheckConstraint("until IS NULL OR until >= since", name="since_before_until"),
    )

    id: int | None = key()
    ref: str = ref()
    employer_id: int = link("employer.id")
    need: str = text(400)
    wanted: int = 1
    since: date = day()
    until: date | None = day(nullable=True)
    unit_id: int = link("unit.id", index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)
    at: datetime = moment()


__all__ = ["Employer", "EmployerNeed"]
