"""Early warnings: what a provider tells before it happens, and what is answered (000, indication 15)."""

from collections.abc import Callable

from flask import g

from cii.access.permits import Permit
from cii.agreements.queries import agreement_by_ref
from cii.api.base import PREFIX, Blueprint
from cii.placements.foreseeing import (
    AnswerForeseen,
    ForeseeInterruption,
    answer_foreseen,
    foresee_interruption,
    interruptions,
)
from cii.placements.queries import placement_by_ref
from cii.placements.schemas_foreseen import INTERRUPTION
from cii.placements.tables_foreseen import InterruptionNotice
from cii.providers.overruns import (
    AnswerOverrun,
    ForeseeOverrun,
    answer_overrun,
    foresee_overrun,
    overruns,
)
from cii.providers.schemas import OVERRUN
from cii.providers.tables_overruns import OverrunNotice
from cii.wire.answers import paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-foreseen", __name__, url_prefix=PREFIX)


@blueprint.get("/placements/<ref:ref>/interruption-notices")
@needs(Permit.ANSWER_PLACEMENT, Permit.END_PLACEMENT)
@blueprint.response(200, paged(INTERRUPTION))
def interruptions_told(ref: str) -> Page[InterruptionNotice]:
    """The interruptions foreseen of a stay, the oldest first; for its provider and the case's services."""
    return Page(list(interruptions(g.work, placement_by_ref(g.work, ref))))


@blueprint.post("/placements/<ref:ref>/interruption-notices")
@needs(Permit.ANSWER_PLACEMENT)
@once
@blueprint.arguments(ForeseeInterruption, given=("placement_ref",))
@blueprint.response(201, INTERRUPTION)
def interruption(ask: Callable[..., ForeseeInterruption], ref: str) -> InterruptionNotice:
    """The provider tells who placed the person that the stay may break off; one notice at a time."""
    return foresee_interruption(g.work, ask(placement_ref=ref))


@blueprint.post("/placements/<ref:ref>/interruption-notices/<ref:notice>/answer")
@needs(Permit.END_PLACEMENT)
@once
@blueprint.arguments(AnswerForeseen, given=("placement_ref", "notice_ref"))
@blueprint.response(200, INTERRUPTION)
def interruption_answered(ask: Callable[..., AnswerForeseen], ref: str, notice: str) -> InterruptionNotice:
    """Answer a notice once, with what is agreed; the provider is told."""
    return answer_foreseen(g.work, ask(placement_ref=ref, notice_ref=notice))


@blueprint.get("/agreements/<ref:ref>/overrun-notices")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, paged(OVERRUN))
def overruns_told(ref: str) -> Page[OverrunNotice]:
    """The overruns foreseen under an agreement, the oldest first."""
    return Page(list(overruns(g.work, agreement_by_ref(g.work, ref).id or 0)))


@blueprint.post("/agreements/<ref:ref>/overrun-notices")
@needs(Permit.SEE_PARTICIPANTS)
@once
@blueprint.arguments(ForeseeOverrun, given=("agreement_ref",))
@blueprint.response(201, OVERRUN)
def overrun(ask: Callable[..., ForeseeOverrun], ref: str) -> OverrunNotice:
    """The provider tells that an agreement will not suffice: francs of its budget or days of its volume."""
    return foresee_overrun(g.work, ask(agreement_ref=ref))


@blueprint.post("/agreements/<ref:ref>/overrun-notices/<ref:notice>/answer")
@needs(Permit.EDIT_AGREEMENTS)
@once
@blueprint.arguments(AnswerOverrun, given=("agreement_ref", "notice_ref"))
@blueprint.response(200, OVERRUN)
def overrun_answered(ask: Callable[..., AnswerOverrun], ref: str, notice: str) -> OverrunNotice:
    """Answer a notice once, with what is agreed; the provider is told."""
    return answer_overrun(g.work, ask(agreement_ref=ref, notice_ref=notice))


__all__ = ["blueprint"]
