"""Builders of routing: the canton with its published files, people at work in each unit, a sector's file."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import cii
from cii.access.vocabulary import Role
from cii.cases.actions import publish_grids
from cii.institutions.queries import unit_by_code
from cii.people.vocabulary import Basis
from cii.routing.actions import (
    Announce,
    ConsentAsk,
    ImportDetections,
    RequestReferral,
    announce,
    import_detections,
    request_referral,
)
from cii.routing.rules import HEADERS
from cii.routing.vocabulary import Potential
from cii.store.parameters import publish_parameters
from cii.store.work import Work
from cii.workflow.actions import publish
from tests.access.build_access import an_actor
from tests.institutions.build_institutions import the_canton
from tests.people.build_people import an_avs

WORKFLOWS = Path(cii.__file__).parent.parent / "workflows"


CONSENT = ConsentAsk(date(2026, 10, 14))


@dataclass
class Town:
    """The canton at work: `hands["ORP"]` is the work of a case manager there."""

    hands: dict[str, Work]


UNITS = {
    "ORP": ("ORP-LITTORAL", Role.CASE_MANAGER),
    "OAI": ("OAI-REA", Role.CASE_MANAGER),
    "GSR": ("GSR-VAL-DE-TRAVERS", Role.CASE_MANAGER),
    "doctor": ("MEDECINS", Role.PHYSICIAN),
    "stranger": ("ORP-MONTAGNES", Role.CASE_MANAGER),
    "group": ("GC", Role.COORDINATION_MEMBER),
}


def a_town(work: Work) -> Town:
    """The directory of Neuchâtel with all published files and one person per unit."""
    the_canton(work)
    publish(work, WORKFLOWS)
    publish_grids(work, WORKFLOWS / "grids")
    publish_parameters(work.session, WORKFLOWS / "parameters", work.now)
    hands = {}
    for name, (code, role) in UNITS.items():
        hands[name] = replace(work, actor=an_actor(work, (unit_by_code(work, code), role)), seen=[])
    return Town(hands)


def a_row(**cells: str) -> dict[str, str]:
    """A person of Fleurier, followed by unemployment insurance, to whom disability insurance may owe."""
    usual = {
        "avs": an_avs(), "nom": "Exemple", "prenom": "Dominique", "naissance": "17.05.1980", "npa": "2114",
        "localite": "Fleurier", "langue": "fr", "suivi_par": "AC", "droit_possible": "AI+AS",
        "mois_depuis_inscription": "14", "jours_indemnite_restants": "80", "mois_incapacite": "8",
        "mois_aide_sociale": "0", "capacite_travail": "60", "problemes": "2",
    }  # fmt: skip
    return usual | cells


def a_file(*rows: dict[str, str]) -> bytes:
    """The CSV file of these rows, as a sector exports it."""
    lines = [";".join(HEADERS), *(";".join(row.get(header, "") for header in HEADERS) for row in rows)]
    return ("﻿" + "\r\n".join(lines) + "\r\n").encode()


def a_detection(hand: Work, **cells: str) -> str:
    """The ref of a detected person, imported by that unit."""
    found = import_detections(hand, ImportDetections("liste.csv", a_file(a_row(**cells))))
    return found.detected[0].detection_ref or ""


def an_announced(hand: Work, **cells: str):
    """A case announced with consent."""
    return announce(
        hand,
        Announce(
            a_detection(hand, **cells), Potential.MEDIUM, "Situation complexe", Basis.CONSENT,
            ConsentAsk(date(2026, 10, 14)),
        ),
    )  # fmt: skip


def everyday(town: Town, *, may_owe: str = "AI+AS", hand: str = "ORP", **cells: str):
    """A case of everyday collaboration: without potential today, the first system of `may_owe` is asked."""
    ref = a_detection(town.hands[hand], droit_possible=may_owe, **cells)
    return announce(town.hands[hand], Announce(ref, Potential.NONE, "Situation complexe", consent=CONSENT))


def sent_to(town: Town, case_ref: str, name: str, hand: str = "ORP"):
    """The case's sender asks the unit of that name next."""
    unit = unit_by_code(town.hands[hand], UNITS[name][0])
    return request_referral(town.hands[hand], RequestReferral(case_ref, unit.ref, "Suite de la demande"))


def codes(no) -> list[str]:
    """The reasons of a refusal, by their codes."""
    return [one.code for one in no.value.reasons]
