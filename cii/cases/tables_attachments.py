"""Rows of the documents of a case."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import SQLModel

from cii.cases.vocabulary_attachments import AttachmentKind, AttachmentSection
from cii.store.columns import key, link, moment, ref, text, word


class Attachment(SQLModel, table=True):
    """A document of a case: its bytes lie in the file store under `sha256`, the name given by people nowhere.

    `cleaned` names what was cut out of the file before it was kept (`documents.cleaning`). Withdrawn, the row
    stays and says why; its bytes go with the erasure of the case.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("size > 0", name="size_positive"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_says_why"),
        Index("ix_attachment_case", "case_id", "id"),
    )

    id: int | None = key()
    ref: str = ref()
    case_id: int = link("case_file.id", index=False)
    unit_id: int = link("unit.id")
    account_id: int | None = link("account.id", nullable=True, index=False)
    title: str = text(200)
    kind: AttachmentKind = word(AttachmentKind)
    section: AttachmentSection = word(AttachmentSection)
    sha256: str = text(64, index=True)
    size: int
    media_type: str = text(120)
    cleaned: str = text(120)
    attached_at: datetime = moment()
    withdrawn_at: datetime | None = moment(nullable=True)
    withdrawn_by: int | None = link("account.id", nullable=True, index=False)
    withdrawn_reason: str | None = text(500, nullable=True)
