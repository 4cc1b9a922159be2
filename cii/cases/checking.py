"""Months after a case was closed: is what it ended in still in place? Asked twice, answered with its source.

A case that ended without a result to hold (no need, out of the criteria, moved away, abandoned) is not asked
for. Taken up again before, the question falls away. Source: product.md §0 point 10 (follow-up at 6 months;
at 12 as long as the result may hold).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.access.vocabulary import Section
from cii.cases.queries import case_by_id, visible_to
from cii.cases.rules import DayAhead, TextMissing
from cii.cases.tables import CaseFile
from cii.cases.tables_follow import OutcomeCheck
from cii.cases.vocabulary import CasePath, ResultHolds
from cii.institutions.queries import UnitLabel, unit_told, with_units
from cii.journal.actions import wrote
from cii.kernel.clock import local_day
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.kernel.period import months_later
from cii.people.queries import PersonLabel, label
from cii.store.work import HOUSE, Work
from cii.wire.pages import USUAL, Page, after, page_of, place

WITHOUT_RESULT = frozenset({
    "no_need", "no_agreement", "out_of_criteria", "not_eligible", "refused", "moved_away", "abandoned",
    "ended", "no_solution", "joint_assessment",
})  # fmt: skip
"""Outcomes of the processes after which nothing is there that could still hold."""


class CheckAnswered(Refusal):
    """The check is answered or has fallen away with the reopening of its case."""

    code, kind = "check-answered", "conflict"


@dataclass(frozen=True)
class AnswerCheck:
    """Whether the result is still in place, on which day it was so, and from where that is known."""

    check_ref: str
    holds: ResultHolds
    holds_on: date
    source: str = field(metadata={"max": 200})
    note: str | None = field(default=None, metadata={"max": 2000})


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check as lists and its page show it; no `holds`: not answered yet."""

    ref: str
    case_ref: str
    number: str
    person: PersonLabel | None
    unit: UnitLabel | None
    mine: bool
    path: CasePath
    outcome: str
    closed_on: date
    check_on: date
    holds: ResultHolds | None
    holds_on: date | None
    source: str | None
    note: str | None
    answered_at: datetime | None


def ask_later(work: Work, case: CaseFile) -> OutcomeCheck | None:
    """Ask, `outcome_check_months` after a case is closed, whether its result holds; None without a result."""
    if case.outcome is None or case.outcome in WITHOUT_RESULT:
        return None
    closed = local_day(case.closed_at or work.now)
    row = OutcomeCheck(
        case_id=case.id or 0, person_id=case.person_id, unit_id=case.lead_unit_id, outcome=case.outcome,
        closed_on=closed, check_on=months_later(closed, work.parameter("outcome_check_months", closed)),
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    return row


def _ask_again(work: Work, row: OutcomeCheck) -> None:
    """Ask once more, `outcome_check_later_months` after the closing, unless the result is lost."""
    later = months_later(row.closed_on, work.parameter("outcome_check_later_months", row.closed_on))
    if row.holds is ResultHolds.NO or later <= max(work.today, row.check_on):
        return
    work.session.add(
        OutcomeCheck(
            case_id=row.case_id, person_id=row.person_id, unit_id=row.unit_id, outcome=row.outcome,
            closed_on=row.closed_on, check_on=later,
        )
    )  # fmt: skip
    work.session.flush()


def ask_no_more(work: Work, case: CaseFile) -> None:
    """The case is taken up again: what is not answered falls away."""
    for row in work.session.exec(
        select(OutcomeCheck).where(
            col(OutcomeCheck.case_id) == case.id,
            col(OutcomeCheck.holds).is_(None),
            col(OutcomeCheck.cancelled_at).is_(None),
        )
    ):
        row.cancelled_at = work.now
        work.session.add(row)
    work.session.flush()


def answer_check(work: Work, ask: AnswerCheck) -> OutcomeCheck:
    """Answer for the unit that led the case.

    Refuses: UnknownThing, NotAllowed (another unit), CheckAnswered, TextMissing without a source, DayAhead.
    """
    row = work.session.exec(
        select(OutcomeCheck).where(col(OutcomeCheck.ref) == ask.check_ref).with_for_update()
    ).first()
    if row is None:
        raise UnknownThing(field="check")
    case = _case_of(work, row)
    if row.unit_id not in work.actor.units and work.actor != HOUSE:
        raise NotAllowed(act="answer_check")
    if row.holds is not None or row.cancelled_at is not None:
        raise CheckAnswered(number=case.number)
    faults: list[Refusal] = [] if ask.source.strip() else [TextMissing(field="source")]
    if ask.holds_on > work.today:
        faults.append(DayAhead(field="holds_on", day=ask.holds_on))
    refuse(faults)
    row.holds, row.holds_on, row.source = ask.holds, ask.holds_on, ask.source.strip()
    row.note, row.answered_at = (ask.note or "").strip() or None, work.now
    row.answered_by, row.version = work.actor.account_id, row.version + 1
    work.session.add(row)
    work.session.flush()
    wrote(
        work, "answer_check", "case", case.id, ref=case.ref, person_id=case.person_id, unit_id=row.unit_id,
        payload={"holds": ask.holds, "outcome": row.outcome},
    )  # fmt: skip
    _ask_again(work, row)
    return row


def _case_of(work: Work, row: OutcomeCheck) -> CaseFile:
    try:
        return case_by_id(work, row.case_id)
    except UnknownThing:
        raise UnknownThing(field="check") from None


def check_row(work: Work, ref: str) -> CheckRow:
    """One check of a case that the actor may see; refuses UnknownThing."""
    wanted = _each(work).where(col(OutcomeCheck.ref) == ref, visible_to(work, Section.IDENTITY))
    found = work.session.execute(wanted).all()
    if not found:
        raise UnknownThing(field="check")
    return _shown(work, found)[0]


_ORDER = ((col(OutcomeCheck.check_on), False), (col(OutcomeCheck.ref), False))


def checks(work: Work, mark: str | None = None, limit: int = USUAL, *, due: bool = True) -> Page[CheckRow]:
    """The checks of my units not answered yet, the earliest first; `due`: those whose day has come.

    Two statements, whatever the length.
    """
    query = _each(work).where(
        col(OutcomeCheck.unit_id).in_(work.actor.units),
        col(OutcomeCheck.holds).is_(None),
        col(OutcomeCheck.cancelled_at).is_(None),
        visible_to(work, Section.IDENTITY),
    )
    if due:
        query = query.where(col(OutcomeCheck.check_on) <= work.today)
    since = place(work.settings, "checks", mark)
    if since:
        query = query.where(after(_ORDER, since))
    rows = work.session.execute(query.order_by(*(column for column, _ in _ORDER)).limit(limit + 1)).all()
    found = page_of(rows, limit, work.settings, "checks", lambda row: (row[0].check_on, row[0].ref))
    return Page(_shown(work, found.items), found.next)


def checks_of(work: Work, case: CaseFile) -> list[CheckRow]:
    """The checks of a case, the newest first, those that fell away left out; the caller has seen the case."""
    rows = work.session.execute(
        _each(work)
        .where(col(OutcomeCheck.case_id) == case.id, col(OutcomeCheck.cancelled_at).is_(None))
        .order_by(col(OutcomeCheck.id).desc())
    )
    return _shown(work, rows.all())


def _each(work: Work) -> Select[Any]:
    """Checks, each with its case and the unit that answers as the actor is shown it."""
    held = columns(OutcomeCheck, CaseFile).join_from(
        OutcomeCheck, CaseFile, col(CaseFile.id) == col(OutcomeCheck.case_id)
    )
    return with_units(held, work.actor, whose=col(OutcomeCheck.unit_id))


def open_check(work: Work, case_id: int) -> int | None:
    """The check of a case that waits for its answer, or for its day."""
    return work.session.exec(
        select(OutcomeCheck.id).where(
            col(OutcomeCheck.case_id) == case_id,
            col(OutcomeCheck.holds).is_(None),
            col(OutcomeCheck.cancelled_at).is_(None),
        )
    ).first()


def case_numbers(work: Work, check_ids: Collection[int]) -> dict[int, str]:
    """Of these checks the numbers of their cases, as far as the actor may see them."""
    if not check_ids:
        return {}
    rows = work.session.exec(
        select(OutcomeCheck.id, CaseFile.number)
        .join(CaseFile, col(CaseFile.id) == col(OutcomeCheck.case_id))
        .where(col(OutcomeCheck.id).in_(check_ids), visible_to(work, Section.IDENTITY))
    )
    return {check or 0: number for check, number in rows}


def check_by_id(work: Work, check_id: int) -> tuple[OutcomeCheck, str]:
    """For the house: a check with the name of its case."""
    return work.session.exec(
        select(OutcomeCheck, CaseFile.ref)
        .join(CaseFile, col(CaseFile.id) == col(OutcomeCheck.case_id))
        .where(col(OutcomeCheck.id) == check_id)
    ).one()


def due_by(work: Work, day: date) -> list[tuple[OutcomeCheck, str]]:
    """For the night: every check not answered whose day has come by this one, with the name of its case."""
    rows = work.session.exec(
        select(OutcomeCheck, CaseFile.ref)
        .join(CaseFile, col(CaseFile.id) == col(OutcomeCheck.case_id))
        .where(
            col(OutcomeCheck.check_on) <= day,
            col(OutcomeCheck.holds).is_(None),
            col(OutcomeCheck.cancelled_at).is_(None),
        )
        .order_by(col(OutcomeCheck.id))
    )
    return [(row, ref) for row, ref in rows]


def _shown(work: Work, found: Sequence[Any]) -> list[CheckRow]:
    rows = [(told[0], told[1], unit_told(told, "whose")) for told in found]
    people = label(work, {row.person_id for row, _, _ in rows})
    work.saw("case", [row.case_id for row, _, _ in rows], int(Section.IDENTITY))
    own = set(work.actor.units)
    return [
        CheckRow(
            row.ref, case.ref, case.number, people.get(row.person_id), unit,
            row.unit_id in own, case.path, row.outcome, row.closed_on, row.check_on, row.holds, row.holds_on,
            row.source, row.note, row.answered_at,
        )
        for row, case, unit in rows
    ]  # fmt: skip


__all__ = [
    "AnswerCheck", "CheckAnswered", "CheckRow", "answer_check", "ask_later", "ask_no_more",
    "case_numbers", "check_by_id",
    "check_row", "checks", "checks_of", "due_by", "open_check",
]  # fmt: skip
