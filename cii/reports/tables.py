"""Rows of reports: an issue is frozen once and never changed; a correction is the next version."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from cii.reports.vocabulary import FileFormat, ReportKind
from cii.store.columns import key, link, moment, ref, text, word
from cii.store.guards import append_only


class ReportIssue(SQLModel, table=True):
    """One frozen version of a pack: its values as canonical JSON, their SHA-256, and that of its rows.

    `known_at`: facts recorded later are not in it. `period`: the days it speaks of, as `Span` writes them;
    `scope`: of what alone it tells, by its outward name, else empty.
    """

    __tablename__ = "report_issue"
    __table_args__ = (
        UniqueConstraint("kind", "period", "scope", "version"),
        CheckConstraint("version >= 1", name="version_counts"),
        CheckConstraint("(version = 1) = (previous_id IS NULL)", name="follows"),
        CheckConstraint("known_at <= frozen_at", name="known_before_frozen"),
    )

    id: int | None = key()
    ref: str = ref()
    kind: ReportKind = word(ReportKind)
    period: str = text(10)
    scope: str = text(40, default="")
    version: int
    known_at: datetime = moment()
    frozen_at: datetime = moment()
    frozen_by: int | None = link("account.id", nullable=True, index=False)
    payload: str = text()
    sha256: str = text(64)
    input_sha256: str = text(64)
    previous_id: int | None = link("report_issue.id", nullable=True, index=False, unique=True)


class ReportInput(SQLModel, table=True):
    """The rows of one table of which an issue's values were made, kept as packed lines of canonical JSON.

    `content_sha256`: of the lines; `sha256`: of the packed bytes, under which they lie.
    """

    __tablename__ = "report_input"
    __table_args__ = (
        UniqueConstraint("issue_id", "name"),
        CheckConstraint("rows >= 0", name="rows_count"),
    )

    id: int | None = key()
    issue_id: int = link("report_issue.id", index=False)
    name: str = text(40)
    rows: int
    content_sha256: str = text(64)
    sha256: str = text(64)
    size: int = Field(sa_type=BigInteger)


class ReportFile(SQLModel, table=True):
    """A file made of an issue, kept as it was handed out.

    `readers`: `whole`, or the codes of the institutions whose small numbers are not hidden.
    """

    __tablename__ = "report_file"
    __table_args__ = (UniqueConstraint("issue_id", "format", "lang", "readers"),)

    id: int | None = key()
    issue_id: int = link("report_issue.id", index=False)
    format: FileFormat = word(FileFormat)
    lang: str = text(2)
    readers: str = text(400)
    sha256: str = text(64)
    size: int = Field(sa_type=BigInteger)
    media_type: str = text(100)
    made_at: datetime = moment()


class ReportDraft(SQLModel, table=True):
    """A draft that the house made at the end of a period: which report, as known when, and its fingerprint.

    It keeps no values: they are made again as known at that moment.
    """

    __tablename__ = "report_draft"
    __table_args__ = (UniqueConstraint("kind", "period"),)

    id: int | None = key()
    kind: ReportKind = word(ReportKind)
    period: str = text(10)
    known_at: datetime = moment()
    sha256: str = text(64)


class ReportSending(SQLModel, table=True):
    """A version sent to somebody: they were told where it is."""

    __tablename__ = "report_sending"

    id: int | None = key()
    issue_id: int = link("report_issue.id")
    account_id: int = link("account.id", index=False)
    sent_at: datetime = moment()
    sent_by: int | None = link("account.id", nullable=True, index=False)


class ReportComment(SQLModel, table=True):
    """A word on a figure or a row of an issue, beside what was frozen; append-only."""

    __tablename__ = "report_comment"

    id: int | None = key()
    ref: str = ref()
    issue_id: int = link("report_issue.id")
    path: str = text(200)
    wording: str = text(1000)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


append_only(ReportComment)
append_only(ReportDraft)
append_only(ReportSending)
append_only(ReportIssue)
append_only(ReportFile)
append_only(ReportInput)
