"""Copies of a committed canton, one after the other in the same place: each round begins alike."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from cii.store.engine import make_engine


def copies_of(url: str) -> Iterator[Engine]:
    """The copy as it was in the beginning, again and again; statements stay in words from one to the next."""
    return _files(url) if make_url(url).get_backend_name() == "sqlite" else _databases(url)


def _files(url: str) -> Iterator[Engine]:
    model = Path(make_url(url).database or "")
    connection = sqlite3.connect(model)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    copy = model.with_name("round.sqlite")
    engine = make_engine(f"sqlite:///{copy}")
    while True:
        for old in model.parent.glob("round.sqlite*"):
            old.unlink()
        shutil.copy(model, copy)
        yield engine
        engine.dispose()


def _databases(url: str) -> Iterator[Engine]:
    model = make_url(url)
    server = make_engine(model.set(database="postgres").render_as_string(hide_password=False))
    engine = make_engine(model.set(database=f"{model.database}_round").render_as_string(hide_password=False))
    drop = f"DROP DATABASE IF EXISTS {model.database}_round WITH (FORCE)"
    try:
        while True:
            with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text(drop))
                connection.execute(text(f"CREATE DATABASE {model.database}_round TEMPLATE {model.database}"))
            yield engine
            engine.dispose()
    finally:
        engine.dispose()
        server.dispose()
