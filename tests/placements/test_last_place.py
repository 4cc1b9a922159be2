"""Nobody gets the last place twice, nor the last franc: real connections, committed transactions, both engines."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import event, func, select
from sqlmodel import Session

from cii.budgets.queries import positions
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.measures.actions import SetPlaces, SetQuota
from cii.measures.vocabulary import MeasureKind
from cii.placements.actions import AssignPlacement, Share, assign, change_places, change_quota
from cii.placements.board import occupancy, waiting_list
from cii.placements.life import CancelPlacement, cancel_placement
from cii.placements.rules import PlaceJustTaken
from cii.placements.tables import (
    MeasureDay,
    Placement,
    PlacementEvent,
    PlacementLeg,
    PlacementShare,
    QuotaDay,
    WaitingEntry,
)
from cii.placements.vocabulary import PlacementState
from cii.placements.waiting import JoinWaitingList, join_waiting_list, withdraw_waiting
from cii.store.work import HOUSE, working
from tests.agreements.build_agreements import a_market
from tests.conftest import NOW
from tests.placements.build_placements import NOVEMBER, a_stage


def laid_out(engine, people, *, ac="1000000.00", places=(1, 1, 1)):
    """A committed stage; returns the case references, measure, lines (AC, social aid) by reference and id."""
    with working(engine, HOUSE, NOW) as work:
        stage = a_stage(work, ac=ac, social=ac)
        stage.room_for(places[0], ac=places[1], social=places[2])
        cases = [stage.case().ref for _ in range(people)]
        return cases, stage.measure.ref, stage.market.ac, stage.market.social


def all_at_once(engine, wishes):
    """Every wish in a thread and a connection of its own, let go together; refusals come back as codes."""
    gate = Barrier(len(wishes))

    def one(wish):
        gate.wait()
        try:
            with working(engine, HOUSE, NOW) as work:
                return assign(work, wish).ref
        except Refusal as no:
            return no

    with ThreadPoolExecutor(len(wishes)) as pool:
        return list(pool.map(one, wishes))


def counts(engine):
    with Session(engine) as session:
        tables = (Placement, PlacementShare, PlacementLeg, PlacementEvent)
        return [session.scalar(select(func.count()).select_from(one)) for one in tables]


def taken(engine):
    with Session(engine) as session:
        return tuple(int(session.scalar(select(func.max(one.taken)))) for one in (MeasureDay, QuotaDay))


def rounds_on_the_last_place(engine, clients, rounds):
    cases, measure, ac, social = laid_out(engine, clients)
    for number in range(rounds):
        lines = [(ac, social)[at % 2] for at in range(clients)]
        wishes = [
            AssignPlacement(case, measure, *NOVEMBER, (Share(line.ref),))
            for case, line in zip(cases, lines, strict=True)
        ]

        answers = all_at_once(engine, wishes)

        winners = [one for one in answers if isinstance(one, str)]
        losers = [one for one in answers if isinstance(one, Refusal)]
        assert len(winners) == 1
        assert len(losers) == clients - 1
        assert {one.kind for one in losers} == {"conflict"}
        known = {"measure-full", "line-quota-full"}
        assert {reason.code for one in losers for reason in one.reasons} <= known
        assert taken(engine) == (1, 1)
        assert counts(engine) == [number + 1, number + 1, number + 1, 2 * (number + 1) + number]
        with working(engine, HOUSE, NOW) as work:
            cancel_placement(work, CancelPlacement(winners[0], "tour suivant"))
            assert occupancy(work, NOVEMBER[0])[0].taken == 0


def test_of_sixteen_at_once_one_gets_the_last_place(fresh_engine):
    rounds_on_the_last_place(fresh_engine, clients=16, rounds=3)


@pytest.mark.slow
def test_of_fifty_at_once_one_gets_the_last_place_in_thirty_rounds(fresh_engine):
    rounds_on_the_last_place(fresh_engine, clients=50, rounds=30)


def rounds_on_the_last_franc(engine, clients, rounds):
    cases, measure, ac, _ = laid_out(engine, clients, ac="4399.99", places=(10, 10, 10))
    for number in range(rounds):
        answers = all_at_once(
            engine, [AssignPlacement(case, measure, *NOVEMBER, (Share(ac.ref),)) for case in cases]
        )

        winners = [one for one in answers if isinstance(one, str)]
        losers = [one for one in answers if isinstance(one, Refusal)]
        assert (len(winners), len(losers)) == (1, clients - 1)
        assert {reason.code for one in losers for reason in one.reasons} <= {
            "budget-exceeded",
            "measure-full",
        }
        assert counts(engine) == [number + 1, number + 1, number + 1, 2 * (number + 1) + number]
        assert taken(engine) == (1, 1)
        with working(engine, HOUSE, NOW) as work:
            line = next(one for one in positions(work, 2026) if one.line_id == ac.id)
            assert (line.committed, line.available) == (Chf.parse("2200.00"), Chf.parse("2199.99"))
            cancel_placement(work, CancelPlacement(winners[0], "tour suivant"))


def test_of_sixteen_at_once_one_gets_the_last_franc(fresh_engine):
    rounds_on_the_last_franc(fresh_engine, clients=16, rounds=1)


@pytest.mark.slow
def test_of_fifty_at_once_one_gets_the_last_franc_in_thirty_rounds(fresh_engine):
    rounds_on_the_last_franc(fresh_engine, clients=50, rounds=30)


def rounds_on_the_last_of_a_quota(engine, clients, rounds):
    """The measure has places left, the line has one: who comes too late joins the waiting list."""
    cases, measure, ac, _ = laid_out(engine, clients, places=(10, 1, 9))
    for number in range(rounds):
        answers = all_of(engine, [placing_or_waiting(case, measure, ac) for case in cases])

        winners = [one for one in answers if isinstance(one, str)]
        waiting = [one for one in answers if isinstance(one, WaitingEntry)]
        assert (len(winners), len(waiting)) == (1, clients - 1)
        assert taken(engine) == (1, 1)
        assert counts(engine)[0] == number + 1
        with working(engine, HOUSE, NOW) as work:
            measure_id = waiting[0].measure_id
            assert [one.position for one in waiting_list(work, measure_id)] == list(range(1, clients))
            for one in waiting_list(work, measure_id):
                withdraw_waiting(work, one.ref)
            cancel_placement(work, CancelPlacement(winners[0], "tour suivant"))


def test_of_sixteen_at_once_one_gets_the_last_of_the_quota_and_the_others_wait(fresh_engine):
    rounds_on_the_last_of_a_quota(fresh_engine, clients=16, rounds=1)


@pytest.mark.slow
def test_of_fifty_at_once_one_gets_the_last_of_the_quota_in_thirty_rounds(fresh_engine):
    rounds_on_the_last_of_a_quota(fresh_engine, clients=50, rounds=30)


def placing_or_waiting(case, measure, line):
    """A place, or, where the quota is used up and for no other reason, an entry of the waiting list."""

    def act(work):
        try:
            return assign(work, AssignPlacement(case, measure, *NOVEMBER, (Share(line.ref),))).ref
        except Refusal as no:
            if {one.code for one in no.reasons} != {"line-quota-full"}:
                raise
            return join_waiting_list(work, JoinWaitingList(case, measure, line.ref, *NOVEMBER))

    return act


def test_one_person_asked_for_twice_at_once_is_placed_once(fresh_engine):
    cases, measure, ac, social = laid_out(fresh_engine, 1, places=(10, 6, 4))
    wishes = [
        AssignPlacement(cases[0], measure, *NOVEMBER, (Share(line.ref),))
        for line in (ac, social)
        for _ in range(4)
    ]

    answers = all_at_once(fresh_engine, wishes)

    losers = [one for one in answers if isinstance(one, Refusal)]
    assert len(losers) == len(wishes) - 1
    assert {reason.code for one in losers for reason in one.reasons} == {"double-financing"}
    assert taken(fresh_engine) == (1, 1)


def test_stays_that_cross_each_other_never_block_each_other(fresh_engine):
    """Split payers in both orders and overlapping months: the fixed order of locks leaves no deadlock."""
    cases, measure, ac, social = laid_out(fresh_engine, 12, places=(10, 6, 4))
    spans = [(date(2026, 11, 1 + at), date(2026, 12, 31 - at)) for at in range(12)]
    wishes = [
        AssignPlacement(
            case,
            measure,
            *span,
            (Share(ac.ref, 60), Share(social.ref, 40))
            if at % 2
            else (Share(social.ref, 40), Share(ac.ref, 60)),
        )
        for at, (case, span) in enumerate(zip(cases, spans, strict=True))
    ]

    answers = all_at_once(fresh_engine, wishes)

    assert sum(isinstance(one, str) for one in answers) == 10
    assert taken(fresh_engine) == (10, 6)


def test_coming_and_going_at_once_leaves_the_days_right(fresh_engine):
    """While half of the placements are called off, others of the same persons and measure come in."""
    cases, measure, ac, _ = laid_out(fresh_engine, 8, places=(8, 8, 4))
    wishes = [AssignPlacement(case, measure, *NOVEMBER, (Share(ac.ref),)) for case in cases]
    gone = all_at_once(fresh_engine, wishes[:4])
    gate = Barrier(12)

    def act(what):
        gate.wait()
        try:
            with working(fresh_engine, HOUSE, NOW) as work:
                if isinstance(what, str):
                    return cancel_placement(work, CancelPlacement(what, "retrait")).ref
                return assign(work, what).ref
        except Refusal as no:
            return no

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(act, [*gone, *wishes]))

    came = [one for one in answers[4:] if isinstance(one, str)]
    refused = {reason.code for one in answers[4:] if isinstance(one, Refusal) for reason in one.reasons}
    assert answers[:4] == gone
    assert len(came) >= 4
    assert refused <= {"double-financing", "measure-full", "line-quota-full"}
    assert taken(fresh_engine) == (len(came), len(came))
    with working(fresh_engine, HOUSE, NOW, writing=False) as work:
        line = next(one for one in positions(work, 2026) if one.line_id == ac.id)
    assert line.committed == Chf.parse("2200.00") * len(came)


def test_a_quota_lowered_while_places_are_asked_for_never_falls_below_those_taken(fresh_engine):
    """Whoever comes first, the other is refused with day and number, and no day holds more than it has."""
    cases, measure, ac, _ = laid_out(fresh_engine, 8, places=(8, 8, 4))

    def lowering(places):
        wish = SetQuota(measure, ac.ref, MeasureKind.PROFESSIONAL, places, NOVEMBER[0])
        return lambda work: change_quota(work, wish)

    answers = all_of(
        fresh_engine,
        [*(placing(case, measure, Share(ac.ref)) for case in cases), *map(lowering, (5, 4, 3, 2))],
    )

    came = [one for one in answers if isinstance(one, str)]
    refused = [reason for one in answers if isinstance(one, Refusal) for reason in one.reasons]
    assert {one.code for one in refused} <= {"line-quota-full", "quota-below-taken"}
    assert all(
        (one.facts["day"], one.facts["taken"] > one.facts["places"]) == (NOVEMBER[0], True)
        for one in refused
        if one.code == "quota-below-taken"
    )
    assert taken(fresh_engine)[1] == len(came) >= 2
    with Session(fresh_engine) as session:
        lowest = session.scalar(
            select(func.min(QuotaDay.places - QuotaDay.taken)).where(QuotaDay.line_id == ac.id)
        )
    assert lowest >= 0


def all_of(engine, acts):
    """Every act in a thread and a connection of its own, let go together; refusals come back."""
    gate = Barrier(len(acts))

    def one(act):
        gate.wait()
        try:
            with working(engine, HOUSE, NOW) as work:
                return act(work)
        except Refusal as no:
            return no

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def placing(case, measure, *shares):
    return lambda work: assign(work, AssignPlacement(case, measure, *NOVEMBER, shares)).ref


def leaving(ref):
    return lambda work: cancel_placement(work, CancelPlacement(ref, "retrait")).ref


def committed(engine, *lines):
    with working(engine, HOUSE, NOW, writing=False) as work:
        held = {one.line_id: one.committed for one in positions(work, 2026)}
    return [held[line.id] for line in lines]


def test_two_measures_and_two_lines_at_once_never_block_each_other(fresh_engine):
    """Payers in both orders, in two measures, while others of both leave: nobody waits in a ring."""
    with working(fresh_engine, HOUSE, NOW) as work:
        stage = a_stage(work, ac="1000000.00", social="1000000.00")
        market = a_market(work)
        ac, social = stage.market.ac, stage.market.social
        for line in (ac, social):
            market.agreement(line)
        measures = [stage.measure.ref, market.measure.ref]
        leavers = [stage.case().ref for _ in range(4)]
        comers = [stage.case().ref for _ in range(8)]
    orders = [(Share(ac.ref), Share(social.ref)), (Share(social.ref), Share(ac.ref))]
    gone = all_of(
        fresh_engine, [placing(one, measures[at % 2], *orders[at // 2]) for at, one in enumerate(leavers)]
    )

    answers = all_of(
        fresh_engine,
        [leaving(ref) for ref in gone]
        + [placing(one, measures[at % 2], *orders[at // 4]) for at, one in enumerate(comers)],
    )

    assert answers[:4] == gone
    assert sum(isinstance(one, str) for one in answers[4:]) == 8
    assert committed(fresh_engine, ac, social) == [Chf.parse("8800.00")] * 2


def test_places_that_change_while_they_are_taken_never_block_who_takes_them(fresh_engine):
    cases, measure, ac, _ = laid_out(fresh_engine, 6, places=(10, 10, 4))
    changes = [SetPlaces(measure, MeasureKind.PROFESSIONAL, places, NOW.date()) for places in (8, 9, 7)]

    answers = all_of(
        fresh_engine,
        [placing(case, measure, Share(ac.ref)) for case in cases]
        + [lambda work, one=one: change_places(work, one) for one in changes],
    )

    assert all(isinstance(one, str) for one in answers[:6])
    assert taken(fresh_engine) == (6, 6)
    assert committed(fresh_engine, ac) == [Chf.parse("13200.00")]


def test_what_is_fought_over_is_taken_by_the_last_statement_of_the_act(fresh_engine):
    cases, measure, ac, _ = laid_out(fresh_engine, 2)
    wishes = [placing(case, measure, Share(ac.ref)) for case in cases]
    with working(fresh_engine, HOUSE, NOW) as work:  # opens the days and the accounts
        given = []
        event.listen(work.session.connection(), "before_cursor_execute", lambda *told: given.append(told[2]))

        wishes[0](work)

    asked = [one for one in given if not one.startswith(("SAVEPOINT", "RELEASE"))]
    if fresh_engine.dialect.name == "postgresql":
        assert "pg_advisory_xact_lock" in asked[-2]
        assert [name in asked[-1] for name in ("quota_day", "measure_day", "budget_account", "movement")] == [
            True
        ] * 4
        assert not any("FOR UPDATE" in one for one in asked)
    else:
        assert [one.split(" (")[0].split(" SET")[0] for one in asked[-3:]] == [
            "UPDATE quota_day",
            "UPDATE measure_day",
            "INSERT INTO movement",
        ]


def test_who_is_beaten_to_a_place_that_is_free_again_each_time_is_told_so(work):
    """Whenever the place is about to be taken another has it, and lets it go before the reasons are read."""
    stage = a_stage(work)
    wish = stage.wish()
    before = work.session.scalar(select(func.count()).select_from(Placement))

    def another_is_quicker(connection, cursor, statement, *rest):
        if "UPDATE quota_day" in statement:
            cursor.execute("UPDATE quota_day SET taken = places")

    connection = work.session.connection()
    event.listen(connection, "before_cursor_execute", another_is_quicker)
    with pytest.raises(PlaceJustTaken):
        assign(work, wish)
    event.remove(connection, "before_cursor_execute", another_is_quicker)

    assert work.session.scalar(select(func.count()).select_from(Placement)) == before
    assert not any(one.taken for one in occupancy(work, NOVEMBER[0]))
    assert assign(work, wish).state is PlacementState.RESERVED
