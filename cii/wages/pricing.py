"""What a decision's months come to: by the scale and attendance, by the formula and the pay slip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cii.agreements.queries import price_book
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.kernel.period import Period, month_of
from cii.settlement.queries import marks_in, stays_in
from cii.settlement.rules import Stay, expected_days
from cii.store.parameters import read_parameters
from cii.store.work import Work
from cii.wages.rules import SCALE, Month, Paid, full_pay, month_pay
from cii.wages.rules_subsidy import NUMBERS, PREFIX, Formula, month_subsidy
from cii.wages.tables import WageGrant
from cii.wages.vocabulary import GrantKind, PayCategory

_FULL = 100
"""Percent of full time."""


def span_of(grant: WageGrant) -> Period:
    """The days of a decision."""
    return Period.through(grant.starts_on, grant.ends_on)


def stay_of(work: Work, placement_id: int) -> Stay:
    """The placement as it stands, with its payers in the order of the key; refuses UnknownThing."""
    always = Period(date(1900, 1, 1), date(9999, 12, 31))
    found = stays_in(work, always, placement_ids=[placement_id])
    if not found:
        raise UnknownThing(field="placement_ref")
    return found[0]


def formula_on(work: Work, kind: GrantKind, day: date) -> Formula:
    """The formula of a kind of subsidy as it stood on a day."""
    prefix = PREFIX[kind]
    held = read_parameters(work.session, [f"{prefix}_{name}" for name in NUMBERS], day)
    return Formula(*(held[f"{prefix}_{name}"] for name in NUMBERS))


@dataclass(frozen=True, slots=True)
class MonthDue:
    """A month's pay with what it was computed from, to be kept with it."""

    paid: Paid
    explanation: Mapping[str, Any]


def months_due(
    work: Work, grants: Sequence[WageGrant], stays: Mapping[int, Stay], month: Period
) -> dict[int, MonthDue]:
    """What each decision's month comes to by attendance, by the decision's id; two statements for all."""
    marks = marks_in(work, [one.placement_id for one in grants], month)
    closures = price_book(work, {stays[one.placement_id].key[0] for one in grants}).closures
    scale = scale_on(work, month.start)
    found = {}
    for grant in grants:
        stay = stays[grant.placement_id]
        shut = closures.get(stay.key[:2], ())
        own = marks.get(stay.placement_id, {})
        expected = _expected(work, grant, stay, month, shut)
        basis = len(expected_days(month, shut, work.calendar))
        rate = scale[grant.category or PayCategory.ADULT]
        excused = work.parameter("participant_pay_excused_days", month.start)
        told = Month(rate, stay.workload or _FULL, basis, expected, own, excused)
        paid = month_pay(told)
        found[grant.id or 0] = MonthDue(
            paid,
            {
                "category": grant.category, "scale": rate.centimes, "workload": told.workload,
                "basis": basis, "expected": len(expected), "days": paid.days, "absent": paid.absent,
                "unattested": paid.unattested, "excused_days": excused,
            },
        )  # fmt: skip
    return found


def scale_on(work: Work, day: date) -> dict[PayCategory, Chf]:
    """The scale in force on a day; a new scale counts from the first of a month."""
    held = read_parameters(work.session, list(SCALE.values()), day)
    return {category: Chf(held[name]) for category, name in SCALE.items()}


def scale_and_absences(work: Work, day: date) -> tuple[dict[PayCategory, Chf], int]:
    """The scale in force on a day, and how many absences with an excuse a month are paid by then."""
    absences = "participant_pay_excused_days"
    held = read_parameters(work.session, [*SCALE.values(), absences], day)
    return {category: Chf(held[name]) for category, name in SCALE.items()}, held[absences]


def _expected(
    work: Work, grant: WageGrant, stay: Stay, month: Period, shut: tuple[Period, ...]
) -> frozenset[date]:
    days = span_of(grant).overlap(month)
    days = days and stay.span.overlap(days)
    return expected_days(days, (*shut, *stay.breaks), work.calendar) if days else frozenset()


def binds(work: Work, grant: WageGrant, stay: Stay) -> dict[tuple[int, int, int], Chf]:
    """What a decision binds by (line, agreement, year): each month in full, shared by the key."""
    closures = price_book(work, {stay.key[0]}).closures.get(stay.key[:2], ())
    found: dict[tuple[int, int, int], Chf] = {}
    for piece in span_of(grant).months():
        month = month_of(piece.start)
        if grant.kind is GrantKind.PAY:
            basis = len(expected_days(month, closures, work.calendar))
            rate = scale_on(work, month.start)[grant.category or PayCategory.ADULT]
            expected = _expected(work, grant, stay, month, closures)
            whole = full_pay(rate, stay.workload or _FULL, basis, len(expected))
        else:
            whole = subsidy_of(work, grant, month, grant.normal_pay or Chf())
        for share, part in zip(stay.shares, whole.apportion(stay.weights), strict=True):
            key = share.line_id, share.agreement_id, month.start.year
            found[key] = found.get(key, Chf()) + part
    return {key: sum_ for key, sum_ in found.items() if sum_}


def subsidy_of(work: Work, grant: WageGrant, month: Period, slip: Chf) -> Chf:
    """The most that a month may be subsidised, by the formula in force when the decision begins."""
    formula = formula_on(work, grant.kind, grant.starts_on)
    normal, permille = grant.normal_pay or Chf(), grant.permille or 0
    return month_subsidy(formula, span_of(grant), month, normal=normal, permille=permille, slip=slip)
