"""Migration plans: what a file may say, and what one case becomes under another version."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cii.files.problems import BrokenFile
from cii.kernel.calendar import WorkingDays
from cii.texts.speech import refusal
from cii.workflow import events as ev
from cii.workflow.definition import parse
from cii.workflow.machine import fold, moves, step
from cii.workflow.migration import problems_in_plan, read_plan
from cii.workflow.transfer import Blocked, Moved, plan_for
from cii.workflow.vocabulary import Status

FILES = Path(__file__).parent / "migrations"
NOW = datetime(2026, 10, 5, 8, tzinfo=UTC)
LATER = datetime(2026, 10, 9, 8, tzinfo=UTC)
CALENDAR = WorkingDays("NE")
ROLES = {
    "lead": (1,), "AC": (1,), "AI": (2,), "AS": (3,), "partner": (2, 3), "physician": (4,), "coordination": (5,),
}  # fmt: skip
OLD = parse((FILES / "joint-opinion.yaml").read_text("utf-8"), "joint-opinion.yaml")
NEW_TEXT = (FILES / "joint-opinion-v2.yaml").read_text("utf-8")
NEW = parse(NEW_TEXT, "joint-opinion-v2.yaml")
TEXT = (FILES / "migrations" / "joint-opinion-1-2.yaml").read_text("utf-8")
PLAN = read_plan(TEXT, "joint-opinion-1-2.yaml")


def a_case(*events, roles=ROLES):
    """A case of the old version after these events, with its records."""
    took = step(OLD, None, ev.Start(), {}, NOW, CALENDAR, roles)
    records = [*took.records]
    for event in events:
        took = step(OLD, took.state, event, {}, NOW, CALENDAR, roles)
        records += took.records
    return took.state, records


def moved(state, plan=PLAN, roles=ROLES, facts=None, now=LATER):
    return plan_for(state, plan, OLD, NEW, facts or {}, now, CALENDAR, roles)


def done(task, outcome="done", **more):
    return ev.TaskDone(task, outcome, **more)


def tasks(state):
    return {(one.key, one.state, one.unit) for one in state.here}


def a_plan(old, new):
    assert old in TEXT
    return read_plan(TEXT.replace(old, new), "p.yaml")


def reasons(found):
    assert isinstance(found, Blocked), found
    return [one.code for one in found.reasons]


def test_the_plan_of_the_example_fits_both_versions_and_names_what_it_leaves_open():
    plan, problems = problems_in_plan(TEXT, "joint-opinion-1-2.yaml", [OLD, NEW])

    assert plan is not None
    assert [(one.code, one.severity) for one in problems] == [
        ("plan-task-unsaid", "warning"),
        ("plan-task-unsaid", "warning"),
    ]
    assert "opinions.call" in str(problems[0])
    assert "follow_up.review" in str(problems[1])


def test_parallel_tasks_half_done_keep_what_was_done_under_their_new_names():
    state, records = a_case(done("ac"))

    found = moved(state)

    assert isinstance(found, Moved)
    assert (found.state.version, found.state.stage) == (2, "assessment")
    assert tasks(found.state) == {
        ("grid_ac", "done", 1), ("ai", "open", 2), ("visit", "cancelled", 3), ("report", "waiting", 5),
        ("medical", "open", 4),
    }  # fmt: skip
    assert fold([*records, found.record]) == found.state
    assert found.state.seq == state.seq + 1


def test_the_record_says_why_and_with_which_reason_a_task_was_cancelled():
    found = moved(a_case()[0])

    data = found.record.data
    assert data["why"]["fr"] == "La grille commune remplace les avis libres."
    assert data["cancelled"] == [3]
    assert data["reasons"]["3"]["de"] == "Der Besuch ist Teil der medizinischen Bilanz."


def test_delays_that_run_are_kept_and_their_ends_renamed():
    state, _ = a_case()

    found = moved(state)

    due = {one.key: one.due_at for one in found.state.open_tasks}
    assert due["grid_ac"] == state.tasks[0].due_at
    assert f"{due['medical']:%Y-%m-%d}" == "2026-10-30"
    timeout = next(one for one in found.state.timers if one.kind == "timeout")
    assert (timeout.to, timeout.fire_at) == (
        "stalled",
        next(t for t in state.timers if t.kind == "timeout").fire_at,
    )


def test_delays_begin_anew_where_the_plan_says_so():
    found = moved(a_case()[0], a_plan("timers: keep", "timers: restart"))

    due = {one.key: f"{one.due_at:%Y-%m-%d}" for one in found.state.open_tasks if one.due_at}
    assert due["grid_ac"] == "2026-10-16"
    rungs = {(one.to, f"{one.fire_at:%Y-%m-%d}") for one in found.state.timers}
    assert rungs == {("supervisor", "2026-10-16"), ("coordination", "2026-10-21"), ("stalled", "2026-11-08")}
    assert all(one.no > 2 for one in found.state.timers)


def test_a_suspended_case_moves_and_has_the_time_that_was_left_after_its_rest():
    state, _ = a_case(done("ac"), ev.Suspend("maladie"))

    found = moved(state)
    resumed = step(NEW, found.state, ev.Resume(), {}, LATER, CALENDAR, ROLES).state

    assert found.state.status == Status.SUSPENDED
    medical = next(one for one in resumed.open_tasks if one.key == "medical")
    assert f"{medical.due_at:%Y-%m-%d}" == "2026-10-30"


def test_a_case_goes_on_under_the_new_version_with_the_default_until_the_fact_is_known():
    found = moved(a_case(done("ac"), done("ai"))[0])
    state = found.state
    for task in ("report", "medical"):
        state = step(NEW, state, done(task), {}, LATER, CALENDAR, ROLES).state

    assert state.known["capacity"] == 50
    assert state.stage == "agreement"


def test_a_case_that_comes_back_to_a_renamed_stage_keeps_what_was_done_there():
    state, _ = a_case(done("ac", "decline"), done("ai"), done("visit"), done("report"))
    assert state.stage == "late"

    found = moved(state)
    back = step(NEW, found.state, done("chase"), {}, LATER, CALENDAR, ROLES).state

    assert [visit.stage for visit in back.path] == ["assessment", "stalled", "assessment"]
    assert {one.key for one in back.open_tasks} == {"grid_ac", "ai", "medical"}


def test_a_waiting_task_opens_when_what_it_waited_for_is_no_longer_asked():
    plan = a_plan("timers: keep", "timers: keep")
    state, _ = a_case(done("ac"), done("visit"))
    text = NEW.source and (FILES / "joint-opinion-v2.yaml").read_text("utf-8")
    relaxed = parse(text.replace("after: [grid_ac, ai]", "after: [grid_ac]"), "v2.yaml")

    found = plan_for(state, plan, OLD, relaxed, {}, LATER, CALENDAR, ROLES)

    assert ("report", "open", 5) in tasks(found.state)


def test_an_open_task_that_the_plan_forgets_holds_the_case_back():
    called, _ = a_case(ev.AddTask("call"))

    found = moved(called)

    assert reasons(found) == ["migration-task-unmapped"]
    assert "opinions.call" in refusal(found.reasons[0], "fr")


def test_every_reason_comes_at_once():
    state, _ = a_case(ev.AddTask("call"), done("ai", "decline"))

    found = moved(state, a_plan("{default: 50}", "{ask: {fr: Quelle est la capacité de travail ?}}"))

    assert reasons(found) == ["migration-outcome-gone", "migration-task-unmapped", "migration-fact-asked"]


def test_a_role_that_nobody_holds_holds_the_case_back():
    without = {role: units for role, units in ROLES.items() if role != "physician"}

    found = moved(a_case()[0], roles=without)

    assert reasons(found) == ["role-unfilled"]
    assert found.reasons[0].facts["role"] == "physician"


def test_a_fact_asked_for_lets_the_case_move_once_it_is_known():
    plan = a_plan("{default: 50}", "{ask: {fr: Quelle est la capacité de travail ?}}")

    assert reasons(moved(a_case()[0], plan)) == ["migration-fact-asked"]
    assert isinstance(moved(a_case()[0], plan, facts={"capacity": 30}), Moved)


def test_a_stage_without_successor_holds_the_case_back():
    plan = a_plan("  late: stalled\n", "")
    state, _ = a_case(done("ac", "decline"), done("ai"), done("visit"), done("report"))

    assert reasons(moved(state, plan)) == ["migration-stage-unmapped"]


def test_a_migration_never_ends_a_stage_by_itself():
    shorter = parse(
        NEW_TEXT[: NEW_TEXT.index("      medical:")] + NEW_TEXT[NEW_TEXT.index("      report:") :], "v2.yaml"
    )
    state, _ = a_case(done("ac"), done("ai"), done("report"))

    found = plan_for(state, PLAN, OLD, shorter, {}, LATER, CALENDAR, ROLES)

    assert reasons(found) == ["migration-stage-over"]


def test_a_task_whose_owner_changes_goes_to_the_new_owner_without_its_old_assignee():
    state, _ = a_case(done("ac"), done("ai"), ev.Reassign(4, 77))
    assert state.tasks[3].assignee == 77

    found = moved(state)

    report = found.state.tasks[3]
    assert (report.role, report.unit, report.assignee, report.state) == ("coordination", 5, None, "open")


def test_each_partner_keeps_the_own_task():
    state, _ = a_case(done("ac"), done("ai"), done("visit"), done("report"))
    assert state.stage == "agreement"

    found = moved(state)

    assert tasks(found.state) == {("agree", "open", 2), ("agree", "open", 3)}
    assert found.record.data["then"] == []
    assert {str(one) for one in moves(NEW, found.state, ev.SYSTEM)} >= {"done agree"}


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("process: joint-opinion", "process: joint-opinions", 1, "plan-unknown-process"),
        ("to: 2", "to: 3", 3, "plan-unknown-version"),
        ("to: 2", "to: 1", 3, "plan-same-version"),
        ("  opinions: assessment", "  opinion: assessment", 7, "plan-unknown-stage"),
        ("  opinions: assessment", "  opinions: assesment", 7, "plan-stage-to-nothing"),
        ("  late: stalled", "  late: closed", 8, "plan-stage-end"),
        ("opinions.ac: assessment.grid_ac", "opinions.acc: assessment.grid_ac", 10, "plan-unknown-task"),
        ("opinions.ac: assessment.grid_ac", "opinions.ac: assessment.grid", 10, "plan-task-to-nothing"),
        ("opinions.ac: assessment.grid_ac", "opinions.ac: stalled.chase", 10, "plan-task-elsewhere"),
        ("opinions.ac: assessment.grid_ac", "opinions.ac: assessment.ai", 9, "plan-two-into-one"),
        ("opinions.ac: assessment.grid_ac", "ac: assessment.grid_ac", 10, "plan-task-name"),
        ("opinions.ac: assessment.grid_ac", "opinions.visit: assessment.grid_ac", 10, "plan-task-twice"),
        ("opinions.visit: {fr: La visite est comprise dans le bilan médical., ", "opinions.visit: {", 12, "plan-no-reason"),
        ("  opinions.visit:", "  opinions.visits:", 12, "plan-unknown-task"),
        ("capacity: {default: 50}", "capacité: {default: 50}", 14, "plan-unknown-fact"),
        ("capacity: {default: 50}", "capacity: {default: 500}", 14, "plan-bad-default"),
        ("capacity: {default: 50}", "capacity: {default: beaucoup}", 14, "plan-bad-default"),
        ("capacity: {default: 50}", "capacity: {}", 14, "plan-fact-how"),
        ("timers: keep", "timers: freeze", 15, "plan-timers"),
        ("timers: keep", "timer: keep", 15, "unknown-key"),
        ("to: 2\n", "", 1, "missing-key"),
        ("  late: stalled", "  late: stalled\n  late: stalled", 9, "duplicate-key"),
    ],
)  # fmt: skip
def test_a_faulty_plan_is_refused_with_its_line(old, new, line, code):
    assert old in TEXT

    _, problems = problems_in_plan(TEXT.replace(old, new), "p.yaml", [OLD, NEW])

    found = [one for one in problems if one.severity == "error"]
    assert (line, code) in [(one.line, one.code) for one in found], [str(one) for one in problems]
    assert str(found[0]).startswith("p.yaml:")


def test_a_task_for_each_institution_cannot_become_one_for_all():
    one = parse(NEW_TEXT.replace("owner: partner, for_each: partner", "owner: lead"), "v2.yaml")

    _, problems = problems_in_plan(TEXT, "p.yaml", [OLD, one])

    assert "plan-task-each" in [fault.code for fault in problems]


def test_versions_of_different_objects_cannot_follow_each_other():
    other = parse(
        (FILES / "joint-opinion-v2.yaml").read_text("utf-8").replace("subject: case", "subject: review"), "v2"
    )

    _, problems = problems_in_plan(TEXT, "p.yaml", [OLD, other])

    assert "plan-other-subject" in [fault.code for fault in problems]


def test_a_new_fact_that_decides_a_way_is_missed_in_the_plan():
    text = TEXT.replace("facts:\n  capacity: {default: 50}\n", "")

    _, problems = problems_in_plan(text, "p.yaml", [OLD, NEW])

    assert ("plan-fact-unsaid", "warning") in [(one.code, one.severity) for one in problems]


def test_a_plan_that_is_no_yaml_names_the_line():
    with pytest.raises(BrokenFile) as no:
        read_plan("process: [joint", "p.yaml")

    assert no.value.problems[0].line == 1
