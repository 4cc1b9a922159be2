"""The exchange with the payment office in the demo: accounts, a file, answers; and counts of the year.

Account numbers bear the clearing number 99999, which no bank has; counts of persons are invented and say so.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from stdnum import iban

from cii.access.queries import account_actor
from cii.demo.dossiers import Canton, utc
from cii.demo.measures import MARK
from cii.figures.actions_ceiling import EnterCeilingFact, enter_ceiling_fact
from cii.figures.vocabulary import CeilingInput
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusal
from cii.payments.actions import SendPayments, send_payments
from cii.payments.actions_accounts import ChangeAccount, change_account, decide_account
from cii.payments.actions_answers import ReadAnswers, read_answers
from cii.payments.queries import PaymentRow, open_payments
from cii.store.work import Work

ASKED, SENT, ANSWERED = date(2026, 10, 12), date(2026, 10, 13), date(2026, 10, 15)
COUNTS = (
    (2025, CeilingInput.ACTIVE_POPULATION, 99_400),
    (2025, CeilingInput.JOB_SEEKERS, 6_400),
    (2026, CeilingInput.ACTIVE_POPULATION, 100_000),
)
HANDS = {Sector.AC: ("lmmt.finances", "caisse.finances"), Sector.AS: ("odas.finances", "odas.comptabilite")}
WAITING = 2
"""Payments of the file that the office has not answered yet; the one before them it rejected."""


def exchange(work: Work, canton: Canton) -> None:
    """Accounts asked and confirmed, what was released until then sent in one file for each of two sectors."""
    for year, kind, value in COUNTS:
        ask = EnterCeilingFact(year, kind, value, f"Chiffre d'essai. {MARK}")
        enter_ceiling_fact(_hand(work, "lmmt.finances", ASKED), ask)
    table = canton.sheet.table("provider")
    refs = work.session.execute(select(table.c.id, table.c.ref).order_by(table.c.id)).all()
    for id_, ref in refs:
        ask_account = ChangeAccount(
            ref,
            _invented(id_),
            f"Compte d'essai {id_}",
            "2000",
            "Neuchâtel",
            ASKED,
            f"Première saisie. {MARK}",
            street="Rue de l'Exemple",
            house_number=str(id_),
        )
        asked = change_account(_hand(work, "lmmt.finances", ASKED), ask_account)
        decide_account(_hand(work, "caisse.finances", ASKED), asked.ref, confirmed=True)
    for sector, (first, _) in HANDS.items():
        hand = _hand(work, first, SENT)
        leaving = open_payments(hand, limit=5_000, ready=True)
        try:
            send_payments(hand, SendPayments(sector))
        except Refusal:
            continue
        read_answers(_hand(work, first, ANSWERED, 5), ReadAnswers(_answer(leaving)))


def _answer(rows: Sequence[PaymentRow]) -> bytes:
    """All executed but the last ones; of these the first was rejected."""
    done, last = rows[: -WAITING - 1], rows[-WAITING - 1 : -WAITING]
    told = [f"{one.ref}-1;executed;{one.amount};2026-10-15;" for one in done]
    told += [f"{one.ref}-1;rejected;{one.amount};2026-10-15;Titulaire différent. {MARK}" for one in last]
    return "\r\n".join(["id;outcome;amount;date;reason", *told]).encode()


def _invented(number: int) -> str:
    held = f"99999{number:012d}"
    return f"CH{iban.calc_check_digits(f'CH00{held}')}{held}"


def _hand(work: Work, who: str, day: date, hour: int = 9) -> Work:
    return replace(work, actor=account_actor(work, f"{who}@cii.example"), now=utc(day, hour), seen=[])
