"""Names of accounts beside the rows of other rooms' lists."""

from typing import Any

from sqlalchemy import select as columns
from sqlmodel import col

from cii.access.tables import Account


def account_name(account_id: Any) -> Any:  # noqa: ANN401 - columns
    """The name of the account in this column, as a column of the same statement; none where there is none."""
    named = columns(col(Account.name)).where(col(Account.id) == account_id)
    return named.correlate_except(Account).scalar_subquery()
