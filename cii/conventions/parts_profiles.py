"""What only one profile says: the insertion project (003), the contents of pay by outcome (004)."""

from dataclasses import dataclass, field
from datetime import date

from cii.conventions.fields import line, many, prose, whole
from cii.conventions.vocabulary import (
    MeansKind,
)


@dataclass(frozen=True)
class Means:
    """What is put at disposal beside money (003)."""

    kind: MeansKind
    wording: str = line(500)


@dataclass(frozen=True)
class YearGoal:
    """The exits aimed at in a year, in permille of all: durable, and dynamic of any kind."""

    year: int = field(metadata={"min": 2000, "max": 2200})
    durable: int = field(metadata={"min": 0, "max": 1000})
    dynamic: int = field(metadata={"min": 0, "max": 1000})


@dataclass(frozen=True)
class Insertion:
    """The insertion project of the French agreement in its four axes, with what surrounds it (003)."""

    reception: str = prose(3000)
    accompaniment: str = prose(3000)
    training: str = prose(3000)
    territory: str = prose(3000)
    council_opinion: str = prose(1000)
    council_on: date | None = None
    council_favourable: bool = False
    funders: str = prose(1000)
    funders_on: date | None = None
    means: tuple[Means, ...] = many(20)
    trajectory: tuple[YearGoal, ...] = many(6)
    positive_exits: str = prose(1000)


@dataclass(frozen=True)
class CategoryContent:
    """What a client of a category must be offered (004)."""

    category: str = line(60)
    content: str = prose(1000)


@dataclass(frozen=True)
class OutcomePay:
    """What pay by outcome needs beside its scheme: contents per category, referral, subcontractors (004.

    B1, B3).
    """

    categories: tuple[CategoryContent, ...] = many(12)
    referral: str = prose(1000)
    subcontracted_percent: int | None = whole(0, 100)
