"""How the API tells of budgets' rows."""

from cii.budgets.tables_ceilings import BudgetTransfer
from cii.wire.answers import only

TRANSFER = only(
    BudgetTransfer, "ref", "year", "amount", "decision", "reason", "granted", called="TransferAnswer"
)
