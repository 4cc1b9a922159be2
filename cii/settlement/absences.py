"""Absences announced late, and days without news: told once to the case's unit and to the provider."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.queries import price_book
from cii.kernel.clock import local_day, local_midnight
from cii.kernel.period import ONE_DAY, Period
from cii.measures.queries import measures_by_id
from cii.notices.actions import tell
from cii.placements.queries import asked_by_units
from cii.settlement.queries import stays_in
from cii.settlement.rules import Stay, expected_days
from cii.settlement.rules_absences import Absence, News, absence_news
from cii.settlement.tables import AbsenceNotice, Attendance
from cii.settlement.vocabulary import AbsenceNews, Presence
from cii.store.work import Work

_ABSENT = (Presence.SICK, Presence.EXCUSED_ABSENCE, Presence.UNEXCUSED_ABSENCE)
_AROUND = timedelta(days=62)
"""So far before what was told an absence may have begun."""


def watch_absences(work: Work, day: date) -> dict[str, int]:
    """Look at the absences told on that day; returns how many were late, and how many without news.

    An absence is told of once. Source: 000 i.24.
    """
    rows = work.session.execute(
        select(col(Attendance.placement_id), col(Attendance.day)).where(
            col(Attendance.recorded_at) >= local_midnight(day),
            col(Attendance.recorded_at) < local_midnight(day + ONE_DAY),
            col(Attendance.presence).in_(_ABSENT),
        )
    ).all()
    counts = {kind.value: 0 for kind in AbsenceNews}
    if not rows:
        return counts
    window = Period(min(row.day for row in rows) - _AROUND, max(row.day for row in rows) + ONE_DAY)
    ids = {row.placement_id for row in rows}
    stays = stays_in(work, window, placement_ids=ids)
    closures = price_book(work, {stay.key[0] for stay in stays}).closures
    told = _absences(work, ids, window)
    known = _known(work, ids)
    for stay in stays:
        days = stay.span.overlap(window)
        shut = (*closures.get(stay.key[:2], ()), *stay.breaks)
        expected = sorted(expected_days(days, shut, work.calendar)) if days else []
        term = work.parameter("absence_report_days", day)
        for news in absence_news(expected, told.get(stay.placement_id, {}), term, work.calendar):
            if (stay.placement_id, news.kind, news.first_day) not in known:
                _tell(work, stay, news, term)
                counts[news.kind.value] += 1
    return counts


def _absences(work: Work, ids: Collection[int], window: Period) -> dict[int, dict[date, Absence]]:
    """The days that stand as absent, each with the day on which an absence was first told of it."""
    rows = work.session.scalars(
        select(Attendance)
        .where(
            col(Attendance.placement_id).in_(list(ids)),
            col(Attendance.day) >= window.start,
            col(Attendance.day) < window.end,
        )
        .order_by(col(Attendance.id))
    ).all()
    first: dict[tuple[int, date], date] = {}
    last: dict[tuple[int, date], Presence] = {}
    for row in rows:
        at = (row.placement_id, row.day)
        last[at] = row.presence
        if row.presence in _ABSENT:
            first.setdefault(at, local_day(row.recorded_at))
    found: dict[int, dict[date, Absence]] = {}
    for (id_, day), presence in last.items():
        if presence in _ABSENT:
            excused = presence is not Presence.UNEXCUSED_ABSENCE
            found.setdefault(id_, {})[day] = Absence(first[id_, day], excused)
    return found


def _known(work: Work, ids: Collection[int]) -> set[tuple[int, AbsenceNews, date]]:
    rows = work.session.scalars(select(AbsenceNotice).where(col(AbsenceNotice.placement_id).in_(list(ids))))
    return {(row.placement_id, row.kind, row.first_day) for row in rows}


def _tell(work: Work, stay: Stay, news: News, term: int) -> None:
    work.session.add(
        AbsenceNotice(
            placement_id=stay.placement_id, kind=news.kind, first_day=news.first_day, last_day=news.last_day,
            due_on=news.due_on, told_at=work.now,
        )
    )  # fmt: skip
    work.session.flush()
    measure = measures_by_id(work, [stay.measure_id])[stay.measure_id].code
    facts: dict[str, Any] = {"first": news.first_day, "measure": measure}
    if news.kind is AbsenceNews.LATE:
        facts |= {"last": news.last_day, "told": news.told_on, "due": news.due_on, "days": term}
    else:
        facts |= {"count": news.days}
    asking = asked_by_units(work, [stay.placement_id])[stay.placement_id]
    for unit_id in dict.fromkeys((asking, stay.provider_unit_id)):
        if unit_id is not None:
            tell(
                work, unit_id=unit_id, kind=f"placement-absence-{news.kind.value}", subject="placement",
                subject_ref=stay.ref, person_id=stay.person_id, **facts,
            )  # fmt: skip
