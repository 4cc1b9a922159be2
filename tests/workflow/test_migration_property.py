"""Whatever a case has been through: what the dry run says of it is what the real run does, and it can go on."""

import json
import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from cii.kernel.errors import Refusal
from cii.workflow import events as ev
from cii.workflow.actions import fire
from cii.workflow.machine import Record, fold, moves, step
from cii.workflow.migrating import dry_run
from cii.workflow.projection import drift
from cii.workflow.queries import definition_of, state_of
from cii.workflow.tables import WfEvent, WfInstance
from cii.workflow.transfer import Blocked, plan_for
from cii.workflow.vocabulary import Status
from tests.workflow.test_migrating import LATER, PLAN, at, run, the_canton, the_second_version
from tests.workflow.test_migrating import a_case as a_stored_case
from tests.workflow.test_migration_plan import CALENDAR, NEW, NOW, OLD, ROLES

WALK = st.lists(st.integers(0, 10_000), max_size=14)


def event_for(move, choice):
    """A command out of an open move, or None for moves that lead away from the story."""
    match move.act:
        case "done":
            return ev.TaskDone(move.task, move.outcomes[choice % len(move.outcomes)], closing="solved")
        case "add":
            return ev.AddTask(move.key)
        case "suspend":
            return ev.Suspend("maladie")
        case "resume":
            return ev.Resume(consent_renewed=True)
    return None


def walked(choices, roles=ROLES):
    took = step(OLD, None, ev.Start(), {}, NOW, CALENDAR, roles)
    records, now = [*took.records], NOW
    for choice in choices:
        open_now = [event_for(one, choice) for one in moves(OLD, took.state, ev.SYSTEM)]
        known = [one for one in open_now if one is not None]
        if not known:
            break
        now += timedelta(days=choice % 9)
        took = step(OLD, took.state, known[choice % len(known)], {}, now, CALENDAR, roles)
        records += took.records
    return took.state, records, now


@settings(max_examples=150, deadline=None)
@given(WALK, st.booleans())
def test_a_moved_case_is_the_fold_of_its_records_and_has_a_next_move(choices, physician):
    roles = ROLES if physician else {role: units for role, units in ROLES.items() if role != "physician"}
    state, records, now = walked(choices, roles)
    if state.status == Status.CLOSED:
        return

    found = plan_for(state, PLAN, OLD, NEW, {}, now, CALENDAR, roles)

    assert found == plan_for(state, PLAN, OLD, NEW, {}, now, CALENDAR, roles) or isinstance(found, Blocked)
    if isinstance(found, Blocked):
        assert found.reasons
        return
    stored = Record(*found.record[:3], json.loads(json.dumps(found.record.data)))
    assert fold([*records, stored]) == found.state
    assert {(one.stage, one.key) for one in found.state.here if one.live} <= {
        (stage.key, task.key) for stage in NEW.stages.values() for task in stage.tasks
    }
    acts = {one.act for one in moves(NEW, found.state, ev.SYSTEM)}
    assert acts & {"done", "resume"}


def test_random_cases_become_what_the_dry_run_said_of_each(fresh_engine, tmp_path):
    dice = random.Random(20261015)
    with at(fresh_engine) as work:
        roles = the_canton(work, tmp_path / "w")
        nobody = {role: units for role, units in roles.items() if role != "physician"}
        for number in range(1, 61):
            instance = a_stored_case(work, dice.choice([roles, nobody]), number)
            for _ in range(dice.randrange(9)):
                definition = definition_of(work, instance.definition_id)
                known = [
                    one
                    for move in moves(definition, state_of(work, instance), ev.SYSTEM)
                    if (one := event_for(move, dice.randrange(100))) is not None
                ]
                if known:
                    fire(work, instance, dice.choice(known))
        the_second_version(work, tmp_path / "w")
    with at(fresh_engine, LATER, writing=False) as work:
        report = dry_run(work, PLAN)
        states = {one.id: state_of(work, one) for one in work.session.exec(select(WfInstance))}

    found = run(fresh_engine, report.digest, batch=7)

    assert (found.moved, len(found.blocked), found.changed) == (report.moving, len(report.blocked), ())
    stay = {one.instance_ref for one in report.blocked}
    assert found.moved > 10
    assert stay
    with at(fresh_engine, LATER) as work:
        assert drift(work) == []
        for one in work.session.exec(select(WfInstance)):
            now = state_of(work, one)
            if one.ref in stay or one.closed_at:
                assert now == states[one.id]
            else:
                assert (now.version, now.seq) == (2, states[one.id].seq + 1)
        told = work.session.exec(select(WfEvent.instance_id).where(WfEvent.kind == "migrated")).all()
        assert len(told) == len(set(told)) == found.moved
        assert Refusal not in {type(why) for one in report.blocked for why in one.reasons}
