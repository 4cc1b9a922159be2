"""The terms of an agreement taken over by the one that follows it: objectives, indicators, tariffs.

Deliverables.
"""

from datetime import date
from typing import Any

from cii.agreements.price_talks import prices_kept
from cii.agreements.queries import AgreementView
from cii.agreements.tables import Agreement, Deliverable, Indicator, Objective, Tariff
from cii.agreements.vocabulary import FollowsAs
from cii.kernel.period import months_later
from cii.store.work import Work


def copy_terms(work: Work, view: AgreementView, made: Agreement) -> dict[str, str]:
    """Copy what the former agreed on into a fresh draft: from its first day on, and as far as its term goes.

    Tariffs begin on the first day of the new term at the earliest; what ends before is left, so is what is
    due before; what a renewal owes is due so many years later. Closing days are agreed anew. Returns the new
    outward name of each objective. Source: 000, i.39 (what has proved itself is continued).
    """
    goals: dict[int, int] = {}
    named: dict[str, str] = {}
    for one in view.objectives:
        copied = Objective(**_values(one), agreement_id=made.id or 0)
        work.session.add(copied)
        work.session.flush()
        goals[one.id or 0] = copied.id or 0
        named[one.ref] = copied.ref
    for gauge in view.indicators:
        held = _values(gauge) | {"objective_id": goals[gauge.objective_id]}
        work.session.add(Indicator(**held, agreement_id=made.id or 0))
    talked = max((one.talked_on for one in prices_kept(work, view.agreement.id or 0)), default=date.min)
    for rate in view.tariffs:
        if rate.valid_to is not None and rate.valid_to <= made.valid_from:
            continue
        if made.valid_to is not None and rate.valid_from >= made.valid_to:
            continue
        held = _values(rate) | {
            "valid_from": max(rate.valid_from, made.valid_from),
            "priced_from": max(rate.priced_from, talked),
            "recorded_at": work.now,
            "account_id": work.actor.account_id,
        }
        if made.valid_to is not None and rate.valid_to is not None:
            held["valid_to"] = min(rate.valid_to, made.valid_to)
        work.session.add(Tariff(**held, agreement_id=made.id or 0))
    within_term = made.follows_as is FollowsAs.AMENDMENT
    years = 0 if within_term else made.valid_from.year - view.agreement.valid_from.year
    last = months_later(made.valid_to, 12) if made.valid_to else None
    for owed in view.deliverables:
        due = months_later(owed.due_on, 12 * years)
        if due >= made.valid_from and (last is None or due < last):
            work.session.add(
                Deliverable(agreement_id=made.id or 0, kind=owed.kind, frequency=owed.frequency, due_on=due)
            )
    work.session.flush()
    return named


_OWN = frozenset({"id", "ref", "agreement_id"})


def _values(row: Objective | Indicator | Tariff) -> dict[str, Any]:
    """What a row says, without what is its own."""
    return {name: getattr(row, name) for name in type(row).model_fields if name not in _OWN}
