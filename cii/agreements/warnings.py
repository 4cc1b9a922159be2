"""What a list of agreements warns of."""

from collections.abc import Collection

from cii.agreements.owed import deliverables_overdue
from cii.store.work import Work


def overdue_deliverables(work: Work, agreement_ids: Collection[int]) -> dict[int, int]:
    """How many deliverables of each of these agreements are late today; those without any are left out.

    No visibility: the caller started its read.
    """
    late = deliverables_overdue(work.today).subquery("late")
    counted: dict[int, int] = {}
    for row in work.session.execute(late.select().where(late.c.agreement_id.in_(set(agreement_ids)))):
        counted[row.agreement_id] = counted.get(row.agreement_id, 0) + 1
    return counted
