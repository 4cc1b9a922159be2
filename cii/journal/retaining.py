"""What the journal holds of a person's data is kept for a term at least; the entries themselves stay."""

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.journal.tables import JournalEntry, JournalPayload, JournalSubject
from cii.store.retaining import Kept


def written_about(rule: str, but: tuple[str, ...]) -> Kept:
    """What was written about persons; `but`: kinds of objects whose writing keeps nothing."""
    rows: Any = (
        select(col(JournalSubject.object_id).label("person_id"), col(JournalEntry.at).label("since"))
        .join(JournalEntry, col(JournalEntry.id) == col(JournalSubject.entry_id))
        .join(JournalPayload, col(JournalPayload.entry_id) == col(JournalEntry.id))
        .where(col(JournalSubject.kind) == "person", col(JournalEntry.kind).not_in(but))
    )
    return Kept(rule, rows.subquery())
