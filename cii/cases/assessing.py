"""Acts of the common assessment: fill the grid, write the medical part, speak as a voice, sign.

What was written stays: a correction is a new entry that names the one it replaces, per unit and item.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import func
from sqlmodel import col, select

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.cases.acts import acting_unit, need, touch
from cii.cases.grid import parse_grid
from cii.cases.queries import case_by_ref, grid_in_use, live_parties
from cii.cases.rules import (
    DayAhead,
    Grid,
    GridAnswer,
    GridChanged,
    MissingVoice,
    NoAssessment,
    NoTeam,
    NothingSaid,
    NotPercent,
    TextMissing,
    grid_faults,
    missing_voices,
)
from cii.cases.tables import (
    Assessment,
    AssessmentSeat,
    AssessmentVoice,
    CaseFile,
    GridEntry,
    GridTemplate,
    MedicalStatement,
)
from cii.cases.vocabulary import AssessmentState, PartyRole, Voice
from cii.journal.actions import wrote
from cii.kernel.digest import digest
from cii.kernel.errors import Refusal, refuse
from cii.store.work import Work

_FULL_TIME = 100
OBSERVATION = "observation"
"""The grid that providers fill."""


@dataclass(frozen=True)
class WriteGrid:
    """Entries of one unit into the grid of a case."""

    case_ref: str
    entries: tuple[GridAnswer, ...]
    template: str = "common"
    version: int | None = None


@dataclass(frozen=True)
class WriteMedical:
    """The physician's part: the statement, the limits that matter for work, the capacity in percent."""

    case_ref: str
    statement: str = field(metadata={"max": 8000})
    limits: str = field(metadata={"max": 4000})
    effective_on: date
    capacity: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class VoiceDone:
    """A voice has said what it has to say in the present round."""

    case_ref: str
    role: Voice


@dataclass(frozen=True)
class NoteMeeting:
    """The team of the round has met: who was there; whoever is not named was not."""

    case_ref: str
    met_on: date
    present: tuple[Voice, ...] = ()
    version: int | None = None


@dataclass(frozen=True)
class SignAssessment:
    """The synthesis that closes a round of assessment."""

    case_ref: str
    synthesis: str = field(metadata={"max": 8000})
    version: int | None = None


def publish_grids(work: Work, folder: Path) -> int:
    """Take in the grid files of a folder, once per version; returns how many were new.

    Refuses: BrokenFile with every fault, GridChanged for another text under a known version.
    """
    fresh = 0
    for file in sorted(folder.glob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        grid = parse_grid(text, file.name)
        known = work.session.exec(
            select(GridTemplate.digest).where(
                col(GridTemplate.name) == grid.name, col(GridTemplate.version) == grid.version
            )
        ).first()
        if known is None:
            fresh += 1
            work.session.add(
                GridTemplate(
                    name=grid.name,
                    version=grid.version,
                    digest=digest(text),
                    source=text,
                    published_at=work.now,
                )
            )
        elif known != digest(text):
            raise GridChanged(grid=grid.name, version=grid.version)
    work.session.flush()
    return fresh


def write_grid(work: Work, ask: WriteGrid, *, unit_id: int | None = None) -> list[GridEntry]:
    """Write a unit's entries beside those of the others; refuses with every fault of every entry."""
    case = case_by_ref(work, ask.case_ref)
    unit = acting_unit(work, case, unit_id=unit_id)
    grid = grid_in_use(work, ask.template)
    writes = sections_on_case(work, case.id or 0)[1]
    roles = {one.role for one in live_parties(work, case.id or 0) if one.unit_id == unit}
    refuse(grid_faults(grid, ask.entries, roles, writes, work.today))
    touch(work, case, ask.version)
    return keep_entries(work, case, grid, ask.entries, unit)


def keep_entries(
    work: Work, case: CaseFile, grid: Grid, entries: tuple[GridAnswer, ...], unit: int
) -> list[GridEntry]:
    """Keep a unit's entries, which the caller has found fit, each in place of its last to the same item."""
    before = _latest_of(work, case, unit, grid.name)
    rows = [
        GridEntry(
            case_id=case.id or 0,
            template=grid.name,
            template_version=grid.version,
            item=one.item,
            section=grid.items[one.item].section,
            kind=grid.items[one.item].kind,
            value=one.value,
            unit_id=unit,
            account_id=work.actor.account_id,
            source=one.source,
            effective_on=one.effective_on,
            valid_until=one.valid_until,
            recorded_at=work.now,
            replaces=before.get(one.item),
        )
        for one in entries
    ]
    work.session.add_all(rows)
    work.session.flush()
    act = "observe_participant" if grid.name == OBSERVATION else "write_grid"
    _wrote(work, act, case, unit, items=[one.item for one in entries])
    return rows


def _latest_of(work: Work, case: CaseFile, unit_id: int, template: str) -> dict[str, int]:
    rows = work.session.exec(
        select(GridEntry.item, func.max(GridEntry.id))
        .where(
            col(GridEntry.case_id) == case.id,
            col(GridEntry.template) == template,
            col(GridEntry.unit_id) == unit_id,
        )
        .group_by(col(GridEntry.item))
    )
    return {item: last for item, last in rows if last is not None}


def write_medical(work: Work, ask: WriteMedical, *, unit_id: int | None = None) -> MedicalStatement:
    """Write the medical part and, apart from it, the limits; refuses NoPart, SectionNotYours, bad values."""
    case = case_by_ref(work, ask.case_ref)
    need(work, case, Section.MEDICAL)
    unit = acting_unit(work, case, PartyRole.PHYSICIAN, unit_id=unit_id)
    faults: list[Refusal] = [
        TextMissing(field=name) for name in ("statement", "limits") if not getattr(ask, name).strip()
    ]
    if ask.capacity is not None and not 0 <= ask.capacity <= _FULL_TIME:
        faults.append(NotPercent(field="capacity"))
    if ask.effective_on > work.today:
        faults.append(DayAhead(field="effective_on", day=ask.effective_on))
    refuse(faults)
    touch(work, case, ask.version)
    before = work.session.exec(
        select(func.max(MedicalStatement.id)).where(
            col(MedicalStatement.case_id) == case.id, col(MedicalStatement.unit_id) == unit
        )
    ).one()
    row = MedicalStatement(
        case_id=case.id or 0,
        statement=ask.statement,
        limits=ask.limits,
        capacity=ask.capacity,
        unit_id=unit,
        account_id=work.actor.account_id,
        effective_on=ask.effective_on,
        recorded_at=work.now,
        replaces=before,
    )
    work.session.add(row)
    work.session.flush()
    _wrote(work, "write_medical", case, unit)
    return row


def compose_assessment(work: Work, case: CaseFile) -> Assessment:
    """The round of assessment that is open; a new one when the last is signed."""
    last = _last_round(work, case)
    if last is not None and last.state is AssessmentState.COMPOSED:
        return last
    made = Assessment(case_id=case.id or 0, round=last.round + 1 if last else 1, composed_at=work.now)
    work.session.add(made)
    work.session.flush()
    _invite(work, case, made)
    return made


def _invite(work: Work, case: CaseFile, assessment: Assessment) -> list[AssessmentSeat]:
    """Keep who belongs to the team of the round: every voice of the case, those that joined since too."""
    voices = {voice.value: voice for voice in Voice}
    rows = work.session.exec(select(AssessmentSeat).where(col(AssessmentSeat.assessment_id) == assessment.id))
    seats = {(one.role, one.unit_id): one for one in rows}
    for part in live_parties(work, case.id or 0):
        role = voices.get(part.role.value)
        if role is not None and (role, part.unit_id) not in seats:
            seats[role, part.unit_id] = AssessmentSeat(
                assessment_id=assessment.id or 0, role=role, unit_id=part.unit_id, invited_at=work.now
            )
    work.session.add_all(seats.values())
    work.session.flush()
    return list(seats.values())


def note_meeting(work: Work, ask: NoteMeeting, *, unit_id: int | None = None) -> Assessment:
    """Keep who of the team was there when it met.

    Refuses: OnlyTheLead, NoAssessment (the round is signed), NoTeam, DayAhead, Stale.
    """
    case = case_by_ref(work, ask.case_ref)
    unit = acting_unit(work, case, PartyRole.LEAD, unit_id=unit_id)
    touch(work, case, ask.version)
    last = _last_round(work, case)
    if last is not None and last.state is AssessmentState.SIGNED:
        raise NoAssessment(number=case.number)
    faults: list[Refusal] = [DayAhead(field="met_on", day=ask.met_on)] if ask.met_on > work.today else []
    assessment = last or compose_assessment(work, case)
    seats = _invite(work, case, assessment)
    known = {one.role for one in seats}
    faults += [NoTeam(field="present", role=one) for one in ask.present if one not in known]
    refuse(faults)
    for seat in seats:
        seat.present, seat.met_on = seat.role in ask.present, ask.met_on
        seat.noted_by = work.actor.account_id
    work.session.add_all(seats)
    work.session.flush()
    _wrote(work, "note_meeting", case, unit, met_on=ask.met_on, present=list(ask.present))
    return assessment


def voice_done(work: Work, ask: VoiceDone, *, unit_id: int | None = None) -> Assessment:
    """A role has spoken in this round; refuses NoPart, and NothingSaid while it has written nothing."""
    case = case_by_ref(work, ask.case_ref)
    unit = acting_unit(work, case, PartyRole(ask.role.value), unit_id=unit_id)
    touch(work, case)
    assessment = compose_assessment(work, case)
    _invite(work, case, assessment)
    written: type[GridEntry | MedicalStatement] = (
        MedicalStatement if ask.role is Voice.PHYSICIAN else GridEntry
    )
    signed = select(func.max(Assessment.signed_at)).where(col(Assessment.case_id) == case.id)
    since = work.session.exec(signed).one()
    said = (
        select(func.count())
        .select_from(written)
        .where(col(written.case_id) == case.id, col(written.unit_id) == unit)
    )
    if since is not None:
        said = said.where(col(written.recorded_at) >= since)
    if not work.session.exec(said).one():
        raise NothingSaid(field="role", role=ask.role)
    if ask.role not in _heard(work, assessment):
        work.session.add(
            AssessmentVoice(
                assessment_id=assessment.id or 0,
                role=ask.role,
                unit_id=unit,
                account_id=work.actor.account_id,
                done_at=work.now,
            )
        )
        work.session.flush()
        _wrote(work, "voice_done", case, unit, role=ask.role)
    return assessment


def sign(work: Work, ask: SignAssessment, *, unit_id: int | None = None) -> Assessment:
    """Sign the round; refuses every voice that is missing, all at once (MissingVoice names the role).

    Refuses also: OnlyTheLead, NoAssessment (the last round is signed), TextMissing, CaseClosed, Stale.
    """
    case = case_by_ref(work, ask.case_ref)
    unit = acting_unit(work, case, PartyRole.LEAD, unit_id=unit_id)
    touch(work, case, ask.version)
    assessment = _last_round(work, case)
    if assessment is not None and assessment.state is AssessmentState.SIGNED:
        raise NoAssessment(number=case.number)
    faults = missing_voices(_heard(work, assessment) if assessment else ())
    if not ask.synthesis.strip():
        faults.append(TextMissing(field="synthesis"))
    refuse(faults)
    if assessment is None:  # pragma: no cover - without a round every voice is missing
        raise MissingVoice(field="voices")
    assessment.state, assessment.synthesis = AssessmentState.SIGNED, ask.synthesis
    assessment.signed_at, assessment.signed_by = work.now, work.actor.account_id
    work.session.add(assessment)
    work.session.flush()
    _wrote(work, "sign_assessment", case, unit, round=assessment.round)
    return assessment


def _last_round(work: Work, case: CaseFile) -> Assessment | None:
    return work.session.exec(
        select(Assessment)
        .where(col(Assessment.case_id) == case.id)
        .order_by(col(Assessment.round).desc())
        .limit(1)
    ).first()


def _heard(work: Work, assessment: Assessment) -> set[Voice]:
    spoken = select(AssessmentVoice).where(col(AssessmentVoice.assessment_id) == assessment.id)
    return {one.role for one in work.session.exec(spoken)}


def _wrote(work: Work, action: str, case: CaseFile, unit: int, **payload: object) -> None:
    wrote(
        work, action, "case", case.id, ref=case.ref, person_id=case.person_id, unit_id=unit, payload=payload
    )
