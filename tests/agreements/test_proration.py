import itertools
import json
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.agreements.rules_proration import Attended, Rate, TariffMissing, instalments, price, prorate
from cii.agreements.rules_recount import rebuilt, recompute
from cii.agreements.vocabulary import Basis
from cii.kernel.money import Chf, round5
from cii.kernel.period import Period

CAL, WD, WEEK = Basis.CALENDAR_DAYS, Basis.WEEKDAYS, Basis.WEEK


def days(first: str, last: str) -> Period:
    return Period.through(date.fromisoformat(first), date.fromisoformat(last))


def rate(amount: str, basis: Basis = CAL, **more) -> Rate:
    given = {"id": 1, "start": date(2000, 1, 1), "end": None, **more}
    return Rate(basis=basis, amount=Chf.parse(amount), **given)


MONEY_TABLE = [
    ("6 places for a month", "20205", Basis.AGREED_PLACES, 6, ("2024-01-01", "2024-01-31"), [], "121230.00"),
    ("half a month", "19500", CAL, 1, ("2023-04-01", "2023-04-15"), [], "9750.00"),
    (
        "10 places, month and half",
        "20205",
        Basis.AGREED_PLACES,
        10,
        ("2023-03-01", "2023-04-15"),
        [],
        "303075.00",
    ),
    ("one calendar day", "20205", CAL, 1, ("2023-01-02", "2023-01-02"), [], "651.77"),
    ("one weekday", "20205", WD, 1, ("2025-08-01", "2025-08-01"), [], "962.14"),
    (
        "closed half of January",
        "100",
        WD,
        1,
        ("2026-01-01", "2026-01-31"),
        [("2026-01-01", "2026-01-16")],
        "45.45",
    ),
    (
        "two closures",
        "100",
        CAL,
        1,
        ("2025-04-01", "2025-04-30"),
        [("2025-04-01", "2025-04-01"), ("2025-04-05", "2025-04-18")],
        "50.00",
    ),
    ("weeks by fifths", "100", WEEK, 1, ("2025-01-01", "2025-01-31"), [], "460.00"),
    (
        "weeks by fifths, one closed",
        "100",
        WEEK,
        1,
        ("2025-01-01", "2025-01-31"),
        [("2025-01-06", "2025-01-12")],
        "360.00",
    ),
    ("started weeks", "50", Basis.STARTED_WEEK, 1, ("2025-01-01", "2025-01-31"), [], "250.00"),
    (
        "a closed Wednesday",
        "50",
        Basis.STARTED_WEEK,
        1,
        ("2025-01-01", "2025-01-31"),
        [("2025-01-15", "2025-01-15")],
        "250.00",
    ),
    (
        "a closed week",
        "50",
        Basis.STARTED_WEEK,
        1,
        ("2025-01-01", "2025-01-31"),
        [("2025-01-13", "2025-01-17")],
        "200.00",
    ),
    (
        "closures that overlap",
        "1100",
        WD,
        1,
        ("2026-06-01", "2026-06-30"),
        [("2026-06-08", "2026-06-12"), ("2026-06-10", "2026-06-19")],
        "600.00",
    ),
    ("over New Year", "1000", WD, 1, ("2025-12-15", "2026-01-15"), [], "1065.22"),
]


@pytest.mark.parametrize(
    ("amount", "basis", "places", "stay", "closed", "expected"),
    [case[1:] for case in MONEY_TABLE],
    ids=[case[0] for case in MONEY_TABLE],
)
def test_a_stay_costs_what_the_table_says(  # noqa: PLR0917 - the columns of the table
    amount, basis, places, stay, closed, expected
):
    priced = price(
        days(*stay), [rate(amount, basis, places=places)], closures=[days(*pair) for pair in closed]
    )

    assert str(priced.total) == expected


@pytest.mark.parametrize(("basis", "expected"), [(WD, "900.00"), (CAL, "922.58")])
def test_the_days_of_a_break_cost_this_participant_nothing(basis, expected):
    stay, absent = days("2026-03-03", "2026-03-20"), days("2026-03-09", "2026-03-13")

    assert str(price(stay, [rate("2200", basis)], breaks=[absent]).total) == expected
    assert str(price(stay, [rate("2200", basis)], breaks=[absent], closures=[absent]).total) == expected


def test_the_closures_of_april_leave_a_tenth_and_four_tenths():
    closed = [days("2025-04-01", "2025-04-01"), days("2025-04-05", "2025-04-18")]

    assert prorate(days("2025-04-01", "2025-04-04"), CAL, closed) == Fraction(1, 10)
    assert prorate(days("2025-04-05", "2025-04-30"), CAL, closed) == Fraction(4, 10)


def test_a_stay_over_new_year_is_split_at_the_year():
    priced = price(days("2025-12-15", "2026-01-15"), [rate("1000", WD)])

    assert priced.years == (2025, 2026)
    assert [str(priced.parts_of_year(year)[0]) for year in priced.years] == ["565.22", "500.00"]


def test_an_interrupted_month_is_due_in_full_or_pro_rata_as_the_tariff_says():
    stay, planned = days("2026-03-01", "2026-03-11"), days("2026-03-01", "2026-06-30")

    begun = price(stay, [rate("3200", month_begun=True)], planned=planned).total
    prorated = price(stay, [rate("3200")], planned=planned).total

    assert str(begun) == "3200.00"
    assert str(prorated) == "1135.48"
    assert str(round5(prorated)) == "1135.50"


def test_a_month_begun_is_never_due_past_the_planned_end():
    stay, planned = days("2026-03-01", "2026-03-11"), days("2026-03-01", "2026-03-20")

    assert price(stay, [rate("3100", month_begun=True)], planned=planned).total == Chf.parse("2000")


def test_a_stay_that_ends_as_planned_owes_no_month_begun():
    stay = days("2026-03-01", "2026-03-11")

    assert price(stay, [rate("3100", month_begun=True)], planned=stay).total == Chf.parse("1100")


def test_a_started_month_is_due_whole():
    assert price(days("2026-03-31", "2026-04-01"), [rate("100", Basis.STARTED_MONTH)]).total == Chf.parse(
        "200"
    )


def test_a_quarter_is_paid_in_three_equal_months():
    assert [str(part) for part in instalments(Chf.parse("10000"), 3)] == ["3333.34", "3333.33", "3333.33"]


def test_a_week_across_two_months_is_due_once_in_the_month_it_starts():
    stay = days("2025-01-27", "2025-02-07")

    january = price(stay, [rate("50", Basis.STARTED_WEEK)], within=Period(date(2025, 1, 1), date(2025, 2, 1)))
    february = price(
        stay, [rate("50", Basis.STARTED_WEEK)], within=Period(date(2025, 2, 1), date(2025, 3, 1))
    )

    assert (str(january.total), str(february.total)) == ("50.00", "50.00")


def test_a_flat_sum_per_person_is_due_once():
    priced = price(days("2026-01-20", "2026-04-10"), [rate("800", Basis.PER_PERSON)])

    assert [(line.period.start, str(line.gross)) for line in priced.lines] == [(date(2026, 1, 20), "800.00")]


def test_a_change_of_tariff_cuts_the_month():
    old = rate("3000", end=date(2026, 4, 16))
    new = rate("3300", id=2, start=date(2026, 4, 16))

    priced = price(days("2026-04-01", "2026-04-30"), [new, old])

    assert [(line.rate.id, str(line.gross)) for line in priced.lines] == [(1, "1500.00"), (2, "1650.00")]


def test_days_without_a_tariff_are_named():
    old = rate("3000", end=date(2026, 4, 10))
    new = rate("3300", id=2, start=date(2026, 4, 16))

    with pytest.raises(TariffMissing) as no:
        price(days("2026-04-01", "2026-04-30"), [old, new])

    assert no.value.facts == {"first": date(2026, 4, 10), "last": date(2026, 4, 15)}


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((50, 30, 20), ["4831.63", "2898.98", "1932.65"]),
        ((1, 1, 1), ["3221.09", "3221.09", "3221.08"]),
    ],
)
def test_payers_share_each_piece_to_the_centime(weights, expected):
    priced = price(days("2026-04-01", "2026-04-30"), [rate("9663.26")], weights=weights)

    assert [str(part) for part in priced.parts] == expected


@pytest.mark.parametrize(
    ("francs", "paid"),
    [("1.024", "1.00"), ("1.025", "1.05"), ("1.074", "1.05"), ("1.075", "1.10"), ("-1.025", "-1.05")],
)
def test_a_payment_is_rounded_to_five_centimes_half_away_from_zero(francs, paid):
    assert str(round5(Fraction(francs))) == paid


def test_two_unpaid_days_of_twenty_two_cost_two_twenty_seconds():
    june = days("2026-06-01", "2026-06-30")
    expected = frozenset(day for day in june.days() if day.weekday() < 5)
    paid = expected - {date(2026, 6, 3), date(2026, 6, 4)}

    priced = price(june, [rate("2200", WD)], attended=Attended(expected, paid))

    assert str(priced.total) == "2000.00"
    assert priced.lines[0].explained()["attended"] == "10/11"


def test_days_of_the_month_and_paid_days_are_rounded_together_once():
    stay = days("2026-06-01", "2026-06-04")
    expected = frozenset(stay.days())

    priced = price(stay, [rate("1000", WD)], attended=Attended(expected, frozenset({stay.start})))

    assert str(priced.total) == "45.45", "181.82, rounded before, would give 45.46"


def test_a_flat_sum_is_due_from_the_first_paid_day():
    stay = days("2026-01-20", "2026-02-10")
    expected = frozenset(day for day in stay.days() if day.weekday() < 5)

    none = price(stay, [rate("800", Basis.PER_PERSON)], attended=Attended(expected, frozenset()))
    once = price(
        stay, [rate("800", Basis.PER_PERSON)], attended=Attended(expected, frozenset({date(2026, 2, 3)}))
    )

    assert (str(none.total), str(once.total)) == ("0.00", "800.00")


def spans(longest: int):
    """Random periods of one day up to so many."""
    return st.builds(
        lambda start, length: Period(start, date.fromordinal(start.toordinal() + length)),
        st.dates(date(2023, 1, 1), date(2027, 12, 31)),
        st.integers(1, longest),
    )


stays, bases = spans(90), st.sampled_from(Basis)
closures = st.lists(spans(30), max_size=2)
amounts = st.integers(0, 3_000_000).map(Chf)
shares = st.lists(st.integers(1, 100), min_size=1, max_size=4)


@st.composite
def tariffs(draw, stay: Period) -> list[Rate]:
    """One to three tariffs that cover a stay without a gap, each of its own basis."""
    cuts = sorted(draw(st.sets(st.integers(1, 90), max_size=2)))
    starts = [date(2000, 1, 1), *(date.fromordinal(stay.start.toordinal() + cut) for cut in cuts)]
    ends = [*starts[1:], None]
    return [
        Rate(
            at + 1, start, end, draw(bases), draw(amounts),
            places=draw(st.integers(1, 12)), day_minutes=draw(st.integers(60, 600)),
            full_from=draw(st.none() | st.integers(60, 100)), half_from=draw(st.none() | st.integers(1, 50)),
        )
        for at, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]  # fmt: skip


@given(stays, bases, closures, closures, st.data())
def test_proration_is_exact_and_additive_over_splits(stay, basis, closed, absent, data):
    cuts = sorted(data.draw(st.sets(st.sampled_from([*stay.days(), stay.end]), max_size=4)))
    marks = [stay.start, *cuts, stay.end]

    parts = [
        prorate(Period(start, end), basis, closed, span=stay, breaks=absent)
        for start, end in itertools.pairwise(marks)
    ]

    assert sum(parts) == prorate(stay, basis, closed, breaks=absent)


@given(stays, closures, shares, st.data())
def test_each_piece_is_rounded_once_and_shared_once_and_the_sum_is_kept(stay, closed, weights, data):
    priced = price(stay, data.draw(tariffs(stay)), closures=closed, weights=weights, workload=50)

    for line in priced.lines:
        assert list(line.parts) == line.gross.apportion(weights)
        if line.rate.basis is not Basis.PERIOD:
            exact = line.rate.unit_price.centimes * line.factor * line.counted
            assert abs(line.gross.centimes - exact) <= Fraction(1, 2)
    assert Chf.total(priced.parts) == priced.total


@given(stays, closures, closures, shares, st.data())
def test_statements_at_full_use_make_the_commitment(stay, closed, absent, weights, data):
    rates = data.draw(tariffs(stay))
    expected = frozenset(day for day in stay.days() if day.weekday() < 5)
    full = Attended(expected, expected)
    asked = {"closures": closed, "breaks": absent, "weights": weights, "workload": 40}

    committed = price(stay, rates, **asked)
    statements = [price(stay, rates, attended=full, within=month, **asked) for month in stay.months()]

    assert Chf.total(one.total for one in statements) == committed.total
    assert tuple(line for one in statements for line in one.lines) == committed.lines


@given(stays, closures, shares, st.data())
def test_what_is_stored_of_a_piece_is_enough_to_derive_it_again(stay, closed, weights, data):
    rates = data.draw(tariffs(stay))
    expected = frozenset(day for day in stay.days() if day.weekday() < 5)
    paid = frozenset(data.draw(st.sets(st.sampled_from(sorted(expected))))) if expected else expected
    seen = Attended(expected, paid, dict.fromkeys(sorted(paid)[:3], 200))
    priced = price(stay, rates, closures=closed, weights=weights, attended=seen, workload=45)

    stored = [json.loads(json.dumps(line.explained())) for line in priced.lines]

    assert [recompute(one) for one in stored] == [line.gross for line in priced.lines]
    assert [recompute({**one, "payer": 0}) for one in stored] == [line.parts[0] for line in priced.lines]
    assert [rebuilt(one).factor for one in stored] == [line.factor for line in priced.lines]
