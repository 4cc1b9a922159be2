"""What goes when a person is erased: rows of every room, payloads of the journal, mails, answers, files.

Everything in the database goes in one transaction. Files cannot be rolled back: they are named in rows of the
erasure and go afterwards, minute by minute until none is left, also after a crash.
Source: product.md §9 (log design); house.md §3.
"""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import SQLModel, col

from cii.access.erasing import sent_to
from cii.access.linking import address_hash
from cii.cases.erasing import FOLDER, ask_nobody, contents, signs_of, still_named
from cii.documents import store
from cii.documents.keeping import hold
from cii.journal import erasing as journal
from cii.journal.actions import forget_payloads
from cii.notices.erasing import told_of
from cii.people.erasing import drop_number, last_names, mark_erased, refs_of
from cii.rights.archiving import folder as packages_folder
from cii.rights.archiving import packages_of
from cii.rights.erasing_rows import EVERY_ROW
from cii.rights.tables_erasing import OWN, ErasureFile
from cii.store.erasing import Erased, count, erase, theirs
from cii.store.outbox_erasing import forget_mails, written_at
from cii.store.retaining import letter, letters
from cii.store.work import Work
from cii.wire.erasing import forget_answers

ROWS: tuple[Erased, ...] = (*OWN, *EVERY_ROW)
MAIL, ARCHIVE = "mail", "archive"
"""What a named file is: a message that a house without a mail server writes, a package for the archive."""
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
    found["journal_payload"] = journal.count_of(work, _subjects(person_ids))
    found["outbox"] = len(_mails(work, person_ids))
    found["person"] = len(person_ids)
    return {table: number for table, number in sorted(found.items()) if number}


def erase_everything(work: Work, erasure_id: int, person_ids: Collection[int]) -> dict[str, int]:
    """Erase what the house keeps of these persons, who are named in an approved erasure; counts by table.

    Their rows stay, empty and marked; files that have to go are named for `finish`.
    """
    work.session.flush()
    mails = _mails(work, person_ids)
    _name_files(work, erasure_id, person_ids, mails)
    words = {
        *refs_of(work, person_ids).values(), *last_names(work, person_ids), *signs_of(work, person_ids),
    }  # fmt: skip
    entries = journal.told_of(work, _subjects(person_ids))
    mark_erased(work, person_ids)
    ask_nobody(work, person_ids)
    done = erase(work.session, ROWS, person_ids)
    done["journal_payload"] = forget_payloads(work, entries)
    done["idempotency_record"] = forget_answers(work.session, words)
    done["outbox"] = forget_mails(work, mails)
    drop_number(work, person_ids)
    done["person"] = len(person_ids)
    work.session.expire_all()
    return {table: number for table, number in sorted(done.items()) if number}


def finish(work: Work, limit: int = 100) -> int:
    """Let files go that erasures have named, some at a time; returns how many rows are done.

    Bytes that a document of somebody else names too stay. A file that is gone already is no fault.
    """
    rows = work.session.scalars(
        select(ErasureFile).order_by(col(ErasureFile.id)).limit(limit).with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        hold(work, row.name)
        if row.folder == FOLDER and not still_named(work, row.name):
            store.forget(work.settings.data_dir / FOLDER, row.name)
        elif row.folder == ARCHIVE:
            store.forget(packages_folder(work), row.name)
        elif row.folder == MAIL:
            (letters(work.settings) / row.name).unlink(missing_ok=True)
        work.session.delete(row)
    work.session.flush()
    return len(rows)


def _name_files(work: Work, erasure_id: int, person_ids: Collection[int], mails: Collection[int]) -> None:
    folders = (
        (FOLDER, contents(work, person_ids)),
        (MAIL, [letter(work.settings, one).name for one in mails]),
        (ARCHIVE, packages_of(work, person_ids)),
    )
    for folder, names in folders:
        work.session.add_all(ErasureFile(erasure_id=erasure_id, folder=folder, name=name) for name in names)
    work.session.flush()


def _subjects(person_ids: Collection[int]) -> Iterator[tuple[str, Select[Any]]]:
    """What the journal says of the persons, their cases and every other row of theirs."""
    tables = SQLModel.metadata.tables
    for kind, name, column in _SUBJECTS:
        table = tables[name]
        yield kind, select(table.c.id).where(table.c[column].in_(list(person_ids)))
    for one in ROWS:
        if "id" in one.table.c:
            yield str(one.table.name), select(one.table.c.id).where(theirs(one, person_ids))


def _mails(work: Work, person_ids: Collection[int]) -> list[int]:
    """Messages sent to the person's own address, or that lead to a notice about them."""
    links, notices = sent_to(work, person_ids), told_of(work, person_ids)
    hashes, refs = {address for _, address in links}, {ref for _, ref in notices}
    return [
        id_
        for id_, recipient, headers in written_at(work, {at for at, _ in (*links, *notices)})
        if headers.get("Notice") in refs or address_hash(work, recipient) in hashes
    ]
