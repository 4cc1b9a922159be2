"""The journal about one person or case: found by number, and who has read them."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import g

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.api.base import PREFIX, Blueprint
from cii.institutions.queries import UnitLabel, shown_units
from cii.institutions.schemas import UNIT
from cii.journal.reading import readers
from cii.rights.looking_up import LookUp, Sought, look_up
from cii.wire.answers import only, paged
from cii.wire.doors import needs
from cii.wire.pages import Page

blueprint = Blueprint("api-journal-lookup", __name__, url_prefix=f"{PREFIX}/journal")


@dataclass(frozen=True)
class ReadersAsked:
    """Whose readers: a case, a person, by outward name; nobody's when none is named."""

    case: str | None = field(default=None, metadata={"max": 10})
    person: str | None = field(default=None, metadata={"max": 10})


@dataclass(frozen=True)
class ReaderShown:
    """Somebody who has read: how often, from when to when, which sections, on which bases."""

    actor: str
    times: int
    first: datetime
    last: datetime
    sections: Section
    bases: tuple[str, ...]
    unit: UnitLabel | None


READER = only(
    ReaderShown,
    "actor",
    "times",
    "first",
    "last",
    "sections",
    "bases",
    unit=UNIT,
    called="JournalReaderAnswer",
)


@blueprint.get("/readers")
@needs(Permit.SEE_JOURNAL)
@blueprint.arguments(ReadersAsked, location="query")
@blueprint.response(200, paged(READER))
def read_by(asked: ReadersAsked) -> Page[ReaderShown]:
    """Who has read a case or a person's data, who came last first."""
    found = readers(g.work, case=asked.case, person=asked.person)
    units = shown_units(g.work, {one.unit_id for one in found if one.unit_id is not None})
    g.work.saw("journal", [0], 0)
    return Page([
        ReaderShown(
            one.actor, one.times, one.first, one.last, Section(one.sections), one.bases,
            units.get(one.unit_id or 0),
        )
        for one in found
    ])  # fmt: skip


@blueprint.post("/lookup")
@needs(Permit.SEE_JOURNAL)
@blueprint.arguments(LookUp)
@blueprint.response(200, only(Sought, "person", "case", called="SoughtAnswer"))
def sought(ask: LookUp) -> Sought:
    """The outward name behind an AVS number or the number of a case, for the filters of the journal.

    A number that nobody bears gets a name that nothing bears.
    """
    return look_up(g.work, ask)
