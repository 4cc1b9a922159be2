"""Approval with real connections: two at once, a rival at the last place, a worker killed half-way."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select
from sqlmodel import Session, col

from cii.cases.queries import case_by_ref
from cii.kernel.errors import Refusal
from cii.placements.actions import AssignPlacement, Share, assign
from cii.placements.tables import MeasureDay, Placement, WaitingEntry
from cii.placements.vocabulary import WaitingState
from cii.rounds.approving import ApproveRound, approve
from cii.rounds.tables import AllocationRound
from cii.rounds.vocabulary import RoundState
from cii.store.work import HOUSE, Actor, working
from tests.conftest import NOW
from tests.placements.build_placements import NOVEMBER
from tests.rounds.build_distribution import a_group


def laid_out(engine, people, *, places):
    """A committed round, computed by one member; returns its reference and the second member."""
    with working(engine, HOUSE, NOW) as work:
        group = a_group(work, places=places, ac=places)
        cases = [group.waits() for _ in range(people)]
        held, _ = group.computed()
        return held.ref, group.second.actor, [case.ref for case in cases], group


def counted(engine):
    with Session(engine) as session:
        state = session.scalar(select(col(AllocationRound.state)))
        waiting = session.scalar(
            select(func.count())
            .select_from(WaitingEntry)
            .where(col(WaitingEntry.state) == WaitingState.WAITING)
        )
        taken = session.scalar(select(func.max(MeasureDay.taken))) or 0
        return state, session.scalar(select(func.count()).select_from(Placement)), waiting, int(taken)


def approving(engine, ref, actor: Actor):
    try:
        with working(engine, actor, NOW) as work:
            return approve(work, ApproveRound(ref, 1)).ref
    except Refusal as no:
        return no


def test_of_two_approvals_at_once_one_counts_and_each_place_is_given_once(fresh_engine):
    ref, second, _, _ = laid_out(fresh_engine, 5, places=3)
    gate = Barrier(2)

    def one(_):
        gate.wait()
        return approving(fresh_engine, ref, second)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(one, range(2)))

    assert sorted(isinstance(one, Refusal) for one in answers) == [False, True]
    assert next(one for one in answers if isinstance(one, Refusal)).code == "illegal-move"
    assert counted(fresh_engine) == (RoundState.APPROVED, 3, 2, 3)


def test_a_place_given_by_hand_meanwhile_leaves_the_round_open_or_comes_too_late(fresh_engine):
    ref, second, cases, group = laid_out(fresh_engine, 3, places=2)
    wish = AssignPlacement(cases[2], group.stage.measure.ref, *NOVEMBER, (Share(group.stage.market.ac.ref),))
    gate = Barrier(2)

    def by_round():
        gate.wait()
        return approving(fresh_engine, ref, second)

    def by_hand():
        gate.wait()
        try:
            with working(fresh_engine, HOUSE, NOW) as work:
                return assign(work, wish).ref
        except Refusal as no:
            return no

    with ThreadPoolExecutor(2) as pool:
        round_, hand = (one.result() for one in (pool.submit(by_round), pool.submit(by_hand)))

    state, places, _, taken = counted(fresh_engine)
    assert taken <= 2
    assert places == taken
    if isinstance(round_, Refusal):
        assert (round_.kind, state) == ("conflict", RoundState.OPEN)
        assert isinstance(hand, str)
    else:
        assert (state, places) == (RoundState.APPROVED, 2)


KILLED = """
import os, signal, sys
from datetime import datetime
from cii.placements import together
from cii.rounds.approving import ApproveRound, approve
from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from cii.store.work import Actor, Seat, working

load_all_tables()
real, given = together.place_wish, []


def dies(work, wish, before=()):
    given.append(real(work, wish, before))
    if len(given) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return given[-1]


together.place_wish = dies
url, ref, account, unit, institution, now = sys.argv[1:]
actor = Actor("x", account_id=int(account), permits=frozenset({"see_rounds"}),
              seats=(Seat(int(unit), int(institution), "coordination_member"),))
with working(make_engine(url), actor, datetime.fromisoformat(now)) as work:
    approve(work, ApproveRound(ref, 1))
"""


def test_a_worker_killed_between_two_places_leaves_nothing_and_the_round_can_be_approved_again(fresh_engine):
    ref, second, cases, _ = laid_out(fresh_engine, 4, places=3)
    seat = second.seats[0]
    url = fresh_engine.url.render_as_string(hide_password=False)

    ended = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", KILLED, url, ref, str(second.account_id), str(seat.unit_id),
         str(seat.institution_id), NOW.isoformat()],
        check=False, capture_output=True, text=True, env={**os.environ},
    )  # fmt: skip

    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert counted(fresh_engine) == (RoundState.OPEN, 0, 4, 0)
    assert isinstance(approving(fresh_engine, ref, second), str)
    assert counted(fresh_engine) == (RoundState.APPROVED, 3, 1, 3)
    with working(fresh_engine, HOUSE, NOW) as work:
        assert case_by_ref(work, cases[0]).ref == cases[0]
