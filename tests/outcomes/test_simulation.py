from dataclasses import replace
from datetime import date
from fractions import Fraction
from time import process_time

from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.outcomes.rules_simulation import Limits, PastStay, mix_of, months_between, simulate
from cii.outcomes.vocabulary import Measured
from tests.outcomes.build_outcomes import FORMULA, JOB, a_line

YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
LIMITS = Limits(window_days=14, near_permille=250, drift_points=10)
WORKSHOP, FOUNDATION = 1, 2
IN_A_JOB = PastStay(
    provider=WORKSHOP,
    person=1,
    category="A",
    starts_on=date(2025, 2, 3),
    exited_on=date(2025, 6, 13),
    exit_type="employment",
    contract_type="fixed_term",
    contract_months=9,
    attested={},
)
TRAINED = replace(
    IN_A_JOB, person=2, category="B", exit_type="training", contract_type=None, contract_months=None
)
WITHOUT = replace(TRAINED, person=3, exit_type="no_solution")
UNKNOWN = replace(IN_A_JOB, person=4, category=None)


def simulated(*stays, lines=FORMULA, today=None, parts=None):
    return simulate(stays, lines, YEAR, today=today or {}, subcontracted=parts or {}, limits=LIMITS)


def earned(stay, lines=FORMULA) -> str:
    return str(simulated(stay, lines=lines)[0].earned)


def test_a_past_stay_earns_its_base_and_the_highest_tier_of_its_exit():
    assert earned(IN_A_JOB) == "2800.00", "800 and 2'000 for nine months"
    assert earned(replace(IN_A_JOB, contract_months=12)) == "4300.00", "800 and 3'500"
    assert earned(replace(IN_A_JOB, contract_months=5)) == "800.00"
    assert earned(replace(IN_A_JOB, contract_type="open_ended", contract_months=None)) == "4300.00"
    assert earned(TRAINED) == "2700.00", "1'200 and 1'500"
    assert earned(WITHOUT) == "1200.00"
    assert earned(UNKNOWN) == "0.00"


def test_each_part_counts_in_the_period_in_which_it_happened():
    assert earned(replace(IN_A_JOB, starts_on=date(2024, 11, 4))) == "2000.00", "begun before: no base"
    assert earned(replace(IN_A_JOB, exited_on=date(2026, 1, 2))) == "800.00", "left after: no job yet"
    assert earned(replace(IN_A_JOB, exited_on=None, exit_type=None)) == "800.00"


def test_a_contract_too_short_to_hold_pays_nothing_and_an_attested_value_counts_when_verified():
    long = (a_line("A", JOB, 1, "2000", hold_months=10),)

    assert earned(IN_A_JOB, long) == "0.00"
    assert earned(replace(IN_A_JOB, contract_months=10), long) == "2000.00"
    assert earned(replace(IN_A_JOB, attested={"Détachement partiel": 49})) == "2800.00"
    assert earned(replace(IN_A_JOB, attested={"Détachement partiel": 50})) == "3700.00"


def test_each_provider_stands_beside_what_it_was_paid_with_the_average_per_person():
    other = replace(TRAINED, provider=FOUNDATION, person=5)
    found = simulated(
        IN_A_JOB, TRAINED, WITHOUT, other,
        today={WORKSHOP: Chf.parse("9000"), FOUNDATION: Chf.parse("2500"), 3: Chf.parse("10")},
        parts={WORKSHOP: 200},
    )  # fmt: skip

    assert [(one.provider, one.persons, str(one.earned), str(one.today), str(one.difference)) for one in found] == [
        (WORKSHOP, 3, "6700.00", "9000.00", "-2300.00"),
        (FOUNDATION, 1, "2700.00", "2500.00", "200.00"),
        (3, 0, "0.00", "10.00", "-10.00"),
    ]  # fmt: skip
    first = found[0]
    assert (str(first.per_person(first.earned)), str(first.per_person(first.today))) == ("2233.33", "3000.00")
    assert (first.outcomes, first.subcontracted, str(found[2].per_person(found[2].today))) == (5, 200, "0.00")


STAYED = (a_line("A", "Maintien", 3, "500", measured=Measured.STAY_MONTHS, hold_months=0),)


def near(last: date) -> tuple[int, int]:
    stay = replace(IN_A_JOB, starts_on=date(2025, 1, 1), exited_on=last, exit_type="no_solution")
    (one,) = simulated(stay, lines=STAYED)
    return one.before, one.after


def test_an_exit_shortly_before_or_after_a_threshold_of_time_is_counted():
    assert [near(day) for day in (date(2025, 3, 16), date(2025, 3, 17), date(2025, 3, 30))] == [
        (0, 0), (1, 0), (1, 0),
    ]  # fmt: skip
    assert [near(day) for day in (date(2025, 3, 31), date(2025, 4, 14), date(2025, 4, 15))] == [
        (0, 1), (0, 1), (0, 0),
    ]  # fmt: skip
    assert months_between(date(2025, 1, 1), date(2025, 3, 31)) == 3


def test_contracts_just_long_enough_are_a_signal_from_a_quarter_of_the_exits_on():
    plain = [replace(IN_A_JOB, person=10 + n, contract_months=9) for n in range(3)]
    exact = replace(IN_A_JOB, contract_months=6)

    at_a_quarter = simulated(exact, *plain)[0]
    above = simulated(exact, *plain[:2])[0]

    assert (at_a_quarter.after, at_a_quarter.exits, at_a_quarter.early) == (1, 4, False)
    assert (above.after, above.exits, above.early) == (1, 3, True)
    assert simulated(replace(IN_A_JOB, contract_months=5))[0].before == 1


def test_another_mix_of_categories_than_all_is_a_signal_from_ten_points_on():
    easy = [replace(IN_A_JOB, person=n) for n in range(6)]
    hard = [replace(TRAINED, person=10 + n) for n in range(4)]
    others = [replace(one, provider=FOUNDATION, person=20 + n) for n, one in enumerate([*easy[:4], *hard, *hard[:2]])]  # fmt: skip

    first, second = simulated(*easy, *hard, *others)

    assert [(one.category, one.share, one.compared, one.marked) for one in first.mix] == [
        ("A", Fraction(3, 5), Fraction(1, 2), False), ("B", Fraction(2, 5), Fraction(1, 2), False),
    ]  # fmt: skip
    assert (first.creaming, second.creaming) == (False, False), "ten points are within the limit"
    alone = simulated(*easy, *others)[0]
    assert alone.creaming


def test_a_drift_of_more_than_ten_points_is_marked():
    mix = mix_of({"A": 61, "B": 39}, {"A": 50, "B": 50}, 10)

    assert [(one.category, one.points, one.marked) for one in mix] == [("A", 11, True), ("B", -11, True)]
    assert not any(one.marked for one in mix_of({"A": 60, "B": 40}, {"A": 50, "B": 50}, 10))
    assert mix_of({}, {"A": 1}, 10) == ()


def test_ten_thousand_placements_are_simulated_in_a_second():
    kinds = (IN_A_JOB, TRAINED, WITHOUT, UNKNOWN)
    stays = [replace(kinds[n % 4], person=n, provider=n % 8) for n in range(10_000)]

    began = process_time()
    found = simulated(*stays)

    assert process_time() - began < 1
    assert (len(found), sum(one.persons for one in found)) == (8, 10_000)
