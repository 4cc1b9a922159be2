"""Each form of cell holds what it says, and one that says nothing is refused with its reason."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cii.decisions.domain import Months, parse_domain
from cii.decisions.sfeel import BadCell, parse_cell


@pytest.mark.parametrize(
    ("kind", "text", "inside", "outside"),
    [
        ("number", "-", 3, None), ("number", ">= 30", 30, 29), ("number", "< -1.5", -2, -1), ("number", "[60..90]", 90, 91),
        ("number", "]60..90]", 61, 60), ("number", "(60..90]", 90, 60), ("number", "[60..90[", 60, 90), ("number", "[60..90)", 60, 90),
        ("number", "1, 3, >= 7", 3, 4), ("number", "not(1, 3)", 2, 3), ("number", "not([2..4])", 5, 2), ("number", ".5", Decimal("0.5"), 5),
        ("text", '"a","b, c"', "b, c", "c"), ("text", 'not("a")', "b", "a"), ("yes/no", "yes", True, False), ("yes/no", "false", False, True),
        ("date", ">= 2012-01-01", date(2012, 1, 1), date(2011, 12, 31)), ("date", 'date("2012-01-01")', date(2012, 1, 1), date(2012, 1, 2)),
        ("months", "< P1Y", Months(11), Months(12)), ("months", 'duration("P3M")', Months(3), Months(4)),
        ("days", "<= P30D", timedelta(days=30), timedelta(days=31)), ("days", "< PT36H", timedelta(days=1), timedelta(days=2)),
    ],
)  # fmt: skip
def test_each_form_of_cell_holds_what_it_says(kind, text, inside, outside):
    cell = parse_cell(text, parse_domain(kind))

    assert cell.holds(inside)
    assert outside is None or not cell.holds(outside)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("number", "", "empty"), ("number", "abc", "no value"), ("number", '"3"', "does not fit"), ("number", "[9..1]", "holds nothing"),
        ("number", "]5..5]", "holds nothing"), ("number", "5..9", "no interval"), ("number 0..10", "> 11", "outside"), ("number", "1,,2", "part of the list"),
        ("number", "1e400", "no value"), ("number", "= 5", "without a sign"), ("text", "abc", "no value"), ("text", '"a', "not closed"),
        ('text "a", "b"', '"c"', "allowed values"), ("text", '> "a"', "compares"), ("yes/no", "maybe", "no value"), ("whole", "1.5", "does not fit"),
        ("date", "2012-02-30", "no value"), ("months", "P1D", "does not fit"), ("money", "10.50", "does not fit"),
    ],
)  # fmt: skip
def test_a_cell_that_does_not_parse_says_why(kind, text, words):
    with pytest.raises(BadCell) as no:
        parse_cell(text, parse_domain(kind))

    assert words in no.value.said.said("en")
