"""Since when the prices of an agreement stand: agreed, or talked over and kept. Source: CG AI 5.3.2."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import col

from cii.agreements.actions_common import changed, writable
from cii.agreements.queries import provider_units
from cii.agreements.rules import LIVING_STATES, AgreementNotInForce
from cii.agreements.rules_dates import PriceTalkAhead, PriceTalkTooEarly
from cii.agreements.tables import Agreement, PricesKept, Tariff
from cii.kernel.errors import Refusal, refuse
from cii.notices.actions import tell
from cii.store.work import Work


def stands_since(day: date) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Of each `Agreement`: when its oldest price in use on a day was agreed, when prices were last kept."""
    own = col(Agreement.id)
    agreed = select(func.min(col(Tariff.priced_from))).where(
        col(Tariff.agreement_id) == own,
        col(Tariff.valid_from) <= day,
        or_(col(Tariff.valid_to).is_(None), col(Tariff.valid_to) > day),
    )
    kept = select(func.max(col(PricesKept.talked_on))).where(
        col(PricesKept.agreement_id) == own, col(PricesKept.talked_on) <= day
    )
    return agreed.scalar_subquery(), kept.scalar_subquery()


def later(agreed: date | None, kept: date | None) -> date | None:
    """Since when a price stands that was agreed on one day and kept on another; None without a price."""
    return max(agreed, kept or agreed) if agreed is not None else None


def priced_from(work: Work, agreement_id: int, day: date) -> date | None:
    """Since when the oldest price of an agreement in use on a day stands; None without a price that day.

    A price that an amendment, an option or a renewal carries on stands since it was agreed. A talk that kept
    the prices counts for all of them. No visibility: the caller read the agreement.
    """
    row = work.session.execute(select(*stands_since(day)).where(col(Agreement.id) == agreement_id)).one()
    return later(row[0], row[1])


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
    since = priced_from(work, own, work.today)
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
