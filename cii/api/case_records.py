"""What is kept around a case: consents, disclosures, history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import g

from cii.access.permits import Permit
from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import by_ref, name_shown
from cii.cases.disclosed import consents_open
from cii.cases.queries import case_by_ref
from cii.cases.tables import CaseFile
from cii.institutions.queries import UnitLabel, institutions, shown_units
from cii.institutions.schemas import UNIT
from cii.institutions.tables import Institution
from cii.journal.queries import HistoryRow, history
from cii.kernel.errors import NotAllowed
from cii.people.queries import disclosures
from cii.people.telling import disclosure_text
from cii.people.vocabulary import Basis, ConsentHow, Purpose
from cii.wire import language
from cii.wire.answers import only, paged
from cii.wire.doors import needs
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-case-records", __name__, url_prefix=f"{PREFIX}/cases")


@dataclass(frozen=True)
class BodyShown:
    """An institution by name."""

    ref: str
    code: str
    name: str


@dataclass(frozen=True)
class ConsentShown:
    """A consent of the person; `live`: whether it holds today."""

    ref: str
    purpose: Purpose
    sections: Section
    text_version: str
    how: ConsentHow
    given_on: date
    valid_until: date
    withdrawn_at: datetime | None
    live: bool
    institutions: tuple[BodyShown, ...]


@dataclass(frozen=True)
class DisclosureShown:
    """What was passed on: by whom, to whom, which sections, on which basis; `text` says it to the person."""

    ref: str
    sections: Section
    basis: Basis
    reason: str | None
    at: datetime
    giver: UnitLabel | None
    receiver: UnitLabel | None
    text: str


@dataclass(frozen=True)
class EventShown:
    """What was done or read, when, by whom, on which basis."""

    at: datetime
    actor: str
    action: str
    kind: str
    ref: str | None
    sections: Section
    basis: str | None
    unit: UnitLabel | None


BODY = only(BodyShown, "ref", "code", "name", called="InstitutionAnswer")
CONSENT = only(
    ConsentShown, "ref", "purpose", "sections", "text_version", "how", "given_on", "valid_until",
    "withdrawn_at", "live", institutions=BODY, called="ConsentAnswer",
)  # fmt: skip
DISCLOSURE = only(
    DisclosureShown, "ref", "sections", "basis", "reason", "at", "text", giver=UNIT, receiver=UNIT,
    called="DisclosureAnswer",
)  # fmt: skip
EVENT = only(
    EventShown, "at", "actor", "action", "kind", "ref", "sections", "basis", unit=UNIT, called="EventAnswer"
)


@blueprint.get("/<ref:ref>/consents")
@needs(Permit.SEE_CASE)
@blueprint.response(200, paged(CONSENT))
def consented(ref: str) -> Page[ConsentShown]:
    """What the person agreed to, withdrawn and expired ones included."""
    return Page(consents_shown(_opened(ref, Section.IDENTITY).person_id))


@blueprint.get("/<ref:ref>/disclosures")
@needs(Permit.SEE_CASE)
@blueprint.response(200, paged(DISCLOSURE))
def disclosed(ref: str) -> Page[DisclosureShown]:
    """What was passed on about the person in this case, with its sentence to the person; the oldest first."""
    return Page(_disclosures(_opened(ref, Section.IDENTITY)))


@blueprint.get("/<ref:ref>/history")
@needs(Permit.SEE_CASE)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(EVENT))
def happened(asked: PageAsked, ref: str) -> Page[EventShown]:
    """What was done and read in this case, the newest first."""
    case = _opened(ref, Section.IDENTITY)
    g.work.saw("case", [case.id or 0], int(Section.IDENTITY))
    before = place(g.work.settings, f"history {ref}", asked.after)
    rows = history(
        g.work, case_ids=[case.id or 0], before=before[0] if before else None, limit=asked.limit + 1
    )
    page = page_of(rows, asked.limit, g.work.settings, f"history {ref}", lambda row: (row.id,))
    return Page(events(page.items), page.next)


def consents_shown(person_id: int) -> list[ConsentShown]:
    """The consents of a person whom the caller has found open to the actor."""
    bodies = {one.id or 0: _body(one) for one in institutions(g.work)}
    g.work.saw("person", [person_id], int(Section.IDENTITY))
    return [
        ConsentShown(
            row.consent.ref, row.consent.purpose, Section(row.consent.sections), row.consent.text_version,
            row.consent.how, row.consent.given_on, row.consent.valid_until, row.consent.withdrawn_at,
            row.live(g.work.today), tuple(by_ref(bodies, row.institution_ids)),
        )
        for row in consents_open(g.work, person_id)
    ]  # fmt: skip


def events(rows: Sequence[HistoryRow]) -> list[EventShown]:
    """Entries of the journal as the API tells them; what they hold stays in the journal."""
    units = shown_units(g.work, {row.unit_id for row in rows if row.unit_id})
    return [
        EventShown(
            row.at, row.actor, row.action, row.kind, row.ref, Section(row.sections), row.basis,
            units.get(row.unit_id or 0),
        )
        for row in rows
    ]  # fmt: skip


def _opened(ref: str, section: Section) -> CaseFile:
    """The case, when that section of it is open to me; refuses UnknownThing, NotAllowed."""
    case = case_by_ref(g.work, ref)
    if not sections_on_case(g.work, case.id or 0)[0] & section:
        raise NotAllowed(act="read")
    return case


def _body(one: Institution) -> BodyShown:
    return BodyShown(one.ref, one.code, one.name)


def _disclosures(case: CaseFile) -> list[DisclosureShown]:
    rows = [one for one in disclosures(g.work, case.person_id) if one.case_id == case.id]
    units = shown_units(g.work, {unit for one in rows for unit in (one.from_unit_id, one.to_unit_id)})
    g.work.saw("person", [case.person_id], int(Section.IDENTITY))
    return [
        DisclosureShown(
            one.ref, Section(one.sections), one.basis, one.reason, one.at, units.get(one.from_unit_id),
            units.get(one.to_unit_id),
            disclosure_text(one, name_shown(units, one.from_unit_id), name_shown(units, one.to_unit_id))[
                language.lang()
            ],
        )
        for one in rows
    ]  # fmt: skip
