"""Who asked to see a person's cases, and who opened them in an emergency, as their file tells it."""

from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select

from cii.requests.tables import AccessQuestion, AccessRequest, BreakGlass, BreakGlassStep
from cii.store.telling import AUTHOR, Condition, Part, Scope, own


def _named(table: Any, scope: Scope) -> Condition:  # noqa: ANN401 - columns of any table
    """Requests put to a case of the person, and those that name them by number."""
    put = select(AccessQuestion.request_id).where(col(AccessQuestion.person_id).in_(scope.person_ids))
    asked: Condition = table.c.id.in_(put)
    return or_(asked, table.c.avs_hash.in_(scope.hashes)) if scope.hashes else asked


ACCESS_REQUESTS = Part(
    "access_requests", AccessRequest, "purpose basis sections reason asked_at" + AUTHOR, of=_named,
    parts=(Part("answers", AccessQuestion,
                "answer answer_reason answered_by>by answered_at granted_sections granted_until",
                "request_id", of=own),),
)  # fmt: skip
BREAK_GLASS = Part(
    "break_glass", BreakGlass, "reason opened_at until" + AUTHOR,
    parts=(Part("steps", BreakGlassStep, "kind account_id>by at finding reason", "opening_id"),),
)  # fmt: skip
