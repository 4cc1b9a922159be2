"""Links that are over, sessions and tries to enter go by themselves; accounts without a seat are closed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.access.actions import close_account
from cii.access.tables import Account, LoginAttempt, LoginSession, Membership, SignedLink
from cii.kernel.clock import local_midnight
from cii.store.retaining import Going
from cii.store.work import Work


def over(before: datetime) -> Select[Any]:
    """The links that were used, revoked or past their date before that moment."""
    ended = func.coalesce(col(SignedLink.used_at), col(SignedLink.revoked_at), col(SignedLink.expires_at))
    return columns(col(SignedLink.id)).where(ended < before)


def close_unused(work: Work, before: date) -> int:
    """Close the accounts that have had no seat since that day; returns how many. Journalled one by one."""
    seated = (
        select(Membership.id)
        .where(
            col(Membership.account_id) == col(Account.id),
            or_(col(Membership.valid_to).is_(None), col(Membership.valid_to) >= before),
        )
        .exists()
    )
    unused = work.session.exec(
        select(Account)
        .where(col(Account.active), col(Account.created_at) < local_midnight(before), ~seated)
        .order_by(col(Account.id))
    ).all()
    for one in unused:
        one.password_hash = None
        close_account(work, one)
    return len(unused)


GOING = (
    Going("link", SignedLink, lambda before: col(SignedLink.id).in_(over(before))),
    Going("session", LoginSession, lambda before: col(LoginSession.expires_at) < before),
    Going("attempt", LoginAttempt, lambda before: col(LoginAttempt.at) < before),
)
