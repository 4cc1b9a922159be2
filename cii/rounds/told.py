"""What rounds tell of a person in their file: what each run that was approved or not said of their case."""

from cii.rounds.tables import RoundCandidate, RoundPin
from cii.store.telling import Part

ROUNDS = Part(
    "rounds", RoundCandidate,
    "requested_by_unit_id>unit position urgency waiting_since lot starts_on ends_on standing "
    "why>no_place_because measure_id>measure line_id>line suitability cost pinned refused", "case_id",
)  # fmt: skip
PINS = Part(
    "round_pins", RoundPin,
    "kind measure_id>measure line_id>line reason made_at made_by>by withdrawn_at", "case_id",
)  # fmt: skip
