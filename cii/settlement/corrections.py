"""Stated months that cost something else by now: what was stated, what is due, why; nothing is rewritten.

Only months in which something was recorded after their last statement was computed are priced again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlmodel import col

from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.placements.queries import changes_recorded, shares_in
from cii.settlement.actions_computing import Payer, changed_lines
from cii.settlement.queries import lines_of, sequence_of, visible_to
from cii.settlement.rules import SETTLED
from cii.settlement.rules_corrections import Told, causes
from cii.settlement.tables import Attendance, Statement, StatementLine
from cii.settlement.vocabulary import CorrectionCause
from cii.store.work import Work

_BACK = timedelta(days=430)
"""Months further back than the year before are settled by the final account."""
_MOST = 50
"""Months shown at once; the others follow when these are drafted."""


@dataclass(frozen=True, slots=True)
class CorrectedPlace:
    """What differs for one placement of a stated month; `difference` may be negative."""

    placement_id: int
    stated: Chf
    now: Chf
    causes: tuple[CorrectionCause, ...]

    @property
    def difference(self) -> Chf:
        """What a correction would state."""
        return self.now - self.stated


@dataclass(frozen=True, slots=True)
class Proposal:
    """A month of an agreement and line for which a correction is due."""

    agreement_id: int
    line_id: int
    month: Period
    places: tuple[CorrectedPlace, ...]

    @property
    def difference(self) -> Chf:
        """What the correction would come to."""
        return Chf.total(one.difference for one in self.places)


def correction_proposals(work: Work) -> list[Proposal]:
    """The corrections that are due of the statements which the actor may see, the oldest month first.

    A month with a draft or a statement underway is none: that one will hold the difference.
    """
    found = []
    for row in _changed(work)[:_MOST]:
        payer, month = (row.agreement_id, row.line_id), Period(row.period_start, row.period_end)
        sequence = sequence_of(work, payer, month)
        if any(one.state not in SETTLED for one in sequence):
            continue
        places = tuple(_places(work, payer, month, sequence))
        if places:
            found.append(Proposal(*payer, month, places))
    return found


def _changed(work: Work) -> Sequence[Row[Any]]:
    """Months whose payer's placements have news recorded after the month was last computed."""
    since = work.today - _BACK
    window = Period(since, work.today + timedelta(days=1))
    shares = shares_in(window).subquery("shares")
    news = changes_recorded(since).union_all(
        select(col(Attendance.placement_id), col(Attendance.day), col(Attendance.recorded_at)).where(
            col(Attendance.day) >= since
        )
    )
    told = news.subquery("told")
    computed = func.max(col(Statement.prefilled_at)).label("computed")
    shown: list[Any] = [
        col(Statement.agreement_id), col(Statement.line_id), col(Statement.period_start),
        col(Statement.period_end), computed,
    ]  # fmt: skip
    months = (
        select(*shown)
        .where(visible_to(work.actor), col(Statement.period_start) >= since)
        .group_by(*shown[:-1])
        .subquery("months")
    )
    payer = (shares.c.agreement_id == months.c.agreement_id) & (shares.c.line_id == months.c.line_id)
    later = (
        select(shares.c.placement_id)
        .join(told, told.c.placement_id == shares.c.placement_id)
        .where(
            payer,
            told.c.recorded_at >= months.c.computed,
            or_(
                told.c.effective_on.is_(None),
                (told.c.effective_on < months.c.period_end) & (shares.c.ends_on >= months.c.period_start),
            ),
        )
    )
    order = (months.c.period_start, months.c.agreement_id, months.c.line_id)
    return work.session.execute(select(months).where(later.exists()).order_by(*order)).all()


def _places(
    work: Work, payer: Payer, month: Period, sequence: Sequence[Statement]
) -> Iterable[CorrectedPlace]:
    stated = [line for one in sequence for line in lines_of(work, one.id or 0)]
    for placement_id, now, then in changed_lines(work, payer, month, stated):
        yield CorrectedPlace(
            placement_id,
            Chf.total(line.amount for line in then),
            Chf.total(line.amount for line in now),
            causes([line.explanation for line in now], _last_told(then)),
        )


def _last_told(lines: Sequence[StatementLine]) -> list[Told]:
    """How the placement was computed last: a correction tells the whole month as it was then."""
    latest = max((line.statement_id for line in lines), default=0)
    told = [line.explanation for line in lines if line.statement_id == latest]
    return [piece for one in told for piece in (one["now"] if "stated" in one else [one])]
