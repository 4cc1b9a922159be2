"""A file of statuses: read whole or not at all, the same file once, nobody told who is known elsewhere."""

import pytest

from cii.access.vocabulary import Role, Section
from cii.institutions.queries import unit_by_code
from cii.institutions.vocabulary import Sector
from cii.people.actions import disclose
from cii.people.disclosing import INFORM
from cii.people.importing import ImportStatuses, StatusOfNobody, StatusRowTwice, import_statuses
from cii.people.queries import disclosures, statuses
from cii.people.rules_statuses import BadStatusCell
from cii.people.telling import disclosure_text
from cii.people.vocabulary import Basis, StatusKind, StatusSource
from tests.access.build_access import an_actor, as_
from tests.institutions.build_institutions import the_canton
from tests.people.build_people import a_person, a_status, an_avs

HEAD = "avs;systeme;statut;valable_des;depuis;jusqu_au;jours_restants;remarque"


@pytest.fixture
def hands(work):
    the_canton(work)
    return {
        name: (unit_by_code(work, code), as_(work, an_actor(work, (unit_by_code(work, code), Role.CASE_MANAGER))))
        for name, code in {"orp": "ORP-LITTORAL", "gsr": "GSR-VAL-DE-TRAVERS", "ai": "OAI-REA"}.items()
    }  # fmt: skip


def a_file(*rows, head=HEAD, encoding="utf-8-sig"):
    return ImportStatuses("statuts.csv", "\r\n".join([head, *rows]).encode(encoding))


def reasons(no):
    return [(one.code, one.field, one.facts.get("line")) for one in no.value.reasons]


def test_the_statuses_of_a_file_are_kept_as_imported(hands):
    orp, mine = hands["orp"]
    number = an_avs()
    person = a_person(mine, orp, avs=number)
    file = a_file(
        f"{number};AC;prestation;01.10.2026;01.01.2026;31.12.2027;180;délai-cadre",
        f"{number};ai;Demande;2026-09-15;;;;",
    )

    found = import_statuses(mine, file, orp.id)

    assert (found.rows, found.added, found.repeated) == (2, 2, False)
    kept = statuses(mine, person.id)
    assert [(row.system, row.kind, row.remaining_days, row.source, row.unit_id) for row in kept] == [
        (Sector.AC, StatusKind.BENEFIT, 180, StatusSource.IMPORTED, orp.id),
        (Sector.AI, StatusKind.CLAIM_OPEN, None, StatusSource.IMPORTED, orp.id),
    ]


def test_the_same_file_and_the_same_rows_bring_nothing_new(hands):
    orp, mine = hands["orp"]
    number = an_avs()
    person = a_person(mine, orp, avs=number)
    row = f"{number};AC;benefit;01.10.2026;;;180;"
    import_statuses(mine, a_file(row), orp.id)

    again = import_statuses(mine, a_file(row), orp.id)
    other_file = import_statuses(mine, a_file(row, f"{number};AS;suivi;01.10.2026;;;;"), orp.id)

    assert (again.added, again.repeated, other_file.added) == (0, True, 1)
    assert len(statuses(mine, person.id)) == 2


def test_a_dry_run_keeps_nothing(hands):
    orp, mine = hands["orp"]
    number = an_avs()
    person = a_person(mine, orp, avs=number)
    ask = a_file(f"{number};AC;benefit;01.10.2026;;;180;")

    tried = import_statuses(mine, ImportStatuses("s.csv", ask.data, dry_run=True), orp.id)

    assert (tried.rows, tried.added) == (1, 1)
    assert statuses(mine, person.id) == []
    assert import_statuses(mine, ask, orp.id).added == 1


def test_a_file_with_faults_changes_nothing_and_names_them_all(hands):
    orp, mine = hands["orp"]
    number = an_avs()
    person = a_person(mine, orp, avs=number)
    file = a_file(
        f"{number};AC;benefit;01.10.2026;;;180;",
        f"{number};XY;inconnu;31.02.2026;;;-3;",
        "756.9217.0769.84;AC;benefit;01.10.2026;;;;",
        f"{number};AC;fin;01.10.2026;;;;",
        f"{number};AI;suivi;01.10.2026;01.10.2026;01.01.2026;9999;",
        f"{number};AI",
        encoding="cp1252",
    )

    with pytest.raises(Exception, match="bad-status-cell") as no:
        import_statuses(mine, file, orp.id)

    assert reasons(no) == [
        ("bad-status-cell", "valable_des", 3),
        ("bad-status-cell", "systeme", 3),
        ("bad-status-cell", "statut", 3),
        ("bad-status-cell", "jours_restants", 3),
        ("avs-check-digit", "avs", 4),
        (StatusRowTwice.code, "avs", 5),
        (BadStatusCell.code, "jours_restants", 6),
        (BadStatusCell.code, "jusqu_au", 6),
        ("row-length", None, 7),
    ]
    assert statuses(mine, person.id) == []


def test_a_person_of_another_unit_is_as_unknown_as_nobody(hands):
    (orp, mine), (gsr, theirs) = hands["orp"], hands["gsr"]
    number = an_avs()
    row = f"{number};AC;benefit;01.10.2026;;;;"

    told = []
    for _ in range(2):
        with pytest.raises(StatusOfNobody) as no:
            import_statuses(mine, a_file(row), orp.id)
        told.append((no.value.code, no.value.facts))
        a_person(theirs, gsr, avs=number)

    assert told[0] == told[1] == ("status-of-nobody", {"line": 2})


def test_what_was_passed_on_is_told_in_three_languages(hands):
    (orp, mine), (ai, _) = hands["orp"], hands["ai"]
    person = a_person(mine, orp)
    a_status(mine, person, orp, Sector.AI, StatusKind.EARLY_DETECTION)
    disclose(mine, person, None, ai.id, Section.IDENTITY | Section.PLAN, Basis.LAI_68BIS)

    (row,) = disclosures(mine, person.id)
    text = disclosure_text(row, orp.name, ai.name)

    assert INFORM == "case-inform-person"
    assert text["fr"].startswith("Le 15.10.2026, ")
    assert all(orp.name in said and ai.name in said and "68" in said for said in text.values())
    assert len(set(text.values())) == 3
