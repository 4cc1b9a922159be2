"""The clock of this database: the machine's, or the demo canton's, which started at 15.10.2026 08:00."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from cii.jobs.tables import ClockShift
from cii.kernel.clock import Clock, ShiftedClock, SystemClock
from cii.store.engine import WRITING
from cii.store.settings import Settings


def clock_of(engine: Engine, settings: Settings) -> Clock:
    """The clock that this database lives by; production and tests live by the machine's.

    The shift is kept in the data: after a restart, and in each process, the canton's time goes on.
    """
    if settings.mode != "demo":
        return SystemClock()
    try:
        with Session(engine) as session:
            micros = session.exec(select(col(ClockShift.micros))).first()
    except DBAPIError:
        return SystemClock()
    return SystemClock() if micros is None else ShiftedClock(timedelta(microseconds=micros))


def start_clock(engine: Engine, settings: Settings) -> Clock:
    """Start the demo canton's clock at `settings.demo_start`, unless it runs already."""
    clock = ShiftedClock.starting(datetime.fromisoformat(settings.demo_start))
    row = {
        "id": 1,
        "micros": round(clock.offset / timedelta(microseconds=1)),
        "started_at": SystemClock().now(),
    }
    try:
        with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
            connection.execute(insert(ClockShift).values(**row))
    except IntegrityError:
        pass
    return clock_of(engine, settings)
