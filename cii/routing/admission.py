"""Admission to youth case management and to NE-ESO: facts, the table's answer, its confirmation.

Facts come from the identity and the detection, the others are stated by the unit that admits, each with its
source; only those that can still change the answer are asked for. The table in force on the reference day
decides, a person confirms; whoever departs from the table says why. Source: 002 §2, §5; product.md P4, P7.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlmodel import col, select

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.cases.actions import move_lead
from cii.cases.queries import case_by_ref, cases_of
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath, CaseStatus
from cii.decisions.decision import decide as decide_by
from cii.decisions.domain import MissingFacts
from cii.decisions.rulebook import Table
from cii.institutions.queries import code_told, region_of
from cii.journal.actions import wrote
from cii.kernel.clock import local_day
from cii.kernel.errors import NotAllowed
from cii.kernel.money import Chf
from cii.people.queries import identities
from cii.routing.actions_referral import MoveReferral, move_referral
from cii.routing.flow import advance, see_to
from cii.routing.holding import CASE, instance_of
from cii.routing.queries import detection_of_case, open_referral
from cii.routing.rules import age_at
from cii.routing.rules_social import DepartsWithoutReason, FactNotAsked, NotAnAdmission, NothingDecided
from cii.routing.tables_social import StatedFacts
from cii.routing.vocabulary import ReferralEvent, ReferralState
from cii.routing.vocabulary_social import YouthOrigin
from cii.store.work import Work
from cii.workflow.actions import Fired, decide, fire
from cii.workflow.decided import last_answer
from cii.workflow.events import SYSTEM, Decided, TaskDone, TransferLead
from cii.workflow.events import Decide as AskTable
from cii.workflow.queries import roles_of, table_on


@dataclass(frozen=True, slots=True)
class Way:
    """How a path admits: its table, the task that states the facts, how that task ends, the answer's name."""

    table: str
    task: str
    outcome: str
    answer: str


WAYS: Mapping[CasePath, Way] = {
    CasePath.YOUTH: Way("youth-admissibility", "receive", "received", "admissible"),
    CasePath.SOCIAL_ENTERPRISE: Way("ne-eso-screen", "complete_file", "complete", "admitted"),
}


@dataclass(frozen=True)
class StateYouth:
    """What the youth unit states of a young person; what is left out is not known. `finish` asks the table.

    `origin` and `without_training` are counted in figures, no rule looks at them.
    """

    case_ref: str
    in_canton: bool | None = None
    already_followed: bool | None = None
    problems: int | None = field(default=None, metadata={"min": 0, "max": 10})
    able_to_work: bool | None = None
    grave_psychic_disorder: bool | None = None
    addiction: bool | None = None
    pregnancy: bool | None = None
    origin: YouthOrigin | None = None
    without_training: bool | None = None
    finish: bool = False
    seq: int | None = None


@dataclass(frozen=True)
class StateCandidate:
    """What social aid states of a candidate for NE-ESO. `productivity` in percent of an ordinary yield."""

    case_ref: str
    productivity: int | None = field(default=None, metadata={"min": 0, "max": 100})
    dependants: int | None = field(default=None, metadata={"min": 0, "max": 20})
    heavy_social_problem: bool | None = None
    debts: Chf | None = field(default=None, metadata={"min": Chf(0)})
    finish: bool = False
    seq: int | None = None


@dataclass(frozen=True)
class ConfirmAdmission:
    """The unit admits the person or not; `reason` where it departs from the table."""

    case_ref: str
    admitted: bool
    reason: str = field(default="", metadata={"max": 2000})
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The facts known of a case on its reference day, each with its source, and those still to be stated.

    `missing` is empty once the table can answer; `admits` is then its answer and `why` its sentences.
    """

    table: Table
    on: date
    facts: Mapping[str, Any]
    sources: Mapping[str, Mapping[str, Any]]
    missing: tuple[str, ...]
    admits: bool | None
    why: tuple[Mapping[str, str], ...]


def way_of(case: CaseFile) -> Way:
    """How the case's path admits; refuses NotAnAdmission."""
    found = WAYS.get(case.path)
    if found is None:
        raise NotAnAdmission(number=case.number)
    return found


def known(work: Work, case_ref: str, trying: Mapping[str, Any] | None = None) -> Known:
    """What is known for the admission of a case and what is still asked; `trying`: facts not kept yet.

    For the unit that admits only: among the facts are health and debts. Refuses: UnknownThing,
    NotAnAdmission, NotAllowed.
    """
    case = case_by_ref(work, case_ref)
    way = way_of(case)
    _unit(work, case)
    facts, sources, day = _gathered(work, case)
    _, table = table_on(work, way.table, day)
    facts |= {name: value for name, value in (trying or {}).items() if value is not None}
    held = table.relevant(facts)
    work.saw("case", [case.id or 0], int(Section.PLAN))
    try:
        answer = decide_by(table, held)
    except MissingFacts as no:
        return Known(table, day, held, sources, no.names, None, ())
    said = {lang: answer.explain(lang) for lang in ("fr", "de", "en")}
    why = tuple({lang: said[lang][at] for lang in said} for at in range(len(answer.why)))
    return Known(table, day, held, sources, (), bool(answer.outputs[way.answer]), why)


def state_youth(work: Work, ask: StateYouth) -> CaseFile:
    """State facts of a young person; `finish` takes the announcement in charge and asks the table.

    A referral that waits for the unit's answer is accepted with it. Refuses: NotAnAdmission, NotAllowed,
    MissingFacts, and what the process refuses.
    """
    names = (
        "in_canton", "already_followed", "problems", "able_to_work", "grave_psychic_disorder", "addiction",
        "pregnancy", "origin", "without_training",
    )  # fmt: skip
    return _state(work, ask.case_ref, {name: getattr(ask, name) for name in names}, ask.finish, ask.seq)


def state_candidate(work: Work, ask: StateCandidate) -> CaseFile:
    """State facts of a candidate for NE-ESO; `finish` completes the file and asks the table of the day."""
    names = ("productivity", "dependants", "heavy_social_problem", "debts")
    return _state(work, ask.case_ref, {name: getattr(ask, name) for name in names}, ask.finish, ask.seq)


def _state(work: Work, case_ref: str, said: Mapping[str, Any], finish: bool, seq: int | None) -> CaseFile:  # noqa: FBT001
    case = case_by_ref(work, case_ref)
    way = way_of(case)
    unit = _unit(work, case)
    given = {name: value for name, value in said.items() if value is not None}
    _, table = table_on(work, way.table, reference_day(work, case))
    counted = {"origin", "without_training"} if case.path is CasePath.YOUTH else set()
    strange = sorted(set(given) - {one.name for one in table.inputs} - counted)
    if strange:
        raise FactNotAsked(field=strange[0], table=way.table)
    if given:
        keep_stated(work, case, unit, given)
    if finish:
        _decide(work, case, way, unit, seq)
    return case_by_ref(work, case_ref)


def _decide(work: Work, case: CaseFile, way: Way, unit: int, seq: int | None) -> None:
    """Ask the table on the reference day and let the process go on with its answer."""
    facts, sources, day = _gathered(work, case)
    _, table = table_on(work, way.table, day)
    held = table.relevant(facts)
    decide_by(table, held)
    instance = instance_of(work, case.id or 0)
    event = TaskDone(way.task, way.outcome)
    fired = fire(work, instance, event, held, expected_seq=seq)
    asks = [one for one in fired.effects if isinstance(one, AskTable)]
    see_to(work, replace(fired, effects=tuple(one for one in fired.effects if one not in asks)), held)
    answer = decide(
        work, way.table, held, subject=CASE, subject_id=case.id or 0, person_id=case.person_id,
        case_id=case.id, at=day, sources=sources,
    ).decision  # fmt: skip
    for one in asks:
        advance(work, instance, Decided(one.table, answer.outputs, answer.rules), facts=held)
    _take_over(work, case, unit)


def _take_over(work: Work, case: CaseFile, unit: int) -> None:
    """Whoever takes the announcement in charge leads from now on; a referral that brought it is accepted."""
    row = open_referral(work, case.id or 0)
    if row is None and case.lead_unit_id != unit:
        move_lead(work, case, unit, work.actor.account_id)
        instance = instance_of(work, case.id or 0)
        if roles_of(work, instance.id or 0).get("lead") != (unit,):
            advance(work, instance, TransferLead(unit), by=SYSTEM)
    if row is None or row.to_unit_id != unit:
        return
    if row.state is ReferralState.SENT:
        move_referral(work, MoveReferral(row.ref, ReferralEvent.RECEIVE))
    if row.state is ReferralState.RECEIVED:
        move_referral(work, MoveReferral(row.ref, ReferralEvent.ACCEPT))


def confirm_admission(work: Work, ask: ConfirmAdmission) -> Fired:
    """Admit the person or not, after the table's answer; the announcing unit is told of a refusal.

    Refuses: NothingDecided, DepartsWithoutReason, and what the process refuses.
    """
    case = case_by_ref(work, ask.case_ref)
    way = way_of(case)
    unit = _unit(work, case)
    answer = last_answer(work, case.id or 0, way.table)
    if answer is None:
        raise NothingDecided(number=case.number)
    departs = ask.admitted != answer[way.answer]
    if departs and not ask.reason.strip():
        raise DepartsWithoutReason(field="reason")
    youth = case.path is CasePath.YOUTH
    outcome = "admitted" if ask.admitted else "not_admitted" if youth else "refused"
    closing = None
    if not ask.admitted:
        elsewhere = str(answer.get("orientation", ""))
        closing = "out_of_criteria" if youth else elsewhere if elsewhere != "ne-eso" else "other_measure"
    fired = advance(
        work, instance_of(work, case.id or 0), TaskDone("confirm", outcome, closing=closing),
        expected_seq=ask.seq,
    )  # fmt: skip
    if ask.reason.strip():
        keep_stated(work, case, unit, {"confirmed": ask.admitted}, note=ask.reason)
    wrote(
        work, "confirm_admission", "case", case.id, ref=case.ref, case_id=case.id, person_id=case.person_id,
        unit_id=unit, payload={"admitted": ask.admitted, "departs": departs},
    )  # fmt: skip
    return fired


def keep_stated(
    work: Work, case: CaseFile, unit: int, facts: Mapping[str, Any], *, on: date | None = None, note: str = ""
) -> StatedFacts:
    """Keep what a unit states; `on` sets the reference day, else it stays what it was."""
    row = StatedFacts(
        case_id=case.id or 0, asked_by=WAYS[case.path].table,
        facts={name: value.centimes if isinstance(value, Chf) else value for name, value in facts.items()},
        note=note.strip() or None, effective_on=on or reference_day(work, case), unit_id=unit,
        account_id=work.actor.account_id, at=work.now,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    wrote(
        work, "state_facts", "case", case.id, ref=case.ref, case_id=case.id, person_id=case.person_id,
        unit_id=unit, payload={"facts": sorted(facts)},
    )  # fmt: skip
    return row


def reference_day(work: Work, case: CaseFile) -> date:
    """The day whose law and facts count: that of the announcement, or the one stated for it."""
    rows = stated(work, case.id or 0)
    return rows[0].effective_on if rows else local_day(case.opened_at)


def stated(work: Work, case_id: int) -> list[StatedFacts]:
    """What was stated of a case, in order; for whoever has seen that the case is open to the actor."""
    return list(
        work.session.exec(
            select(StatedFacts).where(col(StatedFacts.case_id) == case_id).order_by(col(StatedFacts.id))
        )
    )


def reason_of(work: Work, case_id: int) -> str | None:
    """Why the person was announced, in the words of the announcing unit; for whoever admits."""
    said = (row.note for row in stated(work, case_id) if row.note and "confirmed" not in row.facts)
    return next(said, None)


def _gathered(work: Work, case: CaseFile) -> tuple[dict[str, Any], dict[str, dict[str, Any]], date]:
    """Facts and sources: identity, detection, other open cases, and over them what was stated."""
    day = reference_day(work, case)
    facts: dict[str, Any] = {}
    sources: dict[str, dict[str, Any]] = {}

    def put(name: str, value: object, source: dict[str, Any]) -> None:
        facts[name], sources[name] = value, source

    held = identities(work, case.person_id)
    if held:
        told: dict[str, Any] = {"kind": "identity", "on": day}
        put("age", age_at(held[0].birth_date, day), told)
        if held[0].postcode:
            put("in_canton", region_of(work, held[0].postcode) is not None, told)
    detected = detection_of_case(work, case.id or 0)
    if detected is not None and "problems" in detected.facts:
        put("problems", detected.facts["problems"], {"kind": "detection", "on": local_day(detected.at)})
    others = [
        one for one in cases_of(work, case.person_id) if one.id != case.id and one.status is CaseStatus.OPEN
    ]
    if others:
        put("already_followed", True, {"kind": "process", "ref": others[0].ref, "on": day})
    rows = stated(work, case.id or 0)
    named = {id_: code_told(work, id_) for id_ in {one.unit_id for one in rows}}
    for row in rows:
        for name, value in row.facts.items():
            put(name, value, {
                "kind": "statement", "ref": row.ref, "on": local_day(row.at), "by": named[row.unit_id],
            })  # fmt: skip
    return facts, sources, day


def _unit(work: Work, case: CaseFile) -> int:
    """For which unit the actor admits: the lead, or the service that is asked; refuses NotAllowed."""
    waiting = open_referral(work, case.id or 0)
    asked = roles_of(work, instance_of(work, case.id or 0).id or 0).get("SFPO", ())
    for unit in (case.lead_unit_id, waiting.to_unit_id if waiting else 0, *asked):
        if unit in work.actor.units and sections_on_case(work, case.id or 0)[1] & Section.PLAN:
            return unit
    raise NotAllowed(act="admission")
