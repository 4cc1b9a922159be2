"""One box: what begins so among what the reader may see; what they may not see is not there in any way."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from cii.access.actions import close_grants
from cii.access.tables_restricted import CaseReader, CaseRestriction
from cii.cases.actions import open_case
from cii.cases.listing import CaseFilter, case_list
from cii.cases.vocabulary import CasePath
from cii.people.actions import AttachPerson, attach_person
from cii.search.queries import find
from cii.search.vocabulary import Group
from cii.store.work import Work
from tests.cases.build_cases import a_network
from tests.conftest import NOW

AVS = "756.9217.0769.85"


def known(work: Work, unit, last, first, avs=None):
    """A person with a case, as that unit knows them."""
    person = attach_person(work, AttachPerson(avs, last, first, date(1990, 1, 1)), unit.id)
    case = open_case(
        work, person_id=person.id, path=CasePath.EVERYDAY, opened_by_unit_id=unit.id, lead_unit_id=unit.id
    )
    return person, case


def later(work: Work) -> Work:
    return replace(work, now=NOW + timedelta(hours=1), seen=[])


def names(found):
    return [one["name"] for one in found.persons]


@pytest.mark.parametrize("text", ["zoé", "ZOE", "mül", "muller", "zo mul", "Müller Zoé", "  müller   zo "])
def test_a_person_is_found_by_the_beginning_of_each_word(work: Work, text):
    net = a_network(work)
    _, case = known(work, net.units["AC"], "Müller", "Zoé")

    found = find(later(net.hands["AC"]), text)

    assert names(found) == ["Müller Zoé"]
    assert [one["ref"] for one in found.cases] == [case.ref]


@pytest.mark.parametrize("text", ["uller", "zoe exemple", "zoé müllerin", "m l"])
def test_what_begins_otherwise_is_not_found(work: Work, text):
    net = a_network(work)
    known(work, net.units["AC"], "Müller", "Zoé")

    assert names(find(later(net.hands["AC"]), text)) == []


def test_a_compound_name_is_found_by_each_of_its_parts(work: Work):
    net = a_network(work)
    known(work, net.units["AC"], "de la Rosa-Œrtli", "Anne-Élise")

    for text in ("rosa", "oert", "elise", "ann ros"):
        assert names(find(later(net.hands["AC"]), text)) == ["de la Rosa-Œrtli Anne-Élise"]


def test_a_person_is_found_by_the_whole_avs_number_however_written(work: Work):
    net = a_network(work)
    _, case = known(work, net.units["AC"], "Müller", "Zoé", AVS)
    ac = later(net.hands["AC"])

    assert names(find(ac, AVS)) == names(find(ac, AVS.replace(".", ""))) == ["Müller Zoé"]
    assert [one["ref"] for one in find(ac, AVS).cases] == [case.ref]
    assert names(find(ac, AVS[:-1])) == []


def test_a_case_is_found_by_the_beginning_of_its_number(work: Work):
    net = a_network(work)

    found = find(later(net.hands["AI"]), net.case.number[:8].lower())

    assert net.case.ref in [one["ref"] for one in found.cases]
    assert find(later(net.hands["stranger"]), net.case.number).cases == []


def test_a_corrected_name_is_found_by_its_new_words_only(work: Work):
    net = a_network(work)
    known(work, net.units["AC"], "Müller", "Zoé", AVS)

    known(work, net.units["AC"], "Rochat", "Zoé", AVS)

    assert names(find(later(net.hands["AC"]), "muller")) == []
    assert names(find(later(net.hands["AC"]), "rochat")) == ["Rochat Zoé"]


def test_a_name_typed_by_another_unit_finds_nobody(work: Work):
    net = a_network(work)
    known(work, net.units["AC"], "Müller", "Zoé", AVS)
    attach_person(work, AttachPerson(AVS, "Muster", "Zoé", date(1990, 1, 1)), net.units["stranger"].id)

    stranger = later(net.hands["stranger"])

    assert names(find(stranger, "müller")) == []
    assert names(find(stranger, "zoe")) == ["Muster Zoé"]


def taken_over(work: Work, net, last="Müller", first="Zoé", avs=None):
    """A person whom AC typed and whose case AI leads: the person, the case."""
    person = attach_person(work, AttachPerson(avs, last, first, date(1990, 1, 1)), net.units["AC"].id)
    case = open_case(
        work, person_id=person.id, path=CasePath.NETWORK, opened_by_unit_id=net.units["AC"].id,
        lead_unit_id=net.units["AI"].id,
    )  # fmt: skip
    return person, case


@pytest.mark.parametrize("text", ["müller", "zo", "mul zo"])
def test_who_leads_finds_a_person_by_the_name_that_the_case_shows(work: Work, text):
    net = a_network(work)
    _, case = taken_over(work, net)
    ai = later(net.hands["AI"])

    found, listed = find(ai, text), case_list(ai, CaseFilter(text=text)).items

    assert names(found) == ["Müller Zoé"]
    assert [one["ref"] for one in found.cases] == [one["ref"] for one in listed] == [case.ref]
    assert ("person", (case.person_id,)) in [(seen.kind, seen.ids) for seen in ai.seen]


def test_a_name_given_later_by_another_unit_finds_nobody_who_is_shown_the_first(work: Work):
    net = a_network(work)
    _, case = taken_over(work, net, avs=AVS)
    attach_person(work, AttachPerson(AVS, "Muster", "Zoé", date(1990, 1, 1)), net.units["stranger"].id)
    ai = later(net.hands["AI"])

    assert names(find(ai, "muster")) == []
    assert case_list(ai, CaseFilter(text="muster")).items == []
    attach_person(work, AttachPerson(AVS, "Rochat", "Zoé", date(1990, 1, 1)), net.units["AI"].id)
    assert names(find(ai, "müller")) == []
    assert case_list(ai, CaseFilter(text="müller")).items == []
    assert [one["ref"] for one in find(ai, "rochat").cases] == [case.ref]


def test_a_name_is_found_as_long_as_a_grant_opens_it_and_as_it_is_corrected(work: Work):
    net = a_network(work)
    person, case = taken_over(work, net)
    ai = later(net.hands["AI"])

    work.session.connection().exec_driver_sql(
        f"UPDATE identity SET last_name = 'Rochat', folded = 'rochat zoe' WHERE person_id = {person.id}"
    )
    assert names(find(ai, "müller")) == []
    assert names(find(ai, "roch")) == ["Rochat Zoé"]
    close_grants(work, case_id=case.id)
    assert names(find(ai, "roch")) == []
    assert find(ai, "roch").cases == case_list(ai, CaseFilter(text="roch")).items == []


def test_a_restricted_case_is_found_by_name_by_its_readers_only(work: Work):
    net = a_network(work)
    _, case = taken_over(work, net)
    work.session.add(CaseRestriction(case_id=case.id, case_ref=case.ref, reason="Menace", at=work.now))
    work.session.flush()
    ai = later(net.hands["AI"])

    assert names(find(ai, "müller")) == []
    assert case_list(ai, CaseFilter(text="müller")).items == []
    work.session.add(CaseReader(case_id=case.id, account_id=ai.actor.account_id, at=work.now))
    work.session.flush()
    assert names(find(ai, "müller")) == ["Müller Zoé"]


@pytest.mark.parametrize("text", ["müller", "zoé mül", AVS, "CII", "exemple"])
def test_foreign_persons_cost_and_show_as_much_as_nobody(work: Work, text):
    """Same answer, same statements, nothing to journal, whether the canton knows the person or not."""
    net = a_network(work)
    asked = []

    def ask():
        reader, before = later(net.hands["stranger"]), len(asked)
        answer = find(reader, text)
        return answer, asked[before:], reader.seen

    event.listen(work.session.connection(), "before_cursor_execute", lambda *args: asked.append(args[2]))
    nobody = ask()
    known(work, net.units["AC"], "Müller", "Zoé", AVS)
    foreign = ask()

    assert foreign == nobody
    assert len(foreign[1]) <= 3
    assert foreign[2] == []


@pytest.mark.parametrize("many", [1, 50, 200])
def test_a_search_costs_three_statements_whatever_it_finds(work: Work, many):
    net, counted = a_network(work), []
    for n in range(many):
        known(work, net.units["AC"], f"Müller{n:03}", "Zoé")
    ac = later(net.hands["AC"])
    event.listen(work.session.connection(), "before_cursor_execute", lambda *args: counted.append(args[2]))

    found = find(ac, "mul")

    assert len(counted) == 3
    assert (len(found.persons), len(found.cases)) == (min(many, 10), min(many, 10))
    assert (Group.PERSONS in found.more) == (Group.CASES in found.more) == (many > 10)


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "'--", "\0", "́̈", "🙂", "*", "\\", ")(", "�"])
def test_signs_that_stand_in_no_name_find_nothing(work: Work, text):
    net = a_network(work)

    found = find(later(net.hands["AC"]), text)

    assert (found.persons, found.cases, found.measures, found.providers, found.more) == ([], [], [], [], ())


def test_very_long_texts_and_many_words_are_taken(work: Work):
    net = a_network(work)
    known(work, net.units["AC"], "Müller", "Zoé")

    assert names(find(later(net.hands["AC"]), "a" * 10_000)) == []
    assert names(find(later(net.hands["AC"]), "mul " * 2_500)) == ["Müller Zoé"]
    assert names(find(later(net.hands["AC"]), "zoe\0mul")) == ["Müller Zoé"]


def test_what_is_shown_of_a_person_is_remembered_for_the_journal(work: Work):
    net = a_network(work)
    person, case = known(work, net.units["AC"], "Müller", "Zoé")
    ac = later(net.hands["AC"])

    find(ac, "muller")

    assert ("person", (person.id,)) in [(seen.kind, seen.ids) for seen in ac.seen]
    assert ("case", (case.id,)) in [(seen.kind, seen.ids) for seen in ac.seen]


def test_a_group_that_is_not_asked_for_stays_empty(work: Work):
    net = a_network(work)
    known(work, net.units["AC"], "Müller", "Zoé")

    found = find(later(net.hands["AC"]), "muller", (Group.MEASURES,))

    assert (found.persons, found.cases) == ([], [])


def test_words_of_a_name_go_with_the_name(work: Work):
    net = a_network(work)
    person, _ = known(work, net.units["AC"], "Müller", "Zoé")
    count = lambda: work.session.connection().exec_driver_sql("SELECT count(*) FROM identity_word").scalar()  # noqa: E731
    before = count()

    work.session.connection().exec_driver_sql(f"DELETE FROM identity WHERE person_id = {person.id}")

    assert count() == before - 2
