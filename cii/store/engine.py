"""The engine: SQLite with its safety switched on, or PostgreSQL. One function, no globals."""

from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from cii.store.ready import run

_PRAGMAS = (
    "foreign_keys=ON", "recursive_triggers=ON", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON",
)  # fmt: skip
"""What is deleted is overwritten in the file, so that an erased person cannot be read back from its gaps."""
WRITING = "cii_writing"
"""Execution option of a connection whose transaction will write."""


def make_engine(url: str, *, pool_size: int = 8) -> Engine:
    """An engine for `url`; SQLite gets foreign keys, recursive triggers, WAL and full synchronisation.

    A transaction on SQLite begins with BEGIN IMMEDIATE when the connection carries the option `WRITING`: a
    deferred BEGIN that reads, then writes, fails at once whatever the busy timeout.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url, parsed.database)
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        pool_pre_ping=True,
        json_serializer=_dump,
        json_deserializer=orjson.loads,
    )


def _sqlite(url: str, path: str | None) -> Engine:
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, connect_args={"timeout": 30}, json_serializer=_dump, json_deserializer=orjson.loads
    )

    @event.listens_for(engine, "connect")
    def _switch_on(connection: Any, record: object) -> None:  # noqa: ANN401, ARG001 - the driver's object
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING, False)
        run(connection, "BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _dump(value: object) -> str:
    return orjson.dumps(value).decode()
