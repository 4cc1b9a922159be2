"""Ends of data in the demo: a hold, an erasure that waits for a second person, one that is done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from cii.access.queries import account_actor
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus
from cii.people.tables import Person
from cii.rights.erasure import approve, prepare
from cii.rights.holds import SetHold, set_hold
from cii.rights.vocabulary_erasing import ErasureGround, HoldBasis
from cii.routing.tables import Detection
from cii.routing.vocabulary import DetectionState
from cii.store.work import Work

_OFFICER, _SECOND = "dpo@cii.example", "admin@cii.example"
_HELD = 2
"""The hold is on the person of this place among those with open cases, the oldest first."""
_APPEAL = "Recours contre une décision, pendant devant le tribunal cantonal."
_ASKED = "La personne n'est pas suivie et demande l'effacement ; demande admise."


def end_some(work: Work) -> int:
    """A hold on one person; of those put aside long ago one is erased, one is to be. How many erasures."""
    officer = replace(work, actor=account_actor(work, _OFFICER), seen=[])
    second = replace(work, actor=account_actor(work, _SECOND), seen=[])
    for person_ref in _with_open_case(work):
        set_hold(_ago(officer, 17), SetHold(person_ref, HoldBasis.APPEAL, _APPEAL))
    found = _without_case(work)
    for person_ref, days in zip(found, (5, 1), strict=False):
        row = prepare(_ago(officer, days), person_ref, ErasureGround.PERSON_RIGHT, _ASKED)
        if days > 1:
            approve(_ago(second, days - 1), row.ref)
    return len(found)


def _ago(hand: Work, days: int) -> Work:
    return replace(hand, now=hand.now - timedelta(days=days), seen=[])


def _with_open_case(work: Work) -> Sequence[str]:
    """The person whose data is held, if there are so many."""
    return list(
        work.session.exec(
            select(Person.ref)
            .join(CaseFile, col(CaseFile.person_id) == col(Person.id))
            .where(col(CaseFile.status) == CaseStatus.OPEN, col(Person.avs_hash).is_not(None))
            .order_by(col(CaseFile.opened_at), col(CaseFile.id))
            .offset(_HELD)
            .limit(1)
        )
    )


def _without_case(work: Work) -> Sequence[str]:
    """The first two persons who were put aside after a detection and have no case."""
    cases = select(CaseFile.id).where(col(CaseFile.person_id) == col(Person.id))
    return list(
        work.session.exec(
            select(Person.ref)
            .join(Detection, col(Detection.person_id) == col(Person.id))
            .where(col(Detection.state) == DetectionState.DISMISSED, ~cases.exists())
            .order_by(col(Person.id))
            .limit(2)
        )
    )
