"""How an interruption that a provider foresees is answered."""

from cii.placements.tables_foreseen import InterruptionNotice
from cii.wire.answers import only

INTERRUPTION = only(
    InterruptionNotice, "ref", "reason", "expected_on", "wording", "recorded_at", "answer", "answered_at",
    called="InterruptionNoticeAnswer",
)  # fmt: skip
