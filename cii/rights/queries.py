"""The file of a person: what is kept, what was passed on, who did and read what; plain data to hand over.

Not in it: internal notes of a unit and medical statements, which a physician hands over (LPGA 47 al. 2).
"""

from collections.abc import Mapping
from dataclasses import replace

from cii.access.vocabulary import Role, Section
from cii.cases.queries import cases_of
from cii.institutions.queries import UnitLabel, institutions, units_by_id
from cii.journal.queries import HistoryRow, history
from cii.kernel.digest import plain
from cii.kernel.errors import NotAllowed
from cii.people.queries import avs_of, consents, disclosures, identities, person_by_ref, statuses
from cii.placements.queries import placements_of
from cii.store.work import HOUSE, Work

PAGE = 500
WITHHELD = ("internal_notes", "medical_statements")
"""What the file does not hold; it says so."""


def person_file(work: Work, person_ref: str) -> dict[str, object]:
    """Everything that is kept of the person, in the hands of the data-protection officer.

    Reading it is recorded in the officer's name, with the sections it opens.
    Refuses: NotAllowed, UnknownThing.
    """
    if work.actor != HOUSE and not work.actor.has_role(Role.DATA_PROTECTION_OFFICER):
        raise NotAllowed
    inside = replace(work, actor=HOUSE)
    person = person_by_ref(inside, person_ref)
    person_id = person.id or 0
    known, status = identities(inside, person_id), statuses(inside, person_id)
    cases = cases_of(inside, person_id)
    given, passed = consents(inside, person_id), disclosures(inside, person_id)
    entries = _entries(inside, person_id, [case.id or 0 for case in cases])
    units = units_by_id(
        inside,
        {
            *(row.unit_id for row in known),
            *(row.unit_id for row in status),
            *(one for row in cases for one in (row.opened_by_unit_id, row.lead_unit_id)),
            *(one for row in passed for one in (row.from_unit_id, row.to_unit_id)),
            *(row.unit_id for row in entries if row.unit_id is not None),
        },
    )
    bodies = {row.id: row.name for row in institutions(inside)}
    work.saw("person", [person_id], int(Section.IDENTITY | Section.PLAN | Section.PLACEMENT))
    found = {
        "person": {"ref": person.ref, "avs": avs_of(inside, person), "kept_since": person.created_at},
        "identities": [
            {
                "unit": _unit(units, row.unit_id),
                "last_name": row.last_name,
                "first_name": row.first_name,
                "birth_date": row.birth_date,
                "postcode": row.postcode,
                "municipality": row.municipality,
                "language": row.language,
                "recorded_at": row.recorded_at,
            }
            for row in known
        ],
        "statuses": [
            {
                "system": row.system,
                "kind": row.kind,
                "since": row.since,
                "until": row.until,
                "remaining_days": row.remaining_days,
                "note": row.note,
                "unit": _unit(units, row.unit_id),
                "effective_on": row.effective_on,
                "recorded_at": row.recorded_at,
            }
            for row in status
        ],
        "cases": [
            {
                "number": row.number,
                "path": row.path,
                "opened_at": row.opened_at,
                "opened_by": _unit(units, row.opened_by_unit_id),
                "lead": _unit(units, row.lead_unit_id),
                "status": row.status,
                "closed_at": row.closed_at,
                "outcome": row.outcome,
                "placements": [
                    {
                        "measure": stay.measure_name,
                        "line": stay.line_code,
                        "starts_on": stay.starts_on,
                        "ends_on": stay.ends_on,
                        "state": stay.state,
                        "exit": stay.exit_type,
                    }
                    for stay in placements_of(inside, row.id or 0)
                ],
            }
            for row in cases
        ],
        "consents": [
            {
                "purpose": row.consent.purpose,
                "recipients": [bodies.get(one, "") for one in row.institution_ids],
                "sections": sections(row.consent.sections),
                "given_on": row.consent.given_on,
                "valid_until": row.consent.valid_until,
                "withdrawn_at": row.consent.withdrawn_at,
                "how": row.consent.how,
                "text_version": row.consent.text_version,
            }
            for row in given
        ],
        "disclosures": [
            {
                "from": _unit(units, row.from_unit_id),
                "to": _unit(units, row.to_unit_id),
                "sections": sections(row.sections),
                "basis": row.basis,
                "reason": row.reason,
                "at": row.at,
            }
            for row in passed
        ],
        "history": [
            {
                "at": row.at,
                "by": row.actor,
                "unit": _unit(units, row.unit_id) if row.unit_id is not None else None,
                "action": row.action,
                "kind": row.kind,
                "sections": sections(row.sections),
                "basis": row.basis,
            }
            for row in entries
        ],
        "withheld": list(WITHHELD),
    }
    return {name: plain(held) for name, held in found.items()}


def _entries(work: Work, person_id: int, case_ids: list[int]) -> list[HistoryRow]:
    """Every journal entry about the person and their cases, the newest first."""
    found: list[HistoryRow] = []
    before: int | None = None
    while rows := history(work, case_ids=case_ids, person_ids=[person_id], before=before, limit=PAGE):
        found += rows
        before = rows[-1].id
    return found


def _unit(units: Mapping[int, UnitLabel], unit_id: int) -> str:
    return units[unit_id].name if unit_id in units else ""


def sections(mask: int) -> list[str]:
    """The sections of a mask by name, in the order of their bits."""
    return [(one.name or "").lower() for one in Section if one & mask]
