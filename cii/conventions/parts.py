"""What the text of an agreement may say, part by part: frozen values whose absence the checks name.

Every field may be left empty while a text is drafted; `conformity` says what is missing, for whom, and why.
The same dataclass is the form of the page, the body of the API and what is stored. Percentages are whole
percent, permille where the sources state halves. Each field names its indication.
Source: 000, table 1 and §4.1; OACI 81d; 003; 004.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cii.conventions.parts_conduct import (
    Disputes,
    Evaluation,
    Principles,
    Reports,
    Talks,
    Term,
)
from cii.conventions.parts_deal import (
    Aims,
    Bases,
    Parties,
    Price,
    Services,
    Surplus,
    Volume,
)
from cii.conventions.parts_profiles import (
    Insertion,
    OutcomePay,
)
from cii.conventions.vocabulary import Part

PARTS: Mapping[Part, type[Any]] = {
    Part.PARTIES: Parties,
    Part.BASES: Bases,
    Part.AIMS: Aims,
    Part.SERVICES: Services,
    Part.VOLUME: Volume,
    Part.PRICE: Price,
    Part.SURPLUS: Surplus,
    Part.PRINCIPLES: Principles,
    Part.EVALUATION: Evaluation,
    Part.REPORTS: Reports,
    Part.TALKS: Talks,
    Part.TERM: Term,
    Part.DISPUTES: Disputes,
    Part.INSERTION: Insertion,
    Part.OUTCOME_PAY: OutcomePay,
}
"""Each part's shape, in the order of the text."""


@dataclass(frozen=True)
class Text:
    """The whole text; a part that nobody has written is empty."""

    parties: Parties = field(default_factory=Parties)
    bases: Bases = field(default_factory=Bases)
    aims: Aims = field(default_factory=Aims)
    services: Services = field(default_factory=Services)
    volume: Volume = field(default_factory=Volume)
    price: Price = field(default_factory=Price)
    surplus: Surplus = field(default_factory=Surplus)
    principles: Principles = field(default_factory=Principles)
    evaluation: Evaluation = field(default_factory=Evaluation)
    reports: Reports = field(default_factory=Reports)
    talks: Talks = field(default_factory=Talks)
    term: Term = field(default_factory=Term)
    disputes: Disputes = field(default_factory=Disputes)
    insertion: Insertion = field(default_factory=Insertion)
    outcome_pay: OutcomePay = field(default_factory=OutcomePay)
