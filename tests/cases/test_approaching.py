"""One named contact per employer and case: a second unit is warned, and may say why it goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from cii.cases.approaching import Approach, approach, contacts_of
from cii.institutions.employers import (
    AddEmployer,
    AddNeed,
    EndNeed,
    add_employer,
    add_need,
    employer_row,
    employers,
    end_need,
)
from cii.kernel.errors import Refusal
from cii.store.work import Work
from tests.cases.build_cases import a_network
from tests.conftest import NOW

TODAY = NOW.date()


def refused(act, *args) -> list[str]:
    with pytest.raises(Refusal) as no:
        act(*args)
    return [one.code for one in no.value.reasons]


def an_employer(net, name="Menuiserie Perrenoud"):
    return add_employer(net.hands["AC"], AddEmployer(name, "Bois", "2000", "Neuchâtel"))


def go(net, who, employer, **more):
    ask = Approach(net.case.ref, employer.ref, "Stage de deux semaines", TODAY)
    return approach(net.hands[who], replace(ask, **more))


def test_whoever_approaches_first_is_the_contact_of_the_employer(work: Work):
    net = a_network(work)
    employer = an_employer(net)

    go(net, "AC", employer)
    go(net, "AC", employer, subject="Visite")

    (one,) = contacts_of(net.hands["AI"], net.case)
    assert (one.employer, one.unit.ref, one.mine) == ("Menuiserie Perrenoud", net.units["AC"].ref, False)
    assert [said.subject for said in one.approaches] == ["Visite", "Stage de deux semaines"]


def test_a_second_unit_is_warned_who_the_contact_is_and_goes_on_with_a_reason(work: Work):
    net = a_network(work)
    employer = an_employer(net)
    go(net, "AC", employer)

    with pytest.raises(Refusal) as no:
        go(net, "AI", employer)
    kept = go(net, "AI", employer, override_reason="Demande de l'employeur")

    assert [one.code for one in no.value.reasons] == ["employer-contact-taken", "employer-approached"]
    assert net.units["AC"].name in no.value.reasons[0].facts["who"]
    assert kept.override_reason == "Demande de l'employeur"
    (one,) = contacts_of(net.hands["AC"], net.case)
    assert one.mine


def test_for_another_case_the_warning_lasts_as_many_days_as_the_parameter_says(work: Work):
    first, second = a_network(work), a_network(work)
    employer = an_employer(first)
    go(first, "AC", employer, approached_on=TODAY - timedelta(days=29))

    within = refused(go, second, "AI", employer)
    with pytest.raises(Refusal) as no:
        go(second, "AI", employer)
    text_said = str(no.value.reasons[0].facts)

    assert within == ["employer-approached"]
    assert first.case.number not in text_said
    other = an_employer(first, "Autre")
    go(first, "AC", other, approached_on=TODAY - timedelta(days=30))
    assert go(second, "AI", other).override_reason is None


def test_an_approach_says_what_it_is_about_and_when_all_faults_at_once(work: Work):
    net = a_network(work)
    employer = an_employer(net)

    codes = refused(lambda: go(net, "AC", employer, subject=" ", approached_on=TODAY + timedelta(days=1)))

    assert codes == ["text-missing", "day-ahead"]
    assert refused(go, net, "stranger", employer) == ["unknown"]


def test_an_approach_is_kept_as_it_was(work: Work):
    net = a_network(work)
    go(net, "AC", an_employer(net))

    with pytest.raises(Exception, match="append-only"):
        work.session.execute(text("UPDATE employer_approach SET subject = 'x'"))


def test_an_employer_is_entered_once_and_found_without_accents(work: Work):
    net = a_network(work)
    hand = net.hands["AC"]
    add_employer(hand, AddEmployer("Café Élan", "Restauration", "2300", "La Chaux-de-Fonds"))

    assert refused(add_employer, hand, AddEmployer("cafe elan", "Bar", "2300", "Chx")) == ["employer-known"]
    assert refused(add_employer, hand, AddEmployer("", "", "23", "")) == ["employer-unnamed"] * 4
    assert [one.name for one in employers(hand, "CAFE").items] == ["Café Élan"]
    assert [one.name for one in employers(hand, "restau").items] == ["Café Élan"]
    assert employers(hand, "%").items == []


def test_a_need_is_announced_and_ended_once(work: Work):
    net = a_network(work)
    hand, employer = net.hands["AC"], an_employer(net)
    need = add_need(hand, AddNeed(employer.ref, "Aide-menuisier, 60 %", 2))

    assert refused(add_need, hand, AddNeed(employer.ref, " ", 0)) == ["employer-need-empty"] * 2
    assert [one.ref for one in employers(hand, looking=True).items] == [employer.ref]
    end_need(hand, EndNeed(need.ref))
    assert refused(end_need, hand, EndNeed(need.ref)) == ["employer-need-over"]
    assert employers(hand, looking=True).items == []
    assert employer_row(hand, employer.ref).needs[0].until == TODAY
