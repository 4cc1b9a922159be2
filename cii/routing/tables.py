"""Rows of routing: what was detected, and who was asked to take over."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from cii.routing.vocabulary import DetectionState, ReferralState
from cii.store.columns import key, link, moment, plain_json, ref, text, word


class DetectionRun(SQLModel, table=True):
    """One file of insured persons, imported once per unit.

    Rows that meet no criterion are counted and not kept: the file stays with the sector that sent it.
    """

    __tablename__ = "detection_run"
    __table_args__ = (UniqueConstraint("unit_id", "file_digest"),)

    id: int | None = key()
    ref: str = ref()
    unit_id: int = link("unit.id")
    account_id: int | None = link("account.id", nullable=True, index=False)
    file_name: str = text(200)
    file_digest: str = text(64)
    rows: int
    detected: int
    at: datetime = moment()


class Detection(SQLModel, table=True):
    """A person who meets the criteria, with the facts read and the decision that says why."""

    __tablename__ = "detection"
    __table_args__ = (
        UniqueConstraint("run_id", "person_id"),
        CheckConstraint("(state = 'announced') = (case_id IS NOT NULL)", name="announced_has_case"),
    )

    id: int | None = key()
    ref: str = ref()
    run_id: int | None = link("detection_run.id", nullable=True)
    unit_id: int = link("unit.id")
    person_id: int = link("person.id")
    decision_id: int = link("wf_decision.id", index=False)
    case_id: int | None = link("case_file.id", nullable=True)
    followed: list[str] = plain_json()
    may_owe: list[str] = plain_json()
    facts: dict[str, Any] = plain_json()
    state: DetectionState = word(DetectionState, index=True)
    reason: str | None = text(500, nullable=True)
    at: datetime = moment()


class Referral(SQLModel, table=True):
    """One unit asks another to take the lead of a case.

    Its life is a process of its own (`workflows/referral.yaml`); `state` is the stage of that process and
    `expires_at` its running term, both written by the step that moves it. `named_unit_id`: whom a redirect
    names. Index: the redirects of a person are counted over all cases.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("from_unit_id <> to_unit_id", name="to_another"),
        CheckConstraint(
            "(state = 'redirected') = (named_unit_id IS NOT NULL)", name="redirected_to_somebody"
        ),
    )

    id: int | None = key()
    ref: str = ref()
    case_id: int = link("case_file.id")
    person_id: int = link("person.id")
    from_unit_id: int = link("unit.id")
    to_unit_id: int = link("unit.id")
    named_unit_id: int | None = link("unit.id", nullable=True, index=False)
    state: ReferralState = word(ReferralState, index=True)
    reason: str = text(2000)
    answer: str | None = text(2000, nullable=True)
    sent_by: int | None = link("account.id", nullable=True, index=False)
    sent_at: datetime = moment()
    received_at: datetime | None = moment(nullable=True)
    answered_by: int | None = link("account.id", nullable=True, index=False)
    answered_at: datetime | None = moment(nullable=True)
    expires_at: datetime = moment()
    version: int = 1
