"""How many stays began in a year at each provider, for the instrument that binds it (000 §4.1)."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlmodel import col

from cii.institutions.queries import line_facts
from cii.kernel.period import Period
from cii.placements.tables import Placement
from cii.placements.vocabulary import FINANCED
from cii.store.work import Work


def stays_begun(work: Work, year: Period) -> Mapping[int, int]:
    """Stays begun in the period by the provider's unit; those of the actor's sectors, of all for the others.

    A number per enterprise, no person: only offices that pay are told.
    """
    wanted = select(col(Placement.provider_unit_id), func.count()).where(
        col(Placement.provider_unit_id).is_not(None),
        col(Placement.state).in_(FINANCED),
        col(Placement.starts_on) >= year.start,
        col(Placement.starts_on) < year.end,
    )
    if sectors := work.actor.sectors():
        mine = select(line_facts.c.line_id).where(line_facts.c.sector.in_(sectors))
        wanted = wanted.where(col(Placement.line_id).in_(mine))
    return {row[0]: row[1] for row in work.session.execute(wanted.group_by(col(Placement.provider_unit_id)))}
