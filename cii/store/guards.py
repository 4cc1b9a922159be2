"""Triggers that keep history append-only, on both engines; stated beside the table they guard."""

from typing import Any

from sqlalchemy import DDL, Table, event

_ddl: Any = DDL
"""SQLAlchemy leaves this one untyped."""


def append_only(table: type, *, but: tuple[str, ...] = (), moving: tuple[str, ...] = ()) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE on the table; columns named in `but` may be filled once from NULL.

    Columns named in `moving` may be pointed elsewhere while all others stay: the link to a person whose two
    rows turn out to be one (`rights.merging`), never what was said.

    SQLite: BEFORE triggers (REPLACE is caught by `recursive_triggers`). PostgreSQL: row triggers for UPDATE
    and DELETE and a statement trigger for TRUNCATE.
    """
    sql: Table = table.__table__  # type: ignore[attr-defined]
    for statement, dialect in append_only_ddl(sql.name, [c.name for c in sql.columns], but, moving):
        ddl = _ddl(statement.replace("%", "%%"))
        event.listen(sql, "after_create", ddl.execute_if(dialect=dialect))


def append_only_ddl(
    name: str, columns: list[str], but: tuple[str, ...], moving: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """The statements with the dialect each is for."""
    ways = [([column for column in columns if column not in but], but)] if but else []
    ways += [([column for column in columns if column not in moving], ())] if moving else []
    when_lite = _unless(ways, "NEW.{0} IS OLD.{0}", "NOT ({})")
    when_pg = _unless(ways, "NEW.{0} IS NOT DISTINCT FROM OLD.{0}", "(NOT ({}))")
    refusal = f"{name} is append-only"
    return [
        (
            (
                f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} FOR EACH ROW{when_lite} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            ),
            "sqlite",
        ),
        (
            (
                f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} FOR EACH ROW "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            ),
            "sqlite",
        ),
        (
            (
                f"CREATE FUNCTION {name}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
            ),
            "postgresql",
        ),
        (
            (
                f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} FOR EACH ROW{when_pg} "
                f"EXECUTE FUNCTION {name}_append_only()"
            ),
            "postgresql",
        ),
        (
            (
                f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} FOR EACH ROW "
                f"EXECUTE FUNCTION {name}_append_only()"
            ),
            "postgresql",
        ),
        (
            (
                f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION {name}_append_only()"
            ),
            "postgresql",
        ),
    ]


def _unless(ways: list[tuple[list[str], tuple[str, ...]]], same: str, around: str) -> str:
    """WHEN none of these ways to change a row is taken: columns that stay, columns filled from NULL."""
    told = [
        " AND ".join([same.format(c) for c in kept] + [f"OLD.{c} IS NULL" for c in filled])
        for kept, filled in ways
    ]
    whole = told[0] if len(told) == 1 else " OR ".join(f"({one})" for one in told)
    return f" WHEN {around.format(whole)}" if told else ""


def no_overlap(
    table: type,
    *,
    same: tuple[str, ...],
    start: str,
    end: str,
    inclusive: bool = False,
    only: tuple[str, tuple[str, ...]] | None = None,
) -> None:
    """Refuse two rows with the same keys whose days overlap; an empty `end` means for ever.

    `same`: columns of whole numbers. `inclusive`: `end` is a last day, else the first day no more. `only`:
    a column and the words it must hold for a row to count. PostgreSQL: an exclusion constraint over ranges
    (needs no extension). SQLite: triggers.
    """
    sql: Table = table.__table__  # type: ignore[attr-defined]
    for statement, dialect in no_overlap_ddl(sql.name, same, start, end, inclusive=inclusive, only=only):
        ddl = _ddl(statement.replace("%", "%%"))
        event.listen(sql, "after_create", ddl.execute_if(dialect=dialect))


def no_overlap_ddl(
    name: str,
    same: tuple[str, ...],
    start: str,
    end: str,
    *,
    inclusive: bool,
    only: tuple[str, tuple[str, ...]] | None,
) -> list[tuple[str, str]]:
    """The statements with the dialect each is for."""
    counts = f"{only[0]} IN ({', '.join(repr(word) for word in only[1])})" if only else ""
    keys = ", ".join(f"int8range({one}, {one}, '[]') WITH &&" for one in same)
    days = f"daterange({start}, {end}, '{'[]' if inclusive else '[)'}') WITH &&"
    before = "<=" if inclusive else "<"
    clash = " AND ".join(
        [f"o.{one} = NEW.{one}" for one in same]
        + ["o.rowid <> NEW.rowid"]
        + [f"(NEW.{end} IS NULL OR o.{start} {before} NEW.{end})"]
        + [f"(o.{end} IS NULL OR NEW.{start} {before} o.{end})"]
        + ([f"o.{counts}", f"NEW.{counts}"] if counts else [])
    )
    exclusion = f"ALTER TABLE {name} ADD CONSTRAINT ex_{name}_days EXCLUDE USING gist ({keys}, {days})"
    refusal = f"BEGIN SELECT RAISE(ABORT, '{name}: days overlap'); END"
    return [
        (exclusion + (f" WHERE ({counts})" if counts else ""), "postgresql"),
        *(
            (
                (
                    f"CREATE TRIGGER {name}_no_overlap_{moment.lower()} AFTER {moment} ON {name} "
                    f"FOR EACH ROW WHEN EXISTS (SELECT 1 FROM {name} AS o WHERE {clash}) {refusal}"
                ),
                "sqlite",
            )
            for moment in ("INSERT", "UPDATE")
        ),
    ]
