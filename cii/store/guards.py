"""Triggers that keep history append-only, on both engines; stated beside the table they guard."""

from typing import Any

from sqlalchemy import DDL, Table, event

from cii.store.erasing import Erased

Statements = tuple[tuple[str, str], ...]
"""SQL with the dialect it is for."""
_ddl: Any = DDL
"""SQLAlchemy leaves this one untyped."""
_guarded: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {}
"""Append-only tables whose guard is not hung yet, with what `append_only` was told."""
_erased: dict[str, Erased] = {}


def append_only(
    table: type,
    *,
    but: tuple[str, ...] = (),
    moving: tuple[str, ...] = (),
    until: tuple[str, tuple[str, ...]] | None = None,
) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE on the table; columns named in `but` may be filled once from NULL.

    Columns named in `moving` may be pointed elsewhere while all others stay: the link to a person whose two
    rows turn out to be one (`rights.merging`), never what was said. They stay too once the column named in
    `until` holds one of its words: what is paid or declined moves no further.

    What `Erased` names may leave the rows of a person who is marked as erased, and nothing else may change.

    SQLite: BEFORE triggers (REPLACE is caught by `recursive_triggers`). PostgreSQL: row triggers for UPDATE
    and DELETE and a statement trigger for TRUNCATE.
    """
    sql: Table = table.__table__  # type: ignore[attr-defined]
    ended = f"OLD.{until[0]} NOT IN ({', '.join(map(repr, until[1]))})" if until else ""
    _guarded[sql.name] = but, moving, ended


def erasable(rows: tuple[Erased, ...]) -> None:
    """Let the guards of these tables know how their rows are erased."""
    for one in rows:
        _erased[one.table.name] = one


def state_guard(table: Table) -> None:
    """Hang the guard of an append-only table on it, once; `load_all_tables` does so when all rooms are in."""
    if table.name not in _guarded:
        return
    but, moving, ended = _guarded.pop(table.name)
    names = [column.name for column in table.columns]
    erased = _erased.get(table.name)
    for statement, dialect in append_only_ddl(table.name, names, but, moving, erased, ended=ended):
        ddl = _ddl(statement.replace("%", "%%"))
        event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def append_only_ddl(
    name: str,
    columns: list[str],
    but: tuple[str, ...],
    moving: tuple[str, ...] = (),
    erased: Erased | None = None,
    *,
    ended: str = "",
) -> list[tuple[str, str]]:
    """The statements with the dialect each is for; `ended`: SQL that a row which still moves fulfils."""
    ways = [([column for column in columns if column not in but], but)] if but else []
    ways += [([column for column in columns if column not in moving], ())] if moving else []
    told_lite = _told(ways, "NEW.{0} IS OLD.{0}", ended)
    told_pg = _told(ways, "NEW.{0} IS NOT DISTINCT FROM OLD.{0}", ended)
    emptied_lite, emptied_pg = (_emptied(erased, columns, lite=lite) for lite in (True, False))
    when_lite = _unless([*told_lite, *emptied_lite], "NOT ({})")
    gone = _unless([erased.of("OLD")] if erased is not None and erased.goes else [], "NOT ({})")
    when_pg = _unless(told_pg, "(NOT ({}))")
    refusal = f"{name} is append-only"
    excepted = ""
    if erased is not None and erased.goes:
        excepted = f"IF TG_OP = 'DELETE' THEN IF {erased.of('OLD')} THEN RETURN OLD; END IF; END IF; "
    elif emptied_pg:
        excepted = f"IF TG_OP = 'UPDATE' THEN IF {emptied_pg[0]} THEN RETURN NEW; END IF; END IF; "
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
                f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} FOR EACH ROW{gone} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            ),
            "sqlite",
        ),
        (
            (
                f"CREATE FUNCTION {name}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {excepted}RAISE EXCEPTION '{refusal}'; END $$"
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


def _told(ways: list[tuple[list[str], tuple[str, ...]]], same: str, ended: str) -> list[str]:
    """The ways to change a row as SQL: columns that stay, columns filled from NULL."""
    return [
        " AND ".join(
            [same.format(c) for c in kept] + [f"OLD.{c} IS NULL" for c in filled] + [ended] * bool(ended)
        )
        for kept, filled in ways
    ]


def _emptied(erased: Erased | None, columns: list[str], *, lite: bool) -> list[str]:
    """The row of an erased person loses its words: each column stays, is emptied, or keeps these keys."""
    if erased is None or erased.goes:
        return []
    alike = "IS" if lite else "IS NOT DISTINCT FROM"
    told = []
    for one in columns:
        same = f"NEW.{one} {alike} OLD.{one}"
        if one in erased.blank:
            told.append(f"({same} OR NEW.{one} {alike} {_literal(erased.blank[one])})")
        elif one in erased.keep:
            told.append(f"({same} OR {_thinned(one, erased.keep[one], lite=lite)})")
        else:
            told.append(same)
    return [" AND ".join([*told, erased.of("OLD")])]


def _thinned(column: str, keys: tuple[str, ...], *, lite: bool) -> str:
    """A JSON object with some keys of what it was, unchanged; an empty list instead of a list."""
    stay = ", ".join(f"'{key}'" for key in keys) or "''"
    if not lite:
        return (
            f"(NEW.{column} = '[]'::jsonb OR (jsonb_typeof(NEW.{column}) = 'object' "
            f"AND NEW.{column} <@ OLD.{column} AND NEW.{column} - ARRAY[{stay}]::text[] = '{{}}'::jsonb))"
        )
    was = f"json_extract(OLD.{column}, '$.\"' || n.key || '\"')"
    return (
        f"(NEW.{column} = '[]' OR (json_type(NEW.{column}) = 'object' AND NOT EXISTS ("
        f"SELECT 1 FROM json_each(NEW.{column}) n WHERE n.key NOT IN ({stay}) OR n.value IS NOT {was})))"
    )


def _literal(value: str | None) -> str:
    return "NULL" if value is None else f"'{value}'"


def _unless(told: list[str], around: str) -> str:
    """WHEN none of these ways is taken."""
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
    unless: str | None = None,
) -> None:
    """Refuse two rows with the same keys whose days overlap; an empty `end` means for ever.

    `same`: columns of whole numbers. `inclusive`: `end` is a last day, else the first day no more. `only`:
    a column and the words it must hold for a row to count; or `unless`: a column that must be empty for it.
    PostgreSQL: an exclusion constraint over ranges
    (needs no extension). SQLite: triggers.
    """
    sql: Table = table.__table__  # type: ignore[attr-defined]
    counts = f"{only[0]} IN ({', '.join(repr(word) for word in only[1])})" if only else ""
    counts = f"{unless} IS NULL" if unless else counts
    for statement, dialect in no_overlap_ddl(sql.name, same, start, end, inclusive=inclusive, counts=counts):
        ddl = _ddl(statement.replace("%", "%%"))
        event.listen(sql, "after_create", ddl.execute_if(dialect=dialect))


def no_overlap_ddl(
    name: str,
    same: tuple[str, ...],
    start: str,
    end: str,
    *,
    inclusive: bool,
    counts: str,
) -> list[tuple[str, str]]:
    """The statements with the dialect each is for; `counts`: SQL that begins with a column, or nothing."""
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


def guarded(table: str, said: str, change: str, *, start: str | None = None) -> Statements:
    """Refuse DELETE and TRUNCATE of a table, UPDATE when `change` holds, INSERT when `start` does.

    `change` is written with IS DISTINCT FROM, which SQLite calls IS NOT.
    """
    lite_change = change.replace("IS DISTINCT FROM", "IS NOT")
    acts = [("UPDATE", lite_change, change), ("DELETE", "1", "TRUE")]
    acts += [("INSERT", start, start)] if start else []
    lite = tuple(
        (
            (
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} FOR EACH ROW "
                f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{said}'); END"
            ),
            "sqlite",
        )
        for act, when, _ in acts
    )
    postgres = tuple(
        (
            (
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} FOR EACH ROW "
                f"WHEN ({when}) EXECUTE FUNCTION {table}_guard()"
            ),
            "postgresql",
        )
        for act, _, when in acts
    )
    return (
        *lite,
        (
            stated_function(f"{table}_guard", f"RAISE EXCEPTION '{said}' USING ERRCODE = 'check_violation';"),
            "postgresql",
        ),
        *postgres,
        (
            (
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION {table}_guard()"
            ),
            "postgresql",
        ),
    )


def stated_function(name: str, body: str) -> str:
    """A trigger function of PostgreSQL."""
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def changed(table: type, *, but: tuple[str, ...] = ()) -> str:
    """SQL that holds when an UPDATE touches a column that is not named in `but`."""
    sql: Table = table.__table__  # type: ignore[attr-defined]
    return differs(*(column.name for column in sql.columns if column.name not in but))


def differs(*columns: str) -> str:
    """SQL that holds when an UPDATE changes one of these columns."""
    return "(" + " OR ".join(f"NEW.{one} IS DISTINCT FROM OLD.{one}" for one in columns) + ")"


def hang(table: type, statements: Statements) -> None:
    """Hang guards on the table: they are made with it."""
    sql: Table = table.__table__  # type: ignore[attr-defined]
    for statement, dialect in statements:
        made = _ddl(statement.replace("%", "%%"))
        event.listen(sql, "after_create", made.execute_if(dialect=dialect))
