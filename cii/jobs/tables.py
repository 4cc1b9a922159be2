"""Rows of the jobs: what has run for which day, what failed, what is asked for, who is ringing, the clock."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from cii.jobs.vocabulary import OrderState
from cii.store.columns import day, key, link, moment, plain_json, ref, text, word


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


class JobFailure(SQLModel, table=True):
    """A job could not run for a business date: how often it was tried in vain, since when, the last reason.

    The row stays when the date has run at last: `job_run` says so.
    """

    __tablename__ = "job_failure"
    __table_args__ = (
        UniqueConstraint("job", "business_date"),
        CheckConstraint("tries > 0", name="tries"),
        CheckConstraint("last_at >= first_at", name="term"),
    )

    id: int | None = key()
    job: str = text(60)
    business_date: date = day()
    tries: int = 1
    first_at: datetime = moment()
    last_at: datetime = moment()
    worker: str = text(80)
    reason: str = text(500)


_OPEN = sql("state IN ('waiting', 'running')")


class JobOrder(SQLModel, table=True):
    """A run that somebody asked for; a worker takes it and notes its progress until it is done or has failed.

    There is one open order per job and business date. A worker that dies loses it at `until`.
    """

    __tablename__ = "job_order"
    __table_args__ = (
        Index("uq_job_order_open", "job", "business_date", unique=True,
              sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("done >= 0 AND done <= total", name="progress"),
        CheckConstraint("(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished"),
        CheckConstraint("(state = 'failed') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("state <> 'running' OR (worker IS NOT NULL AND until IS NOT NULL)", name="taken"),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    job: str = text(60)
    business_date: date = day()
    state: OrderState = word(OrderState)
    asked_by: int | None = link("account.id", nullable=True, index=False)
    asked_at: datetime = moment()
    worker: str | None = text(80, nullable=True)
    until: datetime | None = moment(nullable=True)
    finished_at: datetime | None = moment(nullable=True)
    done: int = 0
    total: int = 0
    step: str | None = text(40, nullable=True)
    reason: str | None = text(500, nullable=True)


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
