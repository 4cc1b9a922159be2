"""What stands against an erasure in the accounts: places that are not paid for yet. Nothing goes here.

Statements, payments and attendance hold days and sums of a place, which stay with it.
"""

from collections.abc import Mapping

from sqlmodel import col, select

from cii.settlement.tables import Statement, StatementLine
from cii.settlement.vocabulary import StatementState
from cii.store.work import Work


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
