"""How what a provider tells of itself is answered."""

from cii.providers.tables import StaffNotice, TalkRequest
from cii.providers.tables_overruns import OverrunNotice
from cii.wire.answers import only

STAFF = only(
    StaffNotice, "ref", "change", "function", "qualification", "workload", "effective_on",
    called="StaffNoticeAnswer",
)  # fmt: skip
TALK = only(TalkRequest, "ref", "subject", "wording", called="TalkRequestAnswer")
OVERRUN = only(
    OverrunNotice, "ref", "kind", "expected_on", "amount", "days", "wording", "recorded_at", "answer",
    "answered_at", called="OverrunNoticeAnswer",
)  # fmt: skip
