"""Pure rules of the measures: dated places, mixed or not, overlaps, the share of professional places."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cii.kernel.errors import Refusal
from cii.measures.vocabulary import COUNTED_KINDS, MeasureKind

MIXED_FROM = 2
"""Sectors with places in a measure from which it is mixed."""


class MeasureCodeTaken(Refusal):
    """Another measure has this code."""

    code, kind = "measure-code-taken", "conflict"


class QuotaInThePast(Refusal):
    """A number of places cannot change for days that are over: history is not rewritten."""

    code, kind = "quota-in-the-past", "conflict"


class RespondentInThePast(Refusal):
    """The respondent service changes from today on, after the present one has begun."""

    code, kind = "respondent-in-the-past", "conflict"


class MeasureDatesUpsideDown(Refusal):
    """The measure would end before it starts."""

    code, kind = "measure-dates-upside-down", "unfit"


class OutsideTheMeasure(Refusal):
    """A dated change lies outside the life of the measure."""

    code, kind = "outside-the-measure", "unfit"


class NegativePlaces(Refusal):
    """A number of places is zero or more."""

    code, kind = "negative-places", "unfit"


class UnknownRegion(Refusal):
    """The canton has no region of this code."""

    code, kind = "unknown-region", "unfit"


class RuleInThePast(Refusal):
    """An eligibility table counts from today on; decisions already taken keep theirs."""

    code, kind = "rule-in-the-past", "conflict"


@dataclass(frozen=True, slots=True)
class Dated:
    """A number of one series (a kind, or a line and kind) from a date on; `order` breaks ties, later wins."""

    series: tuple[object, ...]
    places: int
    valid_from: date
    order: int


def in_force(rows: Iterable[Dated], day: date) -> dict[tuple[object, ...], int]:
    """The number of each series on that day: the latest start counts, among equals the last recorded."""
    best: dict[tuple[object, ...], Dated] = {}
    for row in rows:
        held = best.get(row.series)
        if row.valid_from <= day and (
            held is None or (row.valid_from, row.order) > (held.valid_from, held.order)
        ):
            best[row.series] = row
    return {series: row.places for series, row in best.items()}


@dataclass(frozen=True, slots=True)
class Step:
    """From `first` to `last` (both inside) the number is `places`."""

    first: date
    last: date
    places: int


def steps(rows: Sequence[Dated], first: date, last: date) -> list[Step]:
    """The sum of all series between two days (both inside), cut where it changes."""
    cuts = sorted({first, *(row.valid_from for row in rows if first < row.valid_from <= last)})
    found: list[Step] = []
    for number, start in enumerate(cuts):
        end = date.fromordinal(cuts[number + 1].toordinal() - 1) if number + 1 < len(cuts) else last
        places = sum(in_force(rows, start).values())
        if found and found[-1].places == places:
            found[-1] = Step(found[-1].first, end, places)
        else:
            found.append(Step(start, end, places))
    return found


def is_mixed(sectors: Collection[str]) -> bool:
    """Whether at least two sectors have places in the measure. Source: product.md §8."""
    return len(set(sectors)) >= MIXED_FROM


def professional_share(places: Mapping[MeasureKind, int]) -> Fraction | None:
    """Share of professional places among the three counted kinds; None where there are no places.

    Source: CII report 2009-2013 §3: 48/204 → 86/199 → 136/194 (23.5 % → 43.2 % → 70.1 %).
    """
    whole = sum(places.get(kind, 0) for kind in COUNTED_KINDS)
    return Fraction(places.get(MeasureKind.PROFESSIONAL, 0), whole) if whole else None


@dataclass(frozen=True, slots=True)
class Profile:
    """What makes two measures comparable; `ends_on` None is open."""

    code: str
    kind: MeasureKind
    region: str
    languages: tuple[str, ...]
    target_groups: tuple[str, ...]
    starts_on: date
    ends_on: date | None


def overlap(one: Profile, other: Profile) -> bool:
    """Whether two measures offer the same kind to the same group in the same region at the same time."""
    return (
        one.kind == other.kind
        and (not one.region or not other.region or one.region == other.region)
        and bool(set(one.target_groups) & set(other.target_groups))
        and bool(set(one.languages) & set(other.languages))
        and (one.ends_on is None or other.starts_on <= one.ends_on)
        and (other.ends_on is None or one.starts_on <= other.ends_on)
    )
