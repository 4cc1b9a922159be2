"""Rows of the requests that persons make about their own data; what happens to them is only added."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.rights.vocabulary_requests import AnswerForm, MedicalWay, PersonRequestStep, Proof, RequestKind
from cii.store.columns import day, key, link, moment, ref, text, word
from cii.store.guards import append_only


class PersonRequest(SQLModel, table=True):
    """A person asks to know what is kept of them, to have it put right or erased.

    `proof`: the kind of document seen, never its number. `matter`: what is to be put right or erased.
    `due_on`: the last day of the answer when it was recorded; extensions stand in the steps.
    """

    __tablename__ = "person_request"
    __table_args__ = (
        CheckConstraint("(medical = 'physician') = (physician IS NOT NULL)", name="physician_named"),
        CheckConstraint("kind <> 'rectification' OR matter IS NOT NULL", name="says_what_to_put_right"),
        CheckConstraint("due_on > asked_on", name="due_after_asked"),
    )

    id: int | None = key()
    ref: str = ref()
    person_id: int = link("person.id")
    kind: RequestKind = word(RequestKind)
    proof: Proof = word(Proof)
    form: AnswerForm = word(AnswerForm)
    medical: MedicalWay = word(MedicalWay)
    physician: str | None = text(200, nullable=True)
    matter: str | None = text(2000, nullable=True)
    asked_on: date = day()
    due_on: date = day()
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class PersonRequestEvent(SQLModel, table=True):
    """Something happened to a request; `due_on`: the day that was set, warned of or missed."""

    __tablename__ = "person_request_event"
    __table_args__ = (
        UniqueConstraint("request_id", "kind", "due_on"),
        Index("uq_person_request_event_closed", "request_id", unique=True,
              sqlite_where=sql("kind IN ('answered', 'refused')"),
              postgresql_where=sql("kind IN ('answered', 'refused')")),
        CheckConstraint("kind IN ('warned', 'late') OR reason IS NOT NULL", name="said_why"),
        CheckConstraint("(kind IN ('answered', 'refused')) = (due_on IS NULL)", name="closed_or_dated"),
    )  # fmt: skip

    id: int | None = key()
    request_id: int = link("person_request.id", index=False)
    kind: PersonRequestStep = word(PersonRequestStep)
    at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    reason: str | None = text(2000, nullable=True)
    due_on: date | None = day(nullable=True)


append_only(PersonRequest, moving=("person_id",))
append_only(PersonRequestEvent)
