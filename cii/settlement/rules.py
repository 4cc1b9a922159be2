"""Pure rules of settlement: which days are expected and paid, how a statement moves, what refuses it.

Source: money.md §2; 000 i.24 (absences); product.md P6 and the four-eyes list of the house.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cii.agreements.rules_proration import Attended, Rate
from cii.kernel.calendar import WorkingDays
from cii.kernel.errors import Refusal
from cii.kernel.period import Period
from cii.settlement.vocabulary import Presence, StatementEvent, StatementState

MOVES: Mapping[StatementState, Mapping[StatementEvent, StatementState]] = {
    StatementState.PREFILLED: {
        StatementEvent.PREFILL: StatementState.PREFILLED,
        StatementEvent.SUBMIT: StatementState.SUBMITTED,
    },
    StatementState.SUBMITTED: {
        StatementEvent.CHECK: StatementState.CHECKED,
        StatementEvent.RETURN: StatementState.RETURNED,
    },
    StatementState.CHECKED: {
        StatementEvent.APPROVE: StatementState.APPROVED,
        StatementEvent.RETURN: StatementState.RETURNED,
    },
    StatementState.RETURNED: {StatementEvent.PREFILL: StatementState.PREFILLED},
    StatementState.APPROVED: {StatementEvent.PAY: StatementState.PAID},
}
"""The life of a statement; paid is its end, later truths become a correction."""

_DAY = 24 * 60
"""Minutes."""
_SATURDAY = 5
DRAFTS = (StatementState.PREFILLED, StatementState.RETURNED)
"""States in which the lines may be computed again."""
SETTLED = (StatementState.APPROVED, StatementState.PAID)
"""States that stand in the ledger."""

PROVIDER_EVENTS = frozenset({StatementEvent.PREFILL, StatementEvent.SUBMIT})
"""What the provider does."""
PAYER_EVENTS: Mapping[str, frozenset[StatementEvent]] = {
    "contract_manager": PROVIDER_EVENTS | {StatementEvent.CHECK, StatementEvent.RETURN},
    "supervisor": frozenset({StatementEvent.PREFILL, StatementEvent.CHECK, StatementEvent.RETURN}),
    "finance": frozenset(
        {
            StatementEvent.PREFILL,
            StatementEvent.CHECK,
            StatementEvent.RETURN,
            StatementEvent.APPROVE,
            StatementEvent.PAY,
        }
    ),
}
"""What each role of the paying sector does."""


class DayBeforeStart(Refusal):
    """The day lies before the start of the placement."""

    code, kind = "attendance-before-start", "unfit"


class DayAfterEnd(Refusal):
    """The day lies after the end of the placement."""

    code, kind = "attendance-after-end", "unfit"


class DayOnWeekend(Refusal):
    """Nobody is expected on a Saturday or a Sunday."""

    code, kind = "attendance-on-weekend", "unfit"


class DayOnHoliday(Refusal):
    """Nobody is expected on a legal holiday."""

    code, kind = "attendance-on-holiday", "unfit"


class DayClosed(Refusal):
    """Nobody is expected: the provider is closed by the agreement, or the stay is interrupted."""

    code, kind = "attendance-on-closing-day", "unfit"


class DayInFuture(Refusal):
    """Attendance is attested once the day has come."""

    code, kind = "attendance-in-future", "unfit"


class DayTwice(Refusal):
    """The same day is attested twice in one file or form."""

    code, kind = "attendance-twice", "unfit"


class MinutesUnfit(Refusal):
    """Minutes are told of a day on which the person was present, and a day has no more than 1440."""

    code, kind = "attendance-minutes-unfit", "unfit"


class NotStarted(Refusal):
    """The placement has not begun: there is nothing to attest."""

    code, kind = "placement-not-started", "conflict"


class AttendanceIncomplete(Refusal):
    """Days of the month are not attested yet."""

    code, kind = "attendance-incomplete", "conflict"


class MonthNotOver(Refusal):
    """A statement is submitted once its month is over."""

    code, kind = "statement-month-not-over", "conflict"


class StatementUnderway(Refusal):
    """The month's statement is being checked; it is returned before it is computed again."""

    code, kind = "statement-underway", "conflict"


class NothingToState(Refusal):
    """There is nothing to state for that month, or nothing has changed since its last statement."""

    code, kind = "nothing-to-state", "conflict"


class StatementOutdated(Refusal):
    """Attendance or tariffs have changed since the statement was computed."""

    code, kind = "statement-outdated", "conflict"


class StatementFourEyes(Refusal):
    """Whoever prepared or checked a statement does not approve it; whoever approved it does not pay it."""

    code, kind = "statement-four-eyes", "forbidden"


class ExceedsCommitment(Refusal):
    """The statement is higher than what is committed: a further engagement is to be decided first."""

    code, kind = "statement-exceeds-commitment", "conflict"


class EarlierStatementUnpaid(Refusal):
    """The month's earlier statement is paid before its correction."""

    code, kind = "earlier-statement-unpaid", "conflict"


class InvoiceNumberUsed(Refusal):
    """Another statement of the provider bears that invoice number."""

    code, kind = "invoice-number-used", "conflict"


class LineUnknown(Refusal):
    """The statement has no line of that number."""

    code, kind = "statement-line-unknown", "unfit"


class ReturnUnexplained(Refusal):
    """Whoever sends a statement back says why, in general or at one line at least."""

    code, kind = "statement-return-unexplained", "unfit"


def invoice_key(number: str | None) -> str | None:
    """An invoice number without spaces and case, by which two are the same; None for nothing."""
    return "".join((number or "").split()).casefold() or None


@dataclass(frozen=True, slots=True)
class ShareOf:
    """One payer of a stay."""

    share_id: int
    line_id: int
    agreement_id: int
    weight: int


@dataclass(frozen=True, slots=True)
class Stay:
    """A placement as settlement sees it; `key`: agreement, measure, line whose tariff prices it.

    `workload`: percent of full time, None for all of it; `breaks`: days on which the stay is interrupted.
    """

    placement_id: int
    ref: str
    case_id: int
    person_id: int
    measure_id: int
    provider_unit_id: int | None
    started: bool
    span: Period
    planned: Period
    key: tuple[int, int, int]
    shares: tuple[ShareOf, ...]
    workload: int | None = None
    breaks: tuple[Period, ...] = ()

    @property
    def weights(self) -> tuple[int, ...]:
        """The key of the payers, in the order in which a price is apportioned."""
        return tuple(share.weight for share in self.shares)


def expected_days(period: Period, closures: Sequence[Period], calendar: WorkingDays) -> frozenset[date]:
    """The days on which a participant is expected: working days that the agreement does not close."""
    return frozenset(
        day
        for day in period.days()
        if calendar.is_working(day) and not any(day in closure for closure in closures)
    )


def paid_days(
    marks: Mapping[date, Presence], expected: Iterable[date], rate_on: Callable[[date], Rate | None]
) -> frozenset[date]:
    """The expected days that are paid, by the absence rule of the tariff in force on each.

    Presence is paid. Excused absences and sickness are paid up to `excused_days` a month, unexcused ones up
    to `unexcused_days` (None: without limit), the earliest first. A day on which the provider had closed
    without agreement, and a day not attested, are not paid.
    """
    used: dict[tuple[int, int, bool], int] = {}
    paid = set()
    for day in sorted(expected):
        presence, rate = marks.get(day), rate_on(day)
        if presence is Presence.PRESENT:
            paid.add(day)
        if rate is None or presence not in _ABSENCES:
            continue
        excused = presence is not Presence.UNEXCUSED_ABSENCE
        limit = rate.excused_days if excused else rate.unexcused_days
        so_far = used.get((day.year, day.month, excused), 0)
        if limit is None or so_far < limit:
            paid.add(day)
        used[day.year, day.month, excused] = so_far + 1
    return frozenset(paid)


_ABSENCES = (Presence.EXCUSED_ABSENCE, Presence.SICK, Presence.UNEXCUSED_ABSENCE)


def attended(  # noqa: PLR0917 - the stay, what is known of it, and where to look
    stay: Stay,
    marks: Mapping[date, Presence],
    rates: Sequence[Rate],
    closures: Sequence[Period],
    calendar: WorkingDays,
    window: Period,
    minutes: Mapping[date, int] | None = None,
) -> Attended:
    """What a stay's attendance says for the days of `window`; `minutes` of days, where hours are counted."""
    days = stay.span.overlap(window) or Period(window.start, window.start)
    expected = expected_days(days, (*closures, *stay.breaks), calendar)

    def rate_on(day: date) -> Rate | None:
        return next(
            (rate for rate in rates if rate.start <= day and (rate.end is None or day < rate.end)), None
        )

    return Attended(expected, paid_days(marks, expected, rate_on), minutes or {})


def attendance_faults(
    stay: Stay, days: Sequence[date], expected: frozenset[date], calendar: WorkingDays, today: date
) -> list[Refusal]:
    """Every day that cannot be attested, with its reason; once per reason and day."""
    found: list[Refusal] = [] if stay.started else [NotStarted(placement=stay.ref)]
    for at, day in enumerate(days):
        if day in days[:at]:
            found.append(DayTwice(day=day))
        elif (fault := day_fault(stay, day, expected, calendar, today)) is not None:
            found.append(fault)
    return found


def day_fault(
    stay: Stay, day: date, expected: frozenset[date], calendar: WorkingDays, today: date
) -> Refusal | None:
    """Why that day of a stay cannot be attested; None when it can."""
    if day < stay.span.start:
        return DayBeforeStart(day=day, first=stay.span.start)
    if day >= stay.span.end:
        return DayAfterEnd(day=day, last=stay.span.last)
    if day not in expected:
        if day.weekday() >= _SATURDAY:
            return DayOnWeekend(day=day)
        return DayOnHoliday(day=day) if calendar.is_holiday(day) else DayClosed(day=day)
    return DayInFuture(day=day) if day > today else None


def minutes_faults(told: Iterable[tuple[date, Presence, int | None]]) -> list[Refusal]:
    """Every day whose minutes cannot be: without presence, none at all, or more than a day has."""
    return [
        MinutesUnfit(day=day)
        for day, presence, minutes in told
        if minutes is not None and not (presence is Presence.PRESENT and 1 <= minutes <= _DAY)
    ]
