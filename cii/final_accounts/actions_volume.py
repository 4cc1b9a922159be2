"""What a guaranteed minimum volume still owes at the end of a year: proposed by one, released by another.

Source: 000 i.14; money.md §2. Only social aid guarantees a volume (AI6; the tariff refuses it elsewhere).
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.prices import guaranteed_payers
from cii.agreements.queries import agreement_by_ref, agreements_by_id
from cii.final_accounts.actions_common import acting, kept, prepared
from cii.final_accounts.queries import events_of_role
from cii.final_accounts.rules import RULE_VERSION, VolumeNotGuaranteed, VolumeUsed, YearNotOver
from cii.final_accounts.tables import YearAccount
from cii.final_accounts.vocabulary import AccountEvent, AccountState, DueKind, Method
from cii.institutions.queries import line_by_ref
from cii.kernel.errors import NotAllowed, refuse
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.settlement.volume import volumes_of
from cii.store.work import Work


@dataclass(frozen=True)
class ProposeVolume:
    """Wish to propose the payment of a guaranteed volume that a year did not use."""

    agreement_ref: str
    line_ref: str
    year: int = field(metadata={"min": 1990, "max": 2200})


def propose_volume(work: Work, ask: ProposeVolume) -> YearAccount:
    """Propose what the guarantee still owes for a year that is over; another person releases it.

    Months are counted one by one: use beyond the guarantee in one month does not make up for another.
    Refuses: YearNotOver, VolumeNotGuaranteed, VolumeUsed, NotAllowed, UnknownThing.
    """
    agreement, line = agreement_by_ref(work, ask.agreement_ref), line_by_ref(work, ask.line_ref)
    who = acting(work)
    if AccountEvent.SETTLE not in events_of_role(work, agreement.id or 0, line.id or 0):
        raise NotAllowed
    if work.today.year <= ask.year:
        raise YearNotOver(last=date(ask.year, 12, 31))
    months = months_owed(work, agreement.id or 0, line.id or 0, ask.year)
    owed = Chf.total(months.values())
    refuse([] if months else [VolumeNotGuaranteed(line=line.code, year=ask.year)])
    done = work.session.scalar(
        select(col(YearAccount.id)).where(
            col(YearAccount.agreement_id) == agreement.id,
            col(YearAccount.line_id) == line.id,
            col(YearAccount.year) == ask.year,
            col(YearAccount.method) == Method.VOLUME,
        )
    )
    refuse([] if owed and done is None else [VolumeUsed(year=ask.year)])
    made = YearAccount(
        agreement_id=agreement.id or 0,
        line_id=line.id or 0,
        year=ask.year,
        method=Method.VOLUME,
        state=AccountState.SETTLED,
        instalments=1,
        contribution=owed,
        subsidy=owed,
        explanation={month.isoformat(): sum_.centimes for month, sum_ in months.items()},
        rule_version=RULE_VERSION,
        entered_by=who,
        entered_at=work.now,
        version=0,
    )
    work.session.add(made)
    work.session.flush()
    prepared(work, made, DueKind.VOLUME, owed, due_on=work.today)
    return kept(work, made, "year_volume_proposed", {"amount": owed})


def months_owed(work: Work, agreement_id: int, line_id: int, year: int) -> dict[date, Chf]:
    """What the guarantee still owes month by month; empty without a guarantee."""
    found: dict[date, Chf] = {}
    for month in Period(date(year, 1, 1), date(year + 1, 1, 1)).months():
        volumes = [one for one in volumes_of(work, [agreement_id], month) if one.key[2] == line_id]
        if any(one.guaranteed.floor for one in volumes):
            found[month.start] = Chf.total(one.guaranteed.top_up for one in volumes)
    return found


@dataclass(frozen=True, slots=True)
class UnusedVolume:
    """A guaranteed volume of a past year that nobody has proposed for payment."""

    agreement_id: int
    number: str
    line_id: int
    year: int
    amount: Chf


def unused_volumes(work: Work, day: date) -> list[UnusedVolume]:
    """What guarantees of the year before `day` still owe and nobody has proposed; for the night."""
    year = day.year - 1
    over = Period(date(year, 1, 1), date(day.year, 1, 1))
    pairs = guaranteed_payers(work, over)
    if not pairs:
        return []
    known = {
        (row[0], row[1])
        for row in work.session.execute(
            select(col(YearAccount.agreement_id), col(YearAccount.line_id)).where(
                col(YearAccount.year) == year, col(YearAccount.method) == Method.VOLUME
            )
        )
    }
    numbers = agreements_by_id(work, {pair[0] for pair in pairs})
    return [
        UnusedVolume(pair[0], numbers[pair[0]].number, pair[1], year, owed)
        for pair in pairs
        if pair not in known and (owed := Chf.total(months_owed(work, *pair, year).values()))
    ]
