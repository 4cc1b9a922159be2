"""How holds and erasures are told; by outward names, never by ids."""

from cii.rights.holds import HoldRow
from cii.rights.queries_erasing import ErasureRow, Gone
from cii.wire.answers import only

HOLD = only(
    HoldRow, "ref", "person_ref", "person", "basis", "reason", "until", "in_force", "set_at", "set_by",
    "lifted_at", "lifted_by", "lift_reason", called="LegalHoldAnswer",
)  # fmt: skip
GONE = only(Gone, "part", "table", "rows", called="ErasedRowsAnswer")
ERASURE = only(
    ErasureRow, "ref", "state", "ground", "reason", "person_ref", "person", "prepared_at", "prepared_by",
    "prepared_as", "decided_at", "decided_by", "decided_as", "decision_reason", "digest", "files_left",
    "mine", gone=GONE, called="ErasureAnswer",
)  # fmt: skip
