"""Rows of access requests and of break-glass; all append-only, an answer is filled in once."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from cii.people.vocabulary import Basis, Purpose
from cii.requests.vocabulary import Answer, Finding, GlassStep, RequestStep
from cii.store.columns import day, key, link, moment, ref, text, word
from cii.store.erasing import GONE
from cii.store.guards import append_only


class AccessRequest(SQLModel, table=True):
    """Somebody asks to see the cases of a person whom they know; whether there are any stands elsewhere.

    The person is as the asker typed them: by AVS number (sealed, and its keyed hash), or by name and birth
    date. `lapses_at`: the moment from which nobody can grant it any more.
    """

    __tablename__ = "access_request"
    __table_args__ = (
        CheckConstraint("(avs_sealed IS NULL) = (avs_hash IS NULL)", name="number_sealed_and_hashed"),
        CheckConstraint(
            f"avs_hash IS NOT NULL OR (folded IS NOT NULL AND birth_date IS NOT NULL) OR reason = '{GONE}'",
            name="names_somebody",
        ),
        CheckConstraint("sections > 0", name="asks_for_something"),
        Index("ix_access_request_account", "account_id", "id"),
    )

    id: int | None = key()
    ref: str = ref()
    unit_id: int = link("unit.id")
    account_id: int = link("account.id", index=False)
    avs_sealed: str | None = text(200, nullable=True)
    avs_hash: str | None = text(64, nullable=True)
    typed_name: str | None = text(220, nullable=True)
    folded: str | None = text(220, nullable=True)
    birth_date: date | None = day(nullable=True)
    purpose: Purpose = word(Purpose)
    basis: Basis = word(Basis)
    sections: int
    reason: str = text(2000)
    asked_at: datetime = moment()
    lapses_at: datetime = moment()


class AccessRequestStep(SQLModel, table=True):
    """That a request was carried on, taken back by its asker, has lapsed or was forgotten; each once."""

    __tablename__ = "access_request_step"
    __table_args__ = (
        UniqueConstraint("request_id", "kind"),
        CheckConstraint("kind <> 'forgotten' OR account_id IS NULL", name="forgotten_by_the_house"),
    )

    id: int | None = key()
    request_id: int = link("access_request.id", index=False)
    kind: RequestStep = word(RequestStep)
    at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class AccessQuestion(SQLModel, table=True):
    """A request put to the unit that leads one case; unanswered when it lapses."""

    __tablename__ = "access_question"
    __table_args__ = (
        UniqueConstraint("request_id", "case_id"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint("(answer IS NULL) = (answer_reason IS NULL)", name="answered_with_reason"),
        CheckConstraint("answer <> 'granted' OR granted_until IS NOT NULL", name="granted_until_when"),
    )

    id: int | None = key()
    ref: str = ref()
    request_id: int = link("access_request.id", index=False)
    case_id: int = link("case_file.id")
    person_id: int = link("person.id")
    answer: Answer | None = word(Answer, nullable=True)
    answered_at: datetime | None = moment(nullable=True)
    answered_by: int | None = link("account.id", nullable=True, index=False)
    answer_reason: str | None = text(2000, nullable=True)
    granted_sections: int | None = None
    granted_until: date | None = day(nullable=True)


class BreakGlass(SQLModel, table=True):
    """Somebody opened the open cases of a person in an emergency, until a moment, without asking."""

    __tablename__ = "break_glass"
    __table_args__ = (
        UniqueConstraint("id", "account_id"),
        CheckConstraint("until > opened_at", name="opened_before_until"),
        Index("ix_break_glass_account", "account_id", "until"),
    )

    id: int | None = key()
    ref: str = ref()
    account_id: int = link("account.id", index=False)
    unit_id: int = link("unit.id", index=False)
    person_id: int = link("person.id")
    case_number: str | None = text(20, nullable=True)
    reason: str = text(2000)
    opened_at: datetime = moment()
    until: datetime = moment()
    review_due: date = day()


class BreakGlassStep(SQLModel, table=True):
    """What happened to an opening; a review is by somebody else than who opened (four eyes)."""

    __tablename__ = "break_glass_step"
    __table_args__ = (
        UniqueConstraint("opening_id", "kind"),
        ForeignKeyConstraint(["opening_id", "opened_by"], ["break_glass.id", "break_glass.account_id"]),
        CheckConstraint(
            "kind <> 'reviewed' OR (account_id IS NOT NULL AND account_id <> opened_by)", name="four_eyes"
        ),
        CheckConstraint("(kind = 'reviewed') = (finding IS NOT NULL)", name="review_finds"),
        CheckConstraint(
            "finding IS NULL OR (reason IS NOT NULL AND reason <> '')", name="finding_with_reason"
        ),
    )

    id: int | None = key()
    opening_id: int
    opened_by: int
    kind: GlassStep = word(GlassStep)
    at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    finding: Finding | None = word(Finding, nullable=True)
    reason: str | None = text(2000, nullable=True)


append_only(AccessRequest)
append_only(AccessRequestStep)
append_only(
    AccessQuestion,
    but=("answer", "answered_at", "answered_by", "answer_reason", "granted_sections", "granted_until"),
    moving=("person_id",),
)
append_only(BreakGlass, moving=("person_id",))
append_only(BreakGlassStep)
