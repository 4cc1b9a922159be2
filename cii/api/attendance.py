"""Attendance: the provider attests days of its participants; a day attested anew is a correction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import g
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.documents.pdf import MEDIA_TYPE
from cii.kernel.period import month_of
from cii.placements.queries import placement_by_ref
from cii.settlement.actions import RecordAttendance, Recorded, record_attendance
from cii.settlement.attestation import attestation
from cii.settlement.queries import marks_in, minutes_in
from cii.settlement.schemas import RECORDED
from cii.settlement.vocabulary import Presence
from cii.wire import language
from cii.wire.answers import only, paged
from cii.wire.doors import needs
from cii.wire.files import handed_out
from cii.wire.pages import Page

blueprint = Blueprint("api-attendance", __name__, url_prefix=f"{PREFIX}/placements")


@dataclass(frozen=True)
class MonthAsked:
    """The month that holds this day; the present one when left out."""

    month: date | None = None


@dataclass(frozen=True)
class DayShown:
    """What is attested for a day; `minutes` where hours are told."""

    day: date
    presence: Presence
    minutes: int | None


@blueprint.get("/<ref:ref>/attendance")
@needs(Permit.SEE_PLACEMENTS, Permit.SEE_PARTICIPANTS)
@blueprint.arguments(MonthAsked, location="query")
@blueprint.response(200, paged(only(DayShown, "day", "presence", "minutes", called="AttendanceDayAnswer")))
def attested(asked: MonthAsked, ref: str) -> Page[DayShown]:
    """What is attested of a placement's month, day by day, corrections in place of what they replace."""
    id_, month = placement_by_ref(g.work, ref).id or 0, month_of(asked.month or g.work.today)
    marks, told = marks_in(g.work, [id_], month).get(id_, {}), minutes_in(g.work, [id_], month).get(id_, {})
    return Page([DayShown(day, presence, told.get(day)) for day, presence in sorted(marks.items())])


@blueprint.get("/<ref:ref>/attestation.pdf")
@needs(Permit.RECORD_ATTENDANCE)
@blueprint.arguments(MonthAsked, location="query")
@blueprint.response(200, content_type=MEDIA_TYPE)
def attestation_paper(asked: MonthAsked, ref: str) -> Response:
    """The attestation of a month that is over, as a letter (OACI 96)."""
    month = month_of(asked.month or g.work.today)
    made = attestation(g.work, ref, month.start, language.lang())
    return handed_out([made], f"cii-attestation-{ref}-{month.start:%Y-%m}.pdf", MEDIA_TYPE, len(made))


@blueprint.post("/<ref:ref>/attendance")
@needs(Permit.RECORD_ATTENDANCE)
@blueprint.arguments(RecordAttendance, given=("placement_ref",))
@blueprint.response(200, RECORDED)
def recorded(ask: Callable[..., RecordAttendance], ref: str) -> Recorded:
    """Attest days; the same again does nothing, another word corrects."""
    return record_attendance(g.work, ask(placement_ref=ref))
