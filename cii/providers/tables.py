"""Rows of providers: labels, attestations, subcontractors, notices on staff, requests for a talk.

`valid_to` is the first day no more; `ends_on` is a last day. Nothing is overwritten: a withdrawal, an end, an
answer is filled in once.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from cii.providers.vocabulary import AttestationKind, StaffChange
from cii.store.columns import day, key, link, moment, ref, text, word
from cii.store.guards import append_only


class ProviderLabel(SQLModel, table=True):
    """A standard or label of a provider; `evidence` says where the certificate lies."""

    __tablename__ = "provider_label"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="term"),
        CheckConstraint(
            "(withdrawn_on IS NULL) = (withdrawal_reason IS NULL)", name="withdrawn_for_a_reason"
        ),
    )

    id: int | None = key()
    ref: str = ref()
    provider_id: int = link("provider.id")
    name: str = text(120)
    area: str = text(120, default="")
    issuer: str = text(120)
    valid_from: date = day()
    valid_to: date | None = day(nullable=True)
    evidence: str = text(300)
    withdrawn_on: date | None = day(nullable=True)
    withdrawal_reason: str | None = text(500, nullable=True)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class ProviderAttestation(SQLModel, table=True):
    """What an auditor or authority attests of a provider on a day; the newest of a kind counts."""

    __tablename__ = "provider_attestation"

    id: int | None = key()
    ref: str = ref()
    provider_id: int = link("provider.id")
    kind: AttestationKind = word(AttestationKind)
    attested_on: date = day()
    issuer: str = text(120)
    evidence: str = text(300)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class ProviderSubcontractor(SQLModel, table=True):
    """An enterprise that delivers a share (percent) of a provider's services, from a day to a last day."""

    __tablename__ = "provider_subcontractor"
    __table_args__ = (
        CheckConstraint("share BETWEEN 1 AND 100", name="share"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="term"),
    )

    id: int | None = key()
    ref: str = ref()
    provider_id: int = link("provider.id")
    name: str = text(120)
    uid: str = text(15)
    services: str = text(500)
    share: int
    starts_on: date = day()
    ends_on: date | None = day(nullable=True)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class StaffNotice(SQLModel, table=True):
    """A change of staff that a provider tells: function and qualification, no name of a person."""

    __tablename__ = "staff_notice"
    __table_args__ = (CheckConstraint("workload BETWEEN 1 AND 100", name="workload"),)

    id: int | None = key()
    ref: str = ref()
    provider_id: int = link("provider.id")
    change: StaffChange = word(StaffChange)
    function: str = text(120)
    qualification: str = text(200)
    workload: int = 100
    effective_on: date = day()
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class TalkRequest(SQLModel, table=True):
    """A provider asks for a talk; it is answered once."""

    __tablename__ = "talk_request"
    __table_args__ = (CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered_in_words"),)

    id: int | None = key()
    ref: str = ref()
    provider_id: int = link("provider.id")
    subject: str = text(120)
    wording: str = text(2000)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    answer: str | None = text(2000, nullable=True)
    answered_at: datetime | None = moment(nullable=True)
    answered_by: int | None = link("account.id", nullable=True, index=False)


append_only(ProviderLabel, but=("withdrawn_on", "withdrawal_reason"))
append_only(ProviderAttestation)
append_only(ProviderSubcontractor, but=("ends_on",))
append_only(StaffNotice)
append_only(TalkRequest, but=("answer", "answered_at", "answered_by"))
