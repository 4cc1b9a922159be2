"""What was looked at and why goes; that a stage was entered and how a process ended stays, in its words."""

from cii.store.erasing import GONE, Erased
from cii.workflow.tables import WfDecision, WfEvent

STAY = ("definition", "version", "stage", "task", "key", "number", "outcome", "timer")
"""Keys of an event that hold words of the published process only; figures are counted from them."""

ROWS = (
    Erased(WfEvent, (("instance_id", "wf_instance.person_id"),), keep={"payload": STAY}),
    Erased(
        WfDecision,
        (("person_id",), ("case_id", "case_file.person_id")),
        blank={"digest": GONE},
        keep={"inputs": (), "sources": (), "outputs": ("reason",), "rules": (), "why": ()},
    ),
)
