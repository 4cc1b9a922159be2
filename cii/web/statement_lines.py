"""The parts of one statement as its page shows them: the steps, the lines, how each amount came about."""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from cii.agreements.explaining import explained_in_words
from cii.agreements.queries import tariffs_for
from cii.kernel.clock import local_day
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY, Period
from cii.people.queries import label
from cii.settlement.queries import StatementView
from cii.settlement.tables import StatementLine
from cii.settlement.vocabulary import StatementState
from cii.store.work import Work
from cii.texts import formats
from cii.web.choices import fallback, t, word
from cii.wire import language

_STEPS = (
    StatementState.PREFILLED, StatementState.SUBMITTED, StatementState.CHECKED, StatementState.APPROVED,
    StatementState.PAID,
)  # fmt: skip


def steps(view: StatementView, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """The way of the statement: what is done, when and by whom."""
    held, payment = view.statement, view.payment
    told = {
        StatementState.PREFILLED: (held.prefilled_at, None),
        StatementState.SUBMITTED: (held.submitted_at, held.prepared_by),
        StatementState.CHECKED: (held.checked_at, held.checked_by),
        StatementState.APPROVED: (held.approved_at, held.approved_by),
        StatementState.PAID: (payment.released_at, payment.released_by) if payment else (None, None),
    }
    now = StatementState.PREFILLED if held.state is StatementState.RETURNED else held.state
    at = _STEPS.index(now)
    return [
        {
            "label": word(state, "statement_state"),
            "state": "done" if n <= at else "now" if n == at + 1 else "next",
            "date": _day(told[state][0]) if n <= at else None,
            "institution": None,
            "note": names.get(told[state][1] or 0) if n <= at else None,
        }
        for n, state in enumerate(_STEPS)
    ]


def _day(at: datetime | None) -> date | None:
    return local_day(at) if at else None


def line_rows(work: Work, view: StatementView) -> list[dict[str, Any]]:
    """The lines in order, each with what was said of it and how its amount came about."""
    held = view.statement
    persons = label(work, view.persons.values())
    period = Period(held.period_start, held.period_end)
    tariffs = {row.id: row for row in tariffs_for(work, [held.agreement_id], period)}
    return [
        {
            "person": persons[view.persons[line.placement_id]].name
            if view.persons.get(line.placement_id) in persons
            else t("web.statements.somebody"),
            "from": line.period_start,
            "until": line.period_end - ONE_DAY,
            "factor": Fraction(line.factor_num, line.factor_den),
            "tariff": _tariff(tariffs.get(line.tariff_id)),
            "gross": line.gross,
            "share": f"{line.share}/{line.shares}"
            if line.share != line.shares
            else t("web.statements.whole"),
            "amount": line.amount,
            "why": _why(line.explanation),
            "remark": _remark(view, line),
            "how": explained_in_words(line.explanation, language.lang()),
            "number": number,
        }
        for number, line in enumerate(view.lines, start=1)
    ]


def _remark(view: StatementView, line: StatementLine) -> dict[str, str] | None:
    """What was said of the line when the statement was sent back last."""
    said = view.remark_on(line)
    if said is None:
        return None
    return {"when": t("web.statements.remark", at=local_day(said.returned_at)), "reason": said.reason}


def _tariff(row: Any) -> str | None:  # noqa: ANN401 - a row of agreements
    return f"{formats.money(row.amount)} {word(row.basis, 'basis').lower()}" if row else None


def _why(explanation: Mapping[str, Any]) -> str | None:
    """What the piece rests on: units counted, absences; a correction tells what was stated before."""
    if "stated" in explanation:
        before = Chf(sum(explanation["stated"]))
        return t("web.statements.was", before=before)
    said = []
    absences: Mapping[str, str] = explanation.get("absences", {})
    if absences:
        lang = language.lang()
        said.append(", ".join(
            f"{formats.day(date.fromisoformat(day), lang)} {fallback(f'word.presence.{mark}', mark)}"
            for day, mark in absences.items()
        ))  # fmt: skip
    return "; ".join(said) or None
