"""Fires timers that have come due: the oldest first, each once, none in the way of the others.

The step of a late timer is taken when it is swept: people learn of it then, and the delays that begin with
it run from then; its record keeps the moment that was due. A worker takes each timer in a transaction of its
own: whatever kills it, what was done is done and the rest waits. A timer that fails is tried again after 2,
4, 8 … minutes, in the end once a day, and is listed by `stuck_timers` until it fires.
Source: workflow.md §1 point 3.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Select, or_, select
from sqlmodel import col

from cii.kernel.errors import Refusal
from cii.store.work import Work
from cii.wire.pages import after
from cii.workflow.actions import fire
from cii.workflow.events import Event, TimerFired
from cii.workflow.keeping import Fired
from cii.workflow.queries import locked
from cii.workflow.tables import WfInstance, WfTimer

log = logging.getLogger("cii.workflow")

CHUNK = 200
SELDOM = timedelta(days=1)
"""A timer that keeps failing is tried at least that often."""


class Advance(Protocol):
    """How the room that owns a subject moves its process: it gathers facts and sees to the effects."""

    def __call__(self, work: Work, instance: WfInstance, event: Event) -> Fired:
        """Take one step."""
        ...


@dataclass(frozen=True, slots=True)
class StuckTimer:
    """A timer that came due and could not fire: of which process, since when, how often tried, why not."""

    instance_ref: str
    subject: str
    subject_ref: str
    number: int
    kind: str
    target: str
    due_at: datetime
    failures: int
    failure: str
    retry_at: datetime | None


def sweep_each(
    opened: Callable[[], AbstractContextManager[Work]], advance: Mapping[str, Advance] | None = None
) -> tuple[int, int]:
    """Fire every timer that is due, each in a transaction of its own; returns how many fired and failed.

    `opened` begins a transaction of the house; `advance` names by subject who takes the step with its facts
    and effects. A failure, refused or not, is logged and kept with the timer. Swept twice, each fires once.
    """
    fired = failed = 0
    for timer_id in _waiting(opened):
        try:
            with opened() as work:
                fired += _fire(work, timer_id, work.now, advance or {}) is not None
        except Exception as broken:
            failed += 1
            why = broken.code if isinstance(broken, Refusal) else type(broken).__name__
            log.exception("timer %s could not fire; it will be tried again", timer_id)
            with opened() as work:
                _note_failure(work, timer_id, why)
    return fired, failed


def stuck_timers(work: Work, limit: int = 100) -> list[StuckTimer]:
    """The timers that came due and could not fire, the oldest first."""
    rows = work.session.execute(
        select(WfTimer, WfInstance)
        .join(WfInstance, col(WfInstance.id) == col(WfTimer.instance_id))
        .where(col(WfTimer.state) == "waiting", col(WfTimer.failure).is_not(None))
        .order_by(col(WfTimer.due_at), col(WfTimer.id))
        .limit(limit)
    )
    return [
        StuckTimer(
            instance.ref, instance.subject, instance.subject_ref, timer.number, timer.kind, timer.target,
            timer.due_at, timer.failures, timer.failure or "", timer.retry_at,
        )
        for timer, instance in rows
    ]  # fmt: skip


def _due(moment: datetime) -> Select[Any]:
    columns: Any = (col(WfTimer.id), col(WfTimer.due_at))
    return (
        select(*columns)
        .where(
            col(WfTimer.state) == "waiting",
            col(WfTimer.due_at) <= moment,
            or_(col(WfTimer.retry_at).is_(None), col(WfTimer.retry_at) <= moment),
        )
        .order_by(col(WfTimer.due_at), col(WfTimer.id))
    )


def _waiting(opened: Callable[[], AbstractContextManager[Work]]) -> Iterator[int]:
    """The timers due now, in due order, a chunk at a time; one that fails is not met again."""
    place: tuple[object, ...] = ()
    order = ((col(WfTimer.due_at), False), (col(WfTimer.id), False))
    while True:
        with opened() as work:
            query = _due(work.now).limit(CHUNK)
            chunk = work.session.execute(query.where(after(order, place)) if place else query).all()
        if not chunk:
            return
        yield from (row.id for row in chunk)
        place = (chunk[-1].due_at, chunk[-1].id)


def _fire(work: Work, timer_id: int, moment: datetime, advance: Mapping[str, Advance]) -> Fired | None:
    timer = work.session.get_one(WfTimer, timer_id)
    instance, _ = locked(work, timer.instance_id)
    work.session.refresh(timer)
    if timer.state != "waiting" or timer.due_at > moment:
        return None
    return advance.get(instance.subject, fire)(work, instance, TimerFired(timer.number))


def _note_failure(work: Work, timer_id: int, why: str) -> None:
    timer = work.session.get_one(WfTimer, timer_id)
    locked(work, timer.instance_id)
    work.session.refresh(timer)
    if timer.state == "waiting":
        timer.failures += 1
        timer.failure = why[:80]
        timer.retry_at = work.now + min(timedelta(minutes=2 ** min(timer.failures, 20)), SELDOM)
        work.session.flush()
