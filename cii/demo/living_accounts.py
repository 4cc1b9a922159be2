"""Year accounts in the demo: an AC year settled with a reclaim, a budget that waits, an AI carry-over.

The costs of 480'000, sales of 95'000, the 1'250 overpaid and the carry-over are the figures of the trade; how
they split by type and which provider they stand for is invented.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from cii.access.queries import account_actor
from cii.agreements.actions import AddDeliverable, add_deliverable, receive_deliverable
from cii.agreements.vocabulary import DeliverableKind, Frequency
from cii.budgets.actions import grant_budget
from cii.demo.dossiers import Canton, utc
from cii.demo.measures import MARK
from cii.final_accounts.actions import (
    CostItem,
    EnterBudget,
    MoveCarryOver,
    SettleFinalAccount,
    SubmitFinalAccount,
    approve_budget,
    enter_budget,
    move_carry_over,
    release_payment,
    settle_final_account,
    submit_final_account,
)
from cii.final_accounts.actions_paying import ReceiveReclaim, receive_reclaim
from cii.final_accounts.queries import payments_of
from cii.kernel.money import Chf
from cii.store.work import Work

YEAR = 2024
SPENT = {"wages": "300000", "rent": "72000", "material": "60000", "administration": "48000", "sales": "95000"}
PLANNED = SPENT | {"material": "61250"}
WAITING = {"wages": "64000", "rent": "18000", "administration": "8000", "sales": "22000"}
CARRIED = ((2024, "18000", "Excédent d'exploitation 2024."), (2025, "-7500", "Perte d'exploitation 2025."))


def settle_years(work: Work, canton: Canton) -> None:
    """By the acts of their people, before the books of the year are closed."""
    tables, house = canton.sheet.table, canton.house
    lines = tables("funding_line")
    refs = {row.id: row.ref for row in work.session.execute(select(lines.c.id, lines.c.ref))}
    agreements = work.session.execute(
        select(tables("agreement").c.number, tables("agreement").c.ref, tables("agreement").c.id)
    ).all()
    named = {row.number: row for row in agreements}
    ac, social = house.lines["LACI"], house.lines["SAS"]
    settled = named["AC-2024-TREMPLIN"].ref
    grant_budget(
        _hand(work, "lmmt.finances", date(YEAR - 1, 12, 1)), ac, YEAR, Chf.parse("386250"),
        reason=f"Compte annuel sur les coûts. {MARK}",
    )  # fmt: skip
    _settled(work, settled, refs[ac])
    waiting = EnterBudget(named["AS-2024-TREMPLIN"].ref, refs[social], YEAR + 3, _items(WAITING))
    enter_budget(_hand(work, "odas.contrats", date(YEAR + 2, 10, 5)), waiting)
    _carried(work, named)


def _settled(work: Work, agreement: str, line: str) -> None:
    before, after = date(YEAR - 1, 12, 9), date(YEAR + 1, 2, 16)
    wish = EnterBudget(agreement, line, YEAR, _items(PLANNED))
    made = enter_budget(_hand(work, "lmmt.contrats", before), wish)
    approve_budget(_hand(work, "lmmt.finances", before), made.ref)
    for one in payments_of(work, made.id or 0):
        release_payment(_hand(work, "caisse.finances", one.due_on.replace(day=6)), one.ref)
    contracts = _hand(work, "lmmt.contrats", after)
    report = AddDeliverable(agreement, DeliverableKind.AUDIT_REPORT, Frequency.ONCE, date(YEAR + 1, 4, 29))
    receive_deliverable(contracts, add_deliverable(contracts, report).ref)
    submit_final_account(contracts, SubmitFinalAccount(made.ref, _items(SPENT)))
    settle_final_account(_hand(work, "lmmt.finances", date(YEAR + 1, 2, 23)), SettleFinalAccount(made.ref))
    back = date(YEAR + 1, 3, 20)
    receive_reclaim(_hand(work, "caisse.finances", back), ReceiveReclaim(made.ref, back))


def _carried(work: Work, named: Mapping[str, Any]) -> None:
    number = next((one for one in sorted(named) if one.startswith("AI-")), None)
    if number is None:
        return
    ref = named[number].ref
    for year, amount, reason in CARRIED:
        hand = _hand(work, "oai.contrats", date(year + 1, 4, 20))
        move_carry_over(hand, MoveCarryOver(ref, year, Chf.parse(amount), f"{reason} {MARK}"))


def _items(told: dict[str, str]) -> tuple[CostItem, ...]:
    return tuple(CostItem(code, Chf.parse(amount)) for code, amount in told.items())


def _hand(work: Work, who: str, day: date) -> Work:
    return replace(work, actor=account_actor(work, f"{who}@cii.example"), now=utc(day, 9), seen=[])
