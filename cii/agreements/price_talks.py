"""Since when the prices of an agreement stand: agreed, or talked over and kept. Source: CG AI 5.3.2."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, or_, select
from sqlmodel import col

from cii.agreements.actions_common import changed, writable
from cii.agreements.queries import provider_units
from cii.agreements.rules import LIVING_STATES, AgreementNotInForce
from cii.agreements.rules_dates import PriceTalkAhead, PriceTalkTooEarly
from cii.agreements.tables import PricesKept, Tariff
from cii.kernel.errors import Refusal, refuse
from cii.notices.actions import tell
from cii.store.work import Work


def priced_from(work: Work, agreement_ids: Collection[int], day: date) -> Mapping[int, date]:
    """Since when the oldest price in use on a day stands, by agreement; without a price that day: not there.

    A price that an amendment, an option or a renewal carries on stands since it was agreed. A talk that kept
    the prices counts for all of them. No visibility: the caller read the agreements.
    """
    wanted = list(agreement_ids)
    agreed = work.session.execute(
        select(col(Tariff.agreement_id), func.min(col(Tariff.priced_from)))
        .where(
            col(Tariff.agreement_id).in_(wanted),
            col(Tariff.valid_from) <= day,
            or_(col(Tariff.valid_to).is_(None), col(Tariff.valid_to) > day),
        )
        .group_by(col(Tariff.agreement_id))
    )
    kept = work.session.execute(
        select(col(PricesKept.agreement_id), func.max(col(PricesKept.talked_on)))
        .where(col(PricesKept.agreement_id).in_(wanted), col(PricesKept.talked_on) <= day)
        .group_by(col(PricesKept.agreement_id))
    )
    talked = {row[0]: row[1] for row in kept}
    return {row[0]: max(row[1], talked.get(row[0], row[1])) for row in agreed}


def prices_kept(work: Work, agreement_id: int) -> Sequence[PricesKept]:
    """The talks that kept the prices of an agreement, the newest first; the caller read the agreement."""
    found = select(PricesKept).where(col(PricesKept.agreement_id) == agreement_id)
    return work.session.scalars(
        found.order_by(col(PricesKept.talked_on).desc(), col(PricesKept.id).desc())
    ).all()


@dataclass(frozen=True)
class KeepPrices:
    """The prices were talked over on a day and stay as they are; `reason`: why they do."""

    agreement_ref: str
    talked_on: date
    reason: str = field(metadata={"min": 10, "max": 500})


def keep_prices(work: Work, ask: KeepPrices) -> PricesKept:
    """Record that the prices in force were talked over and kept: their three years begin anew on that day.

    Other prices are agreed by an amendment. The provider is told. Refuses all at once: AgreementNotInForce,
    PriceTalkAhead, PriceTalkTooEarly; before: NotAllowed, UnknownThing.
    """
    agreement = writable(work, ask.agreement_ref)
    own = agreement.id or 0
    since = priced_from(work, [own], work.today).get(own)
    found: list[Refusal] = []
    if agreement.state not in LIVING_STATES or since is None:
        found.append(AgreementNotInForce(number=agreement.number))
    if ask.talked_on > work.today:
        found.append(PriceTalkAhead(field="talked_on", last=work.today))
    if since is not None and ask.talked_on <= since:
        found.append(PriceTalkTooEarly(field="talked_on", since=since))
    refuse(found)
    made = PricesKept(
        agreement_id=own,
        talked_on=ask.talked_on,
        reason=ask.reason.strip(),
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    changed(work, agreement, "agreement_prices_kept", {"on": ask.talked_on, "reason": made.reason})
    unit = provider_units(work, [own]).get(own)
    if unit is not None:
        tell(
            work, unit_id=unit, kind="agreement-prices-kept", subject="agreement", subject_ref=agreement.ref,
            number=agreement.number, on=ask.talked_on,
        )  # fmt: skip
    return made
