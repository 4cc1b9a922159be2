"""Consents: kept for a person, withdrawn at any time; what was open because of one closes in that request."""

from dataclasses import dataclass

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.api.case_records import CONSENT, ConsentShown, consents_shown
from cii.people.actions import GiveConsent, acting_unit
from cii.people.queries import person_by_ref
from cii.routing.actions import take_back_consent
from cii.routing.bases import keep_consent
from cii.wire.answers import only
from cii.wire.doors import needs

blueprint = Blueprint("api-consents", __name__, url_prefix=f"{PREFIX}/consents")


@dataclass(frozen=True)
class Withdrawn:
    """How many accesses of others ended with the consent."""

    closed: int


@blueprint.post("")
@needs(Permit.RECORD_CONSENT)
@blueprint.arguments(GiveConsent)
@blueprint.response(201, CONSENT)
def given(ask: GiveConsent) -> ConsentShown:
    """Keep a consent of the person; units that lost their part with a withdrawn one come back with it."""
    person = person_by_ref(g.work, ask.person_ref)
    row, _ = keep_consent(g.work, ask, acting_unit(g.work, person.id or 0, ask.unit_ref))
    return next(one for one in consents_shown(row.person_id) if one.ref == row.ref)


@blueprint.post("/<ref:ref>/withdrawal")
@needs(Permit.RECORD_CONSENT)
@blueprint.response(200, only(Withdrawn, "closed"))
def withdrawn(ref: str) -> Withdrawn:
    """The person withdraws the consent; what was passed on before stays listed."""
    return Withdrawn(take_back_consent(g.work, ref))
