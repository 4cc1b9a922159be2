from datetime import date
from fractions import Fraction

import pytest

from cii.measures.rules import Dated, Profile, Step, in_force, is_mixed, overlap, professional_share, steps
from cii.measures.vocabulary import MeasureKind

JAN, MAR, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)


def test_the_latest_number_counts_and_a_correction_of_the_same_day_replaces_it():
    rows = [
        Dated(("a",), 5, JAN, 1),
        Dated(("a",), 7, MAR, 2),
        Dated(("a",), 6, MAR, 3),
        Dated(("b",), 1, MAY, 4),
    ]

    assert in_force(rows, date(2026, 2, 1)) == {("a",): 5}
    assert in_force(rows, MAR) == {("a",): 6}
    assert in_force(rows, MAY) == {("a",): 6, ("b",): 1}
    assert in_force(rows, date(2025, 12, 31)) == {}


def test_the_sum_of_all_kinds_is_cut_where_it_changes_only():
    rows = [
        Dated(("a",), 5, JAN, 1),
        Dated(("a",), 4, MAR, 2),
        Dated(("b",), 1, MAR, 3),
        Dated(("b",), 3, MAY, 4),
    ]

    found = steps(rows, JAN, date(2026, 6, 30))

    assert found == [Step(JAN, date(2026, 4, 30), 5), Step(MAY, date(2026, 6, 30), 7)]


def test_two_sectors_make_a_measure_mixed():
    assert not is_mixed([])
    assert not is_mixed(["AC", "AC"])
    assert is_mixed(["AC", "AS"])


@pytest.mark.parametrize(
    ("occupation", "social", "professional", "percent"),
    [(142, 14, 48, "23.5"), (91, 22, 86, "43.2"), (0, 58, 136, "70.1")],
)
def test_the_share_of_professional_places_is_the_one_of_the_report(occupation, social, professional, percent):
    share = professional_share(
        {
            MeasureKind.OCCUPATION: occupation,
            MeasureKind.SOCIO_PROFESSIONAL: social,
            MeasureKind.PROFESSIONAL: professional,
            MeasureKind.COURSE: 99,
        }
    )

    assert f"{float(share * 100):.1f}" == percent


def test_without_places_there_is_no_share():
    assert professional_share({MeasureKind.COURSE: 5}) is None
    assert professional_share({MeasureKind.PROFESSIONAL: 5}) == Fraction(1)


def a_profile(**more):
    usual = {
        "code": "A", "kind": MeasureKind.PROFESSIONAL, "region": "", "languages": ("fr",),
        "target_groups": ("youth",), "starts_on": JAN, "ends_on": None,
    }  # fmt: skip
    return Profile(**usual | more)


def test_measures_overlap_when_kind_group_language_region_and_days_meet():
    one = a_profile()

    assert overlap(one, a_profile(code="B", region="littoral"))
    assert not overlap(one, a_profile(kind=MeasureKind.COURSE))
    assert not overlap(one, a_profile(target_groups=("skilled",)))
    assert not overlap(one, a_profile(languages=("de",)))
    assert not overlap(a_profile(region="littoral"), a_profile(region="montagnes"))
    assert not overlap(one, a_profile(starts_on=date(2024, 1, 1), ends_on=date(2025, 12, 31)))
