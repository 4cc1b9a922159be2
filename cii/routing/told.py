"""What detection, referrals and social enterprises tell of a person in their file."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from cii.routing.tables import Detection, DetectionRun, Referral
from cii.routing.tables_social import ObservationContract, ObservationEvent, StatedFacts
from cii.store.telling import AUTHOR, Part
from cii.store.work import Work

_CASE = "case_id"

DETECTIONS = Part("detections", Detection, "unit_id>unit run_id>file facts followed may_owe state reason at")
CHAPTERS = (
    Part("stated", StatedFacts, "asked_by facts note effective_on at" + AUTHOR, _CASE),
    Part("referrals", Referral,
         "from_unit_id>from to_unit_id>to named_unit_id>named state reason answer sent_by>by sent_at "
         "received_at answered_at", _CASE),
    Part("observations", ObservationContract,
         "unit_id>unit provider_unit_id>provider starts_on ends_on state ended_on created_at", _CASE,
         parts=(
             Part("events", ObservationEvent, "move party effective_on note at" + AUTHOR, "contract_id"),
         )),
)  # fmt: skip


def file_names(work: Work, ids: Collection[int]) -> Mapping[int, str]:
    """The names of imported files, by run."""
    rows = work.session.exec(
        select(DetectionRun.id, DetectionRun.file_name).where(col(DetectionRun.id).in_(ids))
    )
    return {id_ or 0: name for id_, name in rows}
