"""Reads of routing: detections of my units, referrals that concern my units."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, literal, or_, union_all
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from cii.access.restricted import not_restricted
from cii.access.vocabulary import Section
from cii.cases.queries import cases_named, with_case
from cii.institutions.queries import UnitLabel, code_told, unit_told, with_units
from cii.kernel.clock import local_day
from cii.kernel.errors import UnknownThing
from cii.people.names import LABEL, with_names
from cii.people.queries import PersonLabel, label_shown
from cii.routing.tables import Detection, DetectionRun, Referral
from cii.routing.vocabulary import WAITING, DetectionState, ReferralEvent, ReferralState
from cii.store.work import HOUSE, Actor, Work
from cii.wire.lists import AT, ROWS, Listing, mark_values
from cii.wire.lists import named as values_of
from cii.wire.pages import USUAL, Page, after, page_of, place
from cii.workflow.decided import Kept, kept_rows
from cii.workflow.definition import Definition, Stage
from cii.workflow.queries import newest_definition

_DETECTION: Any = Detection.__table__.columns  # type: ignore[attr-defined]
_REFERRAL: Any = Referral.__table__.columns  # type: ignore[attr-defined]
"""Lists take rows straight from the tables, under the names of their objects."""
_NEWEST: tuple[tuple[Any, bool], ...] = ((col(Detection.id), True),)
_LAST_SENT: tuple[tuple[Any, bool], ...] = ((col(Referral.id), True),)


def visible_detections(work: Work) -> ColumnElement[bool]:
    """Detections belong to the unit that made them; of a restricted case, to its readers there."""
    ours = col(Detection.unit_id).in_(work.actor.units)
    return and_(ours, not_restricted(col(Detection.case_id), work.actor))


def visible_referrals(work: Work) -> ColumnElement[bool]:
    """Referrals are seen by the two units they lie between; of a restricted case, by its readers there.

    The unit that is asked sees what it is asked, the other only with a name in the case.
    """
    mine = work.actor.units
    sent = and_(col(Referral.from_unit_id).in_(mine), not_restricted(col(Referral.case_id), work.actor))
    return or_(sent, col(Referral.to_unit_id).in_(mine))


def open_matters(work: Work, cases: Iterable[str], referrals: Iterable[str]) -> dict[str, set[str]]:
    """Of these references of cases and of referrals those whose page is open to the actor, in one query."""
    sent = columns(col(Referral.ref)).where(col(Referral.ref).in_(set(referrals)), visible_referrals(work))
    both = {"case": cases_named(work, cases), "referral": sent}
    rows = work.session.connection().execute(
        union_all(*(held.add_columns(literal(kind)) for kind, held in both.items()))
    )
    found: dict[str, set[str]] = {kind: set() for kind in both}
    for ref, kind in rows:
        found[kind].add(ref)
    return found


def detection_by_ref(work: Work, ref: str) -> Detection:
    """A detection of one of my units; refuses UnknownThing."""
    found = work.session.exec(
        select(Detection).where(col(Detection.ref) == ref, visible_detections(work))
    ).first()
    if found is None:
        raise UnknownThing(field="detection")
    return found


def referral_by_ref(work: Work, ref: str) -> Referral:
    """A referral that one of my units sent or received; refuses UnknownThing."""
    wanted = select(Referral).where(col(Referral.ref) == ref)
    found = work.session.exec(
        wanted if work.actor is HOUSE else wanted.where(visible_referrals(work))
    ).first()
    if found is None:
        raise UnknownThing(field="referral")
    return found


def open_referral(work: Work, case_id: int) -> Referral | None:
    """The referral of the case that still waits for an answer, or None; whoever calls has seen the case."""
    return work.session.exec(
        select(Referral).where(
            col(Referral.case_id) == case_id,
            col(Referral.state).in_(WAITING),
        )
    ).first()


def detection_source(work: Work, row: Detection) -> dict[str, object]:
    """Where the facts of a detection come from: a file or a form of a unit, on a day."""
    kind = "detection_file" if row.run_id else "detection"
    return {"kind": kind, "ref": row.ref, "on": local_day(row.at), "by": code_told(work, row.unit_id)}


@dataclass(frozen=True, slots=True)
class DetectionRow:
    """A detected person as lists and pages show it, with the decision that says why."""

    ref: str
    state: DetectionState
    person: PersonLabel | None
    unit: UnitLabel | None
    followed: tuple[str, ...]
    may_owe: tuple[str, ...]
    facts: Mapping[str, Any]
    decision: Kept | None
    case_ref: str | None
    reason: str | None
    at: datetime


def detections(
    work: Work, state: DetectionState | None = None, mark: str | None = None, limit: int = USUAL
) -> Page[DetectionRow]:
    """Detections of my units, the newest first; one query, one of decisions."""
    name = f"detections {state or ''}"
    since = place(work.settings, name, mark)
    made = _detection_list(work.actor, state, since is not None)
    rows = made.rows(work.session.connection(), {"now": work.now, "rows": limit + 1, **values_of(since)})
    page = page_of(rows, limit, work.settings, name, lambda row: (row.id,))
    return Page(tuple(_shown(work, page.items)), page.next)


def detection_view(work: Work, ref: str) -> DetectionRow:
    """One detection; refuses UnknownThing."""
    query = _detections(work).where(col(Detection.ref) == ref, visible_detections(work))
    found = work.session.connection().execute(query).all()
    if not found:
        raise UnknownThing(field="detection")
    return _shown(work, found)[0]


def detection_of_case(work: Work, case_id: int) -> DetectionRow | None:
    """The detection that a case began with, for those who see the case; names only as far as open to them."""
    query = _detections(work).where(col(Detection.case_id) == case_id).limit(1)
    found = work.session.connection().execute(query).all()
    return _shown(work, found)[0] if found else None


@lru_cache(maxsize=1024)
def _detection_list(actor: Actor, state: DetectionState | None, marked: bool) -> Listing:  # noqa: FBT001 - a key
    """The statement of a list for an actor as they are; with other seats they are another actor."""
    reader = Work(cast("Session", None), actor, AT)
    query = _detections(reader).where(visible_detections(reader))
    if state is not None:
        query = query.where(col(Detection.state) == state)
    if marked:
        query = query.where(after(_NEWEST, mark_values(_NEWEST)))
    return Listing(query.order_by(col(Detection.id).desc()).limit(ROWS))


def _detections(work: Work) -> Select[Any]:
    """Detections with their person, unit and case as the actor is shown them."""
    shown = columns(*_DETECTION, *LABEL[1:]).select_from(Detection)
    named = with_names(shown, col(Detection.person_id), work.actor, work.now)
    placed = with_case(named, col(Detection.case_id), work)
    return with_units(placed, work.actor, made=col(Detection.unit_id))


def _shown(work: Work, rows: Any) -> list[DetectionRow]:  # noqa: ANN401 - rows of one select
    decisions = kept_rows(work, {row.decision_id for row in rows})
    work.saw("person", [row.person_id for row in rows], Section.IDENTITY | Section.PLAN)
    return [
        DetectionRow(
            ref=row.ref,
            state=row.state,
            person=label_shown(row),
            unit=unit_told(row, "made"),
            followed=tuple(row.followed),
            may_owe=tuple(row.may_owe),
            facts=row.facts,
            decision=decisions.get(row.decision_id),
            case_ref=row.shown_case_ref,
            reason=row.reason,
            at=row.at,
        )
        for row in rows
    ]


def runs(work: Work, limit: int = USUAL) -> list[DetectionRun]:
    """The files that my units imported, the newest first."""
    return list(
        work.session.exec(
            select(DetectionRun)
            .where(col(DetectionRun.unit_id).in_(work.actor.units))
            .order_by(col(DetectionRun.id).desc())
            .limit(limit)
        )
    )


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A referral in a list; `mine`: it lies with a unit of the reader, who may open it; `moves`: open now."""

    ref: str
    version: int
    state: ReferralState
    case_ref: str | None
    case_number: str | None
    person: PersonLabel | None
    sender: UnitLabel | None
    receiver: UnitLabel | None
    named: UnitLabel | None
    reason: str
    answer: str | None
    sent_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    mine: bool
    moves: tuple[ReferralEvent, ...]


SENDS = frozenset({ReferralEvent.ANSWER, ReferralEvent.WITHDRAW})
"""What the unit that sent a referral does; everything else is the receiving unit's."""


def outcome_of(state: ReferralState, event: ReferralEvent) -> tuple[str, str]:
    """Task and outcome by which a unit's act moves the process of a referral in that state."""
    match event:
        case ReferralEvent.RECEIVE:
            return "receive", "received"
        case ReferralEvent.ANSWER:
            return "reply", "replied"
        case ReferralEvent.WITHDRAW:
            return ("reply" if state is ReferralState.QUESTION else "withdraw"), "withdrawn"
    return "answer", event.value


@lru_cache(maxsize=64)
def _open_in(stage: Stage) -> frozenset[tuple[str, str]]:
    return frozenset((task.key, outcome) for task in stage.tasks for outcome in task.outcomes)


def referral_process(work: Work) -> Definition:
    """The process of referrals as published last."""
    return newest_definition(work, "referral")


def referral_moves(work: Work, row: Referral, process: Definition) -> tuple[ReferralEvent, ...]:
    """What the actor may do with it now, as the process says: the receiver answers, the sender answers back.

    Of a stage every task is open until the stage is left, so that the published file tells it without a read
    per row; the step itself asks the engine.
    """
    mine = set(work.actor.units)
    sends, receives = row.from_unit_id in mine, row.to_unit_id in mine
    if not (sends or receives) or row.state not in WAITING:
        return ()
    known = _open_in(process.stages[row.state.value])
    return tuple(
        event
        for event in ReferralEvent
        if (sends if event in SENDS else receives) and outcome_of(row.state, event) in known
    )


def referrals(
    work: Work, *, waiting: bool = False, mark: str | None = None, limit: int = USUAL
) -> Page[ReferralRow]:
    """Referrals that my units sent or received, the newest first; `waiting`: those without an answer yet."""
    name = f"referrals {waiting}"
    since = place(work.settings, name, mark)
    made = _referral_list(work.actor, waiting, since is not None)
    rows = made.rows(work.session.connection(), {"now": work.now, "rows": limit + 1, **values_of(since)})
    page = page_of(rows, limit, work.settings, name, lambda row: (row.id,))
    return Page(tuple(_referral_rows(work, page.items)), page.next)


@lru_cache(maxsize=1024)
def _referral_list(actor: Actor, waiting: bool, marked: bool) -> Listing:  # noqa: FBT001 - a key
    """The statement of a list for an actor as they are; with other seats they are another actor."""
    reader = Work(cast("Session", None), actor, AT)
    query = _referrals(reader).where(visible_referrals(reader))
    if waiting:
        query = query.where(or_(*(col(Referral.state) == state for state in sorted(WAITING))))
    if marked:
        query = query.where(after(_LAST_SENT, mark_values(_LAST_SENT)))
    return Listing(query.order_by(col(Referral.id).desc()).limit(ROWS))


def referrals_of_case(work: Work, case_id: int) -> list[ReferralRow]:
    """The referrals of a case in order, for those who see the case."""
    query = _referrals(work).where(col(Referral.case_id) == case_id).order_by(col(Referral.id))
    return _referral_rows(work, work.session.connection().execute(query).all())


def referral_view(work: Work, ref: str) -> ReferralRow:
    """One referral; refuses UnknownThing."""
    query = _referrals(work).where(col(Referral.ref) == ref)
    if work.actor is not HOUSE:
        query = query.where(visible_referrals(work))
    found = work.session.connection().execute(query).all()
    if not found:
        raise UnknownThing(field="referral")
    return _referral_rows(work, found)[0]


def _referrals(work: Work) -> Select[Any]:
    """Referrals with their person, units and case as the actor is shown them."""
    sides = {
        "sender": col(Referral.from_unit_id),
        "receiver": col(Referral.to_unit_id),
        "named": col(Referral.named_unit_id),
    }
    shown = columns(*_REFERRAL, *LABEL[1:]).select_from(Referral)
    named = with_names(shown, col(Referral.person_id), work.actor, work.now)
    return with_units(with_case(named, col(Referral.case_id), work), work.actor, **sides)


def _referral_rows(work: Work, rows: Any) -> list[ReferralRow]:  # noqa: ANN401 - rows of one select
    work.saw("person", (row.person_id for row in rows if row.person_ref is not None), Section.IDENTITY)
    process = referral_process(work) if rows else None
    return [
        ReferralRow(
            ref=row.ref,
            version=row.version,
            state=row.state,
            case_ref=row.shown_case_ref,
            case_number=row.shown_case_number,
            person=label_shown(row),
            sender=unit_told(row, "sender"),
            receiver=unit_told(row, "receiver"),
            named=unit_told(row, "named"),
            reason=row.reason,
            answer=row.answer,
            sent_at=row.sent_at,
            expires_at=row.expires_at,
            answered_at=row.answered_at,
            mine=not {row.from_unit_id, row.to_unit_id}.isdisjoint(work.actor.units),
            moves=referral_moves(work, row, process) if process else (),
        )
        for row in rows
    ]
