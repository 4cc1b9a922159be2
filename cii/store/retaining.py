"""Terms of keeping, told by each room: what keeps something of a person, and what goes by itself.

A room names both in its `retaining.py` (`KEPT`, `GOING`); how long a term lasts stands in
`workflows/parameters/retention.yaml`, and `rights` is the one place that applies it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, delete, select
from sqlmodel import Session, col

from cii.store.settings import Settings
from cii.store.tables import Outgoing

Row = type[Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows that keep something of a person for a term: `rows` selects `person_id` and `since`.

    `since`: the day or moment from which the term of `rule` runs; NULL while it has not begun.
    """

    rule: str
    rows: Subquery


@dataclass(frozen=True, slots=True)
class Going:
    """Rows of no person's file that go by themselves; `over`: those whose term had begun before a moment."""

    rule: str
    model: Row
    over: Callable[[datetime], ColumnElement[bool]]


def kept(rule: str, person_id: Any, since: Any, *where: Any, joined: Any = None) -> Kept:  # noqa: ANN401 - columns
    """The rows of a table, or of two joined ones, that keep something of a person."""
    rows: Select[Any] = select(person_id.label("person_id"), since.label("since")).where(*where)
    return Kept(rule, (rows.join(*joined) if joined else rows).subquery())


def let_go(session: Session, going: Going, before: datetime) -> int:
    """Delete the rows whose term is over; returns how many."""
    done: Any = session.connection().execute(delete(going.model).where(going.over(before)))
    return int(done.rowcount)


def letters(settings: Settings) -> Path:
    """Where messages lie as files when no mail server is set."""
    return settings.data_dir / "mail"


def letter(settings: Settings, number: int) -> Path:
    """The file of a message, by its number."""
    return letters(settings) / f"{number:08d}.eml"


def burn_letters(session: Session, settings: Settings, before: datetime) -> int:
    """Remove the files of messages that left before that moment; returns how many there were.

    Their rows go afterwards: a night that breaks off finds the rest again.
    """
    folder = letters(settings)
    if not folder.is_dir():
        return 0
    lying = {int(one.stem): one for one in folder.glob("*.eml") if one.stem.isdigit()}
    gone = session.connection().execute(select(col(Outgoing.id)).where(_left(before))).scalars()
    found = [lying[number] for number in gone if number in lying]
    for one in found:
        one.unlink(missing_ok=True)
    return len(found)


def _left(before: datetime) -> ColumnElement[bool]:
    return col(Outgoing.sent_at) < before


GOING = (Going("sent_mail", Outgoing, _left),)
