"""Builders of people around an agreement: the provider's, the steering group's."""

from cii.access.permits import ROLE_PERMITS
from cii.access.vocabulary import Role
from cii.institutions.tables import Unit
from cii.institutions.vocabulary import UnitKind
from cii.store.work import Actor, Seat, Work
from tests.agreements.build_agreements import Market, acting, an_account
from tests.institutions.build_institutions import a_unit


def of_provider(work: Work, market: Market) -> Work:
    """Somebody of the provider's unit."""
    unit = work.session.get_one(Unit, market.provider.unit_id)
    return acting(work, _seated(work, unit, Role.PROVIDER))


def of_steering(work: Work) -> Work:
    """A member of the steering group."""
    return acting(work, _seated(work, a_unit(work, None, UnitKind.STEERING), Role.STEERING))


def of_coordination(work: Work) -> Work:
    """A member of the coordination group, who may not decide on contracts."""
    return acting(work, _seated(work, a_unit(work, None, UnitKind.COORDINATION), Role.COORDINATION_MEMBER))


def _seated(work: Work, unit: Unit, role: Role) -> Actor:
    return Actor(
        "Line Robert",
        account_id=an_account(work, "Line Robert"),
        seats=(Seat(unit.id or 0, unit.institution_id, role, None),),
        permits=frozenset(one.value for one in ROLE_PERMITS[role]),
    )
