"""Monthly data by measure and line: counted here, confirmed or corrected, read from a file; on both engines."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from cii.coordination.actions_monthly import (
    DeliverMonth,
    FigureTold,
    ImportMonth,
    NotACount,
    deliver_month,
    import_month,
)
from cii.coordination.monthly import deliveries_since, missing_months, month_sheet, monthly_data
from cii.coordination.rules_monthly import (
    CountsApart,
    FigureTwice,
    MonthCounts,
    MonthNotOver,
    NotAMonth,
    NothingInMonth,
    counts_faults,
    parse_month,
)
from cii.coordination.tables import MonthlyData, MonthlyFigure
from cii.coordination.vocabulary import FigureOrigin
from cii.documents.csv_reading import MissingColumns
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.period import Period
from cii.placements.vocabulary import ExitType
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.coordination.build_coordination import the_group, the_steering
from tests.figures.build_figures import a_stay, later, the_numbers, waits

SEPTEMBER = parse_month("2026-09")
MONTH, FIRST, LAST = "2026-09", date(2026, 9, 1), date(2026, 9, 30)
HEAD = "mesure;ligne;participants;jours occupés;entrées;sorties;interruptions;en attente\n"


@pytest.fixture
def market(work):
    the_numbers(work)
    made = a_market(later(work, days=-600))
    made.work = work
    return made


def a_september(work, market):
    """Three stays of AC: one all month, one that begins on the 16th, one broken off on the 10th; one of SAS."""
    agreement, social = market.agreement(), market.agreement(market.social)
    long = (date(2026, 6, 1), date(2026, 12, 31))
    a_stay(work, market.measure, agreement, market.ac, *long)
    a_stay(work, market.measure, agreement, market.ac, date(2026, 9, 16), date(2026, 12, 31))
    a_stay(
        work, market.measure, agreement, market.ac, *long,
        exit_type=ExitType.ABORTED, left_on=date(2026, 9, 10),
    )  # fmt: skip
    a_stay(work, market.measure, social, market.social, *long)
    waits(work, market.measure, market.ac, date(2026, 9, 20))
    return agreement


def of(work, unit, role="contract_manager"):
    return acting(work, an_actor(work, unit_by_code(work, unit), role=role))


def told(market, line="LACI", **other):
    counts = {
        "participants": 3, "occupied_days": 55, "entries": 1, "exits": 1, "interruptions": 1, "waiting": 1,
    } | other  # fmt: skip
    return FigureTold(market.measure.code, line, **counts)


def row_of(sheet, line="LACI"):
    return next(one for one in sheet.rows if one.line == line)


def test_a_month_is_counted_by_measure_and_line(work, market):
    a_september(work, market)

    mine = month_sheet(of(work, "LMMT"), "SEMP", SEPTEMBER)
    theirs = month_sheet(of(work, "ODAS"), "SASO", SEPTEMBER)

    assert row_of(mine).counted == MonthCounts(6, 3, 30 + 15 + 10, 1, 1, 1, 1)
    assert row_of(theirs, "SAS").counted == MonthCounts(4, 1, 30, 0, 0, 0, 0)
    assert (row_of(mine).told, mine.delivery, mine.sequence) == (None, None, 0)
    assert {one.line for one in theirs.rows} == {"SAS"}


def test_each_sector_confirms_its_own_month(work, market):
    a_september(work, market)

    made = deliver_month(of(work, "ODAS"), DeliverMonth("SASO", MONTH))

    assert (made.added, row_of(made.sheet, "SAS").origin) == (True, FigureOrigin.COUNTED)
    assert row_of(made.sheet, "SAS").told == row_of(made.sheet, "SAS").counted
    assert monthly_data(work, FIRST)["SASO"].participants == 1
    assert missing_months(work, FIRST) == ("SEMP", "SMIG")
    assert deliveries_since(work, FIRST) == [(FIRST, "SASO", 1)]
    with pytest.raises(NotAllowed):
        deliver_month(of(work, "ODAS"), DeliverMonth("SEMP", MONTH))


def test_a_correction_stands_beside_what_was_counted(work, market):
    a_september(work, market)
    mine = of(work, "LMMT")

    made = deliver_month(mine, DeliverMonth("SEMP", MONTH, (told(market, participants=4),), "Un oubli"))

    row = row_of(made.sheet)
    assert (row.told.participants, row.counted.participants, row.differing) == (4, 3, ("participants",))
    assert row.origin is FigureOrigin.ENTERED
    kept = work.session.exec(select(MonthlyFigure)).one()
    assert (kept.counted["participants"], kept.participants, kept.places) == (3, 4, 6)
    assert made.sheet.delivery.remark == "Un oubli"


def test_a_correction_stays_until_it_is_told_anew(work, market):
    a_september(work, market)
    mine = of(work, "LMMT")
    deliver_month(mine, DeliverMonth("SEMP", MONTH, (told(market, waiting=9),)))

    again = deliver_month(mine, DeliverMonth("SEMP", MONTH))
    anew = deliver_month(mine, DeliverMonth("SEMP", MONTH, (told(market),)))

    assert (again.added, row_of(again.sheet).told.waiting, again.sheet.sequence) == (False, 9, 1)
    assert (anew.added, row_of(anew.sheet).told.waiting, anew.sheet.sequence) == (True, 1, 2)
    assert row_of(anew.sheet).origin is FigureOrigin.COUNTED
    assert [row.waiting for row in work.session.exec(select(MonthlyData))] == [9, 1]


def test_what_became_known_later_shows_as_a_difference_and_is_confirmed_anew(work, market):
    agreement = a_september(work, market)
    mine = of(work, "LMMT")
    deliver_month(mine, DeliverMonth("SEMP", MONTH))
    a_stay(work, market.measure, agreement, market.ac, FIRST, LAST)

    seen = month_sheet(mine, "SEMP", SEPTEMBER)
    again = deliver_month(mine, DeliverMonth("SEMP", MONTH))

    assert row_of(seen).differing == ("participants", "occupied_days", "entries")
    assert (again.added, row_of(again.sheet).told.participants) == (True, 4)


def test_a_month_is_refused_with_every_reason(work, market):
    a_september(work, market)
    mine = of(work, "LMMT")

    def codes(**ask):
        with pytest.raises(Refusals) as no:
            deliver_month(mine, DeliverMonth(**({"institution": "SEMP", "month": MONTH} | ask)))
        return [one.code for one in no.value.reasons]

    assert codes(institution="OAI", month="2026-10") == [
        "not-a-permanent-member", "not-allowed", "month-not-over",
    ]  # fmt: skip
    assert codes(figures=(told(market), told(market), told(market, "SAS"), told(market, exits=4))) == [
        FigureTwice.code, NothingInMonth.code, FigureTwice.code, CountsApart.code,
    ]  # fmt: skip
    with pytest.raises(MonthNotOver):
        deliver_month(mine, DeliverMonth("SEMP", "2026-10"))
    for text in ("2026-13", "septembre", "2026-9", "", "2026-09-01"):
        with pytest.raises(NotAMonth):
            deliver_month(mine, DeliverMonth("SEMP", text))
    with pytest.raises(UnknownThing):
        deliver_month(mine, DeliverMonth("NOBODY", MONTH))
    assert work.session.exec(select(MonthlyData)).all() == []


def test_no_part_is_larger_than_its_whole():
    faults = counts_faults(MonthCounts(1, 2, 3, entries=3, exits=1, interruptions=2))

    assert [(one.field, one.facts["part"], one.facts["whole"]) for one in faults] == [
        ("entries", 3, 2), ("interruptions", 2, 1),
    ]  # fmt: skip
    assert counts_faults(MonthCounts(0, 2, 3, 2, 2, 2)) == []


def test_the_group_reads_every_sector_and_a_sector_its_own(work, market):
    a_september(work, market)

    for reader in (the_group(work), of(work, "LMMT", "dashboard_reference")):
        assert row_of(month_sheet(reader, "SASO", SEPTEMBER), "SAS").counted.participants == 1
    for reader in (the_steering(work), of(work, "LMMT")):
        with pytest.raises(NotAllowed):
            month_sheet(reader, "SASO", SEPTEMBER)
    with pytest.raises(UnknownThing):
        month_sheet(the_group(work), "OAI", SEPTEMBER)


def bring(work, text, month=MONTH):
    return import_month(work, ImportMonth("SEMP", month, text.encode()))


def test_a_file_delivers_a_month_once(work, market):
    a_september(work, market)
    mine, text = of(work, "LMMT"), f"{HEAD}{market.measure.code};LACI;4;1'055;1;1;1;0\n"

    first, second = bring(mine, text), bring(mine, text)

    assert (first.added, second.added, second.sheet.sequence) == (True, False, 1)
    assert row_of(first.sheet).told == MonthCounts(6, 4, 1055, 1, 1, 1, 0)
    assert row_of(first.sheet).origin is FigureOrigin.IMPORTED


def test_a_file_with_a_fault_keeps_nothing_and_names_every_line(work, market):
    a_september(work, market)
    code = market.measure.code
    text = (
        f"{HEAD}{code};LACI;4;55;1;1;1;0\nABSENTE;LACI;4;55;1;1;1;0\n{code};LACI;quatre;-5;1;1;1;1.5\n"
        f"{code};LACI;1;1;1;1\n=1+1;LACI;1;1;1;1;1;1\n"
    )

    with pytest.raises(Refusals) as no:
        bring(of(work, "LMMT"), text)

    assert [(one.facts["line"], one.code, one.field) for one in no.value.reasons] == [
        (3, NothingInMonth.code, "measure"),
        (4, NotACount.code, "participants"), (4, NotACount.code, "occupied_days"),
        (4, NotACount.code, "waiting"), (5, "row-length", None), (6, NothingInMonth.code, "measure"),
    ]  # fmt: skip
    assert work.session.exec(select(MonthlyData)).all() == []
    with pytest.raises(MissingColumns):
        bring(of(work, "LMMT"), "mesure;ligne\nA;LACI\n")
    with pytest.raises(MonthNotOver):
        bring(of(work, "LMMT"), text, "2026-10")


def test_a_measure_without_participants_is_told_with_its_places(work, market):
    market.agreement()

    made = deliver_month(of(work, "LMMT"), DeliverMonth("SEMP", MONTH))

    assert row_of(made.sheet).told == replace(MonthCounts(), places=6)
    assert isinstance(made.sheet.month, Period)
