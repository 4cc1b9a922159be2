"""How the volumes of agreements stand this year: agreed, used, bound, projected (i.15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, cast

from sqlalchemy import select

from cii.agreements.queries import agreements_list, may_write
from cii.agreements.rules import LIVING_STATES
from cii.agreements.tables import Agreement
from cii.conventions.deals import Deal, deals_of
from cii.figures.rules_outlook import Outlook, Use, agreed_in, outlook
from cii.figures.vocabulary import Volume
from cii.kernel.period import Period, year_of
from cii.measures.queries import measure_words
from cii.placements.queries import shares_in
from cii.providers.overruns import is_its_provider
from cii.store.parameters import read_parameters
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class VolumeOutlook:
    """A volume of an agreement in a year; `measure`: its name, None for the agreement's total.

    The outlook counts days of places, stays begun, or centimes, as `volume` says.
    """

    agreement_id: int
    agreement_ref: str
    number: str
    volume: Volume
    measure: str | None
    span: Period
    outlook: Outlook


class Bought(Protocol):
    """An agreement as `outlooks` needs it; `valid_to` is the first day no more."""

    id: int
    ref: str
    number: str
    valid_from: date
    valid_to: date | None


def own_outlooks(work: Work) -> list[VolumeOutlook]:
    """The volumes of this year that the actor's own agreements in force name, as their provider."""
    mine = {seat.unit_id for seat in work.actor.seats if seat.role == "provider"}
    seen = agreements_list(work, states=LIVING_STATES, limit=500) if mine else ()
    return outlooks(work, [cast(Bought, row) for row in seen if row.unit_id in mine])


def agreement_outlooks(work: Work, agreement: Agreement) -> list[VolumeOutlook]:
    """The volumes of an agreement that was read, for its provider and for who pays it; none for others.

    What one agreement uses are small numbers, which the institution concerned alone is told.
    """
    if agreement.state not in LIVING_STATES:
        return []
    if not may_write(work, agreement) and not is_its_provider(work, agreement):
        return []
    return outlooks(work, [cast(Bought, agreement)])


def outlooks(work: Work, agreements: Sequence[Bought]) -> list[VolumeOutlook]:
    """The volumes of this year that these agreements name, in four statements; no visibility.

    Places and placements by measure, all payers of the agreement together: a stay shared between payers
    counts where it was asked for, its cost for each. A total agreed for more than a year holds for each year.
    """
    year, today = year_of(work.today), work.today
    terms = {
        one.id: (one, span)
        for one in agreements
        if (span := year.overlap(Period(one.valid_from, one.valid_to or date.max))) is not None
    }
    deals = {
        own: deal
        for own, deal in (deals_of(work, terms) if terms else {}).items()
        if deal.offers or deal.total
    }
    if not deals:
        return []
    stays, names = _stays(work, year, deals), _names(work, deals)
    numbers = read_parameters(work.session, ("outlook_days_least", "outlook_short_percent"), today)
    least, short = numbers["outlook_days_least"], numbers["outlook_short_percent"]
    found = []
    for own, (one, span) in terms.items():
        if own not in deals:
            continue
        within = year.start <= one.valid_from and one.valid_to is not None and one.valid_to <= year.end
        agreed = _agreed(deals[own], names, span, year, whole=within)
        for (volume, measure_id), amount in agreed.items():
            uses = _uses(
                volume, [stay for stay in stays.get(own, ()) if measure_id in {None, stay.measure_id}]
            )
            seen = outlook(uses, span, today, amount, least_days=least, short_percent=short)
            name = None if measure_id is None else names[measure_id][1]
            found.append(VolumeOutlook(own, one.ref, one.number, volume, name, span, seen))
    return found


@dataclass(frozen=True, slots=True)
class _Stay:
    measure_id: int
    first: date
    last: date
    committed: int
    counts: bool


def _stays(work: Work, year: Period, deals: Mapping[int, Deal]) -> dict[int, list[_Stay]]:
    """The shares of the agreements' stays; `counts`: it is the one under which the place was asked for."""
    shares = shares_in(year).subquery("shares")
    rows = work.session.execute(
        select(
            shares.c.agreement_id,
            shares.c.measure_id,
            shares.c.starts_on,
            shares.c.ends_on,
            shares.c.committed,
            (shares.c.line_id == shares.c.requesting_line_id).label("counts"),
        )
        .where(shares.c.agreement_id.in_(list(deals)))
        .order_by(shares.c.share_id)
    )
    found: dict[int, list[_Stay]] = {}
    for row in rows:
        stay = _Stay(row.measure_id, row.starts_on, row.ends_on, row.committed.centimes, bool(row.counts))
        found.setdefault(row.agreement_id, []).append(stay)
    return found


def _names(work: Work, deals: Mapping[int, Deal]) -> dict[int, tuple[str, str]]:
    refs = {offer.measure_ref for deal in deals.values() for offer in deal.offers}
    rows = work.session.execute(select(measure_words).where(measure_words.c.measure_ref.in_(refs)))
    return {row.measure_id: (row.measure_ref, row.measure_name) for row in rows}


def _agreed(
    deal: Deal, names: Mapping[int, tuple[str, str]], span: Period, year: Period, *, whole: bool
) -> dict[tuple[Volume, int | None], int]:
    """What is agreed for the days of the year on which the agreement holds; nothing agreed, nothing told."""
    found: dict[tuple[Volume, int | None], int] = {}
    for own, (ref, _) in names.items():
        offers = [one for one in deal.offers if one.measure_ref == ref]
        found[Volume.PLACE_DAYS, own] = sum(one.places or 0 for one in offers) * len(span)
        placements = sum(one.placements_a_year or 0 for one in offers)
        found[Volume.PLACEMENTS, own] = agreed_in(placements, span, year)
    total = deal.total.centimes if deal.total else 0
    found[Volume.MONEY, None] = total if whole else agreed_in(total, span, year)
    return {key: amount for key, amount in found.items() if amount}


def _uses(volume: Volume, stays: Sequence[_Stay]) -> list[Use]:
    match volume:
        case Volume.MONEY:
            return [Use(one.first, one.last, one.committed) for one in stays]
        case Volume.PLACEMENTS:
            return [Use(one.first, one.first, 1) for one in stays if one.counts]
        case Volume.PLACE_DAYS:
            return [Use(one.first, one.last, (one.last - one.first).days + 1) for one in stays if one.counts]


__all__ = ["Bought", "VolumeOutlook", "agreement_outlooks", "outlooks", "own_outlooks"]
