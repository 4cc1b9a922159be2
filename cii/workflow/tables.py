"""Rows of the engine: published files, instances, tasks, timers, parts, events, decisions. No blob.

The inbox reads partial indexes over open tasks; events are append-only; replaying them gives the rows again.
Source: workflow.md §1.
"""

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from cii.store.columns import BigId, day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only
from cii.workflow.vocabulary import Stand, Status

_OPEN: dict[str, Any] = {"sqlite_where": sql("state = 'open'"), "postgresql_where": sql("state = 'open'")}
_GIVEN: dict[str, Any] = {
    "sqlite_where": sql("state = 'open' AND account_id IS NOT NULL"),
    "postgresql_where": sql("state = 'open' AND account_id IS NOT NULL"),
}
_WAITING: dict[str, Any] = {
    "sqlite_where": sql("state = 'waiting'"),
    "postgresql_where": sql("state = 'waiting'"),
}


def _big() -> Any:  # noqa: ANN401 - SQLModel's Field is typed Any
    """The id of a subject that lives in another room's table, named by `subject`."""
    return Field(sa_type=cast("Any", BigId), nullable=False)


def _part_of(target: str) -> Any:  # noqa: ANN401
    return Field(foreign_key=target, primary_key=True, sa_type=cast("Any", BigId), nullable=False)


class WfDefinition(SQLModel, table=True):
    """A published version of a process, as its file was written; an instance pins one."""

    __tablename__ = "wf_definition"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: int | None = key()
    name: str = text(80)
    version: int
    subject: str = text(40)
    digest: str = text(64)
    source: str = text()
    published_at: datetime = moment()


class WfTable(SQLModel, table=True):
    """A published version of a decision table, chosen by its validity at the reference date."""

    __tablename__ = "wf_table"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
    )

    id: int | None = key()
    name: str = text(80)
    version: int
    valid_from: date = day()
    valid_to: date | None = day(nullable=True)
    digest: str = text(64)
    source: str = text()
    published_at: datetime = moment()


class WfInstance(SQLModel, table=True):
    """A running process of one subject; `seq` counts its events and is what an editor must have seen.

    `entered_at`: when the present stage began.
    """

    __tablename__ = "wf_instance"
    __table_args__ = (
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
        CheckConstraint("seq >= 1", name="seq_counts"),
        Index("ix_wf_instance_subject", "subject", "subject_id"),
        Index("uq_wf_instance_live", "definition_id", "subject", "subject_id", unique=True,
              sqlite_where=sql("status <> 'closed'"), postgresql_where=sql("status <> 'closed'")),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    definition_id: int = link("wf_definition.id", index=False)
    subject: str = text(40)
    subject_id: int = _big()
    subject_ref: str = text(10)
    person_id: int | None = link("person.id", nullable=True)
    stage: str = text(80)
    status: Status = word(Status, default=Status.OPEN)
    seq: int = 1
    outcome: str | None = text(80, nullable=True)
    entered_at: datetime = moment()
    started_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)


class WfPart(SQLModel, table=True):
    """Which unit plays a role in an instance now; several may share one, in order of `position`."""

    __tablename__ = "wf_part"
    __table_args__ = (Index("ix_wf_part_unit", "unit_id", "instance_id"), {"sqlite_with_rowid": False})

    instance_id: int = _part_of("wf_instance.id")
    role: str = text(20, primary_key=True)
    unit_id: int = _part_of("unit.id")
    position: int


class WfTask(SQLModel, table=True):
    """A task of a stage, owned by the unit that plays its role; carries no personal text.

    `number` names the task within its instance; `rank_at` is the due date, or the end of time when
    there is none, so that lists have one order. `decides`: the task asks for a choice between outcomes.
    """

    __tablename__ = "wf_task"
    __table_args__ = (
        UniqueConstraint("instance_id", "number"),
        CheckConstraint("(state = 'done') = (outcome IS NOT NULL)", name="done_with_outcome"),
        Index("ix_wf_task_inbox", "unit_id", "rank_at", "ref", **_OPEN),
        Index("ix_wf_task_mine", "account_id", "rank_at", "ref", **_GIVEN),
    )

    id: int | None = key()
    ref: str = ref()
    instance_id: int = link("wf_instance.id", index=False)
    number: int
    key: str = text(80)
    stage: str = text(80)
    visit: int
    owner_role: str = text(20)
    unit_id: int | None = link("unit.id", nullable=True, index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)
    state: Stand = word(Stand)
    decides: bool = False
    outcome: str | None = text(80, nullable=True)
    opened_at: datetime | None = moment(nullable=True)
    due_at: datetime | None = moment(nullable=True)
    rank_at: datetime = moment()
    done_at: datetime | None = moment(nullable=True)
    done_by: int | None = link("account.id", nullable=True, index=False)
    subject: str = text(40)
    subject_id: int = _big()
    subject_ref: str = text(10)
    person_id: int | None = link("person.id", nullable=True, index=False)


class WfTimer(SQLModel, table=True):
    """A moment at which something happens by itself; `number` names the timer within its instance.

    A stage times out (`target`: the next stage), or a late task is escalated (`target`: whom to tell).
    `failures` counts attempts that failed, `failure` is the code of the last, `retry_at` the next attempt.
    """

    __tablename__ = "wf_timer"
    __table_args__ = (
        UniqueConstraint("instance_id", "number"),
        CheckConstraint("state IN ('waiting', 'frozen', 'fired', 'cancelled')", name="known_state"),
        Index("ix_wf_timer_due", "due_at", "id", **_WAITING),
    )

    id: int | None = key()
    instance_id: int = link("wf_instance.id", index=False)
    number: int
    kind: str = text(20)
    task_number: int | None = None
    after: str = text(10)
    target: str = text(80)
    due_at: datetime = moment()
    state: str = text(10)
    settled_at: datetime | None = moment(nullable=True)
    failures: int = Field(default=0, sa_column_kwargs={"server_default": sql("0")})
    failure: str | None = text(80, nullable=True)
    retry_at: datetime | None = moment(nullable=True)


class WfEvent(SQLModel, table=True):
    """A record of what happened to an instance, in order: from all of them its state is folded again.

    Kept in the order of its key, which no other number doubles.
    """

    __tablename__ = "wf_event"
    __table_args__ = ({"sqlite_with_rowid": False},)

    instance_id: int = _part_of("wf_instance.id")
    seq: int = Field(primary_key=True)
    kind: str = text(40)
    payload: dict[str, Any] = plain_json()
    actor_account_id: int | None = link("account.id", nullable=True, index=False)
    unit_id: int | None = link("unit.id", nullable=True, index=False)
    at: datetime = moment()


class WfDecision(SQLModel, table=True):
    """One evaluation of a decision table: what went in, which rules held, what came out and why.

    `sources`: by fact where it came from, as {kind, ref, on, by}; facts without a known source are absent.
    """

    __tablename__ = "wf_decision"
    __table_args__ = (Index("ix_wf_decision_case", "case_id", "table_id", "id"),)

    id: int | None = key()
    ref: str = ref()
    table_id: int = link("wf_table.id")
    subject: str = text(40)
    subject_id: int = _big()
    person_id: int | None = link("person.id", nullable=True)
    case_id: int | None = link("case_file.id", nullable=True, index=False)
    inputs: dict[str, Any] = plain_json()
    sources: dict[str, Any] = plain_json()
    outputs: Any = plain_json()
    rules: list[str] = plain_json()
    why: list[dict[str, str]] = plain_json()
    digest: str = text(64)
    at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


for _kept in (WfDefinition, WfTable, WfEvent):
    append_only(_kept)
append_only(WfDecision, moving=("person_id",))
