"""Each event of a process stands in the journal too, whose chain of hashes shows a change of either."""

import json

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from cii.journal.queries import verify
from cii.journal.sealing import seal
from cii.journal.tables import JournalEntry, JournalPayload
from cii.kernel.calendar import WorkingDays
from cii.store.settings import Settings
from cii.store.work import HOUSE, working
from cii.workflow.actions import fire
from cii.workflow.tables import WfEvent, WfInstance
from cii.workflow.witness import Unlike, unlike_their_witness
from tests.conftest import NOW
from tests.workflow.build_workflow import a_process, done


@pytest.fixture
def walked(fresh_engine: Engine, tmp_path) -> tuple[Engine, Settings]:
    """A process of three commands, its journal sealed."""
    settings = Settings(mode="test", data_dir=tmp_path / "data")
    with working(fresh_engine, HOUSE, NOW, calendar=WorkingDays("NE"), settings=settings) as work:
        begun, _ = a_process(work, tmp_path / "w")
        for key in ("one", "two"):
            fire(work, begun.instance, done(key))
    seal(fresh_engine, NOW, settings)
    return fresh_engine, settings


def test_the_journal_holds_every_event_of_a_process_word_for_word(walked):
    engine, settings = walked

    with Session(engine) as session:
        ref = session.exec(select(WfInstance.ref)).one()
        told = [
            (one["seq"], one["kind"], one["data"])
            for payload in session.exec(
                select(JournalPayload.payload)
                .join(JournalEntry, JournalEntry.id == JournalPayload.entry_id)
                .where(JournalEntry.action == "event")
                .order_by(JournalEntry.id)
            )
            if json.loads(payload)["process"] == ref
            for one in json.loads(payload)["events"]
        ]
        events = [
            (one.seq, one.kind, one.payload) for one in session.exec(select(WfEvent).order_by(WfEvent.seq))
        ]

    assert told == events
    assert verify(engine, settings).ok


def test_an_event_cannot_be_changed_and_its_witness_not_without_a_trace(walked):
    engine, settings = walked

    with Session(engine) as session, pytest.raises(Exception, match="append-only"):
        session.execute(text("DELETE FROM wf_event WHERE kind = 'task-done'"))
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE journal_payload SET payload = replace(payload, 'task-done', 'task-gone')")
        )

    verdict = verify(engine, settings)
    assert (verdict.ok, verdict.first_fault.what) == (False, "payload_changed")


def behind_the_guards(engine: Engine, *statements: str) -> None:
    """Somebody with the keys of the database switches the triggers off and writes."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for name in ("wf_event_no_update", "wf_event_no_delete"):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE wf_event DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))


def test_events_that_are_as_the_journal_was_told_raise_no_finding(walked):
    engine, _ = walked

    assert unlike_their_witness(engine) == []


def test_an_event_changed_taken_away_or_slipped_in_behind_the_guards_is_found(walked):
    engine, settings = walked
    with Session(engine) as session:
        ref, last = session.exec(select(WfInstance.ref, WfInstance.seq)).one()
    behind_the_guards(
        engine,
        "UPDATE wf_event SET payload = '{}' WHERE kind = 'task-done' AND seq = "
        "(SELECT min(seq) FROM wf_event WHERE kind = 'task-done')",
        f"DELETE FROM wf_event WHERE seq = {last}",
        "INSERT INTO wf_event (instance_id, seq, kind, payload, at) SELECT instance_id, seq + 100, kind, payload, at "
        "FROM wf_event WHERE seq = 2",
    )

    found = unlike_their_witness(engine)

    assert [one.what for one in found] == ["changed", "missing", "added"]
    assert found[1:] == [Unlike(ref, last, "missing"), Unlike(ref, 102, "added")]
    assert verify(engine, settings).ok


def test_whose_payloads_were_erased_has_no_witness_and_no_finding(walked):
    engine, _ = walked
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM journal_payload"))

    assert unlike_their_witness(engine) == []
