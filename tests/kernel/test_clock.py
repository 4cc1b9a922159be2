from datetime import UTC, date, datetime, timedelta

from cii.kernel.clock import FixedClock, ShiftedClock, SystemClock, local_day, local_midnight


def test_the_business_day_is_the_swiss_one():
    assert local_day(datetime(2026, 10, 14, 22, 30, tzinfo=UTC)) == date(2026, 10, 15)
    assert local_midnight(date(2026, 7, 1)) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert local_midnight(date(2026, 1, 1)) == datetime(2025, 12, 31, 23, tzinfo=UTC)


def test_the_demo_clock_shows_its_start_and_goes_on():
    start = datetime(2026, 10, 15, 6, tzinfo=UTC)
    clock = ShiftedClock.starting(start)

    first, second = clock.now(), clock.now()

    assert start <= first <= second < start + timedelta(minutes=1)


def test_a_fixed_clock_stands_still_and_the_systems_is_aware():
    at = datetime(2026, 10, 15, 6, tzinfo=UTC)

    assert FixedClock(at).now() == FixedClock(at).now() == at
    assert SystemClock().now().tzinfo is UTC
