"""What each member of a unit carries against the time released for it; tasks and cases given to who has room.

Source: product.md §8 (CaseManagerAssignment: released percentage, substitution).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.access.naming import account_name
from cii.access.queries import members_of
from cii.access.vocabulary import Role
from cii.cases.actions import move_lead
from cii.cases.leading import cases_led
from cii.cases.queries import case_by_ref
from cii.desk.rules import Load, NotOfYourUnit, PercentOutOfRange, by_room
from cii.desk.substituting import absent_today, supervises
from cii.desk.tables import ReleasedShare
from cii.institutions.queries import unit_by_ref
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.store.work import Work
from cii.workflow.actions import assign_task
from cii.workflow.carried import tasks_carried
from cii.workflow.queries import task_by_ref

FULL = 100
"""Percent of a full position; what counts for whom no share was recorded."""
_LEADING = (Role.CASE_MANAGER, Role.SUPERVISOR)


@dataclass(frozen=True)
class ReleaseShare:
    """How many percent of a full position a member of the unit has for cases, from a day on."""

    unit_ref: str
    account_ref: str
    percent: int
    valid_from: date


@dataclass(frozen=True)
class HandTasks:
    """Open tasks of the unit for one of its members."""

    refs: tuple[str, ...] = field(metadata={"min": 1, "max": 100})
    account_ref: str


@dataclass(frozen=True)
class HandCases:
    """Open cases of the unit for one of its members, who leads them from now on."""

    refs: tuple[str, ...] = field(metadata={"min": 1, "max": 100})
    account_ref: str


def led_unit(work: Work, unit_ref: str) -> int:
    """A unit that the actor supervises; refuses UnknownThing for any other."""
    unit = unit_by_ref(work, unit_ref)
    if unit.id is None or not supervises(work, unit.id):
        raise UnknownThing(field="unit")
    return unit.id


def loads(work: Work, unit_id: int) -> list[Load]:
    """What each member who may lead cases carries, who has most room first; five statements for a unit."""
    led, tasks, absent = cases_led(work, unit_id), tasks_carried(work, unit_id), absent_today(work, unit_id)
    shares = _shares(work, unit_id)
    return by_room(
        Load(
            one.id or 0,
            one.name,
            led.get(one.id, 0),
            *tasks.get(one.id, (0, 0)),
            shares.get(one.id or 0, FULL),
            (one.id or 0) in absent,
        )
        for one in members_of(work, unit_id, *_LEADING)
    )


def _shares(work: Work, unit_id: int) -> dict[int, int]:
    """The share in force today by account; of two from the same day the one recorded last."""
    rows = work.session.exec(
        select(ReleasedShare.account_id, ReleasedShare.percent)
        .where(col(ReleasedShare.unit_id) == unit_id, col(ReleasedShare.valid_from) <= work.today)
        .order_by(col(ReleasedShare.valid_from), col(ReleasedShare.id))
    )
    return {account: percent for account, percent in rows}  # noqa: C416 - the last of each account stands


def share_history(work: Work, unit_id: int) -> Sequence[tuple[ReleasedShare, str | None, str | None]]:
    """Every share recorded in the unit, the newest first, with whose it is and who recorded it, by name."""
    whose, by = (account_name(one) for one in (col(ReleasedShare.account_id), col(ReleasedShare.recorded_by)))
    rows = work.session.execute(
        columns(ReleasedShare, whose, by)
        .where(col(ReleasedShare.unit_id) == unit_id)
        .order_by(col(ReleasedShare.valid_from).desc(), col(ReleasedShare.id).desc())
    )
    return [(share, name, recorded_by) for share, name, recorded_by in rows]


def release_share(work: Work, ask: ReleaseShare) -> ReleasedShare:
    """Record a share; a correction is a new row. Refuses UnknownThing, NotOfYourUnit, PercentOutOfRange."""
    unit_id = led_unit(work, ask.unit_ref)
    account = {one.ref: one.id for one in members_of(work, unit_id)}.get(ask.account_ref)
    found: list[Refusal] = []
    if account is None:
        found.append(NotOfYourUnit(field="account_ref"))
    if not 0 <= ask.percent <= FULL:
        found.append(PercentOutOfRange(field="percent"))
    refuse(found)
    row = ReleasedShare(
        account_id=account or 0, unit_id=unit_id, percent=ask.percent, valid_from=ask.valid_from,
        recorded_at=work.now, recorded_by=work.actor.account_id,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    wrote(
        work, "release_share", "account", account, unit_id=unit_id,
        payload={"percent": ask.percent, "from": ask.valid_from.isoformat()},
    )  # fmt: skip
    return row


def hand_tasks(work: Work, ask: HandTasks) -> int:
    """Give tasks of units that the actor supervises to a member, all or none; returns how many.

    Refuses: UnknownThing where one of them is not a task of such a unit (the whole request), NotOfYourUnit,
    and what the process refuses.
    """
    refs = tuple(dict.fromkeys(ask.refs))
    tasks = [task_by_ref(work, ref) for ref in refs]
    if any(one.unit_id is None or not supervises(work, one.unit_id) for one in tasks):
        raise UnknownThing(what="task")
    account = _member(work, {one.unit_id or 0 for one in tasks}, ask.account_ref)
    for ref in refs:
        assign_task(work, ref, account)
    return len(refs)


def hand_cases(work: Work, ask: HandCases) -> int:
    """Name the member who leads these cases from now on, all or none; returns how many were changed.

    Refuses: UnknownThing where one of them is not led by a unit that the actor supervises, NotOfYourUnit,
    CaseClosed.
    """
    cases = [case_by_ref(work, ref) for ref in dict.fromkeys(ask.refs)]
    if any(not supervises(work, one.lead_unit_id) for one in cases):
        raise UnknownThing(field="case")
    account = _member(work, {one.lead_unit_id for one in cases}, ask.account_ref)
    changed = [one for one in cases if one.lead_account_id != account]
    for one in changed:
        move_lead(work, one, one.lead_unit_id, account)
    return len(changed)


def _member(work: Work, unit_ids: set[int], account_ref: str) -> int:
    """The account with a seat in each of these units that may lead; refuses NotAllowed, NotOfYourUnit."""
    if not unit_ids:
        raise NotAllowed
    known = [{one.ref: one.id or 0 for one in members_of(work, unit, *_LEADING)} for unit in unit_ids]
    if any(account_ref not in one for one in known):
        raise NotOfYourUnit(field="account_ref")
    return known[0][account_ref]
