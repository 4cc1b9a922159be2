"""Announcing a detected person: the case, its path, who is asked to lead."""

from dataclasses import dataclass

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import unit_shown
from cii.institutions.queries import UnitLabel
from cii.institutions.schemas import UNIT
from cii.routing.actions import Announce, announce
from cii.routing.vocabulary import Path
from cii.wire.answers import only
from cii.wire.doors import needs, once

blueprint = Blueprint("api-announcements", __name__, url_prefix=f"{PREFIX}/announcements")


@dataclass(frozen=True)
class AnnouncedShown:
    """The case that was opened, and the unit that is asked to lead it."""

    path: Path
    case_ref: str
    case_number: str
    lead_asked: UnitLabel | None
    referral_ref: str | None


@blueprint.post("")
@needs(Permit.ANNOUNCE_PERSON)
@once
@blueprint.arguments(Announce)
@blueprint.response(
    201, only(AnnouncedShown, "path", "case_ref", "case_number", "referral_ref", lead_asked=UNIT)
)
def announced(ask: Announce) -> AnnouncedShown:
    """Announce a detected person; refused with every reason at once."""
    done = announce(g.work, ask)
    lead = unit_shown(g.work, done.lead_unit_id)
    return AnnouncedShown(done.path, done.case.ref, done.case.number, lead, done.referral_ref)
