"""Who asked for access to a person's case, or opened it in an emergency, is kept for a term afterwards."""

from sqlmodel import col, func

from cii.requests.tables import AccessQuestion, AccessRequest, BreakGlass
from cii.store.retaining import kept

KEPT = (
    kept(
        "access_answer",
        col(AccessQuestion.person_id),
        func.coalesce(col(AccessQuestion.answered_at), col(AccessRequest.lapses_at)),
        joined=(AccessRequest, col(AccessRequest.id) == col(AccessQuestion.request_id)),
    ),
    kept("access_answer", col(BreakGlass.person_id), col(BreakGlass.until)),
)
