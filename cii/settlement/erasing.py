"""What stands against an erasure in the accounts: places that are not paid for yet.

Statements, payments and attendance hold days and sums of a place, which stay with it; what was said of a line
when it was sent back goes.
"""

from collections.abc import Mapping

from sqlmodel import col, select

from cii.settlement.tables import Statement, StatementLine, StatementRemark
from cii.settlement.vocabulary import StatementState
from cii.store.erasing import GONE, Erased
from cii.store.work import Work

ROWS = (Erased(StatementRemark, (("placement_id", "placement.person_id"),), blank={"reason": GONE}),)


def unpaid(work: Work, places: Mapping[int, bool]) -> int:
    """How many of these places stand in an unpaid statement, or are owed for and stand in no paid one."""
    rows = work.session.exec(
        select(StatementLine.placement_id, Statement.state)
        .join(Statement, col(Statement.id) == col(StatementLine.statement_id))
        .where(col(StatementLine.placement_id).in_(list(places)))
        .distinct()
    ).all()
    waiting = {place for place, state in rows if state is not StatementState.PAID}
    paid = {place for place, _ in rows}
    return len(waiting | {place for place, owing in places.items() if owing and place not in paid})
