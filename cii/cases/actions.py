"""Writes of a case: open, parties and lead, notes, closing. `assessing` and `planning` hold the other acts.

Every act names its unit: the actor's unit that has a part in the case.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import col, select

from cii.access.actions import close_grants, grant
from cii.access.sections import Mask, lead_grant, party_grant, physician_grant, provider_grant
from cii.access.vocabulary import NOTHING, Relation, Section
from cii.cases.acts import acting_unit, need, touch
from cii.cases.assessing import (
    SignAssessment,
    VoiceDone,
    WriteGrid,
    WriteMedical,
    compose_assessment,
    publish_grids,
    sign,
    voice_done,
    write_grid,
    write_medical,
)
from cii.cases.checking import ask_later, ask_no_more
from cii.cases.planning import AnswerPlan, PlanPartAsk, ProposePlan, answer_plan, propose_plan
from cii.cases.queries import case_by_ref, live_parties
from cii.cases.restricting import close_to_named, follow_lead
from cii.cases.rules import AlreadyLead, CaseClosed, CaseOpen, GridAnswer, TextMissing
from cii.cases.tables import CaseFile, CaseNote, CaseParty
from cii.cases.vocabulary import CasePath, CaseStatus, PartyRole
from cii.institutions.queries import units_by_id
from cii.journal.actions import wrote
from cii.kernel.clock import local_midnight
from cii.people.vocabulary import Basis
from cii.store.columns import new_ref
from cii.store.work import Work

__all__ = [
    "AddNote", "AnswerPlan", "CloseCase", "GridAnswer", "PlanPartAsk", "ProposePlan", "ReopenCase",
    "SignAssessment", "VoiceDone", "WriteGrid", "WriteMedical", "add_note", "answer_plan", "change_path",
    "close_case", "compose_assessment", "join", "leave", "move_lead", "open_case", "propose_plan",
    "publish_grids", "reopen_case", "sign", "usual_grant", "voice_done", "write_grid", "write_medical",
]  # fmt: skip

_AGENDA = Mask(Section.IDENTITY | Section.PLAN | Section.PLACEMENT)
_TIED = {PartyRole.PROVIDER: Relation.PROVIDER, PartyRole.COORDINATION: Relation.AGENDA}


@dataclass(frozen=True)
class CloseCase:
    """Close a case with an outcome, a word of its process."""

    case_ref: str
    outcome: str
    version: int | None = None


@dataclass(frozen=True)
class ReopenCase:
    """Take a closed case up again, with a reason."""

    case_ref: str
    reason: str = field(metadata={"max": 2000})


@dataclass(frozen=True)
class AddNote:
    """An internal note, read by the own unit only."""

    case_ref: str
    text: str = field(metadata={"max": 8000})


def open_case(
    work: Work,
    *,
    person_id: int,
    path: CasePath,
    opened_by_unit_id: int,
    lead_unit_id: int,
    lead_account_id: int | None = None,
    restricted: str | None = None,
) -> CaseFile:
    """Open a case: the lead and the announcing unit see it at once; each also has the part of its sector.

    `restricted` says why the case is for named readers only, if it is: closed before any unit gets its part.
    """
    mark = new_ref().upper()
    case = CaseFile(
        number=f"CII-{mark[:4]}-{mark[4:8]}",
        person_id=person_id,
        path=path,
        opened_at=work.now,
        opened_by_unit_id=opened_by_unit_id,
        lead_unit_id=lead_unit_id,
        lead_account_id=lead_account_id,
    )
    work.session.add(case)
    work.session.flush()
    _wrote(work, "open_case", case, payload={"path": path, "lead_unit": lead_unit_id})
    if restricted:
        close_to_named(work, case, restricted)
    join(work, case, lead_unit_id, PartyRole.LEAD, basis=Basis.OWN_CASE)
    if opened_by_unit_id != lead_unit_id:
        join(work, case, opened_by_unit_id, PartyRole.ANNOUNCING, basis=Basis.OWN_CASE)
    for unit_id in dict.fromkeys((lead_unit_id, opened_by_unit_id)):
        _join_as_sector(work, case, unit_id)
    return case


def usual_grant(role: PartyRole) -> Mask:
    """What a part in a case opens as a rule; the basis may cover less."""
    match role:
        case PartyRole.LEAD:
            return lead_grant()
        case PartyRole.PHYSICIAN:
            return physician_grant()
        case PartyRole.PROVIDER:
            return provider_grant()
        case PartyRole.COORDINATION:
            return _AGENDA
    return party_grant()


def join(  # noqa: PLR0917 - as the rooms above agreed
    work: Work,
    case: CaseFile,
    unit_id: int,
    role: PartyRole,
    reads: Section | None = None,
    writes: Section | None = None,
    *,
    basis: str,
    until: datetime | None = None,
) -> CaseParty:
    """Give a unit a part in the case, and with it the sections that the basis covers.

    `reads` left out: those usual for the part; NOTHING where another grant opens the case (a disclosure, the
    lead). A part that the unit has already is returned as it is.
    """
    for part in live_parties(work, case.id or 0):
        if (part.unit_id, part.role) == (unit_id, role):
            return part
    party = CaseParty(case_id=case.id or 0, unit_id=unit_id, role=role, since=work.now)
    work.session.add(party)
    work.session.flush()
    usual = usual_grant(role)
    opened = Mask(usual.reads if reads is None else reads, usual.writes if writes is None else writes)
    if opened.reads != NOTHING:
        _grant(work, case, party, opened, basis, relation=_TIED.get(role), until=until)
    _wrote(work, "join_case", case, basis=str(basis), payload={"role": role, "unit": unit_id})
    return party


def leave(work: Work, case: CaseFile, unit_id: int, role: PartyRole) -> None:
    """End a unit's part in the case, and what it opened, at once."""
    for part in live_parties(work, case.id or 0):
        if (part.unit_id, part.role) == (unit_id, role):
            _end(work, part)
            _wrote(work, "leave_case", case, payload={"role": role, "unit": unit_id})


def move_lead(
    work: Work,
    case: CaseFile,
    to_unit_id: int,
    account_id: int | None = None,
    *,
    stays: bool | None = None,
    version: int | None = None,
) -> None:
    """Hand the case over: the former lead reads on and no longer writes as lead.

    It reads for `former_lead_days` whole days, until the Swiss midnight that ends the last of them.

    `stays`: the former lead keeps its other parts, as a voice of the network does (so by default there); else
    they end with the lead. Refuses AlreadyLead, CaseClosed, Stale.
    """
    touch(work, case, version)
    if (case.lead_unit_id, case.lead_account_id) == (to_unit_id, account_id):
        raise AlreadyLead(number=case.number)
    former, moved = case.lead_unit_id, case.lead_unit_id != to_unit_id
    case.lead_unit_id, case.lead_account_id = to_unit_id, account_id
    work.session.add(case)
    if moved:
        _make_former(work, case, former, stays=case.path is CasePath.NETWORK if stays is None else stays)
        join(work, case, to_unit_id, PartyRole.LEAD, basis=Basis.OWN_CASE)
        _join_as_sector(work, case, to_unit_id)
    work.session.flush()
    follow_lead(work, case)
    _wrote(work, "move_lead", case, payload={"from": former, "to": to_unit_id, "account": account_id})


def change_path(work: Work, case: CaseFile, path: CasePath) -> None:
    """The case goes on another path, as from everyday collaboration into the network; refuses CaseClosed."""
    touch(work, case, None)
    former, case.path = case.path, path
    work.session.add(case)
    work.session.flush()
    _wrote(work, "change_path", case, payload={"from": former, "to": path})


def _make_former(work: Work, case: CaseFile, unit_id: int, *, stays: bool) -> None:
    until = local_midnight(work.today + timedelta(days=work.parameter("former_lead_days") + 1))
    for part in live_parties(work, case.id or 0):
        if part.unit_id != unit_id:
            continue
        if part.role is PartyRole.LEAD or not stays:
            _end(work, part)
        else:
            close_grants(work, cause=f"party:{part.id}")
            _grant(work, case, part, party_grant(), Basis.OWN_CASE, relation=Relation.PARTY)
        if part.role is PartyRole.LEAD:
            seen = Mask(lead_grant().reads)
            _grant(work, case, part, seen, Basis.OWN_CASE, relation=Relation.FORMER, until=until)


def _end(work: Work, part: CaseParty) -> None:
    part.until = work.now
    work.session.add(part)
    close_grants(work, cause=f"party:{part.id}")


def _join_as_sector(work: Work, case: CaseFile, unit_id: int) -> None:
    label = units_by_id(work, [unit_id]).get(unit_id)
    if label is not None and label.sector is not None:
        join(work, case, unit_id, PartyRole(label.sector.value), NOTHING, basis=Basis.OWN_CASE)


def _grant(
    work: Work,
    case: CaseFile,
    party: CaseParty,
    mask: Mask,
    basis: str,
    *,
    relation: Relation | None,
    until: datetime | None = None,
) -> None:
    grant(
        work,
        unit_id=party.unit_id,
        person_id=case.person_id,
        case_id=case.id,
        reads=mask.reads,
        writes=mask.writes,
        basis=basis,
        cause=f"party:{party.id}",
        relation=relation,
        until=until,
    )


def close_case(work: Work, ask: CloseCase) -> CaseFile:
    """Close a case with its outcome; refuses OnlyTheLead, CaseClosed, Stale, TextMissing."""
    case = case_by_ref(work, ask.case_ref)
    unit = acting_unit(work, case, PartyRole.LEAD)
    if not ask.outcome.strip():
        raise TextMissing(field="outcome")
    touch(work, case, ask.version)
    case.status, case.closed_at, case.outcome = CaseStatus.CLOSED, work.now, ask.outcome
    work.session.add(case)
    work.session.flush()
    ask_later(work, case)
    _wrote(work, "close_case", case, unit_id=unit, payload={"outcome": ask.outcome})
    return case


def reopen_case(work: Work, ask: ReopenCase) -> CaseFile:
    """Take a closed case up again; refuses OnlyTheLead, CaseOpen, TextMissing."""
    case = case_by_ref(work, ask.case_ref)
    unit = acting_unit(work, case, PartyRole.LEAD)
    if not ask.reason.strip():
        raise TextMissing(field="reason")
    locked = work.session.exec(
        select(CaseFile)
        .where(col(CaseFile.id) == case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if locked.status is CaseStatus.OPEN:
        raise CaseOpen(number=case.number)
    locked.status, locked.closed_at, locked.outcome = CaseStatus.OPEN, None, None
    locked.version += 1
    work.session.add(locked)
    work.session.flush()
    ask_no_more(work, locked)
    _wrote(work, "reopen_case", case, unit_id=unit, payload={"reason": ask.reason})
    return locked


def add_note(work: Work, ask: AddNote, *, unit_id: int | None = None) -> CaseNote:
    """Write an internal note of the own unit; it leaves the case's version as it is, which others see.

    Refuses: SectionNotYours, NoPart, CaseClosed, TextMissing.
    """
    case = case_by_ref(work, ask.case_ref)
    need(work, case, Section.NOTES)
    unit = acting_unit(work, case, unit_id=unit_id)
    if case.status is CaseStatus.CLOSED:
        raise CaseClosed(number=case.number, open="reopen")
    if not ask.text.strip():
        raise TextMissing(field="text")
    note = CaseNote(
        case_id=case.id or 0, unit_id=unit, account_id=work.actor.account_id, text=ask.text, at=work.now
    )
    work.session.add(note)
    work.session.flush()
    _wrote(work, "add_note", case, unit_id=unit)
    return note


def _wrote(
    work: Work,
    action: str,
    case: CaseFile,
    *,
    unit_id: int | None = None,
    basis: str | None = None,
    payload: dict[str, object] | None = None,
) -> None:
    wrote(
        work,
        action,
        "case",
        case.id,
        ref=case.ref,
        person_id=case.person_id,
        unit_id=unit_id,
        basis=basis,
        payload=payload,
    )
