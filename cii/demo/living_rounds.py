"""In the demo: what a provider has observed of a participant, and a case in its second assessment round."""

from dataclasses import replace

from sqlmodel import col, select

from cii.access.queries import account_actor
from cii.cases.observing import observation_grid
from cii.cases.rules import GridAnswer
from cii.cases.vocabulary import ItemKind
from cii.placements.tables import Placement
from cii.placements.vocabulary import PlacementState
from cii.routing.actions import CompleteTask, complete_task
from cii.routing.actions_case import REASSESS
from cii.routing.observing import ObserveParticipant, observe_participant
from cii.store.work import Work
from cii.workflow.inbox import Tab, inbox

PROVIDERS = ("etabli", "tremplin", "troislacs", "horizon", "elan")
LEADS = ("gsr.neuchatel", "gsr.cdf", "gsr.ouest", "oai", "orp")
"""Who observes; whose reviews are looked through, until one may ask for a new assessment."""
ITEMS, SAID = 4, ("3", "2", "3", "4")
"""How many items of the grid were observed, and the answers on the scale."""


def live_rounds(work: Work) -> None:
    """One observation of a participant who is there; one review that asked for a new assessment."""
    _observed(work)
    _reassessed(work)


def _observed(work: Work) -> None:
    """The first of the providers who has somebody there."""
    for login in PROVIDERS:
        if _observed_by(work, _hand(work, login)):
            return


def _observed_by(work: Work, provider: Work) -> bool:
    wanted = (
        select(Placement.ref)
        .where(
            col(Placement.provider_unit_id).in_(provider.actor.units),
            col(Placement.state) == PlacementState.STARTED,
            col(Placement.starts_on) <= work.today,
            col(Placement.ends_on) >= work.today,
        )
        .order_by(col(Placement.id))
    )
    ref = work.session.exec(wanted.limit(1)).first()
    if ref is None:
        return False
    scales = [one.key for one in observation_grid(work).items.values() if one.kind is ItemKind.SCALE]
    entries = tuple(
        GridAnswer(item, value, work.today, "Atelier, entretien de bilan")
        for item, value in zip(scales[:ITEMS], SAID, strict=False)
    )
    return bool(observe_participant(provider, ObserveParticipant(ref, entries)))


def _reassessed(work: Work) -> None:
    for login in LEADS:
        lead = _hand(work, login)
        for task in inbox(lead, Tab.UNIT, limit=200).items:
            if task.key == "review" and REASSESS in task.outcomes:
                complete_task(lead, CompleteTask(task.ref, REASSESS))
                return


def _hand(work: Work, login: str) -> Work:
    return replace(work, actor=account_actor(work, f"{login}@cii.example"), seen=[])
