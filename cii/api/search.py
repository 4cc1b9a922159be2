"""One search over persons, cases, measures and providers."""

from dataclasses import dataclass, field

from flask import g

from cii.api.base import PREFIX, Blueprint
from cii.search.queries import PERMITS, SHOWN, Found, find, open_groups
from cii.search.schemas import FOUND
from cii.wire.doors import needs

blueprint = Blueprint("api-search", __name__, url_prefix=f"{PREFIX}/search")


@dataclass(frozen=True)
class SearchAsked:
    """Beginnings of words of a name, in any order; or a case number, or a whole AVS number."""

    text: str = field(metadata={"max": 200})
    limit: int = field(default=SHOWN, metadata={"min": 1, "max": 50})


@blueprint.get("")
@needs(*PERMITS.values())
@blueprint.arguments(SearchAsked, location="query")
@blueprint.response(200, FOUND)
def found(asked: SearchAsked) -> Found:
    """What the words begin, in groups of at most `limit`; `more` names the groups that hold more."""
    return find(g.work, asked.text, open_groups(g.work.actor), asked.limit)
