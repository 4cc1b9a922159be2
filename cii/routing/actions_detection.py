"""Detection: a sector's file of insured persons, or one person; who meets the criteria is kept, and why."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from cii.decisions.decision import Decision
from cii.decisions.decision import decide as decide_by
from cii.documents.csv_reading import Wanted, read_rows
from cii.institutions.queries import code_told
from cii.institutions.vocabulary import Sector
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, refuse
from cii.people.actions import AttachPerson, RecordStatus, attach_person, record_status
from cii.people.rules import avs_number
from cii.people.vocabulary import Sex, StatusKind, StatusSource
from cii.routing.queries import detection_by_ref
from cii.routing.rules import (
    HEADERS,
    SEX,
    AlreadyAnnounced,
    InsuredRow,
    NotYourUnit,
    ReasonMissing,
    RowTwice,
    read_row,
)
from cii.routing.tables import Detection, DetectionRun
from cii.routing.vocabulary import DetectionState
from cii.store.work import HOUSE, Work
from cii.workflow.actions import decide
from cii.workflow.queries import table_on

TABLE = "detection"


@dataclass(frozen=True)
class ImportDetections:
    """A file of insured persons of one unit; `dry_run` reads and decides, and keeps nothing."""

    file_name: str
    data: bytes
    unit_id: int | None = None
    dry_run: bool = False


@dataclass(frozen=True)
class DetectPerson:
    """One person, entered by hand: the same facts as a row of the file; the number may be unknown."""

    avs: str | None
    last_name: str
    first_name: str
    birth_date: date
    postcode: str
    municipality: str
    followed: tuple[Sector, ...]
    may_owe: tuple[Sector, ...]
    work_capacity: int
    months_since_registration: int = 0
    framework_days_left: int = 0
    incapacity_months: int = 0
    social_aid_months: int = 0
    problems: int = 0
    language: str = "fr"
    sex: Sex | None = None


@dataclass(frozen=True)
class DismissDetection:
    """A detected person is not announced, for a reason."""

    detection_ref: str
    reason: str


@dataclass(frozen=True, slots=True)
class DetectedLine:
    """A person of the file who meets the criteria: the line, the name as written, the sentence why."""

    line: int
    name: str
    rules: tuple[str, ...]
    why: Mapping[str, str]
    detection_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import found: rows read, persons detected, those known already; `run_ref` None for a dry run.

    `repeated`: the same file came before; nothing was written.
    """

    rows: int
    detected: tuple[DetectedLine, ...]
    known: int
    run_ref: str | None
    repeated: bool = False


def import_detections(work: Work, ask: ImportDetections) -> Imported:
    """Read a sector's file and keep the persons who meet the detection criteria, each with its decision.

    A file with faults changes nothing and refuses with all of them: each names its line, its column and the
    reason. The same file again writes nothing. Rows that meet no criterion are counted, not kept.
    Source: 002 §4; product.md §0 row 11.
    """
    unit = _unit(work, ask.unit_id)
    digest = hashlib.sha256(ask.data).hexdigest()
    before = work.session.exec(
        select(DetectionRun).where(col(DetectionRun.unit_id) == unit, col(DetectionRun.file_digest) == digest)
    ).first()
    if before is not None:
        return Imported(before.rows, (), before.detected, before.ref, repeated=True)
    rows = read_file(ask.data, work.today)
    _, table = table_on(work, TABLE, work.today)
    decided = [(row, decide_by(table, dict(row.facts))) for row in rows]
    hits = [(row, answer) for row, answer in decided if answer.outputs["detected"]]
    if ask.dry_run:
        return Imported(len(rows), tuple(_line(row, answer) for row, answer in hits), 0, None)
    run = DetectionRun(
        unit_id=unit, account_id=work.actor.account_id, file_name=ask.file_name[-200:], file_digest=digest,
        rows=len(rows), detected=len(hits), at=work.now,
    )  # fmt: skip
    work.session.add(run)
    work.session.flush()
    kept, known = [], 0
    for row, answer in hits:
        detection = _keep(work, row, unit, run.id)
        if detection is None:
            known += 1
        else:
            kept.append(_line(row, answer, detection.ref))
    wrote(
        work, "import_detections", "detection_run", run.id, ref=run.ref, unit_id=unit,
        payload={"rows": len(rows), "detected": len(hits), "file": digest},
    )  # fmt: skip
    return Imported(len(rows), tuple(kept), known, run.ref)


def read_file(data: bytes, today: date) -> list[InsuredRow]:
    """The rows of a file; refuses with every fault of every row at once."""
    table = read_rows(data, [Wanted(header, required=header != SEX.header) for header in HEADERS])
    faults: list[tuple[int, Refusal]] = []
    for fault in table.faults:
        fault.reason.facts = {**fault.reason.facts, "line": fault.line}
        faults.append((fault.line, fault.reason))
    rows: list[InsuredRow] = []
    seen: dict[str, int] = {}
    for raw in table.rows:
        row, wrong = read_row(raw.line, raw.cells, today)
        wrong += list(_number_faults(raw.cells["avs"], raw.line, seen))
        faults += [(raw.line, one) for one in wrong]
        if row is not None and not wrong:
            rows.append(row)
    refuse(reason for _, reason in sorted(faults, key=lambda one: one[0]))
    return rows


def _number_faults(written: str, line: int, seen: dict[str, int]) -> Iterator[Refusal]:
    if not written:
        return
    try:
        number = avs_number(written)
    except Refusal as no:
        no.facts = {**no.facts, "line": line, "found": written[:20]}
        yield no
        return
    if number in seen:
        yield RowTwice(field="avs", line=line, first=seen[number])
    seen.setdefault(number, line)


def detect_person(work: Work, ask: DetectPerson) -> tuple[Detection | None, Decision]:
    """Look at one person by the same table; kept only when a criterion is met."""
    unit = _unit(work, None)
    number = avs_number(ask.avs) if ask.avs else ""
    facts = {
        name: getattr(ask, name)
        for name in (
            "months_since_registration", "framework_days_left", "incapacity_months", "social_aid_months",
            "work_capacity", "problems",
        )
    } | {"systems": len(set(ask.followed))}  # fmt: skip
    row = InsuredRow(
        line=0, avs=number, last_name=ask.last_name, first_name=ask.first_name, birth_date=ask.birth_date,
        postcode=ask.postcode, municipality=ask.municipality, language=ask.language,
        sex=ask.sex,
        followed=tuple(dict.fromkeys(ask.followed)),
        may_owe=tuple(one for one in dict.fromkeys(ask.may_owe) if one not in ask.followed), facts=facts,
    )  # fmt: skip
    _, table = table_on(work, TABLE, work.today)
    answer = decide_by(table, facts)
    return (_keep(work, row, unit, None) if answer.outputs["detected"] else None), answer


def dismiss_detection(work: Work, ask: DismissDetection) -> Detection:
    """Put a detection aside with its reason; refuses AlreadyAnnounced, ReasonMissing."""
    detection = detection_by_ref(work, ask.detection_ref)
    if detection.state is not DetectionState.DETECTED:
        raise AlreadyAnnounced(state=detection.state)
    if not ask.reason.strip():
        raise ReasonMissing(field="reason")
    detection.state, detection.reason = DetectionState.DISMISSED, ask.reason
    work.session.add(detection)
    work.session.flush()
    wrote(
        work, "dismiss_detection", "detection", detection.id, ref=detection.ref,
        person_id=detection.person_id, unit_id=detection.unit_id,
    )  # fmt: skip
    return detection


def _keep(work: Work, row: InsuredRow, unit: int, run_id: int | None) -> Detection | None:
    """The detection with its person, statuses and decision; None when the unit has the person already."""
    person = attach_person(
        work,
        AttachPerson(
            row.avs,
            row.last_name,
            row.first_name,
            row.birth_date,
            row.postcode,
            row.municipality,
            row.language,
            row.sex,
        ),
        unit,
    )
    held = work.session.exec(
        select(Detection.id).where(
            col(Detection.person_id) == person.id,
            col(Detection.unit_id) == unit,
            col(Detection.state) != DetectionState.DISMISSED,
        )
    ).first()
    if held is not None:
        return None
    for status in _statuses(row, person.ref, work.today):
        record_status(work, status, unit, StatusSource.IMPORTED if run_id else StatusSource.ENTERED)
    stored = decide(
        work, TABLE, row.facts, subject="person", subject_id=person.id or 0, person_id=person.id,
        sources=dict.fromkeys(row.facts, _source(work, unit, run_id)),
    )  # fmt: skip
    detection = Detection(
        run_id=run_id, unit_id=unit, person_id=person.id or 0, decision_id=stored.row.id or 0,
        followed=[one.value for one in row.followed], may_owe=[one.value for one in row.may_owe],
        facts=dict(row.facts), state=DetectionState.DETECTED, at=work.now,
    )  # fmt: skip
    work.session.add(detection)
    work.session.flush()
    return detection


def _source(work: Work, unit: int, run_id: int | None) -> dict[str, object]:
    """The unit's file or its form, and the day."""
    kind = "detection_file" if run_id else "detection"
    return {"kind": kind, "on": work.today, "by": code_told(work, unit)}


def _statuses(row: InsuredRow, person_ref: str, today: date) -> Sequence[RecordStatus]:
    """Where the person stands in each system, as the file says: benefits, followed, may be owed."""
    drawn = {
        Sector.AC: row.facts["framework_days_left"] > 0,
        Sector.AS: row.facts["social_aid_months"] > 0,
    }
    days = row.facts["framework_days_left"]
    found = [
        RecordStatus(
            person_ref,
            system,
            StatusKind.BENEFIT if drawn.get(system) else StatusKind.FOLLOWED,
            today,
            remaining_days=days if system is Sector.AC else None,
        )
        for system in row.followed
    ]
    return found + [RecordStatus(person_ref, system, StatusKind.MAY_BE_OWED, today) for system in row.may_owe]


def _line(row: InsuredRow, answer: Decision, ref: str | None = None) -> DetectedLine:
    why = {lang: " ".join(answer.explain(lang)) for lang in ("fr", "de", "en")}
    return DetectedLine(row.line, f"{row.last_name} {row.first_name}", answer.rules, why, ref)


def _unit(work: Work, unit_id: int | None) -> int:
    """The unit for which the actor imports: one of its own, its only one when none is named."""
    if unit_id is not None and (unit_id in work.actor.units or work.actor is HOUSE):
        return unit_id
    if unit_id is None and len(work.actor.units) == 1:
        return work.actor.units[0]
    raise NotYourUnit(field="unit")
