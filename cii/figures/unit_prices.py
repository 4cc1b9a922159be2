"""Unit prices side by side: by kind of measure, payer and provider, with the declared extras (i.17)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from cii.agreements.known import tariffs_on
from cii.agreements.vocabulary import Basis
from cii.conventions.extras import Declared, extras_declared
from cii.conventions.vocabulary import ExtraKind, PricedUnit
from cii.figures.rules_unit_prices import day_price, median, month_price, permille_above
from cii.institutions.queries import lines_by_id
from cii.kernel.money import Chf
from cii.measures.queries import measures_by_id
from cii.measures.vocabulary import MeasureKind
from cii.providers.naming import provider_shown
from cii.store.work import Work


@dataclass(frozen=True)
class ExtraPrice:
    """An extra that an agreement declares, and what it costs by its unit."""

    kind: ExtraKind
    unit: PricedUnit
    amount: Chf
    wording: str


@dataclass(frozen=True)
class UnitPrice:
    """A tariff of a day by a place's month and working day; None does not compare with a place.

    `median`: of the same kind of measure, over what the reader may see; `extras_none`: it is declared that
    there are none for the measure.
    """

    agreement_ref: str
    number: str
    provider_ref: str
    provider: str
    kind: MeasureKind
    measure: str
    line: str
    basis: Basis
    amount: Chf
    per_month: Chf | None
    per_day: Chf | None
    median: Chf | None
    extras: tuple[ExtraPrice, ...]
    extras_none: bool


@dataclass(frozen=True)
class ComparedExtra:
    """An extra beside those of the same kind and unit: `median` of them, and how far it stands above.

    What a provider declares alike under several agreements stands once, with their numbers, and weighs once.
    `measure` empty: of every measure of the agreement. `above`: permille of the median, None of nothing.
    """

    kind: ExtraKind
    unit: PricedUnit
    amount: Chf
    median: Chf
    above: int | None
    provider_ref: str
    provider: str
    measure: str
    wording: str
    agreements: tuple[str, ...]


@dataclass(frozen=True)
class UnitPrices:
    """The prices of a day, by kind and price; the extras by kind, unit and amount.

    `undeclared`: the agreements, by number, that say neither which extras there are nor that there are none.
    """

    day: date
    prices: tuple[UnitPrice, ...]
    extras: tuple[ComparedExtra, ...]
    undeclared: tuple[str, ...]


def unit_prices(work: Work, day: date) -> UnitPrices:
    """The unit prices of a day under the agreements that the actor may see, the dearest last in its kind."""
    rows = tariffs_on(work, day)
    measures = measures_by_id(work, {row.measure_id for row in rows})
    lines = lines_by_id(work, {row.line_id for row in rows})
    shown = provider_shown(work, {row.provider_id for row in rows})
    declared = extras_declared(work, {row.agreement_id for row in rows})
    months = [
        month_price(
            row.basis,
            row.amount,
            places=row.places,
            day_minutes=row.day_minutes,
            term=(row.valid_from, row.valid_to) if row.valid_to else None,
        )
        for row in rows
    ]
    by_kind: dict[MeasureKind, list[Chf]] = defaultdict(list)
    for row, month in zip(rows, months, strict=True):
        if month is not None:
            by_kind[measures[row.measure_id].kind].append(month)
    middle = {kind: median(held) for kind, held in by_kind.items()}
    found = []
    for row, month in zip(rows, months, strict=True):
        measure, (ref, name) = measures[row.measure_id], shown[row.provider_id]
        said = declared.get(row.agreement_id, Declared())
        extras = [one for one in said.extras if one.measure_ref in {"", measure.ref}]
        found.append(
            UnitPrice(
                agreement_ref=row.agreement_ref,
                number=row.number,
                provider_ref=ref,
                provider=name,
                kind=measure.kind,
                measure=measure.name,
                line=lines[row.line_id].code,
                basis=row.basis,
                amount=row.amount,
                per_month=month,
                per_day=day_price(month),
                median=middle.get(measure.kind),
                extras=tuple(ExtraPrice(one.kind, one.unit, one.amount, one.wording) for one in extras),
                extras_none=not extras and said != Declared(),
            )
        )
    found.sort(key=lambda one: (one.kind, one.per_month is None, _cents(one.per_month), one.number))
    numbers = {row.agreement_id: row.number for row in rows}
    silent = {number for own, number in numbers.items() if declared.get(own, Declared()) == Declared()}
    offers: dict[_Alike, set[str]] = defaultdict(set)
    names = {one.ref: one.name for one in measures.values()}
    for row in rows:
        for one in declared.get(row.agreement_id, Declared()).extras:
            ref, name = shown[row.provider_id]
            of = names.get(one.measure_ref, "")
            alike = _Alike(one.kind, one.unit, one.amount.centimes, name, ref, of, one.wording)
            offers[alike].add(row.number)
    return UnitPrices(day, tuple(found), _compared(offers), tuple(sorted(silent)))


class _Alike(NamedTuple):
    """What makes extras one and the same, in the order in which they are told."""

    kind: ExtraKind
    unit: PricedUnit
    centimes: int
    provider: str
    provider_ref: str
    measure: str
    wording: str


def _compared(offers: Mapping[_Alike, Collection[str]]) -> tuple[ComparedExtra, ...]:
    prices: dict[tuple[ExtraKind, PricedUnit], list[Chf]] = defaultdict(list)
    for one in offers:
        prices[one.kind, one.unit].append(Chf(one.centimes))
    found = []
    for one in sorted(offers):
        middle = median(prices[one.kind, one.unit]) or Chf()
        found.append(
            ComparedExtra(
                kind=one.kind,
                unit=one.unit,
                amount=Chf(one.centimes),
                median=middle,
                above=permille_above(Chf(one.centimes), middle),
                provider_ref=one.provider_ref,
                provider=one.provider,
                measure=one.measure,
                wording=one.wording,
                agreements=tuple(sorted(offers[one])),
            )
        )
    return tuple(found)


def _cents(price: Chf | None) -> int:
    return 0 if price is None else price.centimes
