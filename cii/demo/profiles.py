"""Invented situations: which systems follow a person, which may owe benefits, and the facts that decide."""

import random
from dataclasses import dataclass
from typing import Any

from cii.institutions.vocabulary import Sector, UnitKind
from cii.routing.actions_announce import KINDS
from cii.routing.vocabulary import Potential

A = Sector
_SITUATIONS: tuple[tuple[int, Sector, tuple[Sector, ...], tuple[Sector, ...]], ...] = (
    (26, A.AC, (A.AC,), (A.AI,)),
    (16, A.AC, (A.AC, A.AS), (A.AI,)),
    (12, A.AC, (A.AC,), (A.AS, A.AI)),
    (16, A.AS, (A.AS,), (A.AI,)),
    (12, A.AS, (A.AS,), (A.AC, A.AI)),
    (6, A.AS, (A.AS, A.SMIG), (A.AI,)),
    (8, A.AI, (A.AI,), (A.AC, A.AS)),
    (4, A.AI, (A.AI, A.AS), (A.AC,)),
    (5, A.SFPO, (A.SFPO, A.AS), (A.AI,)),
    (5, A.SMIG, (A.SMIG,), (A.AC, A.AS)),
)
"""Weight, announcing sector, systems that follow, systems that may owe."""
_POTENTIALS = (Potential.NONE,) * 9 + (Potential.LOW,) * 4 + (Potential.MEDIUM,) * 5 + (Potential.HIGH,) * 3
YOUNG_PERMILLE = 230
_KINDS = {**KINDS, A.SFPO: UnitKind.OCOSP}
"""Who announces for a sector: for training, the guidance office."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What an announcing unit knows of a person."""

    sector: Sector
    kind: UnitKind
    followed: tuple[Sector, ...]
    may_owe: tuple[Sector, ...]
    potential: Potential
    young: bool
    facts: dict[str, int]


def situation(chance: random.Random) -> Situation:
    """Draw a situation that meets a detection criterion."""
    _, sector, followed, owe = chance.choices(_SITUATIONS, [one[0] for one in _SITUATIONS])[0]
    ac, social, ai = A.AC in followed, A.AS in followed, A.AI in (*followed, *owe)
    facts = {
        "months_since_registration": chance.randint(3, 26) if ac else 0,
        "framework_days_left": chance.randint(5, 320) if ac else 0,
        "incapacity_months": chance.randint(2, 20) if ai else 0,
        "social_aid_months": chance.randint(4, 60) if social else 0,
        "work_capacity": chance.choice((30, 40, 50, 50, 60, 60, 70, 80, 100)),
        "problems": chance.randint(3, 6),
        "systems": len(followed),
    }
    young = chance.randrange(1000) < YOUNG_PERMILLE
    return Situation(sector, _KINDS[sector], followed, owe, chance.choice(_POTENTIALS), young, facts)


def status_rows(one: Situation) -> list[dict[str, Any]]:
    """Where the person stands in each system, as an import writes it."""
    rows: list[dict[str, Any]] = []
    for system in one.followed:
        days = one.facts["framework_days_left"] if system is A.AC else 0
        drawn = days or (system is A.AS and one.facts["social_aid_months"])
        rows.append(
            {"system": system, "kind": "benefit" if drawn else "followed", "remaining_days": days or None}
        )
    rows += [{"system": system, "kind": "may_be_owed", "remaining_days": None} for system in one.may_owe]
    return rows
