"""How detections, imports and referrals are told."""

from cii.institutions.schemas import UNIT
from cii.people.schemas import PERSON
from cii.routing.actions_detection import DetectedLine, Imported
from cii.routing.queries import DetectionRow, ReferralRow
from cii.routing.redirects import Convened, Redirect
from cii.routing.tables import DetectionRun
from cii.wire.answers import only
from cii.workflow.schemas import DECISION

DETECTION = only(
    DetectionRow, "ref", "state", "followed", "may_owe", "facts", "case_ref", "reason", "at",
    person=PERSON, unit=UNIT, decision=DECISION, called="DetectionAnswer",
)  # fmt: skip
FOUND = only(DetectedLine, "line", "name", "rules", "why", "detection_ref", called="DetectedLineAnswer")
IMPORTED = only(Imported, "rows", "known", "run_ref", "repeated", detected=FOUND, called="ImportAnswer")
RUN = only(DetectionRun, "ref", "file_name", "rows", "detected", "at", called="ImportRunAnswer")
REDIRECT = only(Redirect, "at", "counts", asked=UNIT, named=UNIT, called="RedirectAnswer")
CONVENED = only(
    Convened, "at", "network", "limit", "months", "legal_basis", redirects=REDIRECT, called="ConvenedAnswer",
)  # fmt: skip
REFERRAL = only(
    ReferralRow, "ref", "version", "state", "case_ref", "case_number", "reason", "answer", "sent_at",
    "expires_at", "answered_at", "moves", person=PERSON, sender=UNIT, receiver=UNIT, named=UNIT,
    called="ReferralAnswer",
)  # fmt: skip
