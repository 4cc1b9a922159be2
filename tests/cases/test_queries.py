import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import marshmallow as ma
import pytest
from sqlalchemy import event, update
from sqlmodel import col

from cii.access.vocabulary import Role, Section
from cii.cases.actions import AddNote, add_note, join, open_case
from cii.cases.grid_view import grid_history
from cii.cases.listing import CaseFilter, case_list
from cii.cases.queries import cases_of
from cii.cases.schemas import CASE_ROW
from cii.cases.view import case_view
from cii.cases.vocabulary import CasePath, CaseStatus, PartyRole, Voice
from cii.institutions.schemas import UNIT
from cii.institutions.tables import Institution
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusal, UnknownThing
from cii.people.actions import AttachPerson, attach_person
from cii.people.schemas import PERSON
from cii.store.work import Work
from cii.wire.json import dump
from tests.access.build_access import an_actor, as_
from tests.cases.build_cases import (
    a_grid,
    a_network,
    a_person,
    a_statement,
    all_voices,
    an_entry,
)
from tests.conftest import NOW


def filled(work: Work):
    """A case in which every section holds something."""
    net = a_network(work)
    a_grid(net, "AC", an_entry(value="3"))
    a_grid(net, "AS", an_entry(value="1"), an_entry("has_debts", "yes"), an_entry("surroundings", "1"))
    a_grid(net, "physician", an_entry("lifting", "very_light"))
    a_statement(net)
    for who in ("AC", "AI"):
        add_note(net.hands[who], AddNote(net.case.ref, f"Note {who}"))
    return net


def test_each_party_sees_its_sections_and_the_others_are_not_there(work: Work):
    net = filled(work)

    seen = {who: set(case_view(net.hands[who], net.case.ref).sections) for who in ("AC", "AS", "physician")}

    common = {"identity", "functional", "social", "plan", "notes"}
    assert seen["AC"] == common
    assert seen["AS"] == common
    assert seen["physician"] == {"identity", "medical", "functional", "plan"}


def test_the_ai_office_reads_medical_data_only_with_a_grant_for_it(work: Work):
    net = filled(work)
    assert "medical" not in case_view(net.hands["AI"], net.case.ref).sections

    join(work, net.case, net.units["AI"].id, PartyRole.PARTNER, Section.MEDICAL, basis="LAI_68bis")

    (statement,) = case_view(net.hands["AI"], net.case.ref).sections["medical"]
    assert statement.statement == "Lombalgies chroniques."


def test_other_parties_learn_social_facts_as_yes_or_no_and_not_the_story(work: Work):
    net = filled(work)

    mine = [line.item for line in case_view(net.hands["AS"], net.case.ref).sections["social"]]
    theirs = [line.item for line in case_view(net.hands["AI"], net.case.ref).sections["social"]]

    assert mine == ["surroundings", "has_debts"]
    assert theirs == ["has_debts"]
    assert "surroundings" not in repr(case_view(net.hands["AI"], net.case.ref))


def test_disagreement_stands_side_by_side_with_its_authors(work: Work):
    net = filled(work)

    (line,) = case_view(net.hands["AI"], net.case.ref).sections["plan"].grid

    assert line.disagree
    assert [(one.value, one.author.unit.ref) for one in line.entries] == [
        ("3", net.units["AC"].ref),
        ("1", net.units["AS"].ref),
    ]
    assert line.title["fr"] == "Ponctualité et fiabilité"
    assert line.entries[0].author.name == "Camille Exemple"


def test_only_the_latest_word_of_each_unit_counts_and_the_history_keeps_all(work: Work):
    net = filled(work)

    a_grid(net, "AC", an_entry(value="1"))

    (line,) = case_view(net.hands["AI"], net.case.ref).sections["plan"].grid
    assert not line.disagree
    assert [one.value for one in grid_history(net.hands["AI"], net.case.ref, "punctuality")] == [
        "3", "1", "1",
    ]  # fmt: skip
    assert grid_history(net.hands["AI"], net.case.ref, "surroundings") == []


def test_limits_are_shown_without_the_statement_they_come_from(work: Work):
    net = filled(work)

    shown = case_view(net.hands["AC"], net.case.ref)

    (limits,) = shown.sections["functional"].limits
    assert (limits.limits, limits.capacity) == ("Pas de charges au-delà de 5 kg.", 60)
    assert [line.item for line in shown.sections["functional"].items] == ["lifting"]
    assert "Lombalgies" not in repr(shown)


def test_notes_are_read_by_their_own_unit(work: Work):
    net = filled(work)

    texts = {
        who: [one.text for one in case_view(net.hands[who], net.case.ref).sections["notes"]]
        for who in ("AC", "AS")
    }

    assert texts == {"AC": ["Note AC"], "AS": []}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.STEERING, Role.CONTRACT_MANAGER, Role.AUDITOR])
def test_roles_without_case_content_do_not_know_the_case(work: Work, role):
    net = filled(work)
    inside = as_(work, an_actor(work, (net.units["AC"], role)))

    with pytest.raises(UnknownThing):
        case_view(inside, net.case.ref)
    assert case_list(inside, CaseFilter()).items == []


def test_finance_sees_who_it_is_and_no_grid(work: Work):
    net = filled(work)
    finance = as_(work, an_actor(work, (net.units["AC"], Role.FINANCE)))

    assert set(case_view(finance, net.case.ref).sections) == {"identity"}


def test_what_was_shown_is_remembered_with_its_sections(work: Work):
    net = filled(work)
    ai = net.hands["AI"]
    ai.seen.clear()

    case_view(ai, net.case.ref)

    (seen,) = [one for one in ai.seen if one.kind == "case"]
    assert seen.ids == (net.case.id,)
    assert seen.sections & Section.PLAN
    assert not seen.sections & Section.MEDICAL
    assert seen.basis == "consent"


def test_the_assessment_says_who_is_missing(work: Work):
    net = a_network(work)
    all_voices(net, but=(Voice.PHYSICIAN,))

    shown = case_view(net.hands["AC"], net.case.ref).sections["plan"].assessment

    assert shown.heard == (Voice.AC, Voice.AI, Voice.AS)
    assert shown.missing == (Voice.PHYSICIAN,)


def cases(work: Work, net, count: int) -> list[str]:
    refs = []
    for n in range(count):
        person = a_person(work, net.units["AC"], last=f"Müller{n:02}", first="Zoé")
        later = replace(work, now=NOW + timedelta(seconds=n + 1))
        refs.append(
            open_case(
                later,
                person_id=person.id,
                path=CasePath.EVERYDAY,
                opened_by_unit_id=net.units["AC"].id,
                lead_unit_id=net.units["AC"].id,
                lead_account_id=net.hands["AC"].actor.account_id if n % 2 else None,
            ).ref
        )
    return refs


def later(work: Work) -> Work:
    return replace(work, now=NOW + timedelta(hours=1))


def test_the_list_shows_my_cases_newest_first_and_page_by_page(work: Work):
    net = a_network(work)
    refs = cases(work, net, 5)
    ac, seen, mark = later(net.hands["AC"]), [], None

    for _ in range(3):
        page = case_list(ac, CaseFilter(), mark, limit=2)
        seen += [row["ref"] for row in page.items]
        mark = page.next

    assert mark is None
    assert seen == [*reversed(refs), net.case.ref]
    assert [row["ref"] for row in case_list(later(net.hands["AI"]), CaseFilter()).items] == [net.case.ref]
    assert case_list(later(net.hands["stranger"]), CaseFilter()).items == []


def test_the_list_is_filtered_by_owner_state_and_path(work: Work):
    net = a_network(work)
    cases(work, net, 4)
    ac = later(net.hands["AC"])

    def count(**filters) -> int:
        return len(case_list(ac, CaseFilter(**filters)).items)

    assert count(mine=True) == 2
    assert count(my_unit=True) == 5
    assert count(path=CasePath.NETWORK) == 1
    assert count(status=CaseStatus.CLOSED) == 0


def test_a_name_is_found_without_accents_and_by_those_only_to_whom_it_is_shown(work: Work):
    net = a_network(work)
    refs = cases(work, net, 3)
    ac = later(net.hands["AC"])

    assert [row["ref"] for row in case_list(ac, CaseFilter(text="MULLER01")).items] == [refs[1]]
    assert [row["person"]["name"] for row in case_list(ac, CaseFilter(text="müller02")).items] == [
        "Müller02 Zoé"
    ]
    assert [row["ref"] for row in case_list(later(net.hands["AI"]), CaseFilter(text="exemple")).items] == [
        net.case.ref
    ]
    assert case_list(later(net.hands["AI"]), CaseFilter(text="muller")).items == []
    assert case_list(later(net.hands["stranger"]), CaseFilter(text="exemple")).items == []
    assert len(case_list(ac, CaseFilter(text=net.case.number.lower())).items) == 1
    assert case_list(ac, CaseFilter(text="%")).items == []


def test_a_case_is_found_by_the_number_of_its_person_by_those_who_may_see_it(work: Work):
    net = a_network(work)
    written = "756.9217.0769.85"
    person = attach_person(
        work, AttachPerson(written, "Exemple", "Zoé", date(1990, 1, 1)), net.units["AC"].id
    )
    case = open_case(
        work, person_id=person.id, path=CasePath.EVERYDAY, opened_by_unit_id=net.units["AC"].id,
        lead_unit_id=net.units["AC"].id,
    )  # fmt: skip

    found = case_list(later(net.hands["AC"]), CaseFilter(text=written)).items
    foreign = case_list(later(net.hands["stranger"]), CaseFilter(text=written)).items

    assert [row["ref"] for row in found] == [case.ref]
    assert foreign == []


def test_each_word_of_a_name_is_found_by_its_beginning_in_any_order(work: Work):
    net = a_network(work)
    refs = cases(work, net, 3)
    ac = later(net.hands["AC"])

    assert [row["ref"] for row in case_list(ac, CaseFilter(text="zo muller02")).items] == [refs[2]]
    assert len(case_list(ac, CaseFilter(text="ZOÉ")).items) == 3
    assert case_list(ac, CaseFilter(text="zo exemple")).items == []


@pytest.mark.parametrize("many", [1, 50, 200])
def test_a_list_costs_one_statement_whatever_its_length(work: Work, many):
    net = a_network(work)
    cases(work, net, many)
    ac, counted = later(net.hands["AC"]), []
    event.listen(work.session.connection(), "before_cursor_execute", lambda *args: counted.append(args[2]))

    page = case_list(ac, CaseFilter(), limit=many)

    assert (len(page.items), len(counted)) == (many, 1)


def test_rows_of_the_list_are_told_as_their_schema_documents_them(work: Work):
    net = a_network(work)
    cases(work, net, 2)
    work.session.exec(update(Institution).values(sensitive=True).where(col(Institution.sector) == Sector.AI))

    rows = case_list(later(net.hands["AC"]), CaseFilter()).items
    foreign = case_list(later(net.hands["AI"]), CaseFilter()).items

    for row in [*rows, *foreign]:
        words = {"path": CasePath(row["path"]), "status": CaseStatus(row["status"])}
        documented = json.loads(dump(ma.Schema.dump(CASE_ROW(), {**row, **words})))
        told = json.loads(dump(row))
        assert list(told) == list(CASE_ROW().fields)
        assert datetime.fromisoformat(told.pop("opened_at")) == row["opened_at"]
        assert {name: value for name, value in documented.items() if name != "opened_at"} == told
    assert foreign[0]["lead"]["code"] == net.units["AC"].code
    assert set(rows[0]["person"]) == set(PERSON().fields)
    assert set(rows[0]["lead"]) == set(UNIT().fields)


def test_the_name_of_a_protected_lead_is_for_its_own_members(work: Work):
    net = a_network(work)
    work.session.exec(update(Institution).values(sensitive=True))

    assert case_list(later(net.hands["AC"]), CaseFilter()).items[0]["lead"] is not None
    assert case_list(later(net.hands["AI"]), CaseFilter()).items[0]["lead"] is None


def test_a_case_costs_as_many_statements_with_much_in_it_as_with_little(work: Work):
    net, counted = filled(work), []
    ac = net.hands["AC"]
    event.listen(work.session.connection(), "before_cursor_execute", lambda *args: counted.append(args[2]))

    case_view(ac, net.case.ref)
    few = len(counted)
    for item, value in (("licence", "yes"), ("motivation", "4"), ("training_level", "none")):
        a_grid(net, "AC", an_entry(item, value))
    counted.clear()
    case_view(ac, net.case.ref)

    assert len(counted) == few


def test_a_mark_of_another_list_is_refused(work: Work):
    net = a_network(work)

    with pytest.raises(Refusal):
        case_list(net.hands["AC"], CaseFilter(), "x.y")


def test_the_cases_of_a_person_are_those_my_unit_may_see(work: Work):
    net = a_network(work)

    assert [one.ref for one in cases_of(net.hands["AI"], net.case.person_id)] == [net.case.ref]
    assert cases_of(net.hands["stranger"], net.case.person_id) == []
