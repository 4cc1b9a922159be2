"""What the file of a person holds, put together from what each room tells (`told.py`), in its order.

Of a hold on their data the person reads that there is one, since when and on which basis, not its reason: it
names others and what is looked into (LPD 26). The file counts such reasons among what it does not hold.
"""

from dataclasses import replace
from typing import Any

from cii.access.told import LINKS, RESTRICTIONS
from cii.cases.told import CASE as CASE_ITSELF
from cii.notices.told import NOTICES
from cii.outcomes.told import UNDER_PLACEMENT as OUTCOMES
from cii.partners.told import RATINGS
from cii.people.told import CONSENTS, DISCLOSURES, IDENTITIES, STATUSES
from cii.placements.told import PLACEMENTS, WAITING
from cii.requests.told import ACCESS_REQUESTS, BREAK_GLASS
from cii.rights.tables_erasing import LegalHold
from cii.rights.tables_merging import PersonMerge
from cii.rights.tables_requests import PersonRequest, PersonRequestEvent
from cii.rights.tables_retention import ArchiveOffer, ArchiveStep
from cii.rounds.told import PINS, ROUNDS
from cii.routing.told import CHAPTERS, DETECTIONS
from cii.settlement.told import UNDER_PLACEMENT
from cii.store.telling import Condition, Part, Scope
from cii.wages.told import UNDER_PLACEMENT as WAGES
from cii.workflow.told import DECISIONS, TASKS


def _merged(table: Any, scope: Scope) -> Condition:  # noqa: ANN401 - columns of any table
    held: Condition = table.c.new_person_id.in_(scope.person_ids)
    return held


_STAYS = replace(PLACEMENTS, parts=(*PLACEMENTS.parts, *UNDER_PLACEMENT, *OUTCOMES, *WAGES))
_OF_PLACES = (_STAYS, WAITING, ROUNDS, PINS)
CASE = replace(CASE_ITSELF, parts=(*CASE_ITSELF.parts, RESTRICTIONS, *CHAPTERS, *_OF_PLACES))
"""A case and its chapters, those of all rooms."""

PERSON: tuple[Part, ...] = (
    IDENTITIES,
    STATUSES,
    DETECTIONS,
    CASE,
    DECISIONS,
    TASKS,
    CONSENTS,
    DISCLOSURES,
    ACCESS_REQUESTS,
    BREAK_GLASS,
    LINKS,
    NOTICES,
    RATINGS,
    Part(
        "requests", PersonRequest,
        "ref kind proof form medical matter asked_on due_on account_id>by recorded_at",
        parts=(Part("steps", PersonRequestEvent, "kind reason due_on account_id>by at", "request_id"),),
    ),
    Part("legal_holds", LegalHold, "basis>held_for set_at until lifted_at set_by>by"),
    Part(
        "archive_offers", ArchiveOffer, "ref offered_at cases>cases_offered size account_id>by",
        parts=(
            Part("archive_steps", ArchiveStep,
                 "kind reference said_on by>said_by account_id>by at", "offer_id"),
        ),
    ),
    Part("merges", PersonMerge, "reason account_id>by at undone_at undo_reason", of=_merged),
)  # fmt: skip
"""What hangs on the person, in the order of the file."""
