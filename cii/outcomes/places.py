"""Reads of the placements under schemes: whom one may claim for, which category they have and why."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.outcomes.queries import formula, own_provider, stays
from cii.outcomes.tables import OutcomeScheme, PlacementCategory, SchemeVersion
from cii.placements.queries import visible_ids
from cii.placements.vocabulary import PlacementState
from cii.store.work import HOUSE, Work

_BEGUN = (PlacementState.STARTED, PlacementState.ENDED)


def _claimable(work: Work) -> ColumnElement[bool]:
    """Placements of a provider's own schemes, or of persons whom the referral service follows."""
    seen = list(own_provider(work.actor))
    if work.actor == HOUSE or work.actor.has_role(Role.REFERRAL_SERVICE):
        seen.append(stays.c.placement_id.in_(visible_ids(work)))
    return or_(*seen) if seen else stays.c.placement_id.in_(())


def placements_under(work: Work, *, after: int = 0, limit: int = 50) -> Sequence[Row[Any]]:
    """Begun placements under a scheme for which the actor may claim, the latest first; `after`: last id.

    Rows: placement_id, placement_ref, person_id, starts_on, ends_on, state, scheme_ref, title, category
    (None: none set), since, reason. The caller tells names of persons, and so that they were seen.
    """
    last = (
        select(
            col(PlacementCategory.placement_id).label("placement_id"),
            col(PlacementCategory.code).label("category"),
            col(PlacementCategory.effective_on).label("since"),
            col(PlacementCategory.reason).label("reason"),
            func.row_number()
            .over(
                partition_by=col(PlacementCategory.placement_id),
                order_by=(col(PlacementCategory.effective_on).desc(), col(PlacementCategory.id).desc()),
            )
            .label("place"),
        )
        .where(col(PlacementCategory.effective_on) <= work.today)
        .subquery("last")
    )
    shown: list[Any] = [
        stays.c.placement_id, stays.c.placement_ref, stays.c.person_id, stays.c.starts_on, stays.c.ends_on,
        stays.c.state, col(OutcomeScheme.ref).label("scheme_ref"), col(OutcomeScheme.title),
        last.c.category, last.c.since, last.c.reason,
    ]  # fmt: skip
    query = (
        select(*shown)
        .join(
            OutcomeScheme,
            (col(OutcomeScheme.agreement_id) == stays.c.agreement_id)
            & (col(OutcomeScheme.line_id) == stays.c.line_id),
        )
        .outerjoin(last, (last.c.placement_id == stays.c.placement_id) & (last.c.place == 1))
        .where(stays.c.state.in_(_BEGUN), _claimable(work))
        .order_by(stays.c.placement_id.desc())
    )
    if after:
        query = query.where(stays.c.placement_id < after)
    return work.session.execute(query.limit(limit)).all()


def kpis(work: Work, scheme_refs: Collection[str]) -> list[str]:
    """The KPIs that published versions of these schemes pay, by name."""
    rows = work.session.scalars(
        select(SchemeVersion)
        .join(OutcomeScheme, col(OutcomeScheme.id) == col(SchemeVersion.scheme_id))
        .where(col(OutcomeScheme.ref).in_(set(scheme_refs)), col(SchemeVersion.published_at).is_not(None))
    )
    return sorted({line.kpi for version in rows for line in formula(version)})
