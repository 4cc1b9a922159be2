"""Target of the journal: chain, payloads and seals recomputed, at a hundred thousand entries a second."""

import atexit
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from benchmarks.measure import Sides
from cii.journal import chain
from cii.journal.actions import _of
from cii.journal.queries import verify
from cii.journal.sealing import seal
from cii.journal.tables import JournalEntry, JournalPayload, JournalSubject
from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import Settings

ENTRIES = 200_000
A_SECOND = 100_000
WITH_PAYLOAD = 4
"""Every fourth entry is an act that says what it wrote; the others are readings."""
BEGIN = datetime(2026, 10, 15, 6, 0, 0, 123_456, tzinfo=UTC)


def verified() -> Sides:
    """Verify a sealed journal on SQLite, against the time that its entries may take."""
    folder = Path(tempfile.mkdtemp(prefix="cii-bench-journal-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine, settings = (
        make_engine(f"sqlite:///{folder / 'cii.sqlite'}"),
        Settings(mode="test", data_dir=folder),
    )
    load_all_tables().create_all(engine)
    entries, payloads, subjects = [], [], []
    for number in range(1, ENTRIES + 1):
        acted = number % WITH_PAYLOAD == 0
        salt, body, digest = chain.salted({"item": number}) if acted else ("", "", None)
        case, person = number % 1000 + 1, number % 900 + 1
        entries.append({
            "id": number, "at": BEGIN + timedelta(seconds=number), "actor": "Camille Perrenoud",
            "action": "write_grid" if acted else "read", "kind": "case", "ref": "c7kq2m9xwa",
            "objects": f"case:{case} person:{person}", "sections": 17, "basis": "own_case",
            "correlation": "0123456789abcdef", "payload_digest": digest,
        })  # fmt: skip
        subjects += [
            {"kind": kind, "object_id": one, "entry_id": number}
            for kind, one in (("case", case), ("person", person))
        ]
        if acted:
            payloads.append({"entry_id": number, "salt": salt, "payload": body})
    with engine.begin() as connection:
        for table, rows in ((JournalEntry, entries), (JournalPayload, payloads), (JournalSubject, subjects)):
            connection.execute(insert(_of(table)), rows)
    assert seal(engine, BEGIN + timedelta(days=9), settings) == ENTRIES

    def whole() -> None:
        verdict = verify(engine, settings)
        assert verdict.ok
        assert verdict.entries == ENTRIES

    return whole, ENTRIES / A_SECOND
