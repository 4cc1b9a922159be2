"""The last days of money in the demo: ceilings, a transfer, changed budgets, days told anew, a return.

By the acts of their people, on the figures that the canton holds by then; what they decide is invented.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, select

from cii.access.queries import account_actor
from cii.budgets.actions import DecideBudget, decide_budget
from cii.budgets.actions_ceilings import SetCeiling, set_ceiling
from cii.budgets.actions_opening import ImportOpening, import_opening
from cii.budgets.actions_transfers import AskTransfer, ask_transfer, decide_transfer
from cii.budgets.queries import position_of
from cii.budgets.rules import CeilingBelowUsed
from cii.demo.agreements import PAYERS
from cii.demo.dossiers import Canton, utc
from cii.demo.measures import MARK
from cii.kernel.money import Chf
from cii.kernel.period import month_of
from cii.settlement.actions_import import ImportAttendance, import_attendance
from cii.settlement.actions_settling import approve, pay
from cii.settlement.actions_statements import (
    LineReason,
    PrefillStatement,
    ReturnStatement,
    check_statement,
    prefill_statement,
    return_statement,
    submit,
)
from cii.settlement.vocabulary import Presence, StatementState
from cii.store.work import Work

SET, ASKED, DECIDED, TOLD = date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 8), date(2026, 10, 14)
YEAR, MONTH = 2026, date(2026, 9, 1)
ROOM, SHIFTED = Chf.parse("60000"), Chf.parse("20000")
"""What a ceiling leaves beyond what is bound under it; what the transfers move."""
OPENING = "Ligne;Année;Stade;Montant;Date\r\nSMIG;2023;available;12400.00;2023-12-31"
"""What a line held on the day before the books began here."""
DAYS_LOST = 4
MORE, PAST_MARK = Chf.parse("15000"), 940
"""What a line is granted in addition; the share (permille) of another's budget that its use comes to."""
AUGUST = date(2026, 8, 1)


def move_money(work: Work, canton: Canton) -> None:
    """After the books stand: what is decided, brought and sent back in the last ten days."""
    _opened(work)
    _shifted(work, canton)
    _amended(work, canton)
    _handed_in(work, canton)
    _taken_back(work, canton)
    _sent_back(work, canton)


def _opened(work: Work) -> None:
    import_opening(_hand(work, "osas.finances", SET), ImportOpening("soldes-2023.csv", OPENING.encode()))


def _shifted(work: Work, canton: Canton) -> None:
    """Two ceilings of a line and a transfer between them, and one between lines that waits."""
    finances, other = _hand(work, "lmmt.finances", ASKED), _hand(work, "caisse.finances", DECIDED)
    tables, lines = canton.sheet.table, canton.house.lines
    line, agreement, share = tables("funding_line"), tables("agreement"), tables("placement_share")
    refs = {row.id: row.ref for row in work.session.execute(select(line.c.id, line.c.ref))}
    ac, pact = refs[lines["LACI"]], refs[lines["PACTE"]]
    found = work.session.execute(
        select(agreement.c.ref)
        .where(agreement.c.id.in_(select(share.c.agreement_id).where(share.c.line_id == lines["LACI"])))
        .order_by(agreement.c.number)
        .limit(2)
    ).scalars()
    ceilings = [_capped(_hand(work, "lmmt.finances", SET), ac, one) for one in found]
    if len(ceilings) > 1:
        between = AskTransfer(
            ac, YEAR, SHIFTED, "Décision SEMP 2026-41", f"Demande plus forte ailleurs. {MARK}",
            from_ceiling_ref=ceilings[0], to_ceiling_ref=ceilings[1],
        )  # fmt: skip
        decide_transfer(other, ask_transfer(finances, between).ref, granted=True)
    for place, name in enumerate(("Décision SEMP 2026-42", "Demande 2026-17")):
        asked = ask_transfer(finances, AskTransfer(
            ac, YEAR, SHIFTED, name, f"Renfort du pacte pour l'emploi. {MARK}", to_line_ref=pact
        ))  # fmt: skip
        if place == 0:
            decide_transfer(other, asked.ref, granted=True)


def _amended(work: Work, canton: Canton) -> None:
    """One line is granted more; another's budget is lowered until its warning is reached."""
    line = canton.sheet.table("funding_line")
    refs = {row.id: row.ref for row in work.session.execute(select(line.c.id, line.c.ref))}
    for code, who in (("SFPO", "ofij"), ("SMIG", "osas")):
        id_ = canton.house.lines[code]
        held = position_of(work, id_, YEAR)
        if held is None or not held.used:
            continue
        left = Chf(held.used.centimes * 1000 // PAST_MARK)
        more = code == "SFPO"
        why = "Crédit supplémentaire" if more else "Arrivées moins nombreuses que prévu, le solde est rendu"
        ask = DecideBudget(refs[id_], YEAR, MORE if more else left - held.granted, f"{why}. {MARK}")
        decide_budget(_hand(work, f"{who}.finances", DECIDED), ask)


def _capped(work: Work, line: str, agreement: str) -> str:
    """A ceiling with room above what is bound; refused once, the refusal tells how much that is."""
    ask = SetCeiling(line, YEAR, Chf(0), "Décision SEMP 2026-38", f"Plafond de l'année. {MARK}",
                     agreement_ref=agreement)  # fmt: skip
    try:
        return set_ceiling(work, ask).ref
    except CeilingBelowUsed as no:
        return set_ceiling(work, replace(ask, amount=Chf.parse(str(no.facts["used"])) + ROOM)).ref


def _handed_in(work: Work, canton: Canton) -> None:
    """A draft of September after a file of days told absences anew, under the provider's invoice number."""
    agreement, line = canton.sheet.table("agreement"), canton.sheet.table("funding_line")
    for row in _september(work, canton, StatementState.PREFILLED):
        provider = _of_provider(work, canton, row.agreement_id)
        days = _present(work, canton, row.id, MONTH)
        if not days:
            continue
        said = [f"{one.ref};{one.day};{Presence.UNEXCUSED_ABSENCE.value}" for one in days]
        file = "\n".join(["placement;jour;présence", *said]).encode()
        import_attendance(provider, ImportAttendance("septembre.csv", file))
        of, by = (
            work.session.execute(select(one.c.ref).where(one.c.id == id_)).scalar_one()
            for one, id_ in ((agreement, row.agreement_id), (line, row.line_id))
        )
        submit(provider, prefill_statement(provider, PrefillStatement(of, by, MONTH)).ref, "2026-0917")
        return


def _taken_back(work: Work, canton: Canton) -> None:
    """Days of a paid August turn out unexcused: what was paid too much is taken back by a correction."""
    lines = {canton.house.lines[code] for one in PAYERS if one.key == "AC" for code in one.lines}
    agreement, line = canton.sheet.table("agreement"), canton.sheet.table("funding_line")
    for row in _stated(work, canton, StatementState.PAID, AUGUST):
        days = _present(work, canton, row.id, AUGUST) if row.line_id in lines else ()
        if not days:
            continue
        provider = _of_provider(work, canton, row.agreement_id)
        said = [f"{one.ref};{one.day};{Presence.UNEXCUSED_ABSENCE.value}" for one in days]
        file = "\n".join(["placement;jour;présence", *said]).encode()
        import_attendance(provider, ImportAttendance("aout.csv", file))
        of, by = (
            work.session.execute(select(one.c.ref).where(one.c.id == id_)).scalar_one()
            for one, id_ in ((agreement, row.agreement_id), (line, row.line_id))
        )
        made = prefill_statement(provider, PrefillStatement(of, by, AUGUST))
        submit(provider, made.ref)
        check_statement(_hand(work, "lmmt.contrats", TOLD), made.ref)
        approve(_hand(work, "lmmt.finances", TOLD), made.ref)
        pay(_hand(work, "caisse.finances", TOLD), made.ref)
        return


def _present(work: Work, canton: Canton, statement: int, month: date) -> Sequence[Any]:
    """The first days of the month on which somebody of the statement was there, whom one line alone pays."""
    placement = canton.sheet.table("placement")
    part, days = canton.sheet.table("statement_line"), canton.sheet.table("attendance")
    share = canton.sheet.table("placement_share")
    payers = select(func.count()).where(share.c.placement_id == placement.c.id).scalar_subquery()
    return work.session.execute(
        select(placement.c.ref, days.c.day)
        .join(part, part.c.placement_id == placement.c.id)
        .join(days, days.c.placement_id == placement.c.id)
        .where(
            part.c.statement_id == statement,
            payers == 1,
            days.c.presence == Presence.PRESENT,
            days.c.day >= month,
            days.c.day < month_of(month).end,
        )
        .order_by(placement.c.id, days.c.day)
        .limit(DAYS_LOST)
    ).all()


def _sent_back(work: Work, canton: Canton) -> None:
    staff = _staff(canton)
    for row in _september(work, canton, StatementState.SUBMITTED)[:1]:
        said = LineReason(1, "Le congé du 14 n'est pas annoncé ; joindre le justificatif.")
        ask = ReturnStatement(row.ref, f"Une ligne à revoir. {MARK}", (said,))
        return_statement(_hand(work, f"{staff[row.line_id]}.contrats", TOLD), ask)


def _staff(canton: Canton) -> dict[int, str]:
    return {canton.house.lines[code]: one.staff for one in PAYERS for code in one.lines}


def _september(work: Work, canton: Canton, state: StatementState) -> Sequence[Any]:
    return _stated(work, canton, state, MONTH)


def _stated(work: Work, canton: Canton, state: StatementState, month: date) -> Sequence[Any]:
    statement = canton.sheet.table("statement")
    return work.session.execute(
        select(statement.c.id, statement.c.ref, statement.c.agreement_id, statement.c.line_id)
        .where(statement.c.state == state, statement.c.period_start == month)
        .order_by(statement.c.id)
    ).all()


def _of_provider(work: Work, canton: Canton, agreement: int) -> Work:
    tables = canton.sheet.table
    found = work.session.execute(
        select(tables("provider").c.unit_id)
        .join(tables("agreement"), tables("agreement").c.provider_id == tables("provider").c.id)
        .where(tables("agreement").c.id == agreement)
    ).scalar_one()
    account = canton.house.by_unit[found]
    login = next(name for name, id_ in canton.house.accounts.items() if id_ == account)
    return _hand(work, login, TOLD)


def _hand(work: Work, who: str, day: date) -> Work:
    return replace(work, actor=account_actor(work, f"{who}@cii.example"), now=utc(day, 9), seen=[])
