"""What a stay goes through: extended, balanced, warned, heard, excluded, reported on, checked."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from cii.access.vocabulary import Role
from cii.cases.tables import CaseFile
from cii.kernel.errors import NotAllowed, Refusal
from cii.kernel.money import Chf
from cii.notices.tables import Notice
from cii.placements.board import occupancy
from cii.placements.extending import ExtendStay, extend_stay
from cii.placements.following import (
    BalanceObjective,
    CheckExit,
    NoticeBreach,
    RecordModule,
    ReportExit,
    balance_objective,
    balances_of,
    check_exit,
    checks_due,
    notice_breach,
    record_module,
    report_exit,
)
from cii.placements.hearing import HearPerson, WarnPerson, hear_person, warn_person
from cii.placements.life import EndPlacement, end_placement
from cii.placements.objectives import ObjectiveAsk, SetObjectives, set_objectives
from cii.placements.queries import events_of, shares_of
from cii.placements.rules import (
    CheckNotDue,
    ExclusionUnheard,
    NotAnExtension,
    NotWarned,
    StayNotOver,
    StayNotRunning,
)
from cii.placements.vocabulary import BalanceOutcome, ExitSituation, ExitType, PlacementEventKind
from cii.store.work import Work
from tests.placements.build_placements import a_stage

NINTH, TWENTIETH, DECEMBER_15 = date(2026, 11, 9), date(2026, 11, 20), date(2026, 12, 15)


def bound(work: Work, placement) -> str:
    return str(Chf.total(share.committed for share in shares_of(work, placement.id)))


def codes(no: Refusal) -> set[str]:
    return {one.code for one in no.reasons}


def kinds(work: Work, placement) -> list[PlacementEventKind]:
    return [one.kind for one in events_of(work, placement.id)]


def told(work: Work) -> list[str]:
    return list(work.session.scalars(select(Notice.kind)))


def test_an_extension_takes_days_quota_and_money_of_the_rest_in_one_act_and_tells_the_provider(work: Work):
    stage = a_stage(work)
    placement = stage.started()

    extend_stay(stage.on(TWENTIETH), ExtendStay(placement.ref, date(2026, 12, 31)))

    assert bound(work, placement) == "4400.00"  # two months
    assert [occupancy(work, day)[0].taken for day in (DECEMBER_15, date(2026, 12, 31))] == [1, 1]
    assert placement.ends_on == placement.planned_end == date(2026, 12, 31)
    assert kinds(work, placement)[-1] is PlacementEventKind.EXTENDED
    assert "placement-extended" in told(work)
    end_placement(
        stage.on(date(2026, 12, 31)), EndPlacement(placement.ref, date(2026, 11, 30), ExitType.ABORTED)
    )
    assert bound(work, placement) == "2200.00"


def test_a_stay_shared_by_two_payers_is_extended_by_their_key_to_the_centime(work: Work):
    stage = a_stage(work)
    placement = stage.started(None, (stage.market.ac, 60), (stage.market.social, 40))

    extend_stay(stage.on(TWENTIETH), ExtendStay(placement.ref, date(2026, 12, 31)))

    assert [str(share.committed) for share in shares_of(work, placement.id)] == ["2640.00", "1760.00"]


def test_every_reason_against_an_extension_is_said_at_once_and_nothing_is_taken(work: Work):
    stage = a_stage(work, ac="2500.00")
    placement = stage.started()
    stage.placement(
        work_case(stage, placement), (stage.market.social, 1), days=(DECEMBER_15, date(2026, 12, 31))
    )
    stage.room_for(1, ac=1)

    with pytest.raises(Refusal) as no:
        extend_stay(stage.on(TWENTIETH), ExtendStay(placement.ref, date(2026, 12, 31)))

    assert codes(no.value) >= {"double-financing", "measure-full", "budget-exceeded"}
    assert (placement.ends_on, bound(work, placement)) == (date(2026, 11, 30), "2200.00")
    with pytest.raises(NotAnExtension):
        extend_stay(stage.on(TWENTIETH), ExtendStay(placement.ref, date(2026, 11, 30)))


def work_case(stage, placement):
    return stage.work.session.get(CaseFile, placement.case_id)


def test_nobody_is_excluded_who_was_not_warned_and_then_heard(work: Work):
    stage = a_stage(work)
    placement, today = stage.started(), stage.on(TWENTIETH)
    out = EndPlacement(placement.ref, TWENTIETH, ExitType.EXCLUDED, note="Absences répétées.")

    with pytest.raises(NotWarned):
        hear_person(today, HearPerson(placement.ref, NINTH, "Rien."))
    with pytest.raises(ExclusionUnheard), work.session.begin_nested():
        end_placement(today, out)
    warn_person(today, WarnPerson(placement.ref, NINTH, "Absences sans excuse."))
    with pytest.raises(ExclusionUnheard), work.session.begin_nested():
        end_placement(today, out)
    hear_person(today, HearPerson(placement.ref, date(2026, 11, 12), "La personne s'explique."))
    warn_person(today, WarnPerson(placement.ref, date(2026, 11, 16), "Nouvelle absence."))
    with pytest.raises(ExclusionUnheard), work.session.begin_nested():
        end_placement(today, out)
    hear_person(today, HearPerson(placement.ref, date(2026, 11, 17), "Elle ne conteste pas."))
    with pytest.raises(Refusal) as no, work.session.begin_nested():
        end_placement(today, EndPlacement(placement.ref, TWENTIETH, ExitType.EXCLUDED))
    assert codes(no.value) == {"words-missing"}

    end_placement(today, out)

    assert placement.exit_type is ExitType.EXCLUDED
    assert kinds(work, placement)[-5:] == [
        PlacementEventKind.WARNED, PlacementEventKind.HEARD, PlacementEventKind.WARNED,
        PlacementEventKind.HEARD, PlacementEventKind.ENDED,
    ]  # fmt: skip
    with pytest.raises(StayNotRunning):
        warn_person(today, WarnPerson(placement.ref, NINTH, "Trop tard."))


def test_the_provider_neither_warns_nor_excludes_but_tells_of_a_breach_in_time_or_late(work: Work):
    stage = a_stage(work)
    placement = stage.started()
    theirs = stage.actor(stage.provider_unit, Role.PROVIDER)
    theirs = replace(theirs, now=stage.on(TWENTIETH).now)

    with pytest.raises(NotAllowed):
        warn_person(theirs, WarnPerson(placement.ref, NINTH, "Absences."))
    with pytest.raises(NotAllowed), work.session.begin_nested():
        end_placement(theirs, EndPlacement(placement.ref, TWENTIETH, ExitType.EXCLUDED, note="Motif"))
    work.session.expire_all()
    notice_breach(theirs, NoticeBreach(placement.ref, date(2026, 11, 18), "Absente sans avis."))
    notice_breach(theirs, NoticeBreach(placement.ref, NINTH, "Absente sans avis."))

    facts = [
        one.facts["late"] for one in events_of(work, placement.id) if one.kind is PlacementEventKind.BREACH
    ]
    assert facts == [False, True]
    assert told(work).count("placement-breach") == 2


def test_objectives_are_balanced_modules_certified_and_the_exit_reported_on(work: Work):
    stage = a_stage(work)
    placement, today = stage.started(), stage.on(TWENTIETH)
    set_objectives(today, SetObjectives(placement.ref, (ObjectiveAsk("Être ponctuel", NINTH),)))

    with pytest.raises(Refusal) as no:
        balance_objective(
            today, BalanceObjective(placement.ref, 2, BalanceOutcome.REACHED, date(2026, 11, 25))
        )
    assert codes(no.value) == {"objective-unknown", "not-yet"}
    balance_objective(
        today, BalanceObjective(placement.ref, 1, BalanceOutcome.PARTLY, NINTH, "Deux retards.")
    )
    balance_objective(today, BalanceObjective(placement.ref, 1, BalanceOutcome.REACHED, TWENTIETH))
    record_module(today, RecordModule(placement.ref, "Hygiène", TWENTIETH, "H-2026-14"))
    with pytest.raises(StayNotOver):
        report_exit(today, ReportExit(placement.ref, "Bilan du séjour."))
    end_placement(today, EndPlacement(placement.ref, TWENTIETH, ExitType.NO_SOLUTION))
    report_exit(today, ReportExit(placement.ref, "Bilan du séjour."))

    events = events_of(work, placement.id)
    assert balances_of(events)[1].facts["outcome"] == "reached"
    assert [one.facts for one in events if one.kind is PlacementEventKind.MODULE] == [
        {"name": "Hygiène", "certificate": "H-2026-14"}
    ]
    assert kinds(work, placement)[-1] is PlacementEventKind.EXIT_REPORT
    assert "placement-exit-report" in told(work)


def test_an_exit_is_checked_after_six_months_once_by_who_placed_the_person(work: Work):
    stage = a_stage(work)
    orp = stage.actor(stage.orp)
    placement = stage.started()
    end_placement(stage.on(TWENTIETH), EndPlacement(placement.ref, TWENTIETH, ExitType.TRAINING))
    at = lambda day: replace(orp, now=stage.on(day).now)  # noqa: E731
    before, due = at(date(2027, 5, 19)), at(date(2027, 5, 20))

    assert checks_due(before) == []
    with pytest.raises(CheckNotDue):
        check_exit(before, CheckExit(placement.ref, ExitSituation.AT_WORK))
    assert [one.ref for one in checks_due(due)] == [placement.ref]
    check_exit(due, CheckExit(placement.ref, ExitSituation.AT_WORK))
    assert checks_due(due) == []
    with pytest.raises(CheckNotDue):
        check_exit(due, CheckExit(placement.ref, ExitSituation.SEEKING))
