"""Builders of budgets and entries; they name only what matters."""

from datetime import date

from cii.agreements.tables import Agreement
from cii.budgets.actions import Leg, Source, grant_budget
from cii.budgets.queries import position_of
from cii.budgets.rules import Position
from cii.kernel.money import Chf
from cii.store.columns import new_ref
from cii.store.work import Work

DAY = date(2026, 10, 1)


def a_budget(work: Work, line, granted: str, year: int = 2026, *, hard=True) -> None:
    grant_budget(work, line.id, year, Chf.parse(granted), hard=hard)


def a_leg(line, agreement: Agreement | None, amount: str, on: date = DAY) -> Leg:
    return Leg(line.id, agreement.id if agreement else None, Chf.parse(amount), on)


def a_source(key: str | None = None) -> Source:
    return Source("test", 1, key or f"test:{new_ref()}")


def the_position(work: Work, line, year: int = 2026) -> Position:
    found = position_of(work, line.id, year)
    assert found is not None
    return found


def stages(position: Position) -> dict[str, str]:
    """The sums of a position that are not zero, as people read them."""
    names = ("granted", "available", "committed", "accrued", "invoiced", "paid")
    return {name: str(getattr(position, name)) for name in names if getattr(position, name)}
