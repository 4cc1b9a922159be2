"""Rows of the evaluation of an agreement."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from cii.evaluations.vocabulary import EvaluatedBy, EvaluationState, Judgement
from cii.figures.vocabulary import Light
from cii.store.columns import day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only


class Evaluation(SQLModel, table=True):
    """The evaluation of a year: figures as known at `known_at` with their digest, comment, review, final.

    `exits`: of the French agreement, persons per class of exit and the year's goals in permille; else empty.
    `version` counts its changes (ETag).
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("agreement_id", "year"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
        CheckConstraint(
            "reviewed_by IS NULL OR final_by IS NULL OR reviewed_by <> final_by", name="four_eyes"
        ),
        CheckConstraint("state NOT IN ('reviewed', 'final') OR reviewed_by IS NOT NULL", name="reviewed"),
        CheckConstraint(
            "(state = 'final') = (final_by IS NOT NULL) AND (final_by IS NULL) = (final_at IS NULL)",
            name="final",
        ),
    )

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id", index=False)
    year: int
    state: EvaluationState = word(EvaluationState)
    version: int = 1
    figures: list[Any] = plain_json()
    exits: dict[str, Any] = plain_json()
    known_at: datetime = moment()
    digest: str = text(64)
    comment_until: date = day()
    opened_by: int | None = link("account.id", nullable=True, index=False)
    comment: str = text(4000, default="")
    commented_by: int | None = link("account.id", nullable=True, index=False)
    commented_at: datetime | None = moment(nullable=True)
    reviewed_by: int | None = link("account.id", nullable=True, index=False)
    reviewed_at: datetime | None = moment(nullable=True)
    final_by: int | None = link("account.id", nullable=True, index=False)
    final_at: datetime | None = moment(nullable=True)


class EvaluationItem(SQLModel, table=True):
    """An indicator or goal of the trajectory with its light, or a criterion; the review judges it once."""

    __tablename__ = "evaluation_item"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "code"),
        CheckConstraint("kind <> 'criterion' OR light = 'none'", name="light_of_figures"),
        CheckConstraint("(judgement IS NULL) = (wording IS NULL)", name="judged_in_words"),
    )

    id: int | None = key()
    evaluation_id: int = link("evaluation.id", index=False)
    kind: EvaluatedBy = word(EvaluatedBy)
    code: str = text(60)
    light: Light = word(Light)
    judgement: Judgement | None = word(Judgement, nullable=True)
    wording: str | None = text(2000, nullable=True)


class MissedAnalysis(SQLModel, table=True):
    """Why goals of a year were missed, and what is done about it; append-only."""

    __tablename__ = "missed_analysis"

    id: int | None = key()
    evaluation_id: int = link("evaluation.id")
    causes: str = text(4000)
    actions: str = text(4000)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


append_only(EvaluationItem, but=("judgement", "wording"))
append_only(MissedAnalysis)
