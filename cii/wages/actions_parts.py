"""The steps of what one payer owes of a month: checked, approved, paid or declined; each in the ledger.

Approval accrues and invoices, payment pays. A negative part of a later truth is taken back with its payment:
reclaimed, credited, and bound again, so that the decision has its money back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cii.budgets.actions import Leg, Source, book, in_open_years
from cii.budgets.queries_late import year_of_books
from cii.budgets.vocabulary import EntryKind
from cii.institutions.queries import line_by_ref
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.money import Chf, round5
from cii.kernel.moves import move
from cii.kernel.period import Period, month_of
from cii.store.work import Work
from cii.wages.months import earlier_parts, parts_in, paying_grants
from cii.wages.pricing import months_due, stay_of
from cii.wages.queries import (
    NEGATIVE,
    POSITIVE,
    before,
    booked_as,
    kind_of,
    left_of,
    live_sums,
    next_number,
    own_line,
    part_by_ref,
    roles_of,
)
from cii.wages.rules import (
    MOVES,
    RULE_VERSION,
    EarlierWageOpen,
    NothingToPay,
    WageFourEyes,
    WageMonthNotOver,
    WageOutdated,
    WageOverCommitment,
    same_eyes,
)
from cii.wages.tables import WageGrant, WagePart, WageResult
from cii.wages.vocabulary import GrantKind, WageEvent, WageState

_POSITIVE: Mapping[WageEvent, tuple[EntryKind, ...]] = {
    WageEvent.APPROVE: POSITIVE,
    WageEvent.PAY: (EntryKind.PAYMENT,),
}
_NEGATIVE: Mapping[WageEvent, tuple[EntryKind, ...]] = {
    WageEvent.PAY: NEGATIVE,
}
_PREPARED: Mapping[WageEvent, WageState] = {
    WageEvent.CHECK: WageState.COMPUTED,
    WageEvent.APPROVE: WageState.CHECKED,
    WageEvent.PAY: WageState.APPROVED,
}


@dataclass(frozen=True)
class MonthOfLine:
    """Which month of which funding line; any day of the month says it."""

    line_ref: str
    month: date


def compute_month(work: Work, ask: MonthOfLine) -> int:
    """Compute the pay of a month that is over, for every placement that the line pays; how many are new.

    What was computed stays: a changed attendance or scale makes a further row, negative where less is owed.
    Refuses: WageMonthNotOver, NothingToPay, NotAllowed, UnknownThing.
    """
    line, month = line_by_ref(work, ask.line_ref), month_of(ask.month)
    if not own_line(work, line.id or 0):
        raise NotAllowed
    if month.end > work.today:
        raise WageMonthNotOver(month=month.start)
    grants = paying_grants(work, line.id or 0, month.start, month.last)
    stays = {one.placement_id: stay_of(work, one.placement_id) for one in grants}
    begun = [one for one in grants if stays[one.placement_id].started]
    made = 0
    for grant in begun:
        work.session.refresh(grant, with_for_update=True)
    for id_, due in months_due(work, begun, stays, month).items():
        grant = next(one for one in begun if one.id == id_)
        stay = stays[grant.placement_id]
        parts = due.paid.amount.apportion(stay.weights)
        wanted = {
            (share.line_id, share.agreement_id): part for share, part in zip(stay.shares, parts, strict=True)
        }
        made += state(work, grant, month, wanted, due.explanation, RULE_VERSION) is not None
    if not made:
        raise NothingToPay(month=month.start)
    wrote(work, "wage_month_computed", "funding_line", line.id, ref=line.ref, payload={"month": month.start})
    return made


def state(  # noqa: PLR0917 - what a month comes to, from what, by which rule
    work: Work,
    grant: WageGrant,
    month: Period,
    due: Mapping[tuple[int, int], Chf],
    explanation: Mapping[str, object],
    rule_version: str,
    slip: Chf | None = None,
) -> WageResult | None:
    """A row of the month with what is new since the rows before, for each payer; None where nothing is."""
    known = live_sums(work, grant.id or 0, month.start)
    new = {key: sum_ - known.get(key[0], Chf()) for key, sum_ in due.items()}
    new = {key: sum_ for key, sum_ in new.items() if sum_}
    if not new:
        return None
    made = WageResult(
        grant_id=grant.id or 0,
        month=month.start,
        number=next_number(work, grant.id or 0, month.start),
        amount=Chf.total(new.values()),
        slip=slip,
        explanation=dict(explanation) | {"due": Chf.total(due.values()).centimes},
        rule_version=rule_version,
        made_at=work.now,
        account_id=work.actor.account_id,
        unit_id=next(iter(work.actor.units), None),
    )
    work.session.add(made)
    work.session.flush()
    for (line, agreement), sum_ in new.items():
        transferred = round5(sum_)
        work.session.add(
            WagePart(
                result_id=made.id or 0, line_id=line, agreement_id=agreement, amount=sum_,
                transferred=transferred, rounding=transferred - sum_, state=WageState.COMPUTED,
                prepared_by=work.actor.account_id,
            )
        )  # fmt: skip
    work.session.flush()
    return made


def check_month(work: Work, ask: MonthOfLine) -> int:
    """Check every computed part of a line's month; how many. Refuses: NothingToPay, NotAllowed."""
    return _month(work, ask, WageEvent.CHECK)


def approve_month(work: Work, ask: MonthOfLine) -> int:
    """Approve every checked part of a line's month, by somebody who neither computed nor checked it.

    Refuses, all at once: WageFourEyes, WageOverCommitment, WageOutdated, EarlierWageOpen; NothingToPay,
    NotAllowed; by the ledger: BudgetYearClosed where no later year is open.
    """
    return _month(work, ask, WageEvent.APPROVE)


def pay_month(work: Work, ask: MonthOfLine) -> int:
    """Pay every approved part of a line's month, by somebody who did not approve it.

    Refuses, all at once: WageFourEyes, EarlierWageOpen; NothingToPay, NotAllowed.
    """
    return _month(work, ask, WageEvent.PAY)


def _month(work: Work, ask: MonthOfLine, event: WageEvent) -> int:
    line, month = line_by_ref(work, ask.line_ref), month_of(ask.month)
    if not own_line(work, line.id or 0, *roles_of(event)):
        raise NotAllowed
    parts = parts_in(work, line.id or 0, month.start, _PREPARED[event])
    if not parts:
        raise NothingToPay(month=month.start)
    _together(work, parts, event)
    return len(parts)


def _together(work: Work, parts: Sequence[WagePart], event: WageEvent) -> None:
    """Take the step with all of them, or with none: every reason at once, each said once.

    What cannot be done before the others is tried again after them: money is taken back out of what the same
    month pays.
    """
    with work.session.begin_nested():
        waiting, faults = list(parts), dict[str, Refusal]()
        while waiting:
            again, faults = _each(work, waiting, event)
            if len(again) == len(waiting):
                break
            waiting = again
        refuse(faults.values())


def _each(
    work: Work, parts: Sequence[WagePart], event: WageEvent
) -> tuple[list[WagePart], dict[str, Refusal]]:
    """The parts with which the step could not be taken, and why."""
    refused, faults = list[WagePart](), dict[str, Refusal]()
    for part in parts:
        try:
            with work.session.begin_nested():
                step(work, part, event)
        except Refusal as no:
            refused.append(part)
            faults |= {str(reason): reason for reason in no.reasons}
    return refused, faults


def check_part(work: Work, ref: str) -> WagePart:
    """Check one part. Refuses: IllegalMove, NotAllowed, UnknownThing."""
    return step(work, part_by_ref(work, ref), WageEvent.CHECK)


def approve_part(work: Work, ref: str) -> WagePart:
    """Approve one part; refuses as `approve_month`."""
    return step(work, part_by_ref(work, ref), WageEvent.APPROVE)


def pay_part(work: Work, ref: str) -> WagePart:
    """Pay one part; refuses as `pay_month`."""
    return step(work, part_by_ref(work, ref), WageEvent.PAY)


@dataclass(frozen=True)
class DeclinePart:
    """Wish to decline what was computed or claimed, with the reason."""

    part_ref: str
    reason: str = field(metadata={"max": 1000})


def decline_part(work: Work, ask: DeclinePart) -> WagePart:
    """Decline one part; the month may be computed or claimed again. Refuses: IllegalMove, NotAllowed."""
    return step(work, part_by_ref(work, ask.part_ref), WageEvent.DECLINE, ask.reason)


def step(work: Work, part: WagePart, event: WageEvent, reason: str | None = None) -> WagePart:
    """Take one step with a part, its decision locked.

    Refuses: IllegalMove, NotAllowed, WageFourEyes, WageOverCommitment, WageOutdated, EarlierWageOpen.
    """
    result = work.session.get_one(WageResult, part.result_id)
    grant = work.session.get_one(WageGrant, result.grant_id)
    work.session.refresh(grant, with_for_update=True)
    work.session.refresh(part, with_for_update=True)
    after = move(MOVES, part.state, event)
    if work.actor.account_id is None or not own_line(work, part.line_id, *roles_of(event)):
        raise NotAllowed
    refuse(_faults(work, grant, result, part, event))
    kinds = (_POSITIVE if part.amount > Chf() else _NEGATIVE).get(event, ())
    for kind in kinds:
        sum_ = part.amount if part.amount > Chf() else -part.amount
        legs = in_open_years(work, [Leg(part.line_id, part.agreement_id, sum_, result.month)])
        book(work, kind, legs, Source(kind_of(grant), grant.id or 0, booked_as(part, kind)))
    if reason is not None:
        part.reason = reason
        work.session.flush()
    _MARKS[event](part, work)
    part.state = after
    part.version += 1
    work.session.flush()
    stay = stay_of(work, grant.placement_id)
    facts = {"amount": part.amount, "month": result.month} | ({"reason": reason} if reason else {})
    wrote(
        work, f"wage_part_{after.value}", "wage_part", part.id, ref=part.ref, person_id=stay.person_id,
        payload=facts,
    )  # fmt: skip
    return part


def _checked(part: WagePart, work: Work) -> None:
    part.checked_by, part.checked_at = work.actor.account_id, work.now


def _approved(part: WagePart, work: Work) -> None:
    part.approved_by, part.approved_at = work.actor.account_id, work.now


def _paid(part: WagePart, work: Work) -> None:
    part.released_by, part.released_at = work.actor.account_id, work.now


def _declined(part: WagePart, work: Work) -> None:
    """A part that was declined says why, nothing else."""


_MARKS: Mapping[WageEvent, Callable[[WagePart, Work], None]] = {
    WageEvent.CHECK: _checked,
    WageEvent.APPROVE: _approved,
    WageEvent.PAY: _paid,
    WageEvent.DECLINE: _declined,
}


def _faults(
    work: Work, grant: WageGrant, result: WageResult, part: WagePart, event: WageEvent
) -> list[Refusal]:
    """Everything that stands against the step."""
    faults: list[Refusal] = []
    if same_eyes(event, work.actor.account_id, before(part, event)):
        faults.append(WageFourEyes())
    wanted = {
        WageEvent.APPROVE: (WageState.APPROVED, WageState.PAID), WageEvent.PAY: (WageState.PAID,)
    }.get(event)  # fmt: skip
    if wanted and any(one.state not in wanted for one in earlier_parts(work, part, result)):
        faults.append(EarlierWageOpen(month=result.month))
    if event is not WageEvent.APPROVE:
        return faults
    if grant.kind is GrantKind.PAY and outdated(work, grant, result.month):
        faults.append(WageOutdated(month=result.month))
    year = year_of_books(work, part.line_id, result.month.year)
    left = left_of(work, grant).get((part.line_id, year), Chf())
    if part.amount > left:
        faults.append(WageOverCommitment(excess=part.amount - left, month=result.month))
    return faults


def outdated(work: Work, grant: WageGrant, day: date) -> bool:
    """Whether attendance, breaks or the scale say something else by now than the month's rows together."""
    month = month_of(day)
    stay = stay_of(work, grant.placement_id)
    due = months_due(work, [grant], {grant.placement_id: stay}, month)[grant.id or 0]
    return due.paid.amount != Chf.total(live_sums(work, grant.id or 0, month.start).values())
