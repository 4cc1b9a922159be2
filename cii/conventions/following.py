"""What follows an agreement: an amendment within its term, its renewal, the option it agreed on.

Each is a new agreement in draft with everything copied, so that what was signed stays as it was signed.
History is never rewritten: an amendment begins after today unless a right is named; put in force, it takes
the stays that begin from then on, while those that run keep the terms of their first day. Source:
product.md P8; 000, i.38, i.39; 003 (renewal).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.actions import Bought, DraftAgreement, draft_agreement
from cii.agreements.actions_common import writable
from cii.agreements.chain import followers_of
from cii.agreements.copying import copy_terms
from cii.agreements.queries import agreement_view
from cii.agreements.rules import LIVING_STATES
from cii.agreements.rules_dates import EndsAlready
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementState, FollowsAs
from cii.conventions.queries import text_of
from cii.conventions.rules import (
    FollowedAlready,
    FollowsNothing,
    NoOption,
    OutsideTerm,
    TermNotOver,
    back_dating_faults,
)
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part
from cii.institutions.queries import lines_by_id
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, refuse
from cii.kernel.period import ONE_DAY, months_later
from cii.measures.queries import measures_by_id
from cii.store.work import Work


@dataclass(frozen=True)
class Amend:
    """Change an agreement in force from a day on; `right` names what allows an earlier day."""

    agreement_ref: str
    from_day: date
    right: str = field(default="", metadata={"max": 500})


def amend(work: Work, ask: Amend) -> Agreement:
    """Draft the amendment of an agreement in force, with everything copied; it changes the contract.

    Refuses all at once: FollowsNothing, FollowedAlready, OutsideTerm, BackDated; before: NotAllowed,
    UnknownThing.
    """
    former = writable(work, ask.agreement_ref)
    faults = _faults(work, former)
    over = former.valid_to is not None and ask.from_day >= former.valid_to
    if ask.from_day <= former.valid_from or over:
        faults.append(_outside("from_day", former.valid_from + ONE_DAY, former.valid_to))
    refuse([*faults, *back_dating_faults(ask.from_day, work.today, ask.right)])
    last = former.valid_to - ONE_DAY if former.valid_to else None
    return _follow(work, former, FollowsAs.AMENDMENT, ask.from_day, last, right=ask.right.strip())


@dataclass(frozen=True)
class Renew:
    """Renew an agreement when its term is over; no last day: open-ended."""

    agreement_ref: str
    from_day: date
    last_day: date | None = None


def renew(work: Work, ask: Renew) -> Agreement:
    """Draft the agreement that renews this one, with everything copied.

    Whether it may be renewed is asked above (`evaluations`). Refuses all at once: FollowsNothing,
    FollowedAlready, OutsideTerm; before: NotAllowed, UnknownThing, PeriodUpsideDown.
    """
    former = writable(work, ask.agreement_ref)
    faults = _faults(work, former)
    first = former.valid_to or former.valid_from + ONE_DAY
    if ask.from_day < first:
        faults.append(_outside("from_day", first, None))
    refuse(faults)
    return _follow(work, former, FollowsAs.RENEWAL, ask.from_day, ask.last_day)


@dataclass(frozen=True)
class TakeOption:
    """Extend an agreement by the months that its text agreed on as an option."""

    agreement_ref: str


def take_option(work: Work, ask: TakeOption) -> Agreement:
    """Draft the extension by option.

    Refuses all at once: FollowsNothing, FollowedAlready, NoOption, EndsAlready (after a notice).
    """
    former = writable(work, ask.agreement_ref)
    months = text_of(work, former.id or 0).term.option_months
    faults = _faults(work, former)
    if not months or former.valid_to is None:
        refuse([*faults, NoOption(number=former.number)])
        raise NoOption(number=former.number)
    if former.notice_on is not None:
        faults.append(EndsAlready(last=former.valid_to - ONE_DAY))
    refuse(faults)
    end = months_later(former.valid_to, months)
    return _follow(work, former, FollowsAs.OPTION, former.valid_to, end - ONE_DAY)


_COMING = frozenset({AgreementState.DRAFT, AgreementState.NEGOTIATION, AgreementState.SIGNED})
"""States of an agreement that is still to come into force."""


def _faults(work: Work, former: Agreement) -> list[Refusal]:
    found: list[Refusal] = []
    if former.state not in LIVING_STATES:
        found.append(FollowsNothing(number=former.number))
    drafted = [
        one
        for one in followers_of(work, former.id or 0)
        if one.state in _COMING or former.takes_until == one.valid_from
    ]
    return [*found, *(FollowedAlready(number=one.number) for one in drafted)]


def _outside(where: str, first: date, until: date | None) -> Refusal:
    if until is None:
        return TermNotOver(field=where, first=first)
    return OutsideTerm(field=where, first=first, last=until - ONE_DAY)


def _follow(  # noqa: PLR0917 - what the new one is
    work: Work, former: Agreement, how: FollowsAs, first: date, last: date | None, right: str = ""
) -> Agreement:
    view = agreement_view(work, former.ref)
    measures = measures_by_id(work, {one.measure_id for one in view.measures})
    lines = lines_by_id(work, {one.line_id for one in view.measures})
    made = draft_agreement(
        work,
        DraftAgreement(
            number=_number(work, former, how),
            provider_ref=view.provider.ref,
            profile=former.profile,
            instrument=former.instrument,
            valid_from=first,
            last_day=last,
            bought=tuple(
                Bought(measures[one.measure_id].ref, lines[one.line_id].ref, one.overbooking)
                for one in view.measures
            ),
            notice_months=former.notice_months,
            document=dict(former.document),
            follows_ref=former.ref,
            lang=former.lang,
            award=former.award,
            follows_as=how,
            contract_change=how is FollowsAs.AMENDMENT,
        ),
    )
    named = copy_terms(work, view, made)
    for one in work.session.scalars(
        select(ConventionPart).where(col(ConventionPart.agreement_id) == former.id)
    ).all():
        work.session.add(
            ConventionPart(
                agreement_id=made.id or 0,
                part=one.part,
                body=_pointing(one, named),
                recorded_at=work.now,
                account_id=work.actor.account_id,
            )
        )
    work.session.flush()
    made.back_dated = right or None
    work.session.flush()
    told: dict[str, object] = {"how": how, "former": former.number, "from": first}
    wrote(work, "agreement_followed", "agreement", made.id, ref=made.ref,
          payload=told | ({"right": right} if right else {}))  # fmt: skip
    return made


def _pointing(part: ConventionPart, named: Mapping[str, str]) -> dict[str, Any]:
    """The body of a copied part; reports point to the objectives of the new agreement."""
    if part.part is not Part.REPORTS:
        return dict(part.body)
    items = [
        {**item, "serves": [named.get(one, one) for one in item.get("serves", ())]}
        for item in part.body.get("items", ())
    ]
    return {**part.body, "items": items}


_NUMBER = 40
"""Signs of the number of an agreement."""


def _number(work: Work, former: Agreement, how: FollowsAs) -> str:
    """The former's number with a letter and a count: AC-2024-X → AC-2024-X/A1, R1, O1."""
    letter = {FollowsAs.AMENDMENT: "A", FollowsAs.RENEWAL: "R", FollowsAs.OPTION: "O"}[how]
    count = 1 + sum(one.follows_as is how for one in followers_of(work, former.id or 0))
    suffix = f"/{letter}{count}"
    return former.number[: _NUMBER - len(suffix)] + suffix
