"""Reads of recognitions: for the provider that asked, the coordination group and the steering group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import col, select

from cii.institutions.queries import UnitLabel, shown_units, units
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
    mine = set(work.actor.units)
    groups = {one.id for kind in (UnitKind.COORDINATION, UnitKind.STEERING) for one in units(work, kind=kind)}
    return or_(col(Recognition.unit_id).in_(mine), true() if mine & groups else col(Recognition.id).is_(None))


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
    held: dict[Criterion, Finding] = {}
    for one in said_to(work, recognition_id):
        if one.finding is None:
            held.pop(one.criterion, None)
        else:
            held[one.criterion] = one.finding
    return held


def recognitions(work: Work) -> list[RecognitionRow]:
    """The requests open to the actor, the newest first; a canton has a handful."""
    query = select(Recognition).where(visible_recognitions(work)).order_by(col(Recognition.id).desc())
    return [_shown(work, row) for row in work.session.exec(query.limit(200))]


def recognition(work: Work, ref: str) -> RecognitionRow:
    """One request; refuses UnknownThing."""
    return _shown(work, recognition_by_ref(work, ref))


def recognised_units(work: Work) -> frozenset[int]:
    """The enterprises recognised now and not past their review: for everybody who chooses one."""
    rows = work.session.exec(
        select(Recognition.unit_id).where(
            col(Recognition.state) == RecognitionState.RECOGNISED, col(Recognition.review_on) >= work.today
        )
    )
    return frozenset(rows)


def _shown(work: Work, row: Recognition) -> RecognitionRow:
    return RecognitionRow(
        ref=row.ref,
        version=row.version,
        state=row.state,
        unit=shown_units(work, [row.unit_id]).get(row.unit_id),
        applied_at=row.applied_at,
        decided_on=row.decided_on,
        review_on=row.review_on,
        reason=row.reason,
        criteria=_criteria(work, row.id or 0),
        acts=acts_of(work, row),
    )


def _criteria(work: Work, recognition_id: int) -> tuple[CriterionRow, ...]:
    said = said_to(work, recognition_id)
    holds = findings_of(work, recognition_id)
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


def acts_of(work: Work, row: Recognition) -> tuple[str, ...]:
    """What the actor may do now: evidence, withdraw, assess, decide, review."""
    mine = set(work.actor.units)

    def of(kind: UnitKind) -> bool:
        return not mine.isdisjoint({one.id for one in units(work, kind=kind)})

    match row.state:
        case RecognitionState.APPLIED if row.unit_id in mine:
            return ("evidence", "withdraw")
        case RecognitionState.ASSESSED if of(UnitKind.COORDINATION):
            return ("assess",)
        case RecognitionState.DECISION if of(UnitKind.STEERING):
            return ("decide",)
        case RecognitionState.RECOGNISED if of(UnitKind.COORDINATION):
            return ("review",)
    return ()
