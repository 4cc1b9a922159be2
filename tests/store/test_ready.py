from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, bindparam, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from cii.store.ready import Ready
from cii.store.tables import Parameter
from cii.store.work import HOUSE, Work, working
from tests.conftest import NOW

ROWS = Parameter.__table__
ADD = Ready(insert(ROWS), (column.name for column in ROWS.c if column.name != "id"))


def a_row(work: Work, name: str) -> dict[str, object]:
    return {
        "name": name,
        "valid_from": work.today,
        "valid_to": None,
        "value": 1,
        "unit": "",
        "source": "",
        "certainty": "S",
        "published_at": work.now,
    } | {column.name: None for column in ROWS.c if column.nullable}


def read(work: Work, name: str) -> Parameter:
    return work.session.execute(select(Parameter).where(Parameter.name == name)).scalar_one()


def test_rows_written_at_once_read_as_any_others(work: Work):
    ADD.write(work.session.connection(), [a_row(work, "ready a"), a_row(work, "ready b")])

    found = read(work, "ready b")

    assert (found.value, found.valid_from, found.published_at) == (1, work.today, work.now)


def test_a_moment_of_another_zone_is_kept_in_utc(work: Work):
    summer = datetime(2026, 7, 1, 9, tzinfo=timezone(timedelta(hours=2)))

    ADD.write(work.session.connection(), [a_row(work, "ready zone") | {"published_at": summer}])

    assert read(work, "ready zone").published_at == datetime(2026, 7, 1, 7, tzinfo=UTC)


def test_a_moment_without_a_zone_and_a_row_that_lacks_a_name_are_refused(work: Work):
    connection = work.session.connection()
    row = a_row(work, "ready no")

    with pytest.raises(ValueError, match="time zone"):
        ADD.write(connection, [row | {"published_at": datetime(2026, 7, 1)}])
    del row["value"]
    with pytest.raises(KeyError):
        ADD.write(connection, [row])


def test_an_update_finds_its_row_and_says_how_many_it_changed(work: Work):
    rename = Ready(update(ROWS).where(ROWS.c.name == bindparam("at_name")).values(unit=bindparam("unit")))
    ADD.write(work.session.connection(), [a_row(work, "ready one")])

    changed = rename.write(work.session.connection(), [{"at_name": "ready one", "unit": "months"}])

    assert changed == 1
    assert read(work, "ready one").unit == "months"


FIND = Ready(
    select(ROWS.c.name, ROWS.c.valid_from, ROWS.c.published_at).where(ROWS.c.name == bindparam("name"))
)


def test_what_is_read_comes_in_the_types_of_its_columns(work: Work):
    ADD.write(work.session.connection(), [a_row(work, "ready read")])

    found = FIND.read(work.session.connection(), {"name": "ready read"})

    assert [tuple(one) for one in found] == [("ready read", work.today, work.now)]


def test_who_listens_to_statements_hears_ready_ones_too(work: Work):
    connection, heard = work.session.connection(), []
    event.listen(connection, "before_cursor_execute", lambda *told: heard.append(told[2]))

    ADD.write(connection, [a_row(work, "ready heard"), a_row(work, "ready also heard")])
    FIND.read(connection, {"name": "ready heard"})

    assert [one.split()[0] for one in heard] == ["INSERT", "SELECT"]


def test_a_row_that_the_database_refuses_is_refused_as_any_other(work: Work):
    row = a_row(work, "ready twice")
    ADD.write(work.session.connection(), [row])

    with pytest.raises(IntegrityError), work.session.begin_nested():
        ADD.write(work.session.connection(), [row])

    assert len(FIND.read(work.session.connection(), {"name": "ready twice"})) == 1


def test_what_was_written_goes_with_its_transaction(fresh_engine: Engine):
    with working(fresh_engine, HOUSE, NOW) as work:
        ADD.write(work.session.connection(), [a_row(work, "ready gone")])
        work.session.rollback()

    with working(fresh_engine, HOUSE, NOW, writing=False) as work:
        assert FIND.read(work.session.connection(), {"name": "ready gone"}) == []


def test_a_connection_that_was_cut_is_told_and_not_used_again(fresh_engine: Engine):
    if fresh_engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no connection to cut")
    with working(fresh_engine, HOUSE, NOW, writing=False) as work:
        connection = work.session.connection()
        number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with fresh_engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})

        with pytest.raises(OperationalError) as cut:
            FIND.read(connection, {"name": "ready cut"})

    assert cut.value.connection_invalidated
    with working(fresh_engine, HOUSE, NOW, writing=False) as work:
        assert FIND.read(work.session.connection(), {"name": "ready cut"}) == []
