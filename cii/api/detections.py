"""Detected persons: import of a sector's file, one person by hand, list, putting aside."""

from dataclasses import dataclass

from flask import g

from cii.access.permits import Permit
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.institutions.queries import unit_by_ref
from cii.routing.actions import (
    DetectPerson,
    DismissDetection,
    ImportDetections,
    Imported,
    detect_person,
    dismiss_detection,
    import_detections,
)
from cii.routing.queries import DetectionRow, detection_view, detections, runs
from cii.routing.schemas import DETECTION, IMPORTED, RUN
from cii.routing.tables import DetectionRun
from cii.routing.vocabulary import DetectionState
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page
from cii.wire.reading import sent_file

blueprint = Blueprint("api-detections", __name__, url_prefix=f"{PREFIX}/detections")

FILE = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            }
        }
    },
}


@dataclass(frozen=True)
class DetectionsAsked(PageAsked):
    """Which detections to list."""

    state: DetectionState | None = None


@dataclass(frozen=True)
class ImportAsked:
    """How to read the file; `unit_ref` names the unit of those who work in several."""

    dry_run: bool = False
    unit_ref: str | None = None


@dataclass(frozen=True)
class Detected:
    """Whether a criterion is met, the rules that say so, and the detection that was kept."""

    detected: bool
    rules: tuple[str, ...]
    why: dict[str, str]
    detection_ref: str | None


@dataclass(frozen=True)
class Dismiss:
    """Why a detected person is not announced."""

    reason: str


@blueprint.get("")
@needs(Permit.IMPORT_DETECTIONS)
@blueprint.arguments(DetectionsAsked, location="query")
@blueprint.response(200, paged(DETECTION))
def listed(asked: DetectionsAsked) -> Page[DetectionRow]:
    """The detections of my units, the newest first."""
    return detections(g.work, asked.state, asked.after, asked.limit)


@blueprint.post("")
@needs(Permit.IMPORT_DETECTIONS)
@blueprint.arguments(DetectPerson)
@blueprint.response(200, only(Detected, "detected", "rules", "why", "detection_ref"))
def by_hand(ask: DetectPerson) -> Detected:
    """Look at one person by the detection criteria; kept when one is met and my unit had none yet."""
    kept, answer = detect_person(g.work, ask)
    why = {lang: " ".join(answer.explain(lang)) for lang in ("fr", "de", "en")}
    return Detected(bool(answer.outputs["detected"]), answer.rules, why, kept.ref if kept else None)


@blueprint.post("/import")
@needs(Permit.IMPORT_DETECTIONS)
@once
@blueprint.doc(requestBody=FILE)
@blueprint.arguments(ImportAsked, location="query")
@blueprint.response(200, IMPORTED)
def imported(asked: ImportAsked) -> Imported:
    """Read a file of insured persons; faults change nothing and are told by line and column."""
    unit = unit_by_ref(g.work, asked.unit_ref).id if asked.unit_ref else None
    file = sent_file()
    return import_detections(g.work, ImportDetections(file.name, file.content, unit, asked.dry_run))


@blueprint.get("/imports")
@needs(Permit.IMPORT_DETECTIONS)
@blueprint.response(200, paged(RUN))
def imports() -> Page[DetectionRun]:
    """The files that my units imported, the newest first."""
    return Page(runs(g.work))


@blueprint.get("/<ref:ref>")
@needs(Permit.IMPORT_DETECTIONS)
@blueprint.response(200, DETECTION)
def one(ref: str) -> DetectionRow:
    """A detected person, with the decision that says why."""
    return detection_view(g.work, ref)


@blueprint.post("/<ref:ref>/dismissal")
@needs(Permit.IMPORT_DETECTIONS)
@blueprint.arguments(Dismiss)
@blueprint.response(200, DETECTION)
def dismissed(ask: Dismiss, ref: str) -> DetectionRow:
    """Put a detected person aside, with the reason."""
    dismiss_detection(g.work, DismissDetection(ref, ask.reason))
    return detection_view(g.work, ref)
