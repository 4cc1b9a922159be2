"""Signed links of the demo canton: made by the acts of the rooms, some answered, one revoked, some waiting.

The persons are invented, and so are their addresses: a link that waits is found among the mails of the demo.
"""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from cii.access.queries import account_actor
from cii.access.vocabulary import LinkDelivery, LinkPurpose
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus
from cii.kernel.errors import Refusal
from cii.partners.actions import Made, MakeLink, make, revoke
from cii.partners.answering import RateByLink, answer
from cii.people.queries import label
from cii.store.work import Actor, Work

_HANDS = ("orp", "oai", "gsr.vdt")
_ADDRESS = "personne@exemple.invalid"
_EACH = 2
"""Cases per hand that get links."""
_RATINGS = (
    RateByLink(4, 5, 3, 4, "J'ai apprécié d'avoir un seul interlocuteur."),
    RateByLink(3, 4, 4, 4),
    RateByLink(5, 5, 4, 5, "Les délais ont été tenus."),
)


def send_links(work: Work) -> int:
    """Some hands ask the persons of their cases how satisfied they are; returns how many links there are."""
    made = 0
    for turn, login in enumerate(_HANDS):
        hand = replace(
            work, actor=account_actor(work, f"{login}@cii.example"), now=work.now - timedelta(days=6), seen=[]
        )
        for place, case in enumerate(_own(hand)):
            link = _rating(hand, case, LinkDelivery.LETTER if place == 0 else LinkDelivery.MAIL)
            if link is None:
                continue
            made += 1
            if place == 0:
                said = replace(work, actor=Actor("visitor"), now=hand.now + timedelta(days=2), seen=[])
                answer(said, link.token or "", _RATINGS[turn])
            elif turn == 0:
                revoke(replace(hand, now=hand.now + timedelta(days=1)), link.ref)
    return made


def _own(hand: Work) -> list[CaseFile]:
    """Open cases that the hand's unit leads, the newest first."""
    wanted = select(CaseFile).where(
        col(CaseFile.lead_unit_id).in_(hand.actor.units),
        col(CaseFile.status) == CaseStatus.OPEN,
        col(CaseFile.opened_at) < hand.now,
        col(CaseFile.restricted).is_(False),
    )
    newest = wanted.order_by(col(CaseFile.opened_at).desc(), col(CaseFile.id).desc())
    return list(hand.session.exec(newest.limit(_EACH)))


def _rating(hand: Work, case: CaseFile, delivery: LinkDelivery) -> Made | None:
    """None where the case lets no link be made."""
    known = label(hand, [case.person_id]).get(case.person_id)
    name = known.name if known else "La personne"
    try:
        return make(hand, MakeLink(case.ref, LinkPurpose.SATISFACTION, name, 30, delivery, _ADDRESS))
    except Refusal:
        return None
