"""Two rounds of places in the lived-in canton: one approved in which the group has ruled everybody out, one open with a decision.

Nobody gets a place: what the other tests count stays as it is.
"""

from dataclasses import replace
from datetime import date

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.queries import account_actor
from cii.access.vocabulary import Role
from cii.allocation.vocabulary import PinKind
from cii.institutions.queries import unit_by_code
from cii.placements.waiting import JoinWaitingList, join_waiting_list
from cii.rounds.actions import OpenRound, compute, open_round
from cii.rounds.approving import ApproveRound, approve
from cii.rounds.pinning import PinCase, pin
from tests.browser.stage import hand

DECEMBER = (date(2026, 12, 1), date(2026, 12, 18))
TERM = (date(2026, 12, 1), date(2026, 12, 31))


def distributed(town) -> None:
    """The observed case and another one wait for the workshop in December."""
    refs = town.canton.refs
    with town.work() as work:
        second = add_account(work, AddAccount("group.second@cii.example", "Deuxième membre"))
        add_membership(work, second, unit_by_code(work, "GC").id, Role.COORDINATION_MEMBER)
        orp, member = hand(work, "case_manager"), hand(work, "coordination_member")
        other = replace(work, actor=account_actor(work, "group.second@cii.example"), seen=[])
        wish = (town.canton.stage.measure, town.canton.stage.lines["LACI"], *DECEMBER)
        for urgency, case in enumerate(("case", "second_case"), 1):
            join_waiting_list(orp, JoinWaitingList(refs[case], *wish, urgency=urgency))
        held = open_round(member, OpenRound("Tour de décembre", *TERM))
        compute(member, held.ref)
        for position in (1, 2):
            pin(member, PinCase(held.ref, position, PinKind.REFUSED, reason="Place réservée au tour suivant"))
        run = compute(member, held.ref)
        refs["round"] = approve(other, ApproveRound(held.ref, run.number)).ref
        following = open_round(member, OpenRound("Second tour de décembre", *TERM))
        compute(member, following.ref)
        pin(member, PinCase(following.ref, 1, PinKind.REFUSED, reason="Projet en cours"))
        refs["open_round"] = following.ref
