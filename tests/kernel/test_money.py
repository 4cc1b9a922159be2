from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.kernel.money import Chf, NotMoney, round5

SUMS = st.integers(-(10**12), 10**12).map(Chf)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize(
    ("text", "centimes"),
    [
        ("1234.50", 123450),
        ("1'234.5", 123450),
        (" 12 ", 1200),
        ("-0.05", -5),
        ("−1'000", -100000),
        ("1 234.50", 123450),
        ("1’234’567.89", 123456789),
        ("0", 0),
    ],
)
def test_sums_are_read_as_offices_write_them(text, centimes):
    assert Chf.parse(text) == Chf(centimes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "1e400",
        "0.123",
        "1'00",
        "1'2345",
        "1'234 567",
        "--1",
        "+1",
        "1,50",
        ".5",
        "1.",
        "٣",
        "Infinity",
        "1\n2",
        "- 1",
        "CHF 5",
        "0x10",
        "1_000",
        "9" * 14,
    ],
)
def test_what_is_no_sum_with_two_decimals_is_refused(text):
    with pytest.raises(NotMoney):
        Chf.parse(text)


def test_a_decimal_comma_is_read_where_it_is_expected():
    assert Chf.parse("1 234,50", decimal_comma=True) == Chf(123450)
    assert Chf.parse("1\N{NARROW NO-BREAK SPACE}234,5", decimal_comma=True) == Chf(123450)
    with pytest.raises(NotMoney):
        Chf.parse("1.234,50", decimal_comma=True)


@given(SUMS)
def test_a_sum_written_reads_back(amount):
    assert Chf.parse(str(amount)) == amount


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader_of_sums(text):
    try:
        amount = Chf.parse(text)
    except NotMoney:
        return
    assert isinstance(amount.centimes, int)


@given(SUMS, WEIGHTS)
def test_parts_sum_to_the_whole_and_stay_within_a_centime_of_their_due(amount, weights):
    parts = amount.apportion(weights)

    assert Chf.total(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.centimes - Fraction(amount.centimes * weight, sum(weights))) < 1


@given(SUMS, WEIGHTS)
def test_who_bears_no_weight_bears_no_centime(amount, weights):
    assert all(
        not part for part, weight in zip(amount.apportion(weights), weights, strict=True) if weight == 0
    )


@given(SUMS, WEIGHTS)
def test_a_reversal_is_apportioned_as_the_sum_it_reverses(amount, weights):
    assert (-amount).apportion(weights) == [-part for part in amount.apportion(weights)]


def test_the_odd_centime_goes_to_the_largest_remainder_then_to_the_earliest():
    assert Chf(100).apportion([1, 1, 1]) == [Chf(34), Chf(33), Chf(33)]
    assert Chf(5).apportion([1, 3]) == [Chf(1), Chf(4)]
    assert Chf(100000).apportion([60, 40]) == [Chf(60000), Chf(40000)]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_weigh_nothing_are_a_fault(weights):
    with pytest.raises(ValueError, match="weights must be"):
        Chf(100).apportion(weights)


@pytest.mark.parametrize(
    ("francs", "paid"),
    [
        ("1.025", 105),
        ("1.024", 100),
        ("1.074", 105),
        ("1.075", 110),
        ("-1.025", -105),
        ("0.02", 0),
        ("-0.02", 0),
        ("0.03", 5),
    ],
)
def test_payments_are_rounded_to_five_centimes_half_away_from_zero(francs, paid):
    assert round5(Fraction(francs)) == Chf(paid)


@given(SUMS)
def test_a_payment_differs_by_two_centimes_at_most(amount):
    paid = round5(amount)

    assert paid.centimes % 5 == 0
    assert abs((paid - amount).centimes) <= 2
    assert round5(paid) == paid


@given(st.fractions(-(10**9), 10**9))
def test_one_rounding_goes_to_the_nearest_centime_half_away_from_zero(exact):
    rounded = Chf.rounded(exact)

    assert abs(rounded.centimes - exact) <= Fraction(1, 2)
    assert Chf.rounded(-exact) == -rounded
    assert Chf.rounded(Fraction(5, 2)) == Chf(3)


def test_sums_are_added_subtracted_compared_and_multiplied_by_counts():
    assert Chf(150) + Chf(50) - Chf(25) * 2 == Chf(150)
    assert Chf(1) > Chf(0) > -Chf(1)
    assert Chf.total([]) == Chf(0)
    assert not Chf(0)
    assert (str(Chf(-5)), str(Chf(123456))) == ("-0.05", "1234.56")
