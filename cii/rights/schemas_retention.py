"""How retention and offers to the archive are told; by outward names, never by ids."""

from cii.rights.archiving import OfferRow, StepRow
from cii.rights.dues import Due, Standing
from cii.rights.rules_retention import Held
from cii.wire.answers import only

TERM = only(Held, "rule", "last_day", called="RetentionTermAnswer")
DUE = only(
    Due, "person_ref", "since", "rule", "held", "offer_ref", "settled", called="RetentionDueAnswer"
)  # fmt: skip
STANDING = only(
    Standing, "person_ref", "until", "held", "offer_ref", "settled", terms=TERM, called="RetentionAnswer",
)  # fmt: skip
STEP = only(
    StepRow, "kind", "by", "reference", "said_on", "at", "recorded_by", called="ArchiveStepAnswer"
)  # fmt: skip
OFFER = only(
    OfferRow, "ref", "person_ref", "state", "cases", "size", "sha256", "offered_at", "offered_by", "package",
    steps=STEP, called="ArchiveOfferAnswer",
)  # fmt: skip
