"""The four programmes in numbers: who came in a period, and where they stood at its end, step by step.

Announced = open + closed; closed = the sum of its outcomes; for the youth service, situations out of criteria
are closed too, told apart with their reasons. Source: 002 §2; product.md P1, P2, P4, P7, §6 F1 and §7.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath
from cii.figures.period_parts import CLOSED, OPEN, Held, Part, cut, told
from cii.figures.suppression import TOTAL, Counts, hidden
from cii.figures.whole_months import months_over, too_fine
from cii.figures.youth import OUT, grounds
from cii.institutions.tables import Institution, Unit
from cii.kernel.clock import local_day, local_midnight
from cii.kernel.errors import refuse
from cii.kernel.period import ONE_DAY
from cii.routing.holding import CASE
from cii.routing.tables import Referral
from cii.routing.vocabulary import ReferralState
from cii.store.work import HOUSE, Work
from cii.workflow.tables import WfEvent, WfInstance

WHOLE = (Role.COORDINATION_MEMBER,)
"""Who may see every number: the group that coordinates all cases."""
PROTECTED = "protected"
NO_SOLUTION = "no_solution"
ANSWERS = (ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.REDIRECTED)
"""What became of referrals, by the institution that was asked."""
_CASES = "cases"


@dataclass(frozen=True, slots=True)
class Step:
    """How long cases took from entering one stage to entering the next one."""

    stage: str
    following: str
    cases: int
    median_days: int


@dataclass(frozen=True, slots=True)
class Answered:
    """Referrals to an institution by their answer; None is a small number of others."""

    institution: str
    accepted: int | None
    declined: int | None
    redirected: int | None


@dataclass(frozen=True, slots=True)
class ProgrammeFigures:
    """Cases opened from `first` to `last`, as they stood at the end of `stand`.

    `parts` are its years, quarters or months, which add up to it. None is a number that would tell of fewer
    than `minimum` persons of others. `outcomes` are those of cases that were taken up; `out_of_criteria` is
    the sum of `reasons` and no outcome. `solutions` and `solution_percent` (of the closed, one decimal) are
    told for the youth service.
    """

    programme: CasePath
    first: date
    last: date
    stand: date
    announced: int | None
    open: int | None
    closed: int | None
    parts: tuple[Part, ...]
    outcomes: Mapping[str, int | None]
    solutions: int | None
    solution_percent: str | None
    out_of_criteria: int | None
    reasons: Mapping[str, int | None]
    steps: tuple[Step, ...]
    referrals: tuple[Answered, ...]
    minimum: int


def period_told(work: Work, first: date | None, last: date | None) -> tuple[date, date]:
    """The period asked for; else this year until today, for others until the last month that is over."""
    last = last or (work.today if _whole(work) else months_over(work.today))
    return first or date(min(last, work.today).year, 1, 1), last


def programme_figures(
    work: Work,
    programme: CasePath,
    first: date,
    last: date,
    stand: date | None = None,
    *,
    brief: bool = False,
) -> ProgrammeFigures:
    """The figures of a programme for cases opened in the period; four or five statements, without names.

    They stand at the end of `stand`, of `last` where it is left out or earlier; `brief`: of cases alone, in
    two statements. Refuses PeriodTooFine to readers outside the group.
    """
    stand = max(stand or last, last)
    if not (whole := _whole(work)):
        refuse(too_fine(first, last, stand, work.today))
    until = local_midnight(stand + ONE_DAY)
    within = [
        col(CaseFile.path) == programme,
        col(CaseFile.opened_at) >= local_midnight(first),
        col(CaseFile.opened_at) < local_midnight(last + ONE_DAY),
    ]
    minimum: int = work.parameter("small_cell_minimum", work.today)
    cases = _cases(work, within, until)
    known = {id_ for id_, one in cases.items() if one.mine}
    every = Counter(one.result for one in cases.values())
    mine = Counter(cases[id_].result for id_ in known)
    shown, total = _veiled(every, mine, 0 if whole else minimum)
    closed = None if shown.get(OPEN, 0) is None or total is None else total - (shown.get(OPEN, 0) or 0)
    out = shown.get(OUT, 0) if programme is CasePath.YOUTH else None
    solutions = _solutions(shown) if programme is CasePath.YOUTH else None
    sums = {OPEN: shown.get(OPEN, 0), CLOSED: closed, TOTAL: total}
    parts = told(
        cut(first, last),
        [Held(one.opened_on, one.result == OPEN, one.mine) for one in cases.values()],
        0 if whole else minimum,
        [name for name, number in sums.items() if number is not None],
    )
    return ProgrammeFigures(
        programme, first, last, stand, total, shown.get(OPEN, 0), closed, parts,
        {name: number for name, number in sorted(shown.items()) if name not in {OPEN, OUT}},
        solutions, _percent(solutions, closed), out,
        _reasons(work, cases, known, 0 if whole else minimum) if out and not brief else {},
        () if brief else _steps(work, within, until, 1 if whole else minimum),
        () if brief else _referrals(work, within, until, 0 if whole else minimum), minimum,
    )  # fmt: skip


def lines(found: ProgrammeFigures) -> list[tuple[str, str, int | str | None]]:
    """The same as rows of a file: part, name, value; None is a number that is not shown."""
    rows: list[tuple[str, str, int | str | None]] = [
        ("cases", "announced", found.announced),
        ("cases", OPEN, found.open),
        ("cases", "closed", found.closed),
    ]
    for part in found.parts:
        name = f"{part.first}/{part.last}"
        rows += [
            ("period_announced", name, part.announced),
            ("period_open", name, part.open),
            ("period_closed", name, part.closed),
        ]
    rows += [("outcome", name, number) for name, number in found.outcomes.items()]
    if found.programme is CasePath.YOUTH:
        rows += [
            ("solutions", "solutions", found.solutions),
            ("solutions", "percent_of_closed", found.solution_percent),
            ("admissibility", OUT, found.out_of_criteria),
        ]
    rows += [("reason", name, number) for name, number in found.reasons.items()]
    for step in found.steps:
        name = f"{step.stage} > {step.following}"
        rows += [("step_cases", name, step.cases), ("step_median_days", name, step.median_days)]
    for one in found.referrals:
        rows += [(f"referral_{state.value}", one.institution, getattr(one, state.value)) for state in ANSWERS]
    return rows


def _whole(work: Work) -> bool:
    return work.actor == HOUSE or work.actor.has_role(*WHOLE)


@dataclass(frozen=True, slots=True)
class _Case:
    """What a case counts as: its outcome by then or `open`, its day, whether the reader's house leads it."""

    result: str
    opened_on: date
    mine: bool


def _cases(work: Work, within: Iterable[ColumnElement[bool]], until: datetime) -> dict[int, _Case]:
    rows = work.session.execute(
        select(
            col(CaseFile.id), col(CaseFile.outcome), col(CaseFile.closed_at), col(CaseFile.opened_at),
            col(Unit.institution_id),
        ).join(Unit, col(Unit.id) == col(CaseFile.lead_unit_id)).where(*within)
    )  # fmt: skip
    mine = set(work.actor.institutions)
    return {
        id_ or 0: _Case(
            str(outcome) if closed_at is not None and closed_at < until else OPEN,
            local_day(opened_at),
            institution in mine,
        )
        for id_, outcome, closed_at, opened_at, institution in rows
    }


def _veiled(
    every: Counter[str], mine: Counter[str], minimum: int, *, total_known: bool = False
) -> tuple[dict[str, int | None], int | None]:
    """The numbers and their sum; None where it would tell of fewer than the minimum of others."""
    others = Counts(sorted(every), [_CASES], {(name, _CASES): every[name] - mine[name] for name in every})
    out = hidden(others, minimum, known=lambda row, _: total_known and row == TOTAL) if minimum else ()
    gone = {row for row, _ in out}
    shown = {name: None if name in gone else number for name, number in every.items()}
    return shown, None if TOTAL in gone else every.total()


def _solutions(shown: Mapping[str, int | None]) -> int | None:
    """Closed with a solution: all but out of criteria and no solution; None when one of them is hidden."""
    held = [number for name, number in shown.items() if name not in {OPEN, OUT, NO_SOLUTION}]
    return None if None in held else sum(number or 0 for number in held)


def _percent(part: int | None, of: int | None) -> str | None:
    """A share in per cent with one decimal, half up; None where either is hidden or nothing is closed."""
    if part is None or not of:
        return None
    tenths = (Fraction(part, of) * 2000 + 1) // 2
    return f"{tenths // 10}.{tenths % 10}"


def _reasons(
    work: Work, cases: Mapping[int, _Case], known: set[int], minimum: int
) -> Mapping[str, int | None]:
    """Why situations were out of criteria; their sum is shown already."""
    out = {id_ for id_, one in cases.items() if one.result == OUT}
    every, mine = Counter(grounds(work, out)), Counter(grounds(work, out & known))
    return dict(sorted(_veiled(every, mine, minimum, total_known=True)[0].items()))


def _steps(
    work: Work, within: Iterable[ColumnElement[bool]], until: datetime, minimum: int
) -> tuple[Step, ...]:
    """Days from stage to stage, the most frequent first; steps of fewer cases than `minimum` are left out."""
    rows = work.session.execute(
        select(col(WfEvent.instance_id), col(WfEvent.payload), col(WfEvent.at))
        .join(WfInstance, col(WfInstance.id) == col(WfEvent.instance_id))
        .join(CaseFile, col(CaseFile.id) == col(WfInstance.subject_id))
        .where(
            col(WfInstance.subject) == CASE,
            col(WfEvent.kind) == "stage-entered",
            col(WfEvent.at) < until,
            *within,
        )
        .order_by(col(WfEvent.instance_id), col(WfEvent.seq))
    )
    days: dict[tuple[str, str], list[float]] = {}
    last: tuple[int, str, datetime] | None = None
    for instance, payload, at in rows:
        stage = str(payload["stage"])
        if last is not None and last[0] == instance:
            if last[1] == stage:
                continue
            days.setdefault((last[1], stage), []).append((at - last[2]).total_seconds() / 86_400)
        last = (instance, stage, at)
    return tuple(
        Step(stage, following, len(held), round(median(held)))
        for (stage, following), held in sorted(days.items(), key=lambda one: (-len(one[1]), one[0]))
        if len(held) >= minimum
    )


def _referrals(
    work: Work, within: Iterable[ColumnElement[bool]], until: datetime, minimum: int
) -> tuple[Answered, ...]:
    """Accepted, declined and redirected by the institution asked; a protected one has no name here."""
    rows: Any = work.session.execute(
        select(
            col(Institution.code), col(Institution.sensitive), col(Institution.id), col(Referral.state),
            func.count(),
        )
        .join(CaseFile, col(CaseFile.id) == col(Referral.case_id))
        .join(Unit, col(Unit.id) == col(Referral.to_unit_id))
        .join(Institution, col(Institution.id) == col(Unit.institution_id))
        .where(col(Referral.state).in_(ANSWERS), col(Referral.answered_at) < until, *within)
        .group_by(
            col(Institution.code), col(Institution.sensitive), col(Institution.id), col(Referral.state)
        )
    )  # fmt: skip
    mine, own = set(work.actor.institutions), set()
    cells: Counter[tuple[str, str]] = Counter()
    for code, sensitive, id_, state, number in rows:
        name = PROTECTED if sensitive and id_ not in mine else code
        own |= {name} if id_ in mine else set()
        cells[name, str(state)] += int(number)
    names = sorted({name for name, _ in cells})
    columns = [state.value for state in ANSWERS]
    table = Counts(names, columns, cells)
    out = hidden(table, minimum, known=lambda row, _: row in own) if minimum else frozenset()
    return tuple(
        Answered(name, *(None if (name, one) in out else cells[name, one] for one in columns))
        for name in names
    )
