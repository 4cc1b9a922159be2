"""Rows of what was handed in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import SQLModel

from cii.deliverables.vocabulary import SubmissionStand
from cii.store import columns
from cii.store.columns import key, link, moment, ref, word
from cii.store.guards import append_only


class Submission(SQLModel, table=True):
    """A file handed in for a deliverable: its bytes lie in the file store under `sha256`, its name nowhere.

    `cleaned` names what was cut out of the file before it was kept. The payer's answer is filled in once.
    """

    __tablename__ = "deliverable_submission"
    __table_args__ = (
        CheckConstraint("size > 0", name="size_positive"),
        CheckConstraint("(stand IS NULL) = (answered_at IS NULL)", name="answered"),
        CheckConstraint("(stand IS NOT NULL AND stand = 'returned') = (reason IS NOT NULL)", name="says_why"),
        Index("ix_submission_of", "deliverable_id", "id"),
        Index(
            "ix_submission_open",
            "deliverable_id",
            unique=True,
            sqlite_where=text("stand IS NULL OR stand = 'accepted'"),
            postgresql_where=text("stand IS NULL OR stand = 'accepted'"),
        ),
    )

    id: int | None = key()
    ref: str = ref()
    deliverable_id: int = link("deliverable.id", index=False)
    note: str = columns.text(1000, default="")
    sha256: str = columns.text(64, index=True)
    size: int
    media_type: str = columns.text(120)
    cleaned: str = columns.text(120)
    submitted_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    stand: SubmissionStand | None = word(SubmissionStand, nullable=True)
    reason: str | None = columns.text(1000, nullable=True)
    answered_at: datetime | None = moment(nullable=True)
    answered_by: int | None = link("account.id", nullable=True, index=False)


append_only(Submission, but=("stand", "reason", "answered_at", "answered_by"))
