"""Reads of months: what each line has to pay, one month's list, what measures say they paid."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, and_, case, func, or_, select, true, type_coerce
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.institutions.queries import line_facts
from cii.placements.queries import visible_ids
from cii.store.work import HOUSE, Work
from cii.wages.queries import own_lines, parts_visible, places, stays
from cii.wages.tables import PaidWage, WageGrant, WagePart, WageResult
from cii.wages.vocabulary import LIVE, GrantKind, GrantState, WageState


def _count(state: WageState) -> ColumnElement[int]:
    return func.sum(case((col(WagePart.state) == state, 1), else_=0)).label(state.value)


def months_list(work: Work, *, since: date | None = None, limit: int = 100) -> Sequence[Row[Any]]:
    """Participants' pay by month and line, the latest month first, of the lines that the actor may see.

    Rows: month, line_id, line (code), line_ref, amount (centimes), and how many parts are computed, checked,
    approved, paid.
    """
    amount = func.sum(type_coerce(col(WagePart.amount), BigInteger)).label("amount")
    counts = [_count(state) for state in LIVE]
    query = (
        select(
            col(WageResult.month), line_facts.c.line_id, line_facts.c.code.label("line"),
            line_facts.c.line_ref, amount, *counts,
        )
        .join_from(WagePart, WageResult, col(WageResult.id) == col(WagePart.result_id))
        .join(WageGrant, col(WageGrant.id) == col(WageResult.grant_id))
        .join(line_facts, line_facts.c.line_id == col(WagePart.line_id))
        .where(
            parts_visible(work), col(WageGrant.kind) == GrantKind.PAY, col(WagePart.state).in_(LIVE)
        )
        .group_by(col(WageResult.month), line_facts.c.line_id, line_facts.c.code, line_facts.c.line_ref)
        .order_by(col(WageResult.month).desc(), line_facts.c.code)
    )  # fmt: skip
    if since is not None:
        query = query.where(col(WageResult.month) >= since)
    return work.session.execute(query.limit(limit)).all()


def parts_list(
    work: Work,
    *,
    kinds: Collection[GrantKind] = (),
    states: Collection[WageState] = (),
    line_id: int | None = None,
    month: date | None = None,
    after: int = 0,
    limit: int = 50,
) -> Sequence[Row[Any]]:
    """The parts that the actor may see, the newest first; `after` is the last id shown.

    Rows: id, ref, line (code), line_id, month, number, kind, amount, state, prepared_by, checked_by,
    approved_by, version, explanation, slip, grant_ref, employer, placement_ref, person_id. The caller tells
    names of persons, and so that they were seen.
    """
    shown: list[Any] = [
        col(WagePart.id), col(WagePart.ref), line_facts.c.code.label("line"), col(WagePart.line_id),
        col(WageResult.month), col(WageResult.number), col(WageGrant.kind), col(WagePart.amount),
        col(WagePart.state), col(WagePart.prepared_by), col(WagePart.checked_by), col(WagePart.approved_by),
        col(WagePart.version), col(WageResult.explanation), col(WageResult.slip),
        col(WageGrant.ref).label("grant_ref"), col(WageGrant.employer), places.c.placement_ref,
        places.c.person_id,
    ]  # fmt: skip
    query = (
        select(*shown)
        .join_from(WagePart, WageResult, col(WageResult.id) == col(WagePart.result_id))
        .join(WageGrant, col(WageGrant.id) == col(WageResult.grant_id))
        .join(places, places.c.placement_id == col(WageGrant.placement_id))
        .join(line_facts, line_facts.c.line_id == col(WagePart.line_id))
        .where(parts_visible(work))
    )
    if kinds:
        query = query.where(col(WageGrant.kind).in_(kinds))
    if states:
        query = query.where(col(WagePart.state).in_(states))
    if line_id is not None:
        query = query.where(col(WagePart.line_id) == line_id)
    if month is not None:
        query = query.where(col(WageResult.month) == month)
    if after:
        query = query.where(col(WagePart.id) < after)
    return work.session.execute(query.order_by(col(WagePart.id).desc()).limit(limit)).all()


def parts_in(work: Work, line_id: int, month: date, state: WageState) -> list[WagePart]:
    """Participants' pay of a line's month that stands in a state, in order."""
    return list(
        work.session.scalars(
            select(WagePart)
            .join(WageResult, col(WageResult.id) == col(WagePart.result_id))
            .join(WageGrant, col(WageGrant.id) == col(WageResult.grant_id))
            .where(
                parts_visible(work),
                col(WageGrant.kind) == GrantKind.PAY,
                col(WagePart.line_id) == line_id,
                col(WageResult.month) == month,
                col(WagePart.state) == state,
            )
            .order_by(col(WageResult.number), col(WagePart.id))
        )
    )


def earlier_parts(work: Work, part: WagePart, result: WageResult) -> list[WagePart]:
    """The line's parts of earlier rows of the same month, but for those declined."""
    return list(
        work.session.scalars(
            select(WagePart)
            .join(WageResult, col(WageResult.id) == col(WagePart.result_id))
            .where(
                col(WageResult.grant_id) == result.grant_id,
                col(WageResult.month) == result.month,
                col(WageResult.number) < result.number,
                col(WagePart.line_id) == part.line_id,
                col(WagePart.state).in_(LIVE),
            )
        )
    )


def paying_grants(work: Work, line_id: int, first: date, last: date) -> list[WageGrant]:
    """Decisions on pay in force between two days (both inside) for placements that the line pays."""
    paid = select(stays.c.placement_id).where(stays.c.line_id == line_id)
    return list(
        work.session.scalars(
            select(WageGrant)
            .where(
                col(WageGrant.kind) == GrantKind.PAY,
                col(WageGrant.state) == GrantState.GRANTED,
                col(WageGrant.starts_on) <= last,
                col(WageGrant.ends_on) >= first,
                col(WageGrant.placement_id).in_(paid),
            )
            .order_by(col(WageGrant.id))
        )
    )


def told_against_scale(work: Work, *, after: int = 0, limit: int = 50) -> Sequence[Row[Any]]:
    """What measures say they paid, the newest first, beside what the scale says; `after`: last id shown.

    Rows: id, month, amount (told), recorded_at, placement_ref, person_id, by_scale (centimes; None: nothing
    is computed). Only what was told last of a month.
    """
    sums, last = by_scale(), last_told()
    shown: list[Any] = [
        col(PaidWage.id), col(PaidWage.month), col(PaidWage.amount), col(PaidWage.recorded_at),
        places.c.placement_ref, places.c.person_id, sums.c.by_scale,
    ]  # fmt: skip
    query = (
        select(*shown)
        .join_from(PaidWage, last, last.c.id == col(PaidWage.id))
        .join(places, places.c.placement_id == col(PaidWage.placement_id))
        .outerjoin(
            sums,
            and_(sums.c.placement_id == col(PaidWage.placement_id), sums.c.month == col(PaidWage.month)),
        )
        .where(_told_visible(work))
    )
    if after:
        query = query.where(col(PaidWage.id) < after)
    return work.session.execute(query.order_by(col(PaidWage.id).desc()).limit(limit)).all()


def _told_visible(work: Work) -> ColumnElement[bool]:
    if work.actor == HOUSE or work.actor.has_role(Role.AUDITOR):
        return true()
    paid = select(stays.c.placement_id).where(stays.c.line_id.in_(own_lines(work.actor)))
    placement = col(PaidWage.placement_id)
    return or_(placement.in_(visible_ids(work)), placement.in_(paid))


def last_told() -> Any:  # noqa: ANN401 - a subquery
    """The row that counts of each placement and month: id."""
    return (
        select(func.max(col(PaidWage.id)).label("id"))
        .group_by(col(PaidWage.placement_id), col(PaidWage.month))
        .subquery("last_told")
    )


def by_scale() -> Any:  # noqa: ANN401 - a subquery
    """What the scale comes to: placement_id, month, by_scale (centimes)."""
    return (
        select(
            col(WageGrant.placement_id).label("placement_id"),
            col(WageResult.month).label("month"),
            func.sum(type_coerce(col(WagePart.amount), BigInteger)).label("by_scale"),
        )
        .join_from(WagePart, WageResult, col(WageResult.id) == col(WagePart.result_id))
        .join(WageGrant, col(WageGrant.id) == col(WageResult.grant_id))
        .where(col(WageGrant.kind) == GrantKind.PAY, col(WagePart.state).in_(LIVE))
        .group_by(col(WageGrant.placement_id), col(WageResult.month))
        .subquery("by_scale")
    )
