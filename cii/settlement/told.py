"""What attendance and statements tell of a person in their file, under each placement."""

from cii.settlement.tables import Attendance, StatementLine
from cii.store.telling import Part

UNDER_PLACEMENT = (
    Part("attendance", Attendance, "day presence minutes account_id>by recorded_at", "placement_id"),
    Part("billed", StatementLine, "period_start period_end amount", "placement_id"),
)
