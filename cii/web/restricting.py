"""The restriction of a case on its page: why, who is named, naming and lifting."""

from dataclasses import dataclass, field
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.cases.restricting import (
    LiftRestriction,
    NameReader,
    RemoveReader,
    RestrictCase,
    lift,
    name,
    remove,
    restrict,
    restriction,
)
from cii.web.base import Blueprint, see_other
from cii.web.case_head import case_page, head
from cii.web.versions import seen_version
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("restricting", __name__)


@dataclass(frozen=True)
class WhyForm:
    """A reason, as a form sends it."""

    reason: str = field(metadata={"max": 1000})


@dataclass(frozen=True)
class ReaderForm:
    """Whom a form names."""

    account_ref: str = field(metadata={"max": 10})


@page.get("/cases/<ref:ref>/restriction")
@needs(Permit.RESTRICT_CASE)
def one(ref: str) -> str:
    """Who sees the case."""
    shown = case_page(ref, "one")
    held = restriction(g.work, ref)
    values: dict[str, Any] = head(shown, "restriction")
    return render_template(
        "pages/requests/restriction.html",
        **values,
        held=held,
        readers=[{"name": each.name, "unit": each.unit, "ref": each.ref} for each in held.readers],
        others=[{"value": each.ref, "label": f"{each.name}, {each.unit}"} for each in held.others],
        here=url_for("restricting.one", ref=ref),
    )


@page.post("/cases/<ref:ref>/restriction")
@needs(Permit.RESTRICT_CASE)
@once
@again(one)
def close(ref: str) -> Response:
    """Restrict the case to named readers."""
    restrict(g.work, RestrictCase(ref, asked(WhyForm).reason, seen_version(ref)))
    return see_other("restricting.one", ref=ref)


@page.post("/cases/<ref:ref>/restriction/lifting")
@needs(Permit.RESTRICT_CASE)
@once
@again(one)
def open_(ref: str) -> Response:
    """Lift the restriction."""
    lift(g.work, LiftRestriction(ref, asked(WhyForm).reason, seen_version(ref)))
    return see_other("restricting.one", ref=ref)


@page.post("/cases/<ref:ref>/restriction/readers")
@needs(Permit.RESTRICT_CASE)
@again(one)
def add(ref: str) -> Response:
    """Name a reader."""
    name(g.work, NameReader(ref, asked(ReaderForm).account_ref))
    return see_other("restricting.one", ref=ref)


@page.post("/cases/<ref:ref>/restriction/readers/removal")
@needs(Permit.RESTRICT_CASE)
@again(one)
def take(ref: str) -> Response:
    """Take a name away."""
    remove(g.work, RemoveReader(ref, asked(ReaderForm).account_ref))
    return see_other("restricting.one", ref=ref)
