"""Which cases are for named readers only, and whom they name: the one condition that every read carries."""

from typing import Any

from sqlalchemy import ColumnElement, or_, true
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.access.tables import AccessGrant
from cii.access.tables_restricted import CaseReader, CaseRestriction
from cii.store.work import HOUSE, Actor, Work


def not_restricted(case_id: Any, actor: Actor) -> ColumnElement[bool]:  # noqa: ANN401 - a column of any room
    """That the case in that column, if there is one, is not for named readers only, or names the actor.

    The bearer of a link into a restricted case is named by the reader who made it.
    """
    if actor == HOUSE:
        return true()
    return or_(case_id.is_(None), case_id.not_in(_closed_to(actor, col(CaseRestriction.case_id))))


def ref_not_restricted(case_ref: Any, actor: Actor) -> ColumnElement[bool]:  # noqa: ANN401 - a column of any room
    """The same for a column with the outward name of a case."""
    if actor == HOUSE:
        return true()
    named: ColumnElement[bool] = case_ref.not_in(_closed_to(actor, col(CaseRestriction.case_ref)))
    return named


def _closed_to(actor: Actor, told: Any) -> Any:  # noqa: ANN401 - a column, a select of it
    """The restricted cases that do not name the actor: few, and asked once per statement."""
    named = (
        select(CaseReader.id)
        .where(
            col(CaseReader.case_id) == col(CaseRestriction.case_id),
            col(CaseReader.account_id) == actor.account_id,
            col(CaseReader.closed_at).is_(None),
        )
        .correlate(CaseRestriction)
        .exists()
    )
    closed = columns(told).where(col(CaseRestriction.lifted_at).is_(None), ~named)
    if not actor.links:
        return closed
    shown = select(AccessGrant.case_id).where(
        col(AccessGrant.id).in_(actor.links), col(AccessGrant.case_id).is_not(None)
    )
    return closed.where(col(CaseRestriction.case_id).not_in(shown))


def made_by_reader(case_id: Any, account_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns of a link
    """That the case is not for named readers only, or that the account in that column is one of them now."""
    restricted = (
        select(CaseRestriction.id)
        .where(col(CaseRestriction.case_id) == case_id, col(CaseRestriction.lifted_at).is_(None))
        .exists()
    )
    named = (
        select(CaseReader.id)
        .where(
            col(CaseReader.case_id) == case_id,
            col(CaseReader.account_id) == account_id,
            col(CaseReader.closed_at).is_(None),
        )
        .exists()
    )
    return or_(~restricted, named)


def restriction_of(work: Work, case_id: int) -> CaseRestriction | None:
    """Why and since when a case is for named readers only, None when it is not."""
    return work.session.exec(
        select(CaseRestriction).where(
            col(CaseRestriction.case_id) == case_id, col(CaseRestriction.lifted_at).is_(None)
        )
    ).first()


def readers_of(work: Work, case_id: int) -> list[CaseReader]:
    """Who is named to see a restricted case now, in the order of naming."""
    return list(
        work.session.exec(
            select(CaseReader)
            .where(col(CaseReader.case_id) == case_id, col(CaseReader.closed_at).is_(None))
            .order_by(col(CaseReader.id))
        )
    )
