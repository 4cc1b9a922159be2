"""Which process a case or a referral has, and which units hold the roles in it."""

from collections.abc import Mapping

from cii.institutions.queries import units
from cii.institutions.vocabulary import UnitKind
from cii.routing.rules import CaseWithoutProcess
from cii.store.work import Work
from cii.workflow.queries import instance_for
from cii.workflow.tables import WfInstance

CASE = "case"


def instance_of(work: Work, subject_id: int, subject: str = CASE) -> WfInstance:
    """The process of a case, or of a referral; refuses CaseWithoutProcess."""
    found = instance_for(work, subject, subject_id)
    if found is None:
        raise CaseWithoutProcess
    return found


def holders(work: Work, role: str, held: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """The units that hold a role of a process; the coordination group also where it has no part in it."""
    if role in held:
        return held[role]
    if role == "coordination":
        return tuple(unit.id or 0 for unit in units(work, kind=UnitKind.COORDINATION))
    return ()
