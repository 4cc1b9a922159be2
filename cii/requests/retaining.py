"""Who asked for access to a person's case, or opened it in an emergency, is kept for a term afterwards.

A request that concerned no case belongs to nobody's file: whom it named goes by itself after the same term.
"""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, func, select

from cii.requests.erasing import TYPED
from cii.requests.tables import AccessQuestion, AccessRequest, AccessRequestStep, BreakGlass
from cii.requests.vocabulary import RequestStep
from cii.store.retaining import kept
from cii.store.work import Work

KEPT = (
    kept(
        "access_answer",
        col(AccessQuestion.person_id),
        func.coalesce(col(AccessQuestion.answered_at), col(AccessRequest.lapses_at)),
        joined=(AccessRequest, col(AccessRequest.id) == col(AccessQuestion.request_id)),
    ),
    kept("access_answer", col(BreakGlass.person_id), col(BreakGlass.until)),
)


def forget_unknown(work: Work, before: datetime) -> int:
    """Let go whom requests named that lapsed before that moment and concerned no case; returns how many.

    That somebody asked, when and for what stays, and that it was forgotten.
    """
    put = select(AccessQuestion.id).where(col(AccessQuestion.request_id) == col(AccessRequest.id))
    known = select(AccessRequestStep.id).where(
        col(AccessRequestStep.request_id) == col(AccessRequest.id),
        col(AccessRequestStep.kind) == RequestStep.FORGOTTEN,
    )
    gone = work.session.exec(
        select(AccessRequest.id).where(col(AccessRequest.lapses_at) < before, ~put.exists(), ~known.exists())
    ).all()
    work.session.add_all(
        AccessRequestStep(request_id=one or 0, kind=RequestStep.FORGOTTEN, at=work.now) for one in gone
    )
    work.session.flush()
    if gone:
        forgotten = update(AccessRequest).where(col(AccessRequest.id).in_(gone)).values(**TYPED)
        work.session.connection().execute(forgotten)
        work.session.expire_all()
    return len(gone)
