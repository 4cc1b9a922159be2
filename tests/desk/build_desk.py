"""A unit at its desk: the network of tests/cases with a supervisor and a colleague at the ORP."""

from dataclasses import replace
from datetime import timedelta

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.queries import account_actor
from cii.access.vocabulary import Role
from tests.access.build_access import as_
from tests.cases.build_cases import a_network


def a_desk(work):
    """The network, with `hands["chief"]` and `hands["colleague"]` in the unit that leads the case."""
    net = a_network(work)
    for key, name, role in (
        ("chief", "Laurent Dubied", Role.SUPERVISOR),
        ("colleague", "Hélène Aubry", Role.CASE_MANAGER),
    ):
        account = add_account(work, AddAccount(f"{key}@cii.example", name))
        add_membership(work, account, net.units["AC"].id, role)
        net.hands[key] = as_(work, account_actor(work, f"{key}@cii.example"))
    return net


def later(hand, **more):
    """The same hand at a later moment."""
    return replace(hand, now=hand.now + timedelta(**more))


def ref_of(work, hand):
    """The outward name of the account of a hand."""
    from sqlmodel import select

    from cii.access.tables import Account

    return work.session.exec(select(Account.ref).where(Account.id == hand.actor.account_id)).one()
