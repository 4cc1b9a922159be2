"""How participants rate their stays, by the link sent to them: per agreement, as known at a moment."""

from datetime import datetime

from sqlalchemy import case, func, select
from sqlmodel import col

from cii.figures.attendance import payers
from cii.kernel.clock import local_midnight
from cii.kernel.period import Period
from cii.partners.tables import Satisfaction
from cii.store.work import Work

_SATISFIED = 4
"""Of 5, in the question that asks for the whole: "rather" or "very" (000 i.11)."""


def ratings(work: Work, period: Period, known_at: datetime) -> dict[int, tuple[int, int]]:
    """Who answered in the period and who of them is satisfied, per agreement that pays for the stay."""
    payer, row = payers(), Satisfaction
    found = work.session.execute(
        select(
            payer.c.agreement_id,
            func.count(),
            func.sum(case((col(row.overall) >= _SATISFIED, 1), else_=0)),
        )
        .join(payer, payer.c.placement_id == col(row.subject_id))
        .where(
            col(row.subject) == "placement",
            col(row.at) >= local_midnight(period.start),
            col(row.at) < local_midnight(period.end),
            col(row.at) <= known_at,
        )
        .group_by(payer.c.agreement_id)
    )
    return {agreement: (int(answered), int(satisfied)) for agreement, answered, satisfied in found}
