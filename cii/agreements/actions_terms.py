"""Acts on the terms of an agreement: tariffs, closures, objectives with indicators, deliverables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlmodel import col

from cii.agreements.actions_common import changed, open_for_change, writable
from cii.agreements.prices import in_use
from cii.agreements.rules import (
    ClosureOverlaps,
    OutsideAgreement,
    TariffOverlaps,
    indicator_faults,
)
from cii.agreements.rules_tariffs import StatedMonth, TariffWish, stated_faults, tariff_faults
from cii.agreements.tables import (
    Agreement,
    AgreementClosure,
    AgreementMeasure,
    Deliverable,
    Indicator,
    Objective,
    Tariff,
)
from cii.agreements.vocabulary import (
    Basis,
    DeliverableKind,
    Direction,
    Frequency,
    IndicatorUnit,
    ObjectiveLevel,
)
from cii.indicators.queries import definitions
from cii.indicators.rules import source_faults
from cii.institutions.queries import line_by_ref
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.kernel.money import Chf
from cii.kernel.period import Period, PeriodUpsideDown
from cii.measures.queries import measure_by_ref
from cii.store.work import Work


@dataclass(frozen=True)
class AddTariff:
    """Wish to price a measure for a line from a date on; the tariff that was open until then ends there."""

    agreement_ref: str
    measure_ref: str
    line_ref: str
    valid_from: date
    basis: Basis
    amount: Chf
    last_day: date | None = None
    places: int = 1
    month_begun: bool = False
    excused_days: int | None = None
    unexcused_days: int | None = 0
    day_minutes: int | None = None
    full_from: int | None = None
    half_from: int | None = None
    guarantee: int | None = None


def add_tariff(work: Work, ask: AddTariff, stated: Iterable[StatedMonth] = ()) -> Tariff:
    """Add a dated tariff to an open agreement; `stated`: months of that measure and line already stated.

    It ends an open-ended one, or replaces it on its first day; at the same price, that price stands on.
    Refuses, all at once: what `tariff_faults` finds, OutsideAgreement, TariffOverlaps, MonthStated; before:
    NotOpenForChange, NotAllowed, UnknownThing, PeriodUpsideDown.
    """
    agreement = open_for_change(work, ask.agreement_ref)
    measure, line = measure_by_ref(work, ask.measure_ref), line_by_ref(work, ask.line_ref)
    end = Period.through(ask.valid_from, ask.last_day).end if ask.last_day else None
    same = (
        col(Tariff.agreement_id) == agreement.id,
        col(Tariff.measure_id) == measure.id,
        col(Tariff.line_id) == line.id,
    )
    replaced = and_(col(Tariff.valid_to).is_(None), col(Tariff.valid_from) <= ask.valid_from)
    refuse(
        [
            *tariff_faults(_wish(agreement, ask)),
            *_outside(work, agreement, measure.id or 0, line.id or 0, ask.valid_from),
            *_overlaps(work, [*same, ~replaced], ask.valid_from, end),
            *stated_faults(ask.valid_from, stated),
        ]
    )
    kept = select(func.min(col(Tariff.priced_from))).where(
        *same, replaced, col(Tariff.basis) == ask.basis, col(Tariff.amount) == ask.amount
    )
    stands = work.session.scalars(kept).one()
    work.session.execute(update(Tariff).where(*same, replaced).values(valid_to=ask.valid_from))
    made = Tariff(
        agreement_id=agreement.id or 0,
        measure_id=measure.id or 0,
        line_id=line.id or 0,
        valid_from=ask.valid_from,
        valid_to=end,
        basis=ask.basis,
        amount=ask.amount,
        priced_from=stands or ask.valid_from,
        places=ask.places,
        month_begun=ask.month_begun,
        excused_days=ask.excused_days,
        unexcused_days=ask.unexcused_days,
        day_minutes=ask.day_minutes,
        full_from=ask.full_from,
        half_from=ask.half_from,
        guarantee=ask.guarantee or None,
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    changed(work, agreement, "tariff_added", {"amount": ask.amount, "from": ask.valid_from})
    return made


@dataclass(frozen=True)
class AddClosure:
    """Wish to state days (both inside) on which a measure is closed and costs nothing."""

    agreement_ref: str
    measure_ref: str
    starts_on: date
    ends_on: date
    reason: str = field(metadata={"min": 1, "max": 200})


def add_closure(work: Work, ask: AddClosure) -> AgreementClosure:
    """State closing days of a measure that the agreement buys, each day once.

    Refuses, all at once: OutsideAgreement, PeriodUpsideDown, ClosureOverlaps; before: NotOpenForChange.
    """
    agreement = open_for_change(work, ask.agreement_ref)
    measure_id = measure_by_ref(work, ask.measure_ref).id or 0
    refuse(_closure_faults(work, agreement, measure_id, ask))
    closed = Period.through(ask.starts_on, ask.ends_on)
    made = AgreementClosure(
        agreement_id=agreement.id or 0,
        measure_id=measure_id,
        starts_on=closed.start,
        ends_on=closed.last,
        reason=ask.reason,
        recorded_at=work.now,
    )
    work.session.add(made)
    changed(work, agreement, "closure_added", {"from": closed.start, "until": closed.last})
    return made


@dataclass(frozen=True)
class AgreeMargin:
    """By how many places a line may go beyond its quota in a measure that the agreement buys; 0 is none."""

    agreement_ref: str
    measure_ref: str
    line_ref: str
    overbooking: int = field(metadata={"min": 0, "max": 100})


def agree_margin(work: Work, ask: AgreeMargin) -> AgreementMeasure:
    """Write the margin into the text of an agreement that is not signed; it counts once it is in force.

    Refuses: NotOpenForChange, NotAllowed, UnknownThing (also what the agreement does not buy).
    """
    agreement = open_for_change(work, ask.agreement_ref)
    measure, line = measure_by_ref(work, ask.measure_ref), line_by_ref(work, ask.line_ref)
    bought = work.session.scalars(
        select(AgreementMeasure).where(
            col(AgreementMeasure.agreement_id) == agreement.id,
            col(AgreementMeasure.measure_id) == measure.id,
            col(AgreementMeasure.line_id) == line.id,
        )
    ).first()
    if bought is None:
        raise UnknownThing(field="line_ref")
    before, bought.overbooking = bought.overbooking, ask.overbooking
    facts = {"measure": measure.code, "line": line.code, "before": before, "after": ask.overbooking}
    changed(work, agreement, "margin_agreed", facts)
    return bought


@dataclass(frozen=True)
class IndicatorWish:
    """How an objective is to be measured; percentages in permille, francs in centimes."""

    code: str
    title: dict[str, str]
    unit: IndicatorUnit
    direction: Direction
    target: int
    minimum: int | None
    source: str


@dataclass(frozen=True)
class AddObjective:
    """Wish to set an objective with its indicators (000 i.5, i.11, i.12)."""

    agreement_ref: str
    level: ObjectiveLevel
    wording: str
    owner: str
    indicators: tuple[IndicatorWish, ...]


def add_objective(work: Work, ask: AddObjective) -> Objective:
    """Set an objective and how it is measured.

    Refuses NotOpenForChange; all at once MinimumBeyondTarget, UnknownIndicator, UnitOfIndicator for each.
    """
    agreement = open_for_change(work, ask.agreement_ref)
    named = [(one.source, one.unit) for one in ask.indicators]
    refuse(
        [
            *indicator_faults(
                "indicators", ((one.code, one.direction, one.target, one.minimum) for one in ask.indicators)
            ),
            *source_faults("indicators", named, definitions(work)),
        ]
    )
    made = Objective(agreement_id=agreement.id or 0, level=ask.level, wording=ask.wording, owner=ask.owner)
    work.session.add(made)
    work.session.flush()
    for one in ask.indicators:
        work.session.add(
            Indicator(
                agreement_id=agreement.id or 0,
                objective_id=made.id or 0,
                code=one.code,
                title=one.title,
                unit=one.unit,
                direction=one.direction,
                target=one.target,
                minimum=one.minimum,
                source=one.source,
            )
        )
    changed(work, agreement, "objective_added", {"indicators": [one.code for one in ask.indicators]})
    return made


@dataclass(frozen=True)
class AddDeliverable:
    """Wish that the provider hands something in by a date (000 i.32)."""

    agreement_ref: str
    kind: DeliverableKind
    frequency: Frequency
    due_on: date


def add_deliverable(work: Work, ask: AddDeliverable) -> Deliverable:
    """Add a dated deliverable; allowed while the agreement lives. Refuses UnknownThing, NotAllowed."""
    agreement = writable(work, ask.agreement_ref)
    made = Deliverable(
        agreement_id=agreement.id or 0, kind=ask.kind, frequency=ask.frequency, due_on=ask.due_on
    )
    work.session.add(made)
    changed(work, agreement, "deliverable_added", {"kind": ask.kind, "due": ask.due_on})
    return made


def receive_deliverable(work: Work, ref: str) -> Deliverable:
    """Note that it came in on paper; the first receipt counts, also of what was waived.

    Refuses: UnknownThing, NotAllowed.
    """
    found = work.session.scalars(select(Deliverable).where(col(Deliverable.ref) == ref)).first()
    agreement = work.session.get(Agreement, found.agreement_id) if found else None
    if found is None or agreement is None:
        raise UnknownThing(field="deliverable_ref")
    writable(work, agreement.ref)
    if found.received_at is None:
        found.received_at, found.received_by = work.now, work.actor.account_id
        work.session.flush()
        wrote(work, "deliverable_received", "agreement", agreement.id, ref=found.ref)
    return found


def _wish(agreement: Agreement, ask: AddTariff) -> TariffWish:
    return TariffWish(
        agreement.profile,
        ask.basis,
        ask.amount,
        ask.last_day,
        ask.places,
        ask.excused_days,
        ask.unexcused_days,
        ask.day_minutes,
        ask.full_from,
        ask.half_from,
        ask.guarantee,
    )


def _overlaps(
    work: Work, among: Sequence[ColumnElement[bool]], start: date, end: date | None
) -> list[Refusal]:
    """The first other tariff in force on a day from `start` up to `end`."""
    clash = select(col(Tariff.valid_from)).where(
        *among, or_(col(Tariff.valid_to).is_(None), col(Tariff.valid_to) > start), in_use(Tariff)
    )
    if end is not None:
        clash = clash.where(col(Tariff.valid_from) < end)
    other = work.session.scalars(clash.order_by(col(Tariff.valid_from)).limit(1)).first()
    return [] if other is None else [TariffOverlaps(since=other, field="valid_from")]


def _closure_faults(work: Work, agreement: Agreement, measure_id: int, ask: AddClosure) -> list[Refusal]:
    """Every reason why these closing days cannot be stated."""
    faults: list[Refusal] = []
    bought = select(col(AgreementMeasure.id)).where(
        col(AgreementMeasure.agreement_id) == agreement.id, col(AgreementMeasure.measure_id) == measure_id
    )
    if work.session.scalars(bought).first() is None:
        faults.append(OutsideAgreement(number=agreement.number, field="measure_ref"))
    if ask.ends_on < ask.starts_on:
        return [*faults, PeriodUpsideDown(field="ends_on")]
    same = work.session.scalars(
        select(AgreementClosure).where(
            col(AgreementClosure.agreement_id) == agreement.id,
            col(AgreementClosure.measure_id) == measure_id,
            col(AgreementClosure.withdrawn_at).is_(None),
            col(AgreementClosure.starts_on) <= ask.ends_on,
            col(AgreementClosure.ends_on) >= ask.starts_on,
        )
    ).first()
    if same is not None:
        told = {"first": same.starts_on, "last": same.ends_on}
        faults.append(ClosureOverlaps(field="starts_on", **told))
    return faults


def _outside(work: Work, agreement: Agreement, measure_id: int, line_id: int, at: date) -> list[Refusal]:
    """Whether the agreement buys the measure for the line, and the day lies before its end."""
    bought = select(col(AgreementMeasure.id)).where(
        col(AgreementMeasure.agreement_id) == agreement.id,
        col(AgreementMeasure.measure_id) == measure_id,
        col(AgreementMeasure.line_id) == line_id,
    )
    over = agreement.valid_to is not None and at >= agreement.valid_to
    if over or work.session.scalars(bought).first() is None:
        return [OutsideAgreement(number=agreement.number, field="valid_from" if over else "measure_ref")]
    return []
