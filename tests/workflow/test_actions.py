from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from cii.access.tables import Account, Membership
from cii.access.vocabulary import Role
from cii.decisions.domain import FactOutOfDomain, MissingFacts
from cii.kernel.errors import Refusal
from cii.kernel.moves import IllegalMove
from cii.people.tables import Person
from cii.store.columns import new_ref
from cii.store.work import Work
from cii.workflow.actions import (
    AlreadyRunning,
    NotOfTheUnit,
    PublishedFileChanged,
    assign_task,
    decide,
    fire,
    publish,
    start,
)
from cii.workflow.decided import kept_about
from cii.workflow.events import Escalate, Resume, StaleSeq, Suspend, TransferLead, WrongInstitution
from cii.workflow.projection import drift
from cii.workflow.queries import instance_for, roles_of, tasks_of
from cii.workflow.tables import WfDefinition, WfTimer
from tests.conftest import NOW
from tests.workflow.build_workflow import (
    TWO_VOICES,
    WORKFLOWS,
    a_process,
    done,
    seated,
    sweep,
    the_files,
    the_units,
)


def a_member(work: Work, unit_id: int, until: date | None = None) -> int:
    """An account with a seat in the unit, up to a day."""
    account = Account(email=f"{new_ref()}@example.org", name="X", created_at=work.now)
    work.session.add(account)
    work.session.flush()
    work.session.add(
        Membership(
            account_id=account.id, unit_id=unit_id, role=Role.CASE_MANAGER,
            valid_from=date(2026, 1, 1), valid_to=until,
        )
    )  # fmt: skip
    work.session.flush()
    return account.id


def test_the_processes_of_the_house_are_published_once(work: Work):
    assert publish(work, WORKFLOWS) >= 10
    assert publish(work, WORKFLOWS) == 0


def test_a_published_version_whose_text_changed_is_refused(work: Work, tmp_path):
    folder = the_files(work, tmp_path / "w")
    (folder / "two-voices.yaml").write_text(TWO_VOICES.replace("60d", "90d"), encoding="utf-8")

    with pytest.raises(PublishedFileChanged) as no:
        publish(work, folder)

    assert no.value.facts == {"file": "two-voices", "version": 1}


def test_an_instance_keeps_its_version_when_a_new_one_is_published(work: Work, tmp_path):
    begun, _ = a_process(work, tmp_path / "w")
    newer = TWO_VOICES.replace("version: 1", "version: 2").replace("60d", "90d")
    (tmp_path / "w" / "two-voices.yaml").write_text(newer, encoding="utf-8")

    publish(work, tmp_path / "w")
    later, _ = a_process(work, tmp_path / "w", subject_id=2)

    versions = [
        work.session.get_one(WfDefinition, one.instance.definition_id).version for one in (begun, later)
    ]
    assert versions == [1, 2]


def test_a_process_opens_its_first_tasks_with_their_owners_and_days(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")

    tasks = {one.key: one for one in tasks_of(work, begun.instance)}

    assert {key: one.unit_id for key, one in tasks.items()} == {"one": roles["AC"][0], "two": roles["AI"][0]}
    assert str(tasks["one"].due_at) == "2026-10-22 21:59:59+00:00"
    assert tasks["two"].due_at is None
    assert begun.instance.seq == len(begun.records)


def test_a_subject_has_one_running_process_of_a_kind(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")

    with pytest.raises(AlreadyRunning):
        a_process(work, tmp_path / "w", roles=roles)

    assert instance_for(work, "case", 1) is begun.instance


def test_the_stage_is_left_when_both_have_spoken(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")

    first = fire(seated(work, roles["AC"][0]), begun.instance, done("one"))
    second = fire(seated(work, roles["AI"][0]), begun.instance, done("two"))

    assert (first.state.stage, second.state.stage) == ("both", "follow_up")
    assert [one.key for one in tasks_of(work, begun.instance)] == ["one", "two", "review"]
    assert drift(work) == []


def test_a_task_of_another_institution_is_refused(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")

    with pytest.raises(WrongInstitution):
        fire(seated(work, roles["AC"][0]), begun.instance, done("two"))


def test_an_editor_who_saw_an_older_state_is_told_so(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")
    seen = begun.instance.seq
    fire(seated(work, roles["AC"][0]), begun.instance, done("one"), expected_seq=seen)

    with pytest.raises(StaleSeq) as no:
        fire(seated(work, roles["AI"][0]), begun.instance, done("two"), expected_seq=seen)

    assert no.value.facts["found"] == begun.instance.seq


def test_a_case_closed_with_its_outcome_takes_no_more_events(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")
    for key in ("one", "two"):
        fire(work, begun.instance, done(key))

    fire(seated(work, roles["lead"][0]), begun.instance, done("review", "close", closing="solved"))

    assert (begun.instance.status, begun.instance.outcome) == ("closed", "solved")
    assert begun.instance.closed_at == NOW
    with pytest.raises(IllegalMove):
        fire(work, begun.instance, done("review", "close", closing="solved"))
    assert drift(work) == []


def test_a_resting_process_has_no_due_timers(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")
    lead = seated(work, roles["lead"][0])
    fire(lead, begun.instance, Suspend("Hospitalisation"))

    swept = sweep(replace(work, now=NOW + timedelta(days=90)))
    resting = {one.state for one in work.session.exec(select(WfTimer))}
    fire(replace(lead, now=NOW + timedelta(days=90)), begun.instance, Resume())

    assert (swept.fired, swept.failed, resting) == ((), (), {"frozen"})
    assert {one.state for one in work.session.exec(select(WfTimer))} == {"waiting"}
    assert drift(work) == []


def test_timers_fire_in_due_order_and_only_once(work: Work, tmp_path):
    begun, _ = a_process(work, tmp_path / "w")
    later = replace(work, now=NOW + timedelta(days=61))

    first = sweep(later)
    again = sweep(later)

    told = [type(one.effects[-1]).__name__ for one in first.fired]
    assert isinstance(first.fired[0].effects[-1], Escalate)
    assert len(told) == 2
    assert begun.instance.stage == "late"
    assert again.fired == ()
    assert [one.state for one in work.session.exec(select(WfTimer).order_by(WfTimer.number))].count(
        "fired"
    ) == 2
    assert drift(work) == []


def test_a_timer_that_cannot_fire_does_not_stop_the_others(work: Work, tmp_path):
    roles = the_units(work)
    nobody, _ = a_process(work, tmp_path / "w", subject_id=1, roles={key: roles[key] for key in ("AC", "AI")})
    well, _ = a_process(work, tmp_path / "w", subject_id=2, roles=roles)

    swept = sweep(replace(work, now=NOW + timedelta(days=61)))

    assert [(ref, no.code) for ref, no in swept.failed] == [(nobody.instance.ref, "role-unfilled")]
    assert (nobody.instance.stage, well.instance.stage) == ("both", "late")
    assert drift(work) == []


def test_the_lead_moves_with_its_open_tasks(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")
    for key in ("one", "two"):
        fire(work, begun.instance, done(key))

    fire(seated(work, roles["lead"][0]), begun.instance, TransferLead(roles["AS"][0]))

    assert tasks_of(work, begun.instance)[-1].unit_id == roles["AS"][0]
    assert roles_of(work, begun.instance.id)["lead"] == roles["AS"]
    assert drift(work) == []


def test_a_member_takes_a_free_task_of_the_own_unit_and_nobody_elses(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")
    one, two = tasks_of(work, begun.instance)
    me = a_member(work, roles["AC"][0])
    mine = seated(work, roles["AC"][0], account=me)

    assign_task(mine, one.ref, me)

    assert one.account_id == me
    with pytest.raises(Refusal) as no:
        assign_task(seated(work, roles["AS"][0], account=me), two.ref, me)
    assert no.value.code == "unknown"


def test_a_task_is_given_to_a_live_member_of_its_unit_only(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")
    one = tasks_of(work, begun.instance)[0]
    lead = seated(work, roles["lead"][0], account=a_member(work, roles["lead"][0]))
    colleague, stranger = a_member(work, roles["AC"][0]), a_member(work, roles["AI"][0])
    gone = a_member(work, roles["AC"][0], until=work.today)

    for other in (stranger, gone):
        with pytest.raises(NotOfTheUnit):
            assign_task(lead, one.ref, other)
    assign_task(lead, one.ref, colleague)

    assert one.account_id == colleague


def test_a_decision_is_kept_with_what_went_in_and_why(work: Work):
    publish(work, WORKFLOWS)

    taken = decide(
        work, "lead-institution",
        {"incapacity_months": 14, "work_capacity": 30, "framework_days_left": 200, "social_aid_months": 0, "age": 40},
        subject="person", subject_id=7,
    )  # fmt: skip

    assert (taken.row.outputs, taken.row.rules) == ({"lead": "AI"}, ["L1"])
    assert taken.row.inputs["work_capacity"] == 30
    assert "14 mois" in taken.row.why[0]["fr"]
    assert taken.row.digest == taken.decision.digest
    assert kept_about(work, 1, 7) == []


def test_what_was_decided_before_the_case_belongs_to_its_history(work: Work):
    publish(work, WORKFLOWS)
    person = Person(created_at=work.now)
    work.session.add(person)
    work.session.flush()
    facts = {"incapacity_months": 14, "work_capacity": 30, "framework_days_left": 200, "social_aid_months": 0}

    decide(work, "lead-institution", facts, subject="person", subject_id=person.id, person_id=person.id)

    (row,) = kept_about(work, 1, person.id)
    assert (row.law.id, row.law.version, row.rules) == ("lead-institution", 1, ("L1",))


def test_a_fact_outside_its_domain_or_missing_is_never_silence(work: Work):
    publish(work, WORKFLOWS)
    facts = {
        "incapacity_months": 14,
        "work_capacity": 130,
        "framework_days_left": 200,
        "social_aid_months": 0,
    }

    with pytest.raises(FactOutOfDomain):
        decide(work, "lead-institution", facts, subject="person", subject_id=7)
    with pytest.raises(MissingFacts) as no:
        decide(work, "lead-institution", {"incapacity_months": 14}, subject="person", subject_id=7)

    assert "work_capacity" in no.value.names


def test_rows_changed_behind_the_engine_are_found(work: Work, tmp_path):
    begun, _ = a_process(work, tmp_path / "w")

    work.session.execute(text("UPDATE wf_task SET state = 'cancelled' WHERE key = 'two'"))
    work.session.execute(text("UPDATE wf_instance SET stage = 'late'"))

    assert {(one.instance_ref, one.what) for one in drift(work)} == {
        (begun.instance.ref, "instance.stage"),
        (begun.instance.ref, "task 2.state"),
    }


def test_events_cannot_be_changed(work: Work, tmp_path):
    a_process(work, tmp_path / "w")

    with pytest.raises(Exception, match="append-only"):
        work.session.execute(text("UPDATE wf_event SET kind = 'closed'"))


def test_a_process_nobody_published_is_unknown(work: Work):
    with pytest.raises(Refusal) as no:
        start(
            work, "nothing", subject="case", subject_id=1, subject_ref="x", person_id=None, facts={}, roles={}
        )

    assert no.value.code == "unknown"
