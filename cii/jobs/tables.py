"""Rows of the jobs: what has run for which day, who is ringing, where the demo's clock started."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from cii.store.columns import day, key, moment, plain_json, text


class JobRun(SQLModel, table=True):
    """A job has run for a business date; committed together with its effect, so there is one or none."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "business_date"),)

    id: int | None = key()
    job: str = text(60)
    business_date: date = day()
    worker: str = text(80)
    started_at: datetime = moment()
    finished_at: datetime | None = moment(nullable=True)
    result: dict[str, object] | None = plain_json(nullable=True)


class JobLease(SQLModel, table=True):
    """A worker has a bell to itself until a moment: what rings each minute is not rung twice at once."""

    __tablename__ = "job_lease"

    name: str = text(60, primary_key=True)
    holder: str = text(80)
    until: datetime = moment()


class ClockShift(SQLModel, table=True):
    """How far the demo canton's clock is ahead of the machine's; one row, written when the demo is loaded."""

    __tablename__ = "clock_shift"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    micros: int = Field(sa_type=BigInteger)
    started_at: datetime = moment()
