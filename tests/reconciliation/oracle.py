"""An independent oracle: DuckDB adds up exported rows by statements of its own; nothing of the house is asked."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Connection, text

TABLES = {
    "budget_account": "id, line_id, year, stage, agreement_id, total",
    "movement": "id, debit_id, credit_id, amount",
    "placement": "id, measure_id",
    "placement_share": "placement_id, line_id, agreement_id, committed",
    "statement": "id, line_id, agreement_id, state, period_start",
    "statement_line": "statement_id, placement_id, amount",
    "payment": "statement_id, amount, released_at",
}
"""What is exported, column by column."""

MOVED = """
SELECT a.line_id, a.year, a.stage, a.agreement_id,
       (coalesce((SELECT sum(m.amount) FROM movement m WHERE m.credit_id = a.id), 0)
      - coalesce((SELECT sum(m.amount) FROM movement m WHERE m.debit_id = a.id), 0))::BIGINT
FROM budget_account a ORDER BY ALL
"""
TOTALS = "SELECT line_id, year, stage, agreement_id, total FROM budget_account ORDER BY ALL"
BOUND = "SELECT line_id, agreement_id, sum(committed)::BIGINT FROM placement_share GROUP BY ALL ORDER BY ALL"
CHARGED = """
SELECT p.measure_id, s.line_id, s.agreement_id,
       sum(CASE WHEN s.state IN ('approved', 'paid') AND (l.amount > 0 OR s.state = 'paid')
                THEN l.amount ELSE 0 END)::BIGINT AS invoiced,
       sum(CASE WHEN s.state = 'paid' THEN l.amount ELSE 0 END)::BIGINT AS paid
FROM statement_line l JOIN statement s ON s.id = l.statement_id JOIN placement p ON p.id = l.placement_id
GROUP BY ALL ORDER BY ALL
"""
CHARGED_IN_2026 = """
SELECT p.measure_id, s.line_id, sum(l.amount)::BIGINT
FROM statement_line l JOIN statement s ON s.id = l.statement_id JOIN placement p ON p.id = l.placement_id
WHERE s.state IN ('approved', 'paid') AND s.period_start LIKE '2026-%' GROUP BY ALL ORDER BY ALL
"""
RELEASED = """
SELECT coalesce(sum(y.amount), 0)::BIGINT FROM payment y JOIN statement s ON s.id = y.statement_id
WHERE s.state = 'paid' AND y.released_at IS NOT NULL
"""


class Oracle:
    """The exported rows in a database of another make; `says(sql)` is its answer."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self.held = duckdb.connect()
        for table, columns in TABLES.items():
            file = folder / f"{table}.csv"
            rows = connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY 1"))
            _export(file, columns.split(", "), rows)
            self.held.execute(
                f"CREATE TABLE {table} AS SELECT * FROM read_csv('{file}', header=true, all_varchar=true)"
            )
            for name in columns.split(", "):
                if name not in {"stage", "state", "released_at", "period_start"}:
                    self.held.execute(f"ALTER TABLE {table} ALTER {name} TYPE BIGINT")

    def says(self, sql: str) -> list[tuple[Any, ...]]:
        return self.held.execute(sql).fetchall()


def _export(file: Path, columns: list[str], rows: Iterable[Any]) -> None:
    with file.open("w", newline="") as held:
        out = csv.writer(held)
        out.writerow(columns)
        out.writerows(["" if one is None else one for one in row] for row in rows)
