"""One person sent on three times within the year, told by the acts of the rooms themselves.

Between social aid and disability insurance, until the third redirect opens the joint assessment and the
coordination group has its alert: rapport CII 2009-2013, point 4 (« effet tourniquet »).
"""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from cii.access.queries import account_actor
from cii.demo.directory import House
from cii.demo.people import FILE_COUNT, FILE_NUMBERS, Invented, invent
from cii.institutions.queries import unit_by_code
from cii.people.rules import avs_written
from cii.people.vocabulary import Basis
from cii.routing.actions import (
    Announce,
    ConsentAsk,
    ImportDetections,
    MoveReferral,
    RequestReferral,
    announce,
    import_detections,
    move_referral,
    request_referral,
)
from cii.routing.rules import HEADERS
from cii.routing.vocabulary import Potential, ReferralEvent
from cii.store.work import Work

_HANDS = {"orp": "ORP-LITTORAL", "oai": "OAI-REA", "gsr.vdt": "GSR-VAL-DE-TRAVERS"}
_TURNS = (
    ("oai", "gsr.vdt", 52, "Pas de perte de gain durable à ce stade: l'aide sociale est plus proche."),
    ("gsr.vdt", "oai", 34, "L'état de santé prime: une demande AI est à examiner d'abord."),
    ("oai", "gsr.vdt", 9, "Capacité de travail suffisante: la situation sociale est à clarifier."),
)
"""Who sends on to whom, how many days ago, in which words."""
_BEFORE, _READ = 62, timedelta(hours=2)
"""Days since the announcement; how long after the receipt the answer comes."""


def tell_carousel(work: Work, house: House) -> None:
    """Announce the person and let two institutions send her on until all sit down together."""
    begun = work.now - timedelta(days=_BEFORE)
    person = invent(random.Random(4), FILE_NUMBERS + FILE_COUNT - 1, house.places, work.today, 38, 52)  # noqa: S311
    orp = _hand(work, "orp", begun)
    (found,) = import_detections(orp, ImportDetections("signalement.csv", _file(person))).detected
    consent = ConsentAsk((begun - timedelta(days=1)).date())
    why = "Santé et fin de droit: qui accompagne?"
    wish = Announce(found.detection_ref or "", Potential.NONE, why, Basis.CONSENT, consent)
    made = announce(orp, wish)
    ref = made.referral_ref or ""
    for turn, (asked, named, ago, why) in enumerate(_TURNS):
        at = work.now - timedelta(days=ago)
        unit = unit_by_code(work, _HANDS[named]).ref
        move_referral(_hand(work, asked, at), MoveReferral(ref, ReferralEvent.RECEIVE))
        redirect = MoveReferral(ref, ReferralEvent.REDIRECT, why, named_unit_ref=unit)
        move_referral(_hand(work, asked, at + _READ), redirect)
        if turn < len(_TURNS) - 1:
            ask = RequestReferral(made.case.ref, unit, "L'institution désignée est priée de reprendre.")
            ref = request_referral(_hand(work, "orp", at + timedelta(days=3)), ask).ref


def _file(person: Invented) -> bytes:
    """The person as the employment office's file names her; she lives where the social counter is."""
    cells = (
        avs_written(person.avs), person.last_name, person.first_name, f"{person.birth_date:%d.%m.%Y}", "2114",
        "Fleurier", person.language, "AC", "AI+AS", "14", "80", "8", "0", "60", "2", "2",
    )  # fmt: skip
    return "\r\n".join((";".join(HEADERS), ";".join(cells), "")).encode()


def _hand(work: Work, who: str, at: datetime) -> Work:
    """The work of an account at that moment."""
    actor = account_actor(work, f"{who}@cii.example")
    return replace(work, actor=actor, now=at, seen=[])
