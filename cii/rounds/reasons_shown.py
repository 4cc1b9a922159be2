"""Why measures are closed to a case, as far as the reader may know it.

The reasons rest on what the unit that asked may read: age, capacity for work, training. Another reader of the
case learns which rule closed a measure, not what was seen of the person.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.store.work import HOUSE, Work

NEEDED = Section.IDENTITY | Section.FUNCTIONAL | Section.PLAN
"""The sections of a case from which the facts of a place come."""
PERSONAL = frozenset({"failed", "sentences", "missing", "spoken"})
"""Parts of a reason that tell something of the person."""


def knows_reasons(work: Work, case_id: int, asked_by_unit_id: int) -> bool:
    """Whether the actor may read the reasons in full: for the unit that asked, with what it rests on open."""
    if work.actor == HOUSE:
        return True
    if asked_by_unit_id not in work.actor.units:
        return False
    return NEEDED in sections_on_case(work, case_id)[0]


def reasons_shown(refused: Sequence[Mapping[str, Any]], *, full: bool) -> list[dict[str, Any]]:
    """The measures that are closed with their reasons, as a run keeps them; not `full`: the rules alone."""
    return [
        {
            **one,
            "reasons": [
                {name: value for name, value in reason.items() if full or name not in PERSONAL}
                for reason in one["reasons"]
            ],
        }
        for one in refused
    ]


__all__ = ["knows_reasons", "reasons_shown"]
