"""The check of an agreement: its findings, reasons, answers; its signature and entry into force."""

from collections.abc import Callable

from flask import g

from cii.access.permits import Permit
from cii.agreements.margins import measures_bought
from cii.agreements.queries import agreement_by_ref
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.conformity.actions import AnswerItem, JustifyFinding, answer_item, justify
from cii.conformity.queries import CheckShown, FindingRow, checked, shown
from cii.conformity.signing import Enforce, enforce, sign_agreement
from cii.placements.days import renew_days
from cii.wire.answers import only
from cii.wire.doors import needs, once

blueprint = Blueprint("api-conformity", __name__, url_prefix=f"{PREFIX}/agreements")

FINDING = only(
    FindingRow, "indication", "chapter", "severity", "code", "about", "place", "facts", "sentence", "remedy",
    "open", "stale", "answer", "wording", called="ConformityFindingAnswer",
)  # fmt: skip
CHECK = only(
    CheckShown, "ref", "number", "profile", "ready", "errors", "warnings", "checks", findings=FINDING,
    called="ConformityAnswer",
)  # fmt: skip


@blueprint.get("/<ref:ref>/findings")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, CHECK)
def findings(ref: str) -> Tagged:
    """What the guide, the law and the model contracts find in an agreement, and what settles it."""
    return _shown(ref)


@blueprint.post("/<ref:ref>/justifications")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(JustifyFinding, given=("agreement_ref",))
@blueprint.response(200, CHECK)
def justified(ask: Callable[..., JustifyFinding], ref: str) -> Tagged:
    """Bear a warning for a written reason, as long as the finding stays the same."""
    matched(ref, agreement_by_ref(g.work, ref).version)
    justify(g.work, ask(agreement_ref=ref))
    return _shown(ref)


@blueprint.post("/<ref:ref>/checklist")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(AnswerItem, given=("agreement_ref",))
@blueprint.response(200, CHECK)
def answered(ask: Callable[..., AnswerItem], ref: str) -> Tagged:
    """Answer an item of the checklist for the text as it stands."""
    matched(ref, agreement_by_ref(g.work, ref).version)
    answer_item(g.work, ask(agreement_ref=ref))
    return _shown(ref)


@blueprint.post("/<ref:ref>/signature")
@needs(Permit.SIGN_AGREEMENTS)
@versioned
@once
@blueprint.response(200, CHECK)
def signed(ref: str) -> Tagged:
    """Sign what somebody else has prepared; refused with every reason at once."""
    matched(ref, agreement_by_ref(g.work, ref).version)
    sign_agreement(g.work, ref)
    return _shown(ref)


@blueprint.post("/<ref:ref>/entry-into-force")
@needs(Permit.SIGN_AGREEMENTS)
@versioned
@once
@blueprint.arguments(Enforce, given=("agreement_ref",))
@blueprint.response(200, CHECK)
def enforced(ask: Callable[..., Enforce], ref: str) -> Tagged:
    """Put an agreement in force that the provider has signed too; after its first day, by a right named."""
    matched(ref, agreement_by_ref(g.work, ref).version)
    put = enforce(g.work, ask(agreement_ref=ref))
    renew_days(g.work, measures_bought(g.work, put.id or 0))
    return _shown(ref)


def _shown(ref: str) -> Tagged:
    found = checked(g.work, ref)
    return tagged(shown(found), ref, found.agreement.version)
