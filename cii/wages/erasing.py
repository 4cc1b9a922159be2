"""Reasons and employers go; the sums, and what they were computed from, stay with the accounts."""

from cii.store.erasing import GONE, Erased
from cii.wages.tables import WageEngagement, WageGrant, WagePart

_PERSON = "placement.person_id"
ROWS = (
    Erased(WagePart, (("result_id", "wage_result.grant_id", "wage_grant.placement_id", _PERSON),),
           blank={"reason": GONE}),
    Erased(WageEngagement, (("grant_id", "wage_grant.placement_id", _PERSON),), blank={"reason": GONE}),
    Erased(WageGrant, (("placement_id", _PERSON),),
           blank={"reason": GONE, "decision": GONE, "employer": GONE}),
)  # fmt: skip
