from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.kernel.money import Chf
from cii.kernel.period import Period, Quarter
from cii.texts import formats
from cii.texts.languages import LANGUAGES, negotiate

NB = formats.NBSP


@pytest.mark.parametrize(
    ("centimes", "written"),
    [(123450, "1'234.50"), (0, "0.00"), (5, "0.05"), (100000000, "1'000'000.00"), (-1200, "−12.00")],
)
def test_a_sum_is_written_as_swiss_offices_write_it(centimes, written):
    assert formats.money(Chf(centimes)) == f"CHF{NB}{written}"


@given(st.integers(1 - 10**15, 10**15 - 1))
def test_a_written_sum_reads_back_as_the_same_sum(centimes):
    assert Chf.parse(formats.francs(Chf(centimes))) == Chf(centimes)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_numbers_have_one_form_in_every_language(lang):
    assert formats.number(1234567, lang) == "1'234'567"
    assert formats.number(Fraction(17, 20), lang) == "0.85"
    assert formats.number(Fraction(1, 3), lang) == "0.3333"
    assert formats.number(Decimal("-0.125"), lang, 2) == "−0.13"
    assert formats.number(Decimal(100), lang) == "100"


def test_a_number_that_rounds_to_zero_has_no_minus_sign():
    assert formats.number(Fraction(-1, 10**6), "fr") == "0"


def test_a_share_is_written_in_per_cent():
    assert formats.percent(Fraction(3, 5), "fr") == f"60{NB}%"
    assert formats.percent(Fraction(1, 3), "de") == f"33.3{NB}%"
    assert formats.percent(Fraction(3, 5), "en", 1) == "60.0%"


def test_days_months_and_quarters_follow_the_language():
    day = date(2026, 10, 5)

    assert [formats.day(day, lang) for lang in LANGUAGES] == ["05.10.2026", "05.10.2026", "5 Oct 2026"]
    assert [formats.month(day, lang) for lang in LANGUAGES] == [
        "octobre 2026",
        "Oktober 2026",
        "October 2026",
    ]
    assert formats.quarter(Quarter(2026, 1), "fr") == "1er trimestre 2026"
    assert formats.quarter(Quarter(2026, 3), "fr") == "3e trimestre 2026"
    assert formats.quarter(Quarter(2026, 3), "de") == "3. Quartal 2026"


def test_a_moment_is_told_in_swiss_time_summer_and_winter():
    assert formats.moment(datetime(2026, 10, 15, 6, 0, tzinfo=UTC), "fr") == "15.10.2026, 08:00"
    assert formats.moment(datetime(2026, 12, 15, 23, 30, tzinfo=UTC), "en") == "16 Dec 2026, 00:30"


def test_a_moment_without_time_zone_is_a_fault():
    with pytest.raises(ValueError, match="time zone"):
        formats.moment(datetime(2026, 10, 15, 6, 0), "fr")


def test_a_period_names_its_first_and_last_day():
    quarter = Quarter(2026, 3).period

    assert formats.period(quarter, "fr") == "01.07.2026–30.09.2026"
    assert formats.period(quarter, "en") == "1 Jul 2026 – 30 Sep 2026"
    assert formats.period(Period.through(date(2026, 7, 1), date(2026, 7, 1)), "de") == "01.07.2026"


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("de-CH,de;q=0.9,fr;q=0.8", "de"),
        ("it,en;q=0.5,de;q=0.7", "de"),
        ("it, rm", "fr"),
        ("", "fr"),
        (None, "fr"),
        ("en;q=0", "fr"),
        ("en;q=many, de;q=0.1", "de"),
        ("EN-GB", "en"),
        ("*", "fr"),
        (";;;,,,", "fr"),
        ("en;q=nan", "fr"),
    ],
)
def test_the_reader_gets_the_language_asked_for_or_french(header, lang):
    assert negotiate(header) == lang
