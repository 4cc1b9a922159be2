"""Whether places are given fairly: in pure numbers, and in a town counted by hand on both engines."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.figures.fairness import NotWholeMonths, fairness_figures, fairness_period
from cii.figures.rules_fairness import (
    CAME,
    AgeClass,
    Days,
    Dimension,
    FairRow,
    Seeker,
    age_class,
    by_group,
    whole,
)
from cii.kernel.errors import Refusal
from cii.kernel.period import PeriodUpsideDown
from cii.people.tables import Identity
from cii.people.vocabulary import Sex
from cii.placements.vocabulary import WaitingState
from tests.agreements.build_agreements import a_market
from tests.figures.build_figures import a_stay, later, the_numbers, waits

YEAR = date(2025, 10, 1), date(2026, 9, 30)


def seekers(group, came, number, days=None):
    return [Seeker({Dimension.SEX: group}, came, days)] * number


def by_sex(people, minimum=5):
    return {one.group: one for one in by_group(people, Dimension.SEX, minimum)}


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (date(2026, 5, 16), AgeClass.UNDER_25),
        (date(2026, 5, 17), AgeClass.FROM_25),
        (date(2051, 5, 16), AgeClass.FROM_25),
        (date(2051, 5, 17), AgeClass.FROM_50),
    ],
)
def test_one_is_in_a_class_of_age_by_birthdays(on, found):
    assert age_class(date(2001, 5, 17), on) is found


def test_each_group_tells_how_many_were_placed_and_how_long_it_took():
    people = [
        *(Seeker({Dimension.SEX: "female"}, "placed", days) for days in (0, 10, 20, 30, 91)),
        *seekers("female", "waiting", 15, 40),
        *seekers("male", "placed", 7, 5),
        *seekers("male", "gone", 6),
    ]

    found = by_sex(people)

    assert found["female"] == FairRow("female", 5, 15, 0, 20, "25.0", Days(20, 30), Days(40, 40))
    assert found["male"] == FairRow("male", 7, 0, 6, 13, "53.8", Days(5, 5), None)


def test_a_small_number_takes_another_with_it_and_days_with_both():
    people = [
        *seekers("female", "placed", 20, 3), *seekers("male", "placed", 2, 90),
        *seekers("not_stated", "placed", 9, 4), *seekers("male", "waiting", 30, 8),
    ]  # fmt: skip

    found = by_sex(people)

    assert whole(people, 5).placed == 31
    assert (found["male"].placed, found["male"].until_placed, found["male"].percent) == (None, None, None)
    assert (found["not_stated"].placed, found["not_stated"].until_placed) == (None, None)
    assert (found["female"].placed, found["female"].until_placed) == (20, Days(3, 3))


def test_where_the_whole_is_too_small_no_group_is_told():
    people = [*seekers("female", "placed", 20, 3), *seekers("male", "waiting", 4, 90)]

    assert whole(people, 5) == FairRow("*", None, None, None, 24, None, None, None)
    assert by_sex(people) == {}
    assert whole(people[-3:], 5).total is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(CAME)), max_size=60))
def test_no_hidden_number_follows_from_those_that_are_shown(drawn):
    people = [Seeker({Dimension.SEX: group}, came, 1) for group, came in drawn]

    rows, all_ = by_sex(people).values(), whole(people, 5)

    for came in CAME:
        column = [getattr(one, came) for one in rows]
        assert all(count is None or not 0 < count < 5 for count in column)
        gone = [one.group for one, count in zip(rows, column, strict=True) if count is None]
        assert len(gone) != 1
        if gone:
            assert sum(group in gone and what == came for group, what in drawn) >= 5
            assert getattr(all_, came) is not None


@pytest.fixture
def town(work):
    """Six women of the Val-de-Travers were placed after 31 days, five men of La Chaux-de-Fonds still wait.

    One more man asked and was turned away; he had asked before the year as well.
    """
    the_numbers(work)
    made = a_market(later(work, days=-600))
    made.work, made.agreed = work, made.agreement()
    for _ in range(6):
        place = a_stay(
            work, made.measure, made.agreed, made.ac, date(2026, 3, 4), date(2026, 12, 31),
            recorded_at=datetime(2026, 2, 1, 8, tzinfo=UTC),
        )  # fmt: skip
        known(work, place, sex=Sex.FEMALE, born=date(2003, 1, 1), postcode="2114")
    for day in (1, 1, 1, 1, 11):
        entry = waits(work, made.measure, made.social, date(2026, 9, day))
        known(work, entry, sex=Sex.MALE, born=date(1970, 1, 1), postcode="2300")
    return made


def known(work, request, *, sex=None, born=date(1985, 5, 20), postcode=None, language="fr"):
    """What the unit that asked has typed of the person."""
    work.session.add(
        Identity(
            person_id=request.person_id, unit_id=request.requested_by_unit_id, last_name="Exemple",
            first_name="Élodie", birth_date=born, postcode=postcode, language=language, sex=sex,
            folded="exemple elodie", recorded_at=work.now,
        )
    )  # fmt: skip
    work.session.flush()


def test_the_town_is_told_by_each_of_what_persons_have_in_common(town):
    found = fairness_figures(town.work, *YEAR)

    assert found.whole == FairRow("*", 6, 5, 0, 11, "54.5", Days(31, 31), Days(29, 27))
    placed = FairRow("female", 6, 0, 0, 6, "100.0", Days(31, 31), None)
    waiting = FairRow("male", 0, 5, 0, 5, "0.0", None, Days(29, 27))
    assert found.by["sex"] == (placed, waiting)
    groups = {name: [one.group for one in rows] for name, rows in found.by.items()}
    assert groups == {
        "sector": ["AC", "AS"],
        "region": ["la-chaux-de-fonds", "val-de-travers"],
        "age": ["under_25", "from_50"],
        "sex": ["female", "male"],
        "language": ["fr"],
    }


def test_one_turned_away_is_too_few_to_be_told_and_takes_the_tables_along(town):
    entry = waits(
        town.work, town.measure, town.ac, date(2026, 5, 4), closed_at=datetime(2026, 6, 1, 8, tzinfo=UTC)
    )
    entry.state = WaitingState.WITHDRAWN

    found = fairness_figures(town.work, *YEAR)

    assert (found.whole.total, found.whole.placed) == (12, None)
    assert set(found.by.values()) == {()}


def test_who_waited_from_before_the_period_counts_who_was_placed_before_does_not(town):
    autumn = date(2026, 9, 1), date(2026, 9, 30)
    for _ in range(5):
        entry = waits(town.work, town.measure, town.ac, date(2026, 8, 1))
        known(town.work, entry)

    found = fairness_figures(town.work, *autumn)

    assert (found.whole.placed, found.whole.waiting, found.whole.total) == (0, 10, 10)
    assert found.by["region"][-1].group == "not_stated"


def test_a_person_with_two_requests_counts_once_from_the_first(town):
    place = a_stay(
        town.work, town.measure, town.agreed, town.ac, date(2026, 9, 1), date(2026, 12, 31),
        recorded_at=datetime(2026, 8, 2, 8, tzinfo=UTC),
    )  # fmt: skip
    before = waits(town.work, town.measure, town.social, date(2026, 7, 3))
    before.person_id = place.person_id

    found = fairness_figures(town.work, *YEAR)

    assert (found.whole.placed, found.whole.total) == (7, 12)
    assert found.whole.until_placed == Days(31, 35)  # six times 31, once 60


def test_the_period_is_of_whole_months_that_are_over_for_everyone(town):
    assert fairness_period(town.work, None, None) == YEAR
    with pytest.raises(Refusal) as no:
        fairness_figures(town.work, date(2026, 9, 2), date(2026, 10, 31))
    with pytest.raises(PeriodUpsideDown):
        fairness_figures(town.work, date(2026, 9, 1), date(2026, 8, 31))
    assert [(type(one), one.field) for one in no.value.reasons] == [
        (NotWholeMonths, "first"), (NotWholeMonths, "last"),
    ]  # fmt: skip
