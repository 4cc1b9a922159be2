"""Acts of settlement: attest, state, check, approve, pay; each in its module."""

from cii.settlement.actions_attendance import Mark, RecordAttendance, Recorded, record_attendance
from cii.settlement.actions_settling import approve, decide_further_engagement, pay
from cii.settlement.actions_statements import (
    LineReason,
    PrefillStatement,
    ReturnStatement,
    check_statement,
    prefill_month,
    prefill_statement,
    return_statement,
    submit,
)

__all__ = [
    "LineReason", "Mark", "PrefillStatement", "RecordAttendance", "Recorded", "ReturnStatement", "approve",
    "check_statement", "decide_further_engagement", "pay", "prefill_month", "prefill_statement",
    "record_attendance", "return_statement", "submit",
]  # fmt: skip
