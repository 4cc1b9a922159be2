"""What becomes of a surplus: the clause of an agreement, the profit carry-over of the AI."""

from dataclasses import dataclass, field
from datetime import date

from cii.agreements.queries import agreement_by_ref, may_write
from cii.final_accounts.actions_common import acting
from cii.final_accounts.queries import carry_over_of
from cii.final_accounts.rules import Carried, carry_over_faults, clause_faults
from cii.final_accounts.tables import CarryOver, SurplusClause
from cii.final_accounts.vocabulary import Purpose, SurplusRule
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, refuse
from cii.kernel.money import Chf
from cii.store.work import Work

_LARGEST = Chf.parse("9999999999.99")


@dataclass(frozen=True)
class AgreeSurplus:
    """Wish to say what becomes of a surplus from a day on; `share_permille` is what the provider keeps."""

    agreement_ref: str
    rule: SurplusRule
    valid_from: date
    share_permille: int = field(default=0, metadata={"min": 0, "max": 1000})


def agree_surplus(work: Work, ask: AgreeSurplus) -> SurplusClause:
    """Agree on surplus: by the clause in social aid, given back in the AC, carried over in the AI.

    Refuses, all at once: SurplusNotAllowed, SurplusToCarryOver, SurplusShareUnfit; NotAllowed, UnknownThing.
    """
    agreement = agreement_by_ref(work, ask.agreement_ref)
    who = acting(work)
    if not may_write(work, agreement):
        raise NotAllowed
    refuse(clause_faults(agreement.profile, ask.rule, ask.share_permille))
    made = SurplusClause(
        agreement_id=agreement.id or 0,
        rule=ask.rule,
        share_permille=ask.share_permille,
        valid_from=ask.valid_from,
        recorded_at=work.now,
        account_id=who,
    )
    work.session.add(made)
    work.session.flush()
    wrote(
        work, "surplus_agreed", "agreement", agreement.id, ref=agreement.ref,
        payload={"rule": ask.rule.value, "share_permille": ask.share_permille, "from": ask.valid_from},
    )  # fmt: skip
    return made


@dataclass(frozen=True)
class MoveCarryOver:
    """Wish to carry a year's result over: a surplus adds, a loss takes; nothing else may."""

    agreement_ref: str
    year: int = field(metadata={"min": 1990, "max": 2200})
    amount: Chf = field(metadata={"min": -_LARGEST})
    reason: str = field(metadata={"min": 1, "max": 500})
    purpose: Purpose = Purpose.OPERATING_RESULT
    to_agreement_ref: str | None = None


def move_carry_over(work: Work, ask: MoveCarryOver) -> CarryOver:
    """Carry a year's operating result over (AI CG 3.4).

    Refuses, all at once: CarryOverNotAllowed, CarryOverPurpose, CarryOverTransfer, CarryOverNothing,
    CarryOverFloor; NotAllowed, UnknownThing.
    """
    agreement = agreement_by_ref(work, ask.agreement_ref)
    who = acting(work)
    if not may_write(work, agreement):
        raise NotAllowed
    work.session.refresh(agreement, with_for_update=True)
    before = carry_over_of(work, agreement.id or 0)
    held = before[-1].balance if before else Chf()
    elsewhere = ask.to_agreement_ref is not None and ask.to_agreement_ref != agreement.ref
    refuse(carry_over_faults(Carried(agreement.profile, ask.purpose, ask.amount, elsewhere, held)))
    made = CarryOver(
        agreement_id=agreement.id or 0,
        number=len(before) + 1,
        year=ask.year,
        purpose=ask.purpose,
        amount=ask.amount,
        held_before=held,
        balance=held + ask.amount,
        reason=ask.reason,
        recorded_at=work.now,
        account_id=who,
    )
    work.session.add(made)
    work.session.flush()
    wrote(
        work, "carry_over_moved", "agreement", agreement.id, ref=agreement.ref,
        payload={"amount": ask.amount, "balance": made.balance, "year": ask.year},
    )  # fmt: skip
    return made
