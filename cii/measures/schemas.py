"""How a measure is told, by its name and as an offer of the catalogue."""

from cii.measures.catalogue import CatalogueRow, LineQuota
from cii.measures.eligibility import Condition, RuleLine, Verdict, WouldChange
from cii.measures.tables import Measure, MeasureRule
from cii.wire.answers import only

NAMED = only(Measure, "ref", "code", "name", "kind", called="MeasureNameAnswer")
OFFER = only(CatalogueRow, "ref", "code", "name", "kind", "region", "mixed", called="OfferAnswer")
QUOTA = only(LineQuota, "line_ref", "line_code", "sector", "places", called="QuotaAnswer")
CONDITION = only(Condition, "input", "verdict", "required", "observed", called="ConditionAnswer")
RULE = only(RuleLine, "rule", "verdict", "eligible", conditions=CONDITION, called="RuleAnswer")
CHANGE = only(WouldChange, "input", "observed", "needed", called="WouldChangeAnswer")
VERDICT = only(
    Verdict, "standing", "reasons", "missing", "fault", "version", "digest", rules=RULE, failed=CONDITION,
    changes=CHANGE, called="VerdictAnswer",
)  # fmt: skip
TABLE = only(
    MeasureRule, "version", "valid_from", "recorded_at", "digest", "source", called="EligibilityTableAnswer"
)
