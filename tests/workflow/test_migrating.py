"""Migrations on both engines: dry run, confirmed batches, cut off and taken up again, two at once, changed meanwhile."""

import time
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, func
from sqlmodel import select

from cii.files.problems import BrokenFile
from cii.journal.queries import history
from cii.kernel.calendar import WorkingDays
from cii.kernel.errors import UnknownThing
from cii.store.work import HOUSE, Work, working
from cii.texts.speech import word
from cii.workflow import bulk
from cii.workflow.actions import fire, publish, start
from cii.workflow.events import AddTask, Close, Suspend
from cii.workflow.inbox import Tab, inbox
from cii.workflow.migrating import (
    MigrationOutdated,
    MigrationUnconfirmed,
    dry_run,
    migrate,
)
from cii.workflow.migration import read_plan
from cii.workflow.projection import drift
from cii.workflow.queries import definition_of, state_of, tasks_of
from cii.workflow.tables import WfEvent, WfInstance, WfTask
from cii.workflow.versions import chapters
from tests.conftest import NOW
from tests.workflow.build_workflow import done, seated, sweep, the_units

FILES = Path(__file__).parent / "migrations"
TEXT = (FILES / "migrations" / "joint-opinion-1-2.yaml").read_text("utf-8")
PLAN = read_plan(TEXT, "joint-opinion-1-2.yaml")
CALENDAR = WorkingDays("NE")
LATER = NOW + timedelta(days=1)


def the_canton(work: Work, folder: Path) -> dict[str, tuple[int, ...]]:
    """The first version published, and the units that hold its roles."""
    (folder / "decisions").mkdir(parents=True)
    first = folder / "joint-opinion.yaml"
    first.write_text((FILES / "joint-opinion.yaml").read_text("utf-8"), encoding="utf-8")
    publish(work, folder)
    units = the_units(work)
    return units | {
        "partner": (*units["AI"], *units["AS"]),
        "physician": units["AI"],
        "coordination": units["AS"],
    }


def the_second_version(work: Work, folder: Path) -> None:
    text = (FILES / "joint-opinion-v2.yaml").read_text("utf-8")
    (folder / "joint-opinion-v2.yaml").write_text(text, encoding="utf-8")
    publish(work, folder)


def a_case(work: Work, roles, number: int, *events) -> WfInstance:
    begun = start(
        work, "joint-opinion", subject="case", subject_id=number, subject_ref=f"ref{number:07}",
        person_id=None, facts={}, roles=roles,
    )  # fmt: skip
    for event in events:
        fire(work, begun.instance, event)
    return begun.instance


def some_cases(work: Work, folder: Path) -> dict[str, int]:
    """One case of each kind, by its name; both versions are published."""
    roles = the_canton(work, folder)
    nobody = {role: units for role, units in roles.items() if role != "physician"}
    agreed = (done("ac"), done("ai"), done("visit"), done("report"))
    cases = {
        "fresh": a_case(work, roles, 1),
        "half": a_case(work, roles, 2, done("ac"), done("visit")),
        "resting": a_case(work, roles, 3, done("ai"), Suspend("maladie")),
        "closed": a_case(work, roles, 4, Close("solved")),
        "called": a_case(work, roles, 5, AddTask("call")),
        "no physician": a_case(work, nobody, 6),
        "agreement": a_case(work, roles, 7, *agreed),
        "late": a_case(work, roles, 8, done("ac", "decline"), *agreed[1:]),
    }
    the_second_version(work, folder)
    return {name: one.id for name, one in cases.items()}


def at(engine: Engine, now=NOW, *, writing=True):
    return working(engine, HOUSE, now, calendar=CALENDAR, writing=writing)


def versions_of(work: Work) -> dict[int, int]:
    return {
        one.subject_id: definition_of(work, one.definition_id).version
        for one in work.session.exec(select(WfInstance))
    }


def run(engine: Engine, digest: str | None, **more):
    return migrate(engine, PLAN, confirm=digest, now=LATER, calendar=CALENDAR, **more)


@pytest.fixture
def canton(fresh_engine: Engine, tmp_path: Path):
    """A database with one case of each kind; returns the engine and the instances by name."""
    with at(fresh_engine) as work:
        cases = some_cases(work, tmp_path / "w")
    return fresh_engine, cases


def test_the_dry_run_counts_by_stage_lists_who_stays_and_why_and_writes_nothing(canton):
    engine, _ = canton
    with at(engine, LATER) as work:
        before = work.session.exec(select(func.count()).select_from(WfEvent)).one()

        report = dry_run(work, PLAN)

        assert [(one.stage, one.to, one.moving, one.blocked) for one in report.stages] == [
            ("opinions", "assessment", 3, 2), ("late", "stalled", 1, 0), ("agreement", "agreement", 1, 0),
        ]  # fmt: skip
        assert {one.ref: [why.code for why in one.reasons] for one in report.blocked} == {
            "ref0000005": ["migration-task-unmapped"], "ref0000006": ["role-unfilled"],
        }  # fmt: skip
        assert (report.moving, report.done) == (5, 0)
        assert report.opened == {"assessment.medical": 3}
        assert report.cancelled == {"opinions.visit": 2}
        assert work.session.exec(select(func.count()).select_from(WfEvent)).one() == before
        assert set(versions_of(work).values()) == {1}


def test_the_real_run_does_what_the_dry_run_said_with_one_event_a_case(canton):
    engine, cases = canton
    with at(engine, LATER, writing=False) as work:
        report = dry_run(work, PLAN)
        seqs = {one.id: one.seq for one in work.session.exec(select(WfInstance))}

    found = run(engine, report.digest, batch=2)

    assert (found.moved, found.done, found.changed) == (5, 0, ())
    assert [str(one) for one in found.blocked] == [str(one) for one in report.blocked]
    with at(engine, LATER) as work:
        assert versions_of(work) == {1: 2, 2: 2, 3: 2, 4: 1, 5: 1, 6: 1, 7: 2, 8: 2}
        assert drift(work) == []
        events = work.session.exec(select(WfEvent).where(WfEvent.at == LATER)).all()
        assert [one.kind for one in events] == ["migrated"] * 5
        for one in work.session.exec(select(WfInstance)):
            moved = one.subject_id in {1, 2, 3, 7, 8}
            assert one.seq == seqs[one.id] + moved
        half = {
            (one.key, one.state.value)
            for one in tasks_of(work, work.session.get_one(WfInstance, cases["half"]))
        }
        assert half == {
            ("grid_ac", "done"), ("ai", "open"), ("visit", "done"), ("report", "waiting"), ("medical", "open"),
        }  # fmt: skip


def test_migrated_cases_go_on_and_their_timers_lead_into_the_new_stages(canton):
    engine, cases = canton
    with at(engine, LATER, writing=False) as work:
        digest = dry_run(work, PLAN).digest
    run(engine, digest)

    with at(engine, NOW + timedelta(days=61)) as work:
        swept = sweep(work)

        assert swept.failed == ()
        fresh = work.session.get_one(WfInstance, cases["fresh"])
        assert (fresh.stage, work.session.get_one(WfInstance, cases["resting"]).stage) == (
            "stalled",
            "assessment",
        )
        assert drift(work) == []


def test_the_inbox_shows_the_tasks_in_the_words_of_the_new_version(canton):
    engine, _ = canton
    with at(engine, LATER, writing=False) as work:
        digest = dry_run(work, PLAN).digest
    run(engine, digest)

    with at(engine, LATER) as work:
        unit = work.session.exec(select(WfTask.unit_id).where(WfTask.key == "grid_ac")).first()
        rows = {(one.subject_ref, one.title["fr"]) for one in inbox(seated(work, unit), Tab.UNIT).items}

    assert ("ref0000001", "Grille de l'assurance-chômage") in rows
    assert ("ref0000005", "Avis de l'assurance-chômage") in rows


def test_the_journal_has_one_entry_per_case_in_the_words_of_each_language(canton):
    engine, _ = canton
    with at(engine, LATER, writing=False) as work:
        digest = dry_run(work, PLAN).digest
    run(engine, digest)

    with at(engine, LATER) as work:
        (entry,) = history(work, case_ids=[2], actions=["migrate_process"])

    assert entry.payload["events"][0]["data"]["from"] == 1
    assert entry.payload["events"][0]["data"]["why"]["fr"] == "La grille commune remplace les avis libres."
    assert [word(entry.action, lang, "journal-action") for lang in ("fr", "de", "en")] == [
        "Procédure passée à une autre version",
        "Verfahren auf eine andere Version überführt",
        "Process moved to another version",
    ]


def test_a_migration_without_a_confirmed_dry_run_is_refused(canton):
    engine, _ = canton

    with pytest.raises(MigrationUnconfirmed):
        run(engine, None)
    with pytest.raises(MigrationOutdated):
        run(engine, "0" * 64)
    with pytest.raises(MigrationOutdated):
        run(engine, "abc")

    with at(engine) as work:
        assert set(versions_of(work).values()) == {1}


def test_cases_that_changed_since_the_dry_run_stop_the_real_one(canton):
    engine, cases = canton
    with at(engine, LATER, writing=False) as work:
        digest = dry_run(work, PLAN).digest
    with at(engine, LATER) as work:
        fire(work, work.session.get_one(WfInstance, cases["fresh"]), done("ai"))

    with pytest.raises(MigrationOutdated) as no:
        run(engine, digest)

    assert no.value.facts["confirmed"] == digest[:12]
    with at(engine) as work:
        assert set(versions_of(work).values()) == {1}


def test_the_dry_run_of_yesterday_is_not_that_of_today_for_delays_would_end_otherwise(canton):
    engine, _ = canton
    with at(engine, NOW, writing=False) as work:
        digest = dry_run(work, PLAN).digest

    with pytest.raises(MigrationOutdated):
        run(engine, digest)


def test_a_run_cut_off_between_batches_goes_on_under_the_same_confirmation(canton):
    engine, _ = canton
    with at(engine, LATER, writing=False) as work:
        report = dry_run(work, PLAN)

    class KilledError(RuntimeError):
        pass

    def cut(moved: int) -> None:
        if moved == 2:
            raise KilledError

    with pytest.raises(KilledError):
        run(engine, report.digest, batch=2, after_batch=cut)
    with at(engine, LATER, writing=False) as work:
        halfway = dry_run(work, PLAN)
        assert sorted(versions_of(work).values()).count(2) == 2
    assert (halfway.digest, halfway.moving, halfway.done) == (report.digest, 3, 2)

    found = run(engine, report.digest, batch=2)

    assert (found.moved, found.done) == (3, 2)
    with at(engine, LATER) as work:
        told = work.session.exec(select(WfEvent.instance_id).where(WfEvent.kind == "migrated")).all()
        assert (len(told), len(set(told))) == (5, 5)
        assert drift(work) == []
    assert run(engine, report.digest).moved == 0


def test_a_run_killed_within_a_batch_leaves_no_half_of_it(canton, monkeypatch):
    engine, _ = canton
    with at(engine, LATER, writing=False) as work:
        report = dry_run(work, PLAN)
    real, seen = bulk.wrote, []

    def dying(*args, **more):
        seen.append(1)
        if len(seen) == 4:
            raise MemoryError
        return real(*args, **more)

    monkeypatch.setattr(bulk, "wrote", dying)
    with pytest.raises(MemoryError):
        run(engine, report.digest, batch=3)
    monkeypatch.setattr(bulk, "wrote", real)

    with at(engine, LATER, writing=False) as work:
        assert sorted(versions_of(work).values()).count(2) == 3
    assert run(engine, report.digest, batch=3).moved == 2
    with at(engine, LATER) as work:
        assert drift(work) == []


def test_two_runs_at_once_move_each_case_once(canton):
    engine, _ = canton
    with at(engine, LATER, writing=False) as work:
        report = dry_run(work, PLAN)
    together, found, failures = Barrier(2), [], []

    def go() -> None:
        try:
            together.wait()
            found.append(run(engine, report.digest, batch=1))
        except MigrationOutdated:
            found.append(None)
        except Exception as broken:  # noqa: BLE001 - a thread hands its failure to the test
            failures.append(broken)

    threads = [Thread(target=go) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert failures == []
    assert sum(one.moved for one in found if one) == 5
    assert all(one.changed == () for one in found if one)
    with at(engine, LATER) as work:
        told = work.session.exec(select(WfEvent.instance_id).where(WfEvent.kind == "migrated")).all()
        assert (len(told), len(set(told))) == (5, 5)
        assert drift(work) == []


def test_a_case_that_somebody_moves_during_the_run_is_left_and_named(canton):
    engine, cases = canton
    with at(engine, LATER, writing=False) as work:
        report = dry_run(work, PLAN)

    def meanwhile(moved: int) -> None:
        if moved == 1:
            with at(engine, LATER) as work:
                fire(work, work.session.get_one(WfInstance, cases["late"]), done("chase"))

    found = run(engine, report.digest, batch=1, after_batch=meanwhile)

    assert (found.moved, found.changed) == (4, ("ref0000008",))
    with at(engine, LATER) as work:
        assert versions_of(work)[8] == 1
        assert drift(work) == []


def test_a_migrated_case_keeps_the_diagram_and_the_state_of_its_former_version(canton):
    engine, cases = canton
    with at(engine, LATER, writing=False) as work:
        digest = dry_run(work, PLAN).digest
        before = state_of(work, work.session.get_one(WfInstance, cases["half"]))
    run(engine, digest)

    with at(engine, LATER) as work:
        instance = work.session.get_one(WfInstance, cases["half"])
        first, second = chapters(work, instance)

        assert (first.definition.version, first.state) == (1, before)
        assert (second.definition.version, second.state) == (2, state_of(work, instance))
        assert (second.since, second.why["fr"]) == (LATER, "La grille commune remplace les avis libres.")
        assert (first.state.stage, second.state.stage) == ("opinions", "assessment")


def test_a_version_that_is_not_published_or_a_plan_that_does_not_fit_is_refused(canton):
    engine, _ = canton

    with at(engine, writing=False) as work:
        with pytest.raises(UnknownThing):
            dry_run(work, read_plan(TEXT.replace("to: 2", "to: 3"), "p.yaml"))
        with pytest.raises(BrokenFile):
            dry_run(work, read_plan(TEXT.replace("late: stalled", "late: nowhere"), "p.yaml"))


def test_a_thousand_cases_move_at_once_and_nothing_drifts(fresh_engine, tmp_path):
    with at(fresh_engine) as work:
        roles = the_canton(work, tmp_path / "w")
        for number in range(1, 1001):
            a_case(work, roles, number, *([done("ac")] if number % 2 else []))
        the_second_version(work, tmp_path / "w")
    began = time.perf_counter()
    with at(fresh_engine, LATER, writing=False) as work:
        report = dry_run(work, PLAN)
    dry = time.perf_counter() - began

    found = run(fresh_engine, report.digest)

    took = time.perf_counter() - began
    print(f"{fresh_engine.dialect.name}: dry run {dry:.2f} s, with the real run {took:.2f} s")
    assert found.moved == 1000
    with at(fresh_engine, LATER) as work:
        assert drift(work) == []
