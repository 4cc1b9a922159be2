"""The life of a referral, run by its own process: each step moves its row, and the case where it must.

One truth: `workflows/referral.yaml` says what may happen; the row's state is the stage of that process. The
receiving unit has the tasks in its inbox, reminders and expiry are the process's timers. The case goes on
with what a referral ends in: only acceptance moves the lead, everything else brings it back to the sender.
"""

from cii.access.actions import close_grants
from cii.cases.actions import change_path, compose_assessment, join, leave, move_lead
from cii.cases.queries import case_by_id, live_parties
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath, PartyRole
from cii.institutions.queries import in_network, units
from cii.institutions.vocabulary import UnitKind
from cii.people.vocabulary import Basis
from cii.routing.flow import advance, see_to
from cii.routing.holding import CASE, instance_of
from cii.routing.keeping_referrals import REFERRAL, keep_step, stands, tell_units, write_down
from cii.routing.queries import open_referral
from cii.routing.redirects import hold_referrals, standing_of
from cii.routing.routes import terms_of
from cii.routing.rules import ReferralChanged, ReferralOpen
from cii.routing.sharing import bring_in, may_bring_in
from cii.routing.tables import Referral
from cii.routing.vocabulary import Path, ReferralState
from cii.store.work import Work
from cii.workflow.actions import Fired, fire, start
from cii.workflow.events import (
    SYSTEM,
    Event,
    TaskDone,
    TransferLead,
)
from cii.workflow.queries import roles_of, tasks_of
from cii.workflow.tables import WfInstance
from cii.workflow.vocabulary import Status


def send_referral(work: Work, case: CaseFile, from_unit: int, to_unit: int, reason: str) -> Referral:
    """Ask a unit to take the lead of a case; refuses ReferralOpen while another one waits for its answer."""
    if open_referral(work, case.id or 0) is not None:
        raise ReferralOpen(number=case.number)
    row = Referral(
        case_id=case.id or 0, person_id=case.person_id, from_unit_id=from_unit, to_unit_id=to_unit,
        state=ReferralState.SENT, reason=reason, sent_by=work.actor.account_id, sent_at=work.now,
        expires_at=work.now,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    fired = start(
        work, REFERRAL, subject=REFERRAL, subject_id=row.id or 0, subject_ref=row.ref,
        person_id=row.person_id, facts={}, terms=terms_of(work, row),
        roles={"sending": (from_unit,), "receiving": (to_unit,), "coordination": _group(work)},
    )  # fmt: skip
    stands(row, fired.state)
    work.session.add(row)
    work.session.flush()
    write_down(work, "send_referral", row, from_unit)
    tell_units(work, row, fired)
    return row


def advance_referral(
    work: Work,
    instance: WfInstance,
    event: Event,
    *,
    text: str = "",
    named_unit: int | None = None,
    version: int | None = None,
) -> Fired:
    """Take one step of a referral and see to what follows, all or nothing.

    Refuses what the process refuses (IllegalMove, WrongInstitution), ReferralChanged, and RedirectLimit for a
    redirect beyond the limit.
    """
    row = work.session.get_one(Referral, instance.subject_id)
    fired = fire(work, instance, event, terms=terms_of(work, row))
    hold_referrals(work, row.person_id)
    if version is not None and version != row.version:
        raise ReferralChanged(version=row.version)
    before, after = row.state, ReferralState(fired.state.stage)
    if before is not after:
        keep_step(work, row, fired, event, text=text, named_unit=named_unit)
    tell_units(work, row, fired)
    if before is not after:
        _follow(work, row)
    return fired


def _follow(work: Work, row: Referral) -> None:
    """What the case does with it."""
    match row.state:
        case ReferralState.ACCEPTED:
            _accepted(work, row)
        case ReferralState.DECLINED:
            _given_back(work, row, "decline")
        case ReferralState.REDIRECTED:
            _redirected(work, row)
        case ReferralState.WITHDRAWN | ReferralState.EXPIRED:
            _given_back(work, row, row.state.value)


def _accepted(work: Work, row: Referral) -> None:
    """The lead moves, the process goes on; in everyday collaboration the sending unit keeps its part."""
    case = case_by_id(work, row.case_id)
    instance = instance_of(work, row.case_id)
    manager = work.actor.account_id
    if (case.lead_unit_id, case.lead_account_id) != (row.to_unit_id, manager):
        stays = True if case.path is CasePath.EVERYDAY else None
        move_lead(work, case, row.to_unit_id, manager, stays=stays)
    held = roles_of(work, instance.id or 0)
    if case.path is CasePath.EVERYDAY and instance.stage == "orientation_requested":
        roles = {**held, "receiving": (row.to_unit_id,), "lead": (row.to_unit_id,)}
        advance(work, instance, TaskDone("answer", "accept"), roles=roles, by=SYSTEM)
        return
    sought = seeks_lead(work, case, instance)
    if held.get("lead") != (row.to_unit_id,):
        advance(work, instance, TransferLead(row.to_unit_id), by=SYSTEM)
    if sought:
        _answer_lead(work, instance, row, "accept")


def _given_back(work: Work, row: Referral, outcome: str) -> None:
    """Not taken over: the case is the sender's, who decides what follows.

    A refused lead in the network goes to the coordination group, which names the lead.
    """
    case = case_by_id(work, row.case_id)
    instance = instance_of(work, row.case_id)
    if instance.status == Status.CLOSED:
        return
    if case.path is CasePath.EVERYDAY:
        _close_sight(work, case, row)
        if instance.stage == "orientation_requested":
            advance(work, instance, TaskDone("answer", outcome), by=SYSTEM)
    elif outcome in {"decline", "redirect"} and seeks_lead(work, case, instance):
        _call_group(work, case)
        _answer_lead(work, instance, row, "decline")


def _answer_lead(work: Work, instance: WfInstance, row: Referral, outcome: str) -> None:
    """The network's process keeps what the unit asked has answered."""
    roles = {**roles_of(work, instance.id or 0), "receiving": (row.to_unit_id,)}
    advance(work, instance, TaskDone("take_lead", outcome), roles=roles, by=SYSTEM)


def _redirected(work: Work, row: Referral) -> None:
    """Sent on: the sender asks the unit named, or at the limit all sit down together."""
    case = case_by_id(work, row.case_id)
    if case.path is not CasePath.EVERYDAY or not standing_of(work, row.person_id).full:
        _given_back(work, row, "redirect")
        return
    instance = instance_of(work, row.case_id)
    held = roles_of(work, instance.id or 0)
    _call_group(work, case)
    voices = {role: held[role.value][0] for role in _VOICES if held.get(role.value)}
    if in_network(work, case.lead_unit_id) and may_bring_in(work, case, voices):
        advance(work, instance, TaskDone("answer", "network"), by=SYSTEM)
        _open_network(work, case, voices, held)
    else:
        advance(work, instance, TaskDone("answer", "joint"), by=SYSTEM)


_VOICES = (PartyRole.AC, PartyRole.AI, PartyRole.AS, PartyRole.PHYSICIAN)


def _open_network(
    work: Work, case: CaseFile, voices: dict[PartyRole, int], held: dict[str, tuple[int, ...]]
) -> None:
    """The joint assessment of the network begins in the same case; its lead stays until the plan."""
    for role, unit in voices.items():
        bring_in(work, case, unit, role)
    change_path(work, case, CasePath.NETWORK)
    facts = {"systems": len(voices) - 1, "consent": True}
    lead = (case.lead_unit_id,)
    roles = {**held, "lead": lead, "receiving": lead, "coordination": _group(work)}
    fired = start(
        work, Path.NETWORK.value, subject=CASE, subject_id=case.id or 0, subject_ref=case.ref,
        person_id=case.person_id, facts=facts, roles=roles,
    )  # fmt: skip
    see_to(work, fired, facts)
    compose_assessment(work, case)
    advance(work, fired.instance, TaskDone("take_lead", "accept"), by=SYSTEM)


def seeks_lead(work: Work, case: CaseFile, instance: WfInstance) -> bool:
    """Whether the network still looks for the unit that is to lead: in the assessment, none has accepted."""
    if case.path is not CasePath.NETWORK or instance.stage != "assessment":
        return False
    taken = (one for one in tasks_of(work, instance) if one.key == "take_lead" and one.outcome == "accept")
    return next(taken, None) is None


def _close_sight(work: Work, case: CaseFile, row: Referral) -> None:
    """The unit that did not take over sees the case no longer, unless it had a part of its own before."""
    if row.to_unit_id in {case.lead_unit_id, case.opened_by_unit_id}:
        return
    for part in live_parties(work, case.id or 0):
        if part.unit_id == row.to_unit_id and part.role is not PartyRole.COORDINATION:
            leave(work, case, part.unit_id, part.role)
    close_grants(work, case_id=case.id, unit_id=row.to_unit_id)


def _call_group(work: Work, case: CaseFile) -> None:
    """The coordination group sees the case as a matter of its agenda."""
    for unit in _group(work):
        join(work, case, unit, PartyRole.COORDINATION, basis=Basis.MANDATE_GC_4)


def _group(work: Work) -> tuple[int, ...]:
    return tuple(unit.id or 0 for unit in units(work, kind=UnitKind.COORDINATION))
