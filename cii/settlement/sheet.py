"""The attendance sheet of a month: every participant and expected day, what is attested, when and by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col

from cii.access.queries import account_names
from cii.agreements.queries import price_book
from cii.agreements.rules_rates import Rate
from cii.agreements.vocabulary import Basis
from cii.kernel.period import Period
from cii.placements.queries import PlacementRow, participants
from cii.settlement.queries import stays_in
from cii.settlement.rules import Stay, expected_days
from cii.settlement.tables import Attendance
from cii.settlement.vocabulary import Presence
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Correction:
    """A day that was attested anew: what it said before and after."""

    day: date
    before: Presence
    after: Presence
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A participant's month: the days expected, those that may be attested by now, what stands.

    `hourly`: the tariff counts hours; `minutes` of the days on which they are told; `line_ids` of its payers;
    `rates`: the tariffs by which it is priced.
    """

    placement: PlacementRow
    started: bool
    expected: frozenset[date]
    open: frozenset[date]
    marks: Mapping[date, Presence]
    saved_at: datetime | None
    saved_by: str
    corrections: tuple[Correction, ...]
    hourly: bool = False
    minutes: Mapping[date, int] = field(default_factory=dict)
    line_ids: tuple[int, ...] = ()
    rates: tuple[Rate, ...] = ()

    @property
    def missing(self) -> int:
        """How many days that have come are not attested."""
        return len(self.open - self.marks.keys())

    def rate_on(self, day: date) -> Rate | None:
        """The tariff in force on a day."""
        return next((one for one in self.rates if one.on(Period.through(day, day))), None)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of a provider for a month; `days` are those on which anybody is expected."""

    month: Period
    days: tuple[date, ...]
    rows: tuple[SheetRow, ...]


def attendance_sheet(work: Work, month: Period) -> Sheet:
    """The sheet of the actor's own participants; for reservations and stays to come, only what is to come."""
    held = participants(work, month)
    stays = {
        stay.placement_id: stay for stay in stays_in(work, month, placement_ids=[row.id for row in held])
    }
    prices = price_book(work, {stay.key[0] for stay in stays.values()})
    closures = prices.closures
    entries = _entries(work, list(stays), month)
    names = account_names(
        work, {one.account_id for rows in entries.values() for one in rows if one.account_id is not None}
    )
    rows = tuple(
        _row(
            work,
            row,
            stays[row.id],
            (*closures.get(stays[row.id].key[:2], ()), *stays[row.id].breaks),
            entries.get(row.id, []),
            names,
            month,
            prices.rates.get(stays[row.id].key, ()),
        )
        for row in held
        if row.id in stays
    )
    days = sorted({day for row in rows for day in row.expected})
    return Sheet(month, tuple(days), rows)


def _row(  # noqa: PLR0917 - the stay, what is known of it, and where to look
    work: Work,
    placement: PlacementRow,
    stay: Stay,
    closures: Sequence[Period],
    entries: Sequence[Attendance],
    names: Mapping[int, str],
    month: Period,
    rates: tuple[Rate, ...],
) -> SheetRow:
    days = stay.span.overlap(month)
    expected = expected_days(days, closures, work.calendar) if days else frozenset()
    by_id = {one.id: one for one in entries}
    replaced = {one.replaces for one in entries}
    last = max(entries, key=lambda one: (one.recorded_at, one.id or 0), default=None)
    return SheetRow(
        placement,
        stay.started,
        expected,
        frozenset(day for day in expected if day <= work.today) if stay.started else frozenset(),
        {one.day: one.presence for one in entries if one.id not in replaced},
        last.recorded_at if last else None,
        names.get(last.account_id or 0, "") if last else "",
        tuple(
            Correction(
                one.day,
                by_id[one.replaces].presence,
                one.presence,
                one.recorded_at,
                names.get(one.account_id or 0, ""),
            )
            for one in entries
            if one.replaces is not None and one.replaces in by_id
        ),
        any(rate.basis is Basis.HOUR for rate in rates),
        {one.day: one.minutes for one in entries if one.id not in replaced and one.minutes is not None},
        tuple(share.line_id for share in stay.shares),
        rates,
    )


def _entries(work: Work, placement_ids: Sequence[int], month: Period) -> dict[int, list[Attendance]]:
    found: dict[int, list[Attendance]] = {}
    for row in work.session.scalars(
        select(Attendance)
        .where(
            col(Attendance.placement_id).in_(placement_ids),
            col(Attendance.day) >= month.start,
            col(Attendance.day) < month.end,
        )
        .order_by(col(Attendance.id))
    ):
        found.setdefault(row.placement_id, []).append(row)
    return found
