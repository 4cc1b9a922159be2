"""Builders of accounts and actors."""

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.queries import account_actor
from cii.access.tables import Account
from cii.access.vocabulary import Role
from cii.institutions.tables import Unit
from cii.store.columns import new_ref
from cii.store.work import Actor, Work


def an_account(
    work: Work, *seats: tuple[Unit, Role], password: str | None = None, email: str | None = None
) -> Account:
    """An account with these seats, held since today."""
    account = add_account(
        work, AddAccount(email or f"{new_ref()}@cii.example", "Camille Exemple", password=password)
    )
    for unit, role in seats:
        add_membership(work, account, unit.id, role)
    return account


def an_actor(work: Work, *seats: tuple[Unit, Role]) -> Actor:
    """Somebody with these seats, as a door would resolve them."""
    return account_actor(work, an_account(work, *seats).email)


def as_(work: Work, actor: Actor) -> Work:
    """The same unit of work in another actor's hands."""
    from dataclasses import replace

    return replace(work, actor=actor, seen=[])
