"""Final accounts: a year's budget, its instalments, its final account, what is owed back, surplus."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.agreements.queries import agreements_by_id
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.final_accounts.actions import (
    AgreeSurplus,
    EnterBudget,
    MoveCarryOver,
    ReturnFinalAccount,
    SettleFinalAccount,
    SubmitFinalAccount,
    agree_surplus,
    approve_budget,
    enter_budget,
    move_carry_over,
    receive_reclaim,
    release_payment,
    return_final_account,
    settle_final_account,
    submit_final_account,
)
from cii.final_accounts.actions_paying import ReceiveReclaim
from cii.final_accounts.actions_volume import ProposeVolume, propose_volume
from cii.final_accounts.late import late_of
from cii.final_accounts.queries import (
    account_by_ref,
    account_view,
    accounts_list,
    carried_by_agreement,
    clause_at,
    payment_by_ref,
)
from cii.final_accounts.rules import Item
from cii.final_accounts.vocabulary import AccountEvent, AccountState, DueKind, Method, SurplusRule
from cii.institutions.queries import lines_by_id
from cii.kernel.money import Chf
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-final-accounts", __name__, url_prefix=f"{PREFIX}/final-accounts")


@dataclass(frozen=True)
class AccountsAsked(PageAsked):
    """Which year accounts."""

    year: int | None = field(default=None, metadata={"min": 1990, "max": 2200})
    state: AccountState | None = None


@dataclass(frozen=True)
class YearRow:
    """A year account of a list; `open` is prepared and not released, `owed_back` not received yet."""

    ref: str
    agreement_number: str
    line: str
    year: int
    method: Method
    state: AccountState
    contribution: Chf
    paid: Chf
    subsidy: Chf | None
    open: Chf
    owed_back: Chf


@dataclass(frozen=True)
class ItemShown:
    """A sum by type of cost or revenue."""

    code: str
    amount: Chf
    revenue: bool


@dataclass(frozen=True)
class YearPayment:
    """An instalment, a balance or an unused volume."""

    ref: str
    kind: DueKind
    number: int
    due_on: date
    amount: Chf
    transferred: Chf
    released: bool
    lapsed: bool


@dataclass(frozen=True)
class YearShown:
    """A year account with its items, payments, what is owed back and the moves open to the reader.

    `booked_year`: the year that took its later sums, where the books of its own were closed.
    """

    ref: str
    agreement_ref: str
    line_ref: str
    year: int
    method: Method
    state: AccountState
    contribution: Chf
    subsidy: Chf | None
    paid: Chf
    budget: tuple[ItemShown, ...]
    actual: tuple[ItemShown, ...]
    payments: tuple[YearPayment, ...]
    owed_back: Chf | None
    reference: str | None
    received_on: date | None
    returned_reason: str | None
    missing: tuple[str, ...]
    booked_year: int | None
    moves: tuple[AccountEvent, ...]


@dataclass(frozen=True)
class CarriedShown:
    """A movement of the profit carry-over."""

    number: int
    year: int
    amount: Chf
    balance: Chf
    reason: str


@dataclass(frozen=True)
class SurplusShown:
    """What becomes of a surplus under an agreement, and its profit carry-over."""

    agreement_ref: str
    rule: SurplusRule
    share_permille: int
    carried: tuple[CarriedShown, ...]


ROW = only(
    YearRow, "ref", "agreement_number", "line", "year", "method", "state", "contribution", "paid", "subsidy",
    "open", "owed_back", called="YearAccountRow",
)  # fmt: skip
ITEM = only(ItemShown, "code", "amount", "revenue", called="YearItemAnswer")
PAYMENT = only(
    YearPayment, "ref", "kind", "number", "due_on", "amount", "transferred", "released", "lapsed",
    called="YearPaymentAnswer",
)  # fmt: skip
YEAR = only(
    YearShown, "ref", "agreement_ref", "line_ref", "year", "method", "state", "contribution", "subsidy",
    "paid", "owed_back", "reference", "received_on", "returned_reason", "missing",
    "booked_year", "moves",
    budget=ITEM, actual=ITEM, payments=PAYMENT, called="YearAccountAnswer",
)  # fmt: skip
CARRIED = only(CarriedShown, "number", "year", "amount", "balance", "reason", called="CarriedAnswer")
SURPLUS = only(
    SurplusShown, "agreement_ref", "rule", "share_permille", carried=CARRIED, called="SurplusAnswer"
)  # fmt: skip


@blueprint.get("")
@needs(Permit.SEE_STATEMENTS)
@blueprint.arguments(AccountsAsked, location="query")
@blueprint.response(200, paged(ROW))
def listed(asked: AccountsAsked) -> Page[YearRow]:
    """The year accounts that the caller may see, the newest first."""
    work, name = g.work, f"final-accounts {asked.year or ''} {asked.state or ''}"
    since = place(work.settings, name, asked.after)
    found = accounts_list(
        work, year=asked.year, states=(asked.state,) if asked.state else (),
        after=since[0] if since else 0, limit=asked.limit + 1,
    )  # fmt: skip
    page = page_of(found, asked.limit, work.settings, name, lambda row: (row.id,))
    agreements = agreements_by_id(work, {row.agreement_id for row in page.items})
    return Page(
        [
            YearRow(
                row.ref, agreements[row.agreement_id].number, row.line, row.year, row.method, row.state,
                row.contribution, row.paid, row.subsidy, row.open, row.owed_back,
            )
            for row in page.items
        ],
        page.next,
    )  # fmt: skip


@blueprint.post("")
@needs(Permit.SUBMIT_STATEMENT, Permit.EDIT_AGREEMENTS)
@once
@blueprint.arguments(EnterBudget)
@blueprint.response(201, YEAR)
def enter(ask: EnterBudget) -> Tagged:
    """Enter the provider's budget of a year, or another one while nobody has approved it."""
    return _shown(enter_budget(g.work, ask).ref)


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_STATEMENTS)
@blueprint.response(200, YEAR)
def one(ref: str) -> Tagged:
    """One year account."""
    return _shown(ref)


@blueprint.post("/<ref:ref>/approval")
@needs(Permit.APPROVE_STATEMENT)
@versioned
@once
@blueprint.response(200, YEAR)
def approve(ref: str) -> Tagged:
    """Approve the budget that somebody else entered."""
    _match(ref)
    return _shown(approve_budget(g.work, ref).ref)


@blueprint.post("/<ref:ref>/submission")
@needs(Permit.SUBMIT_STATEMENT, Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(SubmitFinalAccount, given=("account_ref",))
@blueprint.response(200, YEAR)
def submit(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - waits for the ref of the address
    """Hand in the final account of a year that is over."""
    _match(ref)
    return _shown(submit_final_account(g.work, ask(account_ref=ref)).ref)


@blueprint.post("/<ref:ref>/return")
@needs(Permit.CHECK_STATEMENT)
@versioned
@once
@blueprint.arguments(ReturnFinalAccount, given=("account_ref",))
@blueprint.response(200, YEAR)
def send_back(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - waits for the ref of the address
    """Send a final account back with the reason."""
    _match(ref)
    return _shown(return_final_account(g.work, ask(account_ref=ref)).ref)


@blueprint.post("/<ref:ref>/settlement")
@needs(Permit.APPROVE_STATEMENT)
@versioned
@once
@blueprint.arguments(SettleFinalAccount, given=("account_ref",))
@blueprint.response(200, YEAR)
def settle(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - waits for the ref of the address
    """Settle the year that somebody else submitted."""
    _match(ref)
    return _shown(settle_final_account(g.work, ask(account_ref=ref)).ref)


@blueprint.post("/payments/<ref:ref>/release")
@needs(Permit.PAY_STATEMENT)
@once
@blueprint.response(200, YEAR)
def release(ref: str) -> Tagged:
    """Release a payment that somebody else prepared."""
    release_payment(g.work, ref)
    return _shown(payment_by_ref(g.work, ref)[1].ref)


@blueprint.post("/<ref:ref>/receipt")
@needs(Permit.PAY_STATEMENT)
@versioned
@once
@blueprint.arguments(ReceiveReclaim, given=("account_ref",))
@blueprint.response(200, YEAR)
def receive(ask: Any, ref: str) -> Tagged:  # noqa: ANN401 - waits for the ref of the address
    """Note that what was owed back has come in."""
    _match(ref)
    return _shown(receive_reclaim(g.work, ask(account_ref=ref)).ref)


@blueprint.post("/volumes")
@needs(Permit.APPROVE_STATEMENT)
@once
@blueprint.arguments(ProposeVolume)
@blueprint.response(201, YEAR)
def volume(ask: ProposeVolume) -> Tagged:
    """Propose the payment of a guaranteed volume that a year did not use."""
    return _shown(propose_volume(g.work, ask).ref)


@blueprint.get("/surplus/<ref:ref>")
@needs(Permit.SEE_STATEMENTS)
@blueprint.response(200, SURPLUS)
def surplus(ref: str) -> SurplusShown:
    """What becomes of a surplus under an agreement, and its profit carry-over."""
    return _surplus(ref)


@blueprint.post("/surplus")
@needs(Permit.EDIT_AGREEMENTS)
@once
@blueprint.arguments(AgreeSurplus)
@blueprint.response(201, SURPLUS)
def agree(ask: AgreeSurplus) -> SurplusShown:
    """Agree what becomes of a surplus from a day on."""
    agree_surplus(g.work, ask)
    return _surplus(ask.agreement_ref)


@blueprint.post("/surplus/carry-over")
@needs(Permit.EDIT_AGREEMENTS)
@once
@blueprint.arguments(MoveCarryOver)
@blueprint.response(201, SURPLUS)
def carry(ask: MoveCarryOver) -> SurplusShown:
    """Carry a year's operating result over (AI CG 3.4)."""
    move_carry_over(g.work, ask)
    return _surplus(ask.agreement_ref)


def _match(ref: str) -> None:
    matched(ref, account_by_ref(g.work, ref).version)


def _shown(ref: str) -> Tagged:
    view = account_view(g.work, ref)
    held, owed = view.account, view.receivable
    late = late_of(g.work, held)
    told = YearShown(
        held.ref, view.agreement.ref, lines_by_id(g.work, [held.line_id])[held.line_id].ref, held.year,
        held.method, held.state, held.contribution, held.subsidy, view.paid, _items(view.budget),
        _items(view.actual),
        tuple(
            YearPayment(
                one.ref, one.kind, one.number, one.due_on, one.amount, one.transferred,
                one.released_at is not None, one.lapsed_at is not None,
            )
            for one in view.payments
        ),
        owed.amount if owed else None, owed.reference if owed else None, owed.received_on if owed else None,
        held.returned_reason, tuple(one.value for one in view.missing),
        late.into if late and late.origin_on else None, view.moves,
    )  # fmt: skip
    return tagged(told, ref, held.version)


def _items(items: tuple[Item, ...]) -> tuple[ItemShown, ...]:
    return tuple(ItemShown(one.code, one.amount, one.revenue) for one in items)


def _surplus(ref: str) -> SurplusShown:
    agreement, carried = carried_by_agreement(g.work, ref)
    clause = clause_at(g.work, agreement.id or 0, g.work.today)
    return SurplusShown(
        agreement.ref,
        clause.rule if clause else SurplusRule.RETURN,
        clause.share_permille if clause else 0,
        tuple(CarriedShown(one.number, one.year, one.amount, one.balance, one.reason) for one in carried),
    )
