"""Lists of rounds for their pages: rounds, cases of a run, decisions, and what rounds have said of one case.

A case is named only where it is open to the reader; to everybody else it is its place in the order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import col

from cii.access.vocabulary import Section
from cii.allocation.vocabulary import PinKind
from cii.cases.queries import with_case
from cii.institutions.queries import line_facts
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.measures.queries import measure_words
from cii.rounds.queries import visible_to
from cii.rounds.tables import AllocationRound, RoundCandidate, RoundPin, RoundRun
from cii.rounds.vocabulary import RoundState, Standing
from cii.store.work import Work

LEFT_FROM = 10**12
"""Marks of cases left out begin here, behind every place in an order."""


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round of the list, with the run that counts: the approved one, else the latest; None before any."""

    id: int
    ref: str
    title: str
    starts_on: date
    ends_on: date
    policy: dict[str, Any]
    state: RoundState
    opened_at: datetime
    run: int | None
    candidates: int | None
    placed: int | None


def rounds_list(
    work: Work, *, state: RoundState | None = None, after: int = 0, limit: int = 50
) -> list[RoundRow]:
    """Rounds, the newest first; `after` is the id of the last one shown."""
    latest = (
        select(func.max(col(RoundRun.number)))
        .where(col(RoundRun.round_id) == col(AllocationRound.id))
        .correlate(AllocationRound)
        .scalar_subquery()
    )
    counts = and_(
        col(RoundRun.round_id) == col(AllocationRound.id),
        col(RoundRun.number) == func.coalesce(col(AllocationRound.approved_run), latest),
    )
    names = ("id", "ref", "title", "starts_on", "ends_on", "policy", "state", "opened_at")
    query = (
        select(
            *(getattr(AllocationRound, name) for name in names),
            col(RoundRun.number), col(RoundRun.candidates), col(RoundRun.placed),
        )
        .outerjoin(RoundRun, counts)
        .where(visible_to(work.actor))
        .order_by(col(AllocationRound.id).desc())
        .limit(limit)
    )  # fmt: skip
    if state is not None:
        query = query.where(col(AllocationRound.state) == state)
    if after:
        query = query.where(col(AllocationRound.id) < after)
    return [RoundRow(*row) for row in work.session.execute(query)]


@dataclass(frozen=True, slots=True)
class CandidateAsked:
    """Which cases of a run: by result, measure, line; `number`: part of a case's number, among those open."""

    standing: Standing | None = None
    measure_ref: str = ""
    line_ref: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """What a run says of a case. `case_ref`, `case_number`: None where the case is not open to the reader.

    `position`: place in the order, 0 for a case left out of the round.
    """

    id: int
    case_id: int
    position: int
    urgency: int
    waiting_since: date
    lot: str
    starts_on: date
    ends_on: date
    options: int
    standing: Standing
    why: str | None
    measure_code: str | None
    measure_name: str | None
    line_code: str | None
    suitability: int | None
    cost: Chf | None
    pinned: bool
    purse: str | None
    short: Chf | None
    refused: list[dict[str, Any]]
    requested_by_unit_id: int
    case_ref: str | None
    case_number: str | None


_COLUMNS = (
    "id", "case_id", "position", "urgency", "waiting_since", "lot", "starts_on", "ends_on", "options",
    "standing", "why",
)  # fmt: skip
_RESULT = (
    "suitability",
    "cost",
    "pinned",
    "purse",
    "short",
    "refused",
    "requested_by_unit_id",
)


def candidates_of(
    work: Work, run_id: int, ask: CandidateAsked, *, after: int = 0, limit: int = 50
) -> list[CandidateRow]:
    """Cases of a run by their place in the order, those left out last; `after` is the mark of `mark_of`."""
    held = _candidates(work, col(RoundCandidate.run_id) == run_id)
    rows = held.subquery()
    wanted: list[ColumnElement[bool]] = []
    if ask.standing is not None:
        wanted.append(rows.c.standing == ask.standing)
    if ask.measure_ref:
        wanted.append(rows.c.measure_ref == ask.measure_ref)
    if ask.line_ref:
        wanted.append(rows.c.line_ref == ask.line_ref)
    if ask.number:
        wanted.append(rows.c.shown_case_number.contains(ask.number, autoescape=True))
    if after > LEFT_FROM:
        wanted.append(and_(rows.c.position == 0, rows.c.id > after - LEFT_FROM))
    elif after:
        wanted.append(or_(rows.c.position > after, rows.c.position == 0))
    query = (
        select(rows).where(*wanted).order_by(rows.c.position == 0, rows.c.position, rows.c.id).limit(limit)
    )
    return _told(work, query)


def mark_of(row: CandidateRow) -> int:
    """The mark of a row for the page after it: its place in the order, or its id behind all places."""
    return row.position or LEFT_FROM + row.id


def placed_measures(work: Work, run_id: int) -> list[tuple[str, str, str]]:
    """The measures in which a run places somebody, by code: reference, code, name."""
    used = select(col(RoundCandidate.measure_id)).where(col(RoundCandidate.run_id) == run_id)
    words = measure_words.c
    found = work.session.execute(
        select(words.measure_ref, words.measure_code, words.measure_name)
        .where(words.measure_id.in_(used))
        .order_by(words.measure_code)
    )
    return [(ref, code, name) for ref, code, name in found]


def measures_named(work: Work, codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Measures by code: reference and name."""
    words = measure_words.c
    found = work.session.execute(
        select(words.measure_code, words.measure_ref, words.measure_name).where(
            words.measure_code.in_(set(codes))
        )
    )
    return {code: (ref, name) for code, ref, name in found}


def candidate_of(work: Work, run_id: int, position: int) -> CandidateRow:
    """The case at that place of a run's order; refuses UnknownThing."""
    here = and_(col(RoundCandidate.run_id) == run_id, col(RoundCandidate.position) == position)
    found = _told(work, _candidates(work, here)) if position > 0 else []
    if not found:
        raise UnknownThing(field="candidate")
    return found[0]


def every_candidate(work: Work, run_id: int) -> list[CandidateRow]:
    """All cases of a run in their order, for its report; without a name: whoever reads it, it is the same."""
    found = work.session.execute(
        _bare(col(RoundCandidate.run_id) == run_id).order_by(
            col(RoundCandidate.position) == 0, col(RoundCandidate.position), col(RoundCandidate.id)
        )
    )
    return [_row(row, None, None) for row in found]


def _candidates(work: Work, here: ColumnElement[bool]) -> Select[Any]:
    return with_case(_bare(here), col(RoundCandidate.case_id), work)


def _bare(here: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            *(getattr(RoundCandidate, name) for name in (*_COLUMNS, *_RESULT)),
            measure_words.c.measure_ref, measure_words.c.measure_code, measure_words.c.measure_name,
            line_facts.c.line_ref, line_facts.c.code.label("line_code"),
        )
        .select_from(RoundCandidate)
        .outerjoin(measure_words, measure_words.c.measure_id == col(RoundCandidate.measure_id))
        .outerjoin(line_facts, line_facts.c.line_id == col(RoundCandidate.line_id))
        .where(here)
    )  # fmt: skip


def _told(work: Work, query: Select[Any]) -> list[CandidateRow]:
    found = [
        _row(row, row.shown_case_ref, row.shown_case_number) for row in work.session.execute(query).all()
    ]
    work.saw("case", [one.case_id for one in found if one.case_ref], int(Section.PLACEMENT))
    return found


def _row(row: Any, ref: str | None, number: str | None) -> CandidateRow:  # noqa: ANN401 - a row
    names = (*_COLUMNS, "measure_code", "measure_name", "line_code", *_RESULT)
    held = {name: getattr(row, name) for name in names}
    return CandidateRow(**held, case_ref=ref, case_number=number)


@dataclass(frozen=True, slots=True)
class PinRow:
    """A decision of the group by its number in the round, which says nothing of the case.

    `position`: the case's place in the order of a run, None where it has none.
    """

    number: int
    ref: str
    case_id: int
    kind: PinKind
    reason: str
    made_by: int
    made_at: datetime
    withdrawn_by: int | None
    withdrawn_at: datetime | None
    measure_code: str | None
    line_code: str | None
    position: int | None
    case_ref: str | None
    case_number: str | None


def pins_told(work: Work, round_id: int, run_id: int | None) -> list[PinRow]:
    """Every decision of a round, oldest first, withdrawn ones too, beside the order of that run."""
    in_run = and_(
        col(RoundCandidate.run_id) == (run_id or 0),
        col(RoundCandidate.case_id) == col(RoundPin.case_id),
        col(RoundCandidate.position) > 0,
    )
    names = (
        "ref", "case_id", "kind", "reason", "made_by", "made_at", "withdrawn_by", "withdrawn_at",
    )  # fmt: skip
    query = (
        select(
            *(getattr(RoundPin, name) for name in names),
            measure_words.c.measure_code, line_facts.c.code, col(RoundCandidate.position),
        )
        .select_from(RoundPin)
        .outerjoin(RoundCandidate, in_run)
        .outerjoin(measure_words, measure_words.c.measure_id == col(RoundPin.measure_id))
        .outerjoin(line_facts, line_facts.c.line_id == col(RoundPin.line_id))
        .where(col(RoundPin.round_id) == round_id)
        .order_by(col(RoundPin.id))
    )  # fmt: skip
    found = [
        PinRow(number, *row)
        for number, row in enumerate(
            work.session.execute(with_case(query, col(RoundPin.case_id), work)).all(), 1
        )
    ]
    work.saw("case", [one.case_id for one in found if one.case_ref], int(Section.PLACEMENT))
    return found


def pin_ref(work: Work, round_id: int, number: int) -> str:
    """The decision of that number in a round; refuses UnknownThing."""
    found = (
        work.session.scalars(
            select(col(RoundPin.ref))
            .where(col(RoundPin.round_id) == round_id)
            .order_by(col(RoundPin.id))
            .offset(number - 1)
            .limit(1)
        ).first()
        if number > 0
        else None
    )
    if found is None:
        raise UnknownThing(field="pin")
    return found


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What a round has said of a case: its place in the order, its place or why none; only once approved."""

    round_id: int
    round_ref: str
    title: str
    starts_on: date
    ends_on: date
    approved_at: datetime
    seed: str
    commitment: str
    run: int
    candidates: int
    row: CandidateRow


def case_results(work: Work, case_id: int) -> list[CaseResult]:
    """The approved rounds in which a case was, the newest first; the caller has seen its placements."""
    here = and_(
        col(RoundCandidate.case_id) == case_id,
        col(AllocationRound.state) == RoundState.APPROVED,
        col(RoundRun.number) == col(AllocationRound.approved_run),
    )
    found = work.session.execute(
        _bare(here)
        .join(RoundRun, col(RoundRun.id) == col(RoundCandidate.run_id))
        .join(AllocationRound, col(AllocationRound.id) == col(RoundRun.round_id))
        .add_columns(AllocationRound, col(RoundRun.number), col(RoundRun.candidates))
        .order_by(col(RoundRun.id).desc())
    ).all()
    work.saw("case", [case_id] if found else [], int(Section.PLACEMENT))
    return [
        CaseResult(
            held.id or 0, held.ref, held.title, held.starts_on, held.ends_on, held.approved_at, held.seed,
            held.commitment, row.number, row.candidates, _row(row, None, None),
        )
        for row in found
        for held in [row.AllocationRound]
    ]  # fmt: skip


def approved_run(work: Work, round_id: int, number: int) -> RoundRun:
    """A run of a round with its contents, for whoever has seen a case of it."""
    return work.session.scalars(
        select(RoundRun).where(col(RoundRun.round_id) == round_id, col(RoundRun.number) == number)
    ).one()


def open_rounds_with(work: Work, case_id: int) -> list[str]:
    """Titles of the open rounds whose latest run takes up the case; what they come to is not settled yet."""
    latest = (
        select(func.max(col(RoundRun.id)))
        .where(col(RoundRun.round_id) == col(AllocationRound.id))
        .correlate(AllocationRound)
        .scalar_subquery()
    )
    return list(
        work.session.scalars(
            select(col(AllocationRound.title))
            .join(RoundCandidate, col(RoundCandidate.run_id) == latest)
            .where(
                col(AllocationRound.state) == RoundState.OPEN,
                col(RoundCandidate.case_id) == case_id,
                col(RoundCandidate.position) > 0,
            )
            .order_by(col(AllocationRound.id))
        )
    )
