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
