"""What wages tell of a person in their file, under each placement."""

from cii.store.telling import AUTHOR, Part
from cii.wages.tables import PaidWage, WageEngagement, WageGrant, WagePart, WageResult

UNDER_PLACEMENT = (
    Part("wage_grants", WageGrant,
         "kind category starts_on ends_on normal_pay permille exceptional employer reason state asked_at "
         "decision decided_at" + " unit_id>unit asked_by>by", "placement_id",
         parts=(
             Part("wage_engagements", WageEngagement, "year amount reason recorded_at", "grant_id"),
             Part("wage_results", WageResult, "month number amount slip made_at" + AUTHOR,
                  "grant_id",
                  parts=(Part("wage_parts", WagePart, "amount state reason approved_at released_at",
                              "result_id"),)),
         )),
    Part("paid_wages", PaidWage, "month amount recorded_at" + AUTHOR, "placement_id"),
)  # fmt: skip
