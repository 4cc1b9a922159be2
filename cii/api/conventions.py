"""The text of agreements: drafted, read whole, written part by part, with goals and dates; its editions."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import g

from cii.access.permits import Permit
from cii.agreements.actions import DraftAgreement, draft_agreement
from cii.agreements.queries import agreement_by_ref
from cii.agreements.schemas import HEAD
from cii.agreements.tables import Agreement
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.conventions.actions import write_part
from cii.conventions.comparing import Difference, differences
from cii.conventions.drafting import (
    DropGoal,
    DropOwed,
    PlanOwed,
    SetGoal,
    drop_goal,
    drop_owed,
    plan_owed,
    set_goal,
)
from cii.conventions.editions import edition_by_ref, edition_whole, editions_of, whole_read
from cii.conventions.parts import PARTS
from cii.conventions.schemas import CONVENTION, DIFFERENCE, EDITION
from cii.conventions.tables import ConventionEdition
from cii.conventions.vocabulary import Part
from cii.conventions.whole import Convention
from cii.kernel.errors import UnknownThing
from cii.wire.doors import needs, once
from cii.wire.reading import body
from cii.wire.schema import load_with, request_schema

blueprint = Blueprint("api-conventions", __name__, url_prefix=f"{PREFIX}/agreements")

PART = {
    "required": True,
    "description": "the part as `text.<name>` of the convention tells it, whole",
    "content": {"application/json": {"schema": {"type": "object"}}},
}


@dataclass(frozen=True)
class Compared:
    """Which editions to compare: else the oldest one with the agreement as it is read now."""

    before: str | None = field(default=None, metadata={"max": 10})
    after: str | None = field(default=None, metadata={"max": 10})


@blueprint.post("")
@needs(Permit.EDIT_AGREEMENTS)
@once
@blueprint.arguments(DraftAgreement)
@blueprint.response(201, HEAD)
def drafted(ask: DraftAgreement) -> Tagged:
    """Draft an agreement; its text is written afterwards."""
    return head(draft_agreement(g.work, ask))


@blueprint.get("/<ref:ref>/convention")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, CONVENTION)
def whole(ref: str) -> Tagged:
    """The whole agreement; its provider reads of an open one what was laid before it."""
    return tagged(whole_read(g.work, ref), ref, agreement_by_ref(g.work, ref).version)


@blueprint.post("/<ref:ref>/text/<name>")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.doc(requestBody=PART)
@blueprint.response(200, HEAD)
def written(ref: str, name: str) -> Tagged:
    """Write a part of an open text anew."""
    _matched(ref)
    part = next((one for one in Part if one.value == name), None)
    if part is None:
        raise UnknownThing(field="part")
    return head(write_part(g.work, ref, part, load_with(request_schema(PARTS[part])(), body())))


@blueprint.post("/<ref:ref>/objectives")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(SetGoal, given=("agreement_ref",))
@blueprint.response(200, HEAD)
def goal_set(ask: Callable[..., SetGoal], ref: str) -> Tagged:
    """Set an objective with its indicators; with `goal_ref` it replaces that one."""
    _matched(ref)
    set_goal(g.work, ask(agreement_ref=ref))
    return _head(ref)


@blueprint.post("/<ref:ref>/objectives/removal")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(DropGoal, given=("agreement_ref",))
@blueprint.response(200, HEAD)
def goal_dropped(ask: Callable[..., DropGoal], ref: str) -> Tagged:
    """Take an objective out of the draft."""
    _matched(ref)
    return head(drop_goal(g.work, ask(agreement_ref=ref)))


@blueprint.post("/<ref:ref>/deliverables/dates")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(PlanOwed, given=("agreement_ref",))
@blueprint.response(200, HEAD)
def owed_planned(ask: Callable[..., PlanOwed], ref: str) -> Tagged:
    """Lay down every date at which something is handed in, to the end of the term."""
    _matched(ref)
    plan_owed(g.work, ask(agreement_ref=ref))
    return _head(ref)


@blueprint.post("/<ref:ref>/deliverables/removal")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(DropOwed, given=("agreement_ref",))
@blueprint.response(200, HEAD)
def owed_dropped(ask: Callable[..., DropOwed], ref: str) -> Tagged:
    """Take a date out of the draft."""
    _matched(ref)
    return head(drop_owed(g.work, ask(agreement_ref=ref)))


@blueprint.get("/<ref:ref>/editions")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, EDITION(many=True))
def editions(ref: str) -> list[ConventionEdition]:
    """What was laid open, submitted and signed, as far as the reader may know it, the newest first."""
    return list(editions_of(g.work, ref))


@blueprint.get("/<ref:ref>/editions/<ref:edition>")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, CONVENTION)
def edition(ref: str, edition: str) -> Convention:
    """The whole agreement as an edition kept it."""
    return edition_whole(edition_by_ref(g.work, ref, edition))


@blueprint.get("/<ref:ref>/differences")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.arguments(Compared, location="query")
@blueprint.response(200, DIFFERENCE(many=True))
def compared(asked: Compared, ref: str) -> list[Difference]:
    """Where one edition says something else than another, in the order of the text."""
    known = [one.ref for one in editions_of(g.work, ref)]
    older, newer = asked.before or (known[-1] if known else ""), asked.after
    before = edition_whole(edition_by_ref(g.work, ref, older))
    after = edition_whole(edition_by_ref(g.work, ref, newer)) if newer else whole_read(g.work, ref)
    return list(differences(before, after))


def _matched(ref: str) -> None:
    matched(ref, agreement_by_ref(g.work, ref).version)


def _head(ref: str) -> Tagged:
    return head(agreement_by_ref(g.work, ref))


def head(held: Agreement) -> Tagged:
    """The head of an agreement with its version."""
    return tagged(held, held.ref, held.version)


__all__ = ["blueprint", "head"]
