"""Rows of the common plan: focus, goals, actions, answers, the person's word, and what was done since.

Goals, actions, answers and progress are append-only: a revision is a new version of the plan, an action done
is a row.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.cases.vocabulary import ActionState, ConsentWay, PersonReply, PlanReply, PlanState
from cii.institutions.vocabulary import Sector
from cii.store.columns import day, key, link, moment, ref, text, word
from cii.store.guards import append_only


class Plan(SQLModel, table=True):
    """A version of the case's plan; one at most is proposed, one at most agreed.

    `agreed_at`: since when it is in force, agreed by every bearing unit and by the person.
    """

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("case_id", "version"),
        CheckConstraint("state NOT IN ('agreed') OR agreed_at IS NOT NULL", name="agreed_when"),
        Index("uq_plan_agreed", "case_id", unique=True,
              sqlite_where=sql("state = 'agreed'"), postgresql_where=sql("state = 'agreed'")),
        Index("uq_plan_proposed", "case_id", unique=True,
              sqlite_where=sql("state = 'proposed'"), postgresql_where=sql("state = 'proposed'")),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    case_id: int = link("case_file.id")
    version: int
    state: PlanState = word(PlanState)
    focus: str = text()
    proposed_at: datetime | None = moment(nullable=True)
    proposed_by: int | None = link("account.id", nullable=True, index=False)
    proposed_by_unit_id: int = link("unit.id", index=False)
    agreed_at: datetime | None = moment(nullable=True)


class PlanGoal(SQLModel, table=True):
    """A goal of a version of the plan; its actions lead to it."""

    __tablename__ = "plan_goal"
    __table_args__ = (UniqueConstraint("plan_id", "position"),)

    id: int | None = key()
    plan_id: int = link("plan.id", index=False)
    position: int
    goal: str = text()


class PlanPart(SQLModel, table=True):
    """An action towards a goal: the unit that bears it, its date, the measure it uses, who pays.

    No `payer`: no cost. `line_id` narrows the payer to one of its funding lines. `origin_id`: the same action
    in an earlier version, to which what was done belongs; None where it is new in this version.
    """

    __tablename__ = "plan_part"
    __table_args__ = (
        UniqueConstraint("plan_id", "position"),
        CheckConstraint("line_id IS NULL OR payer IS NOT NULL", name="line_has_payer"),
    )

    id: int | None = key()
    ref: str = ref()
    plan_id: int = link("plan.id", index=False)
    goal_id: int = link("plan_goal.id")
    position: int
    action: str = text()
    unit_id: int = link("unit.id")
    due_on: date = day()
    measure_id: int | None = link("measure.id", nullable=True)
    payer: Sector | None = word(Sector, nullable=True)
    line_id: int | None = link("funding_line.id", nullable=True, index=False)
    origin_id: int | None = link("plan_part.id", nullable=True)


class PlanProgress(SQLModel, table=True):
    """What became of an action on a day: done, dropped with the reason, or open again."""

    __tablename__ = "plan_progress"
    __table_args__ = (
        CheckConstraint("state = 'done' OR (reason IS NOT NULL AND reason <> '')", name="says_why"),
    )

    id: int | None = key()
    part_id: int = link("plan_part.id")
    state: ActionState = word(ActionState)
    effective_on: date = day()
    reason: str | None = text(nullable=True)
    unit_id: int = link("unit.id")
    account_id: int | None = link("account.id", nullable=True, index=False)
    at: datetime = moment()


class PlanAnswer(SQLModel, table=True):
    """What a bearing unit answered to this version of the plan; a refusal says why."""

    __tablename__ = "plan_answer"
    __table_args__ = (
        UniqueConstraint("plan_id", "unit_id"),
        CheckConstraint("answer = 'agree' OR (reason IS NOT NULL AND reason <> '')", name="refusal_says_why"),
    )

    id: int | None = key()
    plan_id: int = link("plan.id", index=False)
    unit_id: int = link("unit.id")
    answer: PlanReply = word(PlanReply)
    reason: str | None = text(nullable=True)
    at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class PlanConsent(SQLModel, table=True):
    """What the person said to this version of the plan, when and how: on signed paper or by a signed link."""

    __tablename__ = "plan_consent"
    __table_args__ = (UniqueConstraint("plan_id"),)

    id: int | None = key()
    plan_id: int = link("plan.id", index=False)
    reply: PersonReply = word(PersonReply)
    how: ConsentWay = word(ConsentWay)
    given_on: date = day()
    reason: str | None = text(nullable=True)
    unit_id: int | None = link("unit.id", nullable=True, index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)
    at: datetime = moment()


for _kept in (PlanGoal, PlanPart, PlanProgress, PlanAnswer, PlanConsent):
    append_only(_kept)

__all__ = ["Plan", "PlanAnswer", "PlanConsent", "PlanGoal", "PlanPart", "PlanProgress"]
