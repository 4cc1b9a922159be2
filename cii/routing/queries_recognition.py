"""Reads of recognitions: for the provider that asked, the coordination group and the steering group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, true
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.institutions.queries import UnitLabel, unit_told, units, with_units
from cii.institutions.vocabulary import UnitKind
from cii.kernel.errors import UnknownThing
from cii.routing.tables_social import CriterionAnswer, Recognition
from cii.routing.vocabulary_social import Criterion, Finding, RecognitionState
from cii.store.work import Work

SUBJECT = "recognition"
LIVE = (
    RecognitionState.APPLIED, RecognitionState.ASSESSED, RecognitionState.DECISION,
    RecognitionState.RECOGNISED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion: the provider's last word, the group's last finding and its remark.

    `stale`: evidence came after the finding, which has to be given again.
    """

    criterion: Criterion
    evidence: str | None
    finding: Finding | None
    remark: str | None
    stale: bool


@dataclass(frozen=True, slots=True)
class RecognitionRow:
    """A request with its fifteen criteria; `acts` are those open to the reader now."""

    ref: str
    version: int
    state: RecognitionState
    unit: UnitLabel | None
    applied_at: datetime
    decided_on: date | None
    review_on: date | None
    reason: str | None
    criteria: tuple[CriterionRow, ...]
    acts: tuple[str, ...]


def visible_recognitions(work: Work) -> ColumnElement[bool]:
    """The provider sees its own; the coordination and steering groups see all."""
    return _visible(work, _groups(work))


def _visible(work: Work, groups: frozenset[UnitKind]) -> ColumnElement[bool]:
    own = col(Recognition.unit_id).in_(work.actor.units)
    return or_(own, true() if groups else col(Recognition.id).is_(None))


def _groups(work: Work) -> frozenset[UnitKind]:
    """Of the coordination and the steering group those in which the actor has a seat."""
    mine, groups = set(work.actor.units), (UnitKind.COORDINATION, UnitKind.STEERING)
    return frozenset(one.kind for one in units(work) if one.kind in groups and one.id in mine)


def recognition_by_ref(work: Work, ref: str) -> Recognition:
    """A request open to the actor; refuses UnknownThing."""
    found = work.session.exec(
        select(Recognition).where(col(Recognition.ref) == ref, visible_recognitions(work))
    ).first()
    if found is None:
        raise UnknownThing(field="recognition")
    return found


def running(work: Work, unit_id: int) -> Recognition | None:
    """The request or recognition of a unit that is alive."""
    return work.session.exec(
        select(Recognition).where(col(Recognition.unit_id) == unit_id, col(Recognition.state).in_(LIVE))
    ).first()


def said_to(work: Work, recognition_id: int) -> list[CriterionAnswer]:
    """All that was said to the criteria, in order."""
    query = select(CriterionAnswer).where(col(CriterionAnswer.recognition_id) == recognition_id)
    return list(work.session.exec(query.order_by(col(CriterionAnswer.id))))


def findings_of(work: Work, recognition_id: int) -> Mapping[Criterion, Finding]:
    """The findings that hold: the last of each criterion, unless evidence came after it."""
    return _holding(said_to(work, recognition_id))


def _holding(said: Iterable[CriterionAnswer]) -> Mapping[Criterion, Finding]:
    held: dict[Criterion, Finding] = {}
    for one in said:
        if one.finding is None:
            held.pop(one.criterion, None)
        else:
            held[one.criterion] = one.finding
    return held


def recognitions(work: Work) -> list[RecognitionRow]:
    """The requests open to the actor, the newest first; a canton has a handful."""
    groups = _groups(work)
    query = _each(work).where(_visible(work, groups)).order_by(col(Recognition.id).desc())
    return _shown(work, work.session.execute(query.limit(200)).all(), groups)


def recognition(work: Work, ref: str) -> RecognitionRow:
    """One request; refuses UnknownThing."""
    found = _each(work).where(col(Recognition.id) == recognition_by_ref(work, ref).id)
    return _shown(work, work.session.execute(found).all(), _groups(work))[0]


def _each(work: Work) -> Select[Any]:
    """Requests, each with the provider's unit as the actor is shown it."""
    held = columns(Recognition).select_from(Recognition)
    return with_units(held, work.actor, whose=col(Recognition.unit_id))


def recognised_units(work: Work) -> frozenset[int]:
    """The enterprises recognised now and not past their review: for everybody who chooses one."""
    rows = work.session.exec(
        select(Recognition.unit_id).where(
            col(Recognition.state) == RecognitionState.RECOGNISED, col(Recognition.review_on) >= work.today
        )
    )
    return frozenset(rows)


def _shown(work: Work, found: Sequence[Any], groups: frozenset[UnitKind]) -> list[RecognitionRow]:
    rows = [(told[0], unit_told(told, "whose")) for told in found]
    said: dict[int, list[CriterionAnswer]] = {row.id: [] for row, _ in rows}
    for one in work.session.exec(
        select(CriterionAnswer)
        .where(col(CriterionAnswer.recognition_id).in_(said))
        .order_by(col(CriterionAnswer.id))
    ):
        said[one.recognition_id].append(one)
    return [
        RecognitionRow(
            ref=row.ref,
            version=row.version,
            state=row.state,
            unit=unit,
            applied_at=row.applied_at,
            decided_on=row.decided_on,
            review_on=row.review_on,
            reason=row.reason,
            criteria=_criteria(said[row.id or 0]),
            acts=_acts(row, row.unit_id in work.actor.units, groups),
        )
        for row, unit in rows
    ]


def _criteria(said: Sequence[CriterionAnswer]) -> tuple[CriterionRow, ...]:
    holds = _holding(said)
    rows = []
    for one in Criterion:
        evidence = [each for each in said if each.criterion is one and each.finding is None]
        found = [each for each in said if each.criterion is one and each.finding is not None]
        rows.append(
            CriterionRow(
                one,
                evidence[-1].said if evidence else None,
                found[-1].finding if found else None,
                found[-1].said or None if found else None,
                bool(found) and one not in holds,
            )
        )
    return tuple(rows)


def _acts(row: Recognition, own: bool, groups: frozenset[UnitKind]) -> tuple[str, ...]:  # noqa: FBT001
    """What the actor may do now: evidence, withdraw, assess, decide, review."""
    match row.state:
        case RecognitionState.APPLIED if own:
            return ("evidence", "withdraw")
        case RecognitionState.ASSESSED if UnitKind.COORDINATION in groups:
            return ("assess",)
        case RecognitionState.DECISION if UnitKind.STEERING in groups:
            return ("decide",)
        case RecognitionState.RECOGNISED if UnitKind.COORDINATION in groups:
            return ("review",)
    return ()
