"""Categories of clients: told the same for every scheme, set for placements by the referral service."""

from dataclasses import dataclass
from datetime import date

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.outcomes.actions_categories import SetCategory, TellCategory, set_category, tell_category
from cii.outcomes.queries import category_rows
from cii.outcomes.tables import ClientCategory
from cii.wire.answers import answer_schema
from cii.wire.doors import needs, once

blueprint = Blueprint("api-client-categories", __name__, url_prefix=f"{PREFIX}/client-categories")


@dataclass(frozen=True)
class CategoryShown:
    """A category as it is told from a day on."""

    code: str
    title: str
    criteria: str
    content: str
    valid_from: date


@dataclass(frozen=True)
class CategoriesShown:
    """The categories in force today."""

    items: tuple[CategoryShown, ...]


@dataclass(frozen=True)
class CategorySet:
    """The category of a placement from a day on."""

    placement_ref: str
    category: str
    effective_on: date
    reason: str


@blueprint.get("")
@needs(Permit.SEE_OUTCOMES)
@blueprint.response(200, answer_schema(CategoriesShown))
def listed() -> CategoriesShown:
    """The harmonised categories in force today."""
    return CategoriesShown(tuple(map(_told, category_rows(g.work, g.work.today))))


@blueprint.post("")
@needs(Permit.EDIT_SCHEMES)
@once
@blueprint.arguments(TellCategory)
@blueprint.response(201, answer_schema(CategoryShown))
def told(ask: TellCategory) -> CategoryShown:
    """Tell a category from a day on; what was told before stays."""
    return _told(tell_category(g.work, ask))


@blueprint.post("/placements")
@needs(Permit.SET_CATEGORY)
@once
@blueprint.arguments(SetCategory)
@blueprint.response(201, answer_schema(CategorySet))
def put(ask: SetCategory) -> CategorySet:
    """Set the category of a placement, with the reason; each change is another row."""
    made = set_category(g.work, ask)
    return CategorySet(ask.placement_ref, made.code, made.effective_on, made.reason)


def _told(row: ClientCategory) -> CategoryShown:
    return CategoryShown(row.code, row.title, row.criteria, row.content, row.valid_from)
