"""How mandates are told."""

from cii.coordination.tables_mandates import GroupMandate
from cii.wire.answers import only

MANDATE = only(
    GroupMandate, "ref", "number", "title", "wording", "issued_on", "until", "document_sha256", "ended_on",
    called="GroupMandateAnswer",
)  # fmt: skip
