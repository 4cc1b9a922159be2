from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import func, select

from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusal
from cii.people.queries import statuses
from cii.people.tables import Person
from cii.people.vocabulary import Sex
from cii.routing.actions import (
    DetectPerson,
    DismissDetection,
    ImportDetections,
    detect_person,
    dismiss_detection,
    import_detections,
)
from cii.routing.queries import detection_by_ref, detection_view, detections
from cii.routing.rules import (
    COUNTS,
    AlreadyAnnounced,
    MissingCell,
    NotACount,
    NotADay,
    NotASex,
    NotASystem,
    NotYourUnit,
    ReasonMissing,
    RowTwice,
    age_at,
    read_row,
)
from cii.routing.vocabulary import DetectionState
from tests.people.build_people import an_avs
from tests.routing.build_routing import a_detection, a_file, a_row, a_town

TODAY = date(2026, 10, 15)


def test_a_good_row_is_read_with_its_facts():
    row, faults = read_row(2, a_row(suivi_par="AC+AS", droit_possible="AI, AC"), TODAY)

    assert faults == []
    assert row.followed == (Sector.AC, Sector.AS)
    assert row.may_owe == (Sector.AI,)
    assert row.facts["systems"] == 2


@pytest.mark.parametrize(
    ("cells", "fault", "column"),
    [
        ({"nom": ""}, MissingCell, "nom"),
        ({"naissance": "31.02.1980"}, NotADay, "naissance"),
        ({"naissance": "01.01.2030"}, NotADay, "naissance"),
        ({"capacite_travail": "101"}, NotACount, "capacite_travail"),
        ({"capacite_travail": ""}, MissingCell, "capacite_travail"),
        ({"mois_incapacite": "-1"}, NotACount, "mois_incapacite"),
        ({"mois_aide_sociale": "1e3"}, NotACount, "mois_aide_sociale"),
        ({"problemes": "٣"}, NotACount, "problemes"),
        ({"suivi_par": "LACI"}, NotASystem, "suivi_par"),
        ({"suivi_par": ""}, MissingCell, "suivi_par"),
        ({"sexe": "X"}, NotASex, "sexe"),
    ],
)
def test_a_faulty_cell_is_named_by_line_and_column(cells, fault, column):
    row, faults = read_row(7, a_row(**cells), TODAY)

    assert row is None
    assert [(type(one), one.field, one.facts["line"]) for one in faults] == [(fault, column, 7)]


@pytest.mark.parametrize(
    ("written", "sex"),
    [("1", Sex.MALE), ("h", Sex.MALE), ("F", Sex.FEMALE), ("3", Sex.UNKNOWN), (" ", None)],
)
def test_a_file_may_state_the_sex_as_the_registers_of_residents_do(written, sex):
    row, _ = read_row(7, a_row(sexe=written), TODAY)

    assert row.sex is sex


@given(
    st.dictionaries(
        st.sampled_from(sorted(column.header for column in COUNTS.values())), st.text(max_size=12)
    )
)
def test_no_text_in_a_number_column_breaks_the_reading(cells):
    row, faults = read_row(2, a_row() | cells, TODAY)

    assert (row is None) == bool(faults)


def test_age_changes_on_the_birthday():
    assert age_at(date(1996, 10, 16), TODAY) == 29
    assert age_at(date(1996, 10, 15), TODAY) == 30


def test_a_file_with_two_faulty_rows_changes_nothing_and_names_both(work):
    town = a_town(work)
    rows = [a_row() for _ in range(5)]
    rows[1]["naissance"] = "hier"
    rows[3]["avs"] = "756.9217.0769.84"

    with pytest.raises(Refusal) as no:
        import_detections(town.hands["ORP"], ImportDetections("liste.csv", a_file(*rows)))

    assert [(one.code, one.field, one.facts["line"]) for one in no.value.reasons] == [
        ("row-not-a-day", "naissance", 3),
        ("avs-check-digit", "avs", 5),
    ]
    assert work.session.exec(select(func.count()).select_from(Person)).one() == 0


def test_a_dry_run_says_who_would_be_detected_and_keeps_nothing(work):
    town = a_town(work)
    rows = [a_row(), a_row(mois_incapacite="0", jours_indemnite_restants="400")]

    found = import_detections(town.hands["ORP"], ImportDetections("liste.csv", a_file(*rows), dry_run=True))

    assert (found.rows, len(found.detected), found.run_ref) == (2, 1, None)
    assert "8 mois" in found.detected[0].why["fr"]
    assert work.session.exec(select(func.count()).select_from(Person)).one() == 0


def test_the_corrected_file_detects_and_says_why_once(work):
    town = a_town(work)
    hand = town.hands["ORP"]
    data = a_file(a_row(), a_row(mois_incapacite="0", jours_indemnite_restants="400"))

    first = import_detections(hand, ImportDetections("liste.csv", data))
    again = import_detections(hand, ImportDetections("liste.csv", data))

    assert (first.rows, len(first.detected), first.known) == (2, 1, 0)
    assert again.repeated
    assert again.run_ref == first.run_ref
    shown = detections(hand).items
    assert len(shown) == 1
    assert shown[0].decision.rules == ("D2",)
    assert shown[0].decision.why[0]["fr"].startswith("Incapacité de travail depuis 8 mois")


def test_no_benefit_days_left_is_a_fact_and_not_a_gap(work):
    hand = a_town(work).hands["ORP"]
    ref = a_detection(hand, jours_indemnite_restants="0")
    person = detection_by_ref(hand, ref).person_id

    known = {row.system: row.remaining_days for row in statuses(hand, person)}

    assert known[Sector.AC] == 0


def test_a_person_known_to_the_unit_is_not_detected_twice(work):
    hand = a_town(work).hands["ORP"]
    avs = an_avs()
    import_detections(hand, ImportDetections("a.csv", a_file(a_row(avs=avs))))

    second = import_detections(hand, ImportDetections("b.csv", a_file(a_row(avs=avs, nom="Autre"))))

    assert (len(second.detected), second.known) == (0, 1)


def test_the_same_person_twice_in_a_file_is_refused(work):
    hand = a_town(work).hands["ORP"]
    avs = an_avs()

    with pytest.raises(RowTwice) as no:
        import_detections(hand, ImportDetections("a.csv", a_file(a_row(avs=avs), a_row(avs=avs))))

    assert no.value.facts == {"line": 3, "first": 2}


def test_a_detection_is_seen_by_its_unit_only(work):
    town = a_town(work)
    ref = a_detection(town.hands["ORP"])

    assert detections(town.hands["stranger"]).items == ()
    with pytest.raises(Refusal) as no:
        detection_view(town.hands["stranger"], ref)

    assert no.value.code == "unknown"


def test_one_person_is_looked_at_by_the_same_table(work):
    hand = a_town(work).hands["ORP"]
    ask = DetectPerson(
        an_avs(), "Exemple", "Claude", date(1990, 1, 1), "2114", "Fleurier", (Sector.AC,), (Sector.AI,), 90
    )

    detection, answer = detect_person(hand, ask)

    assert detection is None
    assert answer.rules == ("D6",)


def test_a_detection_is_put_aside_with_a_reason_once(work):
    hand = a_town(work).hands["ORP"]
    ref = a_detection(hand)

    with pytest.raises(ReasonMissing):
        dismiss_detection(hand, DismissDetection(ref, " "))
    dismiss_detection(hand, DismissDetection(ref, "Emploi trouvé"))
    with pytest.raises(AlreadyAnnounced):
        dismiss_detection(hand, DismissDetection(ref, "Encore"))

    assert detection_view(hand, ref).state is DetectionState.DISMISSED


def test_a_file_is_imported_for_an_own_unit_only(work):
    town = a_town(work)
    foreign = town.hands["OAI"].actor.units[0]

    with pytest.raises(NotYourUnit):
        import_detections(town.hands["ORP"], ImportDetections("a.csv", a_file(a_row()), unit_id=foreign))
