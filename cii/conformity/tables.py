"""Rows of the checks: reasons and answers for a finding as it stood; what was found at a signature."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from cii.conformity.vocabulary import Answer
from cii.store.columns import key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only


class FindingJustification(SQLModel, table=True):
    """Why a warning is borne, for the finding as it stood (`digest`); the newest counts; append-only."""

    __tablename__ = "finding_justification"
    __table_args__ = (CheckConstraint("length(wording) >= 20", name="wording"),)

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    code: str = text(60)
    about: str = text(200, default="")
    digest: str = text(64)
    wording: str = text(2000)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class ChecklistAnswer(SQLModel, table=True):
    """What a person answered to an item of the checklist, for the text as it stood; append-only."""

    __tablename__ = "checklist_answer"
    __table_args__ = (CheckConstraint("answer = 'yes' OR length(wording) >= 20", name="wording"),)

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    code: str = text(60)
    about: str = text(200, default="")
    digest: str = text(64)
    answer: Answer = word(Answer)
    wording: str = text(2000, default="")
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class ConformityRecord(SQLModel, table=True):
    """Everything that was found when an agreement was signed, with what settled it; append-only."""

    __tablename__ = "conformity_record"

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    findings: list[dict[str, Any]] = plain_json()
    digest: str = text(64)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


append_only(FindingJustification)
append_only(ChecklistAnswer)
append_only(ConformityRecord)
