"""A file of attendance that a provider brings: read whole, refused with every fault by line, all or nothing.

A participant of another provider is told as unknown, as one who does not exist. A row that says what is
attested already adds nothing; another word for a day is a correction, as on the page.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import col, select

from cii.access.vocabulary import Role
from cii.agreements.queries import price_book
from cii.cases.queries import case_numbers
from cii.documents.csv_reading import Wanted
from cii.documents.table_reading import read_table
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.placements.queries import PlacementRow, participants
from cii.settlement.actions_attendance import Mark, RecordAttendance, record_attendance
from cii.settlement.queries import marks_in, minutes_in, stays_in
from cii.settlement.rules import MinutesUnfit, NotStarted, Stay, day_fault, expected_days, minutes_faults
from cii.settlement.rules_import import (
    DAY,
    HOURS,
    NEEDED,
    TITLES,
    WHO,
    AttendanceOfNobody,
    AttendanceRow,
    AttendanceRowTwice,
    read_attendance,
)
from cii.settlement.tables import AttendanceImport
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from cii.texts.speech import say, word

COLUMNS = [Wanted(name, titles, required=name in NEEDED) for name, titles in TITLES.items()]
_AROUND = timedelta(days=400)
"""So far from the days of a file its participants are looked for: who left has an end to be told."""


NOTHING = Chf()


@dataclass(frozen=True)
class ImportAttendance:
    """A file of attendance, CSV or XLSX; `dry_run` reads and compares, and keeps nothing."""

    file_name: str
    data: bytes
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class AttendanceImported:
    """What a file brought: rows read, days attested, corrected, and known already.

    `excess`: what the commitment could not bear (never refused). `repeated`: the same file came before.
    """

    rows: int
    added: int
    corrected: int
    known: int
    excess: Chf = NOTHING
    repeated: bool = False


def import_attendance(work: Work, ask: ImportAttendance) -> AttendanceImported:
    """Read a file and attest its days; a file with faults changes nothing and refuses with all of them.

    Refuses NotAllowed (only a provider), what `read_table` refuses, and as a list, each with its line:
    AttendanceOfNobody, DayUnreadable, PresenceUnknown, HoursUnreadable, AttendanceRowTwice, NotStarted,
    DayBeforeStart, DayAfterEnd, DayOnWeekend, DayOnHoliday, DayClosed, DayInFuture, MinutesUnfit.
    """
    units = [seat.unit_id for seat in work.actor.seats if seat.role == Role.PROVIDER]
    if not units:
        raise NotAllowed
    digest = hashlib.sha256(ask.data).hexdigest()
    before = work.session.exec(
        select(AttendanceImport).where(
            col(AttendanceImport.unit_id) == units[0], col(AttendanceImport.file_digest) == digest
        )
    ).first()
    if before is not None:
        return AttendanceImported(before.rows, 0, 0, before.rows, repeated=True)
    rows, stays = _read(work, ask.data)
    wanted = _wanted(work, rows, stays)
    known = len(rows) - sum(len(marks) for marks in wanted.values())
    if ask.dry_run:
        held = _held(work, rows, stays)
        corrected = sum(mark.day in held[id_] for id_, marks in wanted.items() for mark in marks)
        added = len(rows) - known - corrected
        return AttendanceImported(len(rows), added, corrected, known)
    done = [
        record_attendance(work, RecordAttendance(stays[id_].ref, tuple(marks)))
        for id_, marks in sorted(wanted.items())
    ]
    added, corrected = sum(one.new for one in done), sum(one.corrected for one in done)
    run = AttendanceImport(
        unit_id=units[0], account_id=work.actor.account_id, file_name=ask.file_name[-200:],
        file_digest=digest, rows=len(rows), added=added, corrected=corrected, at=work.now,
    )  # fmt: skip
    work.session.add(run)
    work.session.flush()
    wrote(
        work, "attendance_imported", "attendance_import", run.id, ref=run.ref, unit_id=units[0],
        payload={"rows": len(rows), "added": added, "corrected": corrected, "file": digest},
    )  # fmt: skip
    return AttendanceImported(len(rows), added, corrected, known, Chf.total(one.excess for one in done))


Read = list[tuple[int, AttendanceRow]]
"""Rows with the placement that each is about."""


def presence_words() -> dict[str, Presence]:
    """Each word, letter and code of attendance, in three languages."""
    found = {one.value: one for one in Presence}
    for lang in ("fr", "de", "en"):
        found |= {word(one, lang).casefold(): one for one in Presence}
        found |= {say(f"web.presence.{one.value}", lang).casefold(): one for one in Presence}
    return found


def _read(work: Work, data: bytes) -> tuple[Read, dict[int, Stay]]:
    """The rows with their placements, and the stays; refuses with every fault of every row."""
    table = read_table(data, COLUMNS)
    faults: list[tuple[int, Refusal]] = []
    for fault in table.faults:
        fault.reason.facts = {**fault.reason.facts, "line": fault.line}
        faults.append((fault.line, fault.reason))
    words = presence_words()
    readable: list[AttendanceRow] = []
    for raw in table.rows:
        row, wrong = read_attendance(raw.line, raw.cells, words)
        faults += [(raw.line, one) for one in wrong]
        readable += [row] if row else []
    rows, stays = _placed(work, readable, faults)
    faults += _wrong_days(work, rows, stays)
    refuse(reason for _, reason in sorted(faults, key=lambda one: one[0]))
    return rows, stays


def _placed(
    work: Work, rows: Sequence[AttendanceRow], faults: list[tuple[int, Refusal]]
) -> tuple[Read, dict[int, Stay]]:
    if not rows:
        return [], {}
    days = [row.day for row in rows]
    own = participants(work, Period(_moved(min(days), -_AROUND), _moved(max(days), _AROUND)))
    numbers = case_numbers(work, {one.case_id for one in own})
    by_name: dict[str, list[PlacementRow]] = {}
    for one in own:
        for name in (one.ref, numbers[one.case_id]):
            by_name.setdefault(name.casefold(), []).append(one)
    found: Read = []
    for row in rows:
        named = by_name.get(row.who)
        if named is None:
            faults.append((row.line, AttendanceOfNobody(field=WHO, line=row.line, found=row.who[:20])))
        else:
            inside = (one for one in named if one.starts_on <= row.day <= one.ends_on)
            found.append((next(inside, named[-1]).id, row))
    ids = {id_ for id_, _ in found}
    always = (
        Period(min(one.starts_on for one in own), max(one.ends_on for one in own) + timedelta(days=1))
        if own
        else None
    )
    stays = stays_in(work, always, placement_ids=ids) if always else []
    return found, {stay.placement_id: stay for stay in stays}


def _moved(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return date.min if by < timedelta() else date.max


def _wrong_days(work: Work, rows: Read, stays: Mapping[int, Stay]) -> list[tuple[int, Refusal]]:
    """Every row whose day cannot be attested, with its line."""
    closures = price_book(work, {stay.key[0] for stay in stays.values()}).closures
    expected = {
        id_: expected_days(stay.span, (*closures.get(stay.key[:2], ()), *stay.breaks), work.calendar)
        for id_, stay in stays.items()
    }
    first: dict[tuple[int, date], int] = {}
    found: list[tuple[int, Refusal]] = []
    for id_, row in rows:
        stay = stays[id_]
        fault: Refusal | None
        if (id_, row.day) in first:
            fault = AttendanceRowTwice(field=DAY, line=row.line, day=row.day, first=first[id_, row.day])
        elif not stay.started:
            fault = _named(NotStarted(placement=stay.ref), WHO)
        else:
            fault = day_fault(stay, row.day, expected[id_], work.calendar, work.today)
        first.setdefault((id_, row.day), row.line)
        faults = [fault] if fault else []
        faults += minutes_faults([(row.day, row.presence, row.minutes)])
        for one in faults:
            one.facts = {**one.facts, "line": row.line, "found": row.day.isoformat()}
            found.append(
                (row.line, _named(one, HOURS if isinstance(one, MinutesUnfit) else one.field or DAY))
            )
    return found


def _named(fault: Refusal, column: str) -> Refusal:
    fault.field = column
    return fault


def _held(
    work: Work, rows: Read, stays: Mapping[int, Stay]
) -> dict[int, dict[date, tuple[Presence, int | None]]]:
    """What is attested of the file's days by now."""
    if not rows:
        return {}
    days = [row.day for _, row in rows]
    period = Period.through(min(days), max(days))
    marks, minutes = marks_in(work, list(stays), period), minutes_in(work, list(stays), period)
    return {
        id_: {day: (presence, minutes.get(id_, {}).get(day)) for day, presence in marks.get(id_, {}).items()}
        for id_ in stays
    }


def _wanted(work: Work, rows: Read, stays: Mapping[int, Stay]) -> dict[int, list[Mark]]:
    """The days that say something new, by placement; a row without hours leaves those told before."""
    held = _held(work, rows, stays)
    found: dict[int, list[Mark]] = {}
    for id_, row in rows:
        stands = held[id_].get(row.day)
        if stands and stands[0] is row.presence and row.minutes in {None, stands[1]}:
            continue
        found.setdefault(id_, []).append(Mark(row.day, row.presence, row.minutes))
    return found
