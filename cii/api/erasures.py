"""Holds on a person's data, and erasures under four eyes."""

from collections.abc import Callable
from typing import Any

from flask import Response, g

from cii.access.permits import Permit
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.rights.certificate import certificate
from cii.rights.erasure import PrepareErasure, RejectErasure, approve, prepare, reject
from cii.rights.holds import HoldRow, LiftHold, SetHold, hold_view, holds, lift_hold, set_hold
from cii.rights.queries_erasing import ErasureRow, erasure_view, erasures
from cii.rights.schemas_erasing import ERASURE, HOLD
from cii.wire import language
from cii.wire.answers import paged
from cii.wire.doors import needs, once
from cii.wire.files import handed_out
from cii.wire.pages import Page

blueprint = Blueprint("api-erasures", __name__, url_prefix=PREFIX)
Ask = Callable[..., Any]


@blueprint.get("/legal-holds")
@needs(Permit.ERASE_PERSON)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(HOLD))
def held(ask: PageAsked) -> Page[HoldRow]:
    """Holds on data of persons, the newest first."""
    return holds(g.work, mark=ask.after, limit=ask.limit)


@blueprint.post("/legal-holds")
@needs(Permit.ERASE_PERSON)
@once
@blueprint.arguments(SetHold)
@blueprint.response(201, HOLD)
def hold(ask: SetHold) -> HoldRow:
    """Hold the data of a person: nothing of theirs is erased."""
    return hold_view(g.work, set_hold(g.work, ask).ref)


@blueprint.get("/legal-holds/<ref:ref>")
@needs(Permit.ERASE_PERSON)
@blueprint.response(200, HOLD)
def one_hold(ref: str) -> HoldRow:
    """One hold."""
    return hold_view(g.work, ref)


@blueprint.post("/legal-holds/<ref:ref>/lifting")
@needs(Permit.ERASE_PERSON)
@once
@blueprint.arguments(LiftHold, given=("hold_ref",))
@blueprint.response(200, HOLD)
def lifted(ask: Ask, ref: str) -> HoldRow:
    """End a hold before its day, with the reason."""
    lift_hold(g.work, ask(hold_ref=ref))
    return hold_view(g.work, ref)


@blueprint.get("/erasures")
@needs(Permit.APPROVE_ERASURE)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(ERASURE))
def every(ask: PageAsked) -> Page[ErasureRow]:
    """Erasures, the newest first."""
    return erasures(g.work, mark=ask.after, limit=ask.limit)


@blueprint.post("/erasures")
@needs(Permit.ERASE_PERSON)
@once
@blueprint.arguments(PrepareErasure)
@blueprint.response(201, ERASURE)
def prepared(ask: PrepareErasure) -> ErasureRow:
    """Prepare an erasure; nothing goes until somebody else approves it."""
    return erasure_view(g.work, prepare(g.work, ask.person, ask.ground, ask.reason).ref)


@blueprint.get("/erasures/<ref:ref>")
@needs(Permit.APPROVE_ERASURE)
@blueprint.response(200, ERASURE)
def one(ref: str) -> ErasureRow:
    """One erasure: what would go, or what went."""
    return erasure_view(g.work, ref)


@blueprint.post("/erasures/<ref:ref>/approval")
@needs(Permit.APPROVE_ERASURE)
@once
@blueprint.response(200, ERASURE)
def approved(ref: str) -> ErasureRow:
    """Erase the person now; never by who prepared it."""
    approve(g.work, ref)
    return erasure_view(g.work, ref)


@blueprint.post("/erasures/<ref:ref>/rejection")
@needs(Permit.APPROVE_ERASURE)
@once
@blueprint.arguments(RejectErasure, given=("erasure_ref",))
@blueprint.response(200, ERASURE)
def rejected(ask: Ask, ref: str) -> ErasureRow:
    """The person stays, with the reason; never by who prepared it."""
    reject(g.work, ask(erasure_ref=ref))
    return erasure_view(g.work, ref)


@blueprint.get("/erasures/<ref:ref>/certificate.pdf")
@needs(Permit.APPROVE_ERASURE)
@blueprint.response(200, content_type="application/pdf")
def certified(ref: str) -> Response:
    """The certificate of an erasure that is done, in numbers only."""
    made = certificate(g.work, ref, language.lang())
    return handed_out([made], f"cii-erasure-{ref}.pdf", "application/pdf", len(made))
