"""Agreeing a tariff: what belongs to which basis, what may be guaranteed, no gap, no stated month."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.agreements.actions import add_tariff, sign
from cii.agreements.queries import price_book
from cii.agreements.rules_proration import Rate
from cii.agreements.rules_tariffs import (
    MonthStated,
    StatedMonth,
    TariffWish,
    gap_faults,
    stated_faults,
    tariff_faults,
)
from cii.agreements.vocabulary import Basis, Profile
from cii.kernel.errors import Refusals
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, acting

FIRST = date(2026, 1, 1)
PLAIN = TariffWish(
    profile=Profile.AS, basis=Basis.WEEKDAYS, amount=Chf.parse("2200"), last_day=None, places=10,
    excused_days=None, unexcused_days=0, day_minutes=None, full_from=None, half_from=None, guarantee=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({}, []),
        ({"basis": Basis.HOUR, "day_minutes": 480}, []),
        ({"full_from": 80, "half_from": 40}, []),
        ({"guarantee": 80}, []),
        ({"guarantee": 0}, []),
        ({"amount": Chf(-1)}, ["tariff-negative"]),
        ({"basis": Basis.HOUR}, ["tariff-hours-need-day"]),
        ({"basis": Basis.HOUR, "day_minutes": 1441}, ["tariff-hours-need-day"]),
        ({"day_minutes": 480}, ["tariff-hours-need-day"]),
        ({"basis": Basis.PERIOD}, ["tariff-period-needs-end"]),
        ({"places": 0}, ["tariff-places-unfit"]),
        ({"excused_days": -1, "unexcused_days": -1}, ["tariff-absences-unfit", "tariff-absences-unfit"]),
        ({"half_from": 40}, ["tariff-thresholds-unfit"]),
        ({"full_from": 101}, ["tariff-thresholds-unfit"]),
        ({"full_from": 80, "half_from": 51}, ["tariff-thresholds-unfit"]),
        ({"full_from": 30, "half_from": 40}, ["tariff-thresholds-unfit"]),
        ({"basis": Basis.AGREED_PLACES, "full_from": 80}, ["tariff-thresholds-without-person"]),
        ({"guarantee": 101}, ["tariff-guarantee-unfit"]),
        ({"guarantee": 80, "basis": Basis.PER_PERSON}, ["tariff-guarantee-unfit"]),
        ({"guarantee": 80, "profile": Profile.AI}, ["tariff-guarantee-impossible"]),
        ({"guarantee": 80, "profile": Profile.AC}, ["tariff-guarantee-in-conditions"]),
        ({"guarantee": 80, "profile": Profile.BE_POIAS}, ["tariff-guarantee-foreign"]),
        ({"amount": Chf(-1), "places": 0, "guarantee": 80, "profile": Profile.AI},
         ["tariff-negative", "tariff-places-unfit", "tariff-guarantee-impossible"]),
    ],
)  # fmt: skip
def test_a_tariff_says_what_belongs_to_its_basis_and_profile(asked, refused):
    assert [one.code for one in tariff_faults(replace(PLAIN, **asked))] == refused


def rate(start: date, end: date | None) -> Rate:
    return Rate(1, start, end, Basis.WEEKDAYS, Chf(1))


@pytest.mark.parametrize(
    ("rates", "end", "first"),
    [
        ([rate(FIRST, None)], None, None),
        ([rate(FIRST, date(2027, 1, 1))], date(2027, 1, 1), None),
        ([], date(2027, 1, 1), FIRST),
        ([rate(date(2026, 2, 1), None)], None, FIRST),
        ([rate(FIRST, date(2026, 6, 1)), rate(date(2026, 7, 1), None)], None, date(2026, 6, 1)),
        ([rate(FIRST, date(2026, 12, 1))], date(2027, 1, 1), date(2026, 12, 1)),
        ([rate(FIRST, date(2026, 12, 1))], None, date(2026, 12, 1)),
    ],
)
def test_the_first_day_without_a_price_is_named(rates, end, first):
    assert [one.facts["first"] for one in gap_faults(FIRST, end, rates)] == ([first] if first else [])


def test_a_gap_between_two_tariffs_hinders_the_signature(work: Work):
    market = a_market(work)
    agreement, mine = market.agreement(in_force=False, amount=None), acting(work, market.drafter)
    add_tariff(
        mine,
        market.tariff(agreement, market.ac, "2200", Basis.WEEKDAYS, FIRST, last_day=date(2026, 5, 31)),
    )
    add_tariff(mine, market.tariff(agreement, market.ac, "2300", Basis.WEEKDAYS, date(2026, 7, 1)))

    with pytest.raises(Refusals) as no:
        sign(mine, agreement.ref)

    missing = next(one for one in no.value.reasons if one.code == "tariff-missing")
    assert missing.facts == {"first": date(2026, 6, 1), "last": date(2026, 6, 30)}


def test_an_open_ended_agreement_is_not_signed_with_a_last_tariff_that_ends(work: Work):
    market = a_market(work)
    agreement = market.agreement(in_force=False, last_day=None, amount=None)
    ending = market.tariff(agreement, market.ac, "2200", Basis.WEEKDAYS, FIRST, last_day=date(2026, 12, 31))
    add_tariff(acting(work, market.drafter), ending)

    with pytest.raises(Refusals) as no:
        sign(acting(work, market.drafter), agreement.ref)

    assert no.value.reasons[-1].code == "tariff-missing-from"
    assert no.value.reasons[-1].facts == {"first": date(2027, 1, 1)}


def test_every_fault_of_a_tariff_is_told_at_once(work: Work):
    market = a_market(work)
    agreement = market.agreement(in_force=False)
    wrong = market.tariff(agreement, market.social, "2200", Basis.WEEKDAYS, FIRST, places=0, guarantee=80)

    with pytest.raises(Refusals) as no:
        add_tariff(acting(work, market.drafter), wrong)

    assert [(one.code, one.field) for one in no.value.reasons] == [
        ("tariff-places-unfit", "places"),
        ("tariff-guarantee-in-conditions", "guarantee"),
        ("outside-agreement", "measure_ref"),
    ]


@pytest.mark.parametrize(
    ("valid_from", "refused"), [(date(2026, 3, 31), True), (date(2026, 4, 1), False), (FIRST, True)]
)
def test_a_stated_month_keeps_its_price(valid_from, refused):
    stated = [StatedMonth(date(2026, 2, 1), "C-1"), StatedMonth(date(2026, 3, 1), "C-1")]

    found = stated_faults(valid_from, stated)

    assert [type(one) for one in found] == ([MonthStated] if refused else [])
    if refused:
        assert found[0].facts == {"month": date(2026, 3, 1), "number": "C-1", "after": date(2026, 4, 1)}


def test_a_quarterly_sum_keeps_its_months_when_the_agreement_ends_before(work: Work):
    market = a_market(work)
    agreement = market.agreement(in_force=False, amount=None)
    quarterly = market.tariff(agreement, market.ac, "10000", Basis.PERIOD, FIRST, last_day=date(2026, 3, 31))
    add_tariff(acting(work, market.drafter), quarterly)
    agreement.valid_to = date(2026, 3, 1)
    work.session.flush()

    key = (agreement.id, market.measure.id, market.ac.id)
    priced = price_book(work, [agreement.id]).price(key, Period(FIRST, date(2026, 3, 1)))

    assert [str(line.gross) for line in priced.lines] == ["3333.34", "3333.33"]


OUT_OF_BOUNDS = (
    {"basis": "'hour'"},
    {"day_minutes": "480"},
    {"basis": "'period'"},
    {"full_from": "101"},
    {"half_from": "40"},
    {"full_from": "40", "half_from": "51"},
    {"guarantee": "0"},
    {"guarantee": "101"},
)
"""Columns of a tariff that do not go together."""


def test_the_database_keeps_the_details_of_a_tariff_in_bounds(work: Work):
    a_market(work).agreement(in_force=False)
    columns = ("basis", "day_minutes", "full_from", "half_from", "guarantee")
    kept = []

    for changed in OUT_OF_BOUNDS:
        picked = ", ".join(changed.get(name, name) for name in columns)
        insert = (
            "INSERT INTO tariff (ref, agreement_id, measure_id, line_id, valid_from, priced_from, amount, places,"
            f" month_begun, recorded_at, {', '.join(columns)}) SELECT 'x', agreement_id, measure_id,"
            f" line_id, '2030-01-01', priced_from, amount, places, month_begun, recorded_at, {picked} FROM tariff"
        )
        with pytest.raises(DBAPIError, match=r"(?i)check"), work.session.begin_nested():
            work.session.execute(text(insert))
        kept.append(changed)

    assert len(kept) == len(OUT_OF_BOUNDS)
