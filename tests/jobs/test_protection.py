"""The minute's look at requests for access and at emergencies."""

from cii.access.vocabulary import Role
from cii.coordination.actions import NamePresidency, name_presidency
from cii.institutions.queries import unit_by_code
from cii.jobs.protection import presidency
from cii.jobs.registry import TICKS, called
from tests.access.build_access import an_account
from tests.coordination.build_coordination import the_members
from tests.institutions.build_institutions import the_canton


def test_requests_are_looked_after_each_minute():
    assert callable(called({one.name: one.place for one in TICKS}["access"]))


def test_without_a_presidency_the_group_itself_is_alerted(work):
    the_canton(work)

    assert presidency(work) == ([], [unit_by_code(work, "GC").id])


def test_the_presidency_is_the_group_members_of_the_institution_that_presides(work):
    the_canton(work)
    group = unit_by_code(work, "GC")
    chair = an_account(
        work, (group, Role.COORDINATION_MEMBER), (unit_by_code(work, "SEMP-DIR"), Role.DASHBOARD_REFERENCE)
    )
    an_account(work, (group, Role.COORDINATION_MEMBER))
    the_members(work)
    name_presidency(work, NamePresidency(work.today.year, "SEMP"))

    assert presidency(work) == ([chair.id], [])
