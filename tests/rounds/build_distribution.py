"""Builders for rounds: a measure with few places, cases that wait for it, members of the coordination group."""

from dataclasses import dataclass, replace
from datetime import date

from cii.access.permits import permits_of
from cii.access.vocabulary import Role
from cii.institutions.queries import institution_of
from cii.placements.waiting import JoinWaitingList, join_waiting_list
from cii.rounds.actions import OpenRound, compute, open_round
from cii.rounds.approving import ApproveRound, approve
from cii.store.work import Actor, Seat
from tests.agreements.build_agreements import an_account
from tests.placements.build_placements import NOVEMBER, Stage, a_stage

TERM = (date(2026, 11, 1), date(2026, 12, 31))


@dataclass
class Group:
    """A stage with two members of the coordination group, each acting in the same transaction."""

    stage: Stage
    first: object
    second: object

    def waits(self, *, urgency: int = 2, line=None, days=NOVEMBER, case=None):
        """A case that waits for the stage's measure, paid by the line (AC when left out)."""
        held = case or self.stage.case()
        paying = line or self.stage.market.ac
        join_waiting_list(
            self.stage.work,
            JoinWaitingList(held.ref, self.stage.measure.ref, paying.ref, *days, urgency=urgency),
        )
        return held

    def opened(self, policy="strict_rank"):
        return open_round(self.first, OpenRound("Tour de novembre", *TERM, policy))

    def computed(self, held=None):
        """A round, computed by the first member; returns both."""
        held = held or self.opened()
        return held, compute(self.first, held.ref)

    def approved(self, held=None):
        held, run = self.computed(held)
        return approve(self.second, ApproveRound(held.ref, run.number))


def member_of(stage: Stage, work=None, role: Role = Role.COORDINATION_MEMBER):
    """Somebody of the ORP who sits in the coordination group."""
    owner = institution_of(stage.work, stage.orp.id)
    seat = Seat(stage.orp.id, owner.id, role.value, owner.sector.value if owner.sector else None)
    actor = Actor(
        "Membre Exemple", account_id=an_account(stage.work), seats=(seat,), permits=permits_of([role])
    )
    return replace(work or stage.work, actor=actor, seen=[])


def a_group(work, *, places: int = 2, ac: int = 1, social: int = 1, **stage) -> Group:
    """A group before a measure with so many places, of which each line may use so many."""
    made = a_stage(work, **stage)
    made.room_for(places, ac=ac, social=social)
    return Group(made, member_of(made), member_of(made))
