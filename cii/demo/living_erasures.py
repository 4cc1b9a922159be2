"""Ends of data in the demo: a hold, an erasure that waits for a second person, one that is done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from cii.access.queries import account_actor
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus
from cii.people.tables import Person
from cii.rights.dues import due
from cii.rights.erasure import approve, prepare
from cii.rights.holds import SetHold, set_hold
from cii.rights.vocabulary_erasing import ErasureGround, HoldBasis
from cii.store.work import Work

_OFFICER, _SECOND = "dpo@cii.example", "admin@cii.example"
_HELD = 2
"""The hold is on the person of this place among those with open cases, the oldest first."""
_WHY = "Tous les délais de conservation sont échus ; liste du {day}."


def end_some(work: Work) -> int:
    """One hold, and up to two erasures: the first done, the second prepared; returns how many erasures."""
    officer = replace(work, actor=account_actor(work, _OFFICER), seen=[])
    for person_ref in _with_open_case(work):
        then = replace(officer, now=work.now - timedelta(days=17), seen=[])
        set_hold(
            then,
            SetHold(
                person_ref,
                HoldBasis.APPEAL,
                "Recours contre une décision, pendant devant le tribunal cantonal.",
            ),
        )
    over = [one for one in due(officer).items if one.settled and not one.held and one.offer_ref is None]
    for place, one in enumerate(over[:2]):
        ago = replace(officer, now=work.now - timedelta(days=4 - 3 * place), seen=[])
        row = prepare(
            ago, one.person_ref, ErasureGround.RETENTION_OVER, _WHY.format(day=f"{ago.today:%d.%m.%Y}")
        )
        if place == 0:
            second = account_actor(work, _SECOND)
            approve(replace(ago, actor=second, now=ago.now + timedelta(days=1), seen=[]), row.ref)
    return len(over[:2])


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
