"""The observation contract: three parties, at most three months, evaluated at its end or broken off.

Drafted by social aid once the screen is passed; in force with the third signature. The process of the case
goes on with what the contract comes to. Source: 002 §5 (contrat ISP non rémunéré de 3 mois); product.md P7.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from cii.access.actions import close_grants, grant
from cii.access.vocabulary import Relation, Section
from cii.cases.queries import case_by_ref
from cii.institutions.queries import institution_of, unit_by_ref
from cii.institutions.vocabulary import InstitutionKind
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, refuse
from cii.kernel.moves import move
from cii.notices.actions import tell
from cii.people.vocabulary import Basis
from cii.routing.flow import advance
from cii.routing.holding import instance_of
from cii.routing.queries_observation import contract_by_ref, contracts_of_case, signatures
from cii.routing.rules import ReasonMissing
from cii.routing.rules_social import (
    MOVES,
    AlreadySigned,
    NotAProvider,
    NotObserving,
    NotYourSignature,
    ObservationAtRest,
    ObservationChanged,
    ObservationDays,
    ObservationNotBegun,
    extension_faults,
    last_day,
    term_faults,
    unsigned,
)
from cii.routing.tables_social import ObservationContract, ObservationEvent
from cii.routing.vocabulary_social import ContractParty, ObservationMove, ObservationState
from cii.store.work import HOUSE, Work
from cii.workflow.actions import Fired
from cii.workflow.events import SYSTEM, Event, Postpone, TaskDone
from cii.workflow.keeping import keep_parts
from cii.workflow.queries import roles_of, tasks_of
from cii.workflow.vocabulary import Stand, Status

OBSERVATION = "observation"
SUBJECT = "observation"
M = ObservationMove


@dataclass(frozen=True)
class DraftContract:
    """An observation of the person of this case at an enterprise; all days inclusive."""

    case_ref: str
    provider_unit_ref: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class SignContract:
    """A signature: the enterprise its own; the institution its own and that of the person, on paper."""

    contract_ref: str
    party: ContractParty
    signed_on: date | None = None
    version: int | None = None


@dataclass(frozen=True)
class ExtendContract:
    """Let the observation last longer, within what the rules allow."""

    contract_ref: str
    ends_on: date
    reason: str = field(metadata={"max": 2000})
    version: int | None = None


@dataclass(frozen=True)
class EvaluateContract:
    """The report at the end: suited or not, why, and the productivity observed in percent."""

    contract_ref: str
    suited: bool
    report: str = field(metadata={"max": 2000})
    productivity: int | None = field(default=None, metadata={"min": 0, "max": 100})
    version: int | None = None


@dataclass(frozen=True)
class EndContract:
    """Break an observation off, or call off a contract that is not signed; `ended_on` today when left out."""

    contract_ref: str
    reason: str = field(metadata={"max": 2000})
    ended_on: date | None = None
    version: int | None = None


def draft_contract(work: Work, ask: DraftContract) -> ObservationContract:
    """Draft the contract and ask the enterprise to sign.

    Refuses: NotAllowed (not the lead), NotObserving (not screened, or a contract runs), NotAProvider,
    ObservationDays, ObservationTooLong; the faults of the days at once.
    """
    case = case_by_ref(work, ask.case_ref)
    if case.lead_unit_id not in work.actor.units:
        raise NotAllowed(act="draft_contract")
    instance = instance_of(work, case.id or 0)
    waits = {one.key for one in tasks_of(work, instance) if one.state == Stand.OPEN}
    if "contract" not in waits:
        raise NotObserving(number=case.number)
    provider = unit_by_ref(work, ask.provider_unit_ref).id or 0
    if institution_of(work, provider).kind is not InstitutionKind.PROVIDER:
        raise NotAProvider(field="provider_unit_ref")
    if any(one.state is ObservationState.DRAFT for one in contracts_of_case(work, case.id or 0)):
        raise NotObserving(number=case.number)
    latest = last_day(ask.starts_on, work.parameter("observation_max_months", ask.starts_on))
    refuse(term_faults(ask.starts_on, ask.ends_on, latest, work.today))
    row = ObservationContract(
        case_id=case.id or 0, person_id=case.person_id, unit_id=case.lead_unit_id, provider_unit_id=provider,
        starts_on=ask.starts_on, ends_on=ask.ends_on, latest_end=latest, state=ObservationState.DRAFT,
        created_at=work.now,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    keep_parts(work, instance, {**roles_of(work, instance.id or 0), "provider": (provider,)})
    grant(
        work, unit_id=provider, person_id=row.person_id, reads=Section.IDENTITY | Section.PLACEMENT,
        basis=Basis.OWN_CASE, cause=_cause(row), relation=Relation.PROVIDER,
    )  # fmt: skip
    _wrote(work, row, "draft_observation", row.unit_id)
    _tell(work, row, provider, "to-sign")
    return row


def sign_contract(work: Work, ask: SignContract) -> ObservationContract:
    """Sign; the third signature puts the contract in force and hands the person to the enterprise.

    Refuses: NotYourSignature, AlreadySigned, IllegalMove, ObservationChanged, ObservationDays (a day ahead).
    """
    row = _seen(work, ask.contract_ref, ask.version)
    mine = row.provider_unit_id if ask.party is ContractParty.ENTERPRISE else row.unit_id
    if mine not in work.actor.units:
        raise NotYourSignature(field="party")
    move(MOVES, row.state, M.SIGN)
    done = signatures(work, row.id or 0)
    if ask.party in done:
        raise AlreadySigned(field="party")
    if ask.signed_on is not None and ask.signed_on > work.today:
        raise ObservationDays(field="signed_on")
    last = unsigned({*done, ask.party}) == ()
    _note(work, row, M.CONCLUDE if last else M.SIGN, mine, party=ask.party, on=ask.signed_on)
    if last:
        _tell_both(work, row)
        _step(work, row, TaskDone("contract", "signed"))
        _due(work, row)
    return row


def extend_contract(work: Work, ask: ExtendContract) -> ObservationContract:
    """Prolong an observation in force: the report is due on its new last day.

    Refuses ObservationTooLong past the longest, ObservationNotLonger, and ObservationAtRest
    while the case rests: terms stand still then, and move when it goes on.
    """
    row = _seen(work, ask.contract_ref, ask.version)
    _own(work, row.unit_id)
    move(MOVES, row.state, M.EXTEND)
    if not ask.reason.strip():
        raise ReasonMissing(field="reason")
    refuse(extension_faults(row.ends_on, ask.ends_on, row.latest_end, work.today))
    before, row.ends_on = row.ends_on, ask.ends_on
    told = {"from": before.isoformat(), "until": ask.ends_on.isoformat()}
    _note(work, row, M.EXTEND, row.unit_id, note=ask.reason, facts=told)
    _due(work, row)
    _tell(work, row, row.provider_unit_id, "extended")
    return row


def evaluate_contract(work: Work, ask: EvaluateContract) -> ObservationContract:
    """The enterprise gives its report: the person is hired, or the process ends.

    Refuses: NotAllowed (not the enterprise), ObservationNotBegun, ReasonMissing, IllegalMove.
    """
    row = _seen(work, ask.contract_ref, ask.version)
    _own(work, row.provider_unit_id)
    move(MOVES, row.state, M.EVALUATE)
    _begun(work, row)
    if not ask.report.strip():
        raise ReasonMissing(field="report")
    told = {"suited": ask.suited, "productivity": ask.productivity}
    row.ended_on = min(work.today, row.ends_on)
    _note(work, row, M.EVALUATE, row.provider_unit_id, note=ask.report, facts=told)
    _close_sight(work, row, hired=ask.suited)
    _tell_both(work, row)
    outcome = "suited" if ask.suited else "not_suited"
    _step(work, row, TaskDone("observe", outcome, closing=None if ask.suited else "ended"))
    return row


def end_contract(work: Work, ask: EndContract) -> ObservationContract:
    """Break off an observation in force, by either side; or call off a draft, which may be drafted anew.

    Refuses: ReasonMissing, ObservationNotBegun, ObservationDays (a day ahead or out of the term).
    """
    row = _seen(work, ask.contract_ref, ask.version)
    mine = row.unit_id if row.unit_id in work.actor.units else row.provider_unit_id
    draft = row.state is ObservationState.DRAFT
    move(MOVES, row.state, M.CANCEL if draft else M.END_EARLY)
    if not ask.reason.strip():
        raise ReasonMissing(field="reason")
    day = ask.ended_on or work.today
    if not draft:
        _begun(work, row)
    if day > work.today or (not draft and not row.starts_on <= day <= row.ends_on):
        raise ObservationDays(field="ended_on")
    row.ended_on = day
    _note(work, row, M.CANCEL if draft else M.END_EARLY, mine, note=ask.reason, on=day)
    _close_sight(work, row, hired=False)
    _tell_both(work, row)
    if not draft:
        _step(work, row, TaskDone("observe", "not_suited", closing="ended"))
    return row


def _seen(work: Work, ref: str, version: int | None) -> ObservationContract:
    row = contract_by_ref(work, ref)
    work.session.refresh(row, with_for_update=True)
    if version is not None and version != row.version:
        raise ObservationChanged(version=row.version)
    return row


def _own(work: Work, unit: int) -> None:
    if unit not in work.actor.units:
        raise NotAllowed(act=OBSERVATION)


def _begun(work: Work, row: ObservationContract) -> None:
    if work.today < row.starts_on:
        raise ObservationNotBegun(starts=row.starts_on)


def _note(
    work: Work,
    row: ObservationContract,
    what: ObservationMove,
    unit: int,
    *,
    party: ContractParty | None = None,
    on: date | None = None,
    note: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Keep what was done and move the row."""
    row.state = move(MOVES, row.state, what)
    row.version += 1
    work.session.add(row)
    work.session.add(
        ObservationEvent(
            contract_id=row.id or 0, move=what, party=party, effective_on=on or work.today,
            note=note.strip() or None, facts=dict(facts or {}), unit_id=unit,
            account_id=work.actor.account_id, at=work.now,
        )
    )  # fmt: skip
    work.session.flush()
    _wrote(work, row, f"{what.value}_observation", unit)


def _step(work: Work, row: ObservationContract, event: Event) -> Fired:
    """The process of the case goes on; the enterprise does not see the case, so the step is the house's."""
    instance = instance_of(work, row.case_id)
    if instance.status == Status.SUSPENDED:
        raise ObservationAtRest
    return advance(replace(work, actor=HOUSE), instance, event, by=SYSTEM)


def _due(work: Work, row: ObservationContract) -> None:
    """The report is due on the last day of the observation, the reminders with it."""
    _step(work, row, Postpone("observe", row.ends_on))


def _close_sight(work: Work, row: ObservationContract, *, hired: bool) -> None:
    """The enterprise sees the person no longer, unless it hires her."""
    if not hired:
        close_grants(work, cause=_cause(row))


def _cause(row: ObservationContract) -> str:
    return f"{SUBJECT}:{row.ref}"


def _tell_both(work: Work, row: ObservationContract) -> None:
    for unit in {row.unit_id, row.provider_unit_id} - set(work.actor.units):
        _tell(work, row, unit, row.state.value)


def _tell(work: Work, row: ObservationContract, unit: int, what: str) -> None:
    tell(
        work, unit_id=unit, kind=f"observation-{what}", subject=SUBJECT, subject_ref=row.ref,
        person_id=row.person_id,
    )  # fmt: skip


def _wrote(work: Work, row: ObservationContract, act: str, unit: int) -> None:
    wrote(
        work, act, SUBJECT, row.id, ref=row.ref, case_id=row.case_id, person_id=row.person_id, unit_id=unit,
        payload={"state": row.state, "version": row.version, "ends_on": row.ends_on},
    )  # fmt: skip
