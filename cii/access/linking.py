"""Signed links for those without an account: made, tried, opened, spent, closed.

The token is kept nowhere, only its hash; what the bearer must know beside it is kept as a password is. A link
lives while it is unused, not revoked, within its time, and the grant it stands on is open: one statement asks
all of it, and takes the same way for a token that never existed. A link into a restricted case stands on the
name of who made it: made by anybody else, or by somebody who is named no more, it is closed.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from cii.access.passwords import hashed, matches, new_token, token_hash
from cii.access.restricted import made_by_reader
from cii.access.tables import AccessGrant, SignedLink
from cii.access.vocabulary import LinkDelivery, LinkFactor, LinkPurpose, Section
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal
from cii.store.secrets import keyed_hash
from cii.store.work import Actor, Work

TRIES = 5
"""Wrong answers after which a link is closed."""


class LinkClosed(Refusal):
    """The link is unknown, used, revoked or past its date; the same words for all."""

    code, kind = "link-closed", "unknown"


class LinkLocked(Refusal):
    """Five wrong answers have closed the link; only its maker can send another one."""

    code, kind = "link-locked", "limited"


class WrongFactor(Refusal):
    """The code or the date of birth is not the right one; `left` tries remain."""

    code, kind = "wrong-factor", "unfit"


@dataclass(frozen=True, slots=True)
class Factor:
    """What the bearer must know beside the link, in clear while the link is being made."""

    kind: LinkFactor
    secret: str


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made: the token is in no row and cannot be shown again."""

    id: int
    ref: str
    token: str


def make_link(
    work: Work,
    *,
    purpose: LinkPurpose,
    subject: str,
    subject_id: int,
    bearer: str,
    expires_at: datetime,
    grant_id: int | None = None,
    case_id: int | None = None,
    person_id: int | None = None,
    unit_id: int | None = None,
    factor: Factor | None = None,
    delivery: LinkDelivery | None = None,
    address: str | None = None,
    made_unit_id: int | None = None,
) -> NewLink:
    """A link for somebody without an account: one purpose, one object.

    `grant_id` is the grant that the bearer reads under (`access.actions.grant` without unit and account),
    `unit_id` the unit for which they answer. Without a `factor` the link opens by itself.
    """
    token = new_token()
    row = SignedLink(
        token_hash=token_hash(token),
        grant_id=grant_id,
        purpose=purpose,
        subject=subject,
        subject_id=subject_id,
        case_id=case_id,
        person_id=person_id,
        unit_id=unit_id,
        bearer=bearer,
        delivery=delivery,
        address_hash=address_hash(work, address) if address else None,
        factor=factor.kind if factor else None,
        factor_hash=hashed(factor.secret) if factor else None,
        made_by=work.actor.account_id,
        made_unit_id=made_unit_id,
        created_at=work.now,
        expires_at=expires_at,
    )
    work.session.add(row)
    work.session.flush()
    _wrote(work, row, "make_link", purpose=purpose.value, delivery=delivery)
    return NewLink(row.id or 0, row.ref, token)


def live_link(work: Work, token: str) -> SignedLink:
    """The link of that token while it lives; reads only. Refuses LinkClosed."""
    row = work.session.exec(select(SignedLink).where(*_alive(work, token))).first()
    if row is None:
        raise LinkClosed
    return row


def used_link(work: Work, token: str) -> SignedLink:
    """The link of that token once it was used, for its receipt. Refuses LinkClosed."""
    row = work.session.exec(
        select(SignedLink).where(
            col(SignedLink.token_hash) == token_hash(token), col(SignedLink.used_at).is_not(None)
        )
    ).first()
    if row is None:
        raise LinkClosed
    return row


def try_link(work: Work, token: str, said: str) -> tuple[SignedLink | None, Refusal | None]:
    """Count an answer to a link's question; the door commits this by itself, then raises the refusal.

    Returns the link (none where it is closed) and why it does not open: LinkClosed, LinkLocked, WrongFactor,
    or None. One that is unknown, used, revoked or past its date takes the same way: one statement, one
    password compared.
    """
    found = work.session.exec(
        select(SignedLink, and_(*_opens(work)))
        .where(col(SignedLink.token_hash) == token_hash(token))
        .with_for_update(of=SignedLink)
    ).first()
    row, alive = found or (None, False)
    right = matches(row.factor_hash if row is not None and alive else None, said)
    if row is not None and row.attempts >= TRIES:
        return row, LinkLocked()
    if row is None or not alive:
        return None, LinkClosed()
    bearer = replace(work, actor=bearer_of(row))
    if right or row.factor is None:
        row.opened_at = row.opened_at or work.now
        work.session.add(row)
        work.session.flush()
        _wrote(bearer, row, "open_link")
        return row, None
    row.attempts += 1
    work.session.add(row)
    work.session.flush()
    _wrote(bearer, row, "fail_link", attempt=row.attempts)
    if row.attempts >= TRIES:
        _end(work, row)
        return row, LinkLocked(just=True)
    return row, WrongFactor(field="factor", left=TRIES - row.attempts)


def open_link(
    work: Work, token: str, purpose: LinkPurpose | None = None, *, use: bool = False
) -> tuple[SignedLink, Actor]:
    """The link of that token and the actor its bearer is; `use` spends it. Refuses LinkClosed.

    The row is held until the transaction ends: of two who use it at once, one does.
    """
    wanted = select(SignedLink).where(*_alive(work, token))
    if purpose is not None:
        wanted = wanted.where(col(SignedLink.purpose) == purpose)
    row = work.session.exec(wanted.with_for_update().execution_options(populate_existing=True)).first()
    if row is None:
        raise LinkClosed
    actor = bearer_of(row)
    if use:
        row.opened_at, row.used_at = row.opened_at or work.now, work.now
        work.session.add(row)
        work.session.flush()
    _wrote(replace(work, actor=actor), row, "use_link" if use else "open_link")
    return row, actor


def bearer_of(link: SignedLink) -> Actor:
    """The actor that the bearer of a link is: their name, and what the link's grant opens."""
    return Actor(link.bearer, links=() if link.grant_id is None else (link.grant_id,))


def revoke_link(work: Work, link: SignedLink) -> None:
    """The link opens nothing from now on."""
    _end(work, link)
    _wrote(work, link, "revoke_link")


def close_links(work: Work, *, case_id: int | None = None, person_id: int | None = None) -> int:
    """Revoke the unused links about a case, or those of partners about a person; returns how many.

    A closed case keeps the question of how satisfied the person is; a person who withdraws a consent keeps
    their own links.
    """
    wanted = select(SignedLink).where(col(SignedLink.used_at).is_(None), col(SignedLink.revoked_at).is_(None))
    if case_id is not None:
        wanted = wanted.where(
            col(SignedLink.case_id) == case_id, col(SignedLink.purpose) != LinkPurpose.SATISFACTION
        )
    elif person_id is not None:
        wanted = wanted.where(col(SignedLink.person_id) == person_id, col(SignedLink.unit_id).is_not(None))
    else:
        raise ValueError("which links should close?")
    rows = work.session.exec(wanted.order_by(col(SignedLink.id))).all()
    for row in rows:
        revoke_link(work, row)
    return len(rows)


def standing(work: Work, purpose: LinkPurpose, subject: str, subject_id: int) -> list[SignedLink]:
    """The links for this purpose and object that could still be used."""
    return list(
        work.session.exec(
            select(SignedLink).where(
                col(SignedLink.purpose) == purpose,
                col(SignedLink.subject) == subject,
                col(SignedLink.subject_id) == subject_id,
                col(SignedLink.used_at).is_(None),
                col(SignedLink.revoked_at).is_(None),
                col(SignedLink.expires_at) > work.now,
            )
        )
    )


def links_of_case(work: Work, case_id: int) -> list[SignedLink]:
    """The links about a case that the actor's units have made, the newest first."""
    return list(
        work.session.exec(
            select(SignedLink)
            .where(col(SignedLink.case_id) == case_id, col(SignedLink.made_unit_id).in_(work.actor.units))
            .order_by(col(SignedLink.id).desc())
        )
    )


def link_by_ref(work: Work, ref: str) -> SignedLink | None:
    """A link that the actor's units have made, held until the transaction ends."""
    return work.session.exec(
        select(SignedLink)
        .where(col(SignedLink.ref) == ref, col(SignedLink.made_unit_id).in_(work.actor.units))
        .with_for_update()
    ).first()


def held_by(work: Work, unit_id: int, *, case_id: int, person_id: int) -> tuple[Section, str | None]:
    """What live grants open to a unit of a case or its person, and the basis of the first of them."""
    rows = work.session.exec(
        select(AccessGrant)
        .where(
            col(AccessGrant.unit_id) == unit_id,
            or_(
                col(AccessGrant.case_id) == case_id,
                (col(AccessGrant.person_id) == person_id) & col(AccessGrant.case_id).is_(None),
            ),
            *_open(work.now),
        )
        .order_by(col(AccessGrant.id))
    ).all()
    reads = 0
    for row in rows:
        reads |= row.reads
    return Section(reads), rows[0].basis if rows else None


def _alive(work: Work, token: str) -> tuple[ColumnElement[bool], ...]:
    return (col(SignedLink.token_hash) == token_hash(token), *_opens(work))


def _opens(work: Work) -> tuple[ColumnElement[bool], ...]:
    stands = (
        select(AccessGrant.id)
        .where(col(AccessGrant.id) == col(SignedLink.grant_id), *_open(work.now))
        .correlate(SignedLink)
        .exists()
    )
    return (
        col(SignedLink.used_at).is_(None),
        col(SignedLink.revoked_at).is_(None),
        col(SignedLink.expires_at) > work.now,
        or_(col(SignedLink.grant_id).is_(None), stands),
        made_by_reader(col(SignedLink.case_id), col(SignedLink.made_by)),
    )


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(AccessGrant.closed_at).is_(None),
        col(AccessGrant.valid_from) <= now,
        or_(col(AccessGrant.valid_until).is_(None), col(AccessGrant.valid_until) > now),
    )


def _end(work: Work, link: SignedLink) -> None:
    link.revoked_at = work.now
    work.session.add(link)
    grant = work.session.get(AccessGrant, link.grant_id) if link.grant_id is not None else None
    if grant is not None and grant.closed_at is None:
        grant.closed_at = work.now
        work.session.add(grant)
    work.session.flush()


def address_hash(work: Work, address: str) -> str:
    """The keyed hash under which a link keeps where it was sent."""
    return keyed_hash(work.settings.secret_key.get_secret_value(), address.strip().lower())


def _wrote(work: Work, link: SignedLink, action: str, **told: object) -> None:
    wrote(
        work,
        action,
        link.subject,
        link.subject_id,
        ref=link.ref,
        case_id=link.case_id,
        person_id=link.person_id,
        unit_id=link.made_unit_id if work.actor.account_id else link.unit_id,
        payload={"purpose": link.purpose.value, **told},
    )
