"""The forecast of needs in a small town, on both engines: who asked, who waits, places, and what is foreseen."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from cii.figures.asked import Came, asked
from cii.figures.needs import QuarterNotOver, QuarterToCome, needs_figures, quarter_told
from cii.figures.rules_needs import Method
from cii.kernel.errors import Refusal
from cii.kernel.period import NotAQuarter, Quarter
from cii.measures.planning import SetTarget, set_target
from cii.measures.vocabulary import MeasureKind, TargetGroup
from cii.placements.vocabulary import ExitType, PlacementEventKind, WaitingState
from tests.agreements.build_agreements import a_market
from tests.figures.build_figures import a_stay, later, the_numbers, told, waits
from tests.measures.build_measures import a_measure

Q3 = Quarter(2026, 3)
STAND = date(2026, 9, 30)
LONG_AGO = datetime(2025, 3, 1, 8, tzinfo=UTC)
QUARTERS = [(2025, 5), (2025, 8), (2025, 11), (2026, 2), (2026, 5), (2026, 8)]
"""Year and month of a request in each of six quarters."""


@pytest.fixture
def market(work):
    """A workshop for youth and another for youth and skilled people, where nobody has asked yet."""
    the_numbers(work)
    made = a_market(later(work, days=-600))
    made.work, made.agreed = work, made.agreement()
    made.measure.target_groups = ["youth"]
    made.other = a_measure(
        later(work, days=-600),
        places=4,
        starts_on=date(2025, 1, 1),
        target_groups=(TargetGroup.YOUTH, TargetGroup.SKILLED),
    )
    return made


@pytest.fixture
def town(work, market):
    """Six ask for the first workshop in each quarter, three for the other in the last one.

    Of the requests of summer 2025 five led to a stay of 46 days in the year before the forecast.
    """
    made = market
    for year, month in QUARTERS:
        for _ in range(1 if month == 8 and year == 2025 else 6):
            over = None if (year, month) == QUARTERS[-1] else datetime(year, month, 20, 8, tzinfo=UTC)
            waits(work, made.measure, made.ac, date(year, month, 10), closed_at=over)
    for _ in range(5):
        a_stay(
            work, made.measure, made.agreed, made.ac, date(2025, 11, 1), date(2026, 1, 31),
            exit_type=ExitType.TRAINING, left_on=date(2025, 12, 16), recorded_at=LONG_AGO + timedelta(180),
        )  # fmt: skip
    for _ in range(3):
        waits(work, made.other, made.ac, date(2026, 9, 2))
    return made


def groups_of(work, last=Q3):
    return {one.group: one for one in needs_figures(work, last).groups}


def test_cases_that_asked_are_counted_by_quarter_and_group(town):
    found = needs_figures(town.work, Q3)

    by = {one.group: one for one in found.groups}
    assert found.quarters == ("2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
    assert list(by) == ["all", "skilled", "youth"]
    assert by["youth"].counts == by["all"].counts == (6, 6, 6, 6, 6, 9)
    assert (by["youth"].waiting, by["youth"].stay_days) == (9, 46)


def test_a_number_too_small_is_told_to_nobody_nor_what_follows_from_it(town):
    found = groups_of(town.work)["skilled"]

    assert (found.counts, found.waiting, found.stay_days) == ((0, 0, 0, 0, 0, None), None, None)
    first = found.ahead[0]
    assert (first.expected, first.low, first.high, first.needed, first.places) == (None, None, None, None, 4)


def test_the_quarters_to_come_stand_beside_their_places(town):
    """The errors of all groups, in parts of what was said: 0, 0, 0, 3²/6, 3²/6, 3²/1; four in five: the last."""
    found = groups_of(town.work)["youth"]

    assert (found.method, found.errors["last"]) == (Method.LAST, "1.5")
    assert found.ahead[0] == QuarterToCome(
        "2026-Q4", expected=9, low=0, high=18, needed=9, needed_low=5, needed_high=14, places=14, planned=None,
    )  # fmt: skip
    assert [(one.quarter, one.expected, one.needed) for one in found.ahead[1:]] == [
        ("2027-Q1", 9, 5), ("2027-Q2", 9, 5), ("2027-Q3", 9, 5),
    ]  # fmt: skip


def test_a_plan_of_transformation_tells_what_is_wanted_from_its_day_on(town):
    set_target(
        later(town.work, days=-60),
        SetTarget(town.other.ref, town.ac.ref, MeasureKind.OCCUPATION, 1, date(2027, 2, 1)),
    )

    ahead = groups_of(town.work)["skilled"].ahead

    assert [(one.places, one.planned) for one in ahead] == [(4, None), (4, 1), (4, 1), (4, 1)]


def test_with_too_few_quarters_nothing_is_foreseen_but_what_was_is_told(town):
    found = groups_of(town.work, Quarter(2026, 2))["youth"]

    assert (found.counts, found.method, found.ahead) == ((6, 6, 6, 6, 6), None, ())


def test_the_forecast_is_made_of_quarters_that_are_over(market):
    assert quarter_told(market.work, None) == quarter_told(market.work, "2026-Q3") == Q3
    with pytest.raises(QuarterNotOver) as no:
        quarter_told(market.work, "2026-Q4")
    with pytest.raises(NotAQuarter):
        quarter_told(market.work, "2026")
    assert no.value.facts["last"] == "2026-Q3"
    assert isinstance(no.value, Refusal)


def test_a_case_that_asks_twice_in_a_quarter_counts_once(town):
    last = asked(town.work, STAND)[-1]
    again = waits(town.work, town.measure, town.social, date(2026, 9, 3))
    again.case_id = last.case_id

    assert groups_of(town.work)["youth"].counts[-1] == 9


def test_a_place_found_by_waiting_is_one_request_of_the_day_the_wait_began(market):
    entry = waits(market.work, market.measure, market.ac, date(2026, 6, 1))
    place = a_stay(
        market.work, market.measure, market.agreed, market.ac, date(2026, 7, 1), date(2026, 12, 31),
        recorded_at=datetime(2026, 6, 20, 8, tzinfo=UTC),
    )  # fmt: skip
    entry.case_id, entry.person_id = place.case_id, place.person_id
    entry.state, entry.placement_id = WaitingState.PLACED, place.id
    entry.closed_at = datetime(2026, 6, 20, 8, tzinfo=UTC)
    market.work.session.flush()

    (found,) = [one for one in asked(market.work, STAND) if one.case_id == place.case_id]

    assert (found.on, found.came, found.placed_on) == (date(2026, 6, 1), Came.PLACED, date(2026, 7, 1))


def test_what_is_recorded_after_the_day_is_not_known_on_it(market):
    place = a_stay(
        market.work, market.measure, market.agreed, market.ac, date(2026, 9, 1), date(2026, 12, 31), started=False,
        recorded_at=datetime(2026, 8, 20, 8, tzinfo=UTC),
    )  # fmt: skip
    told(market.work, place, PlacementEventKind.ACCEPTED, STAND, datetime(2026, 10, 1, 8, tzinfo=UTC))

    came = {
        day: next(one.came for one in asked(market.work, day) if one.case_id == place.case_id)
        for day in (STAND, date(2026, 10, 1))
    }

    assert came == {STAND: Came.WAITING, date(2026, 10, 1): Came.PLACED}


def test_a_place_that_came_to_nothing_is_a_request_all_the_same(market):
    place = a_stay(
        market.work, market.measure, market.agreed, market.ac, date(2026, 9, 1), date(2026, 12, 31), started=False,
        recorded_at=datetime(2026, 8, 20, 8, tzinfo=UTC),
    )  # fmt: skip
    told(market.work, place, PlacementEventKind.REFUSED, STAND, datetime(2026, 8, 25, 8, tzinfo=UTC))

    (found,) = [one for one in asked(market.work, STAND) if one.case_id == place.case_id]

    assert (found.on, found.came) == (date(2026, 8, 20), Came.GONE)


def test_more_requests_ask_no_more_statements(town):
    def statements():
        given = []
        connection = town.work.session.connection()
        note = lambda *asked_: given.append(asked_[2])  # noqa: E731 - taken off again below
        event.listen(connection, "before_cursor_execute", note)
        needs_figures(town.work, Q3)
        event.remove(connection, "before_cursor_execute", note)
        return len(given)

    few = statements()
    for _ in range(5):
        waits(
            town.work, a_measure(town.work, target_groups=(TargetGroup.MIGRATION,)), town.ac, date(2026, 8, 3)
        )

    assert statements() == few
