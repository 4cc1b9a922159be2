"""Who is the actor, what do they see: grants as SQL, sections of a case or person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Subquery, and_, bindparam, func, or_, true
from sqlalchemy import select as columns
from sqlalchemy.sql import Select
from sqlmodel import Session, col, select

from cii.access.passwords import token_hash
from cii.access.permits import permits_of
from cii.access.restricted import not_restricted
from cii.access.sections import LINK_MASK, Mask, effective, mask_for
from cii.access.tables import AccessGrant, Account, LoginSession, Membership
from cii.access.vocabulary import EVERYTHING, NOTHING, Relation, Role, Section
from cii.institutions.queries import unit_seats
from cii.kernel.clock import local_day
from cii.kernel.errors import UnknownThing
from cii.store.columns import UtcDateTime
from cii.store.ready import Ready
from cii.store.work import HOUSE, Actor, Seat, Work


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A live login: who acts, the token that guards their forms, until when."""

    actor: Actor
    csrf: str
    account_ref: str
    expires_at: datetime


SEAT: tuple[Any, ...] = (
    col(Membership.unit_id),
    col(Membership.role),
    *unit_seats.c["institution_id", "sector", "name", "ref"],
)
"""A membership as `actor_of` reads it."""
_TODAY: Any = bindparam("today", type_=Date())
_NOW: Any = bindparam("now", type_=UtcDateTime())
_SESSION = Ready(
    columns(
        col(LoginSession.csrf),
        col(LoginSession.expires_at),
        col(Account.id),
        col(Account.ref),
        col(Account.name),
        col(Account.lang),
        *SEAT,
    )
    .join(Account, col(Account.id) == col(LoginSession.account_id))
    .join(
        Membership,
        and_(
            col(Membership.account_id) == col(Account.id),
            col(Membership.valid_from) <= _TODAY,
            or_(col(Membership.valid_to).is_(None), col(Membership.valid_to) > _TODAY),
        ),
        isouter=True,
    )
    .join(unit_seats, unit_seats.c.unit_id == col(Membership.unit_id), isouter=True)
    .where(
        col(LoginSession.token_hash) == bindparam("token_hash"),
        col(LoginSession.ended_at).is_(None),
        col(LoginSession.expires_at) > _NOW,
        col(Account.active).is_(True),
    )
    .order_by(col(Membership.id))
)
"""Asked by every request: who acts, with their seats of that day."""


def open_session(session: Session, token: str, now: datetime) -> OpenSession | None:
    """The live login of that token with the actor's seats of today, in one statement; None if there is none.

    Rights that changed, an account that was closed, a seat that ended: all act at once.
    """
    rows = _SESSION.read(
        session.connection(), {"token_hash": token_hash(token), "now": now, "today": local_day(now)}
    )
    if not rows:
        return None
    csrf, expires_at, account_id, ref, name, lang = rows[0][:6]
    actor = actor_of(account_id, name, lang, [row[6:] for row in rows if row[6] is not None])
    return OpenSession(actor, csrf, ref, expires_at)


def actor_of(account_id: int, name: str, lang: str, seats: Iterable[Any]) -> Actor:
    """The actor of an account from rows of SEAT."""
    held = tuple(
        Seat(unit_id, institution_id, Role(role).value, sector.value if sector else None, *names)
        for unit_id, role, institution_id, sector, *names in seats
    )
    return Actor(name, account_id, lang, held, permits_of(seat.role for seat in held))


def resolve_actor(session: Session, token: str, now: datetime) -> Actor | None:
    """The actor of a live login, or None."""
    found = open_session(session, token, now)
    return found.actor if found else None


def account_actor(work: Work, email: str) -> Actor:
    """The actor of an account, for jobs that act with somebody's rights; refuses UnknownThing."""
    account = account_by_email(work, email)
    rows = work.session.connection().execute(
        columns(*SEAT)
        .join(unit_seats, unit_seats.c.unit_id == col(Membership.unit_id))
        .where(
            col(Membership.account_id) == account.id,
            col(Membership.valid_from) <= work.today,
            or_(col(Membership.valid_to).is_(None), col(Membership.valid_to) > work.today),
        )
        .order_by(col(Membership.id))
    )
    return actor_of(account.id or 0, account.name, account.lang, rows.all())


def account_by_email(work: Work, email: str) -> Account:
    """The account with this address; refuses UnknownThing."""
    found = work.session.exec(select(Account).where(col(Account.email) == email.strip().lower())).first()
    if found is None:
        raise UnknownThing(field="email")
    return found


def account_by_ref(work: Work, ref: str) -> Account:
    """The account with this outward name; refuses UnknownThing."""
    found = work.session.exec(select(Account).where(col(Account.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="account")
    return found


def account_names(work: Work, ids: Iterable[int]) -> dict[int, str]:
    """Names of accounts, in one statement."""
    rows = work.session.exec(select(Account.id, Account.name).where(col(Account.id).in_(set(ids))))
    return {id_: name for id_, name in rows if id_ is not None}


def account_contact(work: Work, account_id: int) -> tuple[str | None, str]:
    """Address and language of an account; no address when it is closed."""
    account = work.session.get(Account, account_id)
    if account is None or not account.active:
        return None, "fr"
    return account.email, account.lang


def members_of(work: Work, unit_id: int, *roles: Role) -> list[Account]:
    """Active accounts with a seat in the unit today (in one of these roles when named), by name."""
    wanted = (
        select(Account)
        .join(Membership, col(Membership.account_id) == col(Account.id))
        .where(
            col(Account.active).is_(True),
            col(Membership.unit_id) == unit_id,
            col(Membership.valid_from) <= work.today,
            or_(col(Membership.valid_to).is_(None), col(Membership.valid_to) > work.today),
        )
        .distinct()
        .order_by(col(Account.name), col(Account.id))
    )
    if roles:
        wanted = wanted.where(col(Membership.role).in_(roles))
    return list(work.session.exec(wanted))


def _is_house(actor: Actor) -> bool:
    return actor is HOUSE or actor == HOUSE


def live(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """The condition on `access_grant` rows that are open to the actor at that moment.

    The grants of a restricted case open to the accounts that it names; a grant to an account or to the bearer
    of a link names its holder itself.
    """
    return and_(
        _held(actor),
        col(AccessGrant.closed_at).is_(None),
        col(AccessGrant.valid_from) <= now,
        or_(col(AccessGrant.valid_until).is_(None), col(AccessGrant.valid_until) > now),
    )


@lru_cache(maxsize=1024)
def _held(actor: Actor) -> ColumnElement[bool]:
    """The condition on grants that are the actor's, made once: every list and page asks for it."""
    by_unit = and_(col(AccessGrant.unit_id).in_(actor.units), not_restricted(col(AccessGrant.case_id), actor))
    mine: list[ColumnElement[bool]] = [by_unit]
    if actor.account_id is not None:
        mine.append(col(AccessGrant.account_id) == actor.account_id)
    if actor.links:
        mine.append(col(AccessGrant.id).in_(actor.links))
    return or_(*mine)


def units_reading(work: Work, case_id: int) -> frozenset[int]:
    """The units to which a grant opens something of the case now."""
    rows = work.session.exec(
        select(AccessGrant.unit_id).where(
            col(AccessGrant.case_id) == case_id,
            col(AccessGrant.closed_at).is_(None),
            col(AccessGrant.valid_from) <= work.now,
            or_(col(AccessGrant.valid_until).is_(None), col(AccessGrant.valid_until) > work.now),
        )
    )
    return frozenset(unit for unit in rows if unit is not None)


def cases_under(work: Work, cause: str) -> tuple[int, ...]:
    """The cases that grants of that cause opened, closed ones too, the first first."""
    held = opened_under([cause])
    return tuple(work.session.scalars(columns(held.c.case_id).order_by(held.c.first)))


def opened_under(causes: Iterable[str]) -> Subquery:
    """Each case under each of these causes that opened one: cause, case_id, first grant (closed ones too)."""
    return (
        columns(
            col(AccessGrant.cause), col(AccessGrant.case_id), func.min(col(AccessGrant.id)).label("first")
        )
        .where(col(AccessGrant.cause).in_(set(causes)), col(AccessGrant.case_id).is_not(None))
        .group_by(col(AccessGrant.cause), col(AccessGrant.case_id))
        .subquery("opened_under")
    )


def holders_of(work: Work, *roles: Role) -> list[Account]:
    """Active accounts with one of these roles in any unit today, by name."""
    seat = and_(
        col(Membership.valid_from) <= work.today,
        or_(col(Membership.valid_to).is_(None), col(Membership.valid_to) > work.today),
        col(Membership.role).in_(roles),
    )
    held = select(Membership.account_id).where(seat)
    return list(
        work.session.exec(
            select(Account)
            .where(col(Account.active).is_(True), col(Account.id).in_(held))
            .order_by(col(Account.name), col(Account.id))
        )
    )


def seats_of(work: Work, account_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """In which units these accounts have a seat today, in one statement."""
    rows = work.session.exec(
        select(Membership.account_id, Membership.unit_id).where(
            col(Membership.account_id).in_(set(account_ids)),
            col(Membership.valid_from) <= work.today,
            or_(col(Membership.valid_to).is_(None), col(Membership.valid_to) > work.today),
        )
    )
    found: dict[int, frozenset[int]] = {}
    for account_id, unit_id in rows:
        found[account_id] = found.get(account_id, frozenset()) | {unit_id}
    return found


def is_open(work: Work, cause: str) -> bool:
    """Whether a grant of that cause is open."""
    wanted = select(AccessGrant.id).where(
        col(AccessGrant.cause) == cause,
        col(AccessGrant.closed_at).is_(None),
        or_(col(AccessGrant.valid_until).is_(None), col(AccessGrant.valid_until) > work.now),
    )
    return work.session.exec(wanted.limit(1)).first() is not None


def live_grants(
    actor: Actor, now: datetime
) -> Select[int | None, int | None, int | None, int | None, int | None, Relation, int, int, str]:
    """The grants open to the actor: id, case, person, unit, account, relation, reads, writes, basis."""
    return columns(
        col(AccessGrant.id),
        col(AccessGrant.case_id),
        col(AccessGrant.person_id),
        col(AccessGrant.unit_id),
        col(AccessGrant.account_id),
        col(AccessGrant.relation),
        col(AccessGrant.reads),
        col(AccessGrant.writes),
        col(AccessGrant.basis),
    ).where(live(actor, now))


def case_visible(
    case_id: Any,  # noqa: ANN401 - a column of any room
    actor: Actor,
    now: datetime,
    section: Section = EVERYTHING,
) -> ColumnElement[bool]:
    """EXISTS a live grant that opens one of these sections of the case to the actor's roles.

    `case_id` is a column of any room, as in `col(CaseFile.id)`.
    """
    return _visible(col(AccessGrant.case_id) == case_id, actor, now, section)


def person_visible(
    person_id: Any,  # noqa: ANN401 - a column of any room
    actor: Actor,
    now: datetime,
    section: Section = Section.IDENTITY,
) -> ColumnElement[bool]:
    """EXISTS a live grant that opens these sections of the person in that column to the actor's roles."""
    return _visible(col(AccessGrant.person_id) == person_id, actor, now, section)


def _visible(
    object_: ColumnElement[bool], actor: Actor, now: datetime, section: Section
) -> ColumnElement[bool]:
    if _is_house(actor):
        return true()
    opening = _opening(actor, section)
    return select(AccessGrant.id).where(object_, live(actor, now), opening).exists()


@lru_cache(maxsize=4096)
def _opening(actor: Actor, section: Section) -> ColumnElement[bool]:
    """What the section table says, as a condition on grants: holder × relation whose mask meets the grant."""
    ways: list[ColumnElement[bool]] = []
    for relation in Relation:
        by_mask: dict[int, list[int]] = {}
        everywhere = NOTHING
        for seat in actor.seats:
            mask = mask_for(seat.role, relation, seat.sector).reads & section
            everywhere |= mask
            if mask:
                by_mask.setdefault(int(mask), []).append(seat.unit_id)
        ways += [
            and_(
                col(AccessGrant.relation) == relation,
                col(AccessGrant.unit_id).in_(units),
                col(AccessGrant.reads).op("&")(mask) != 0,
            )
            for mask, units in by_mask.items()
        ]
        if everywhere and actor.account_id is not None:
            ways.append(
                and_(
                    col(AccessGrant.relation) == relation,
                    col(AccessGrant.account_id) == actor.account_id,
                    col(AccessGrant.reads).op("&")(int(everywhere)) != 0,
                )
            )
    if actor.links:
        linked = int(LINK_MASK.reads & section)
        ways.append(and_(col(AccessGrant.id).in_(actor.links), col(AccessGrant.reads).op("&")(linked) != 0))
    return or_(*ways) if ways else ~true()


def sections_on_case(work: Work, case_id: int) -> tuple[Section, Section]:
    """What the actor may read and write of the case; nothing for who has no part in it."""
    mask = _mask(work, col(AccessGrant.case_id) == case_id)
    return mask.reads, mask.writes


def sections_on_person(work: Work, person_id: int) -> tuple[Section, Section]:
    """What the actor may read and write of the person."""
    mask = _mask(work, col(AccessGrant.person_id) == person_id)
    return mask.reads, mask.writes


def bases_on_case(work: Work, case_id: int) -> list[str]:
    """The legal bases on which the case is open to the actor, the oldest grant first."""
    if _is_house(work.actor):
        return []
    rows = work.session.exec(
        select(AccessGrant.basis)
        .where(col(AccessGrant.case_id) == case_id, live(work.actor, work.now))
        .order_by(col(AccessGrant.id))
    )
    return list(dict.fromkeys(rows))


def _mask(work: Work, object_: ColumnElement[bool]) -> Mask:
    if _is_house(work.actor):
        return Mask(EVERYTHING, EVERYTHING)
    grants = work.session.connection().execute(live_grants(work.actor, work.now).where(object_)).all()
    return effective(pair for grant in grants for pair in _pairs(work.actor, grant))


def _pairs(actor: Actor, grant: Any) -> list[tuple[Mask, Mask]]:  # noqa: ANN401 - a row of `live_grants`
    granted = Mask(Section(grant.reads), Section(grant.writes))
    pairs = [
        (granted, mask_for(seat.role, grant.relation, seat.sector))
        for seat in actor.seats
        if seat.unit_id == grant.unit_id
        or (grant.account_id is not None and grant.account_id == actor.account_id)
    ]
    if grant.id in actor.links:
        pairs.append((granted, LINK_MASK))
    return pairs
