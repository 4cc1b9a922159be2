"""Rows of holds and erasures, and the mark of an erased person, which only an approved erasure sets.

The rooms below say how their rows are erased; their guards let exactly that happen (`store.guards`).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, CheckConstraint, Index, Table, UniqueConstraint, event
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.rights.erasing_rows import EVERY_ROW
from cii.rights.tables_merging import PersonMerge
from cii.rights.tables_requests import PersonRequest, PersonRequestEvent
from cii.rights.tables_retention import RetentionProposal
from cii.rights.vocabulary_erasing import ErasureGround, HoldBasis
from cii.store.columns import day, key, link, moment, plain_json, ref, text, word
from cii.store.erasing import GONE, Erased
from cii.store.guards import append_only, erasable


class LegalHold(SQLModel, table=True):
    """Data of a person stays as it is: on a basis, for a reason, until a last day or until it is lifted."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lift_reason IS NULL)", name="lifted_with_reason"),
    )

    id: int | None = key()
    ref: str = ref()
    person_id: int = link("person.id")
    basis: HoldBasis = word(HoldBasis)
    reason: str = text(1000)
    until: date | None = day(nullable=True)
    set_at: datetime = moment()
    set_by: int | None = link("account.id", nullable=True, index=False)
    lifted_at: datetime | None = moment(nullable=True)
    lifted_by: int | None = link("account.id", nullable=True, index=False)
    lift_reason: str | None = text(1000, nullable=True)


class Erasure(SQLModel, table=True):
    """A person is to be erased: prepared by one, decided by another, once.

    `planned`: rows by table when it was prepared; `prepared_as`, `decided_as`: the function they acted in.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> prepared_by", name="four_eyes"),
        CheckConstraint("(decided_at IS NULL) = (approved IS NULL)", name="decided_when"),
        CheckConstraint("approved IS NULL OR decided_by IS NOT NULL", name="decided_by_whom"),
        CheckConstraint(
            "approved IS NULL OR approved OR decision_reason IS NOT NULL", name="rejected_says_why"
        ),
        Index("uq_erasure_open", "whose_id", unique=True, sqlite_where=sql("decided_at IS NULL"),
              postgresql_where=sql("decided_at IS NULL")),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    whose_id: int = link("person.id")
    ground: ErasureGround = word(ErasureGround)
    reason: str = text(1000)
    planned: dict[str, Any] = plain_json()
    prepared_at: datetime = moment()
    prepared_by: int = link("account.id", index=False)
    prepared_as: str = text(40)
    decided_at: datetime | None = moment(nullable=True)
    decided_by: int | None = link("account.id", nullable=True, index=False)
    decided_as: str | None = text(40, nullable=True)
    approved: bool | None = None
    decision_reason: str | None = text(1000, nullable=True)


class ErasureCertificate(SQLModel, table=True):
    """What went in an erasure, by table and in numbers only, under a digest."""

    __tablename__ = "erasure_certificate"

    id: int | None = key()
    erasure_id: int = link("erasure.id", unique=True)
    counts: dict[str, Any] = plain_json()
    digest: str = text(64)
    at: datetime = moment()


class ErasedPerson(SQLModel, table=True):
    """A row that was the person: their own, and those that were merged into it."""

    __tablename__ = "erased_person"
    __table_args__ = (UniqueConstraint("erasure_id", "whose_id"),)

    id: int | None = key()
    erasure_id: int = link("erasure.id", index=False)
    whose_id: int = link("person.id")


class ErasureFile(SQLModel, table=True):
    """A file that has to go after an erasure; the row goes with it. `name` is no name of anybody."""

    __tablename__ = "erasure_file"
    __table_args__ = (UniqueConstraint("erasure_id", "folder", "name"),)

    id: int | None = key()
    erasure_id: int = link("erasure.id", index=False)
    folder: str = text(20)
    name: str = text(80)


OWN: tuple[Erased, ...] = (
    Erased(PersonRequestEvent, (("request_id", "person_request.person_id"),), blank={"reason": GONE}),
    Erased(PersonRequest, blank={"physician": GONE, "matter": GONE}),
    Erased(RetentionProposal),
    Erased(
        PersonMerge,
        (("old_person_id",), ("new_person_id",)),
        blank={"reason": GONE, "undo_reason": GONE},
        keep={"moved": ()},
    ),
    Erased(LegalHold, blank={"reason": GONE, "lift_reason": GONE}),
    Erased(Erasure, (("whose_id",),), blank={"reason": GONE, "decision_reason": GONE}),
)
"""How the rows of the rights themselves are erased: what was asked, why a hold was set or a merge done."""

append_only(LegalHold, but=("lifted_at", "lifted_by", "lift_reason"), moving=("person_id",))
append_only(
    Erasure,
    but=("decided_at", "decided_by", "decided_as", "approved", "decision_reason"),
)
append_only(ErasedPerson)
append_only(ErasureCertificate)
erasable((*EVERY_ROW, *OWN))

_APPROVED = (
    "EXISTS (SELECT 1 FROM erased_person x JOIN erasure e ON e.id = x.erasure_id "
    "WHERE x.whose_id = NEW.id AND e.approved)"
)
_SAID = "a person is marked as erased by an approved erasure, once, and stays without a number"
_UPDATES = (
    "(NEW.erased_at {differs} OLD.erased_at AND (OLD.erased_at IS NOT NULL OR NOT " + _APPROVED + ")) "
    "OR (OLD.erased_at IS NOT NULL AND NEW.avs_hash IS NOT NULL AND NEW.avs_hash {differs} OLD.avs_hash)"
)


def mark_ddl() -> list[tuple[str, str]]:
    """The triggers that guard the mark, with the engine each is for."""
    lite = [("INSERT", "NEW.erased_at IS NOT NULL"), ("UPDATE", _UPDATES.format(differs="IS NOT"))]
    return [
        *(
            (
                (
                    f"CREATE TRIGGER person_mark_{act.lower()} BEFORE {act} ON person FOR EACH ROW "
                    f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
                ),
                "sqlite",
            )
            for act, when in lite
        ),
        (
            (
                "CREATE FUNCTION person_mark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "IF TG_OP = 'INSERT' THEN IF NEW.erased_at IS NOT NULL THEN "
                f"RAISE EXCEPTION '{_SAID}'; END IF; RETURN NEW; END IF; "
                f"IF {_UPDATES.format(differs='IS DISTINCT FROM')} THEN RAISE EXCEPTION '{_SAID}'; END IF; "
                "RETURN NEW; END $$"
            ),
            "postgresql",
        ),
        (
            (
                "CREATE TRIGGER person_mark BEFORE INSERT OR UPDATE ON person FOR EACH ROW "
                "EXECUTE FUNCTION person_mark()"
            ),
            "postgresql",
        ),
    ]


_ddl: Any = DDL
_person: Table = SQLModel.metadata.tables["person"]
for _statement, _dialect in mark_ddl():
    event.listen(_person, "after_create", _ddl(_statement.replace("%", "%%")).execute_if(dialect=_dialect))
