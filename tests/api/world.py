"""Two moments of the story to ask the API about: November, when three persons begin, and January, when all is told.

The story is walked once per process; each test gets its own copy of the database, with the clock of that day.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from cii.access.tables import Account
from cii.app import create_app
from cii.store.engine import make_engine
from tests.api.site import MovingClock, Site
from tests.conftest import NOW
from tests.journeys import test_api_story as story_of
from tests.journeys.caller import Caller
from tests.journeys.stage import Stage

NOBODY = "zzzzzzzzzz"
"""A well-formed reference that nothing bears."""


@dataclass
class Moment:
    """A database file, its time, and the outward names in it."""

    file: Path
    at: datetime
    stage: Stage
    cases: list[str]
    placements: dict[str, str]
    statements: dict[str, str]
    detections: list[str]


@dataclass
class World(Site):
    """The application on a copy of a moment; `world.as_("orp")` is that person's program."""

    moment: Moment | None = None
    held: dict[str, Caller] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        moment = self.__dict__.get("moment")
        if moment is None or not hasattr(moment, name):
            raise AttributeError(name)
        return getattr(moment, name)

    def as_(self, who: str) -> Caller:
        if who not in self.held:
            made = Caller(self, who)
            with Session(self.engine) as session:
                account = session.exec(select(Account).where(Account.email == f"{who}@cii.example")).one()
            made.token = self.token(account)
            self.held[who] = made
        return self.held[who]

    def one(self, sql: str, **values: Any) -> Any:
        """The one value of a query."""
        return self.rows(sql, **values)[0][0]

    def refs(self) -> dict[str, str]:
        """Something of each kind that belongs to the first case, its person, or its money."""
        case = self.one("SELECT id FROM case_file WHERE ref = :ref", ref=self.cases[0])
        return {
            "cases": self.cases[0],
            "detections": self.detections[0],
            "referrals": self.one("SELECT ref FROM referral WHERE case_id = :id", id=case),
            "tasks": self.one(
                "SELECT ref FROM wf_task WHERE subject_id = :id ORDER BY id DESC LIMIT 1", id=case
            ),
            "decisions": self.one("SELECT ref FROM wf_decision WHERE case_id = :id", id=case),
            "consents": self.one(
                "SELECT ref FROM consent WHERE person_id = (SELECT person_id FROM case_file WHERE id = :id)",
                id=case,
            ),
            "persons": self.one(
                "SELECT p.ref FROM person p JOIN case_file c ON c.person_id = p.id WHERE c.id = :id", id=case
            ),
            "merges": NOBODY,
            "placements": self.placements["social"],
            "statements": self.statements.get("SAS", NOBODY),
            "waiting": NOBODY,
            "final-accounts": NOBODY,
            "outcomes": NOBODY,
            "wages": NOBODY,
            "wage-grants": NOBODY,
            "outcome-schemes": NOBODY,
            "rounds": NOBODY,
        }


@pytest.fixture(scope="session")
def told(new_engine, tmp_path_factory, settings) -> dict[str, Moment]:
    """The story, walked once; its two moments."""
    folder = tmp_path_factory.mktemp("story")
    engine = new_engine("sqlite", folder)
    clock = MovingClock(NOW)
    story = story_of.Story(Site(create_app(settings, clock, engine=engine), engine, clock, settings))
    story_of.one_file_is_imported(story)
    story_of.two_a_person_is_announced(story)
    story_of.three_assessment_and_plan(story)
    story_of.four_three_places_are_given(story)
    moments = {"november": _kept(story, folder / "november.sqlite")}
    story_of.five_a_month_is_attested_and_paid(story)
    story_of.six_the_books_are_reconciled(story)
    story_of.seven_the_quarter_is_reported(story)
    moments["january"] = _kept(story, folder / "january.sqlite")
    engine.dispose()
    return moments


def _kept(story: Any, file: Path) -> Moment:
    with (
        closing(sqlite3.connect(story.site.engine.url.database)) as here,
        closing(sqlite3.connect(file)) as copy,
    ):
        here.backup(copy)
    return Moment(
        file,
        story.site.clock.now(),
        story.stage,
        list(story.cases),
        dict(story.placements),
        dict(story.statements),
        list(story.detections),
    )


def _opened(moment: Moment, folder: Path, settings: Any, app_on: Any) -> Iterator[World]:
    shutil.copy(moment.file, folder / "world.sqlite")
    engine = make_engine(f"sqlite:///{folder / 'world.sqlite'}")
    clock = MovingClock(moment.at)
    yield World(app_on(engine, clock), engine, clock, settings, moment)
    engine.dispose()


@pytest.fixture
def november(told, tmp_path, settings, app_on) -> Iterator[World]:
    """2 November 2026: three persons have begun in the workshop."""
    yield from _opened(told["november"], tmp_path, settings, app_on)


@pytest.fixture
def january(told, tmp_path, settings, app_on) -> Iterator[World]:
    """6 January 2027: the month is paid, the quarter frozen twice."""
    yield from _opened(told["january"], tmp_path, settings, app_on)


__all__ = ["NOBODY", "Moment", "World", "january", "november", "told"]
