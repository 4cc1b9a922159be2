"""Reads of final accounts: the list of a year, one with its items and payments, what is open to whom."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, func, or_, select, true, type_coerce
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.agreements.owed import deliverables_of
from cii.agreements.prices import guaranteed_payers
from cii.agreements.queries import agreement_by_ref, agreements_by_id, of_provider_units
from cii.agreements.vocabulary import DeliverableKind
from cii.final_accounts.cost_types import cost_types
from cii.final_accounts.rules import MOVES, PAYER_EVENTS, PROVIDER_EVENTS, Attested, Item, attested
from cii.final_accounts.tables import (
    AccountItem,
    AccountPayment,
    CarryOver,
    Receivable,
    SurplusClause,
    YearAccount,
)
from cii.final_accounts.vocabulary import AccountEvent, AccountState, Flow, Side, SurplusRule
from cii.institutions.queries import line_facts, roles_paying
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.kernel.moves import open_moves
from cii.kernel.period import Period
from cii.store.work import HOUSE, Actor, Work


def own_sector(actor: Actor) -> ColumnElement[bool]:
    """Year accounts that the actor's own sector pays."""
    if actor == HOUSE:
        return true()
    sectors = actor.sectors()
    mine = select(line_facts.c.line_id).where(line_facts.c.sector.in_(sectors))
    return col(YearAccount.line_id).in_(mine)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The year accounts of the actor's sector, of a provider's own agreements, and all for the auditor."""
    if actor.has_role(Role.AUDITOR):
        return true()
    seen = [own_sector(actor)]
    if units := tuple(seat.unit_id for seat in actor.seats if seat.role == Role.PROVIDER):
        seen.append(col(YearAccount.agreement_id).in_(of_provider_units(units)))
    return or_(*seen)


def visible_refs(actor: Actor) -> Select[str]:
    """The refs of the year accounts that the actor may see; for findings about them."""
    return select(col(YearAccount.ref)).where(visible_to(actor))


def account_by_ref(work: Work, ref: str) -> YearAccount:
    """The year account, when the actor may see it; refuses UnknownThing."""
    found = work.session.scalars(
        select(YearAccount).where(col(YearAccount.ref) == ref, visible_to(work.actor))
    ).first()
    if found is None:
        raise UnknownThing(field="account_ref")
    return found


def events_of_role(work: Work, agreement_id: int, line_id: int) -> set[AccountEvent]:
    """What the actor's roles may do with a year of this agreement and line, whatever its state."""
    mine: set[AccountEvent] = set()
    units = tuple(seat.unit_id for seat in work.actor.seats if seat.role == Role.PROVIDER)
    if units and agreement_id in set(work.session.scalars(of_provider_units(units))):
        mine |= PROVIDER_EVENTS
    for role in roles_paying(work, line_id):
        mine |= PAYER_EVENTS.get(role, frozenset())
    return mine


def may_pay(work: Work, account: YearAccount) -> bool:
    """Whether the actor releases payments of the sector that bears this year."""
    return AccountEvent.SETTLE in events_of_role(work, account.agreement_id, account.line_id)


def same_eyes(actor: Actor, account: YearAccount, event: AccountEvent) -> bool:
    """Whether the act needs another person than the actor."""
    if event is AccountEvent.APPROVE:
        return actor.account_id == account.entered_by
    return event is AccountEvent.SETTLE and actor.account_id == account.submitted_by


def moves_for(work: Work, account: YearAccount) -> tuple[AccountEvent, ...]:
    """The moves open to the actor now: guards the acts, draws the buttons."""
    mine = events_of_role(work, account.agreement_id, account.line_id)
    return tuple(
        one
        for one in open_moves(MOVES, account.state)
        if one in mine and not same_eyes(work.actor, account, one)
    )


_paid = (
    select(func.coalesce(func.sum(col(AccountPayment.amount)), 0))
    .where(
        col(AccountPayment.account_id) == col(YearAccount.id), col(AccountPayment.released_at).is_not(None)
    )
    .scalar_subquery()
)
_open = (
    select(func.coalesce(func.sum(col(AccountPayment.amount)), 0))
    .where(
        col(AccountPayment.account_id) == col(YearAccount.id),
        col(AccountPayment.released_at).is_(None),
        col(AccountPayment.lapsed_at).is_(None),
    )
    .scalar_subquery()
)
_owed_back = (
    select(func.coalesce(func.sum(col(Receivable.amount)), 0))
    .where(col(Receivable.account_id) == col(YearAccount.id), col(Receivable.received_on).is_(None))
    .scalar_subquery()
)
_row: list[Any] = [
    col(YearAccount.id),
    col(YearAccount.ref),
    col(YearAccount.agreement_id),
    col(YearAccount.line_id),
    line_facts.c.code.label("line"),
    col(YearAccount.year),
    col(YearAccount.method),
    col(YearAccount.state),
    col(YearAccount.contribution),
    col(YearAccount.subsidy),
    _paid.label("paid"),
    _open.label("open"),
    _owed_back.label("owed_back"),
    col(YearAccount.version),
]


def accounts_list(
    work: Work,
    *,
    year: int | None = None,
    states: Sequence[AccountState] = (),
    after: int = 0,
    limit: int = 50,
) -> Sequence[Row[Any]]:
    """The year accounts that the actor may see, the newest first; `after`: last id shown.

    Rows: id, ref, agreement_id, line_id, line (code), year, method, state, contribution, subsidy, paid, open
    (prepared, not released), owed_back (not received yet), version.
    """
    query = (
        select(*_row)
        .join(line_facts, line_facts.c.line_id == col(YearAccount.line_id))
        .where(visible_to(work.actor))
        .order_by(col(YearAccount.id).desc())
    )
    if year is not None:
        query = query.where(col(YearAccount.year) == year)
    if states:
        query = query.where(col(YearAccount.state).in_(states))
    if after:
        query = query.where(col(YearAccount.id) < after)
    return work.session.execute(query.limit(limit)).all()


def missing_deliverables(
    work: Work, agreement_ids: Collection[int], year: int
) -> dict[int, list[DeliverableKind]]:
    """What is not received yet of a year's final account and audit report, by agreement (000 i.32).

    A deliverable belongs to the year before the one in which it is due. Without an audit report in the
    agreement it is missing all the same: attested costs are audited costs.
    """
    wanted = (DeliverableKind.FINAL_ACCOUNT, DeliverableKind.AUDIT_REPORT)
    rows = work.session.execute(
        deliverables_of(agreement_ids, wanted, date(year + 1, 1, 1), date(year + 2, 1, 1))
    ).all()
    found: dict[int, list[DeliverableKind]] = {}
    for agreement_id in agreement_ids:
        mine = [row for row in rows if row.agreement_id == agreement_id]
        missing = [row.kind for row in mine if row.received_at is None]
        if not any(row.kind is DeliverableKind.AUDIT_REPORT for row in mine):
            missing.append(DeliverableKind.AUDIT_REPORT)
        found[agreement_id] = list(dict.fromkeys(missing))
    return found


def final_account_deliverable(work: Work, account: YearAccount) -> str | None:
    """The ref of the final account that the agreement asks for and has not received, of that year."""
    rows = work.session.execute(
        deliverables_of(
            [account.agreement_id],
            (DeliverableKind.FINAL_ACCOUNT,),
            date(account.year + 1, 1, 1),
            date(account.year + 2, 1, 1),
        )
    ).all()
    return next((row.ref for row in rows if row.received_at is None), None)


def items_of(work: Work, account_id: int, side: Side) -> list[Item]:
    """The items of the latest entry of a side, in the order of the types."""
    rows = {
        row.code: row
        for row in work.session.scalars(
            select(AccountItem)
            .where(col(AccountItem.account_id) == account_id, col(AccountItem.side) == side)
            .order_by(col(AccountItem.entry))
        )
    }
    last = max((row.entry for row in rows.values()), default=0)
    return [
        Item(code, rows[code].amount, told.flow is Flow.REVENUE, told.administration)
        for code, told in cost_types().items()
        if code in rows and rows[code].entry == last
    ]


def next_entry(work: Work, account_id: int, side: Side) -> int:
    """The number of the next entry of a side."""
    last = work.session.scalar(
        select(func.max(col(AccountItem.entry))).where(
            col(AccountItem.account_id) == account_id, col(AccountItem.side) == side
        )
    )
    return (last or 0) + 1


def payments_of(work: Work, account_id: int) -> list[AccountPayment]:
    """The payments of a year account, in the order in which they fall due."""
    return list(
        work.session.scalars(
            select(AccountPayment)
            .where(col(AccountPayment.account_id) == account_id)
            .order_by(col(AccountPayment.due_on), col(AccountPayment.id))
        )
    )


def payment_by_ref(work: Work, ref: str) -> tuple[AccountPayment, YearAccount]:
    """A payment with its year account, when the actor may see it; refuses UnknownThing."""
    row = work.session.execute(
        select(AccountPayment, YearAccount)
        .join(YearAccount, col(YearAccount.id) == col(AccountPayment.account_id))
        .where(col(AccountPayment.ref) == ref, visible_to(work.actor))
    ).first()
    if row is None:
        raise UnknownThing(field="payment_ref")
    return row[0], row[1]


def receivable_of(work: Work, account_id: int) -> Receivable | None:
    """What the provider owes back of that year, if anything."""
    return work.session.scalars(select(Receivable).where(col(Receivable.account_id) == account_id)).first()


def clause_at(work: Work, agreement_id: int, day: date) -> SurplusClause | None:
    """The clause on surplus in force on that day; without one, all surplus is given back."""
    return work.session.scalars(
        select(SurplusClause)
        .where(col(SurplusClause.agreement_id) == agreement_id, col(SurplusClause.valid_from) <= day)
        .order_by(col(SurplusClause.valid_from).desc())
        .limit(1)
    ).first()


def carry_over_of(work: Work, agreement_id: int) -> list[CarryOver]:
    """The movements of an agreement's profit carry-over, the first one first."""
    return list(
        work.session.scalars(
            select(CarryOver)
            .where(col(CarryOver.agreement_id) == agreement_id)
            .order_by(col(CarryOver.number))
        )
    )


def carry_over_off() -> Any:  # noqa: ANN401 - a Select
    """Movements of the carry-over that do not begin where the one before ended.

    Rows: agreement_id, number, expected (what it should begin with), found, both in centimes.
    """
    before = CarryOver.__table__.alias("earlier")  # type: ignore[attr-defined]
    left = func.coalesce(type_coerce(before.c.balance, BigInteger), 0)
    held = type_coerce(col(CarryOver.held_before), BigInteger)
    return (
        select(
            col(CarryOver.agreement_id),
            col(CarryOver.number),
            left.label("expected"),
            held.label("found"),
        )
        .outerjoin(
            before,
            (before.c.agreement_id == col(CarryOver.agreement_id))
            & (before.c.number == col(CarryOver.number) - 1),
        )
        .where(left != held)
        .order_by(col(CarryOver.id))
    )


def carried_by_agreement(work: Work, ref: str) -> tuple[Any, list[CarryOver]]:
    """The agreement and its profit carry-over, when the actor may see it; refuses UnknownThing."""
    agreement = agreement_by_ref(work, ref)
    return agreement, carry_over_of(work, agreement.id or 0)


def surplus_in(work: Work, agreement_ids: Collection[int]) -> dict[int, tuple[SurplusRule, int, Chf]]:
    """Of each agreement: the rule on surplus today, the part kept, what its profit carry-over holds."""
    wanted = set(agreement_ids)
    found: dict[int, tuple[SurplusRule, int, Chf]] = dict.fromkeys(wanted, (SurplusRule.RETURN, 0, Chf()))
    for clause in work.session.scalars(
        select(SurplusClause)
        .where(col(SurplusClause.agreement_id).in_(wanted), col(SurplusClause.valid_from) <= work.today)
        .order_by(col(SurplusClause.valid_from))
    ):
        found[clause.agreement_id] = clause.rule, clause.share_permille, Chf()
    for one in work.session.scalars(
        select(CarryOver).where(col(CarryOver.agreement_id).in_(wanted)).order_by(col(CarryOver.number))
    ):
        found[one.agreement_id] = *found[one.agreement_id][:2], one.balance
    return found


def guaranteed_lines(work: Work, year: int) -> list[tuple[int, int]]:
    """Each (agreement, line) of the actor's own sector with a minimum volume guaranteed in that year."""
    pairs = guaranteed_payers(work, Period(date(year, 1, 1), date(year + 1, 1, 1)))
    sectors = work.actor.sectors()
    own = set(work.session.scalars(select(line_facts.c.line_id).where(line_facts.c.sector.in_(sectors))))
    return [pair for pair in pairs if pair[1] in own]


@dataclass(frozen=True, slots=True)
class AccountView:
    """A year account with all that hangs on it, and the actor's open moves."""

    account: YearAccount
    agreement: Any
    budget: tuple[Item, ...]
    actual: tuple[Item, ...]
    counted: Attested
    payments: tuple[AccountPayment, ...]
    receivable: Receivable | None
    clause: SurplusClause | None
    missing: tuple[DeliverableKind, ...]
    moves: tuple[AccountEvent, ...]
    pays: bool

    @property
    def paid(self) -> Chf:
        """What has been released."""
        return Chf.total(one.amount for one in self.payments if one.released_at is not None)


def account_view(work: Work, ref: str) -> AccountView:
    """The year account with its parts, when the actor may see it; refuses UnknownThing."""
    found = account_by_ref(work, ref)
    own, last = found.id or 0, date(found.year, 12, 31)
    actual = items_of(work, own, Side.ACTUAL)
    agreement = agreements_by_id(work, [found.agreement_id])[found.agreement_id]
    missing: Mapping[int, list[DeliverableKind]] = missing_deliverables(
        work, [found.agreement_id], found.year
    )
    return AccountView(
        found,
        agreement,
        tuple(items_of(work, own, Side.BUDGET)),
        tuple(actual),
        attested(actual, work.parameter("administration_cost_permille", last)),
        tuple(payments_of(work, own)),
        receivable_of(work, own),
        clause_at(work, found.agreement_id, last),
        tuple(missing[found.agreement_id]),
        moves_for(work, found),
        may_pay(work, found),
    )
