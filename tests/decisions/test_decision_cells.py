"""Cells and facts of every kind: times and instants, quotes in texts, no value, allowed values; and the gate."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest

from cii.decisions.domain import (
    Domain,
    FactNull,
    FactOutOfDomain,
    FactWrongType,
    Months,
    parse_domain,
    shown,
)
from cii.decisions.sfeel import BadCell, parse_cell, read_value

NIGHT = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""02:30 in Switzerland, the first of two such hours that night."""


@pytest.mark.parametrize(
    ("kind", "text", "inside", "outside"),
    [
        ("text", r'"say \"no\", now"', 'say "no", now', "say no"),
        ("text", r'"a\\b"', "a\\b", "ab"),
        ("text", 'not("a", "b, c")', "c", "b, c"),
        ("yes/no", "true", True, False),
        ("time", ">= 08:30", time(8, 30), time(8, 29, 59)),
        ("time", '[time("08:00:00")..12:00[', time(8), time(12)),
        ("date-time", "< 2026-10-25T03:00:00", NIGHT + timedelta(hours=1), NIGHT + timedelta(hours=2)),
        ("date-time", 'date and time("2026-10-25T00:30:00Z")', NIGHT, NIGHT + timedelta(hours=1)),
        ("date-time", "2026-10-25T02:30:00+01:00", NIGHT + timedelta(hours=1), NIGHT),
        ("days", "< PT1.5S", timedelta(seconds=1), timedelta(seconds=2)),
        ("months", "(P1Y..P2Y]", Months(24), Months(12)),
        ("number", "(1..2[, (4..5[, 9", Decimal("4.5"), 4),
        ("number", "not((1..2), > 7)", 2, Decimal("1.5")),
        ("number", "not(< 3, > 7)", 5, 8),
        ("date", 'not([date("2026-01-01")..date("2026-12-31")])', date(2025, 12, 31), date(2026, 1, 1)),
        ("whole 0..9 optional", "null", None, 0),
        ("whole 0..9 optional", "null, >= 5", None, 4),
        ("whole 0..9 optional", "not(null)", 0, None),
        ("whole 0..9 optional", "not(5)", None, 5),
        ("whole 0..9 optional", "-", None, ...),
        ("whole 0..9 optional", "< 5", 4, None),
        ("whole 0..9 optional", "not(< 5)", 5, None),
    ],
)
def test_each_form_of_cell_holds_what_it_says(kind, text, inside, outside):
    cell = parse_cell(text, parse_domain(kind))

    assert cell.holds(inside)
    assert outside is ... or not cell.holds(outside)
    assert str(cell) == text


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("whole", "null", "always has a value"), ("time", "25:00", "is no value"), ("date-time", "08:00", "does not fit"),
        ("text", r'"a\"', "not closed"), ("number", "1e3", "is no value"), ("number", "[1..2", "no interval"),
        ("number 5, 10", "7", "allowed values (5, 10)"), ("number", "not()", "part of the list"),
    ],
)  # fmt: skip
def test_a_cell_that_does_not_fit_says_why_in_each_language(kind, text, said):
    with pytest.raises(BadCell) as no:
        parse_cell(text, parse_domain(kind))

    assert said in no.value.said.said("en")
    assert no.value.said.said("de") != no.value.said.said("fr")


class Sector(StrEnum):
    AI = "AI"


@pytest.mark.parametrize(
    ("kind", "given", "normal"),
    [
        ('text "AI", "AC"', Sector.AI, "AI"), ("number", Decimal("2.50"), Decimal("2.5")), ("number", Decimal("2.0"), 2),
        ("months", 3, Months(3)), ("days", 2, timedelta(days=2)), ("whole 0..3 optional", None, None),
        ("date-time", datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Zurich")), datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("number ]0..1], 5", 5, 5),
    ],
)  # fmt: skip
def test_a_fact_is_taken_into_the_terms_of_the_table(kind, given, normal):
    found = parse_domain(kind).normal("x", given)

    assert (found, type(found)) == (normal, type(normal))


@pytest.mark.parametrize(
    ("kind", "given", "refusal"),
    [
        ("number", 1.0, FactWrongType), ("number", float("nan"), FactWrongType), ("number", Decimal("Infinity"), FactWrongType),
        ("number", True, FactWrongType), ("number", "1", FactWrongType), ("yes/no", 1, FactWrongType), ("whole", Decimal(1), FactWrongType),
        ("date", datetime(2026, 1, 1, tzinfo=UTC), FactWrongType), ("date", "2026-01-01", FactWrongType), ("date-time", date(2026, 1, 1), FactWrongType),
        ("time", time(8, tzinfo=UTC), FactWrongType), ("days", 10**12, FactWrongType), ("text", ["a"], FactWrongType),
        ("number", None, FactNull), ("number ]0..1], 5", 0, FactOutOfDomain), ("number 5, 10", 7, FactOutOfDomain), ('text "AI"', "AC", FactOutOfDomain),
        ("time 08:00..18:00", time(19), FactOutOfDomain),
    ],
)  # fmt: skip
def test_a_fact_of_another_type_or_outside_is_refused_with_its_field(kind, given, refusal):
    with pytest.raises(refusal) as no:
        parse_domain(kind).normal("x", given)

    assert no.value.field == "x"


@pytest.mark.parametrize(
    "value",
    ['say "no"', "a\\b", "", True, 7, Decimal("2.5"), -3, date(2026, 2, 28), time(8, 30), NIGHT, NIGHT + timedelta(hours=1),
     Months(15), Months(-2), timedelta(days=3), timedelta(hours=36), timedelta(seconds=1.5), -timedelta(hours=5)],
)  # fmt: skip
def test_a_value_is_read_back_as_the_files_write_it(value):
    assert read_value(shown(value)) == value


@pytest.mark.parametrize(
    "kind",
    [
        "number 0..5",
        "whole 1, 3",
        'text "a", "b" optional',
        "number ]0..1], 5",
        "date 2020-01-01..",
        "days ..30",
    ],
)
def test_a_domain_is_read_back_as_it_is_written(kind):
    domain = parse_domain(kind)

    assert isinstance(domain, Domain)
    assert parse_domain(str(domain)) == domain


@pytest.mark.parametrize(
    "kind",
    ["nombre 0..5", "number 5..0", "whole 0..1.5", "yes/no 0..1", "text a, b", "number -", "number 0-9"],
)
def test_a_domain_that_cannot_be_read_says_why_in_each_language(kind):
    fault = parse_domain(kind)

    assert isinstance(fault, str)
    assert len({fault.said(lang) for lang in ("fr", "de", "en")}) == 3
