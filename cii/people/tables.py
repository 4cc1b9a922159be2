"""Rows of persons, identities, statuses, consents and disclosures."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from cii.institutions.vocabulary import Sector
from cii.people.vocabulary import Basis, ConsentHow, Purpose, Sex, StatusKind, StatusSource
from cii.store.columns import day, key, link, moment, ref, text, word
from cii.store.guards import append_only


class Person(SQLModel, table=True):
    """An insured person, once per canton; the AVS number lies encrypted, its keyed hash finds it.

    Of one that was erased this row is left, empty: cases, places and accounts keep what they are linked to.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("(avs_sealed IS NULL) = (avs_hash IS NULL)", name="number_sealed_and_hashed"),
    )

    id: int | None = key()
    ref: str = ref()
    avs_sealed: str | None = text(200, nullable=True)
    avs_hash: str | None = text(64, nullable=True, unique=True)
    created_at: datetime = moment()
    erased_at: datetime | None = moment(nullable=True)


class Identity(SQLModel, table=True):
    """The person as one unit knows them; each unit sees what it typed itself."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("person_id", "unit_id"),
        Index("ix_identity_unit_id_folded", "unit_id", "folded"),
        Index("ix_identity_folded", "folded"),
    )

    id: int | None = key()
    person_id: int = link("person.id", index=False)
    unit_id: int = link("unit.id", index=False)
    last_name: str = text(100)
    first_name: str = text(100)
    birth_date: date = day()
    postcode: str | None = text(10, nullable=True)
    municipality: str | None = text(80, nullable=True)
    language: str | None = text(2, nullable=True)
    sex: Sex | None = word(Sex, nullable=True)
    folded: str = text(220)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class SystemStatus(SQLModel, table=True):
    """Where the person stands in one system, from `effective_on`; a correction is a new row."""

    __tablename__ = "system_status"
    __table_args__ = (
        CheckConstraint("remaining_days IS NULL OR remaining_days >= 0", name="days_left"),
        CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name="dates_in_order"),
        Index("ix_system_status_person_id_system", "person_id", "system", "effective_on"),
    )

    id: int | None = key()
    person_id: int = link("person.id", index=False)
    system: Sector = word(Sector)
    kind: StatusKind = word(StatusKind)
    since: date | None = day(nullable=True)
    until: date | None = day(nullable=True)
    remaining_days: int | None = None
    note: str | None = text(400, nullable=True)
    source: StatusSource = word(StatusSource)
    effective_on: date = day()
    recorded_at: datetime = moment()
    unit_id: int = link("unit.id", index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)


class Consent(SQLModel, table=True):
    """A consent for one purpose, named recipients and sections; `valid_until` is its last day."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("valid_until >= given_on", name="dates_in_order"),
        CheckConstraint("sections > 0", name="covers_something"),
    )

    id: int | None = key()
    ref: str = ref()
    person_id: int = link("person.id")
    case_id: int | None = link("case_file.id", nullable=True)
    purpose: Purpose = word(Purpose)
    text_version: str = text(40)
    sections: int
    given_on: date = day()
    valid_until: date = day()
    withdrawn_at: datetime | None = moment(nullable=True)
    recorded_at: datetime = moment()
    recorded_by: int | None = link("account.id", nullable=True, index=False)
    recorded_unit: int = link("unit.id", index=False)
    how: ConsentHow = word(ConsentHow)


class ConsentRecipient(SQLModel, table=True):
    """An institution that may receive data under a consent."""

    __tablename__ = "consent_recipient"
    __table_args__ = (UniqueConstraint("consent_id", "institution_id"),)

    id: int | None = key()
    consent_id: int = link("consent.id")
    institution_id: int = link("institution.id")


class Disclosure(SQLModel, table=True):
    """Data passed from one unit to another: who, to whom, what, on which basis; stays when access closes."""

    __tablename__ = "disclosure"

    id: int | None = key()
    ref: str = ref()
    person_id: int = link("person.id")
    case_id: int | None = link("case_file.id", nullable=True)
    from_unit_id: int = link("unit.id", index=False)
    to_unit_id: int = link("unit.id", index=False)
    sections: int
    basis: Basis = word(Basis)
    reason: str | None = text(1000, nullable=True)
    consent_id: int | None = link("consent.id", nullable=True, index=False)
    at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class StatusImport(SQLModel, table=True):
    """A file of statuses that a unit brought; the same file again writes nothing."""

    __tablename__ = "status_import"
    __table_args__ = (UniqueConstraint("unit_id", "file_digest"),)

    id: int | None = key()
    ref: str = ref()
    unit_id: int = link("unit.id", index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)
    file_name: str = text(200)
    file_digest: str = text(64)
    rows: int
    added: int
    at: datetime = moment()


class RightEndWarning(SQLModel, table=True):
    """That a unit was warned before a right ends; each status warns once."""

    __tablename__ = "right_end_warning"

    id: int | None = key()
    status_id: int = link("system_status.id", index=False, unique=True)
    unit_id: int = link("unit.id", index=False)
    at: datetime = moment()


append_only(SystemStatus, moving=("person_id",))
append_only(Disclosure, moving=("person_id",))
append_only(StatusImport)
append_only(RightEndWarning)
