"""What placements tell of a person in their file."""

from cii.placements.tables import (
    IndividualObjective,
    Placement,
    PlacementBreak,
    PlacementEvent,
    PlacementShare,
    WaitingEntry,
)
from cii.placements.tables_foreseen import InterruptionNotice
from cii.store.telling import AUTHOR, Part

_CASE, _PLACE = "case_id", "placement_id"

PLACEMENTS = Part(
    "placements", Placement,
    "measure_id>measure line_id>line requested_by_unit_id>unit requested_by_account_id>by "
    "provider_unit_id>provider starts_on ends_on workload state refusal_reason exit_type contract_type "
    "exited_on created_at", _CASE,
    parts=(
        Part("events", PlacementEvent, "kind effective_on facts recorded_at" + AUTHOR, _PLACE),
        Part("objectives", IndividualObjective,
             "number goal balance_on set_at signed_on signed_how" + AUTHOR, _PLACE),
        Part("breaks", PlacementBreak, "starts_on ends_on recorded_at account_id>by withdrawn_at", _PLACE),
        Part("interruptions_foreseen", InterruptionNotice,
             "reason expected_on wording recorded_at account_id>by answer answered_at", _PLACE),
        Part("payers", PlacementShare, "line_id>line weight committed", _PLACE),
    ),
)  # fmt: skip
WAITING = Part(
    "waiting", WaitingEntry,
    "measure_id>measure line_id>line requested_by_unit_id>unit urgency waiting_since starts_on ends_on state "
    "closed_at paused_on paused_by_unit_id>paused_by declined_on declined_reason rank_effect", _CASE,
)  # fmt: skip
