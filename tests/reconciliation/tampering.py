"""What only the owner of the database could do: rows changed past the guards that hang on their table."""

from sqlalchemy import text

from cii.store.work import Work


def tamper(work: Work, sql: str) -> None:
    """Change rows of the table that the statement names (`UPDATE table …`) with its guards taken off meanwhile."""
    session, table = work.session, sql.split()[1]
    lite = session.get_bind().dialect.name == "sqlite"
    hung = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
    taken = session.execute(text(hung), {"table": table}).all() if lite else []
    off = [f"DROP TRIGGER {one.name}" for one in taken] or [f"ALTER TABLE {table} DISABLE TRIGGER USER"]
    on = [one.sql for one in taken] or [f"ALTER TABLE {table} ENABLE TRIGGER USER"]
    for statement in (*off, sql, *on) if taken or not lite else (sql,):
        session.connection().exec_driver_sql(statement)
    session.expire_all()
