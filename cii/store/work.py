"""The unit of work: one session, one actor, one moment. Actions take it first; only the door commits."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import Session

from cii.kernel.calendar import WorkingDays
from cii.kernel.clock import local_day
from cii.store.engine import WRITING
from cii.store.settings import Settings, default_settings


@dataclass(frozen=True, slots=True)
class Seat:
    """One membership of an account, valid at the moment of the request.

    `role`, `sector` are the values of `access.vocabulary.Role` and `institutions.vocabulary.Sector`;
    `unit`, `unit_ref` name the unit, for whoever shows it: they say nothing about who acts.
    """

    unit_id: int
    institution_id: int
    role: str
    sector: str | None = None
    unit: str = field(default="", compare=False)
    unit_ref: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with its seats and permits, a signed link, or the house itself (jobs).

    `permits` are resolved by `access` at login; `links` are the ids of grants that a signed link carries.
    """

    name: str
    account_id: int | None = None
    lang: str = "fr"
    seats: tuple[Seat, ...] = ()
    permits: frozenset[str] = frozenset()
    links: tuple[int, ...] = ()

    @property
    def units(self) -> tuple[int, ...]:
        """The units in which the actor has a seat, each once, in order."""
        return tuple(dict.fromkeys(seat.unit_id for seat in self.seats))

    @property
    def institutions(self) -> tuple[int, ...]:
        """The institutions of these units."""
        return tuple(dict.fromkeys(seat.institution_id for seat in self.seats))

    def sectors(self, *roles: str) -> frozenset[str]:
        """The sectors in which the actor has one of these roles; without roles, any seat."""
        return frozenset(
            seat.sector for seat in self.seats if seat.sector and (not roles or seat.role in roles)
        )

    def has_role(self, *roles: str) -> bool:
        """Whether the actor has one of these roles anywhere."""
        return any(seat.role in roles for seat in self.seats)


HOUSE = Actor("cii")
"""The house itself: nightly jobs, loader. It has no account and needs no permit; each act is journalled."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Personal data that a query has shown: becomes one journal row per request and kind."""

    kind: str
    ids: tuple[int, ...]
    sections: int
    basis: str | None = None


@dataclass
class Work:
    """Session, actor, moment and correlation of one business transaction.

    `afterwards`: what a reading request keeps about itself, written with the journal of what it has shown.
    """

    session: Session
    actor: Actor
    now: datetime
    calendar: WorkingDays = field(default_factory=WorkingDays)
    correlation: str = field(default_factory=lambda: secrets.token_hex(8))
    seen: list[Seen] = field(default_factory=list)
    afterwards: list[Callable[["Work"], None]] = field(default_factory=list)
    settings: Settings = field(default_factory=default_settings)

    @property
    def today(self) -> date:
        """The business date in Switzerland."""
        return local_day(self.now)

    def saw(self, kind: str, ids: Iterable[int], sections: int, basis: str | None = None) -> None:
        """Remember what was shown; the door writes it to the journal before the answer leaves."""
        shown = tuple(sorted(set(ids)))
        if shown:
            self.seen.append(Seen(kind, shown, sections, basis))

    def parameter(self, name: str, at: date | None = None) -> int:
        """The dated number `name` in force at `at` (today when left out); see `store.parameters`."""
        from cii.store.parameters import read_parameter  # noqa: PLC0415 - parameters read through a session

        return read_parameter(self.session, name, at or self.today)


@contextmanager
def working(
    engine: Engine,
    actor: Actor,
    now: datetime,
    *,
    calendar: WorkingDays | None = None,
    settings: Settings | None = None,
    writing: bool = True,
) -> Iterator[Work]:
    """One transaction: commits when the block ends well, else rolls back. For doors, jobs and the loader."""
    with engine.connect() as connection:
        connection = connection.execution_options(**{WRITING: writing})  # noqa: PLW2901
        with Session(connection, expire_on_commit=False, autoflush=True) as session:
            yield Work(
                session, actor, now, calendar or WorkingDays(), settings=settings or default_settings()
            )
            if writing:
                session.commit()
            else:
                session.rollback()
