"""The file of a person: what is kept, what was passed on, who did and read what; plain data to hand over.

Not in it: internal notes and drafts of units, the reasons of holds (LPD 26), names of others than the person,
and medical data unless the person asked for it themselves: else a physician hands it over (LPGA 47 al. 2). It
says so.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select

from cii.access.vocabulary import EVERYTHING, Section
from cii.cases.told import cases_of_persons, counted
from cii.desk.told import drafts
from cii.institutions.queries import units_by_id
from cii.journal.queries import HistoryRow, history
from cii.kernel.clock import local_day
from cii.kernel.digest import plain
from cii.people.queries import avs_of, person_by_id, person_by_ref
from cii.people.tables import Person
from cii.people.vocabulary import Basis
from cii.rights.file_parts import PERSON
from cii.rights.file_reading import Functions, Teller, read_parts, sections
from cii.rights.retention import by_rule, kept_of
from cii.rights.tables_erasing import LegalHold
from cii.rights.vocabulary_requests import MedicalWay
from cii.rights.whose import OFFICERS, acting_as, rows_of
from cii.store.telling import Scope
from cii.store.work import HOUSE, Work
from cii.texts.languages import LANGUAGES
from cii.texts.speech import say, word

FORMAT = "cii-person-file/1"
SCHEMA = Path(__file__).parent / "person_file.schema.json"
"""What every field of the file means, as JSON Schema."""
PAGE = 500


def person_file(work: Work, person_ref: str, medical: MedicalWay = MedicalWay.NONE) -> dict[str, Any]:
    """Everything that is kept of the person, in the hands of the data-protection officer.

    Reading it is recorded in the officer's name, with the sections it opens. The statements it takes do not
    grow with what there is to tell, but for one for each `PAGE` entries of the journal.
    Refuses: NotAllowed, UnknownThing.
    """
    acting_as(work, OFFICERS)
    inside = replace(work, actor=HOUSE, seen=[])
    person = person_by_ref(inside, person_ref)
    scope, others = _scope(inside, person, medical)
    found = read_parts(inside, PERSON, scope)
    teller = Teller(inside, PERSON, found, medical=scope.medical)
    told: dict[str, Any] = {
        "format": FORMAT,
        "made_at": plain(work.now),
        "person": {
            "ref": person.ref,
            "avs": avs_of(inside, person),
            "kept_since": plain(person.created_at),
            "also_kept_as": [
                {"ref": one.ref, "avs": avs_of(inside, one), "kept_since": plain(one.created_at)}
                for one in others
            ],
        },
        **{part.name: teller.part(part) for part in PERSON},
    }
    for one in told["disclosures"]:
        one["told"] = _told(one)
    told["terms"] = _terms(inside, scope)
    told["history"] = list(_history(inside, scope))
    told["withheld"] = _withheld(inside, scope, medical)
    shown = EVERYTHING & ~Section.NOTES
    work.saw("person", scope.person_ids, int(shown if scope.medical else shown & ~Section.MEDICAL))
    return told


def _scope(work: Work, person: Person, medical: MedicalWay) -> tuple[Scope, list[Person]]:
    """The person, those rows that turned out to be theirs, and their cases."""
    ids = rows_of(work, person.id or 0)
    others = [person_by_id(work, one) for one in ids[1:]]
    cases = cases_of_persons(work, ids)
    hashes = tuple(one.avs_hash for one in (person, *others) if one.avs_hash)
    return (
        Scope(
            tuple(ids),
            hashes,
            tuple(id_ for id_, _ in cases),
            tuple(ref for _, ref in cases),
            medical is MedicalWay.DIRECT,
        ),
        others,
    )


def _told(one: dict[str, Any]) -> dict[str, str]:
    """The sentence of a disclosure, in every language."""
    on = local_day(datetime.fromisoformat(one["at"]))
    key = "disclosure.told-reason" if one["reason"] else "disclosure.told"
    return {
        lang: say(
            key,
            lang,
            on=on,
            giver=one["from"],
            receiver=one["to"],
            sections=", ".join(word(name.upper(), lang, "section") for name in one["sections"]),
            basis=word(Basis(one["basis"]), lang),
            reason=one["reason"] or "",
        )
        for lang in LANGUAGES
    }


def _terms(work: Work, scope: Scope) -> list[dict[str, str]]:
    """What keeps something of the person, and through which day; what goes on now, as if it ended today."""
    found = [one for held in kept_of(work, scope.person_ids).values() for one in held]
    return [{"rule": one.rule.value, "until": one.last_day.isoformat()} for one in by_rule(found)]


def _history(work: Work, scope: Scope) -> Iterator[dict[str, Any]]:
    """Every journal entry about the person and their cases, the newest first, by unit and function."""
    before: int | None = None
    while rows := history(
        work, case_ids=scope.case_ids, person_ids=scope.person_ids, before=before, limit=PAGE
    ):
        units = units_by_id(work, {row.unit_id for row in rows if row.unit_id is not None})
        who = Functions(work, {row.account_id for row in rows if row.account_id is not None})
        for row in rows:
            unit = units.get(row.unit_id or 0)
            yield {
                "at": plain(row.at),
                "unit": unit.name if unit else None,
                "by": who.of(row.account_id, row.unit_id) or _nobody(row),
                "action": row.action,
                "kind": row.kind,
                "sections": sections(row.sections),
                "basis": row.basis,
            }
        if len(rows) < PAGE:
            return
        before = rows[-1].id


def _nobody(row: HistoryRow) -> str:
    """Who acted without an account that has a function: the house by itself, or the bearer of a link."""
    return "house" if row.actor == HOUSE.name else "link" if row.account_id is None else "account"


def _withheld(work: Work, scope: Scope, medical: MedicalWay) -> list[dict[str, Any]]:
    """What the file does not hold, how many of it, and on which ground."""
    way = "via_physician" if medical is MedicalWay.PHYSICIAN else "not_asked"
    counts = {**counted(work, scope.case_ids), "drafts": drafts(work, scope.case_ids)}
    counts["hold_reasons"] = work.session.exec(
        select(func.count()).select_from(LegalHold).where(col(LegalHold.person_id).in_(scope.person_ids))
    ).one()
    grounds = {"hold_reasons": "proceedings"}
    return [
        {
            "what": what,
            "count": count,
            "ground": way if what.startswith("medical") else grounds.get(what, "internal"),
        }
        for what, count in counts.items()
        if not (scope.medical and what.startswith("medical"))
    ]


__all__ = ["FORMAT", "PAGE", "SCHEMA", "person_file", "sections"]
