"""Early warnings: what a provider tells before it happens, and what is answered."""

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import agreement_by_ref
from cii.figures.vocabulary import Volume
from cii.kernel.errors import NotAllowed
from cii.people.queries import label
from cii.placements.foreseeing import (
    AnswerForeseen,
    ForeseeInterruption,
    answer_foreseen,
    foresee_interruption,
)
from cii.placements.queries import placement_by_ref
from cii.placements.vocabulary import InterruptionReason
from cii.providers.overruns import (
    AnswerOverrun,
    ForeseeOverrun,
    answer_overrun,
    foresee_overrun,
    is_its_provider,
)
from cii.web.agreements import one as agreement_page
from cii.web.base import Blueprint, see_other
from cii.web.choices import choice_asked, options
from cii.web.foreseen_words import overrun_kinds, overrun_proposed
from cii.web.stays import life
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("foreseen", __name__)


@page.get("/provider/placements/<ref:ref>/interruption")
@needs(Permit.ANSWER_PLACEMENT)
def interruption(ref: str) -> str:
    """The form by which a provider tells that a stay may break off."""
    held = placement_by_ref(g.work, ref)
    names = label(g.work, [held.person_id])
    return render_template(
        "pages/provider/interruption.html",
        ref=ref,
        name=names[held.person_id].name if held.person_id in names else ref,
        reasons=options(InterruptionReason, "interruption-reason"),
        reason=choice_asked(InterruptionReason, "reason") or "",
        first=max(held.starts_on, g.work.today),
        last=held.ends_on,
    )


@page.post("/provider/placements/<ref:ref>/interruption")
@needs(Permit.ANSWER_PLACEMENT)
@once
@again(interruption)
def interruption_told(ref: str) -> Response:
    """Tell who placed the person that the stay may break off."""
    foresee_interruption(g.work, asked(ForeseeInterruption, placement_ref=ref))
    return see_other("provider.placement", ref=ref)


@page.post("/cases/<ref:ref>/placements/<ref:placement>/life/foreseen")
@needs(Permit.END_PLACEMENT)
@once
@again(life)
def interruption_answered(ref: str, placement: str) -> Response:
    """Answer the provider with what is agreed."""
    answer_foreseen(g.work, asked(AnswerForeseen, placement_ref=placement))
    return see_other("stays.life", ref=ref, placement=placement, done="moved")


@page.get("/provider/agreements/<ref:ref>/overrun")
@needs(Permit.SEE_PARTICIPANTS)
def overrun(ref: str) -> str:
    """The form by which a provider tells that an agreement will not suffice, filled in from a projection."""
    found = agreement_by_ref(g.work, ref)
    if not is_its_provider(g.work, found):
        raise NotAllowed
    return render_template(
        "pages/provider/overrun.html",
        agreement=found,
        kinds=overrun_kinds(),
        proposed=overrun_proposed(g.work, ref, choice_asked(Volume, "volume")),
        back=url_for("agreements.one", ref=ref),
    )


@page.post("/provider/agreements/<ref:ref>/overrun")
@needs(Permit.SEE_PARTICIPANTS)
@once
@again(overrun)
def overrun_told(ref: str) -> Response:
    """Tell the agreement's manager that it will not suffice."""
    foresee_overrun(g.work, asked(ForeseeOverrun, agreement_ref=ref))
    return see_other("agreements.one", ref=ref)


@page.post("/agreements/<ref:ref>/overruns")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(agreement_page)
def overrun_answered(ref: str) -> Response:
    """Answer the provider with what is agreed."""
    answer_overrun(g.work, asked(AnswerOverrun, agreement_ref=ref))
    return see_other("agreements.one", ref=ref)


__all__ = ["page"]
