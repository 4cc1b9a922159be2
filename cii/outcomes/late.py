"""Where an outcome moves money once the books of its year are closed."""

from cii.budgets.queries_late import LateBooks, late_books
from cii.outcomes.tables import Outcome, OutcomeScheme
from cii.store.work import Work


def late_of(work: Work, outcome: Outcome) -> LateBooks | None:
    """The closed year in which it fell due and the open one that pays it; None while it is open."""
    scheme = work.session.get_one(OutcomeScheme, outcome.scheme_id)
    return late_books(work, scheme.line_id, outcome.due_on.year, {"outcome": [outcome.id or 0]})
