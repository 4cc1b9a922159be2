"""Reports about one agreement: which of them are open to a reader, and what their head says of it.

The scope is the number of the agreement.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from cii.agreements.queries import numbers_seen
from cii.figures.deadlines import Bound, bound_agreements
from cii.figures.facts import line_names
from cii.institutions.queries import institution_marks
from cii.kernel.errors import UnknownThing
from cii.kernel.period import Period
from cii.reports.readers import Readers
from cii.store.work import Work


def open_agreements(work: Work, scopes: Collection[str]) -> set[str]:
    """The numbers among these of agreements that the actor may see."""
    return numbers_seen(work, scopes)


def bound_by(work: Work, number: str, period: Period, known_at: datetime) -> Bound:
    """The agreement of that number, signed by then and in force in the period; refuses UnknownThing."""
    found = next((one for one in bound_agreements(work, period, known_at) if one.number == number), None)
    if found is None:
        raise UnknownThing(field="scope")
    return found


def agreement_row(work: Work, one: Bound) -> dict[str, Any]:
    """What is kept of the agreement: `institutions` are those that pay, and the provider's."""
    marks, lines = institution_marks(work), line_names(work)
    paying = {marks[lines[line].institution_id] for _, line in one.pairs}
    return {
        "number": one.number,
        "version": one.version,
        "provider": one.provider,
        "institutions": sorted(paying | {marks[one.provider_institution_id]}),
    }


def concerned(values: Mapping[str, Any], readers: Readers) -> bool:
    """Whether the readers are of an institution that pays the agreement, or of its provider."""
    return any(map(readers.know, values["agreement"]["institutions"]))
