"""What was recorded about where persons stand, for whoever asks what is new in cases."""

from typing import Any

from sqlalchemy import Subquery, literal, or_, select
from sqlmodel import col

from cii.access.queries import person_visible
from cii.access.vocabulary import Section
from cii.people.tables import SystemStatus
from cii.store.work import Work


def changes(work: Work, files: Subquery) -> list[Any]:
    """Statuses of the persons of these files (case_id, person_id): my units' own, and where they are open."""
    return [
        select(
            files.c.case_id.label("case_id"),
            literal("status").label("kind"),
            col(SystemStatus.unit_id).label("unit_id"),
            col(SystemStatus.account_id).label("account_id"),
            col(SystemStatus.recorded_at).label("at"),
        )
        .select_from(files)
        .join(SystemStatus, col(SystemStatus.person_id) == files.c.person_id)
        .where(
            or_(
                col(SystemStatus.unit_id).in_(work.actor.units),
                person_visible(col(SystemStatus.person_id), work.actor, work.now, Section.PLAN),
            )
        )
    ]
