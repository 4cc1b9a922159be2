"""Where a year account moves money once the books of its year are closed."""

from cii.budgets.queries_late import LateBooks, late_books
from cii.final_accounts.queries import payments_of
from cii.final_accounts.tables import YearAccount
from cii.store.work import Work


def late_of(work: Work, account: YearAccount) -> LateBooks | None:
    """The closed year and the open one that takes its settlement and payments; None while it is open."""
    sources: dict[str, list[int]] = {"final_account": [account.id or 0]}
    for one in payments_of(work, account.id or 0):
        sources.setdefault(one.kind.value, []).append(one.id or 0)
    return late_books(work, account.line_id, account.year, sources)
