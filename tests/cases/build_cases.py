"""Builders of cases: a network of units that share a case, and people who work in them."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import cii
from cii.access.vocabulary import Role, Section
from cii.cases.actions import (
    GridAnswer,
    VoiceDone,
    WriteGrid,
    WriteMedical,
    join,
    open_case,
    publish_grids,
    voice_done,
    write_grid,
    write_medical,
)
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath, PartyRole, Voice
from cii.institutions.tables import Unit
from cii.institutions.vocabulary import Sector, UnitKind
from cii.people.actions import AttachPerson, attach_person
from cii.people.tables import Person
from cii.store.parameters import publish_parameters
from cii.store.work import Work
from tests.access.build_access import an_actor, as_
from tests.institutions.build_institutions import a_unit

WORKFLOWS = Path(cii.__file__).parent.parent / "workflows"
DAY = date(2026, 10, 14)


def a_person(work: Work, unit: Unit, last="Exemple", first="Dominique", avs=None) -> Person:
    """A person as that unit knows them."""
    return attach_person(work, AttachPerson(avs, last, first, date(1980, 5, 17)), unit.id)


@dataclass
class Network:
    """A case of the network: AC leads, AI, AS and a physician have their parts; each has somebody at work."""

    case: CaseFile
    units: dict[str, Unit]
    hands: dict[str, Work]


def a_network(work: Work, path=CasePath.NETWORK) -> Network:
    """A running case with all voices; `hands["AI"]` is the work of somebody there."""
    publish_grids(work, WORKFLOWS / "grids")
    publish_parameters(work.session, WORKFLOWS / "parameters", work.now)
    units = {
        "AC": a_unit(work, Sector.AC),
        "AI": a_unit(work, Sector.AI, UnitKind.AI_OFFICE),
        "AS": a_unit(work, Sector.AS, UnitKind.GSR),
        "physician": a_unit(work, None, UnitKind.MEDICAL),
        "stranger": a_unit(work, Sector.AC),
    }
    roles = {key: Role.PHYSICIAN if key == "physician" else Role.CASE_MANAGER for key in units}
    hands = {key: as_(work, an_actor(work, (unit, roles[key]))) for key, unit in units.items()}
    person = a_person(work, units["AC"])
    case = open_case(
        work, person_id=person.id, path=path, opened_by_unit_id=units["AC"].id, lead_unit_id=units["AC"].id
    )
    for key in ("AI", "AS", "physician"):
        join(work, case, units[key].id, PartyRole(key), basis="consent")
    return Network(case, units, hands)


def an_entry(item="punctuality", value="2", on=DAY) -> GridAnswer:
    return GridAnswer(item, value, on, "entretien")


def a_grid(net: Network, who: str, *entries: GridAnswer, version=None) -> list:
    """Entries of one unit."""
    return write_grid(net.hands[who], WriteGrid(net.case.ref, entries or (an_entry(),), version=version))


def a_statement(net: Network, **more):
    """The physician's part."""
    ask = WriteMedical(net.case.ref, "Lombalgies chroniques.", "Pas de charges au-delà de 5 kg.", DAY, 60)
    return write_medical(net.hands["physician"], replace(ask, **more))


def all_voices(net: Network, but: tuple[Voice, ...] = ()) -> None:
    """Everybody writes and says that it is done."""
    for voice in Voice:
        if voice in but:
            continue
        if voice is Voice.PHYSICIAN:
            a_statement(net)
        else:
            a_grid(net, voice.value)
        voice_done(net.hands[voice.value], VoiceDone(net.case.ref, voice))


ALL = Section(255)
