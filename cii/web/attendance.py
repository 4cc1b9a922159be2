"""The attendance sheet of a month: a letter per day and person, what was saved, what was corrected."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request

from cii.kernel.errors import UnknownThing
from cii.kernel.period import ONE_DAY, Period, month_of, next_month
from cii.people.queries import PersonLabel, label
from cii.settlement.actions import Mark, RecordAttendance
from cii.settlement.rules_import import HoursUnreadable, minutes_told
from cii.settlement.sheet import Correction, SheetRow, attendance_sheet
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from cii.texts import formats
from cii.web.choices import t, word
from cii.wire import language
from cii.wire.reading import typed
from cii.wire.refusals import NotAChoice, NotADate

_PARTS = 3
_MONTHS = range(1, 13)
_YEARS = range(1990, 2200)


def month_in(year: int, number: int) -> Period:
    """The month of an address; refuses UnknownThing."""
    if year not in _YEARS or number not in _MONTHS:
        raise UnknownThing(field="month")
    return month_of(date(year, number, 1))


def sheet_asked(year: int, number: int) -> list[RecordAttendance]:
    """The attestations in the form: inputs `d.<placement>.<day>` with a presence, `rest.<placement>` ticked.

    `h.<placement>.<day>` are the hours of a day of presence. Refuses NotAChoice for an unknown presence,
    NotADate, HoursUnreadable; days outside the month are not read.
    """
    month = month_in(year, number)
    marks: dict[str, list[Mark]] = {}
    rest: set[str] = set()
    for name, text in request.form.items():
        parts = name.split(".")
        if parts[0] == "rest" and len(parts) == _PARTS - 1:
            rest.add(parts[1])
        elif parts[0] == "d" and len(parts) == _PARTS and text:
            day = _day(name, parts[2])
            if text not in set(Presence):
                raise NotAChoice(field=name, choices=", ".join(Presence))
            if day in month:
                told = Presence(text)
                marks.setdefault(parts[1], []).append(Mark(day, told, _hours(parts[1], parts[2], told)))
    return [
        RecordAttendance(ref, tuple(marks.get(ref, ())), month.start if ref in rest else None)
        for ref in sorted(marks.keys() | rest)
    ]


def _day(name: str, said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise NotADate(field=name) from None


def _hours(ref: str, day: str, told: Presence) -> int | None:
    name = f"h.{ref}.{day}"
    text = request.form.get(name, "").strip()
    if not text or told is not Presence.PRESENT:
        return None
    minutes = minutes_told(text)
    if minutes is None:
        raise HoursUnreadable(field=name, found=text[:20])
    return minutes


def sheet_page(work: Work, year: int, number: int) -> dict[str, Any]:
    """What the page of a month shows."""
    month = month_in(year, number)
    sheet = attendance_sheet(work, month)
    names = label(work, [row.placement.person_id for row in sheet.rows])
    kept = typed()
    before, after = month_of(month.start - ONE_DAY), month_of(next_month(month.start))
    return {
        "month": formats.month(month.start, language.lang()),
        "year": year,
        "number": number,
        "over": month.end <= work.today,
        "days": [
            {"n": day.day, "name": t(f"web.weekday.{day.weekday()}"), "weekday": day.isoweekday()}
            for day in sheet.days
        ],
        "letters": [
            {"value": one.value, "letter": t(f"web.presence.{one.value}"), "word": word(one)}
            for one in Presence
        ],
        "rows": [_row(row, names, sheet.days, kept) for row in sheet.rows],
        "missing": sum(row.missing for row in sheet.rows),
        "editable": any(row.open for row in sheet.rows),
        "corrections": [_correction(row, one, names) for row in sheet.rows for one in row.corrections],
        "before": _month(before),
        "after": _month(after) if after.start <= work.today else None,
    }


def _month(month: Period) -> dict[str, int]:
    return {"year": month.start.year, "number": month.start.month}


def _row(
    row: SheetRow, names: Mapping[int, PersonLabel], days: tuple[date, ...], kept: Mapping[str, str]
) -> dict[str, Any]:
    ref = row.placement.ref
    return {
        "ref": ref,
        "name": _name(row, names),
        "measure": row.placement.measure_name,
        "missing": row.missing,
        "attested": row.started and bool(row.expected) and row.expected == row.marks.keys() & row.expected,
        "open": bool(row.open),
        "waits": None if row.started else t("web.provider.not-started"),
        "saved_at": row.saved_at,
        "saved_by": row.saved_by or t("web.journal.house"),
        "hourly": row.hourly,
        "cells": [_cell(row, day, kept) for day in days],
    }


def _cell(row: SheetRow, day: date, kept: Mapping[str, str]) -> dict[str, Any] | None:
    if day not in row.expected:
        return None
    stands, at = row.marks.get(day), f"{row.placement.ref}.{day.isoformat()}"
    value = kept.get(f"d.{at}", stands.value if stands else "")
    return {
        "name": f"d.{at}",
        "hours_name": f"h.{at}",
        "hours": kept.get(f"h.{at}", _clock(row.minutes.get(day))),
        "value": value,
        "open": day in row.open,
        "absent": bool(value) and value != Presence.PRESENT,
        "label": formats.day(day, language.lang()),
    }


def _clock(minutes: int | None) -> str:
    return f"{minutes // 60}:{minutes % 60:02}" if minutes is not None else ""


def _name(row: SheetRow, names: Mapping[int, PersonLabel]) -> str:
    person = names.get(row.placement.person_id)
    return person.name if person else row.placement.ref


def _correction(row: SheetRow, one: Correction, names: Mapping[int, PersonLabel]) -> dict[str, Any]:
    return {
        "name": _name(row, names),
        "day": one.day,
        "before": word(one.before),
        "after": word(one.after),
        "at": one.at,
        "who": one.who or t("web.journal.house"),
    }
