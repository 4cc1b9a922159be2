"""Counting what a read asks the database."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event


@pytest.fixture
def statements():
    """`with statements(work) as asked:` holds every SELECT of the block."""

    @contextmanager
    def counted(work):
        asked = []
        connection = work.session.connection()

        def note(_, __, sql, *___):
            if sql.lstrip().upper().startswith("SELECT"):
                asked.append(sql)

        event.listen(connection, "before_cursor_execute", note)
        yield asked
        event.remove(connection, "before_cursor_execute", note)

    return counted
