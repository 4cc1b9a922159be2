"""What somebody has typed and not sent about a person is counted in their file, not told."""

from collections.abc import Sequence

from sqlmodel import col, func, select

from cii.desk.tables import Draft
from cii.store.work import Work


def drafts(work: Work, case_ids: Sequence[int]) -> int:
    """How many drafts there are in these cases."""
    return work.session.exec(
        select(func.count()).select_from(Draft).where(col(Draft.case_id).in_(case_ids))
    ).one()
