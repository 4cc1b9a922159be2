"""Reads of settlement: stays and their attendance, what a month costs by it, statements, findings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, or_, select, true
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.access.vocabulary import Role, Section
from cii.agreements.queries import PriceBook, of_provider_units, price_book
from cii.agreements.rules_proration import Priced
from cii.institutions.queries import line_facts, roles_paying
from cii.kernel.errors import UnknownThing
from cii.kernel.moves import open_moves
from cii.kernel.period import Period, month_of
from cii.placements.queries import breaks_of, shares_in
from cii.placements.vocabulary import PlacementState
from cii.settlement.rules import MOVES, PAYER_EVENTS, PROVIDER_EVENTS, ShareOf, Stay, attended, expected_days
from cii.settlement.tables import Attendance, Payment, Statement, StatementLine, StatementRemark
from cii.settlement.vocabulary import Presence, StatementEvent, StatementState
from cii.store.work import HOUSE, Actor, Work

_MARGIN = timedelta(days=7)
"""A week begun in one month may be attended in the next."""


def stays_in(
    work: Work,
    period: Period,
    *,
    placement_ids: Collection[int] | None = None,
    payer: tuple[int, int] | None = None,
    lock: bool = False,
) -> list[Stay]:
    """The stays with a day in the period, by id; `payer` = (agreement, line) keeps those it pays.

    `lock` holds their rows until the transaction ends. No visibility: the caller starts its own read.
    """
    rows = _shares(period)
    query = select(rows).order_by(rows.c.placement_id, rows.c.share_id)
    if placement_ids is not None:
        query = query.where(rows.c.placement_id.in_(list(placement_ids)))
    if payer is not None:
        paid = shares_in(period).subquery("paid")
        mine = select(paid.c.placement_id).where(paid.c.agreement_id == payer[0], paid.c.line_id == payer[1])
        query = query.where(rows.c.placement_id.in_(mine))
    if lock:
        query = query.with_for_update()
    grouped: dict[int, list[Row[Any]]] = {}
    for row in work.session.execute(query):
        grouped.setdefault(row.placement_id, []).append(row)
    broken = breaks_of(work, grouped)
    return [_stay(found, broken.get(id_, ())) for id_, found in grouped.items()]


@lru_cache(maxsize=48)
def _shares(period: Period) -> Subquery:
    """The shares of a period: the same months are asked for again and again."""
    return shares_in(period).subquery("shares")


def _stay(rows: Sequence[Row[Any]], breaks: tuple[Period, ...]) -> Stay:
    first = rows[0]
    asking = next((row for row in rows if row.line_id == first.requesting_line_id), first)
    return Stay(
        first.placement_id,
        first.placement_ref,
        first.case_id,
        first.person_id,
        first.measure_id,
        first.provider_unit_id,
        first.state in {PlacementState.STARTED, PlacementState.ENDED},
        Period.through(first.starts_on, first.ends_on),
        Period.through(first.starts_on, first.planned_end),
        (asking.agreement_id, first.measure_id, asking.line_id),
        tuple(ShareOf(row.share_id, row.line_id, row.agreement_id, row.weight) for row in rows),
        first.workload,
        breaks,
    )


def marks_in(
    work: Work, placement_ids: Collection[int], period: Period, *, known_at: datetime | None = None
) -> dict[int, dict[date, Presence]]:
    """What is attested of each placement's days, as known then (now when left out)."""
    newer = aliased(Attendance)
    replaced = select(col(newer.id)).where(col(newer.replaces) == col(Attendance.id))
    query = select(col(Attendance.placement_id), col(Attendance.day), col(Attendance.presence)).where(
        col(Attendance.placement_id).in_(list(placement_ids)),
        col(Attendance.day) >= period.start,
        col(Attendance.day) < period.end,
    )
    if known_at is not None:
        replaced = replaced.where(col(newer.recorded_at) <= known_at)
        query = query.where(col(Attendance.recorded_at) <= known_at)
    found: dict[int, dict[date, Presence]] = {}
    for placement_id, day, presence in work.session.execute(query.where(~replaced.exists())):
        found.setdefault(placement_id, {})[day] = presence
    return found


def minutes_in(work: Work, placement_ids: Collection[int], period: Period) -> dict[int, dict[date, int]]:
    """The minutes told of each placement's days, as known now."""
    newer = aliased(Attendance)
    replaced = select(col(newer.id)).where(col(newer.replaces) == col(Attendance.id))
    rows = work.session.execute(
        select(col(Attendance.placement_id), col(Attendance.day), col(Attendance.minutes)).where(
            col(Attendance.placement_id).in_(list(placement_ids)),
            col(Attendance.day) >= period.start,
            col(Attendance.day) < period.end,
            col(Attendance.minutes).is_not(None),
            ~replaced.exists(),
        )
    )
    found: dict[int, dict[date, int]] = {}
    for placement_id, day, minutes in rows:
        found.setdefault(placement_id, {})[day] = minutes
    return found


@dataclass(frozen=True, slots=True)
class MonthOf:
    """A stay's month: its price in full and by attendance, the days expected and what is attested."""

    stay: Stay
    full: Priced
    due: Priced
    expected: frozenset[date]
    marks: Mapping[date, Presence]

    @property
    def missing(self) -> list[date]:
        """Expected days that are not attested, in order."""
        return sorted(self.expected - self.marks.keys())

    def part(self, share_id: int, *, full: bool = False) -> int:
        """What one payer owes of the month, in centimes."""
        at = next(n for n, share in enumerate(self.stay.shares) if share.share_id == share_id)
        lines = (self.full if full else self.due).lines
        return sum(line.parts[at].centimes for line in lines)


def months_of(
    work: Work, stays: Sequence[Stay], month: Period, book: PriceBook | None = None
) -> list[MonthOf]:
    """What each stay costs in a month, in full and by attendance. Refuses: TariffMissing."""
    prices = book or price_book(work, {stay.key[0] for stay in stays})
    window = Period(month.start - _MARGIN, month.end + _MARGIN)
    marks = marks_in(work, [stay.placement_id for stay in stays], window)
    hourly = [stay.placement_id for stay in stays if prices.counts_hours(stay.key)]
    minutes = minutes_in(work, hourly, window) if hourly else {}
    found = []
    for stay in stays:
        mine = marks.get(stay.placement_id, {})
        closures = prices.closures.get(stay.key[:2], ())
        told = minutes.get(stay.placement_id)
        seen = attended(stay, mine, prices.rates.get(stay.key, ()), closures, work.calendar, window, told)
        options: dict[str, Any] = {
            "weights": stay.weights,
            "breaks": stay.breaks,
            "planned": stay.planned,
            "workload": stay.workload,
            "within": month,
        }
        full = prices.price(stay.key, stay.span, **options)
        due = prices.price(stay.key, stay.span, attended=seen, **options)
        days = stay.span.overlap(month)
        shut = (*closures, *stay.breaks)
        expected = expected_days(days, shut, work.calendar) if days else frozenset()
        found.append(MonthOf(stay, full, due, expected, mine))
    return found


def own_sector(actor: Actor) -> ColumnElement[bool]:
    """Statements that the actor's own sector pays."""
    if actor == HOUSE:
        return true()
    sectors = actor.sectors()
    mine = select(line_facts.c.line_id).where(line_facts.c.sector.in_(sectors))
    return col(Statement.line_id).in_(mine)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The statements of the actor's sector, of a provider's own agreements, and all for the auditor."""
    if actor.has_role(Role.AUDITOR):
        return true()
    seen = [own_sector(actor)]
    if units := tuple(seat.unit_id for seat in actor.seats if seat.role == Role.PROVIDER):
        seen.append(col(Statement.agreement_id).in_(of_provider_units(units)))
    return or_(*seen)


def visible_refs(actor: Actor) -> Select[str]:
    """The refs of the statements that the actor may see; for findings about them."""
    return select(col(Statement.ref)).where(visible_to(actor))


def statement_by_ref(work: Work, ref: str) -> Statement:
    """The statement, when the actor may see it; refuses UnknownThing."""
    found = work.session.scalars(
        select(Statement).where(col(Statement.ref) == ref, visible_to(work.actor))
    ).first()
    if found is None:
        raise UnknownThing(field="statement_ref")
    return found


def moves_for(work: Work, statement: Statement) -> tuple[StatementEvent, ...]:
    """The moves open to the actor now: guards the acts, draws the buttons.

    Four eyes are part of it: approving is closed to whoever prepared or checked, paying to whoever approved.
    """
    mine = events_of_role(work, statement)
    known = open_moves(MOVES, statement.state)
    return tuple(one for one in known if one in mine and not same_eyes(work.actor, statement, one))


def events_of_role(work: Work, statement: Statement) -> set[StatementEvent]:
    """What the actor's roles may do with this statement, whatever its state."""
    if work.actor == HOUSE:
        return {StatementEvent.PREFILL}
    mine: set[StatementEvent] = set(PROVIDER_EVENTS) if work.actor.has_role(Role.PROVIDER) else set()
    for role in roles_paying(work, statement.line_id):
        mine |= PAYER_EVENTS.get(role, frozenset())
    return mine


def same_eyes(actor: Actor, statement: Statement, event: StatementEvent) -> bool:
    """Whether the act needs another person than the actor."""
    if event is StatementEvent.APPROVE:
        return actor.account_id in {statement.prepared_by, statement.checked_by}
    return event is StatementEvent.PAY and actor.account_id == statement.approved_by


_row: list[Any] = [
    col(Statement.id),
    col(Statement.ref),
    col(Statement.agreement_id),
    col(Statement.line_id),
    line_facts.c.code.label("line"),
    col(Statement.period_start),
    col(Statement.period_end),
    col(Statement.sequence),
    col(Statement.state),
    col(Statement.total),
    col(Statement.version),
]


def statements_list(
    work: Work,
    *,
    states: Sequence[StatementState] = (),
    agreement_id: int | None = None,
    month: date | None = None,
    after: int = 0,
    newest: bool = False,
    limit: int = 50,
) -> Sequence[Row[Any]]:
    """The statements that the actor may see, as they were made or `newest` first; `after`: last id shown.

    Rows: id, ref, agreement_id, line_id, line (code), period_start, period_end, sequence, state, total,
    version.
    """
    query = (
        select(*_row)
        .join(line_facts, line_facts.c.line_id == col(Statement.line_id))
        .where(visible_to(work.actor))
    )
    if after:
        query = query.where(col(Statement.id) < after if newest else col(Statement.id) > after)
    if states:
        query = query.where(col(Statement.state).in_(states))
    if agreement_id is not None:
        query = query.where(col(Statement.agreement_id) == agreement_id)
    if month is not None:
        query = query.where(col(Statement.period_start) == month_of(month).start)
    order = col(Statement.id).desc() if newest else col(Statement.id)
    return work.session.execute(query.order_by(order).limit(limit)).all()


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement with its lines (placement_id → person_id), payment and the actor's open moves.

    `remarks`: what was said of each line when the statement was sent back last.
    """

    statement: Statement
    lines: tuple[StatementLine, ...]
    persons: Mapping[int, int]
    payment: Payment | None
    moves: tuple[StatementEvent, ...]
    remarks: tuple[StatementRemark, ...] = ()

    def remark_on(self, line: StatementLine) -> StatementRemark | None:
        """What was said of the line, or of the one that stood in its place before."""
        at = (line.placement_id, line.period_start)
        return next((one for one in self.remarks if (one.placement_id, one.period_start) == at), None)


def statement_view(work: Work, ref: str) -> StatementView:
    """The statement with its lines, when the actor may see it; refuses UnknownThing."""
    found = statement_by_ref(work, ref)
    lines = lines_of(work, found.id or 0)
    stays = stays_in(
        work,
        Period(found.period_start, found.period_end),
        placement_ids={line.placement_id for line in lines},
    )
    persons = {stay.placement_id: stay.person_id for stay in stays}
    work.saw("person", persons.values(), int(Section.PLACEMENT))
    payment = work.session.scalars(select(Payment).where(col(Payment.statement_id) == found.id)).first()
    return StatementView(
        found, tuple(lines), persons, payment, moves_for(work, found), _last_remarks(work, found.id or 0)
    )


def _last_remarks(work: Work, statement_id: int) -> tuple[StatementRemark, ...]:
    """What was said of lines when the statement was sent back last."""
    rows = work.session.scalars(
        select(StatementRemark)
        .where(col(StatementRemark.statement_id) == statement_id)
        .order_by(col(StatementRemark.returned_at).desc(), col(StatementRemark.id))
    ).all()
    return tuple(row for row in rows if row.returned_at == rows[0].returned_at)


def lines_of(work: Work, statement_id: int) -> list[StatementLine]:
    """The lines of a statement, in their order."""
    return list(
        work.session.scalars(
            select(StatementLine)
            .where(col(StatementLine.statement_id) == statement_id)
            .order_by(col(StatementLine.id))
        )
    )


def sequence_of(work: Work, payer: tuple[int, int], month: Period) -> list[Statement]:
    """The statements of an agreement and line for a month, the first one first."""
    return list(
        work.session.scalars(
            select(Statement)
            .where(
                col(Statement.agreement_id) == payer[0],
                col(Statement.line_id) == payer[1],
                col(Statement.period_start) == month.start,
            )
            .order_by(col(Statement.sequence))
        )
    )
