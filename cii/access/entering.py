"""Entering and leaving: the counter before the door, the password, the session, signed links."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import col, func, select

from cii.access.passwords import matches, new_token, token_hash
from cii.access.queries import account_actor
from cii.access.tables import Account, LoginAttempt, LoginSession, SignedLink
from cii.access.vocabulary import LinkPurpose
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal
from cii.store.locks import one_at_a_time
from cii.store.secrets import keyed_hash
from cii.store.settings import Settings
from cii.store.work import HOUSE, Actor, Work, working

TRIES = 5
WINDOW = timedelta(minutes=15)


class TooManyAttempts(Refusal):
    """Five wrong passwords in fifteen minutes; `retry_after` is in seconds."""

    code, kind = "too-many-attempts", "limited"


class WrongPassword(Refusal):
    """Address and password do not belong together; the same words for an unknown address."""

    code, kind = "wrong-password", "closed"


class LinkClosed(Refusal):
    """The link is unknown, used, revoked or past its date; the same words for all."""

    code, kind = "link-closed", "unknown"


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


def make_link(
    work: Work,
    *,
    purpose: LinkPurpose,
    subject: str,
    subject_id: int,
    bearer: str,
    expires_at: datetime,
    grant_id: int | None = None,
) -> str:
    """A link for somebody without an account: one purpose, one object; the token returned is kept nowhere.

    `grant_id` is the grant that the bearer acts under (`access.actions.grant` without unit and account).
    """
    token = new_token()
    row = SignedLink(
        token_hash=token_hash(token),
        grant_id=grant_id,
        purpose=purpose,
        subject=subject,
        subject_id=subject_id,
        bearer=bearer,
        made_by=work.actor.account_id,
        created_at=work.now,
        expires_at=expires_at,
    )
    work.session.add(row)
    work.session.flush()
    wrote(work, "make_link", subject, subject_id, ref=row.ref, payload={"purpose": purpose})
    return token


def open_link(work: Work, token: str, purpose: LinkPurpose, *, use: bool = False) -> tuple[SignedLink, Actor]:
    """The link of that token and the actor its bearer is; `use` spends it. Refuses LinkClosed."""
    row = work.session.exec(
        select(SignedLink)
        .where(
            col(SignedLink.token_hash) == token_hash(token),
            col(SignedLink.purpose) == purpose,
            col(SignedLink.used_at).is_(None),
            col(SignedLink.revoked_at).is_(None),
            col(SignedLink.expires_at) > work.now,
        )
        .with_for_update()
    ).first()
    if row is None:
        raise LinkClosed
    actor = Actor(row.bearer, links=() if row.grant_id is None else (row.grant_id,))
    if use:
        row.used_at = work.now
        work.session.add(row)
        work.session.flush()
    wrote(
        replace(work, actor=actor),
        "use_link" if use else "open_link",
        row.subject,
        row.subject_id,
        ref=row.ref,
    )
    return row, actor


def revoke_link(work: Work, link: SignedLink) -> None:
    """The link opens nothing from now on."""
    link.revoked_at = work.now
    work.session.add(link)
    work.session.flush()
    wrote(work, "revoke_link", link.subject, link.subject_id, ref=link.ref)
