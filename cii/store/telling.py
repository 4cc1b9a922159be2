"""How a room says what it tells of a person in their file: which rows, tied to what, which of their columns.

A column is written `column` or `column>name in the file`. Never in it: names of physicians and employees
(their unit and function stand for them), of anybody spoken to, of bearers of links; hashes and inner numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, or_

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose file: the person's ids (more than one after a merge), their number's hashes, their cases.

    `medical`: whether medical data is told to the person themselves.
    """

    person_ids: tuple[int, ...]
    hashes: tuple[str, ...] = ()
    case_ids: tuple[int, ...] = ()
    case_refs: tuple[str, ...] = ()
    medical: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table: `by` ties them to the row above, or to the person's ids at the top.

    `of` says which rows belong to the person where one column does not; `medical` names the columns that are
    told only to who asked for medical data; `flat`: one value stands for each row.
    """

    name: str
    model: type
    fields: str
    by: str = "person_id"
    of: Callable[[Any, Scope], Condition] | None = None
    parts: tuple["Part", ...] = ()
    medical: frozenset[str] = frozenset()
    flat: bool = False

    @property
    def table(self) -> Table:
        """The table itself."""
        held: Table = self.model.__table__  # type: ignore[attr-defined]
        return held

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """(column, name in the file), in order."""
        pairs = (one.partition(">") for one in self.fields.split())
        return tuple((column, name or column) for column, _, name in pairs)


AUTHOR = " unit_id>unit account_id>by"
"""Who wrote it: the unit, and the function of the account."""


def own(table: Any, scope: Scope) -> Condition:  # noqa: ANN401 - columns of any table
    """Rows that name the person."""
    held: Condition = table.c.person_id.in_(scope.person_ids)
    return held


def of_case_or_person(table: Any, scope: Scope) -> Condition:  # noqa: ANN401
    """Rows that name the person or one of their cases."""
    return or_(table.c.person_id.in_(scope.person_ids), table.c.case_id.in_(scope.case_ids))
