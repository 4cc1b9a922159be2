"""Decisions on pay and subsidies: asked by one, decided by another, bound in the ledger, then released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cii.budgets.actions import Leg, Source, engage, in_open_years, release
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, refuse
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.people.queries import label
from cii.placements.queries import placement_by_ref
from cii.settlement.rules import Stay
from cii.store.work import Work
from cii.wages.pricing import binds, formula_on, stay_of
from cii.wages.queries import (
    engagements_of,
    grant_by_ref,
    granted_spans,
    kind_of,
    left_of,
    may_decide,
    results_of,
)
from cii.wages.rules import (
    GrantNotOpen,
    NothingToPay,
    WageFourEyes,
    WageMonthNotOver,
    Wanted,
    grant_faults,
)
from cii.wages.rules_subsidy import age_on, terms_faults
from cii.wages.tables import WageEngagement, WageGrant
from cii.wages.telling import tell_asked
from cii.wages.vocabulary import SUBSIDIES, GrantKind, GrantState, PayCategory, WageState

_TENTHS = 10


@dataclass(frozen=True)
class AskGrant:
    """Wish that a placement be paid by the scale (`category`) or subsidised (normal pay, percent, employer).

    `exceptional`: the longer duration that a formula knows.
    """

    placement_ref: str
    kind: GrantKind
    starts_on: date
    ends_on: date
    reason: str = field(metadata={"max": 1000})
    category: PayCategory | None = None
    normal_pay: Chf | None = None
    percent: int | None = field(default=None, metadata={"min": 1, "max": 100})
    employer: str = field(default="", metadata={"max": 200})
    exceptional: bool = False


def ask_grant(work: Work, ask: AskGrant) -> WageGrant:
    """Ask for a decision on a placement that one may see.

    Refuses, all at once: GrantOutsidePlacement, GrantTwice, GrantIncomplete, SubsidyAbovePercentage,
    SubsidyBeyondMonths; PeriodUpsideDown, UnknownThing, NotAllowed.
    """
    if work.actor.account_id is None:
        raise NotAllowed
    placement = placement_by_ref(work, ask.placement_ref)
    stay = stay_of(work, placement.id or 0)
    span = Period.through(ask.starts_on, ask.ends_on)
    permille = ask.percent * _TENTHS if ask.percent is not None else None
    kinds = SUBSIDIES if ask.kind in SUBSIDIES else (ask.kind,)
    faults = grant_faults(
        Wanted(
            ask.kind, span, stay.span, granted_spans(work, stay.placement_id, kinds), ask.category,
            ask.normal_pay, permille, ask.employer,
        )
    )  # fmt: skip
    subsidy = ask.kind in SUBSIDIES
    if subsidy and permille is not None:
        known = label(work, [stay.person_id]).get(stay.person_id)
        age = age_on(known.birth_date if known is not None else None, ask.starts_on)
        formula = formula_on(work, ask.kind, ask.starts_on)
        faults += terms_faults(formula, span, permille, age=age, exceptional=ask.exceptional)
    refuse(faults)
    made = WageGrant(
        placement_id=stay.placement_id,
        kind=ask.kind,
        category=None if subsidy else ask.category,
        starts_on=ask.starts_on,
        ends_on=ask.ends_on,
        normal_pay=ask.normal_pay if subsidy else None,
        permille=permille if subsidy else None,
        exceptional=ask.exceptional and subsidy,
        employer=ask.employer.strip() if subsidy else "",
        reason=ask.reason,
        state=GrantState.ASKED,
        asked_by=work.actor.account_id,
        asked_at=work.now,
        unit_id=next(iter(work.actor.units), None),
    )
    work.session.add(made)
    work.session.flush()
    told(work, "wage_grant_asked", made, stay, {"kind": made.kind.value, "reason": ask.reason})
    tell_asked(work, made, stay)
    return made


@dataclass(frozen=True)
class DecideGrant:
    """Wish to decide on what was asked; `grant` False declines."""

    grant_ref: str
    grant: bool
    reason: str = field(default="", metadata={"max": 1000})


def decide_grant(work: Work, ask: DecideGrant) -> WageGrant:
    """Grant what somebody else asked for, and bind it whole; or decline it. By finance of a paying sector.

    Refuses: WageFourEyes, GrantNotOpen, NotAllowed, UnknownThing; by the ledger: BudgetExceeded,
    BudgetYearMissing, BudgetYearClosed.
    """
    grant = _locked(work, ask.grant_ref)
    if grant.state is not GrantState.ASKED:
        raise GrantNotOpen
    if grant.asked_by == work.actor.account_id:
        raise WageFourEyes
    stay = stay_of(work, grant.placement_id)
    grant.decision = ask.reason
    work.session.flush()
    grant.state = GrantState.GRANTED if ask.grant else GrantState.DECLINED
    grant.decided_by, grant.decided_at = work.actor.account_id, work.now
    if ask.grant:
        _engage(work, grant, binds(work, grant, stay), "engage", ask.reason)
    return _kept(work, f"wage_grant_{grant.state.value}", grant, stay, {"reason": ask.reason})


@dataclass(frozen=True)
class EngageFurther:
    """Wish to bind more for a decision, in a year, shared by the placement's key."""

    grant_ref: str
    year: int = field(metadata={"min": 2000, "max": 2199})
    amount: Chf = field(metadata={"min": Chf(1)})
    reason: str = field(metadata={"max": 500})


def engage_further(work: Work, ask: EngageFurther) -> WageGrant:
    """Bind more than the decision did; for a closed year, in the next open one.

    Refuses: GrantNotOpen, NotAllowed, UnknownThing; BudgetExceeded.
    """
    grant = _locked(work, ask.grant_ref)
    if grant.state is not GrantState.GRANTED:
        raise GrantNotOpen
    stay = stay_of(work, grant.placement_id)
    parts = ask.amount.apportion(stay.weights)
    wanted = {
        (share.line_id, share.agreement_id, ask.year): part
        for share, part in zip(stay.shares, parts, strict=True)
        if part
    }
    _engage(work, grant, wanted, f"further:{grant.version}", ask.reason)
    return _kept(work, "wage_grant_engaged", grant, stay, {"amount": ask.amount, "reason": ask.reason})


def release_rest(work: Work, ref: str) -> WageGrant:
    """Give back what a decision that is over did not need.

    Refuses: WageMonthNotOver, GrantNotOpen (a part is still open, or nothing was granted), NothingToPay,
    NotAllowed, UnknownThing.
    """
    grant = _locked(work, ref)
    open_parts = any(
        part.state not in {WageState.PAID, WageState.DECLINED}
        for _, parts in results_of(work, grant.id or 0)
        for part in parts
    )
    if grant.state is not GrantState.GRANTED or open_parts:
        raise GrantNotOpen
    stay = stay_of(work, grant.placement_id)
    over = min(grant.ends_on, stay.span.last)
    if work.today <= over:
        raise WageMonthNotOver(month=over)
    agreements = {row.line_id: row.agreement_id for row in engagements_of(work, grant.id or 0)}
    rest = {key: left for key, left in left_of(work, grant).items() if left > Chf()}
    if not rest:
        raise NothingToPay(month=over)
    legs = [Leg(line, agreements[line], left, first_day(grant, year)) for (line, year), left in rest.items()]
    release(work, legs, source_of(grant, f"release:{grant.version}"))
    for (line, year), left in rest.items():
        _bound(work, grant, (line, agreements[line], year), -left, "")
    total = Chf.total(rest.values())
    return _kept(work, "wage_grant_released", grant, stay, {"amount": total})


def source_of(grant: WageGrant, act: str) -> Source:
    """What a decision is called in the ledger."""
    return Source(kind_of(grant), grant.id or 0, f"wage_grant:{grant.ref}:{act}")


def first_day(grant: WageGrant, year: int) -> date:
    """The day of a year on which a decision's sums are effective."""
    return grant.starts_on if grant.starts_on.year == year else date(year, 1, 1)


def told(work: Work, act: str, grant: WageGrant, stay: Stay, facts: Mapping[str, object]) -> None:
    """Write an act on a decision to the journal."""
    wrote(work, act, "wage_grant", grant.id, ref=grant.ref, person_id=stay.person_id, payload=facts)


def _locked(work: Work, ref: str) -> WageGrant:
    grant = grant_by_ref(work, ref)
    work.session.refresh(grant, with_for_update=True)
    if work.actor.account_id is None or not may_decide(work, grant):
        raise NotAllowed
    return grant


def _engage(
    work: Work, grant: WageGrant, wanted: Mapping[tuple[int, int, int], Chf], act: str, reason: str
) -> None:
    legs: Sequence[Leg] = in_open_years(
        work,
        [
            Leg(line, agreement, sum_, first_day(grant, year))
            for (line, agreement, year), sum_ in wanted.items()
        ],
    )
    engage(work, legs, source_of(grant, act))
    for leg in legs:
        key = leg.line_id, leg.agreement_id or 0, leg.effective_on.year
        _bound(work, grant, key, leg.amount, reason)


def _bound(work: Work, grant: WageGrant, key: tuple[int, int, int], amount: Chf, reason: str) -> None:
    line, agreement, year = key
    work.session.add(
        WageEngagement(
            grant_id=grant.id or 0, line_id=line, agreement_id=agreement, year=year, amount=amount,
            reason=reason[:500], recorded_at=work.now, account_id=work.actor.account_id or 0,
        )
    )  # fmt: skip


def _kept(work: Work, act: str, grant: WageGrant, stay: Stay, facts: Mapping[str, object]) -> WageGrant:
    grant.version += 1
    work.session.flush()
    told(work, act, grant, stay, facts)
    return grant
