"""The migrations and the models say the same, on both engines, and the database refuses what the tables refuse."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from tests.conftest import ENGINES, new_database


@pytest.fixture(scope="module", params=ENGINES)
def migrated(request, tmp_path_factory):
    from cii.store.schema import upgrade

    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('migrated') / 'cii.sqlite'}"
    else:
        url = new_database(request.getfixturevalue("postgres_url"))
    engine = make_engine(url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def created(migrated, request, tmp_path_factory):
    if migrated.dialect.name == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('created') / 'cii.sqlite'}")
    else:
        engine = make_engine(new_database(request.getfixturevalue("postgres_url")))
    load_all_tables().create_all(engine)
    yield engine
    engine.dispose()


def test_migrations_and_models_agree_on_tables_and_columns(migrated: Engine):
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, load_all_tables())

    assert differences == []


def test_migrations_and_models_agree_on_checks(migrated: Engine, created: Engine):
    def checks(engine):
        looked = inspect(engine)
        return {
            (table, check["name"]): " ".join(check["sqltext"].split())
            for table in looked.get_table_names()
            if table != "alembic_version"
            for check in looked.get_check_constraints(table)
        }

    assert checks(migrated) == checks(created)


def test_migrations_and_models_agree_on_triggers(migrated: Engine, created: Engine):
    def triggers(engine):
        sql = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            if engine.dialect.name == "sqlite"
            else "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        )
        with engine.connect() as connection:
            return {name: " ".join(body.split()) for name, body in connection.execute(text(sql))}

    found = triggers(migrated)

    assert found
    assert found == triggers(created)


def test_the_head_file_names_the_newest_migration():
    from alembic.script import ScriptDirectory

    from cii.store.schema import alembic_config

    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    written = Path(alembic_config().get_main_option("script_location") or "") / "HEAD"

    assert written.read_text(encoding="utf-8").strip() == head
