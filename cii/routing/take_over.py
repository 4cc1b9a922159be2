"""Detections, referrals and observations of a person follow it; refused where one file detected both rows."""

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from cii.kernel.errors import Refusal
from cii.routing.tables import Detection, DetectionRun, Referral
from cii.routing.tables_social import ObservationContract
from cii.store.moving import Followed
from cii.store.work import Work

ROWS = (
    Followed(Detection, ("state",)),
    Followed(Referral, ("version",)),
    Followed(ObservationContract, ("version",)),
)


class DetectedTwice(Refusal):
    """One file holds both as two lines: `file`."""

    code, kind = "merge-detected-twice", "conflict"


def clashes(work: Work, old_id: int, new_id: int) -> list[Refusal]:
    """Why these two cannot become one here: each file that names both."""
    one, other = aliased(Detection), aliased(Detection)
    files = work.session.exec(
        select(DetectionRun.file_name)
        .join(one, col(one.run_id) == col(DetectionRun.id))
        .join(other, col(other.run_id) == col(DetectionRun.id))
        .where(col(one.person_id) == old_id, col(other.person_id) == new_id)
        .order_by(col(DetectionRun.id))
    )
    return [DetectedTwice(field="new_ref", file=name) for name in files]
