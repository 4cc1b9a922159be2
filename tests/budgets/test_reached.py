"""What a few sources brought into a stage is looked up by them: nobody reads the whole ledger for it."""

from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from cii.budgets.queries import reached
from cii.budgets.vocabulary import Stage


def test_what_some_shares_earned_is_found_by_the_source_of_its_entries(new_engine, tmp_path):
    """On SQLite, which carries no condition through a union and a sum."""
    asked = select(reached(Stage.ACCRUED, "attendance", [1, 2, 3]))
    said = str(asked.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))

    engine = new_engine("sqlite", tmp_path)
    with engine.connect() as connection:
        way = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}")]
    engine.dispose()

    assert sum("ix_ledger_entry_source (source_kind=? AND source_id=?)" in one for one in way) == 2
    assert not [one for one in way if one.startswith(("SCAN movement", "SCAN ledger_entry"))]
