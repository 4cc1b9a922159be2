"""What a tariff may count beside days of a month: hours, a sum over a period, part time, a guaranteed volume."""

from datetime import date
from fractions import Fraction

import pytest

from cii.agreements.rules_proration import Attended, Rate, price
from cii.agreements.rules_rates import guaranteed
from cii.agreements.rules_recount import RuleUnknown, recompute
from cii.agreements.vocabulary import Basis
from cii.kernel.money import Chf
from cii.kernel.period import Period

JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))
QUARTER = Period(date(2026, 1, 1), date(2026, 4, 1))
WORKED = frozenset(day for day in JUNE.days() if day.weekday() < 5)


def rate(amount: str, basis: Basis, **more) -> Rate:
    given = {"id": 1, "start": date(2000, 1, 1), "end": None, **more}
    return Rate(basis=basis, amount=Chf.parse(amount), **given)


def test_hours_are_planned_by_weekday_and_paid_as_attended():
    hourly = rate("25", Basis.HOUR, day_minutes=420)
    told = {date(2026, 6, 1): 210, date(2026, 6, 2): 450}

    planned = price(JUNE, [hourly]).total
    attended = price(JUNE, [hourly], attended=Attended(WORKED, WORKED, told)).total

    assert str(planned) == "3850.00"
    assert str(attended) == str(Chf.rounded(Fraction(2500 * (20 * 420 + 210 + 450), 60))) == "3775.00"


def test_no_hours_are_planned_on_a_holiday():
    hourly, whit_monday = rate("25", Basis.HOUR, day_minutes=480), frozenset({date(2026, 5, 25)})
    week = Period(date(2026, 5, 25), date(2026, 5, 30))

    assert str(price(week, [hourly], holidays=whit_monday).total) == "800.00"


def test_a_sum_over_a_quarter_falls_due_in_three_equal_months():
    quarterly = rate("10000", Basis.PERIOD, spread=QUARTER)

    priced = price(QUARTER, [quarterly])

    assert [str(line.gross) for line in priced.lines] == ["3333.34", "3333.33", "3333.33"]
    assert priced.lines[0].factor == Fraction(1, 3)


def test_a_stay_in_the_middle_of_the_period_owes_the_months_it_begins():
    quarterly = rate("10000", Basis.PERIOD, spread=QUARTER)

    late = price(Period(date(2026, 2, 20), date(2026, 4, 1)), [quarterly])

    assert [str(line.gross) for line in late.lines] == ["3333.33", "3333.33"]


@pytest.mark.parametrize(
    ("workload", "expected"),
    [(None, "2200.00"), (100, "2200.00"), (80, "2200.00"), (79, "1100.00"), (50, "1100.00"),
     (40, "1100.00"), (39, "858.00")],
)  # fmt: skip
def test_a_participant_counts_in_full_or_half_from_the_thresholds_on(workload, expected):
    tariff = rate("2200", Basis.WEEKDAYS, full_from=80, half_from=40)

    assert str(price(JUNE, [tariff], workload=workload).total) == expected


def test_without_thresholds_part_time_costs_the_whole_place():
    assert str(price(JUNE, [rate("2200", Basis.WEEKDAYS)], workload=50).total) == "2200.00"


def test_at_least_the_guaranteed_part_of_the_agreed_places_is_paid():
    tariff = rate("2200", Basis.WEEKDAYS, places=10, guarantee=80)

    short = guaranteed([tariff], JUNE, Chf.parse("15400"))
    full = guaranteed([tariff], JUNE, Chf.parse("19800"))

    assert (str(short.floor), str(short.top_up)) == ("17600.00", "2200.00")
    assert str(full.top_up) == "0.00"


def test_a_closed_week_lowers_the_guarantee_too():
    tariff = rate("2200", Basis.WEEKDAYS, places=10, guarantee=80)
    closed = Period(date(2026, 6, 8), date(2026, 6, 13))

    assert str(guaranteed([tariff], JUNE, Chf(), [closed]).floor) == "13600.00"


def test_a_tariff_without_guarantee_promises_nothing():
    assert guaranteed([rate("2200", Basis.WEEKDAYS, places=10)], JUNE, Chf()).top_up == Chf()


def test_a_computation_of_the_first_rule_is_still_derived_again():
    stored = {
        "rule": "proration/1", "amount": 220_000, "places": 1, "factor": "1/1", "attended": "10/11",
        "weights": [60, 40], "payer": 1,
    }  # fmt: skip

    assert str(recompute(stored)) == "800.00"


def test_a_correction_is_what_is_due_now_less_what_was_stated():
    now = price(JUNE, [rate("2200", Basis.WEEKDAYS)]).lines[0].explained()

    assert str(recompute({"now": [now], "stated": [100_000, 150_000]})) == "-300.00"


def test_an_unknown_rule_is_not_guessed():
    with pytest.raises(RuleUnknown) as no:
        recompute({"rule": "proration/9"})

    assert no.value.facts == {"rule": "proration/9"}
