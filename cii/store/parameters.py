"""Dated numbers: published from `workflows/parameters/*.yaml`, read by name and date, stored with results."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import ScalarSelect
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from cii.kernel.errors import Refusal
from cii.store.tables import Parameter


class UnknownParameter(Refusal):
    """No such number, or none in force at that date: a fault of the installation."""

    code, kind = "unknown-parameter", "conflict"


def read_parameter(session: Session, name: str, at: date) -> int:
    """The number in force at that date; refuses UnknownParameter."""
    return told_parameter(session.exec(_in_force(name, at)).first(), name, at)


def parameter_column(name: str, at: date) -> ScalarSelect[int]:
    """The number in force at that date, beside the rows of a list; `told_parameter` reads it."""
    return _in_force(name, at).scalar_subquery()


def told_parameter(found: int | None, name: str, at: date) -> int:
    """The number that was found; refuses UnknownParameter."""
    if found is None:
        raise UnknownParameter(name=name, at=at)
    return found


def _in_force(name: str, at: date) -> SelectOfScalar[int]:
    return (
        select(Parameter.value)
        .where(col(Parameter.name) == name, col(Parameter.valid_from) <= at)
        .order_by(col(Parameter.valid_from).desc())
        .limit(1)
    )


def read_parameters(session: Session, names: Collection[str], at: date) -> dict[str, int]:
    """The numbers in force at that date, in one statement; refuses UnknownParameter for the first without."""
    rows = session.exec(
        select(Parameter.name, Parameter.value)
        .where(col(Parameter.name).in_(names), col(Parameter.valid_from) <= at)
        .order_by(col(Parameter.valid_from))
    )
    found = {name: value for name, value in rows}  # noqa: C416 - the later value replaces the earlier one
    if missing := sorted(set(names) - found.keys()):
        raise UnknownParameter(name=missing[0], at=at)
    return found


@lru_cache(maxsize=32)
def _numbers(text: str) -> Mapping[str, Any]:
    """The numbers of a file by their name; the same text is read once."""
    return YAML(typ="safe").load(text) or {}


def publish_parameters(session: Session, folder: Path, now: datetime) -> int:
    """Write each dated value of the files once; a published value that the file now changes is refused.

    Returns how many were new.
    """
    known = {(row.name, row.valid_from): row for row in session.exec(select(Parameter))}
    fresh = 0
    for file in sorted(folder.glob("*.yaml")):
        for name, entry in _numbers(file.read_text(encoding="utf-8")).items():
            for dated in entry["values"]:
                row = known.get((name, dated["from"]))
                if row is None:
                    fresh += 1
                    session.add(
                        Parameter(
                            name=name,
                            valid_from=dated["from"],
                            value=int(dated["value"]),
                            unit=entry["unit"],
                            source=dated["source"],
                            certainty=dated["certainty"],
                            published_at=now,
                        )
                    )
                elif row.value != int(dated["value"]):
                    raise ChangedParameter(
                        name=name, since=dated["from"], published=row.value, file=dated["value"]
                    )
    session.flush()
    return fresh


class ChangedParameter(Refusal):
    """A published number may not change; a new value takes a new date."""

    code, kind = "changed-parameter", "conflict"
