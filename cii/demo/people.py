"""Invented persons: names, birth dates, addresses in the canton, AVS numbers of the range 756.9999.

Every name is drawn from two lists; no person is meant. The numbers are formally valid (EAN-13) and lie in a
range that the loader keeps for itself.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from cii.people.rules import folded
from cii.people.vocabulary import Sex

FILES = Path(__file__).parent / "files"
FIRST = tuple((FILES / "first_names.txt").read_text(encoding="utf-8").split())
LAST = tuple((FILES / "last_names.txt").read_text(encoding="utf-8").split())
MEN = frozenset((FILES / "first_names_men.txt").read_text(encoding="utf-8").split())
LANGUAGES = ("fr",) * 17 + ("de", "en", "en")

FILE_NUMBERS, FILE_COUNT = 90_000, 1_000
"""This part of the range belongs to the example files: the loaded canton steps over it."""


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented person, as one unit would type them."""

    avs: str
    last_name: str
    first_name: str
    birth_date: date
    postcode: str
    municipality: str
    region: str
    language: str

    @property
    def folded(self) -> str:
        """The name as search finds it."""
        return folded(self.last_name, self.first_name)

    @property
    def sex(self) -> Sex | None:
        """As the name says; of one in twenty nobody stated it."""
        if int(self.avs[7:12]) % 20 == 0:
            return None
        return Sex.MALE if self.first_name in MEN else Sex.FEMALE


@dataclass(frozen=True, slots=True)
class Place:
    """A postcode of the canton's directory."""

    postcode: str
    municipality: str
    region: str


def avs(number: int) -> str:
    """The thirteen digits of the `number`-th number of the range; from 100 000 on 756.9998 follows."""
    block, rest = divmod(number, 100_000)
    twelve = f"756{9999 - block}{rest:05}"
    odd, even = sum(map(int, twelve[::2])), sum(map(int, twelve[1::2]))
    return f"{twelve}{-(odd + 3 * even) % 10}"


def invent(  # noqa: PLR0917 - what makes a person
    chance: random.Random,
    number: int,
    places: Sequence[Place],
    on: date,
    youngest: int = 18,
    oldest: int = 63,
) -> Invented:
    """A person of that age span (completed years) on a day."""
    place = chance.choice(places)
    span = (oldest - youngest) * 365 + 364
    birth = date(on.year - youngest, on.month, min(on.day, 28)) - timedelta(days=chance.randint(0, span))
    return Invented(
        avs(number),
        chance.choice(LAST),
        chance.choice(FIRST),
        birth,
        place.postcode,
        place.municipality,
        place.region,
        chance.choice(LANGUAGES),
    )
