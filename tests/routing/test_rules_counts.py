"""Small numbers over closed cases: told as a lower bound from which no single case can be read."""

from hypothesis import given
from hypothesis import strategies as st

from cii.routing.rules_counts import Tally, least

counts = st.integers(0, 100_000)
marks = st.integers(0, 2**60)


@given(counts, marks)
def test_a_told_count_is_true_and_at_most_eight_below(closed, mark):
    told = least(closed, mark)

    assert told % 5 == 0
    assert closed - 8 <= told <= closed


@given(st.integers(0, 4), marks)
def test_fewer_than_five_are_told_as_none(closed, mark):
    assert least(closed, mark) == 0


@given(counts, marks, marks)
def test_two_drafts_that_differ_by_one_case_can_always_be_told_of_equal_sets(closed, mark, other):
    smaller, larger = least(closed, mark), least(closed + 1, other)

    assert max(smaller, larger) <= min(smaller, larger) + 8


def test_the_same_cases_give_the_same_count_in_any_order():
    refs = [f"c{number:09d}" for number in range(23)]
    one, other = Tally(), Tally()
    for ref in refs:
        one.add(ref, seen=False)
    for ref in reversed(refs):
        other.add(ref, seen=False)

    assert one == other
    assert one.at_least == other.at_least > 0


def test_cases_that_the_reader_may_see_are_counted_one_by_one():
    tally = Tally()
    for number in range(3):
        tally.add(f"c{number}", seen=True)
    tally.add("c9", seen=False)

    assert (tally.at_least, tally.cases) == (3, 4)
