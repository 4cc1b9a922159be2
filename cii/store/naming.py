"""Names of constraints, and the walk that finds every room's tables."""

import importlib
import pkgutil

from sqlalchemy import CheckConstraint, Date, MetaData, Table
from sqlmodel import SQLModel

from cii.store.columns import ChfColumn, Words
from cii.store.guards import state_guard

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = CONVENTION


def load_all_tables() -> MetaData:
    """Import each `cii.*.tables`, so that foreign keys written as text resolve; return the whole schema."""
    import cii  # noqa: PLC0415 - the package itself, to walk it

    for room in pkgutil.iter_modules(cii.__path__, "cii."):
        if room.ispkg:
            names = {
                module.name for module in pkgutil.iter_modules(importlib.import_module(room.name).__path__)
            }
            for name in sorted(names):
                if name == "tables" or name.startswith("tables_"):
                    importlib.import_module(f"{room.name}.{name}")
    for table in SQLModel.metadata.tables.values():
        _state_column_truths(table)
        state_guard(table)
    return SQLModel.metadata


def _state_column_truths(table: Table) -> None:
    """Money is an integer, a date is a date, a word is of its list: said to the database for each column."""
    stated = {str(constraint.name) for constraint in table.constraints}
    for column in table.columns:
        name = column.name
        if isinstance(column.type, ChfColumn) and f"{name}_whole" not in "".join(stated):
            table.append_constraint(
                CheckConstraint(f"{name} IS NULL OR typeof({name}) = 'integer'", name=f"{name}_whole").ddl_if(
                    dialect="sqlite"
                )
            )
        elif isinstance(column.type, Date) and f"{name}_date" not in "".join(stated):
            table.append_constraint(
                CheckConstraint(f"{name} IS date({name}, '+0 days')", name=f"{name}_date").ddl_if(
                    dialect="sqlite"
                )
            )
        elif isinstance(column.type, Words) and f"{name}_word" not in "".join(stated):
            known = ", ".join(f"'{one.value}'" for one in column.type.words)
            table.append_constraint(CheckConstraint(f"{name} IN ({known})", name=f"{name}_word"))
