"""A person: identity as my unit knows it, where they stand, consents, what was passed on, cases, merge."""

from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import sections_on_person
from cii.access.vocabulary import Section
from cii.cases.disclosed import consents_open, disclosures_open
from cii.cases.queries import cases_of
from cii.institutions.queries import institutions, units_by_id
from cii.institutions.vocabulary import InstitutionKind, Sector
from cii.people.actions import CorrectIdentity, GiveConsent, RecordStatus, acting_unit, correct_identity
from cii.people.consent_texts import consent_texts
from cii.people.doubles import LookForDoubles, likely_doubles
from cii.people.importing import ImportStatuses, StatusesImported, import_statuses
from cii.people.queries import avs_of, label, person_by_ref
from cii.people.rules_statuses import STATUS_COLUMNS
from cii.people.shown import identity_version, masked, own_identity
from cii.people.tables import Person
from cii.people.vocabulary import ConsentHow, Purpose, StatusKind
from cii.rights.merging import MergePersons, UnmergePersons, merge, merges, unmerge
from cii.routing.actions import take_back_consent
from cii.routing.bases import keep_consent, record_standing
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.case_sharing import consent_rows, disclosure_rows, standing_rows
from cii.web.choices import options, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked, sent_file

page = Blueprint("persons", __name__)

DONE = frozenset({"identity", "status", "consent", "withdrawn", "merged", "unmerged"})
"""The words (`word.person-done.<…>`) that may follow a redirect."""


@dataclass(frozen=True)
class ImportForm:
    """What goes with the file: for which unit, and whether only to try."""

    unit_ref: str | None = None
    dry_run: bool = False


@page.get("/persons/<ref:ref>")
@needs(Permit.SEE_PERSON)
def one(ref: str) -> str:
    """The person, as my unit knows them."""
    work: Work = g.work
    person = person_by_ref(work, ref)
    person_id = person.id or 0
    known, mine = label(work, [person_id])[person_id], own_identity(work, person_id)
    writes = sections_on_person(work, person_id)[1]
    return render_template(
        "pages/persons/one.html",
        ref=ref,
        known=known,
        mine=mine,
        avs=_avs(work, person),
        version=etag(ref, identity_version(work, person_id)),
        may_correct=bool(mine and writes & Section.IDENTITY and _may(Permit.EDIT_PERSON)),
        standing=standing_rows(work, person_id),
        may_record=_may(Permit.RECORD_STATUS),
        systems=[{"value": one.value, "label": word(one.value, "party-role")} for one in Sector],
        kinds=options(StatusKind),
        consents=consent_rows(work, consents_open(work, person_id)),
        may_consent=_may(Permit.RECORD_CONSENT),
        bodies=_bodies(work),
        sections=_sections(),
        purposes=options(Purpose),
        hows=options(ConsentHow),
        texts=[
            {"value": one.version, "label": one.version, "text": one.text[language.lang()]}
            for one in reversed(consent_texts())
        ],
        disclosures=disclosure_rows(work, list(reversed(disclosures_open(work, person_id)))),
        cases=[_case(one) for one in cases_of(work, person_id)],
        doubles=_doubles(work, person, known.ref) if _may(Permit.MERGE_PERSONS) else [],
        merges=[_merge(row) for row in merges(work, person_id)] if _may(Permit.MERGE_PERSONS) else [],
        may_merge=_may(Permit.MERGE_PERSONS),
        today=work.today.isoformat(),
        ticked=request.form.getlist,
        done=word(said, "person-done") if (said := request.args.get("done", "")) in DONE else None,
    )


@page.post("/persons/<ref:ref>/identity")
@needs(Permit.EDIT_PERSON)
@once
@again(one)
def correct(ref: str) -> Response:
    """Write anew what my unit knows."""
    person = person_by_ref(g.work, ref)
    require_match(ref, identity_version(g.work, person.id or 0))
    correct_identity(g.work, asked(CorrectIdentity, person_ref=ref))
    return see_other("persons.one", ref=ref, done="identity")


@page.post("/persons/<ref:ref>/statuses")
@needs(Permit.RECORD_STATUS)
@once
@again(one)
def record(ref: str) -> Response:
    """Add a status; a correction is a new one."""
    person = person_by_ref(g.work, ref)
    record_standing(g.work, asked(RecordStatus, person_ref=ref), acting_unit(g.work, person.id or 0))
    return see_other("persons.one", ref=ref, done="status")


@page.post("/persons/<ref:ref>/consents")
@needs(Permit.RECORD_CONSENT)
@once
@again(one)
def consent(ref: str) -> Response:
    """Keep a consent; units that lost their part with a withdrawn one come back with it."""
    person = person_by_ref(g.work, ref)
    ask = asked(GiveConsent, person_ref=ref)
    keep_consent(g.work, ask, acting_unit(g.work, person.id or 0, ask.unit_ref))
    return see_other("persons.one", ref=ref, done="consent")


def _one_again(ref: str, consent: str = "", merge: str = "") -> str:  # noqa: ARG001 - the address of the act
    return one(ref)


@page.post("/persons/<ref:ref>/consents/<ref:consent>/withdraw")
@needs(Permit.RECORD_CONSENT)
@once
@again(_one_again)
def withdraw(ref: str, consent: str) -> Response:
    """The person takes a consent back: foreign access closes in this request."""
    take_back_consent(g.work, consent)
    return see_other("persons.one", ref=ref, done="withdrawn")


@page.post("/persons/<ref:ref>/merge")
@needs(Permit.MERGE_PERSONS)
@once
@again(one)
def put_together(ref: str) -> Response:
    """Let everything of another row follow to this person."""
    ask = asked(MergePersons, new_ref=ref)
    merge(g.work, ask.old_ref.strip(), ref, ask.reason)
    return see_other("persons.one", ref=ref, done="merged")


@page.post("/persons/<ref:ref>/merges/<ref:merge>/undo")
@needs(Permit.MERGE_PERSONS)
@once
@again(_one_again)
def take_apart(ref: str, merge: str) -> Response:
    """Put exactly the rows that followed back."""
    unmerge(g.work, merge, asked(UnmergePersons, merge_ref=merge).reason)
    return see_other("persons.one", ref=ref, done="unmerged")


@page.get("/persons/statuses")
@needs(Permit.RECORD_STATUS)
def new_import() -> str:
    """The form for a file of statuses, with every fault of the file that was refused."""
    return _import_page(None)


@page.post("/persons/statuses")
@needs(Permit.RECORD_STATUS)
@once
@again(new_import)
def run_import() -> str:
    """Read the file; show what it brought, or would bring."""
    form, file = asked(ImportForm), sent_file()
    ask = ImportStatuses(file.name, file.content, form.dry_run)
    unit = acting_unit(g.work, 0, form.unit_ref)
    return _import_page(import_statuses(g.work, ask, unit, record_standing), dry_run=form.dry_run)


def _import_page(result: StatusesImported | None, *, dry_run: bool = False) -> str:
    faults = [
        {
            "line": no.facts.get("line"),
            "column": no.field,
            "found": no.facts.get("found"),
            "reason": no.text,
        }
        for no in (g.get("reasons") or ())
        if "line" in no.facts
    ]
    own = units_by_id(g.work, g.work.actor.units).values()
    return render_template(
        "pages/persons/statuses.html",
        faults=faults,
        result=result,
        dry_run=dry_run,
        units=[{"value": one.ref, "label": one.name} for one in own] if len(own) > 1 else [],
        headers=", ".join(one.header for one in STATUS_COLUMNS),
    )


def _may(permit: Permit) -> bool:
    return permit.value in g.work.actor.permits


def _avs(work: Work, person: Person) -> dict[str, object] | None:
    """The number, masked; asked for by `?avs=1` in clear, which is a read of its own in the journal."""
    written = avs_of(work, person)
    if written is None:
        return None
    if request.args.get("avs") == "1":
        work.saw("person", [person.id or 0], Section.IDENTITY, "avs-shown")
        return {"text": written, "url": None}
    return {"text": masked(written), "url": url_for("persons.one", ref=person.ref, avs=1)}


def _bodies(work: Work) -> list[dict[str, str]]:
    """The institutions that may receive data under a consent."""
    kinds = {InstitutionKind.SERVICE, InstitutionKind.MEDICAL, InstitutionKind.PROVIDER}
    return [{"value": one.ref, "label": one.name} for one in institutions(work) if one.kind in kinds]


def _sections() -> list[dict[str, str]]:
    names = [str(one.name).lower() for one in Section]
    return [{"value": name, "label": word(name, "case-section")} for name in names]


def _case(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a CaseFile
    tone = "info" if row.status.value == "open" else "neutral"
    return {
        "number": row.number,
        "url": url_for("cases.one", ref=row.ref),
        "path": word(row.path),
        "status": {"label": word(row.status), "tone": tone},
        "opened_on": row.opened_at,
    }


def _doubles(work: Work, person: Person, ref: str) -> list[dict[str, Any]]:
    mine = own_identity(work, person.id or 0)
    if mine is None:
        return []
    ask = LookForDoubles(mine.last_name, mine.first_name, mine.birth_date, avs_of(work, person))
    return [double_row(one) for one in likely_doubles(work, ask, but=ref)]


def double_row(one: Any) -> dict[str, Any]:  # noqa: ANN401 - a Double
    """A likely double as tables show it."""
    return {
        "name": one.person.name,
        "url": url_for("persons.one", ref=one.person.ref),
        "birth": one.person.birth_date,
        "municipality": one.person.municipality,
        "why": word(one.likeness),
        "ref": one.person.ref,
    }


def _merge(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a PersonMerge
    return {
        "ref": row.ref,
        "at": row.at,
        "reason": row.reason,
        "rows": sum(len(held) for held in row.moved.values()),
        "undone_at": row.undone_at,
        "undo_reason": row.undo_reason,
    }
