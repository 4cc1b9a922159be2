"""Attendance brought as a file: tried or attested, all rows or none."""

from dataclasses import dataclass

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.api.detections import FILE
from cii.settlement.actions_import import AttendanceImported, ImportAttendance, import_attendance
from cii.settlement.schemas import ATTENDANCE_IMPORTED
from cii.wire.doors import needs, once
from cii.wire.reading import sent_file

blueprint = Blueprint("api-attendance-imports", __name__, url_prefix=f"{PREFIX}/attendance")


@dataclass(frozen=True)
class AttendanceAsked:
    """How to read the file; with `dry_run` nothing is kept."""

    dry_run: bool = False


@blueprint.post("/import")
@needs(Permit.RECORD_ATTENDANCE)
@once
@blueprint.doc(requestBody=FILE)
@blueprint.arguments(AttendanceAsked, location="query")
@blueprint.response(200, ATTENDANCE_IMPORTED)
def imported(asked: AttendanceAsked) -> AttendanceImported:
    """Read a file of attendance, CSV or XLSX; faults change nothing and are told by line and column."""
    file = sent_file()
    return import_attendance(g.work, ImportAttendance(file.name, file.content, asked.dry_run))
