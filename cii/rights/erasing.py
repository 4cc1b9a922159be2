"""What goes when a person is erased: rows of every room, payloads of the journal, mails, answers, files.

Everything in the database goes in one transaction. Files cannot be rolled back: they are named in rows of the
erasure and go afterwards, minute by minute until none is left, also after a crash.
Source: product.md §9 (log design); house.md §3.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, delete, or_, select, union, update
from sqlmodel import SQLModel, col

from cii.access.linking import address_hash
from cii.access.tables import SignedLink
from cii.cases.erasing import FOLDER, contents, still_named
from cii.cases.tables import CaseFile
from cii.cases.tables_follow import OutcomeCheck
from cii.documents import store
from cii.journal.tables import JournalPayload, JournalSubject
from cii.notices.erasing import ROWS as NOTICE_ROWS
from cii.notices.tables import Notice
from cii.people.tables import Identity, Person
from cii.rights.archiving import folder as packages_folder
from cii.rights.archiving import packages_of
from cii.rights.erasing_rows import EVERY_ROW
from cii.rights.tables_erasing import OWN, ErasureFile
from cii.store.erasing import Erased, count, erase, theirs
from cii.store.tables import Outgoing
from cii.store.work import Work
from cii.wire.tables import IdempotencyRecord

ROWS: tuple[Erased, ...] = (*OWN, *EVERY_ROW)
(NOTICES,) = NOTICE_ROWS
MAIL, ARCHIVE = "mail", "archive"
"""The folders of messages that a house without a mail server writes, and of packages for the archive."""
_SUBJECTS = (
    ("person", "person", "id"),
    ("case", "case_file", "person_id"),
    ("placement", "placement", "person_id"),
    ("waiting_entry", "waiting_entry", "person_id"),
    ("observation_contract", "observation_contract", "person_id"),
    ("consent", "consent", "person_id"),
    ("process", "wf_instance", "person_id"),
)
"""What the journal speaks of beside the rows that are erased: its word, the table, the way to the person."""


def counted(work: Work, person_ids: Collection[int]) -> dict[str, int]:
    """How many rows of each table an erasure of these persons touches; tables without any left out."""
    found = count(work.session, ROWS, person_ids)
    found["journal_payload"] = _held(work, select(_payloads(person_ids).subquery()))
    found["outbox"] = len(_mails(work, person_ids))
    found["person"] = len(person_ids)
    return {table: number for table, number in sorted(found.items()) if number}


def erase_everything(work: Work, erasure_id: int, person_ids: Collection[int]) -> dict[str, int]:
    """Erase what the house keeps of these persons, who are named in an approved erasure; counts by table.

    Their rows stay, empty and marked; files that have to go are named for `finish`.
    """
    session = work.session
    session.flush()
    _name_files(work, erasure_id, person_ids)
    answers, mails = _answers(work, person_ids), _mails(work, person_ids)
    entries = list(session.connection().execute(_payloads(person_ids)).scalars())
    written = session.connection()
    written.execute(update(Person).where(col(Person.id).in_(person_ids)).values(erased_at=work.now))
    _close_checks(work, person_ids)
    done = erase(session, ROWS, person_ids)
    done["journal_payload"] = _delete(work, JournalPayload, JournalPayload.entry_id, entries)
    done["idempotency_record"] = _delete(work, IdempotencyRecord, IdempotencyRecord.id, answers)
    done["outbox"] = _delete(work, Outgoing, Outgoing.id, mails)
    written.execute(
        update(Person).where(col(Person.id).in_(person_ids)).values(avs_sealed=None, avs_hash=None)
    )
    done["person"] = len(person_ids)
    session.expire_all()
    return {table: number for table, number in sorted(done.items()) if number}


def finish(work: Work, limit: int = 100) -> int:
    """Let files go that erasures have named, some at a time; returns how many rows are done.

    Bytes that a document of somebody else names too stay. A file that is gone already is no fault.
    """
    rows = work.session.scalars(
        select(ErasureFile).order_by(col(ErasureFile.id)).limit(limit).with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        if row.folder == FOLDER and not still_named(work, row.name):
            store.forget(work.settings.data_dir / FOLDER, row.name)
        elif row.folder == ARCHIVE:
            store.forget(packages_folder(work), row.name)
        elif row.folder == MAIL:
            (work.settings.data_dir / MAIL / row.name).unlink(missing_ok=True)
        work.session.delete(row)
    work.session.flush()
    return len(rows)


def _name_files(work: Work, erasure_id: int, person_ids: Collection[int]) -> None:
    mails = [f"{one:08d}.eml" for one in _mails(work, person_ids)]
    packages = packages_of(work, person_ids)
    for folder, names in ((FOLDER, contents(work, person_ids)), (MAIL, mails), (ARCHIVE, packages)):
        work.session.add_all(ErasureFile(erasure_id=erasure_id, folder=folder, name=name) for name in names)
    work.session.flush()


def _close_checks(work: Work, person_ids: Collection[int]) -> None:
    """Nobody is asked any more whether a result holds."""
    work.session.connection().execute(
        update(OutcomeCheck)
        .where(
            col(OutcomeCheck.person_id).in_(person_ids),
            col(OutcomeCheck.holds).is_(None),
            col(OutcomeCheck.cancelled_at).is_(None),
        )
        .values(cancelled_at=work.now)
    )


def _payloads(person_ids: Collection[int]) -> Select[Any]:
    """Entries of the journal that speak of the persons, their cases or another row of theirs."""
    tables = SQLModel.metadata.tables
    about = [
        select(col(JournalSubject.entry_id)).where(
            col(JournalSubject.kind) == kind,
            col(JournalSubject.object_id).in_(_ids(tables[name], column, person_ids)),
        )
        for kind, name, column in _SUBJECTS
    ]
    about += [
        select(col(JournalSubject.entry_id)).where(
            col(JournalSubject.kind) == one.table.name,
            col(JournalSubject.object_id).in_(select(one.table.c.id).where(theirs(one, person_ids))),
        )
        for one in ROWS
        if "id" in one.table.c
    ]
    return select(col(JournalPayload.entry_id)).where(col(JournalPayload.entry_id).in_(union(*about)))


def _ids(table: Table, column: str, person_ids: Collection[int]) -> Select[Any]:
    return select(table.c.id).where(table.c[column].in_(list(person_ids)))


def _mails(work: Work, person_ids: Collection[int]) -> list[int]:
    """Messages sent to the person's own address, or that lead to a notice about them."""
    cases = select(col(CaseFile.id)).where(col(CaseFile.person_id).in_(person_ids))
    links = work.session.execute(
        select(col(SignedLink.created_at), col(SignedLink.address_hash)).where(
            or_(col(SignedLink.person_id).in_(person_ids), col(SignedLink.case_id).in_(cases)),
            col(SignedLink.address_hash).is_not(None),
        )
    ).all()
    notices = work.session.execute(
        select(col(Notice.created_at), col(Notice.ref)).where(theirs(NOTICES, person_ids))
    ).all()
    moments: set[datetime] = {row[0] for row in (*links, *notices)}
    hashes, refs = {row[1] for row in links}, {row[1] for row in notices}
    rows = work.session.execute(
        select(col(Outgoing.id), col(Outgoing.recipient), col(Outgoing.headers)).where(
            col(Outgoing.created_at).in_(moments)
        )
    )
    return [
        row.id
        for row in rows
        if row.headers.get("Notice") in refs or address_hash(work, row.recipient) in hashes
    ]


def _answers(work: Work, person_ids: Collection[int]) -> list[int]:
    """Answers kept for requests sent twice that name the person or a case of theirs."""
    session = work.session
    names = {
        *session.scalars(select(col(Person.ref)).where(col(Person.id).in_(person_ids))),
        *session.scalars(select(col(Identity.last_name)).where(col(Identity.person_id).in_(person_ids))),
    }
    for row in session.execute(
        select(col(CaseFile.ref), col(CaseFile.number)).where(col(CaseFile.person_id).in_(person_ids))
    ):
        names |= set(row)
    told = [col(IdempotencyRecord.body).contains(name, autoescape=True) for name in sorted(names) if name]
    return list(session.scalars(select(col(IdempotencyRecord.id)).where(or_(*told))))


def _delete(work: Work, model: type[SQLModel], column: Any, ids: list[int]) -> int:  # noqa: ANN401
    return sum(
        work.session.connection()
        .execute(delete(model).where(col(column).in_(ids[at : at + _CHUNK])))
        .rowcount
        for at in range(0, len(ids), _CHUNK)
    )


def _held(work: Work, rows: Select[Any]) -> int:
    return len(work.session.execute(rows).all())


_CHUNK = 10_000
