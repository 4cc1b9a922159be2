"""Rows of retention: whose term is over, what was offered to the archive, and what the archive answered."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.rights.vocabulary_retention import ArchiveAct, Keeping
from cii.store.columns import day, key, link, moment, ref, text, word
from cii.store.guards import append_only


class RetentionProposal(SQLModel, table=True):
    """A person whose terms are all over, put before the data-protection officer; goes when one runs again.

    `rule`: the term that ended last; `since`: the first day after it.
    """

    __tablename__ = "retention_proposal"

    id: int | None = key()
    person_id: int = link("person.id", unique=True)
    rule: Keeping = word(Keeping)
    since: date = day()
    proposed_on: date = day()


class ArchiveOffer(SQLModel, table=True):
    """The file of a person offered to the cantonal archive, as one package of which hash and size are kept.

    Its bytes lie in the store until the archive has refused or received them.
    """

    __tablename__ = "archive_offer"
    __table_args__ = (CheckConstraint("size > 0", name="size_positive"),)

    id: int | None = key()
    ref: str = ref()
    person_id: int = link("person.id")
    cases: int
    sha256: str = text(64)
    size: int
    offered_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class ArchiveStep(SQLModel, table=True):
    """What became of an offer: the archive's answer, then that it has received the package.

    `by`: the function that spoke for the archive, never a name; `reference`: the archive's own.
    """

    __tablename__ = "archive_step"
    __table_args__ = (
        Index("uq_archive_step_answer", "offer_id", unique=True,
              sqlite_where=sql("kind IN ('accepted', 'refused')"),
              postgresql_where=sql("kind IN ('accepted', 'refused')")),
        Index("uq_archive_step_received", "offer_id", unique=True,
              sqlite_where=sql("kind = 'handed_over'"), postgresql_where=sql("kind = 'handed_over'")),
    )  # fmt: skip

    id: int | None = key()
    offer_id: int = link("archive_offer.id")
    kind: ArchiveAct = word(ArchiveAct)
    by: str = text(120)
    reference: str = text(80)
    said_on: date = day()
    at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


append_only(ArchiveOffer, moving=("person_id",))
append_only(ArchiveStep)
