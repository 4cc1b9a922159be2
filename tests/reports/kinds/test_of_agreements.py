"""Reports about one agreement: exits of a French one, statistics for the invalidity insurance; both engines."""

from datetime import date

import pytest

from cii.institutions.queries import unit_by_code
from cii.kernel.errors import UnknownThing
from cii.kernel.span import Span
from cii.measures.vocabulary import MeasureKind
from cii.placements.vocabulary import ContractType, ExitType
from cii.reports.actions import freeze
from cii.reports.queries import issue_by_ref, issues, preview
from cii.reports.readers import Readers
from cii.reports.registry import KINDS
from cii.reports.vocabulary import ReportKind
from cii.settlement.vocabulary import Presence
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.coordination.build_coordination import the_group
from tests.evaluations.build_evaluations import french
from tests.figures.build_figures import a_stay, attended, later, the_numbers
from tests.reports.kinds.asking import printed, refrozen

YEAR = Span.parse("2026")
WHOLE = Readers(whole=True)
LONG = (date(2026, 1, 5), date(2026, 12, 31))


def told(work, kind, number, readers=WHOLE):
    return preview(work, YEAR, kind=kind, scope=number, readers=readers)


def left(year, n, exit_type, contract=None):
    return [
        {"year": year, "ref": f"{exit_type}{contract}{at}", "ended_on": f"{year}-06-30", "exit_type": exit_type,
         "contract_type": contract, "contract_months": None}
        for at in range(n)
    ]  # fmt: skip


def facts_of(*exits, first=2026):
    numbers = {
        "exit_durable_from_months": 6,
        "exit_goal_durable_permille": 250,
        "exit_goal_dynamic_permille": 600,
    }
    return {
        "report": [{"kind": "fr_exits", "period": "2026", "scope": "FR-1", "first": "2026-01-01", "last": "2026-12-31"}],
        "parameters": [{"name": name, "day": "2026-12-31", "value": n} for name, n in numbers.items()],
        "agreement": [{"number": "FR-1", "version": 1, "provider": "Structure", "institutions": ["SEMP"]}],
        "goals": [{"year": one, "own": False, "durable": 250, "dynamic": 600} for one in range(first, 2027)],
        "exits": [row for some in exits for row in some],
        "analyses": [],
    }  # fmt: skip


def test_of_forty_exits_ten_durable_six_transition_eight_positive_reach_both_goals():
    facts = facts_of(
        left(2026, 10, "employment", "open_ended"), left(2026, 6, "employment", "aided"),
        left(2026, 8, "training"), left(2026, 16, "no_solution"),
    )  # fmt: skip

    values = KINDS[ReportKind.FR_EXITS].derive(facts)

    assert {key: row["persons"] for key, row in values["classes"].items()} == {
        "durable": 10, "transition": 6, "positive": 8, "other": 16,
    }  # fmt: skip
    row = values["trajectory"]["2026"]
    assert (row["durable"], row["dynamic"], row["met"]) == ("1/4", "3/5", True)


def test_nine_durable_miss_and_nobody_gone_is_no_failure():
    facts = facts_of(left(2026, 9, "business_creation"), left(2026, 31, "training"), first=2025)

    rows = KINDS[ReportKind.FR_EXITS].derive(facts)["trajectory"]

    assert (rows["2026"]["durable"], rows["2026"]["met"]) == ("9/40", False)
    assert (rows["2025"]["durable"], rows["2025"]["met"]) == (None, None)


def test_the_exits_of_an_agreement_are_counted_against_its_own_trajectory(work):
    held = french(work)
    number = held.agreement.number

    values = told(work, ReportKind.FR_EXITS, number)

    assert {key: row["persons"] for key, row in values["classes"].items()} == {
        "durable": 1, "transition": 1, "positive": 0, "other": 2,
    }  # fmt: skip
    row = values["trajectory"]["2026"]
    assert (row["exits"], row["durable"], row["dynamic"]) == (4, "1/4", "1/2")
    assert (row["durable_goal"], row["dynamic_goal"], row["met"]) == ("1/4", "9/20", True)
    pages = printed(work, ReportKind.FR_EXITS, YEAR, "fr", number)
    assert number in pages.replace("\xad", "")
    assert "Dynamische Austritte" in printed(work, ReportKind.FR_EXITS, YEAR, "de", number)


def test_few_exits_are_told_to_the_parties_alone(work):
    number = french(work).agreement.number

    others, payer = (
        told(work, ReportKind.FR_EXITS, number, Readers(frozenset({one}))) for one in ("SASO", "SEMP")
    )

    assert others["trajectory"]["2026"]["exits"] is None
    assert {"classes.other.persons", "all.persons", "trajectory.2026.durable"} <= set(others["hidden"])
    assert payer["hidden"] == []


def test_whoever_may_not_see_the_agreement_finds_neither_draft_nor_issue(work):
    number = french(work).agreement.number
    group = later(the_group(work), days=120)
    issue = freeze(group, YEAR, ReportKind.FR_EXITS, number)
    refrozen(group, issue)
    other = acting(work, an_actor(work, unit_by_code(work, "ODAS"), role="contract_manager"))

    assert issue_by_ref(group, issue.ref).scope == number
    assert list(issues(group, ReportKind.FR_EXITS)) == [issue]
    with pytest.raises(UnknownThing):
        issue_by_ref(other, issue.ref)
    assert list(issues(other, ReportKind.FR_EXITS)) == []
    for who, scope in ((other, number), (group, "NO-SUCH"), (group, "")):
        with pytest.raises(UnknownThing):
            preview(who, YEAR, kind=ReportKind.FR_EXITS, scope=scope)
        with pytest.raises(UnknownThing):
            freeze(later(who, days=120), YEAR, ReportKind.FR_EXITS, scope)


def test_a_report_of_all_knows_no_scope(work):
    french(work)

    with pytest.raises(UnknownThing):
        preview(work, YEAR, kind=ReportKind.ANNUAL, scope="AC-1")


@pytest.fixture
def course(work):
    """A course with six stays: three still there, one employed, one trained, one broken off; ten days each."""
    the_numbers(work)
    market = a_market(later(work, days=-600))
    market.work = work
    market.measure.kind = MeasureKind.COURSE
    agreement = market.agreement(last_day=date(2027, 3, 31))
    ways = (None, None, None, ExitType.EMPLOYMENT, ExitType.TRAINING, ExitType.ABORTED)
    for way in ways:
        stay = a_stay(
            work, market.measure, agreement, market.ac, *LONG,
            exit_type=way, contract=ContractType.OPEN_ENDED if way is ExitType.EMPLOYMENT else None,
            left_on=date(2026, 6, 30) if way else None,
        )  # fmt: skip
        for day in range(1, 11):
            attended(work, stay, date(2026, 2 + day % 2, day), Presence.PRESENT)
    return agreement


def test_the_statistics_of_the_general_conditions(work, course):
    values = told(work, ReportKind.AI_STATISTICS, course.number)

    assert {key: row["count"] for key, row in values["statistics"].items()} == {
        "days": 60, "months": 12, "cases": 6, "admissions": 6, "entries": 6, "regular_exits": 2, "broken_off": 1,
        "internships": 0, "trainings_completed": 2, "trainings_aborted": 1,
    }  # fmt: skip
    assert (values["results"]["employed"]["persons"], values["results"]["employed"]["share"]) == (1, "1/3")
    assert values["results"]["trained"]["persons"] == 1


def test_reductions_of_pensions_are_missing_until_they_are_entered(work, course):
    values = told(work, ReportKind.AI_STATISTICS, course.number)

    assert values["results"]["pension"]["persons"] is None
    assert "results.pension.persons" in values["unknown"]
    pages = printed(work, ReportKind.AI_STATISTICS, YEAR, "fr", course.number)
    assert "réduction de rente – –" in pages
    assert "Rentenreduktion" in printed(work, ReportKind.AI_STATISTICS, YEAR, "de", course.number)


def test_statistics_of_few_are_told_to_the_parties_alone(work, course):
    others = told(work, ReportKind.AI_STATISTICS, course.number, Readers(frozenset({"SASO"})))

    assert {row["count"] for row in others["statistics"].values()} == {None}
    assert others["results"]["economy"]["cost"] is None
    assert told(work, ReportKind.AI_STATISTICS, course.number, Readers(frozenset({"SEMP"})))["hidden"] == []


def test_the_statistics_are_frozen_and_made_again_from_their_rows(work, course):
    group = later(the_group(work), days=120)

    refrozen(group, freeze(group, YEAR, ReportKind.AI_STATISTICS, course.number))
