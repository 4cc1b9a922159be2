"""Restricted cases: restrict, name and remove readers, lift; a supervisor names themselves by the number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.cases.queries import case_by_ref
from cii.cases.restricting import (
    LiftRestriction,
    NameMyself,
    NameReader,
    Reader,
    RemoveReader,
    RestrictCase,
    Restriction,
    lift,
    name,
    name_myself,
    remove,
    restrict,
    restriction,
)
from cii.wire.answers import only
from cii.wire.doors import needs, once

blueprint = Blueprint("api-restrictions", __name__, url_prefix=PREFIX)
Ask = Callable[..., Any]
SEEN = ("case_ref", "version")
READER = only(Reader, "ref", "name", "unit", called="ReaderAnswer")
RESTRICTION = only(Restriction, "reason", "mine", readers=READER, others=READER, called="RestrictionAnswer")


@dataclass(frozen=True)
class Named:
    """The case that a supervisor named themselves for."""

    ref: str


@blueprint.get("/cases/<ref:ref>/restriction")
@needs(Permit.RESTRICT_CASE)
@blueprint.response(200, RESTRICTION)
def one(ref: str) -> Tagged:
    """Why the case is restricted; who is named, for those who decide about it."""
    return _shown(ref)


@blueprint.post("/cases/<ref:ref>/restriction")
@needs(Permit.RESTRICT_CASE)
@versioned
@blueprint.arguments(RestrictCase, given=SEEN)
@blueprint.response(200, RESTRICTION)
def restricted(ask: Ask, ref: str) -> Tagged:
    """Close the case to all but named readers."""
    restrict(g.work, ask(case_ref=ref, version=matched(ref, case_by_ref(g.work, ref).version)))
    return _shown(ref)


@blueprint.post("/cases/<ref:ref>/restriction/lifting")
@needs(Permit.RESTRICT_CASE)
@versioned
@blueprint.arguments(LiftRestriction, given=SEEN)
@blueprint.response(200, RESTRICTION)
def lifted(ask: Ask, ref: str) -> Tagged:
    """Open the case to the members of its parties again."""
    lift(g.work, ask(case_ref=ref, version=matched(ref, case_by_ref(g.work, ref).version)))
    return _shown(ref)


@blueprint.post("/cases/<ref:ref>/restriction/readers")
@needs(Permit.RESTRICT_CASE)
@blueprint.arguments(NameReader, given=("case_ref",))
@blueprint.response(200, RESTRICTION)
def named(ask: Ask, ref: str) -> Tagged:
    """Let a member of a party see the case."""
    name(g.work, ask(case_ref=ref))
    return _shown(ref)


@blueprint.post("/cases/<ref:ref>/restriction/readers/removal")
@needs(Permit.RESTRICT_CASE)
@blueprint.arguments(RemoveReader, given=("case_ref",))
@blueprint.response(200, RESTRICTION)
def removed(ask: Ask, ref: str) -> Tagged:
    """Take the name of a reader away."""
    remove(g.work, ask(case_ref=ref))
    return _shown(ref)


@blueprint.post("/restricted-cases/own-name")
@needs(Permit.REASSIGN)
@once
@blueprint.arguments(NameMyself)
@blueprint.response(200, only(Named, "ref", called="NamedAnswer"))
def own_name(ask: NameMyself) -> Named:
    """A supervisor of the leading unit names themselves, with the reason."""
    return Named(name_myself(g.work, ask).ref)


def _shown(ref: str) -> Tagged:
    shown = restriction(g.work, ref)
    case = case_by_ref(g.work, ref)
    g.work.saw("case", [case.id or 0], 0)
    return tagged(shown, ref, case.version)
