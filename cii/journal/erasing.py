"""Which entries of the journal hold something of a person: their payloads go, the entries stay."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select, union
from sqlmodel import col

from cii.journal.tables import JournalPayload, JournalSubject
from cii.store.work import Work


def told_of(work: Work, subjects: Iterable[tuple[str, Select[Any]]]) -> list[int]:
    """The entries with a payload that speak of one of these: the journal's word and a select of ids."""
    return list(work.session.connection().execute(_about(subjects)).scalars())


def count_of(work: Work, subjects: Iterable[tuple[str, Select[Any]]]) -> int:
    """How many entries `told_of` finds."""
    counted = select(func.count()).select_from(_about(subjects).subquery())
    return int(work.session.connection().execute(counted).scalar_one())


def _about(subjects: Iterable[tuple[str, Select[Any]]]) -> Select[Any]:
    entries = union(
        *(
            select(col(JournalSubject.entry_id)).where(
                col(JournalSubject.kind) == kind, col(JournalSubject.object_id).in_(ids)
            )
            for kind, ids in subjects
        )
    )
    return select(col(JournalPayload.entry_id)).where(col(JournalPayload.entry_id).in_(entries))
