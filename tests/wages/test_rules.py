from datetime import date
from fractions import Fraction

import pytest
from ruamel.yaml import YAML

from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.settlement.vocabulary import Presence
from cii.store.settings import HOUSE
from cii.wages.rules import SCALE as SCALE_NAMES
from cii.wages.rules import Month, full_pay, month_pay
from cii.wages.rules_subsidy import Formula, age_on, month_subsidy, months_allowed, step_of, terms_faults

AIT = Formula(max_permille=600, months=6, months_long=12, age_long=50, steps=3, first_step_month=3)
SCALE = Chf.parse("1220")
DAYS = [date(2026, 11, n) for n in range(2, 31) if date(2026, 11, n).weekday() < 5]


def a_month(marks: dict[int, Presence] | None = None, *, workload: int = 100, days=DAYS) -> Month:
    told = {day: (marks or {}).get(day.day, Presence.PRESENT) for day in days}
    return Month(SCALE, workload, 21, days, {day: one for day, one in told.items() if one}, 3)


def a_term(first: date, last: date) -> Period:
    return Period.through(first, last)


NINE = a_term(date(2026, 1, 1), date(2026, 9, 30))


def test_a_month_attended_in_full_is_the_scale_itself_and_what_was_bound():
    assert len(DAYS) == 21
    assert str(month_pay(a_month()).amount) == "1220.00"
    assert full_pay(SCALE, 100, 21, 21) == month_pay(a_month()).amount


@pytest.mark.parametrize(
    ("marks", "amount", "days"),
    [
        ({9: Presence.SICK, 10: Presence.EXCUSED_ABSENCE, 11: Presence.SICK}, "1220.00", 21),
        ({9: Presence.SICK, 10: Presence.SICK, 11: Presence.SICK, 12: Presence.SICK}, "1161.90", 20),
        ({9: Presence.UNEXCUSED_ABSENCE}, "1161.90", 20),
        ({9: Presence.CLOSED}, "1220.00", 21),
        ({9: None}, "1161.90", 20),
    ],
    ids=["three excused", "a fourth", "unexcused", "closed without agreement", "not attested"],
)
def test_absences_are_paid_as_the_rule_says(marks, amount, days):
    paid = month_pay(a_month(marks))

    assert (str(paid.amount), paid.days) == (amount, days)


def test_half_time_is_half_the_scale_and_a_part_of_the_month_its_working_days():
    assert str(month_pay(a_month(workload=50)).amount) == "610.00"
    assert str(month_pay(a_month(days=DAYS[:10])).amount) == "580.95"
    assert month_pay(Month(SCALE, 100, 0, [], {}, 3)).amount == Chf()


@pytest.mark.parametrize(
    ("percent", "last", "age", "exceptional", "codes"),
    [
        (600, date(2026, 6, 30), 30, False, []),
        (610, date(2026, 6, 30), 30, False, ["subsidy-above-percentage"]),
        (600, date(2026, 7, 1), 30, False, ["subsidy-beyond-months"]),
        (600, date(2026, 12, 31), 30, True, []),
        (600, date(2026, 12, 31), 49, False, ["subsidy-beyond-months"]),
        (600, date(2026, 12, 31), 50, False, []),
        (610, date(2027, 1, 1), 50, True, ["subsidy-above-percentage", "subsidy-beyond-months"]),
    ],
)
def test_60_percent_for_6_months_exceptionally_12_and_12_from_the_age_of_50(
    percent, last, age, exceptional, codes
):
    faults = terms_faults(AIT, a_term(date(2026, 1, 1), last), percent, age=age, exceptional=exceptional)

    assert [one.code for one in faults] == codes


def test_the_age_is_counted_to_the_birthday():
    assert [age_on(date(1976, 3, 2), day) for day in (date(2026, 3, 1), date(2026, 3, 2))] == [49, 50]
    assert age_on(None, date(2026, 3, 2)) == 0
    assert months_allowed(AIT, 50, exceptional=False) == 12


def test_nine_months_in_three_steps_pay_whole_two_thirds_and_one_third():
    steps = [step_of(AIT, NINE, date(2026, month, 1)) for month in range(1, 10)]

    assert steps == [1, 1, 1, *[Fraction(2, 3)] * 3, *[Fraction(1, 3)] * 3]


def test_a_short_duration_is_not_reduced_before_the_third_month():
    three = a_term(date(2026, 1, 1), date(2026, 3, 31))

    assert [step_of(AIT, three, date(2026, month, 1)) for month in (1, 2, 3)] == [1, 1, Fraction(1, 3)]


@pytest.mark.parametrize(
    ("month", "slip", "amount"),
    [(1, "4000", "2400.00"), (4, "4000", "1600.00"), (9, "4000", "800.00"), (1, "3000", "1800.00"),
     (10, "4000", "0.00")],
)  # fmt: skip
def test_a_month_is_subsidised_by_share_step_and_slip(month, slip, amount):
    whole = Period(date(2026, month, 1), date(2026, month + 1, 1))
    found = month_subsidy(AIT, NINE, whole, normal=Chf.parse("4000"), permille=600, slip=Chf.parse(slip))

    assert str(found) == amount


def test_a_month_begun_on_the_16th_counts_by_its_days():
    days = a_term(date(2026, 11, 16), date(2027, 1, 31))
    found = month_subsidy(
        AIT, days, Period(date(2026, 11, 1), date(2026, 12, 1)),
        normal=Chf.parse("4000"), permille=600, slip=Chf.parse("4000"),
    )  # fmt: skip

    assert str(found) == "1200.00"


def test_a_new_scale_counts_from_the_first_of_a_month():
    held = YAML(typ="safe").load((HOUSE / "workflows" / "parameters" / "wages.yaml").read_text("utf-8"))
    days = [one["from"] for name in SCALE_NAMES.values() for one in held[name]["values"]]

    assert len(days) == 6
    assert {day.day for day in days} == {1}
