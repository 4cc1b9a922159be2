"""Doubles are found before a person is entered, and foreign persons leave no trace, on both engines."""

from datetime import date

import pytest
from sqlalchemy import event

from cii.access.vocabulary import Role
from cii.institutions.queries import unit_by_code
from cii.people.actions import AttachPerson, attach_person
from cii.people.doubles import LookForDoubles, likely_doubles
from cii.people.rules import AvsCheckDigit, Known, likeness
from cii.people.vocabulary import Likeness
from tests.access.build_access import an_actor, as_
from tests.institutions.build_institutions import the_canton
from tests.people.build_people import a_person

BORN = date(1985, 5, 6)
AVS, OTHER = "756.9217.0769.85", "756.1234.5678.97"
ASKED = LookForDoubles("Müller", "Élodie", BORN)


@pytest.mark.parametrize(
    ("last", "first", "born", "why"),
    [
        ("Müller", "Élodie", BORN, Likeness.SAME),
        ("MULLER", "elodie", BORN, Likeness.SAME),
        ("Elodie", "Müller", BORN, Likeness.SWAPPED_NAMES),
        ("Müller", "Élodie", date(1985, 6, 5), Likeness.NEAR_BIRTH),
        ("Müller", "Élodie", date(1985, 5, 7), Likeness.NEAR_BIRTH),
        ("Müller", "Élodie", date(1995, 5, 6), Likeness.NEAR_BIRTH),
        ("Élodie", "Müller", date(1985, 6, 5), Likeness.NEAR_BIRTH),
        ("Müller", "Élodie", date(1996, 5, 6), None),
        ("Müller", "Éloïse", BORN, None),
    ],
)
def test_two_persons_are_alike_by_name_and_birth(last, first, born, why):
    assert likeness(Known("Müller", "Élodie", BORN), Known(last, first, born)) is why


def test_numbers_decide_where_both_have_one():
    same = Known("A", "B", BORN, "n")

    assert likeness(same, Known("X", "Y", date(1950, 1, 1), "n")) is Likeness.SAME_NUMBER
    assert likeness(same, Known("A", "B", BORN, "other")) is None
    assert likeness(same, Known("A", "B", BORN)) is Likeness.SAME


@pytest.fixture
def hands(work):
    the_canton(work)
    return {
        code: (unit_by_code(work, code), as_(work, an_actor(work, (unit_by_code(work, code), Role.CASE_MANAGER))))
        for code in ("ORP-LITTORAL", "GSR-VAL-DE-TRAVERS")
    }  # fmt: skip


def found(hand, ask=ASKED, **more):
    return [(one.person.name, one.likeness) for one in likely_doubles(hand, ask, **more)]


def test_likely_doubles_of_my_unit_are_shown_the_surest_first(hands):
    unit, mine = hands["ORP-LITTORAL"]
    for last, first, born in (
        ("Élodie", "Müller", BORN), ("Müller", "Élodie", date(1985, 6, 5)), ("Muller", "Elodie", BORN), ("Autre", "Élodie", BORN),
    ):  # fmt: skip
        attach_person(mine, AttachPerson(None, last, first, born), unit.id)

    assert found(mine) == [
        ("Muller Elodie", Likeness.SAME),
        ("Élodie Müller", Likeness.SWAPPED_NAMES),
        ("Müller Élodie", Likeness.NEAR_BIRTH),
    ]
    assert [one.kind for one in mine.seen] == ["person"]


def test_a_person_with_another_number_is_no_double_and_one_without_is(hands):
    unit, mine = hands["ORP-LITTORAL"]
    a_person(mine, unit, avs=OTHER, last_name="Müller", birth_date=BORN)
    here = a_person(mine, unit, avs=AVS, last_name="Ganz", first_name="Anders")
    attach_person(mine, AttachPerson(None, "Müller", "Élodie", BORN), unit.id)

    ask = LookForDoubles("Müller", "Élodie", BORN, AVS)

    assert found(mine, ask) == [
        ("Ganz Anders", Likeness.SAME_NUMBER),
        ("Müller Élodie", Likeness.SAME),
    ]
    assert found(mine, ask, but=here.ref) == [("Müller Élodie", Likeness.SAME)]
    with pytest.raises(AvsCheckDigit):
        likely_doubles(mine, LookForDoubles("A", "B", BORN, "756.9217.0769.84"))


def statements(hand, ask):
    """What is sent to the database for the question, and what is read for the journal."""
    heard = []
    bind = hand.session.connection()

    def hear(_, __, sql, *___):
        heard.append(sql)

    event.listen(bind, "before_cursor_execute", hear)
    hand.seen.clear()
    answer = likely_doubles(hand, ask)
    event.remove(bind, "before_cursor_execute", hear)
    return answer, heard, list(hand.seen)


@pytest.mark.parametrize("avs", [None, AVS])
def test_a_foreign_person_leaves_no_trace(hands, avs):
    (_, mine), (gsr, theirs) = hands["ORP-LITTORAL"], hands["GSR-VAL-DE-TRAVERS"]
    ask = LookForDoubles("Müller", "Élodie", BORN, avs)
    nobody = statements(mine, ask)

    a_person(theirs, gsr, avs=AVS, last_name="Müller", birth_date=BORN)
    attach_person(theirs, AttachPerson(None, "Müller", "Élodie", BORN), gsr.id)

    assert statements(mine, ask) == nobody
    assert nobody[0] == []
    assert len(nobody[1]) == 1
    assert found(theirs, ask) != []


def test_what_another_unit_typed_of_my_person_does_not_find_it(hands):
    (orp, mine), (gsr, theirs) = hands["ORP-LITTORAL"], hands["GSR-VAL-DE-TRAVERS"]
    a_person(mine, orp, avs=AVS, last_name="Tout", first_name="Autre")
    a_person(theirs, gsr, avs=AVS, last_name="Müller", birth_date=BORN)

    assert found(mine) == []
