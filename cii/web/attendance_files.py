"""Attendance brought as a file: tried or attested, every fault by line and column, all rows or none."""

from dataclasses import dataclass

from flask import g, render_template

from cii.access.permits import Permit
from cii.settlement.actions_import import AttendanceImported, ImportAttendance, import_attendance
from cii.settlement.rules_import import TITLES
from cii.web.base import Blueprint
from cii.web.choices import t
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked, sent_file

page = Blueprint("attendance_files", __name__)


@dataclass(frozen=True)
class ImportForm:
    """What goes with the file: whether only to try."""

    dry_run: bool = False


@page.get("/provider/attendance/import")
@needs(Permit.RECORD_ATTENDANCE)
def new() -> str:
    """The form for a file, with every fault of the file that was refused."""
    return _page(None)


@page.post("/provider/attendance/import")
@needs(Permit.RECORD_ATTENDANCE)
@once
@again(new)
def run() -> str:
    """Read the file; show what it brought, or would bring."""
    form, file = asked(ImportForm), sent_file()
    ask = ImportAttendance(file.name, file.content, form.dry_run)
    return _page(import_attendance(g.work, ask), dry_run=form.dry_run)


def _page(result: AttendanceImported | None, *, dry_run: bool = False) -> str:
    faults = [
        {
            "line": one.facts.get("line"),
            "column": t(f"web.attendance.column.{one.field}") if one.field in TITLES else one.field,
            "found": one.facts.get("found"),
            "reason": one.text,
        }
        for one in (g.get("reasons") or ())
        if "line" in one.facts
    ]
    return render_template(
        "pages/provider/import.html",
        faults=faults,
        result=result,
        dry_run=dry_run,
        example=";".join(titles[0] for titles in TITLES.values()),
    )
