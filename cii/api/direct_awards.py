"""The direct award of an agreement, published with its requirements and criteria."""

from collections.abc import Callable

from flask import g

from cii.access.permits import Permit
from cii.agreements.queries import agreement_by_ref
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.calls.direct import PublishDirect, publish_direct
from cii.calls.schemas import CALL
from cii.calls.shown import call_shown
from cii.wire.doors import needs, once

blueprint = Blueprint("api-direct-awards", __name__, url_prefix=f"{PREFIX}/agreements")


@blueprint.post("/<ref:ref>/direct-award")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(PublishDirect, given=("agreement_ref",))
@blueprint.response(201, CALL)
def published(ask: Callable[..., PublishDirect], ref: str) -> Tagged:
    """Publish it once; while the text is open, its criteria become those of the evaluation."""
    matched(ref, agreement_by_ref(g.work, ref).version)
    made = publish_direct(g.work, ask(agreement_ref=ref))
    return tagged(call_shown(g.work, made.ref), made.ref, made.version)
