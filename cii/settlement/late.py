"""Where a statement moves money once the books of its year are closed."""

from cii.budgets.queries_late import LateBooks, late_books
from cii.placements.ledger import STATEMENT
from cii.settlement.tables import Statement
from cii.store.work import Work


def late_of(work: Work, statement: Statement) -> LateBooks | None:
    """The closed year of its month and the open one that takes its sums; None while it is open."""
    sources = {STATEMENT: [statement.id or 0]}
    return late_books(work, statement.line_id, statement.period_start.year, sources)
