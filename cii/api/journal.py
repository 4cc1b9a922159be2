"""The journal for officer and auditor: what was done and read, by whom, when, on which basis."""

from dataclasses import dataclass, field
from datetime import date

from flask import g

from cii.access.permits import Permit
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.api.case_records import EVENT, EventShown, events
from cii.institutions.queries import shown_unit_by_code
from cii.journal.reading import JournalFilter, entries
from cii.wire.answers import paged
from cii.wire.doors import needs
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-journal", __name__, url_prefix=f"{PREFIX}/journal")


@dataclass(frozen=True)
class JournalAsked(PageAsked):
    """Which entries; days are Swiss days, both inside; `unit` is a code, `case`, `person` are refs."""

    action: str | None = field(default=None, metadata={"max": 60})
    kind: str | None = field(default=None, metadata={"max": 40})
    actor: str | None = field(default=None, metadata={"max": 120})
    ref: str | None = field(default=None, metadata={"max": 40})
    first: date | None = None
    last: date | None = None
    unit: str | None = field(default=None, metadata={"max": 40})
    case: str | None = field(default=None, metadata={"max": 10})
    person: str | None = field(default=None, metadata={"max": 10})


@blueprint.get("")
@needs(Permit.SEE_JOURNAL)
@blueprint.arguments(JournalAsked, location="query")
@blueprint.response(200, paged(EVENT))
def listed(asked: JournalAsked) -> Page[EventShown]:
    """The entries that pass the filter, the newest first."""
    unit = shown_unit_by_code(g.work, asked.unit).id if asked.unit else None
    shown = JournalFilter(
        asked.action, asked.kind, asked.actor, asked.ref, asked.first, asked.last, unit, asked.case,
        asked.person,
    )  # fmt: skip
    before = place(g.work.settings, f"journal {shown}", asked.after)
    rows = entries(g.work, shown, before=before[0] if before else None, limit=asked.limit + 1)
    page = page_of(rows, asked.limit, g.work.settings, f"journal {shown}", lambda row: (row.id,))
    return Page(events(page.items), page.next)
