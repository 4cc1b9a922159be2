"""What a placement costs each payer, per budget year, and which agreement bears it.

A stay with several payers is priced once, by the tariff of the requesting line; the key then splits each
piece to the centime. Each payer needs its own agreement for the measure. Source: money.md §1,
agreements.queries.price_of.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cii.agreements.living import agreement_in_force
from cii.agreements.queries import price_of, provider_units
from cii.institutions.queries import lines_by_id
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.placements.rules import NoAgreement
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Payer:
    """A funding line with its weight in the key; the first of several is the requesting line."""

    line_id: int
    weight: int


@dataclass(frozen=True, slots=True)
class PayerBill:
    """What one payer bears: in all, and per budget year."""

    line_id: int
    agreement_id: int
    weight: int
    amount: Chf
    years: tuple[tuple[int, Chf], ...]


@dataclass(frozen=True, slots=True)
class Bill:
    """What the whole placement costs; the payers' amounts sum to `total`."""

    total: Chf
    payers: tuple[PayerBill, ...]
    provider_unit_id: int | None


def bill(
    work: Work, measure_id: int, payers: Sequence[Payer], stay: Period, *, workload: int | None = None
) -> tuple[Bill | None, list[Refusal]]:
    """The bill of a stay, or every reason why there is none: NoAgreement for each payer, TariffMissing.

    `workload`: percent of full time, None for all of it.
    """
    reasons: list[Refusal] = []
    agreements: list[int] = []
    names = lines_by_id(work, [payer.line_id for payer in payers])
    for payer in payers:
        found = agreement_in_force(work, measure_id, payer.line_id, stay.start)
        if found is None:
            reasons.append(NoAgreement(line=names[payer.line_id].code, day=stay.start))
        elif found.valid_to is not None and found.valid_to < stay.end:
            reasons.append(NoAgreement(line=names[payer.line_id].code, day=found.valid_to))
        else:
            agreements.append(found.id or 0)
    if reasons:
        return None, reasons
    return bill_under(work, measure_id, payers, agreements, stay, workload=workload)


def bill_under(
    work: Work,
    measure_id: int,
    payers: Sequence[Payer],
    agreements: Sequence[int],
    stay: Period,
    *,
    workload: int | None = None,
) -> tuple[Bill | None, list[Refusal]]:
    """The bill under agreements already chosen, under which each payer pays."""
    try:
        priced = price_of(
            work,
            agreement_id=agreements[0],
            measure_id=measure_id,
            line_id=payers[0].line_id,
            span=stay,
            weights=[payer.weight for payer in payers],
            workload=workload,
        )
    except Refusal as no:
        return None, list(no.reasons)
    amounts = priced.parts or tuple(Chf() for _ in payers)
    years = [(year, priced.parts_of_year(year)) for year in priced.years]
    units = provider_units(work, agreements[:1])
    return Bill(
        priced.total,
        tuple(
            PayerBill(
                payer.line_id,
                agreement_id,
                payer.weight,
                amounts[at],
                tuple((year, parts[at]) for year, parts in years),
            )
            for at, (payer, agreement_id) in enumerate(zip(payers, agreements, strict=True))
        ),
        units.get(agreements[0]),
    ), []
