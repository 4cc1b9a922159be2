"""What was detected, stated, observed and argued goes; that it was, and how it was answered, stays."""

from cii.routing.tables import Detection, Referral
from cii.routing.tables_social import ObservationEvent, StatedFacts
from cii.store.erasing import GONE, Erased, rows_by_case

ROWS = (
    Erased(Detection, blank={"reason": None}, keep={"followed": (), "may_owe": (), "facts": ()}),
    Erased(Referral, blank={"reason": GONE, "answer": GONE}),
    Erased(StatedFacts, rows_by_case(), blank={"note": None}, keep={"facts": ("origin",)}),
    Erased(
        ObservationEvent,
        (("contract_id", "observation_contract.person_id"),),
        blank={"note": None},
        keep={"facts": ()},
    ),
)
"""The origin of a young person's announcement is a word of the table; its figures count it."""
