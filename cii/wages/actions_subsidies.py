"""Claims of wage subsidies by pay slip, their corrections, and what measures say they paid."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cii.budgets.actions_booking import year_of
from cii.budgets.queries_late import year_of_books
from cii.budgets.vocabulary import YearState
from cii.institutions.queries import lines_by_id
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, refuse
from cii.kernel.money import Chf
from cii.kernel.period import Period, month_of
from cii.placements.queries import placement_by_ref
from cii.settlement.rules import Stay
from cii.store.work import Work
from cii.wages.actions import told
from cii.wages.actions_parts import state
from cii.wages.pricing import span_of, stay_of, subsidy_of
from cii.wages.queries import claimed_months, grant_by_ref, left_of, live_sums
from cii.wages.rules import GrantNotOpen, NothingToPay, PaidOutside, WageMonthNotOver
from cii.wages.rules_subsidy import RULE_VERSION, SubsidyAsked, claim_faults
from cii.wages.tables import PaidWage, WageGrant, WageResult
from cii.wages.telling import tell_claimed
from cii.wages.vocabulary import SUBSIDIES, GrantState


@dataclass(frozen=True)
class ClaimSubsidy:
    """Wish that a month be subsidised: the sum of the pay slip, and what is claimed of it."""

    grant_ref: str
    month: date
    slip: Chf = field(metadata={"min": Chf(0)})
    amount: Chf = field(metadata={"min": Chf(1)})


def claim_subsidy(work: Work, ask: ClaimSubsidy) -> WageResult:
    """Claim a month of a subsidy; by the employer's unit or whoever follows the case.

    Refuses, all at once: SubsidyOutsideGrant, SubsidyAbovePercentage, WageMonthNotOver, SubsidyMonthTwice,
    SubsidyYearClosed, WageOverCommitment (a further engagement is to be decided); GrantNotOpen, UnknownThing.
    """
    return _claim(work, ask, correcting=False)


def correct_subsidy(work: Work, ask: ClaimSubsidy) -> WageResult:
    """State a claimed month anew by another pay slip: what differs is a further row, negative where less.

    Refuses as a claim, but for the month claimed twice; NothingToPay where nothing was claimed or differs.
    """
    return _claim(work, ask, correcting=True)


def _claim(work: Work, ask: ClaimSubsidy, *, correcting: bool) -> WageResult:
    grant = grant_by_ref(work, ask.grant_ref)
    work.session.refresh(grant, with_for_update=True)
    if work.actor.account_id is None:
        raise NotAllowed
    if grant.kind not in SUBSIDIES or grant.state is not GrantState.GRANTED:
        raise GrantNotOpen
    stay, month = stay_of(work, grant.placement_id), month_of(ask.month)
    known = live_sums(work, grant.id or 0, month.start)
    if correcting and not known:
        raise NothingToPay(month=month.start)
    due = {
        (share.line_id, share.agreement_id): part
        for share, part in zip(stay.shares, ask.amount.apportion(stay.weights), strict=True)
    }
    highest = subsidy_of(work, grant, month, ask.slip)
    new = {key[0]: part - known.get(key[0], Chf()) for key, part in due.items()}
    refuse(claim_faults(_asked(work, grant, stay, month, ask.amount, highest, new, correcting=correcting)))
    made = state(
        work, grant, month, due,
        {"normal_pay": (grant.normal_pay or Chf()).centimes, "permille": grant.permille,
         "slip": ask.slip.centimes, "highest": highest.centimes, "claimed": ask.amount.centimes},
        RULE_VERSION, ask.slip,
    )  # fmt: skip
    if made is None:
        raise NothingToPay(month=month.start)
    act = "subsidy_corrected" if correcting else "subsidy_claimed"
    told(work, act, grant, stay, {"month": month.start, "amount": made.amount})
    tell_claimed(work, grant, stay)
    return made


def _asked(  # noqa: PLR0917 - the claim, and what is known of it
    work: Work,
    grant: WageGrant,
    stay: Stay,
    month: Period,
    amount: Chf,
    highest: Chf,
    new: Mapping[int, Chf],
    *,
    correcting: bool,
) -> SubsidyAsked:
    codes = {id_: one.code for id_, one in lines_by_id(work, new).items()}
    years = {id_: year_of_books(work, id_, month.start.year) for id_ in new}
    left = left_of(work, grant)
    open_ = {}
    for id_, code in codes.items():
        books = year_of(work, id_, years[id_])
        open_[code] = books is not None and books.state is YearState.OPEN
    return SubsidyAsked(
        month, amount, highest, span_of(grant), stay.span, work.today,
        () if correcting else claimed_months(work, grant.id or 0),
        {codes[id_]: part for id_, part in new.items()},
        {codes[id_]: left.get((id_, years[id_]), Chf()) for id_ in new},
        open_,
    )  # fmt: skip


@dataclass(frozen=True)
class TellPaidWage:
    """Wish to say what the measure paid a participant for a month; what was said last counts."""

    placement_ref: str
    month: date
    amount: Chf = field(metadata={"min": Chf(0)})


def tell_paid_wage(work: Work, ask: TellPaidWage) -> PaidWage:
    """Say what was paid; a sum other than the scale's is a finding of the night.

    Refuses, all at once: PaidOutside, WageMonthNotOver; UnknownThing.
    """
    placement = placement_by_ref(work, ask.placement_ref)
    stay, month = stay_of(work, placement.id or 0), month_of(ask.month)
    refuse(
        [
            *([PaidOutside(field="month", month=month.start)] if stay.span.overlap(month) is None else []),
            *([WageMonthNotOver(month=month.start)] if month.end > work.today else []),
        ]
    )
    made = PaidWage(
        placement_id=stay.placement_id, month=month.start, amount=ask.amount, recorded_at=work.now,
        account_id=work.actor.account_id, unit_id=next(iter(work.actor.units), None),
    )  # fmt: skip
    work.session.add(made)
    work.session.flush()
    wrote(
        work, "paid_wage_told", "placement", stay.placement_id, ref=stay.ref, person_id=stay.person_id,
        payload={"month": month.start, "amount": ask.amount},
    )  # fmt: skip
    return made
