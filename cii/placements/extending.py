"""Extending a stay: days, quota and money of the rest in one act, or none of them with every reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.agreements.queries import agreements_by_id, price_of
from cii.budgets.actions import Source
from cii.budgets.actions_binding import Lost, engage_prepared, engagement_faults, prepare_engagement
from cii.institutions.queries import lines_by_id
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY, Period
from cii.measures.queries import measures_by_id
from cii.notices.actions import tell
from cii.placements.actions import all_or_nothing, note_event
from cii.placements.days import hold_person, open_days, place_on
from cii.placements.ledger import bind_further, further_legs, months_due
from cii.placements.queries import breaks_of, placement_by_ref, shares_of
from cii.placements.reasons import capacity_faults, double_financing
from cii.placements.rules import (
    MeasureNotRunning,
    NoAgreement,
    NotAnExtension,
    PlaceJustTaken,
    PlacementTooLong,
    StayNotRunning,
)
from cii.placements.tables import Placement, PlacementShare
from cii.placements.vocabulary import PlacementEventKind, PlacementState
from cii.store.work import Work

EXTENDABLE = (PlacementState.ACCEPTED, PlacementState.STARTED)
"""A stay that is promised or under way; one that is only reserved is asked for anew."""
_TRIES = 3


@dataclass(frozen=True)
class ExtendStay:
    """The stay goes on to a later last day, under the agreements and the key that it has."""

    placement_ref: str
    ends_on: date


def extend_stay(work: Work, ask: ExtendStay) -> Placement:
    """Take the further days, their quota and their money together, and tell the provider.

    The conditions of the measure are not asked again. Refuses, all at once: NotAnExtension ·
    PlacementTooLong, MeasureNotRunning · NoAgreement per payer, TariffMissing · DoubleFinancing ·
    MeasureFull, LineQuotaFull · BudgetExceeded per line; before: UnknownThing, NotAllowed, StayNotRunning.
    """
    placement = placement_by_ref(work, ask.placement_ref)
    work.session.refresh(placement, with_for_update=True)
    if Section.PLACEMENT not in sections_on_case(work, placement.case_id)[1]:
        raise NotAllowed
    if placement.state not in EXTENDABLE:
        raise StayNotRunning(state=placement.state)
    if ask.ends_on <= placement.ends_on:
        raise NotAnExtension(field="ends_on", last=placement.ends_on)
    hold_person(work, placement.person_id)
    for _ in range(_TRIES):
        try:
            with all_or_nothing(work, Period.through(placement.ends_on + ONE_DAY, ask.ends_on)):
                return _extended(work, placement, ask.ends_on)
        except Lost:  # undone: the next try reads every reason anew
            continue
    raise PlaceJustTaken(measure=measures_by_id(work, [placement.measure_id])[placement.measure_id].code)


def _extended(work: Work, placement: Placement, until: date) -> Placement:
    """One try; raises Lost where another was quicker."""
    before = placement.ends_on
    rest = Period.through(before + ONE_DAY, until)
    shares = shares_of(work, placement.id or 0)
    open_days(work, placement.measure_id, until, since=rest.start)
    reasons = [
        *_term_faults(work, placement, until),
        *_agreement_faults(work, shares, rest),
        *double_financing(work, placement.person_id, rest, but=placement.id),
        *capacity_faults(work, placement.measure_id, placement.line_id, rest),
    ]
    due: dict[tuple[int, int], Chf] = {}
    try:
        due = _further(work, placement, shares, until)
    except Refusal as no:
        reasons += no.reasons
    legs = further_legs(shares, due, rest.start)
    if reasons:
        refuse([*reasons, *engagement_faults(work, legs)] if legs else reasons)
    act = f"placement:{placement.ref}:extend:{placement.version}"
    money = prepare_engagement(work, legs, Source("placement", placement.id or 0, act))
    bind_further(work, shares, due, rest.start)
    placement.ends_on = placement.planned_end = until
    placement.version += 1
    work.session.add(placement)
    work.session.flush()
    engaged = Chf.total(leg.amount for leg in legs)
    _told(work, placement, before, rest, engaged)
    engage_prepared(work, money, place_on(placement.measure_id, placement.line_id, rest))
    return placement


def _term_faults(work: Work, placement: Placement, until: date) -> list[Refusal]:
    faults: list[Refusal] = []
    longest = work.parameter("placement_longest_days")
    if (until - placement.starts_on).days >= longest:
        faults.append(PlacementTooLong(field="ends_on", days=longest))
    measure = measures_by_id(work, [placement.measure_id])[placement.measure_id]
    if measure.ends_on is not None and measure.ends_on < until:
        faults.append(MeasureNotRunning(field="ends_on", first=measure.starts_on, last=measure.ends_on))
    return faults


def _agreement_faults(work: Work, shares: Sequence[PlacementShare], rest: Period) -> list[Refusal]:
    """NoAgreement for each payer whose agreement does not hold on all further days."""
    held = agreements_by_id(work, {share.agreement_id for share in shares})
    names = lines_by_id(work, {share.line_id for share in shares})
    return [
        NoAgreement(line=names[share.line_id].code, day=max(end, rest.start))
        for share in shares
        if (end := held[share.agreement_id].valid_to) is not None and end < rest.end
    ]


def _further(
    work: Work, placement: Placement, shares: Sequence[PlacementShare], until: date
) -> dict[tuple[int, int], Chf]:
    """What each share owes more, per budget year: the longer stay's price less that of the stay as it is."""
    longer, shorter = (_price(work, placement, shares, last) for last in (until, placement.ends_on))
    further = {key: longer.get(key, Chf()) - shorter.get(key, Chf()) for key in {*longer, *shorter}}
    return {key: amount for key, amount in further.items() if amount > Chf()}


def _price(
    work: Work, placement: Placement, shares: Sequence[PlacementShare], last: date
) -> dict[tuple[int, int], Chf]:
    id_ = placement.id or 0
    priced = price_of(
        work,
        agreement_id=shares[0].agreement_id,
        measure_id=placement.measure_id,
        line_id=shares[0].line_id,
        span=Period.through(placement.starts_on, last),
        weights=[share.weight for share in shares],
        breaks=breaks_of(work, [id_]).get(id_, ()),
        workload=placement.workload,
    )
    found: dict[tuple[int, int], Chf] = {}
    for due, amount in months_due(priced, shares).items():
        key = (due.share_id, due.month.year)
        found[key] = found.get(key, Chf()) + amount
    return found


def _told(work: Work, placement: Placement, before: date, rest: Period, engaged: Chf) -> None:
    """The event, the journal's entry and the provider's notice."""
    facts = {"from": before.isoformat(), "until": rest.last.isoformat(), "engaged": engaged.centimes}
    note_event(work, placement, PlacementEventKind.EXTENDED, rest.start, facts)
    if placement.provider_unit_id is not None:
        tell(
            work,
            unit_id=placement.provider_unit_id,
            kind="placement-extended",
            subject="placement",
            subject_ref=placement.ref,
            person_id=placement.person_id,
            measure=measures_by_id(work, [placement.measure_id])[placement.measure_id].name,
            until=rest.last,
        )
    wrote(
        work,
        "placement.extend",
        "placement",
        placement.id,
        ref=placement.ref,
        case_id=placement.case_id,
        person_id=placement.person_id,
        payload=facts,
    )
