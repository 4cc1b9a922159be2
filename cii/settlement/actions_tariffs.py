"""Agreeing a tariff in the light of what has been stated: a stated month keeps its price."""

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.actions import AddTariff, add_tariff
from cii.agreements.queries import agreements_buying
from cii.agreements.rules_tariffs import StatedMonth
from cii.agreements.tables import Tariff
from cii.institutions.queries import line_by_ref
from cii.measures.queries import measure_by_ref
from cii.settlement.rules import DRAFTS
from cii.settlement.tables import Statement
from cii.store.work import Work


def agree_tariff(work: Work, ask: AddTariff) -> Tariff:
    """Add a dated tariff, as `add_tariff` does; refuses also MonthStated, whoever's agreement stated it.

    A month counts as stated once its statement is submitted.
    """
    measure, line = measure_by_ref(work, ask.measure_ref), line_by_ref(work, ask.line_ref)
    return add_tariff(work, ask, stated_months(work, measure.id or 0, line.id or 0))


def stated_months(work: Work, measure_id: int, line_id: int) -> list[StatedMonth]:
    """The months of a measure that a statement to this line has gone out for, by month."""
    bought = agreements_buying(measure_id, line_id).subquery("bought")
    rows = work.session.execute(
        select(col(Statement.period_start), bought.c.number)
        .join(bought, bought.c.agreement_id == col(Statement.agreement_id))
        .where(col(Statement.line_id) == line_id, col(Statement.state).not_in(DRAFTS))
        .distinct()
        .order_by(col(Statement.period_start))
    )
    return [StatedMonth(row[0], row[1]) for row in rows]
