"""What was looked at and why goes; that a stage was entered and how a process ended stays, in its words."""

from cii.store.erasing import GONE, Erased
from cii.workflow.tables import WfDecision, WfEvent

_ABOUT = (
    "(({row}.subject = 'person' AND {row}.subject_id = {person}.id) OR ({row}.subject = 'case' AND EXISTS "
    "(SELECT 1 FROM case_file c WHERE c.id = {row}.subject_id AND c.person_id = {person}.id)))"
)
_OF = (
    "EXISTS (SELECT 1 FROM wf_instance i WHERE i.id = {row}.instance_id AND i.subject = 'case' AND EXISTS "
    "(SELECT 1 FROM case_file c WHERE c.id = i.subject_id AND c.person_id = {person}.id))"
)
STAY = ("definition", "version", "stage", "task", "key", "number", "outcome", "timer")
"""Keys of an event that hold words of the published process only; figures are counted from them."""

ROWS = (
    Erased(WfEvent, (("instance_id", "wf_instance.person_id"),), keep={"payload": STAY}),
    Erased(
        WfDecision,
        (("person_id",), ("case_id", "case_file.person_id")),
        blank={"digest": GONE},
        keep={"inputs": (), "sources": (), "outputs": ("reason",), "why": ()},
    ),
)
