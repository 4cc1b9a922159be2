"""Builders of members of both bodies."""

from datetime import date

from cii.coordination.actions_members import AppointMember, appoint_member
from cii.coordination.rules import PERMANENT
from cii.coordination.vocabulary import Body, Standing
from cii.institutions.queries import unit_by_code
from cii.store.work import Work
from tests.agreements.build_agreements import acting, an_actor


def the_group(work: Work) -> Work:
    """The same transaction in the name of a member of the coordination group."""
    return acting(work, an_actor(work, unit_by_code(work, "GC"), role="coordination_member"))


def the_steering(work: Work) -> Work:
    """The same transaction in the name of a member of the GP CII."""
    return acting(work, an_actor(work, unit_by_code(work, "GPCII"), role="steering"))


def the_members(work: Work) -> None:
    """The three permanent members of the coordination group and the two on invitation, since 2013."""
    seats = [(one, Standing.PERMANENT) for one in PERMANENT]
    for institution, standing in (*seats, ("SFPO", Standing.INVITED), ("OAI", Standing.INVITED)):
        appoint_member(
            the_steering(work), AppointMember(Body.COORDINATION, standing, date(2013, 1, 1), institution)
        )
