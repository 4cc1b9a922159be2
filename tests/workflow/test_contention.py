"""Two at the same moment, each with an own connection, on both engines: the lost join and its relatives."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from cii.kernel.calendar import WorkingDays
from cii.kernel.errors import Refusal
from cii.store.work import HOUSE, Work, working
from cii.workflow.actions import fire, start
from cii.workflow.events import TaskDone
from cii.workflow.projection import drift
from cii.workflow.sweeping import sweep_each
from cii.workflow.tables import WfEvent, WfInstance, WfTask, WfTimer
from tests.conftest import NOW
from tests.workflow.build_workflow import a_process, done, seated, the_files, the_units

ROUNDS = 100
LATER = NOW + timedelta(days=61)


def opened(engine: Engine, now: datetime = NOW):
    return working(engine, HOUSE, now, calendar=WorkingDays("NE"))


@pytest.fixture
def cases(fresh_engine: Engine, tmp_path):
    """Processes at their first stage, and who holds their roles."""

    def made(count: int) -> tuple[list[int], dict]:
        with opened(fresh_engine) as work:
            the_files(work, tmp_path / "w")
            roles = the_units(work)
            begun = [
                a_process(work, tmp_path / "w", subject_id=n, roles=roles)[0].instance.id
                for n in range(1, count + 1)
            ]
        return begun, roles

    return made


def at_once(rounds: int, *calls: Callable[[int], object]) -> list[list[object]]:
    """Each round, all calls at the same moment; what each brought: a value, or what it raised."""
    ready = Barrier(len(calls))

    def run(call: Callable[[int], object]) -> list[object]:
        brought = []
        for number in range(rounds):
            ready.wait(timeout=60)
            try:
                brought.append(call(number))
            except Exception as broken:  # noqa: BLE001 - the test looks at whatever came
                brought.append(broken)
        return brought

    with ThreadPoolExecutor(len(calls)) as pool:
        return [list(row) for row in zip(*pool.map(run, calls), strict=True)]


def answer(engine: Engine, ids: list[int], unit: int, event: TaskDone, number: int, seq: int | None = None):  # noqa: PLR0917
    with opened(engine) as work:
        instance = work.session.get_one(WfInstance, ids[number])
        return fire(seated(work, unit), instance, event, expected_seq=seq).state.stage


def entries(engine: Engine, stage: str) -> dict[int, int]:
    """How often each process has entered the stage."""
    found: dict[int, int] = {}
    with Session(engine) as session:
        for event in session.exec(select(WfEvent).where(WfEvent.kind == "stage-entered")):
            if event.payload["stage"] == stage:
                found[event.instance_id] = found.get(event.instance_id, 0) + 1
    return found


def differences(engine: Engine) -> list:
    with Session(engine) as session:
        return drift(Work(session, HOUSE, NOW))


def test_of_the_last_two_answers_given_at_once_none_is_lost_and_the_stage_is_left_once(
    fresh_engine: Engine, cases
):
    ids, roles = cases(ROUNDS)

    brought = at_once(
        ROUNDS,
        partial(answer, fresh_engine, ids, roles["AC"][0], done("one")),
        partial(answer, fresh_engine, ids, roles["AI"][0], done("two")),
    )

    assert [sorted(map(str, pair)) for pair in brought] == [["both", "follow_up"]] * ROUNDS
    assert entries(fresh_engine, "follow_up") == dict.fromkeys(ids, 1)
    with Session(fresh_engine) as session:
        answered = session.exec(select(WfTask).where(WfTask.stage == "both", WfTask.outcome == "done")).all()
    assert len(answered) == 2 * ROUNDS
    assert differences(fresh_engine) == []


def test_of_two_answers_to_one_task_one_wins_and_the_other_is_told(fresh_engine: Engine, cases):
    ids, roles = cases(20)
    with Session(fresh_engine) as session:
        seq = session.get_one(WfInstance, ids[0]).seq
    first = partial(answer, fresh_engine, ids, roles["AC"][0], done("one"))
    unseen = at_once(10, first, first)

    seen = at_once(10, *[lambda n: answer(fresh_engine, ids[10:], roles["AC"][0], done("one"), n, seq)] * 2)

    assert {brought.code for pair in unseen for brought in pair if isinstance(brought, Exception)} == {
        "illegal-move"
    }
    assert {brought.code for pair in seen for brought in pair if isinstance(brought, Exception)} == {
        "stale-seq"
    }
    assert [sum(brought == "both" for brought in pair) for pair in unseen + seen] == [1] * 20
    assert differences(fresh_engine) == []


def test_two_workers_who_sweep_at_once_fire_each_timer_once(fresh_engine: Engine, cases):
    ids, _ = cases(20)

    ((mine, yours),) = at_once(1, *[lambda _: sweep_each(partial(opened, fresh_engine, LATER))] * 2)

    assert mine[0] + yours[0] == 2 * len(ids)  # an escalation and a timeout for each
    assert mine[1] + yours[1] == 0
    assert entries(fresh_engine, "late") == dict.fromkeys(ids, 1)
    with Session(fresh_engine) as session:
        told = session.exec(select(WfEvent).where(WfEvent.kind == "escalated")).all()
        assert {one.state for one in session.exec(select(WfTimer))} == {"fired"}
    assert len(told) == len(ids)
    assert differences(fresh_engine) == []


def test_a_timeout_and_the_last_answer_at_once_leave_the_stage_once(fresh_engine: Engine, cases):
    ids, roles = cases(20)
    for number in range(len(ids)):
        answer(fresh_engine, ids, roles["AC"][0], done("one"), number)

    brought = at_once(
        1,
        lambda _: sweep_each(partial(opened, fresh_engine, LATER)),
        lambda _: [said(fresh_engine, ids, roles, n) for n in reversed(range(len(ids)))],
    )

    ((swept, answers),) = brought
    late, on_time = entries(fresh_engine, "late"), entries(fresh_engine, "follow_up")
    assert sorted([*late, *on_time]) == sorted(ids)
    assert swept == (len(late), 0)
    assert answers.count("illegal-move") == len(late)
    assert differences(fresh_engine) == []


def said(engine: Engine, ids: list[int], roles: dict, number: int) -> str:
    try:
        return answer(engine, ids, roles["AI"][0], done("two"), number)
    except Refusal as no:
        return no.code


def test_of_two_who_begin_the_same_process_at_once_one_is_told_that_it_runs(fresh_engine: Engine, cases):
    _, roles = cases(1)

    def begin(number: int) -> str:
        with opened(fresh_engine) as work:
            return start(
                work, "two-voices", subject="case", subject_id=100 + number, subject_ref="x", person_id=None,
                facts={}, roles=roles,
            ).state.stage  # fmt: skip

    brought = at_once(20, begin, begin)

    told = [[getattr(one, "code", one) for one in pair] for pair in brought]
    assert [sorted(pair) for pair in told] == [["both", "process-already-running"]] * 20
    assert differences(fresh_engine) == []
