"""What a stay goes through: extension, warning, hearing, balance, module, notice, report, check; pauses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, g, request

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.cases.attachments import Sent
from cii.institutions.queries import UnitLabel, shown_units
from cii.institutions.schemas import UNIT
from cii.placements.extending import ExtendStay, extend_stay
from cii.placements.following import (
    BalanceObjective,
    CheckExit,
    NoticeBreach,
    RecordModule,
    ReportExit,
    balance_objective,
    check_day,
    check_exit,
    checks_due,
    notice_breach,
    record_module,
    report_exit,
)
from cii.placements.hearing import HearPerson, WarnPerson, hear_person, warn_person
from cii.placements.queries import placement_by_ref
from cii.placements.queueing import pause_waiting, resume_waiting
from cii.placements.story import certificate_file, life_of
from cii.placements.tables import Placement
from cii.placements.vocabulary import ExitType, PlacementEventKind
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.files import handed_out
from cii.wire.forms import load_form
from cii.wire.pages import Page
from cii.wire.reading import sent_file

blueprint = Blueprint("api-stays", __name__, url_prefix=PREFIX)


@dataclass(frozen=True, slots=True)
class EventShown:
    """Something that happened to a placement; `words` as far as the reader may see them."""

    kind: PlacementEventKind
    effective_on: date
    recorded_at: datetime
    unit: UnitLabel | None
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ExitDue:
    """An exit to check: how it ended, and since when the check is due."""

    placement_ref: str
    measure_name: str
    exit_type: ExitType | None
    ended_on: date
    due_on: date


EVENT = only(
    EventShown, "kind", "effective_on", "recorded_at", "words", unit=UNIT, called="PlacementEventAnswer"
)
DUE = only(
    ExitDue, "placement_ref", "measure_name", "exit_type", "ended_on", "due_on", called="ExitDueAnswer"
)


@blueprint.get("/placements/<ref:ref>/events")
@needs(Permit.ANSWER_PLACEMENT, Permit.END_PLACEMENT)
@blueprint.response(200, paged(EVENT))
def happened(ref: str) -> Page[EventShown]:
    """What happened to a placement, in the order of recording."""
    return _life(placement_by_ref(g.work, ref))


CERTIFICATE = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "name": {"type": "string", "maxLength": 200},
                    "acquired_on": {"type": "string", "format": "date"},
                    "certificate": {"type": "string", "maxLength": 100},
                },
                "required": ["file", "name", "acquired_on"],
            }
        }
    },
}


@blueprint.post("/placements/<ref:ref>/extension")
@needs(Permit.ASSIGN_PLACEMENT)
@versioned
@once
@blueprint.arguments(ExtendStay, given=("placement_ref",))
@blueprint.response(200, paged(EVENT))
def extended(ask: Callable[..., ExtendStay], ref: str) -> Page[EventShown]:
    """Extend a stay: days, quota and money of the rest together, or every reason against it."""
    matched(ref, placement_by_ref(g.work, ref).version)
    return _life(extend_stay(g.work, ask(placement_ref=ref)))


@blueprint.post("/placements/<ref:ref>/warnings")
@needs(Permit.END_PLACEMENT)
@once
@blueprint.arguments(WarnPerson, given=("placement_ref",))
@blueprint.response(201, paged(EVENT))
def warned(ask: Callable[..., WarnPerson], ref: str) -> Page[EventShown]:
    """Record a warning; by the institution that placed the person."""
    return _life(warn_person(g.work, ask(placement_ref=ref)))


@blueprint.post("/placements/<ref:ref>/hearings")
@needs(Permit.END_PLACEMENT)
@once
@blueprint.arguments(HearPerson, given=("placement_ref",))
@blueprint.response(201, paged(EVENT))
def heard(ask: Callable[..., HearPerson], ref: str) -> Page[EventShown]:
    """Record what the person said to a warning; an exclusion follows it as an exit of its kind."""
    return _life(hear_person(g.work, ask(placement_ref=ref)))


@blueprint.post("/placements/<ref:ref>/balances")
@needs(Permit.ANSWER_PLACEMENT, Permit.END_PLACEMENT)
@once
@blueprint.arguments(BalanceObjective, given=("placement_ref",))
@blueprint.response(201, paged(EVENT))
def balanced(ask: Callable[..., BalanceObjective], ref: str) -> Page[EventShown]:
    """Record how far an individual objective was reached; the last balance counts."""
    return _life(balance_objective(g.work, ask(placement_ref=ref)))


@blueprint.post("/placements/<ref:ref>/modules")
@needs(Permit.ANSWER_PLACEMENT, Permit.END_PLACEMENT)
@once
@blueprint.arguments(RecordModule, given=("placement_ref",))
@blueprint.response(201, paged(EVENT))
def acquired(ask: Callable[..., RecordModule], ref: str) -> Page[EventShown]:
    """Record a module acquired, with the number of its certificate."""
    return _life(record_module(g.work, ask(placement_ref=ref)))


@blueprint.post("/placements/<ref:ref>/certificates")
@needs(Permit.ANSWER_PLACEMENT, Permit.END_PLACEMENT)
@once
@blueprint.doc(requestBody=CERTIFICATE)
@blueprint.response(201, paged(EVENT))
def certified(ref: str) -> Page[EventShown]:
    """Record a module acquired, with the certificate itself; its event names the document."""
    placement_by_ref(g.work, ref)
    ask, file = load_form(RecordModule, request.form, {"placement_ref": ref}), sent_file()
    return _life(record_module(g.work, ask, Sent(file.content, file.media_type)))


@blueprint.get("/placements/<ref:ref>/certificates/<ref:document>")
@needs(Permit.SEE_CASE, Permit.SEE_PARTICIPANTS)
@blueprint.response(200, content_type="application/octet-stream")
def certificate(ref: str, document: str) -> Response:
    """The certificate of a module, for the case's parties and the provider of the stay."""
    found, name, pieces = certificate_file(g.work, ref, document)
    return handed_out(pieces, name, found.media_type, found.size)


@blueprint.post("/placements/<ref:ref>/breaches")
@needs(Permit.ANSWER_PLACEMENT)
@once
@blueprint.arguments(NoticeBreach, given=("placement_ref",))
@blueprint.response(201, paged(EVENT))
def breached(ask: Callable[..., NoticeBreach], ref: str) -> Page[EventShown]:
    """The provider tells of a breach; a late notice says that it is late."""
    return _life(notice_breach(g.work, ask(placement_ref=ref)))


@blueprint.post("/placements/<ref:ref>/exit-report")
@needs(Permit.ANSWER_PLACEMENT)
@once
@blueprint.arguments(ReportExit, given=("placement_ref",))
@blueprint.response(201, paged(EVENT))
def reported(ask: Callable[..., ReportExit], ref: str) -> Page[EventShown]:
    """The provider's report on a stay that is over."""
    return _life(report_exit(g.work, ask(placement_ref=ref)))


@blueprint.post("/placements/<ref:ref>/exit-check")
@needs(Permit.END_PLACEMENT)
@once
@blueprint.arguments(CheckExit, given=("placement_ref",))
@blueprint.response(201, paged(EVENT))
def checked(ask: Callable[..., CheckExit], ref: str) -> Page[EventShown]:
    """Where the person stands six months after the exit."""
    return _life(check_exit(g.work, ask(placement_ref=ref)))


@blueprint.get("/exit-checks")
@needs(Permit.END_PLACEMENT)
@blueprint.response(200, paged(DUE))
def due() -> Page[ExitDue]:
    """The exits of my units that are to be checked now, the oldest first."""
    return Page(
        [
            ExitDue(
                one.ref,
                one.measure_name,
                ExitType(one.exit_type) if one.exit_type else None,
                one.ends_on,
                check_day(g.work, one.ends_on),
            )
            for one in checks_due(g.work)
        ]
    )


@blueprint.post("/waiting/<ref:ref>/pause")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@blueprint.response(204)
def paused(ref: str) -> None:
    """Pass a waiting entry over from today on; its rank stays."""
    pause_waiting(g.work, ref)


@blueprint.post("/waiting/<ref:ref>/resumption")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@blueprint.response(204)
def resumed(ref: str) -> None:
    """Put a paused entry back at its rank."""
    resume_waiting(g.work, ref)


def _life(placement: Placement) -> Page[EventShown]:
    work = g.work
    work.saw("placement", [placement.id or 0], int(Section.PLACEMENT))
    found = life_of(work, placement)
    units = shown_units(work, {one.unit_id for one in found if one.unit_id is not None})
    return Page(
        [
            EventShown(
                one.kind,
                one.effective_on,
                one.recorded_at,
                units.get(one.unit_id or 0),
                {name: str(value) for name, value in one.words.items()},
            )
            for one in found
        ]
    )
