"""The demo canton's clock starts once and goes on in every process; production keeps the machine's."""

from datetime import datetime, timedelta

from cii.jobs.clock import clock_of, start_clock
from cii.kernel.clock import SystemClock
from cii.store.engine import make_engine
from cii.store.settings import Settings

START = datetime.fromisoformat("2026-10-15T08:00:00+02:00")


def test_the_demo_starts_on_its_day_and_a_restart_goes_on(fresh_engine, tmp_path):
    settings = Settings(mode="demo", data_dir=tmp_path)

    first = start_clock(fresh_engine, settings).now()
    again = start_clock(
        fresh_engine, settings.model_copy(update={"demo_start": "2030-01-01T00:00:00+01:00"})
    ).now()

    assert timedelta(0) <= first - START < timedelta(minutes=1)
    assert timedelta(0) <= again - first < timedelta(minutes=1)
    assert abs(clock_of(fresh_engine, settings).now() - again) < timedelta(minutes=1)


def test_without_a_start_or_outside_the_demo_it_is_the_machine(fresh_engine, tmp_path):
    settings = Settings(mode="demo", data_dir=tmp_path)

    assert isinstance(clock_of(fresh_engine, settings), SystemClock)
    start_clock(fresh_engine, settings)
    assert isinstance(clock_of(fresh_engine, Settings(mode="test", data_dir=tmp_path)), SystemClock)
    assert isinstance(clock_of(make_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}"), settings), SystemClock)
