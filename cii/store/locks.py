"""One writer at a time for a named piece of work, until its transaction ends."""

import zlib

from sqlalchemy import text
from sqlmodel import Session


def one_at_a_time(session: Session, name: str) -> None:
    """Wait until no other transaction holds `name`, then hold it until this one ends.

    PostgreSQL: an advisory lock. SQLite: nothing to do, a writing transaction is alone (BEGIN IMMEDIATE).
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(:room, :name)"),
            {"room": 2010, "name": zlib.crc32(name.encode()) - 2**31},
        )
