"""How attestations and payments are told."""

from cii.settlement.actions_attendance import Recorded
from cii.settlement.actions_import import AttendanceImported
from cii.settlement.tables import Payment
from cii.wire.answers import only

ATTENDANCE_IMPORTED = only(
    AttendanceImported, "rows", "added", "corrected", "known", "excess", "repeated",
    called="AttendanceImportedAnswer",
)  # fmt: skip
RECORDED = only(Recorded, "new", "corrected", "excess", called="RecordedAnswer")
PAYMENT = only(
    Payment, "ref", "amount", "transferred", "rounding", "prepared_at", "released_at", called="PaymentAnswer"
)
