"""What attendance and statements tell of a person in their file, under each placement."""

from cii.settlement.tables import AbsenceNotice, Attendance, StatementLine, StatementRemark
from cii.store.telling import Part

UNDER_PLACEMENT = (
    Part("attendance", Attendance, "day presence minutes account_id>by recorded_at", "placement_id"),
    Part("absence_news", AbsenceNotice, "kind first_day last_day due_on told_at", "placement_id"),
    Part("billed", StatementLine, "period_start period_end amount", "placement_id"),
    Part(
        "billing_remarks", StatementRemark, "period_start amount reason account_id>by returned_at",
        "placement_id",
    ),
)  # fmt: skip
