"""A provider's file of attendance: read whole or not at all, faults by line, the same again adds nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from cii.access.vocabulary import Role
from cii.cases.tables import CaseFile
from cii.documents import xlsx
from cii.documents.csv_reading import NotATable
from cii.documents.table import Column, Table
from cii.documents.table_reading import read_table
from cii.kernel.errors import NotAllowed, Refusals
from cii.kernel.period import Period
from cii.settlement.actions_import import COLUMNS, ImportAttendance, import_attendance
from cii.settlement.queries import marks_in, minutes_in
from cii.settlement.rules import DayOnWeekend
from cii.settlement.rules_import import read_attendance
from cii.settlement.tables import Attendance, AttendanceImport
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from tests.settlement.build_settlement import a_desk

MONTH = Period(date(2026, 11, 1), date(2026, 12, 1))
HEAD = "placement;jour;présence;heures"


def csv(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


def brought(work: Work, data: bytes, *, dry: bool = False):
    return import_attendance(work, ImportAttendance("presences.csv", data, dry))


def told(no) -> list[tuple[int, str | None, str]]:
    return [(one.facts["line"], one.field, one.code) for one in no.value.reasons]


def test_a_file_is_tried_then_attested_and_the_same_file_again_adds_nothing(work: Work):
    desk = a_desk(work)
    place = desk.stage.started()
    file = csv(f"{place.ref};02.11.2026;présent;", f"{place.ref};2026-11-03;M;")

    tried = brought(desk.provider, file, dry=True)
    assert work.session.exec(select(Attendance)).all() == []
    done = brought(desk.provider, file)
    again = brought(desk.provider, file)
    other_bytes = brought(desk.provider, file + b"\n")

    assert (tried.rows, tried.added, tried.corrected, tried.known) == (2, 2, 0, 0)
    assert (done.added, done.known, done.repeated) == (2, 0, False)
    assert (again.added, again.known, again.repeated) == (0, 2, True)
    assert (other_bytes.added, other_bytes.corrected, other_bytes.known) == (0, 0, 2)
    assert marks_in(work, [place.id], MONTH)[place.id] == {
        date(2026, 11, 2): Presence.PRESENT,
        date(2026, 11, 3): Presence.SICK,
    }
    assert desk.sums() == {"committed": "1990.48", "accrued": "209.52"}


def test_another_word_for_a_day_corrects_it_and_the_case_number_finds_the_stay_of_that_day(work: Work):
    desk = a_desk(work)
    place = desk.stage.started()
    number = work.session.get(CaseFile, place.case_id).number
    desk.attest(place)

    done = brought(desk.provider, csv(f" {number.lower()} ;3.11.2026;N;", f"{number};04.11.2026;P;6:30"))

    assert (done.added, done.corrected, done.known) == (0, 2, 0)
    assert minutes_in(work, [place.id], MONTH)[place.id] == {date(2026, 11, 4): 390}


def test_every_row_that_cannot_be_is_told_with_its_line_and_column_and_nothing_is_kept(work: Work):
    desk = a_desk(work)
    place = desk.stage.started(days=(date(2026, 11, 2), date(2026, 12, 31)))
    file = csv(
        f"{place.ref};01.11.2026;présent;",
        f"{place.ref};07.11.2026;présent;",
        f"{place.ref};03.11.2026;présent;",
        f"{place.ref};03.11.2026;maladie;",
        f"{place.ref};04.12.2026;présent;",
        f"{place.ref};25.12.2026;présent;",
        f"{place.ref};04.01.2027;présent;",
        f"{place.ref};31.02.2026;présent;",
        f"{place.ref};٠٣.١١.2026;présent;",
        f"{place.ref};01.01.0000;présent;",
        f"{place.ref};05.11.2026;peut-être;long",
        f"{place.ref};06.11.2026;maladie;7,5",
        "nobody;06.11.2026;présent;",
        f"{place.ref};09.11.2026",
    )

    with pytest.raises(Refusals) as no:
        brought(desk.provider, file)

    assert told(no) == [
        (2, "day", "attendance-before-start"),
        (3, "day", "attendance-on-weekend"),
        (5, "day", "attendance-row-twice"),
        (6, "day", "attendance-in-future"),
        (7, "day", "attendance-on-holiday"),
        (8, "day", "attendance-after-end"),
        (9, "day", "attendance-day-unreadable"),
        (10, "day", "attendance-day-unreadable"),
        (11, "day", "attendance-day-unreadable"),
        (12, "presence", "attendance-presence-unknown"),
        (12, "hours", "attendance-hours-unreadable"),
        (13, "hours", "attendance-minutes-unfit"),
        (14, "placement", "attendance-of-nobody"),
        (15, None, "row-length"),
    ]
    assert work.session.exec(select(Attendance)).all() == []
    assert work.session.exec(select(AttendanceImport)).all() == []


def test_a_place_of_another_provider_is_refused_like_one_that_does_not_exist(work: Work):
    desk = a_desk(work)
    place = desk.stage.started()
    file = csv(f"{place.ref};02.11.2026;présent;", "aaaaaaaaaa;02.11.2026;présent;")
    stranger = replace(desk.provider, actor=desk.stage.actor(desk.stage.gsr, Role.PROVIDER).actor)

    with pytest.raises(Refusals) as no:
        brought(stranger, file)
    with pytest.raises(NotAllowed):
        brought(desk.checker, file)

    assert [one.code for one in no.value.reasons] == ["attendance-of-nobody", "attendance-of-nobody"]


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffRéférence,Date,Présence\n{ref},2026-11-02,présent\n".encode(),
        "Référence;Date;Présence\r\n{ref};02.11.2026;présent\r\n".encode("latin-1"),
        "Einsatz\tTag\tPräsenz\n{ref}\t02.11.2026\tanwesend\n".encode("utf-16"),
    ],
    ids=["byte mark and commas", "Latin-1", "UTF-16 and tabs"],
)
def test_files_of_usual_programs_are_read(data: bytes):
    row = read_table(data, COLUMNS).rows[0]

    read, faults = read_attendance(
        row.line, row.cells, {"présent": Presence.PRESENT, "anwesend": Presence.PRESENT}
    )

    assert faults == []
    assert read is not None
    assert (read.who, read.day, read.presence) == ("{ref}", date(2026, 11, 2), Presence.PRESENT)


def a_book(*rows: tuple[object, ...]) -> bytes:
    columns = [
        Column("placement"),
        Column("jour", kind="date"),
        Column("présence"),
        Column("heures", kind="number"),
    ]
    return xlsx.workbook([Table("Présences", columns, rows)], datetime(2026, 12, 3, tzinfo=UTC))


def test_a_workbook_is_read_by_its_days_and_numbers_with_the_rows_of_its_sheet(work: Work):
    desk = a_desk(work)
    place = desk.stage.started()
    good = a_book(
        (place.ref, date(2026, 11, 2), "présent", 7), (place.ref, date(2026, 11, 3), "maladie", None)
    )
    bad = a_book(
        (place.ref, date(2026, 11, 4), "présent", None), (place.ref, date(2026, 11, 8), "présent", None)
    )

    done = import_attendance(desk.provider, ImportAttendance("novembre.xlsx", good))
    with pytest.raises(DayOnWeekend) as no:
        import_attendance(desk.provider, ImportAttendance("novembre.xlsx", bad))

    assert (done.added, minutes_in(work, [place.id], MONTH)[place.id]) == (2, {date(2026, 11, 2): 420})
    assert told(no) == [(3, "day", "attendance-on-weekend")]


def test_what_only_looks_like_a_workbook_is_no_table():
    with pytest.raises(NotATable):
        read_table(b"PK\x03\x04 and then nothing", COLUMNS)
