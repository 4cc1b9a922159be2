"""The soft warning: finance and the coordination group are told once that a budget is nearly used.

Told when an engagement reaches the mark; told again only for another budget (an amendment, a transfer, a
ceiling set anew) that is nearly used as well. The hard ceiling refuses; this only says so in time.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from cii.access.queries import holders_of, members_of, seats_of
from cii.access.vocabulary import Role
from cii.budgets.rules import Cap, at_mark
from cii.budgets.tables import BudgetYear
from cii.budgets.tables_ceilings import BudgetCeiling
from cii.institutions.queries import line_facts, units_by_id
from cii.kernel.money import Chf
from cii.notices.actions import tell
from cii.store.work import Work
from cii.texts import formats

KIND, CEILING_KIND, SUBJECT = "budget-nearly-used", "budget-ceiling-nearly-used", "budget_year"


class Books(NamedTuple):
    """The open books of a line's year, what is granted of it, whether ceilings stand beside it."""

    year: BudgetYear
    granted: Chf
    capped: bool


def told_once(
    work: Work,
    books: Mapping[tuple[int, int], Books],
    left: Mapping[tuple[int, int], Chf],
    caps: Mapping[Cap, Chf],
) -> None:
    """After an engagement: tell of each budget and each ceiling that has just reached its mark.

    `left`: what is available now by line and year; `caps`: what was bound under each ceiling.
    """
    for place, available in left.items():
        held = books[place]
        used = held.granted - available
        if (
            held.year.hard
            and not held.year.warned_at
            and at_mark(used, held.granted, held.year.warn_permille)
        ):
            held.year.warned_at = work.now
            _tell(work, held.year, KIND, used=used, granted=held.granted)
    for cap, sum_ in caps.items():
        row = work.session.get_one(BudgetCeiling, cap.id)
        used = cap.used + sum_
        if not row.warned_at and at_mark(used, cap.amount, row.warn_permille):
            row.warned_at = work.now
            year = next(
                one.year for (line, at), one in books.items() if (line, at) == (row.line_id, row.year)
            )
            _tell(work, year, CEILING_KIND, used=used, granted=cap.amount, ceiling=cap.label)
    work.session.flush()


def warn_anew(work: Work, books: BudgetYear) -> None:
    """A budget was changed: when it is nearly used again, that is news."""
    books.warned_at = None
    work.session.flush()


def _tell(work: Work, books: BudgetYear, kind: str, **facts: Any) -> None:  # noqa: ANN401 - what the sentence says
    line = work.session.execute(select(line_facts).where(line_facts.c.line_id == books.line_id)).one()
    seats = seats_of(work, [one.id or 0 for one in holders_of(work, Role.FINANCE)])
    places = units_by_id(work, {unit for held in seats.values() for unit in held})
    own = [id_ for id_, unit in places.items() if unit.sector == line.sector]
    finance = [one.id for unit in own for one in members_of(work, unit, Role.FINANCE)]
    group = [one.id for one in holders_of(work, Role.COORDINATION_MEMBER)]
    said: dict[str, Any] = {
        name: formats.money(one) if isinstance(one, Chf) else one for name, one in facts.items()
    }
    for account_id in dict.fromkeys([*finance, *group]):
        tell(
            work, account_id=account_id, kind=kind, subject=SUBJECT, subject_ref=books.ref,
            line=line.code, year=books.year, **said,
        )  # fmt: skip


__all__ = ["CEILING_KIND", "KIND", "SUBJECT", "Books", "told_once", "warn_anew"]
