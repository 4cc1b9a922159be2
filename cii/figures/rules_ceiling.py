"""Pure rules of the federal ceiling of labour-market measures: what it is, and how a line stands under it.

Source: RS 837.022.531 art. 2-3; product.md AC4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cii.figures.vocabulary import CeilingInput
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf

LEAST: Mapping[CeilingInput, int] = {CeilingInput.ACTIVE_POPULATION: 1, CeilingInput.JOB_SEEKERS: 0}
"""The smallest value that an input may have."""
FIRST_YEAR = 2009
"""The bands are known from this year on."""
MOST = 10_000_000
"""No canton has more inhabitants."""
_PERMILLE = 1000


class CeilingValueUnfit(Refusal):
    """A count of persons: whole, not negative, the active population above zero, within what a canton has."""

    code, kind = "ceiling-value-unfit", "unfit"


class CeilingYearUnfit(Refusal):
    """A mean is entered for a year that has begun and for which bands are published."""

    code, kind = "ceiling-year-unfit", "unfit"


class CeilingValueSame(Refusal):
    """The value and its source stand already."""

    code, kind = "ceiling-value-same", "conflict"


class CeilingInputMissing(Refusal):
    """Without the active population and a mean of job-seekers there is no ceiling."""

    code, kind = "ceiling-input-missing", "conflict"


@dataclass(frozen=True, slots=True)
class Band:
    """Job-seekers up to this share of the active population bring `per_head` each."""

    upto_permille: int
    per_head: Chf


@dataclass(frozen=True, slots=True)
class BandShare:
    """What one band brings: the job-seekers counted in it (exact) and their sum before rounding."""

    band: Band
    over_permille: int
    counted: Fraction

    @property
    def exact(self) -> Fraction:
        """Centimes, not rounded."""
        return self.counted * self.band.per_head.centimes

    @property
    def amount(self) -> Chf:
        """The sum to the centime."""
        return Chf.rounded(self.exact)


def band_shares(active: int, counted: int, bands: Sequence[Band]) -> tuple[BandShare, ...]:
    """How the job-seekers counted fall into the bands; what lies beyond the last one is in none."""
    floor, over, found = Fraction(0), 0, []
    for band in bands:
        top = Fraction(active * band.upto_permille, _PERMILLE)
        within = max(min(Fraction(counted), top) - floor, Fraction(0))
        found.append(BandShare(band, over, within))
        floor, over = max(floor, top), band.upto_permille
    return tuple(found)


def federal_ceiling(active: int, seekers: int, seekers_year_before: int, bands: Sequence[Band]) -> Chf:
    """What the Confederation pays at most for the canton's labour-market measures in a year.

    The higher of the two years' mean counts; what lies beyond the last band brings nothing.
    Source: RS 837.022.531 art. 2; product.md AC4: 100 000 active, 6 000 → 15 440 000.
    """
    shares = band_shares(active, max(seekers, seekers_year_before), bands)
    return Chf.rounded(sum((one.exact for one in shares), Fraction(0)))


def national_limit(ceiling: Chf, permille: int) -> Chf:
    """What national measures may take of the ceiling. Source: RS 837.022.531 art. 3 (6 %)."""
    return Chf.rounded(Fraction(ceiling.centimes * permille, _PERMILLE))


@dataclass(frozen=True, slots=True)
class Inputs:
    """The counts of a year as they are known: None was not entered."""

    active: int | None
    seekers: int | None
    seekers_year_before: int | None

    @property
    def counted(self) -> int | None:
        """The mean that counts: the higher of the two years', or the only one known."""
        return max((one for one in (self.seekers, self.seekers_year_before) if one is not None), default=None)

    @property
    def provisional(self) -> bool:
        """Whether a mean is still missing: the ceiling is then at least what is shown."""
        return self.counted is not None and (self.seekers is None or self.seekers_year_before is None)


def input_faults(inputs: Inputs, year: int) -> list[Refusal]:
    """What is missing before a ceiling can be said."""
    found: list[Refusal] = []
    if inputs.active is None:
        found.append(CeilingInputMissing(what=CeilingInput.ACTIVE_POPULATION, year=str(year)))
    if inputs.counted is None:
        found.append(CeilingInputMissing(what=CeilingInput.JOB_SEEKERS, year=str(year)))
    return found


@dataclass(frozen=True, slots=True)
class Use:
    """How the lines of unemployment insurance stand in a year: granted, delivered or paid, still bound."""

    granted: Chf
    used: Chf
    committed: Chf


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left under the ceiling, what exceeds it as things are bound, and as the budget is granted."""

    left: Chf
    exceeding: Chf
    budget_beyond: Chf


def standing(ceiling: Chf, use: Use) -> Standing:
    """The lines under the ceiling; a sum that exceeds it is not borne by the Confederation."""
    bound, none = use.used + use.committed, Chf()
    return Standing(max(ceiling - bound, none), max(bound - ceiling, none), max(use.granted - ceiling, none))


def value_faults(kind: CeilingInput, value: int, year: int, this_year: int) -> list[Refusal]:
    """What is wrong with a count that somebody enters, all at once."""
    found: list[Refusal] = []
    if not LEAST[kind] <= value <= MOST:
        found.append(CeilingValueUnfit(field="value", least=LEAST[kind], most=MOST))
    if not FIRST_YEAR <= year <= this_year:
        found.append(CeilingYearUnfit(field="year", first=str(FIRST_YEAR), last=str(this_year)))
    return found
