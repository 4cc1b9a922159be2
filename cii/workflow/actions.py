"""Writes of the engine: start and move processes, assign tasks, keep decisions; timers: `sweeping`.

Each step locks its instance first: of two partners who end the last two tasks at the same moment, the second
sees what the first has done, and the stage is left once. Effects outside the engine go back to the caller.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cii.access.queries import members_of
from cii.decisions.decision import SEVERAL, Decision
from cii.decisions.decision import decide as decide_by
from cii.files.vocabulary import LANGUAGES
from cii.institutions.queries import units_by_id
from cii.journal.actions import wrote
from cii.kernel.digest import digest
from cii.kernel.errors import Refusal, UnknownThing
from cii.store.work import Work
from cii.workflow.events import (
    SYSTEM,
    By,
    Decided,
    Event,
    LeadMoved,
    Reassign,
    Reopen,
    Start,
    TimerFired,
    TransferLead,
)  # fmt: skip
from cii.workflow.keeping import Fired, keep, keep_parts, stored
from cii.workflow.machine import step
from cii.workflow.projection import instance_fields
from cii.workflow.publishing import PublishedFileChanged, publish
from cii.workflow.queries import (
    acting,
    definition_of,
    definition_row,
    locked,
    roles_of,
    state_of,
    table_on,
    task_by_ref,
)
from cii.workflow.tables import WfDecision, WfDefinition, WfInstance, WfTask
from cii.workflow.terms import Terms, with_terms
from cii.workflow.vocabulary import Status

__all__ = [
    "AlreadyRunning", "Fired", "NotOfTheUnit", "PublishedFileChanged", "StoredDecision", "Units",
    "assign_task", "decide", "fire", "hand_to", "publish", "start",
]  # fmt: skip

Units = Mapping[str, Iterable[int]]
"""The ids of the units that hold each role."""


class AlreadyRunning(Refusal):
    """The subject has a running process of this kind."""

    code, kind = "process-already-running", "conflict"


class NotOfTheUnit(Refusal):
    """A task is assigned to a member of the unit that holds it."""

    code, kind = "assignee-not-of-the-unit", "unfit"


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision and the row that keeps it."""

    decision: Decision
    row: WfDecision


def start(
    work: Work,
    name: str,
    *,
    subject: str,
    subject_id: int,
    subject_ref: str,
    person_id: int | None,
    facts: Mapping[str, object],
    roles: Units,
    terms: Terms | None = None,
) -> Fired:
    """Begin the newest version of a process for a subject; `terms` are this subject's own delays.

    Refuses: UnknownThing (no such process), AlreadyRunning, and whatever the first stages refuse.
    """
    row = definition_row(work, name)
    _only_one(work, name, subject, subject_id)
    definition = definition_of(work, row.id or 0)
    held = _held(roles)
    took = step(with_terms(definition, terms), None, Start(), facts, work.now, work.calendar, held)
    instance = WfInstance(
        definition_id=row.id or 0,
        subject=subject,
        subject_id=subject_id,
        subject_ref=subject_ref,
        person_id=person_id,
        started_at=work.now,
        **instance_fields(took.state),
        closed_at=work.now if took.state.status == Status.CLOSED else None,
    )
    with _one_at_most(work, name):
        work.session.add(instance)
        work.session.flush()
    keep_parts(work, instance, held)
    return keep(work, instance, definition, before=None, took=took, event=Start())


def fire(  # noqa: PLR0917 - as the rooms above agreed; all but the first three are named
    work: Work,
    instance: WfInstance,
    event: Event,
    facts: Mapping[str, object] | None = None,
    roles: Units | None = None,
    expected_seq: int | None = None,
    by: By | None = None,
    terms: Terms | None = None,
) -> Fired:
    """Move a process by one event; the actor's part in it is found from the units that hold its roles.

    `roles` left out: those of the last step. `expected_seq`: what the editor has seen (StaleSeq). `by` only
    where somebody acts without a seat, as through a signed link. `terms`: this subject's own delays, in place
    of those of the file for what opens now. Refuses what `machine.step`
    refuses, all at once.
    """
    now, definition = locked(work, instance.id or 0)
    before = state_of(work, now, definition)
    known = roles_of(work, now.id or 0)
    held = known if roles is None else _held(roles)
    _reachable(work, event)
    if isinstance(event, Reopen) and now.status == Status.CLOSED:
        _only_one(work, definition.id, now.subject, now.subject_id)
    if isinstance(event, Decided | TimerFired):
        by = SYSTEM
    event = replace(event, by=acting(work, held) if by is None else by)
    told = with_terms(definition, terms)
    took = step(told, before, event, facts or {}, work.now, work.calendar, held, expected=expected_seq)
    for effect in took.effects:
        if isinstance(effect, LeadMoved):
            held = {**held, "lead": (int(effect.to),)}
    if held != known:
        keep_parts(work, now, held)
    return keep(work, now, definition, before=before, took=took, event=event)


def _only_one(work: Work, name: str, subject: str, subject_id: int) -> None:
    running = work.session.exec(
        select(WfInstance.ref)
        .join(WfDefinition, col(WfDefinition.id) == col(WfInstance.definition_id))
        .where(
            col(WfInstance.subject) == subject,
            col(WfInstance.subject_id) == subject_id,
            col(WfInstance.status) != Status.CLOSED,
            col(WfDefinition.name) == name,
        )
    ).first()
    if running is not None:
        raise AlreadyRunning(process=name)


@contextmanager
def _one_at_most(work: Work, name: str) -> Iterator[None]:
    """Of two who begin the same process at the same moment, the second is told so."""
    try:
        with work.session.begin_nested():
            yield
    except IntegrityError as clash:
        raise AlreadyRunning(process=name) from clash


def _reachable(work: Work, event: Event) -> None:
    """A unit that is given something exists."""
    match event:
        case TransferLead(to=int(unit)) | Reassign(unit=int(unit)) if unit not in units_by_id(work, {unit}):
            raise UnknownThing(what="unit")


def assign_task(
    work: Work, task_ref: str, account_id: int | None, *, expected_seq: int | None = None
) -> Fired:
    """Give an open task to a member of its unit, or back to the unit with None.

    Members take free tasks of their own unit and give back their own; else the engine's guard decides (lead,
    coordination, supervisor). Refuses: UnknownThing, NotOfTheUnit, IllegalMove, StaleSeq.
    """
    task = task_by_ref(work, task_ref)
    if account_id is not None and not _seated(work, account_id, task.unit_id):
        raise NotOfTheUnit(field="account")
    me = work.actor.account_id
    own = task.unit_id in work.actor.units and me is not None
    free = own and (
        (task.account_id is None and account_id == me) or (task.account_id == me and account_id is None)
    )
    instance = work.session.get_one(WfInstance, task.instance_id)
    return fire(
        work,
        instance,
        Reassign(task.number, account_id),
        expected_seq=expected_seq,
        by=SYSTEM if free else None,
    )


def hand_to(work: Work, task: WfTask, account_id: int) -> Fired:
    """Give a task to a member of its unit, which the caller has allowed; refuses NotOfTheUnit."""
    if not _seated(work, account_id, task.unit_id):
        raise NotOfTheUnit(field="account")
    instance = work.session.get_one(WfInstance, task.instance_id)
    return fire(work, instance, Reassign(task.number, account_id), by=SYSTEM)


def _seated(work: Work, account_id: int, unit_id: int | None) -> bool:
    """Whether the account has a live seat in the unit today."""
    return unit_id is not None and account_id in {one.id for one in members_of(work, unit_id)}


def _held(roles: Units) -> dict[str, tuple[int, ...]]:
    return {role: tuple(units) for role, units in roles.items()}


def decide(
    work: Work,
    table_name: str,
    facts: Mapping[str, object],
    *,
    subject: str,
    subject_id: int,
    person_id: int | None = None,
    case_id: int | None = None,
    at: date | None = None,
    sources: Mapping[str, str | Mapping[str, Any]] | None = None,
) -> StoredDecision:
    """Ask the table in force on a day and keep the answer: what went in, which rules held, why.

    `sources` says by fact where it comes from: a kind of source, or {kind, ref, on, by} as plain values
    (`kind`: "status", "grid", "announcement", …). Of the facts those count that the table asks for.
    Refuses: NoTableInForce, and what `decision.decide` refuses (facts of a wrong type or outside their
    domain, MissingFacts, NoRule, RulesOverlap).
    """
    row, table = table_on(work, table_name, at or work.today)
    decision = decide_by(table, table.relevant(facts))
    explained = {lang: decision.explain(lang) for lang in LANGUAGES}
    several = table.hit_policy in SEVERAL
    kept = WfDecision(
        table_id=row.id or 0,
        subject=subject,
        subject_id=subject_id,
        person_id=person_id,
        case_id=case_id,
        inputs={name: stored(value) for name, value in decision.used.items()},
        sources=_sources(sources or {}, decision.used),
        outputs=stored(list(decision.results) if several else decision.outputs),
        rules=list(decision.rules),
        why=[{lang: explained[lang][place] for lang in LANGUAGES} for place in range(len(decision.why))],
        digest=decision.digest,
        at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(kept)
    work.session.flush()
    wrote(
        work,
        "decide",
        subject,
        subject_id,
        ref=kept.ref,
        case_id=case_id,
        person_id=person_id,
        payload={"table": table.id, "version": table.version, "digest": digest([kept.inputs, kept.outputs])},
    )
    return StoredDecision(decision, kept)


def _sources(
    given: Mapping[str, str | Mapping[str, Any]], used: Mapping[str, object]
) -> dict[str, dict[str, Any]]:
    """The sources of the facts that were used, each as a mapping of plain values."""
    named = {name: given[name] for name in used if name in given}
    return {
        name: {"kind": one} if isinstance(one, str) else {part: stored(value) for part, value in one.items()}
        for name, one in named.items()
    }
