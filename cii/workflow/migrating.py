"""Moves running cases to another version of their process: dry run, then batches that do what it said.

The dry run ends with a digest over the plan, both versions, the day, and for each case its `seq` and all that
would change in it. The real run asks for that digest and stops before the first case when it would do
anything else. Cases that the plan has moved before count with what was written then, so that a run that was
cut off goes on under the digest of its own dry run. Each batch is one transaction and locks its cases in one
order: of two runs at once the second waits and finds nothing left to do. Source: workflow.md §1 point 4.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.files.problems import BrokenFile
from cii.kernel.calendar import WorkingDays
from cii.kernel.digest import digest
from cii.kernel.errors import Refusal, UnknownThing
from cii.store.settings import Settings
from cii.store.work import HOUSE, Work, working
from cii.workflow.bulk import Changed, keep_all
from cii.workflow.definition import Definition
from cii.workflow.migration import Plan, check_plan
from cii.workflow.queries import parsed, revived
from cii.workflow.state import Record, Roles, State, fold
from cii.workflow.tables import WfDefinition, WfEvent, WfInstance, WfPart
from cii.workflow.transfer import Blocked, Moved, plan_for
from cii.workflow.vocabulary import Status

ACT = "migrate_process"
"""The act under which the journal keeps each case."""
BATCH = 200
_CHUNK = 500
_SHORTEST = 12
"""Characters of a digest that are enough to confirm it."""

Gather = Callable[[Work, WfInstance], Mapping[str, object]]
"""The facts of a case, gathered by the room that owns its subject."""


class MigrationUnconfirmed(Refusal):
    """A migration needs the digest of its dry run."""

    code, kind = "migration-unconfirmed", "unmet"


class MigrationOutdated(Refusal):
    """Cases, roles or the day have changed since the dry run that was confirmed."""

    code, kind = "migration-outdated", "stale"


@dataclass(frozen=True, slots=True)
class BlockedCase:
    """A case that stays on its version, with every reason."""

    ref: str
    instance_ref: str
    stage: str
    reasons: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class StageCount:
    """The cases of one stage: how many move to which stage, how many stay."""

    stage: str
    to: str | None
    moving: int
    blocked: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a migration would do today; `done`: cases that the same plan has moved before."""

    plan: Plan
    old: Definition
    new: Definition
    stages: tuple[StageCount, ...]
    moving: int
    done: int
    blocked: tuple[BlockedCase, ...]
    opened: Mapping[str, int]
    cancelled: Mapping[str, int]
    digest: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a migration has done: cases moved now and before, those that stay, those changed meanwhile."""

    moved: int
    done: int
    blocked: tuple[BlockedCase, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """A running case on the old version, and what the plan makes of it."""

    instance: WfInstance
    state: State
    result: Moved | Blocked

    @property
    def mark(self) -> str:
        """The digest of what would change."""
        return _mark(self.instance.ref, self.instance.seq, self.result)


@dataclass(frozen=True, slots=True)
class _Versions:
    """Both versions of a plan, as rows' ids and as read."""

    old_id: int
    old: Definition
    new_id: int
    new: Definition


def _mark(ref: str, seq: int, result: Moved | Blocked) -> str:
    if isinstance(result, Blocked):
        return digest([ref, seq, sorted(str(one) for one in result.reasons)])
    return _moved_mark(ref, seq, result.record.data)


def _moved_mark(ref: str, seq: int, data: Mapping[str, object]) -> str:
    return digest([ref, seq, data])


def dry_run(work: Work, plan: Plan, gather: Gather | None = None) -> Report:
    """What the plan would do to each running case today; writes nothing.

    Refuses: UnknownThing (a version that is not published), BrokenFile (a plan that does not fit them).
    """
    return _survey(work, plan, gather)[0]


def _survey(work: Work, plan: Plan, gather: Gather | None) -> tuple[Report, dict[int, str]]:
    """The report, and by instance the mark of what it promises to each case that moves."""
    versions = _versions(work, plan)
    promised: dict[int, str] = {}
    stages: dict[str, list[int]] = {}
    blocked: list[BlockedCase] = []
    opened: Counter[str] = Counter()
    cancelled: Counter[str] = Counter()
    marks: list[str] = []
    for case in _cases(work, plan, versions, gather):
        count = stages.setdefault(case.state.stage, [0, 0])
        count[isinstance(case.result, Blocked)] += 1
        marks.append(case.mark)
        if isinstance(case.result, Blocked):
            blocked.append(_blocked(case, case.result))
            continue
        promised[case.instance.id or 0] = marks[-1]
        before, after = case.state.tasks, case.result.state.tasks
        opened.update(f"{one.stage}.{one.key}" for one in after[len(before) :])
        cancelled.update(
            f"{one.stage}.{one.key}" for one in before if one.live and not after[one.no - 1].live
        )
    done = _done_marks(work, plan, versions)
    report = Report(
        plan=plan,
        old=versions.old,
        new=versions.new,
        stages=tuple(
            StageCount(one, plan.stage_in(versions.new, one), *stages[one])
            for one in versions.old.stages
            if one in stages
        ),
        moving=sum(count[0] for count in stages.values()),
        done=len(done),
        blocked=tuple(blocked),
        opened=dict(sorted(opened.items())),
        cancelled=dict(sorted(cancelled.items())),
        digest=digest(
            [plan.digest, versions.old.digest, versions.new.digest, work.today, sorted([*marks, *done])]
        ),
    )
    return report, promised


def migrate(
    engine: Engine,
    plan: Plan,
    *,
    confirm: str | None,
    now: datetime,
    batch: int = BATCH,
    calendar: WorkingDays | None = None,
    settings: Settings | None = None,
    gather: Gather | None = None,
    after_batch: Callable[[int], None] | None = None,
) -> Migrated:
    """Do what the confirmed dry run said, batch by batch; a case changed meanwhile is left and named.

    `after_batch` is told after each transaction how many cases have moved so far. Refuses, before anything is
    changed: MigrationUnconfirmed, MigrationOutdated, and what `dry_run` refuses.
    """
    if not confirm:
        raise MigrationUnconfirmed(field="confirm")
    with working(engine, HOUSE, now, calendar=calendar, settings=settings, writing=False) as work:
        report, promised = _survey(work, plan, gather)
    if len(confirm) < _SHORTEST or not report.digest.startswith(confirm):
        raise MigrationOutdated(field="confirm", confirmed=confirm[:12], found=report.digest[:12])
    todo, moved, changed = sorted(promised), 0, list[str]()
    for start in range(0, len(todo), batch):
        ids = todo[start : start + batch]
        with working(engine, HOUSE, now, calendar=calendar, settings=settings) as work:
            kept = move_batch(work, plan, ids, promised, gather)
        moved += kept[0]
        changed += kept[1]
        if after_batch is not None:
            after_batch(moved)
    return Migrated(moved, report.done, report.blocked, tuple(changed))


def move_batch(
    work: Work, plan: Plan, ids: Sequence[int], promised: Mapping[int, str], gather: Gather | None = None
) -> tuple[int, list[str]]:
    """Move these cases in one transaction, each exactly as promised: how many moved, and who has changed.

    A case that is on the new version already (another run was first) is neither.
    """
    versions = _versions(work, plan)
    moved: list[Changed] = []
    changed: list[str] = []
    for case in _cases(work, plan, versions, gather, ids):
        if isinstance(case.result, Blocked) or case.mark != promised[case.instance.id or 0]:
            changed.append(case.instance.subject_ref)
        else:
            moved.append(Changed(case.instance, case.state, case.result.state, case.result.record))
    if moved:
        keep_all(work, moved, versions.new_id, versions.new, ACT)
    return len(moved), changed


def _cases(
    work: Work,
    plan: Plan,
    versions: _Versions,
    gather: Gather | None,
    ids: Sequence[int] | None = None,
) -> Iterator[_Case]:
    """The running cases on the old version in one order, with what the plan makes of each.

    With `ids` only those, locked until the transaction ends.
    """
    wanted = (
        select(WfInstance)
        .where(col(WfInstance.definition_id) == versions.old_id, col(WfInstance.status) != Status.CLOSED)
        .order_by(col(WfInstance.id))
        .limit(_CHUNK)
        .execution_options(populate_existing=True)
    )
    if ids is not None:
        wanted = wanted.where(col(WfInstance.id).in_(ids)).with_for_update()
    last = 0
    while chunk := work.session.exec(wanted.where(col(WfInstance.id) > last)).all():
        last = chunk[-1].id or 0
        records, parts = _told(work, [one.id or 0 for one in chunk])
        for instance in chunk:
            key = instance.id or 0
            state = revived(versions.old, fold(records[key]))
            facts = gather(work, instance) if gather else {}
            result = plan_for(
                state, plan, versions.old, versions.new, facts, work.now, work.calendar, parts.get(key, {})
            )
            yield _Case(instance, state, result)


def _told(work: Work, ids: Sequence[int]) -> tuple[dict[int, list[Record]], dict[int, Roles]]:
    """The records and the roles of these cases, in two queries."""
    records: dict[int, list[Record]] = {}
    events = columns(
        col(WfEvent.instance_id), col(WfEvent.seq), col(WfEvent.at), col(WfEvent.kind), col(WfEvent.payload)
    ).where(col(WfEvent.instance_id).in_(ids))
    for key, *told in work.session.execute(events.order_by(col(WfEvent.instance_id), col(WfEvent.seq))):
        records.setdefault(key, []).append(Record(*told))
    roles: dict[int, dict[str, tuple[int, ...]]] = {}
    parts = select(WfPart).where(col(WfPart.instance_id).in_(ids))
    for part in work.session.exec(parts.order_by(col(WfPart.role), col(WfPart.position))):
        held = roles.setdefault(part.instance_id, {})
        held[part.role] = (*held.get(part.role, ()), part.unit_id)
    return records, dict(roles)


def _done_marks(work: Work, plan: Plan, versions: _Versions) -> list[str]:
    """What this plan has changed in cases before, as their events tell."""
    told = work.session.execute(
        columns(col(WfInstance.ref), col(WfEvent.seq), col(WfEvent.payload))
        .join(WfEvent, col(WfEvent.instance_id) == col(WfInstance.id))
        .where(col(WfInstance.definition_id) == versions.new_id, col(WfEvent.kind) == "migrated")
    )
    return [_moved_mark(ref, seq - 1, data) for ref, seq, data in told if data["plan"] == plan.digest]


def _blocked(case: _Case, result: Blocked) -> BlockedCase:
    return BlockedCase(case.instance.subject_ref, case.instance.ref, case.state.stage, tuple(result.reasons))


def _versions(work: Work, plan: Plan) -> _Versions:
    rows = {
        row.version: row
        for row in work.session.exec(select(WfDefinition).where(col(WfDefinition.name) == plan.process))
    }
    read = {version: parsed(row.source, f"{row.name} {row.version}") for version, row in rows.items()}
    for version in (plan.from_version, plan.to_version):
        if version not in rows:
            raise UnknownThing(what=f"{plan.process} {version}")
    faults = [one for one in check_plan(plan, read.values()) if one.severity == "error"]
    if faults:
        raise BrokenFile(faults)
    old, new = rows[plan.from_version], rows[plan.to_version]
    return _Versions(old.id or 0, read[old.version], new.id or 0, read[new.version])
