"""Builders of members of both bodies."""

from cii.institutions.queries import unit_by_code
from cii.store.work import Work
from tests.agreements.build_agreements import acting, an_actor


def the_group(work: Work) -> Work:
    """The same transaction in the name of a member of the coordination group."""
    return acting(work, an_actor(work, unit_by_code(work, "GC"), role="coordination_member"))


def the_steering(work: Work) -> Work:
    """The same transaction in the name of a member of the GP CII."""
    return acting(work, an_actor(work, unit_by_code(work, "GPCII"), role="steering"))
