"""Notices about a person, their cases, places and referrals go."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import select

from cii.notices.tables import Notice
from cii.store.erasing import Erased, theirs
from cii.store.work import Work

_OF = " UNION ALL ".join(
    f"SELECT o.ref FROM {table} o WHERE o.person_id = {{person}}.id"
    for table in (
        "case_file", "placement", "referral", "waiting_entry", "observation_contract", "wf_instance",
    )
)  # fmt: skip
ROWS = (Erased(Notice, mark=f"{{row}}.subject_ref = {{person}}.ref OR {{row}}.subject_ref IN ({_OF})"),)


def told_of(work: Work, person_ids: Collection[int]) -> set[tuple[datetime, str]]:
    """When notices about these persons were written, and their outward names."""
    return set(
        work.session.exec(select(Notice.created_at, Notice.ref).where(theirs(ROWS[0], person_ids))).all()
    )
