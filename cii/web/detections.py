"""Detections: import a sector's file, see who meets the criteria and why, announce or put aside."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.institutions.queries import units_by_id
from cii.kernel.errors import Refusal
from cii.people.doubles import LookForDoubles, likely_doubles
from cii.people.queries import person_by_ref
from cii.people.shown import own_identity
from cii.people.vocabulary import Basis, ConsentHow, Likeness
from cii.routing.actions import (
    Announce,
    DetectPerson,
    DismissDetection,
    ImportDetections,
    Imported,
    announce,
    detect_person,
    dismiss_detection,
    import_detections,
    recipients,
)
from cii.routing.explaining import detected
from cii.routing.queries import DetectionRow, detection_view, detections
from cii.routing.rules import HEADERS
from cii.routing.vocabulary import DetectionState, Potential
from cii.texts.speech import refusal
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import Option, choice_asked, options, t, text_asked, word
from cii.web.explained import card
from cii.web.persons import double_row
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked, sent_file

page = Blueprint("detections", __name__)

BASES = (Basis.CONSENT, Basis.LACI_85F_2, Basis.LACI_85F_3, Basis.LAI_68BIS, Basis.LPGA_32, Basis.LASOC_28)
"""Bases on which somebody may be announced; those of one's own case and of the group are none."""
CHANGES: dict[str, str] = {
    "below-threshold": "web.announce.change-threshold",
    "basis-no-consent": "web.announce.change-consent",
    "triage-refused": "web.announce.change-triage",
}
"""Code of a refusal → what would change the answer."""


@dataclass(frozen=True)
class ImportForm:
    """What goes with the file: for which unit, and whether only to try."""

    unit_ref: str = ""
    dry_run: bool = False


@dataclass(frozen=True)
class NewPerson(DetectPerson):
    """A person entered by hand; `doubles_seen`: whoever is alike was looked at and is somebody else."""

    doubles_seen: bool = False


@page.get("/detections")
@needs(Permit.IMPORT_DETECTIONS, Permit.ANNOUNCE_PERSON)
def index() -> str:
    """The persons detected by my units, the newest first."""
    state = choice_asked(DetectionState, "state")
    found = detections(g.work, state, text_asked("after") or None)
    asked_for: dict[str, Any] = {"state": state.value} if state else {}
    return render_template(
        "pages/detections/index.html",
        rows=[_row(one) for one in found.items],
        next_url=url_for("detections.index", **asked_for, after=found.next) if found.next else None,
        state=state.value if state else "",
        states=options(DetectionState),
        may_import=Permit.IMPORT_DETECTIONS.value in g.work.actor.permits,
        done=_done(),
    )


@page.get("/detections/import")
@needs(Permit.IMPORT_DETECTIONS)
def new_import() -> str:
    """The form for a file, with every fault of the file that was refused."""
    return _import_page(None)


@page.post("/detections/import")
@needs(Permit.IMPORT_DETECTIONS)
@once
@again(new_import)
def run_import() -> str:
    """Read the file; show what it found, or would find."""
    form, file = asked(ImportForm), sent_file()
    ask = ImportDetections(file.name, file.content, _unit_id(form.unit_ref), form.dry_run)
    return _import_page(import_detections(g.work, ask), dry_run=form.dry_run)


def _import_page(result: Imported | None, *, dry_run: bool = False) -> str:
    faults = [
        {
            "line": one.facts.get("line"),
            "column": one.field,
            "found": one.facts.get("found"),
            "reason": one.text,
        }
        for one in (g.get("reasons") or ())
        if "line" in one.facts
    ]
    return render_template(
        "pages/detections/import.html",
        faults=faults,
        result=_result(result) if result else None,
        dry_run=dry_run,
        units=_my_units(),
        headers=", ".join(HEADERS),
    )


def _result(found: Imported) -> dict[str, Any]:
    lang = language.lang()
    return {
        "rows": found.rows,
        "count": len(found.detected),
        "known": found.known,
        "repeated": found.repeated,
        "lines": [
            {
                "url": url_for("detections.one", ref=one.detection_ref) if one.detection_ref else None,
                "name": one.name,
                "line": one.line,
                "why": one.why[lang],
            }
            for one in found.detected
        ],
    }


def _my_units() -> list[Option]:
    """The units to choose from; with one there is no choice."""
    own = units_by_id(g.work, g.work.actor.units).values()
    return [{"value": one.ref, "label": one.name} for one in own] if len(g.work.actor.units) > 1 else []


def _unit_id(ref: str) -> int | None:
    own = units_by_id(g.work, g.work.actor.units)
    return next((id_ for id_, one in own.items() if one.ref == ref), None)


@page.get("/detections/<ref:ref>")
@needs(Permit.ANNOUNCE_PERSON)
def one(ref: str) -> str:
    """One detected person: why, and the way on."""
    shown = detection_view(g.work, ref)
    open_ = shown.state is DetectionState.DETECTED
    return render_template(
        "pages/detections/one.html",
        detection=_row(shown),
        birth=shown.person.birth_date if shown.person else None,
        decision=card(g.work.actor, detected(g.work, ref)) if shown.decision else None,
        followed=list(shown.followed),
        may_owe=list(shown.may_owe),
        recipients=_recipients(shown),
        open=open_,
        case_url=url_for("cases.one", ref=shown.case_ref) if shown.case_ref else None,
        reason=shown.reason,
        potentials=options(Potential),
        bases=[{"value": base.value, "label": word(base, "basis")} for base in BASES],
        hows=options(ConsentHow),
        refused=_refused(),
        doubles=_alike(shown) if open_ else [],
        today=g.work.today.isoformat(),
    )


def _alike(shown: DetectionRow) -> list[dict[str, Any]]:
    """Who may be the detected person, before anybody else learns of them."""
    mine = own_identity(g.work, person_by_ref(g.work, shown.person.ref).id or 0) if shown.person else None
    if mine is None or shown.person is None:
        return []
    return _doubles(mine.last_name, mine.first_name, mine.birth_date, None, shown.person.ref)


def _recipients(shown: DetectionRow) -> str:
    """Who would learn of the person: each unit with its part; nobody where the canton has no unit."""
    if shown.state is not DetectionState.DETECTED:
        return ""
    try:
        reached = recipients(g.work, shown.ref)
    except Refusal as no:
        return " ".join(refusal(one, language.lang()) for one in no.reasons)
    return ", ".join(
        f"{t('web.desk.protected') if one.unit.sensitive else one.unit.name}"
        f" ({word(one.role.value, 'party-role')})"
        for one in reached
    )


def _refused() -> list[dict[str, Any]]:
    """Every reason against the announcement, and what would change the answer."""
    return [
        {
            "text": _about(one.text, one.facts.get("recipient")),
            "change": t(CHANGES[one.code]) if one.code in CHANGES else None,
            "source": None,
        }
        for one in (g.get("reasons") or ())
    ]


def _about(text: str, recipient: object) -> str:
    return f"{recipient} – {text}" if recipient else text


@page.post("/detections/<ref:ref>/announce")
@needs(Permit.ANNOUNCE_PERSON)
@once
@again(one)
def send(ref: str) -> Response:
    """Announce the person: case, parties, process and referral, or all reasons why not."""
    made = announce(g.work, asked(Announce, detection_ref=ref))
    return see_other("cases.one", ref=made.case.ref, done="announced")


@page.post("/detections/<ref:ref>/dismiss")
@needs(Permit.ANNOUNCE_PERSON)
@once
@again(one)
def dismiss(ref: str) -> Response:
    """Put the detection aside, with its reason."""
    dismiss_detection(g.work, asked(DismissDetection, detection_ref=ref))
    return see_other("detections.index", done="dismissed")


@page.get("/detections/new")
@needs(Permit.OPEN_CASE)
def new() -> str:
    """The form to look at one person by the criteria of detection."""
    return _new_page(None)


@page.post("/detections/new")
@needs(Permit.OPEN_CASE)
@once
@again(new)
def detect() -> str | Response:
    """Look at the person, after likely doubles; detected, go on to the announcement, else say why not."""
    ask = asked(NewPerson)
    alike = [] if ask.doubles_seen else _doubles(ask.last_name, ask.first_name, ask.birth_date, ask.avs)
    if alike:
        return _new_page(None, alike)
    detection, answer = detect_person(g.work, ask)
    if detection is not None:
        return see_other("detections.one", ref=detection.ref)
    return _new_page(" ".join(answer.explain(language.lang())))


def _new_page(answer: str | None, alike: list[dict[str, Any]] | None = None) -> str:
    kept: dict[str, Any] = {"typed": request.form.get} if alike else {}
    return render_template(
        "pages/detections/new.html",
        answer=answer,
        doubles=alike or [],
        typed_all=request.form.getlist,
        **kept,
    )


def _doubles(last: str, first: str, birth: date, avs: str | None, but: str = "") -> list[dict[str, Any]]:
    """Persons open to the reader who may be the same; the one of that number is the same and no question."""
    found = likely_doubles(g.work, LookForDoubles(last, first, birth, avs), but=but)
    return [double_row(one) for one in found if one.likeness is not Likeness.SAME_NUMBER]


def _row(one: DetectionRow) -> dict[str, Any]:
    tones = {"detected": "info", "announced": "good", "dismissed": "neutral"}
    lang = language.lang()
    return {
        "url": url_for("detections.one", ref=one.ref),
        "ref": one.ref,
        "name": one.person.name if one.person else t("web.desk.hidden"),
        "why": " ".join(said[lang] for said in one.decision.why) if one.decision else None,
        "systems": list(one.followed),
        "unit": unit_name(one.unit),
        "state": {"label": word(one.state), "tone": tones[one.state.value]},
        "at": one.at,
        "tone": "quiet" if one.state is DetectionState.DISMISSED else None,
    }


def _done() -> str | None:
    said = request.args.get("done")
    return word("dismissed", "done") if said == "dismissed" else None
