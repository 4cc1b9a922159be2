"""Consents: kept for a person, withdrawn at any time; what was open because of one closes in that request."""

from dataclasses import dataclass

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.api.case_records import CONSENT, ConsentShown, consents_shown
from cii.people.actions import GiveConsent, give_consent
from cii.routing.actions import take_back_consent
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
    """Keep a consent of the person."""
    row = give_consent(g.work, ask, g.work.actor.units[0])
    return next(one for one in consents_shown(row.person_id) if one.ref == row.ref)


@blueprint.post("/<ref:ref>/withdrawal")
@needs(Permit.RECORD_CONSENT)
@blueprint.response(200, only(Withdrawn, "closed"))
def withdrawn(ref: str) -> Withdrawn:
    """The person withdraws the consent; what was passed on before stays listed."""
    return Withdrawn(take_back_consent(g.work, ref))
