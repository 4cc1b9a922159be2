"""What a row of an attendance file says: whose day, which day, present or how absent, and for how long.

A row names the participant by the reference of the placement or the number of the case.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cii.kernel.errors import Refusal
from cii.settlement.vocabulary import Presence

WHO, DAY, PRESENCE, HOURS = "placement", "day", "presence", "hours"
"""Names of the columns."""
TITLES: Mapping[str, tuple[str, ...]] = {
    WHO: ("placement", "référence", "n° de dossier", "dossier", "Einsatz", "Referenz", "Fallnummer", "case"),
    DAY: ("jour", "date", "Tag", "Datum", "day"),
    PRESENCE: ("présence", "Präsenz", "Anwesenheit", "presence"),
    HOURS: ("heures", "Stunden", "hours"),
}
"""Titles that each column may bear; the first is the one that we write."""
NEEDED = (WHO, DAY, PRESENCE)

_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})\s*[:h]\s*(\d{2})", re.ASCII)
_DECIMAL = re.compile(r"(\d{1,2})(?:[.,](\d{1,2}))?", re.ASCII)
_HOUR = 60
_HUNDREDTHS = 100


class AttendanceOfNobody(Refusal):
    """No placement of this provider bears that reference, and none of its participants that case number."""

    code, kind = "attendance-of-nobody", "unfit"


class DayUnreadable(Refusal):
    """What stands there is no day: 01.03.2026 and 2026-03-01 are read."""

    code, kind = "attendance-day-unreadable", "unfit"


class PresenceUnknown(Refusal):
    """What stands there is none of the words or letters of attendance."""

    code, kind = "attendance-presence-unknown", "unfit"


class HoursUnreadable(Refusal):
    """What stands there is no number of hours: 7.5, 7,5 and 7:30 are read."""

    code, kind = "attendance-hours-unreadable", "unfit"


class AttendanceRowTwice(Refusal):
    """The file has attested that day of that participant in line `first` already."""

    code, kind = "attendance-row-twice", "unfit"


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """A row that could be read; `who` as written, without spaces and case."""

    line: int
    who: str
    day: date
    presence: Presence
    minutes: int | None = None


def read_attendance(
    line: int, cells: Mapping[str, str], words: Mapping[str, Presence]
) -> tuple[AttendanceRow | None, list[Refusal]]:
    """The row, or everything that is wrong with it; `words`: folded words and letters of attendance."""
    faults: list[Refusal] = []
    day, minutes = _day(cells[DAY]), minutes_told(cells[HOURS])
    presence = words.get(cells[PRESENCE].strip().casefold())
    who = "".join(cells[WHO].split()).casefold()
    if not who:
        faults.append(AttendanceOfNobody(field=WHO, line=line, found=""))
    if day is None:
        faults.append(DayUnreadable(field=DAY, line=line, found=cells[DAY][:20]))
    if presence is None:
        faults.append(PresenceUnknown(field=PRESENCE, line=line, found=cells[PRESENCE][:20]))
    if minutes is None and cells[HOURS]:
        faults.append(HoursUnreadable(field=HOURS, line=line, found=cells[HOURS][:20]))
    if faults or day is None or presence is None:
        return None, faults
    return AttendanceRow(line, who, day, presence, minutes), []


def _day(text: str) -> date | None:
    swiss = _DAY.fullmatch(text)
    try:
        if swiss:
            return date(int(swiss[3]), int(swiss[2]), int(swiss[1]))
        known = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    return known.date() if text.isascii() else None


def minutes_told(text: str) -> int | None:
    """Hours as minutes: 7.5, 7,5, 7:30 or 7h30; None for what says nothing, or nothing that can be read."""
    if clock := _CLOCK.fullmatch(text):
        told = timedelta(hours=int(clock[1]), minutes=int(clock[2]))
        return int(told.total_seconds()) // _HOUR if int(clock[2]) < _HOUR else None
    if decimal := _DECIMAL.fullmatch(text):
        parts = int((decimal[2] or "").ljust(2, "0"))
        return int(decimal[1]) * _HOUR + (parts * _HOUR + _HUNDREDTHS // 2) // _HUNDREDTHS
    return None
