"""From an AVS number or the number of a case to its entries of the journal; none stands in an address."""

from dataclasses import dataclass
from enum import StrEnum

from flask import g
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.rights.looking_up import LookUp, look_up
from cii.web.base import Blueprint, see_other
from cii.web.journal import journal_page
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("journal_lookup", __name__)


class Show(StrEnum):
    """What to show of whoever bears the number."""

    ENTRIES = "entries"
    READERS = "readers"


@dataclass(frozen=True)
class LookUpAsked(LookUp):
    """The number, and what to show."""

    show: Show = Show.ENTRIES


@page.post("/journal/lookup")
@needs(Permit.SEE_JOURNAL)
@once
@again(journal_page)
def search() -> Response:
    """Lead to the entries, or to the readings, of whoever bears the number; the look-up is written down."""
    ask = asked(LookUpAsked)
    found = look_up(g.work, ask)
    where = "journal.readings" if ask.show is Show.READERS else "journal.index"
    return see_other(where, person=found.person, case=found.case)
