"""Why the institutions of a case sit down together: the redirects that changed its path."""

from flask import g

from cii.access.permits import Permit
from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.api.base import PREFIX, Blueprint
from cii.cases.queries import case_by_ref
from cii.kernel.errors import NotAllowed
from cii.routing.redirects import Convened, convened
from cii.routing.schemas import CONVENED
from cii.wire.answers import paged
from cii.wire.doors import needs
from cii.wire.pages import Page

blueprint = Blueprint("api-case-referrals", __name__, url_prefix=f"{PREFIX}/cases/<ref:ref>")


@blueprint.get("/convened")
@needs(Permit.SEE_CASE)
@blueprint.response(200, paged(CONVENED))
def why(ref: str) -> Page[Convened]:
    """The redirects that led to a joint assessment, by which rule and law; nothing where none did."""
    case = case_by_ref(g.work, ref)
    if not sections_on_case(g.work, case.id or 0)[0] & Section.PLAN:
        raise NotAllowed
    g.work.saw("case", [case.id or 0], int(Section.PLAN))
    found = convened(g.work, case.id or 0, case.person_id)
    return Page((found,) if found else ())
