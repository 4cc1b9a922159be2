"""Unit prices side by side: by kind of measure, payer and provider, with the declared extras (i.17)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from cii.agreements.known import tariffs_on
from cii.agreements.vocabulary import Basis
from cii.conventions.extras import Declared, extras_declared
from cii.conventions.vocabulary import ExtraKind, PricedUnit
from cii.figures.rules_unit_prices import day_price, median, month_price
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
    there are none.
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
class UnitPrices:
    """The prices of a day, by kind and price."""

    day: date
    prices: tuple[UnitPrice, ...]


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
        extras = (one for one in said.extras if one.measure_ref in {"", measure.ref})
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
                extras_none=said.none,
            )
        )
    found.sort(key=lambda one: (one.kind, one.per_month is None, _cents(one.per_month), one.number))
    return UnitPrices(day, tuple(found))


def _cents(price: Chf | None) -> int:
    return 0 if price is None else price.centimes
