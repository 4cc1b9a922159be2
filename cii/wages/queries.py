"""Reads of pay and subsidies: who sees which decision, what it binds and has left, its months and parts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, case, func, or_, select, true, type_coerce
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.budgets.queries_late import booked_years
from cii.budgets.vocabulary import EntryKind
from cii.institutions.queries import line_facts
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.kernel.moves import open_moves
from cii.kernel.period import Period
from cii.placements.queries import shares_in, visible_ids
from cii.store.work import HOUSE, Actor, Work
from cii.wages.rules import EVENTS, MOVES, same_eyes
from cii.wages.tables import WageEngagement, WageGrant, WagePart, WageResult
from cii.wages.vocabulary import LIVE, OWED, GrantKind, GrantState, WageEvent, WageState

SECTOR_ROLES = (Role.FINANCE, Role.CONTRACT_MANAGER, Role.SUPERVISOR)
"""Roles that see what their sector pays."""
EVER = Period(date(1990, 1, 1), date(2200, 1, 1))
stays = shares_in(EVER).subquery("paid_stays")
"""Each payer's share of each placement that is or was financed."""


def own_lines(actor: Actor, roles: Collection[str] = SECTOR_ROLES) -> Select[Any]:
    """Ids of the funding lines of the sectors in which the actor has one of these roles."""
    held = actor.sectors(*roles)
    return select(line_facts.c.line_id).where(line_facts.c.sector.in_(held))


def own_line(work: Work, line_id: int, *roles: str) -> bool:
    """Whether the line belongs to a sector in which the actor has one of these roles."""
    lines = own_lines(work.actor, roles or SECTOR_ROLES).where(line_facts.c.line_id == line_id)
    return work.session.execute(lines).first() is not None


def grants_visible(work: Work) -> ColumnElement[bool]:
    """Decisions on placements that the actor may see, and those that the actor's sector pays."""
    actor = work.actor
    if actor == HOUSE or actor.has_role(Role.AUDITOR):
        return true()
    paid = select(stays.c.placement_id).where(stays.c.line_id.in_(own_lines(actor)))
    placement = col(WageGrant.placement_id)
    return or_(placement.in_(visible_ids(work)), placement.in_(paid))


def parts_visible(work: Work) -> ColumnElement[bool]:
    """Parts that the actor's sector pays; all for the auditor."""
    if work.actor == HOUSE or work.actor.has_role(Role.AUDITOR):
        return true()
    return col(WagePart.line_id).in_(own_lines(work.actor))


places = (
    select(stays.c.placement_id, stays.c.placement_ref, stays.c.person_id, stays.c.provider_unit_id)
    .distinct()
    .subquery("places")
)
_grant_row: list[Any] = [
    col(WageGrant.id),
    col(WageGrant.ref),
    col(WageGrant.kind),
    col(WageGrant.category),
    col(WageGrant.starts_on),
    col(WageGrant.ends_on),
    col(WageGrant.normal_pay),
    col(WageGrant.permille),
    col(WageGrant.employer),
    col(WageGrant.state),
    col(WageGrant.version),
    places.c.placement_ref,
    places.c.person_id,
]


def grants_list(
    work: Work,
    *,
    kinds: Collection[GrantKind] = (),
    states: Collection[GrantState] = (),
    placement_ref: str | None = None,
    after: int = 0,
    limit: int = 50,
) -> Sequence[Row[Any]]:
    """The decisions that the actor may see, the newest first; `after` is the last id shown.

    Rows: id, ref, kind, category, starts_on, ends_on, normal_pay, permille, employer, state, version,
    placement_ref, person_id. The caller tells names of persons, and so that they were seen.
    """
    query = (
        select(*_grant_row)
        .join(places, places.c.placement_id == col(WageGrant.placement_id))
        .where(grants_visible(work))
    )
    if kinds:
        query = query.where(col(WageGrant.kind).in_(kinds))
    if states:
        query = query.where(col(WageGrant.state).in_(states))
    if placement_ref is not None:
        query = query.where(places.c.placement_ref == placement_ref)
    if after:
        query = query.where(col(WageGrant.id) < after)
    return work.session.execute(query.order_by(col(WageGrant.id).desc()).limit(limit)).all()


def grants_of(work: Work, placement_ids: Collection[int]) -> Sequence[Row[Any]]:
    """The decisions on these placements that the actor may see, with what months came to; by first day.

    Rows: placement_id, ref, kind, category, normal_pay, permille, starts_on, ends_on, state, paid (centimes
    of parts paid).
    """
    amount = case(
        (col(WagePart.state) == WageState.PAID, type_coerce(col(WagePart.amount), BigInteger)), else_=0
    )
    shown: list[Any] = [
        col(WageGrant.placement_id), col(WageGrant.ref), col(WageGrant.kind), col(WageGrant.category),
        col(WageGrant.normal_pay), col(WageGrant.permille), col(WageGrant.starts_on), col(WageGrant.ends_on),
        col(WageGrant.state),
    ]  # fmt: skip
    return work.session.execute(
        select(*shown, func.coalesce(func.sum(amount), 0).label("paid"))
        .outerjoin(WageResult, col(WageResult.grant_id) == col(WageGrant.id))
        .outerjoin(WagePart, col(WagePart.result_id) == col(WageResult.id))
        .where(col(WageGrant.placement_id).in_(list(placement_ids)), grants_visible(work))
        .group_by(*shown, col(WageGrant.id))
        .order_by(col(WageGrant.starts_on), col(WageGrant.id))
    ).all()


def grant_by_ref(work: Work, ref: str) -> WageGrant:
    """The decision, when the actor may see it; refuses UnknownThing."""
    found = work.session.scalars(
        select(WageGrant).where(col(WageGrant.ref) == ref, grants_visible(work))
    ).first()
    if found is None:
        raise UnknownThing(field="grant_ref")
    return found


def granted_spans(work: Work, placement_id: int, kinds: Collection[GrantKind]) -> tuple[Period, ...]:
    """The days on which a placement has, or asks for, a decision of these kinds."""
    rows = work.session.scalars(
        select(WageGrant).where(
            col(WageGrant.placement_id) == placement_id,
            col(WageGrant.kind).in_(kinds),
            col(WageGrant.state) != GrantState.DECLINED,
        )
    )
    return tuple(Period.through(row.starts_on, row.ends_on) for row in rows)


def results_of(work: Work, grant_id: int) -> list[tuple[WageResult, list[WagePart]]]:
    """The months of a decision with their parts, in order."""
    found: dict[int, tuple[WageResult, list[WagePart]]] = {}
    for result, part in work.session.execute(
        select(WageResult, WagePart)
        .join(WagePart, col(WagePart.result_id) == col(WageResult.id))
        .where(col(WageResult.grant_id) == grant_id)
        .order_by(col(WageResult.month), col(WageResult.number), col(WagePart.id))
    ):
        found.setdefault(result.id, (result, []))[1].append(part)
    return list(found.values())


def engagements_of(work: Work, grant_id: int) -> list[WageEngagement]:
    """What a decision has bound, in order."""
    return list(
        work.session.scalars(
            select(WageEngagement)
            .where(col(WageEngagement.grant_id) == grant_id)
            .order_by(col(WageEngagement.id))
        )
    )


Purse = tuple[int, int]
"""Line and year."""


def left_of(work: Work, grant: WageGrant) -> dict[Purse, Chf]:
    """What a decision has bound and not used: parts approved or paid use it, a negative one when paid.

    A part counts in the year in which it was booked: the next open one where its own was closed by then.
    """
    left: dict[Purse, Chf] = {}
    for row in engagements_of(work, grant.id or 0):
        left[row.line_id, row.year] = left.get((row.line_id, row.year), Chf()) + row.amount
    years = booked_years(work, kind_of(grant), grant.id or 0)
    for result, parts in results_of(work, grant.id or 0):
        for part in parts:
            if counts_as_used(part):
                first = (POSITIVE if part.amount > Chf() else NEGATIVE)[0]
                purse = part.line_id, years.get(booked_as(part, first), result.month.year)
                left[purse] = left.get(purse, Chf()) - part.amount
    return left


POSITIVE = EntryKind.ACCRUAL, EntryKind.INVOICE
"""What the approval of a part books."""
NEGATIVE = EntryKind.RECLAIM, EntryKind.CREDIT_NOTE, EntryKind.ACCRUAL_CORRECTION
"""What the payment of a negative part books."""


def booked_as(part: WagePart, kind: EntryKind) -> str:
    """The key of a part's entry in the ledger."""
    return f"wage:{part.ref}:{kind.value}"


def kind_of(grant: WageGrant) -> str:
    """The kind of source in the ledger: pay by the scale, or a subsidy."""
    return "participant_pay" if grant.kind is GrantKind.PAY else "wage_subsidy"


def counts_as_used(part: WagePart) -> bool:
    """Whether a part stands in the ledger: from its approval, a negative one from its payment."""
    return part.state in OWED and (part.amount > Chf() or part.state is WageState.PAID)


@dataclass(frozen=True, slots=True)
class GrantView:
    """A decision with its row of the list, what it bound and has left, its months with their parts."""

    grant: WageGrant
    row: Row[Any]
    engagements: tuple[WageEngagement, ...]
    left: Mapping[Purse, Chf]
    results: tuple[tuple[WageResult, tuple[WagePart, ...]], ...]
    moves: Mapping[str, tuple[WageEvent, ...]]
    """By the part's name outside: what is open to the actor."""


def grant_view(work: Work, ref: str) -> GrantView:
    """The decision with its months, when the actor may see it; refuses UnknownThing."""
    grant = grant_by_ref(work, ref)
    row = work.session.execute(
        select(*_grant_row)
        .join(places, places.c.placement_id == col(WageGrant.placement_id))
        .where(col(WageGrant.id) == grant.id)
    ).first()
    if row is None:
        raise UnknownThing(field="grant_ref")
    results = tuple((one, tuple(parts)) for one, parts in results_of(work, grant.id or 0))
    parts = [part for _, held in results for part in held]
    own = set(work.session.scalars(own_lines(work.actor)))
    return GrantView(
        grant, row, tuple(engagements_of(work, grant.id or 0)), left_of(work, grant), results,
        {part.ref: moves_for(work, part, own=part.line_id in own) for part in parts},
    )  # fmt: skip


def moves_for(work: Work, part: WagePart, *, own: bool) -> tuple[WageEvent, ...]:
    """The moves open to the actor now: guards the acts, draws the buttons; four eyes are part of it."""
    if not own:
        return ()
    mine = events_of_role(work)
    return tuple(
        one
        for one in open_moves(MOVES, part.state)
        if one in mine and not same_eyes(one, work.actor.account_id, before(part, one))
    )


def before(part: WagePart, event: WageEvent) -> tuple[int | None, ...]:
    """Who may not do the step, for having done one before it."""
    if event is WageEvent.APPROVE:
        return (part.prepared_by, part.checked_by)
    return (part.approved_by,) if event is WageEvent.PAY else ()


def roles_of(event: WageEvent) -> tuple[str, ...]:
    """The roles of a sector that may take a step."""
    return tuple(role for role, events in EVENTS.items() if event in events)


def events_of_role(work: Work) -> frozenset[WageEvent]:
    """What the actor's roles may do with a part of their sector."""
    held = (EVENTS.get(seat.role, frozenset()) for seat in work.actor.seats)
    return frozenset(event for events in held for event in events)


def may_decide(work: Work, grant: WageGrant) -> bool:
    """Whether the actor decides on it: finance of a sector that pays the placement."""
    lines = select(stays.c.share_id).where(
        stays.c.placement_id == grant.placement_id,
        stays.c.line_id.in_(own_lines(work.actor, (Role.FINANCE,))),
    )
    return work.session.execute(lines).first() is not None


def part_by_ref(work: Work, ref: str) -> WagePart:
    """The part, when the actor's sector pays it; refuses UnknownThing."""
    found = work.session.scalars(
        select(WagePart).where(col(WagePart.ref) == ref, parts_visible(work))
    ).first()
    if found is None:
        raise UnknownThing(field="part_ref")
    return found


def grant_ref_of(work: Work, part: WagePart) -> str:
    """The outward name of the decision that a part belongs to."""
    return work.session.scalars(
        select(col(WageGrant.ref))
        .join(WageResult, col(WageResult.grant_id) == col(WageGrant.id))
        .where(col(WageResult.id) == part.result_id)
    ).one()


def live_sums(work: Work, grant_id: int, month: date) -> dict[int, Chf]:
    """What rows of a month say so far for each line, but for those declined."""
    rows = work.session.execute(
        select(col(WagePart.line_id), func.sum(type_coerce(col(WagePart.amount), BigInteger)))
        .join(WageResult, col(WageResult.id) == col(WagePart.result_id))
        .where(
            col(WageResult.grant_id) == grant_id,
            col(WageResult.month) == month,
            col(WagePart.state).in_(LIVE),
        )
        .group_by(col(WagePart.line_id))
    )
    return {line: Chf(int(total)) for line, total in rows}


def claimed_months(work: Work, grant_id: int) -> set[date]:
    """The months of which something live has been said."""
    return set(
        work.session.scalars(
            select(col(WageResult.month))
            .join(WagePart, col(WagePart.result_id) == col(WageResult.id))
            .where(col(WageResult.grant_id) == grant_id, col(WagePart.state).in_(LIVE))
        )
    )


def next_number(work: Work, grant_id: int, month: date) -> int:
    """The number of the next row of a month."""
    last = select(func.max(col(WageResult.number))).where(
        col(WageResult.grant_id) == grant_id, col(WageResult.month) == month
    )
    return (work.session.scalar(last) or 0) + 1
