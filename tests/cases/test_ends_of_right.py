"""Whoever leads is told three months before a right ends, once, on both engines."""

from dataclasses import replace
from datetime import date, timedelta

from cii.cases.ends_of_right import warn_ends
from cii.institutions.vocabulary import Sector
from cii.jobs.registry import JOBS
from cii.notices.queries import notices
from cii.people.queries import person_by_id
from tests.cases.build_cases import a_network, a_person
from tests.people.build_people import a_status


def told(hand):
    return [(one.kind, one.subject, one.subject_ref, one.facts) for one in notices(hand)]


def test_the_unit_that_leads_is_told_once_of_the_end_of_a_right(work):
    net = a_network(work)
    person = person_by_id(work, net.case.person_id)
    a_status(work, person, net.units["AS"], Sector.AC, until=date(2027, 1, 10))

    first = warn_ends(work, work.today)
    again = warn_ends(replace(work, now=work.now + timedelta(days=1)), work.today)

    assert (first, again) == ({"told": 1}, {"told": 0})
    assert told(net.hands["AC"]) == [
        ("case-right-ends", "case", net.case.ref, {"until": "2027-01-10", "system": "AC"})
    ]
    assert told(net.hands["AS"]) == told(net.hands["stranger"]) == []


def test_without_a_case_the_unit_that_recorded_it_is_told(work):
    net = a_network(work)
    person = a_person(work, net.units["stranger"], last="Seule")
    a_status(work, person, net.units["stranger"], Sector.AC, until=date(2026, 12, 31))

    warn_ends(work, work.today)

    assert [(kind, ref) for kind, _, ref, _ in told(net.hands["stranger"])] == [
        ("case-right-ends", person.ref)
    ]


def test_the_night_looks_after_it():
    assert "cii.cases.ends_of_right:warn_ends" in {job.place for job in JOBS}
