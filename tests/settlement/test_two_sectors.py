"""Somebody with a role in each of two sectors: a role counts in the sector in which it is held, nowhere else."""

from dataclasses import replace

import pytest

from cii.access.vocabulary import Role
from cii.budgets.queries import own_line
from cii.institutions.queries import institution_of, roles_paying, unit_by_code
from cii.kernel.errors import NotAllowed
from cii.payments.queries import sectors_of
from cii.settlement.queries import events_of_role
from cii.settlement.vocabulary import StatementEvent
from cii.store.work import Actor, Seat
from tests.settlement.build_settlement import a_desk


def both(desk):
    """Finance of the unemployment insurance and contract manager of social aid, in one person."""
    seats = []
    for code, role in (("LMMT", Role.FINANCE), ("ODAS", Role.CONTRACT_MANAGER)):
        unit = unit_by_code(desk.work, code)
        owner = institution_of(desk.work, unit.id)
        seats.append(Seat(unit.id, owner.id, role.value, owner.sector.value))
    actor = Actor("Camille Exemple", account_id=desk.payer.actor.account_id, seats=tuple(seats))
    return replace(desk.payer, actor=actor, seen=[])


def test_a_role_counts_in_its_own_sector_only(work):
    desk = a_desk(work)
    market = desk.stage.market
    desk.attest(desk.stage.started(None, (market.ac, 60), (market.social, 40)))
    insurance, social = desk.prefill(), desk.prefill(market.social, desk.stage.social)
    somebody = both(desk)

    assert roles_paying(somebody, market.ac.id) == {Role.FINANCE}
    assert roles_paying(somebody, market.social.id) == {Role.CONTRACT_MANAGER}
    assert StatementEvent.PAY in events_of_role(somebody, insurance)
    assert StatementEvent.PAY not in events_of_role(somebody, social)
    assert StatementEvent.CHECK in events_of_role(somebody, social)
    assert sectors_of(somebody) == ["AC"]
    assert own_line(somebody, market.ac.ref).sector == "AC"
    with pytest.raises(NotAllowed):
        own_line(somebody, market.social.ref)
