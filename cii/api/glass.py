"""Break-glass: open in an emergency, end, inform the person, review."""

from collections.abc import Callable
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.requests.actions_glass import (
    OpenGlass,
    ReviewGlass,
    end_glass,
    open_glass,
    person_informed,
    review_glass,
)
from cii.requests.queries_glass import GlassRow, opening, openings
from cii.requests.schemas import GLASS_SHOWN
from cii.wire.answers import paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-glass", __name__, url_prefix=f"{PREFIX}/break-glass")
Ask = Callable[..., Any]
SEES = (Permit.BREAK_GLASS, Permit.REVIEW_BREAK_GLASS)


@blueprint.get("")
@needs(*SEES)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(GLASS_SHOWN))
def listed(ask: PageAsked) -> Page[GlassRow]:
    """My emergency accesses, for the officer those of everybody; the newest first."""
    return openings(g.work, mark=ask.after, limit=ask.limit)


@blueprint.post("")
@needs(Permit.BREAK_GLASS)
@once
@blueprint.arguments(OpenGlass)
@blueprint.response(201, GLASS_SHOWN)
def opened(ask: OpenGlass) -> GlassRow:
    """Open a case by its number, or the open cases of a person by AVS number, for a few hours."""
    row, _ = open_glass(g.work, ask)
    return opening(g.work, row.ref)


@blueprint.get("/<ref:ref>")
@needs(*SEES)
@blueprint.response(200, GLASS_SHOWN)
def one(ref: str) -> GlassRow:
    """One emergency access."""
    return opening(g.work, ref)


@blueprint.post("/<ref:ref>/end")
@needs(Permit.BREAK_GLASS)
@blueprint.response(200, GLASS_SHOWN)
def ended(ref: str) -> GlassRow:
    """End it before its time."""
    end_glass(g.work, ref)
    return opening(g.work, ref)


@blueprint.post("/<ref:ref>/information")
@needs(Permit.REVIEW_BREAK_GLASS)
@blueprint.response(200, GLASS_SHOWN)
def informed(ref: str) -> GlassRow:
    """The person was informed."""
    person_informed(g.work, ref)
    return opening(g.work, ref)


@blueprint.post("/<ref:ref>/review")
@needs(Permit.REVIEW_BREAK_GLASS)
@once
@blueprint.arguments(ReviewGlass, given=("glass_ref",))
@blueprint.response(200, GLASS_SHOWN)
def reviewed(ask: Ask, ref: str) -> GlassRow:
    """Keep what the review found; never by who opened."""
    review_glass(g.work, ask(glass_ref=ref))
    return opening(g.work, ref)
