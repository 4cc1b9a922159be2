"""The sealer: appends what was committed to the chain, one writer at a time, and exports its state."""

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, bindparam, update
from sqlmodel import Session, col, func, select

from cii.journal import chain
from cii.journal.tables import JournalEntry, JournalSeal
from cii.kernel.digest import canonical
from cii.store.engine import WRITING
from cii.store.locks import one_at_a_time
from cii.store.settings import Settings

CHUNK = 10_000

LINKED = tuple(
    col(getattr(JournalEntry, name))
    for name in (
        "at", "account_id", "actor", "unit_id", "action", "kind", "ref", "objects", "sections", "basis",
        "correlation", "payload_digest",
    )
)  # fmt: skip
"""The fields that a link authenticates, in this order, after the entry's number in the chain and its id."""

_pending = (
    select(col(JournalEntry.id), *LINKED)
    .where(col(JournalEntry.seq).is_(None), col(JournalEntry.id) > bindparam("after"))
    .order_by(col(JournalEntry.id))
    .limit(CHUNK)
)


def written_moment(at: datetime | str) -> str:
    """A moment as a link holds it: UTC with six digits of a second, from the driver's own text or type."""
    if isinstance(at, str):
        return f"{at[:10]}T{at[11:]}{'' if len(at) > _WHOLE_SECOND else '.000000'}+00:00"
    return at.astimezone(UTC).isoformat(timespec="microseconds")


_WHOLE_SECOND = len("2026-01-31 12:00:00")


def fields_of(seq: int, id_: int, linked: Sequence[Any]) -> list[object]:
    """The fields of one link, ready for `chain.link`; `linked` starts with the moment."""
    return [seq, id_, written_moment(linked[0]), *linked[1:]]


def seal(engine: Engine, now: datetime, settings: Settings) -> int:
    """Chain all committed entries that are not chained yet; returns how many.

    Writes a seal when there were any, and exports seals that the second place does not hold yet. Safe to call
    from several processes at once: one works, the others wait.
    """
    key = chain.chain_key(settings.journal_key.get_secret_value())
    with engine.connect() as plain:
        connection = plain.execution_options(**{WRITING: True})
        with Session(connection) as session:
            one_at_a_time(session, "journal")
            count = _append(session, key, now)
            seals = [
                (row.seq, row.count, row.hash, row.at)
                for row in session.exec(select(JournalSeal).order_by(col(JournalSeal.seq)))
            ]
            session.commit()
    _export(seals, key, settings)
    return count


def _append(session: Session, key: bytes, now: datetime) -> int:
    last = session.exec(
        select(JournalEntry.seq, JournalEntry.hash)
        .where(col(JournalEntry.seq).is_not(None))
        .order_by(col(JournalEntry.seq).desc())
        .limit(1)
    ).first()
    seq, prev = (last[0] or 0, last[1] or "") if last else (0, chain.GENESIS)
    fill = (
        update(JournalEntry)
        .where(col(JournalEntry.id) == bindparam("entry"))
        .values(seq=bindparam("new_seq"), hash=bindparam("new_hash"))
    )
    count, after = 0, 0
    while rows := session.execute(_pending, {"after": after}).all():
        filled = []
        for row in rows:
            seq += 1
            prev = chain.link(key, prev, fields_of(seq, row[0], row[1:]))
            filled.append({"entry": row[0], "new_seq": seq, "new_hash": prev})
        session.connection().execute(fill, filled)
        count, after = count + len(rows), rows[-1][0]
    if count:
        session.add(JournalSeal(at=now, seq=seq, count=count, hash=prev))
        session.flush()
    return count


def seal_folder(settings: Settings) -> Path:
    """The second place for seals."""
    return settings.seal_dir or settings.data_dir / "seals"


def _export(seals: list[tuple[int, int, str, datetime]], key: bytes, settings: Settings) -> None:
    folder = seal_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    held = {file.name for file in folder.glob("*.json")}
    for seq, count, hash_, at in seals:
        name = f"{seq:012d}.json"
        if name in held:
            continue
        body = {"seq": seq, "count": count, "hash": hash_, "at": at.isoformat()}
        text = json.dumps(body | {"mac": seal_mac(key, body)}, indent=1)
        half = folder / f".{name}.{secrets.token_hex(4)}"
        half.write_text(text, encoding="utf-8")
        half.replace(folder / name)


def seal_mac(key: bytes, body: dict[str, Any]) -> str:
    """Authenticates an exported seal."""
    return chain.link(key, "seal", [canonical(body).decode()])


def unsealed(session: Session) -> int:
    """How many entries wait for the sealer."""
    return session.exec(select(func.count()).where(col(JournalEntry.seq).is_(None))).one()
