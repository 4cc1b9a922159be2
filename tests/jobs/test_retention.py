"""The night of retention as a job: once per business date, counted in its row, told on the officer's page."""

from datetime import date, timedelta

import pytest

from cii.institutions.queries import unit_by_code
from cii.jobs.queries import last_night
from cii.jobs.registry import JOBS
from cii.jobs.runs import Bell, run_once
from cii.kernel.clock import FixedClock
from cii.rights.expiring import GOING
from cii.texts.speech import texts
from cii.wire.idempotency import claim
from tests.conftest import NOW
from tests.figures.build_figures import the_numbers
from tests.institutions.build_institutions import the_canton
from tests.people.build_people import a_person

DAY = date(2026, 10, 14)
(JOB,) = [job for job in JOBS if job.name == "retention"]


@pytest.fixture
def bell(fresh_engine, settings, tmp_path) -> Bell:
    made = Bell(fresh_engine, FixedClock(NOW), settings.model_copy(update={"data_dir": tmp_path}))
    with made.working() as work:
        the_numbers(work)
        the_canton(work)
        work.now = NOW - timedelta(days=3000)
        a_person(work, unit_by_code(work, "ORP-LITTORAL"))
        claim(work.session, "account:1", "k", "digest", work.now)
    return made


def test_the_night_runs_once_for_a_day_and_says_what_it_did(bell):
    assert run_once(bell, JOB, DAY) is True
    assert run_once(bell, JOB, DAY) is False

    with bell.working() as work:
        told = last_night(work, "retention")
    assert (told.day, told.counts) == (DAY, {"idempotency_record": 1, "proposed": 1})
    assert run_once(bell, JOB, DAY + timedelta(days=1)) is True
    with bell.working() as work:
        assert last_night(work, "retention").counts == {}


def test_everything_that_goes_has_a_word_on_the_page():
    said = {f"web.retention.gone.{one.model.__tablename__.replace('_', '-')}" for one in GOING}

    assert said <= texts().keys()
