"""What figures answer: frozen plain rows, without ids. Shares are exact fractions, money is `Chf`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cii.agreements.vocabulary import Direction, IndicatorUnit, Interruptions
from cii.figures.rules import Value
from cii.figures.vocabulary import Definition, Light, Origin
from cii.institutions.vocabulary import Sector
from cii.kernel.money import Chf
from cii.kernel.period import Quarter
from cii.measures.vocabulary import MeasureKind
from cii.placements.vocabulary import ExitType


@dataclass(frozen=True, slots=True)
class Use:
    """How places were used. Days are calendar days, but `attended_days` and `absence_days` (attested days).

    `participants`: stays begun that touch the period. `allocated_end`: places held on the last day,
    reservations with them. `place_days`: places × days on which they existed. `occupied_days`: days from
    entry to the last day of a stay. `cost`: what was delivered (accrued), `invoiced`: statements accepted.
    `stay_months`: stays × months with a working day, for which days are to be attested; `unattested`: those
    of which nobody attested a day.
    """

    place_days: int
    places_end: int
    participants: int
    allocated_end: int
    allocated_days: int
    occupied_days: int
    attended_days: int
    absence_days: int
    entries: int
    exits: int
    interruptions: int
    cost: Chf
    invoiced: Chf
    days: int
    stay_months: int = 0
    unattested: int = 0

    @property
    def attested(self) -> bool:
        """Whether days attended are known at all: nobody stayed, or some day was attested."""
        return not self.stay_months or self.unattested < self.stay_months

    @property
    def places_average(self) -> Fraction:
        """Places on an average day of the period."""
        return Fraction(self.place_days, self.days)

    @property
    def occupancy(self) -> Fraction | None:
        """Occupied days among place days; None without places."""
        return Fraction(self.occupied_days, self.place_days) if self.place_days else None

    @property
    def cost_per_day(self) -> Chf | None:
        """What an attended day cost; None without attendance."""
        return Chf.rounded(Fraction(self.cost.centimes, self.attended_days)) if self.attended_days else None


@dataclass(frozen=True, slots=True)
class LineFigures:
    """A measure as one funding line used it; `institution` is the code of the line's institution."""

    measure: str
    line: str
    sector: Sector
    institution: str
    use: Use
    exit_types: Mapping[ExitType, int]


@dataclass(frozen=True, slots=True)
class MeasureFigures:
    """A measure with all its lines; `agreements` are the numbers of those in force in the period."""

    ref: str
    measure: str
    name: str
    kind: MeasureKind
    mixed: bool
    provider: str | None
    use: Use
    exit_types: Mapping[ExitType, int]
    agreements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BudgetFigures:
    """A line's year as it stood at the end of the period: what was booked by then, and later for its days."""

    line: str
    name: str
    sector: Sector
    institution: str
    year: int
    hard: bool
    granted: Chf
    free: Chf
    committed: Chf
    accrued: Chf
    invoiced: Chf
    paid: Chf

    @property
    def used(self) -> Chf:
        """What was delivered, whether invoiced and paid or not."""
        return self.accrued + self.invoiced + self.paid


@dataclass(frozen=True, slots=True)
class IndicatorFigures:
    """An indicator of an agreement: its value from January (or the agreement's start) to the period's end.

    `quarter` is the value of the quarter alone. `institutions`: codes of the paying institutions and of the
    provider. `interruptions`: how the agreement counts stays that were broken off (i.11), where it says so.
    `published`, `published_version`: the definition of the catalogue by which it was measured.
    """

    agreement: str
    agreement_version: int
    provider: str
    institutions: tuple[str, ...]
    code: str
    title: Mapping[str, str]
    unit: IndicatorUnit
    direction: Direction
    target: int
    minimum: int | None
    interruptions: Interruptions | None
    published: str
    published_version: int
    definition: Definition
    origin: Origin
    value: Value | None
    quarter: Value | None
    light: Light


@dataclass(frozen=True, slots=True)
class WaitingFigures:
    """Who waits for a measure under a line at the end of the period: the need that is not met."""

    measure: str
    line: str
    institution: str
    waiting: int
    urgent: int
    before: int
    """How many waited at the end of the quarter before."""
    longest_days: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date that binds somebody: `kind` is `agreement_end`, `notice` or `deliverable`."""

    on: date
    kind: str
    agreement: str
    agreement_version: int
    provider: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Unattributed:
    """Cost delivered under an agreement of several measures that names none of them."""

    line: str
    agreement: str
    cost: Chf


@dataclass(frozen=True, slots=True)
class QuarterFigures:
    """All figures of a quarter as known at a moment."""

    quarter: Quarter
    measures: tuple[MeasureFigures, ...]
    lines: tuple[LineFigures, ...]
    budgets: tuple[BudgetFigures, ...]
    indicators: tuple[IndicatorFigures, ...]
    waiting: tuple[WaitingFigures, ...]
    deadlines: tuple[Deadline, ...]
    unattributed: tuple[Unattributed, ...]
