"""The migrations and the models say the same, on both engines, and the database refuses what the tables refuse."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from cii.store.engine import make_engine
from cii.store.four_eyes import CONSTRAINT, FOUR_EYES, FourEyes
from cii.store.naming import load_all_tables
from cii.store.work import Work
from tests.conftest import NOW, new_database
from tests.institutions.build_institutions import a_unit
from tests.people.build_people import a_person
from tests.rights.build_erasing import SHAPED, a_written_row, officers


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


def test_every_table_that_asks_for_four_eyes_is_in_the_one_list():
    asked = {
        name
        for name, table in load_all_tables().tables.items()
        for one in table.constraints
        if str(one.name).endswith(CONSTRAINT)
    }

    assert asked == {one.table for one in FOUR_EYES}


COMPLETED = SHAPED | {
    "budget_transfer": {"to_line_id": None, "from_ceiling_id": None, "to_ceiling_id": None},
    "call_award": {"confirmed_on": NOW.date()},
    "evaluation": {"state": "final", "final_at": NOW, "year": 2026},
    "statement": {"period_end": NOW.date().replace(day=31), "returned_reason": None},
    "payment": {"rounding": 0, "released_at": NOW},
    "payment_release": {"attempt": 2},
    "provider_account": {
        "decided_at": NOW,
        "confirmed": True,
        "iban": "CH9300762011623852957",
        "postcode": "2000",
        "town": "Neuchâtel",
        "country": "CH",
    },
    "erasure": {"decided_at": NOW, "approved": False, "decision_reason": "Non."},
    "break_glass_step": {"finding": "ok", "reason": "Justifié."},
    "year_account": {"method": "volume", "returned_reason": None}
    | dict.fromkeys(("approved_by", "submitted_by", "settled_by")),
    "account_payment": {"rounding": 0, "lapsed_at": None, "released_at": NOW},
    "wage_grant": {"kind": "pay", "category": "adult", "normal_pay": None, "permille": None}
    | {"decided_at": NOW, "state": "granted"},
    "wage_part": {"rounding": 0, "reason": None, "transferred": 1}
    | dict.fromkeys(("prepared_by", "checked_by", "approved_by", "released_by")),
}
"""What a row of these acts needs beyond the usual."""
_UNSIGNED = ("agreement", {"signed_by": None})
_OPEN = ("statement", COMPLETED["statement"] | {"approved_by": None})
_NOWHERE = ("placement", {"state": "cancelled", "provider_unit_id": None})
_ASKED = COMPLETED["wage_grant"] | {"state": "asked", "decided_by": None, "decided_at": None}
ABOVE = {
    "statement": [_UNSIGNED],
    "payment": [_UNSIGNED, _OPEN],
    "account_payment": [_UNSIGNED, ("year_account", COMPLETED["year_account"])],
    "outcome_step": [_NOWHERE],
    "wage_grant": [_NOWHERE],
    "wage_part": [_UNSIGNED, _NOWHERE, ("wage_grant", _ASKED), ("wage_result", {"amount": 100, "number": 1})],
    "break_glass_step": [("break_glass", {"until": NOW.replace(month=12)})],
}
"""Rows that must be there before, by nobody who completes anything."""


def attempted(work: Work, act: FourEyes, **accounts: int) -> str:
    """Write such a row as those accounts; what the database says, empty when it takes it. Taken back."""
    unit = a_unit(work, None)
    person = a_person(work, unit)
    held = {"person": person.id, "unit": unit.id, "account": accounts[act.prepared[0]]}
    shaped = dict([act.kind] if act.kind else []) | COMPLETED.get(act.table, {}) | accounts
    point = work.session.begin_nested()
    try:
        for name, more in ABOVE.get(act.table, ()):
            held[name] = a_written_row(work, name, held, more)
        a_written_row(work, act.table, held, shaped)
    except DBAPIError as no:
        return str(no.orig)
    else:
        return ""
    finally:
        point.rollback()


@pytest.mark.parametrize("act", FOUR_EYES, ids=lambda one: one.act)
def test_the_database_lets_nobody_complete_what_they_prepared(writing: Work, act: FourEyes):
    one, other = (hand.actor.account_id for hand in officers(writing))

    taken = attempted(writing, act, **dict.fromkeys(act.prepared, one), **{act.completed: other})
    refused = [
        attempted(
            writing, act, **(dict.fromkeys(act.prepared, one) | {prepared: other, act.completed: other})
        )
        for prepared in act.prepared
    ]

    assert taken == ""
    assert all(CONSTRAINT in said for said in refused), refused
