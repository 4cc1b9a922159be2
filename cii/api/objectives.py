"""The individual objectives of a placement: set, read, signed on paper. By link the person signs alone."""

from collections.abc import Callable

from flask import g

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.api.base import PREFIX, Blueprint
from cii.placements.objectives import (
    ObjectiveView,
    SetObjectives,
    SignOnPaper,
    objectives_of,
    set_objectives,
    sign_on_paper,
)
from cii.placements.queries import placement_by_ref
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-objectives", __name__, url_prefix=f"{PREFIX}/placements")
OBJECTIVE = only(
    ObjectiveView, "number", "goal", "balance_on", "signed_at", "signed_how", "signed_on",
    called="IndividualObjectiveAnswer",
)  # fmt: skip


@blueprint.get("/<ref:ref>/objectives")
@needs(Permit.ASSIGN_PLACEMENT)
@blueprint.response(200, paged(OBJECTIVE))
def listed(ref: str) -> Page[ObjectiveView]:
    """The objectives of a placement with their signatures, in their order."""
    return _shown(placement_by_ref(g.work, ref).id or 0)


@blueprint.post("/<ref:ref>/objectives")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@blueprint.arguments(SetObjectives, given=("placement_ref",))
@blueprint.response(201, paged(OBJECTIVE))
def added(ask: Callable[..., SetObjectives], ref: str) -> Page[ObjectiveView]:
    """Add objectives, each with its day of balance; returns all of the placement."""
    return _shown(set_objectives(g.work, ask(placement_ref=ref)).id or 0)


@blueprint.post("/<ref:ref>/objectives/signature")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@blueprint.arguments(SignOnPaper, given=("placement_ref",))
@blueprint.response(200, paged(OBJECTIVE))
def signed(ask: Callable[..., SignOnPaper], ref: str) -> Page[ObjectiveView]:
    """Record on which day the person signed on paper what is not signed yet."""
    return Page(sign_on_paper(g.work, ask(placement_ref=ref)))


def _shown(placement_id: int) -> Page[ObjectiveView]:
    g.work.saw("placement", [placement_id], int(Section.PLACEMENT))
    return Page(objectives_of(g.work, placement_id))
