"""Rows of a case. Grid entries, medical statements and answers are append-only: a correction is a new row."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.cases.vocabulary import (
    AssessmentState,
    CasePath,
    CaseStatus,
    GridSection,
    ItemKind,
    PartyRole,
    Voice,
)
from cii.store.columns import code, day, key, link, moment, ref, text, word
from cii.store.guards import append_only


class CaseFile(SQLModel, table=True):
    """One case of one person; `version` is the number that an editor must have seen.

    `outcome` is a word of the case's process, which holds its wording.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
        CheckConstraint("(status = 'closed') = (outcome IS NOT NULL)", name="closed_with_outcome"),
        CheckConstraint("version >= 1", name="version_counts"),
        Index("ix_case_file_opened_at_ref", "opened_at", "ref"),
        Index("ix_case_file_lead_unit_status", "lead_unit_id", "status", "opened_at", "ref"),
        Index("ix_case_file_lead_account_status", "lead_account_id", "status", "opened_at", "ref"),
    )

    id: int | None = key()
    ref: str = ref()
    number: str = code(20, unique=True)
    person_id: int = link("person.id")
    path: CasePath = word(CasePath)
    opened_at: datetime = moment()
    opened_by_unit_id: int = link("unit.id")
    lead_unit_id: int = link("unit.id", index=False)
    lead_account_id: int | None = link("account.id", nullable=True, index=False)
    restricted: bool = False
    status: CaseStatus = word(CaseStatus, default=CaseStatus.OPEN)
    closed_at: datetime | None = moment(nullable=True)
    outcome: str | None = text(40, nullable=True)
    version: int = 1


class CaseParty(SQLModel, table=True):
    """A unit's part in a case, from a moment to a moment."""

    __tablename__ = "case_party"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="since_before_until"),
        Index("uq_case_party_live", "case_id", "unit_id", "role", unique=True,
              sqlite_where=sql("until IS NULL"), postgresql_where=sql("until IS NULL")),
        Index("uq_case_party_one_lead", "case_id", unique=True,
              sqlite_where=sql("role = 'lead' AND until IS NULL"),
              postgresql_where=sql("role = 'lead' AND until IS NULL")),
    )  # fmt: skip

    id: int | None = key()
    case_id: int = link("case_file.id")
    unit_id: int = link("unit.id")
    role: PartyRole = word(PartyRole)
    since: datetime = moment()
    until: datetime | None = moment(nullable=True)


class GridTemplate(SQLModel, table=True):
    """A published version of a grid, as its file was written; never changed afterwards."""

    __tablename__ = "grid_template"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: int | None = key()
    name: str = text(60)
    version: int
    digest: str = text(64)
    source: str = text()
    published_at: datetime = moment()


class GridEntry(SQLModel, table=True):
    """What one unit says to one item of the grid, with author, date and source.

    `valid_until`: the last day on which it holds; afterwards it is shown as out of date and decides nothing.
    """

    __tablename__ = "grid_entry"
    __table_args__ = (
        Index("ix_grid_entry_case_item", "case_id", "template", "item", "unit_id", "id"),
        CheckConstraint("valid_until IS NULL OR valid_until >= effective_on", name="valid_after_effective"),
    )

    id: int | None = key()
    case_id: int = link("case_file.id", index=False)
    template: str = text(60)
    template_version: int
    item: str = text(60)
    section: GridSection = word(GridSection)
    kind: ItemKind = word(ItemKind)
    value: str = text()
    unit_id: int = link("unit.id")
    account_id: int | None = link("account.id", nullable=True, index=False)
    source: str = text(200)
    effective_on: date = day()
    valid_until: date | None = day(nullable=True)
    recorded_at: datetime = moment()
    replaces: int | None = link("grid_entry.id", nullable=True)


class MedicalStatement(SQLModel, table=True):
    """What the physician writes: the medical part, and apart from it what follows for work.

    `statement` belongs to the medical section; `limits` (what the person cannot do) and `capacity` (percent
    of a full-time job) to the functional limits.
    """

    __tablename__ = "medical_statement"
    __table_args__ = (
        CheckConstraint("capacity IS NULL OR capacity BETWEEN 0 AND 100", name="capacity_percent"),
    )

    id: int | None = key()
    case_id: int = link("case_file.id")
    statement: str = text()
    limits: str = text()
    capacity: int | None = None
    unit_id: int = link("unit.id")
    account_id: int | None = link("account.id", nullable=True, index=False)
    effective_on: date = day()
    recorded_at: datetime = moment()
    replaces: int | None = link("medical_statement.id", nullable=True)


class Assessment(SQLModel, table=True):
    """A round of common assessment, signed when every voice has spoken."""

    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("case_id", "round"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_when"),
        Index("uq_assessment_open", "case_id", unique=True,
              sqlite_where=sql("state = 'composed'"), postgresql_where=sql("state = 'composed'")),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    case_id: int = link("case_file.id")
    round: int
    state: AssessmentState = word(AssessmentState, default=AssessmentState.COMPOSED)
    composed_at: datetime = moment()
    synthesis: str | None = text(nullable=True)
    signed_at: datetime | None = moment(nullable=True)
    signed_by: int | None = link("account.id", nullable=True, index=False)


class AssessmentVoice(SQLModel, table=True):
    """One role has said what it has to say in this round."""

    __tablename__ = "assessment_voice"
    __table_args__ = (UniqueConstraint("assessment_id", "role", "unit_id"),)

    id: int | None = key()
    assessment_id: int = link("assessment.id")
    role: Voice = word(Voice)
    unit_id: int = link("unit.id")
    account_id: int | None = link("account.id", nullable=True, index=False)
    done_at: datetime = moment()


class AssessmentSeat(SQLModel, table=True):
    """A voice invited into the team of a round, and whether it was there when the team met."""

    __tablename__ = "assessment_seat"
    __table_args__ = (
        UniqueConstraint("assessment_id", "role", "unit_id"),
        CheckConstraint("(present IS NULL) = (met_on IS NULL)", name="present_when_met"),
    )

    id: int | None = key()
    assessment_id: int = link("assessment.id", index=False)
    role: Voice = word(Voice)
    unit_id: int = link("unit.id")
    invited_at: datetime = moment()
    present: bool | None = None
    met_on: date | None = day(nullable=True)
    noted_by: int | None = link("account.id", nullable=True, index=False)


class CaseNote(SQLModel, table=True):
    """An internal note, read by its own unit only. A correction is a new row that names the old."""

    __tablename__ = "case_note"
    __table_args__ = (Index("ix_case_note_case_unit", "case_id", "unit_id", "id"),)

    id: int | None = key()
    ref: str = ref()
    case_id: int = link("case_file.id", index=False)
    unit_id: int = link("unit.id", index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)
    text: str = text()
    at: datetime = moment()
    replaces: int | None = link("case_note.id", nullable=True, index=False, unique=True)


for _kept in (GridTemplate, GridEntry, MedicalStatement, AssessmentVoice):
    append_only(_kept)

__all__ = [
    "Assessment", "AssessmentSeat", "AssessmentVoice", "CaseFile", "CaseNote", "CaseParty", "GridEntry",
    "GridTemplate", "MedicalStatement",
]  # fmt: skip
