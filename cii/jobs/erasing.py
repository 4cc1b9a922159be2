"""Looked after each minute: files that an erasure has named go, also after a crash."""

from cii.jobs.runs import Bell
from cii.rights.erasing import finish


def clear_files(bell: Bell) -> int:
    """Let files of erased persons go; returns how many rows are done.

    SQLite: the log of writes is emptied into the file afterwards, where what was deleted is overwritten.
    """
    with bell.working() as work:
        done = finish(work)
    if done and bell.engine.dialect.name == "sqlite":
        with bell.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return done
