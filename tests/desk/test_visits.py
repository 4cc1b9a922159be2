"""What others have written since I was there: listed and counted, of the sections open to me only."""

from dataclasses import replace

import pytest

from cii.cases.actions import AddNote, add_note
from cii.cases.queries import case_by_ref
from cii.desk.visiting import changed_since_visit, changes_since_visit, visited
from cii.desk.vocabulary import News
from tests.cases.build_cases import a_grid, a_statement
from tests.desk.build_desk import a_desk, later


@pytest.fixture
def net(work):
    return a_desk(work)


def kinds(changes):
    return dict(changes.counts)


def test_the_first_visit_marks_nothing(net):
    a_grid(net, "AI")

    found = changes_since_visit(net.hands["AC"], net.case.id)

    assert (found.since, found.total) == (None, 0)


def test_what_a_partner_writes_after_my_visit_is_new_with_author_and_institution(net):
    visited(net.hands["AC"], net.case.id)
    net.hands["AI"] = later(net.hands["AI"], hours=1)
    a_grid(net, "AI")

    found = changes_since_visit(later(net.hands["AC"], hours=2), net.case.id)

    assert kinds(found) == {News.GRID: 1}
    assert found.newest[0].unit.ref == net.units["AI"].ref
    assert found.newest[0].who == net.hands["AI"].actor.name


def test_what_i_write_myself_is_not_new_to_me(net):
    visited(net.hands["AC"], net.case.id)
    net.hands["AC"] = later(net.hands["AC"], hours=1)
    a_grid(net, "AC")

    assert changes_since_visit(later(net.hands["AC"], hours=1), net.case.id).total == 0


def test_pages_shown_within_half_an_hour_are_one_visit(net):
    mine = net.hands["AC"]
    visited(mine, net.case.id)
    net.hands["AI"] = later(net.hands["AI"], hours=1)
    a_grid(net, "AI")
    for minutes in (120, 125, 140):
        visited(later(mine, minutes=minutes), net.case.id)
        assert changes_since_visit(later(mine, minutes=minutes), net.case.id).total == 1

    visited(later(mine, minutes=200), net.case.id)

    assert changes_since_visit(later(mine, minutes=200), net.case.id).total == 0


def test_a_section_that_is_closed_to_me_brings_no_change(net):
    for who in ("AC", "AI"):
        visited(net.hands[who], net.case.id)
    net.hands["physician"] = later(net.hands["physician"], hours=1)
    a_statement(net)
    add_note(later(net.hands["AI"], hours=1), AddNote(net.case.ref, "Entretien du 15 octobre."))
    reader = later(net.hands["AC"], hours=2)

    found = changes_since_visit(reader, net.case.id)

    assert kinds(found) == {News.HEALTH: 1}
    assert News.NOTE not in kinds(found)


def test_a_note_of_a_colleague_of_my_unit_is_new(net):
    visited(net.hands["AC"], net.case.id)
    add_note(later(net.hands["colleague"], hours=1), AddNote(net.case.ref, "Appel de la personne."))

    assert kinds(changes_since_visit(later(net.hands["AC"], hours=2), net.case.id)) == {News.NOTE: 1}


def test_the_list_of_cases_marks_those_that_changed_in_one_statement(net, statements):
    visited(net.hands["AC"], net.case.id)
    net.hands["AI"] = later(net.hands["AI"], hours=1)
    a_grid(net, "AI")
    reader = later(net.hands["AC"], hours=2)

    with statements(reader) as asked:
        found = changed_since_visit(reader, [net.case.id, net.case.id + 1])

    assert found == {net.case.id: 1}
    assert len(asked) == 1


def test_a_stranger_learns_no_change_even_if_they_had_a_part_before(net):
    stranger = net.hands["stranger"]
    visited(stranger, net.case.id)
    net.hands["AI"] = later(net.hands["AI"], hours=1)
    a_grid(net, "AI")

    assert changed_since_visit(later(stranger, hours=2), [net.case.id]) == {}
    assert changes_since_visit(later(stranger, hours=2), net.case.id).total == 0


def test_the_house_leaves_no_visit(work, net):
    visited(work, net.case.id)

    assert changes_since_visit(replace(work), case_by_ref(work, net.case.ref).id).since is None
