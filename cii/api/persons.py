"""Persons: doubles before one is entered, identity, statuses, consents, disclosures, merge and its undo."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask import g

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.api.base import PREFIX, Blueprint
from cii.api.case_records import CONSENT, ConsentShown, consents_shown
from cii.api.detections import FILE
from cii.api.shapes import Tagged, name_shown, tagged
from cii.cases.disclosed import disclosures_open
from cii.institutions.queries import UnitLabel, shown_units
from cii.institutions.schemas import UNIT
from cii.kernel.errors import UnknownThing
from cii.people.actions import CorrectIdentity, RecordStatus, acting_unit, correct_identity
from cii.people.doubles import Double, LookForDoubles, likely_doubles
from cii.people.importing import ImportStatuses, StatusesImported, import_statuses
from cii.people.queries import avs_of, label, person_by_ref
from cii.people.schemas import PERSON
from cii.people.shown import StandingRow, identity_version, masked, own_identity, standing_of
from cii.people.tables import Disclosure, Person
from cii.people.telling import disclosure_text
from cii.people.vocabulary import Basis, Sex
from cii.rights.merging import MergePersons, UnmergePersons, merge, merges, unmerge
from cii.rights.tables_merging import PersonMerge
from cii.routing.bases import record_standing
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.etags import require_match
from cii.wire.pages import Page
from cii.wire.reading import sent_file

blueprint = Blueprint("api-persons", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class PersonShown:
    """A person as my unit knows them; the AVS number only where it is asked for (`?avs=true`).

    `sex` is None where my unit has not typed it.
    """

    ref: str
    name: str
    birth_date: date
    municipality: str | None
    language: str | None
    sex: Sex | None
    avs: str | None


@dataclass(frozen=True)
class PersonAsked:
    """Whether the AVS number is told in clear; that read is recorded."""

    avs: bool = False


@dataclass(frozen=True)
class ImportAsked:
    """For which of my units the file is read, and whether it is only tried."""

    unit_ref: str | None = None
    dry_run: bool = False


@dataclass(frozen=True)
class DisclosureTold:
    """What was passed on: by whom, to whom, which sections, on which basis; the sentence for the person."""

    ref: str
    sections: Section
    basis: Basis
    reason: str | None
    at: datetime
    giver: UnitLabel | None
    receiver: UnitLabel | None
    text: dict[str, str]


@dataclass(frozen=True)
class MergeShown:
    """Two rows that were found to be one person, how many rows followed, and whether it was taken back."""

    ref: str
    reason: str
    at: datetime
    rows: int
    undone_at: datetime | None
    undo_reason: str | None


STANDING = only(
    StandingRow, "system", "kind", "effective_on", "since", "until", "remaining_days", "note", "source",
    "recorded_at", "author", "current", "ends_soon", unit=UNIT, called="StatusAnswer",
)  # fmt: skip
DISCLOSURE = only(
    DisclosureTold, "ref", "sections", "basis", "reason", "at", "text", giver=UNIT, receiver=UNIT,
    called="DisclosureToldAnswer",
)  # fmt: skip
MERGE = only(MergeShown, "ref", "reason", "at", "rows", "undone_at", "undo_reason", called="MergeAnswer")
SHOWN = only(
    PersonShown, "ref", "name", "birth_date", "municipality", "language", "sex", "avs",
    called="OnePersonAnswer",
)  # fmt: skip


@blueprint.post("/persons/doubles")
@needs(Permit.ANNOUNCE_PERSON, Permit.EDIT_PERSON)
@blueprint.arguments(LookForDoubles)
@blueprint.response(200, paged(only(Double, "likeness", person=PERSON, called="DoubleAnswer")))
def doubles(ask: LookForDoubles) -> Page[Double]:
    """Persons open to me who may be the one about to be entered; of others nothing is told."""
    return Page(likely_doubles(g.work, ask))


@blueprint.get("/persons/<ref:ref>")
@needs(Permit.SEE_PERSON)
@blueprint.arguments(PersonAsked, location="query")
@blueprint.response(200, SHOWN)
def one(asked: PersonAsked, ref: str) -> Tagged:
    """A person as my unit knows them."""
    return _shown(person_by_ref(g.work, ref), clear=asked.avs)


@blueprint.post("/persons/<ref:ref>/identity")
@needs(Permit.EDIT_PERSON)
@blueprint.arguments(CorrectIdentity, given=("person_ref",))
@blueprint.response(200, SHOWN)
def corrected(ask: Callable[..., CorrectIdentity], ref: str) -> Tagged:
    """Write anew what my unit knows; what others typed stays theirs. Needs `If-Match`."""
    person = person_by_ref(g.work, ref)
    require_match(ref, identity_version(g.work, person.id or 0))
    correct_identity(g.work, ask(person_ref=ref))
    return _shown(person)


@blueprint.get("/persons/<ref:ref>/statuses")
@needs(Permit.SEE_PERSON)
@blueprint.response(200, paged(STANDING))
def standing(ref: str) -> Page[StandingRow]:
    """Where the person stands in each system, the newest first; `current` is what holds today."""
    return Page(standing_of(g.work, person_by_ref(g.work, ref).id or 0))


@blueprint.post("/persons/<ref:ref>/statuses")
@needs(Permit.RECORD_STATUS)
@once
@blueprint.arguments(RecordStatus, given=("person_ref",))
@blueprint.response(201, paged(STANDING))
def recorded(ask: Callable[..., RecordStatus], ref: str) -> Page[StandingRow]:
    """Add a status; a correction is a new one."""
    person = person_by_ref(g.work, ref)
    record_standing(g.work, ask(person_ref=ref), acting_unit(g.work, person.id or 0))
    return Page(standing_of(g.work, person.id or 0))


@blueprint.post("/statuses/import")
@needs(Permit.RECORD_STATUS)
@once
@blueprint.doc(requestBody=FILE)
@blueprint.arguments(ImportAsked, location="query")
@blueprint.response(200, only(StatusesImported, "rows", "added", "repeated"))
def imported(asked: ImportAsked) -> StatusesImported:
    """Read a file of statuses; faults change nothing and are told by line and column."""
    unit = acting_unit(g.work, 0, asked.unit_ref)
    file = sent_file()
    ask = ImportStatuses(file.name, file.content, asked.dry_run)
    return import_statuses(g.work, ask, unit, record_standing)


@blueprint.get("/persons/<ref:ref>/consents")
@needs(Permit.SEE_PERSON)
@blueprint.response(200, paged(CONSENT))
def consented(ref: str) -> Page[ConsentShown]:
    """What the person agreed to, as far as my units have to do with it."""
    return Page(consents_shown(person_by_ref(g.work, ref).id or 0))


@blueprint.get("/persons/<ref:ref>/disclosures")
@needs(Permit.SEE_PERSON)
@blueprint.response(200, paged(DISCLOSURE))
def disclosed(ref: str) -> Page[DisclosureTold]:
    """What was passed on about the person by my units, to them, or in cases open to me; the oldest first."""
    person_id = person_by_ref(g.work, ref).id or 0
    g.work.saw("person", [person_id], int(Section.IDENTITY))
    return Page(disclosures_told(disclosures_open(g.work, person_id)))


def disclosures_told(rows: Iterable[Disclosure]) -> list[DisclosureTold]:
    """Disclosures with the names that the reader may know, and the sentence for the person."""
    held = list(rows)
    units = shown_units(g.work, {unit for row in held for unit in (row.from_unit_id, row.to_unit_id)})
    return [
        DisclosureTold(
            row.ref, Section(row.sections), row.basis, row.reason, row.at,
            units.get(row.from_unit_id), units.get(row.to_unit_id),
            disclosure_text(row, name_shown(units, row.from_unit_id), name_shown(units, row.to_unit_id)),
        )
        for row in held
    ]  # fmt: skip


@blueprint.get("/persons/<ref:ref>/merges")
@needs(Permit.MERGE_PERSONS)
@blueprint.response(200, paged(MERGE))
def merged(ref: str) -> Page[MergeShown]:
    """The merges into this person, the newest first."""
    person_id = person_by_ref(g.work, ref).id or 0
    g.work.saw("person", [person_id], int(Section.IDENTITY))
    return Page([_merge(row) for row in merges(g.work, person_id)])


@blueprint.post("/persons/<ref:ref>/merges")
@needs(Permit.MERGE_PERSONS)
@once
@blueprint.arguments(MergePersons, given=("new_ref",))
@blueprint.response(201, MERGE)
def merging(ask: Callable[..., MergePersons], ref: str) -> MergeShown:
    """Let everything of another row follow to this person; refused with every clash at once."""
    wish = ask(new_ref=ref)
    return _merge(merge(g.work, wish.old_ref, wish.new_ref, wish.reason))


@blueprint.post("/merges/<ref:ref>/undo")
@needs(Permit.MERGE_PERSONS)
@once
@blueprint.arguments(UnmergePersons, given=("merge_ref",))
@blueprint.response(200, MERGE)
def undone(ask: Callable[..., UnmergePersons], ref: str) -> MergeShown:
    """Put exactly the rows that followed back; refused where one has changed since."""
    return _merge(unmerge(g.work, ref, ask(merge_ref=ref).reason))


def _shown(person: Person, *, clear: bool = False) -> Tagged:
    known = label(g.work, [person.id or 0]).get(person.id or 0)
    if known is None:
        raise UnknownThing(field="person")
    number, mine = avs_of(g.work, person), own_identity(g.work, person.id or 0)
    if clear and number:
        g.work.saw("person", [person.id or 0], Section.IDENTITY, "avs-shown")
    shown = PersonShown(
        known.ref, known.name, known.birth_date, known.municipality, known.language,
        mine.sex if mine else None, number if clear or not number else masked(number),
    )  # fmt: skip
    return tagged(shown, person.ref, identity_version(g.work, person.id or 0))


def _merge(row: PersonMerge) -> MergeShown:
    rows = sum(len(held) for held in row.moved.values())
    return MergeShown(row.ref, row.reason, row.at, rows, row.undone_at, row.undo_reason)
