"""Entering and leaving: the counter before the door, the password, the session. Links stand in `linking`."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import col, func, select

from cii.access.linking import LinkClosed, make_link, open_link, revoke_link
from cii.access.passwords import matches, new_token, token_hash
from cii.access.queries import account_actor
from cii.access.tables import Account, LoginAttempt, LoginSession
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal
from cii.store.locks import one_at_a_time
from cii.store.secrets import keyed_hash
from cii.store.settings import Settings
from cii.store.work import HOUSE, Work, working

TRIES = 5
WINDOW = timedelta(minutes=15)


class TooManyAttempts(Refusal):
    """Five wrong passwords in fifteen minutes; `retry_after` is in seconds."""

    code, kind = "too-many-attempts", "limited"


class WrongPassword(Refusal):
    """Address and password do not belong together; the same words for an unknown address."""

    code, kind = "wrong-password", "closed"


def count_attempt(work: Work, email: str) -> None:
    """Count a try before the password is looked at; the door commits this by itself (the claim).

    Refuses TooManyAttempts from the sixth try within fifteen minutes without a success.
    """
    hash_ = _address(work.settings, email)
    one_at_a_time(work.session, f"login {hash_}")
    last_ok = (
        select(func.coalesce(func.max(LoginAttempt.id), 0))
        .where(col(LoginAttempt.email_hash) == hash_, col(LoginAttempt.ok).is_(True))
        .scalar_subquery()
    )
    tries = work.session.exec(
        select(LoginAttempt.at)
        .where(
            col(LoginAttempt.email_hash) == hash_,
            col(LoginAttempt.ok).is_(False),
            col(LoginAttempt.at) > work.now - WINDOW,
            col(LoginAttempt.id) > last_ok,
        )
        .order_by(col(LoginAttempt.id).desc())
        .limit(TRIES)
    ).all()
    if len(tries) >= TRIES:
        wait = int((tries[-1] + WINDOW - work.now).total_seconds())
        raise TooManyAttempts(retry_after=max(wait, 1))
    work.session.add(LoginAttempt(email_hash=hash_, at=work.now, ok=False))
    work.session.flush()


def log_in(work: Work, email: str, password: str) -> tuple[Account, str]:
    """Open a session for whoever knows the password; returns the account and the token for the cookie.

    `count_attempt` has been committed before. Refuses WrongPassword, with the same words and in the same time
    for an unknown address, an account without a password and a closed account.
    """
    address = email.strip().lower()
    account = work.session.exec(select(Account).where(col(Account.email) == address)).first()
    usable = account is not None and account.active
    right = matches(account.password_hash if account is not None and usable else None, password)
    if account is None or not right:
        raise WrongPassword
    token = new_token()
    work.session.add(
        LoginSession(
            token_hash=token_hash(token),
            account_id=account.id or 0,
            csrf=secrets.token_urlsafe(32),
            created_at=work.now,
            expires_at=work.now + timedelta(minutes=work.settings.session_minutes),
        )
    )
    work.session.add(LoginAttempt(email_hash=_address(work.settings, email), at=work.now, ok=True))
    work.session.flush()
    entering = replace(work, actor=account_actor(work, address))
    wrote(entering, "log_in", "account", account.id, ref=account.ref)
    return account, token


def enter(
    engine: Engine, now: datetime, settings: Settings, email: str, password: str
) -> tuple[Account, str]:
    """Count the attempt, then log in, each in a transaction of its own: what a door calls.

    Refuses TooManyAttempts, WrongPassword.
    """
    with working(engine, HOUSE, now, settings=settings) as work:
        count_attempt(work, email)
    with working(engine, HOUSE, now, settings=settings) as work:
        return log_in(work, email, password)


def log_out(work: Work, token: str) -> None:
    """End the session of that token; an unknown one is no fault."""
    row = work.session.exec(
        select(LoginSession).where(
            col(LoginSession.token_hash) == token_hash(token), col(LoginSession.ended_at).is_(None)
        )
    ).first()
    if row is not None:
        row.ended_at = work.now
        work.session.add(row)
        work.session.flush()
        wrote(work, "log_out", "account", row.account_id)


def _address(settings: Settings, email: str) -> str:
    return keyed_hash(settings.secret_key.get_secret_value(), email.strip().lower())


__all__ = [
    "LinkClosed", "TooManyAttempts", "WrongPassword", "count_attempt", "enter", "log_in", "log_out",
    "make_link", "open_link", "revoke_link",
]  # fmt: skip
