"""Alembic's environment: the schema of the rooms, on the connection that `store.schema` or `cii db` hands in.

A new revision is frozen text: house types are written as plain SQLAlchemy types, checks keep the dialect they
are for, and the triggers of a new table are written out, so that `versions/` never imports cii.
"""

# ruff: noqa: SLF001 - Alembic shows the inside of SQLAlchemy to its hooks

from alembic import context
from alembic.autogenerate import renderers
from alembic.operations import ops
from sqlalchemy import DDL, JSON, BigInteger, CheckConstraint

from cii.store.columns import ChfColumn, UtcDateTime, Words
from cii.store.naming import load_all_tables

metadata = load_all_tables()
BIG_ID = 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
PLAIN_JSON = 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'


def _name(constraint):
    """The full name that the naming convention gives."""
    prefix = f"ck_{constraint.table.name}_"
    name = str(constraint.name)
    return name if name.startswith(prefix) else prefix + name


FOR_DIALECT = {
    _name(one): one._ddl_if.dialect
    for table in metadata.tables.values()
    for one in table.constraints
    if isinstance(one, CheckConstraint) and one._ddl_if is not None
}
"""Checks that only one dialect needs; Alembic's copies forget it."""


class OnDialect(ops.ExecuteSQLOp):
    """A statement for one dialect."""

    def __init__(self, statement, dialect):
        super().__init__(statement)
        self.dialect = dialect


@renderers.dispatch_for(OnDialect)
def _written(_, one):
    return f'_on("{one.dialect}", {one.sqltext!r})'


def render_item(kind, item, _):
    if kind == "type":
        return _type(item)
    if kind == "check" and (dialect := FOR_DIALECT.get(_name(item))):
        sql, name = str(item.sqltext), _name(item)
        return f'sa.CheckConstraint({sql!r}, name=op.f("{name}")).ddl_if(dialect="{dialect}")'
    return False


def _type(item):
    variants = getattr(item, "_variant_mapping", {})
    if isinstance(item, BigInteger) and "sqlite" in variants:
        return BIG_ID
    if isinstance(item, JSON) and "postgresql" in variants:
        return PLAIN_JSON
    if isinstance(item, Words):
        return f"sa.String(length={item.impl.length})"
    if isinstance(item, ChfColumn | UtcDateTime):
        return "sa.BigInteger()" if isinstance(item, ChfColumn) else "sa.DateTime(timezone=True)"
    return False


def with_triggers(_, __, directives):
    """Write the DDL that hangs on each new table behind it."""
    for script in directives:
        found = []
        for one in script.upgrade_ops.ops:
            found.append(one)
            if isinstance(one, ops.CreateTableOp):
                for listener in metadata.tables[one.table_name].dispatch.after_create:
                    if isinstance(listener, DDL):
                        dialect = listener._ddl_if.dialect if listener._ddl_if else "sqlite"
                        found.append(OnDialect(listener.statement.replace("%%", "%"), dialect))
        script.upgrade_ops.ops[:] = found


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    process_revision_directives=with_triggers,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
