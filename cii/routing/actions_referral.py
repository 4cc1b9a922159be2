"""Acts on referrals: one unit asks another to take over; the case moves on acceptance only.

The life itself is a process (`referring`); here stands who may do what, with which words.
"""

from dataclasses import dataclass, field

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.cases.queries import case_by_ref, live_parties
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath, PartyRole
from cii.institutions.queries import unit_by_ref
from cii.kernel.errors import NotAllowed, refuse
from cii.kernel.moves import IllegalMove
from cii.people.vocabulary import Basis
from cii.routing.flow import advance
from cii.routing.holding import instance_of
from cii.routing.keeping_referrals import REFERRAL
from cii.routing.queries import (
    SENDS,
    open_referral,
    outcome_of,
    referral_by_ref,
    referral_moves,
    referral_process,
)
from cii.routing.redirects import standing_of
from cii.routing.referring import advance_referral, send_referral
from cii.routing.rules import (
    NothingToRequest,
    ReasonMissing,
    ReferralChanged,
    ReferralOpen,
    UnitNamedTwice,
    UnitNotInCase,
)
from cii.routing.rules_redirect import refuse_when_full
from cii.routing.sharing import bring_in, role_of
from cii.routing.tables import Referral
from cii.routing.vocabulary import WAITING, ReferralEvent
from cii.store.work import HOUSE, Work
from cii.workflow.events import TaskDone
from cii.workflow.queries import roles_of
from cii.workflow.tables import WfInstance
from cii.workflow.vocabulary import Status

_WITH_REASON = frozenset(
    {
        ReferralEvent.DECLINE, ReferralEvent.ASK, ReferralEvent.ANSWER, ReferralEvent.WITHDRAW,
        ReferralEvent.REDIRECT,
    }
)  # fmt: skip


@dataclass(frozen=True)
class MoveReferral:
    """One step of a referral; `text` is the reason of a refusal or withdrawal, a question, or its answer.

    `named_unit_ref`: whom a redirect names.
    """

    referral_ref: str
    event: ReferralEvent
    text: str = field(default="", metadata={"max": 2000})
    version: int | None = None
    named_unit_ref: str | None = None


@dataclass(frozen=True)
class RequestReferral:
    """Ask a unit to take over a case that is mine: the first orientation, the next one, or the lead.

    A unit without part in the case is brought in on `basis`: CONSENT, or a legal basis whose conditions hold.
    """

    case_ref: str
    unit_ref: str
    reason: str = field(metadata={"max": 2000})
    basis: Basis = Basis.CONSENT
    written_reason: str = field(default="", metadata={"max": 2000})


@dataclass(frozen=True)
class NameLead:
    """The coordination group names the unit that is to lead, after a refusal."""

    case_ref: str
    unit_ref: str
    reason: str = field(metadata={"max": 2000})


def move_referral(work: Work, ask: MoveReferral) -> Referral:
    """Receive, ask back, answer, accept, decline, redirect or withdraw; the lead moves on acceptance only.

    Refuses: IllegalMove with the moves that are open, NotAllowed (the other side's move), ReasonMissing,
    ReferralChanged, UnitNamedTwice, RedirectLimit. A declined referral in the network goes to the
    coordination group; the third redirect of a person opens a joint assessment (see `rules_redirect`).
    """
    row = referral_by_ref(work, ask.referral_ref)
    if ask.version is not None and ask.version != row.version:
        raise ReferralChanged(version=row.version)
    side = row.from_unit_id if ask.event in SENDS else row.to_unit_id
    if row.state in WAITING and work.actor is not HOUSE and side not in work.actor.units:
        raise NotAllowed(act=ask.event.value)
    task, outcome = outcome_of(row.state, ask.event)
    process = referral_process(work)
    known = {one.key for one in process.stages[row.state.value].tasks}
    if task not in known:
        open_now = ", ".join(referral_moves(work, row, process))
        raise IllegalMove(state=row.state.value, event=ask.event.value, open=open_now)
    if ask.event in _WITH_REASON and not ask.text.strip():
        raise ReasonMissing(field="text")
    named = _named(work, row, ask) if ask.event is ReferralEvent.REDIRECT else None
    instance = instance_of(work, row.id or 0, REFERRAL)
    advance_referral(
        work, instance, TaskDone(task, outcome), text=ask.text, named_unit=named, version=ask.version
    )
    return row


def _named(work: Work, row: Referral, ask: MoveReferral) -> int:
    """Whom the redirect names; refuses RedirectLimit before anything is asked of the reader."""
    refuse_when_full(standing_of(work, row.person_id))
    if not ask.named_unit_ref:
        raise ReasonMissing(field="named_unit_ref")
    named = unit_by_ref(work, ask.named_unit_ref).id or 0
    if named in {row.from_unit_id, row.to_unit_id}:
        raise UnitNamedTwice(field="named_unit_ref")
    return named


def request_referral(work: Work, ask: RequestReferral) -> Referral:
    """Ask a unit to take over a case that my unit leads; the lead stays with mine until it accepts.

    In everyday collaboration the process goes on to "orientation requested"; in the network a lead that came
    back is asked of another unit, later on the lead is handed over. Refuses: NotAllowed (not the lead),
    NothingToRequest, ReasonMissing, ReferralOpen, and each precondition of the basis that fails.
    """
    case = case_by_ref(work, ask.case_ref)
    if case.lead_unit_id not in work.actor.units:
        raise NotAllowed(act="request_referral")
    wanted = unit_by_ref(work, ask.unit_ref).id or 0
    refuse(
        ([UnitNamedTwice(field="unit_ref")] if wanted == case.lead_unit_id else [])
        + ([] if ask.reason.strip() else [ReasonMissing(field="reason")])
        + ([ReferralOpen(number=case.number)] if open_referral(work, case.id or 0) else [])
    )
    instance = instance_of(work, case.id or 0)
    if instance.status != Status.OPEN:
        raise NothingToRequest(number=case.number, stage=instance.stage)
    bring_in(work, case, wanted, role_of(work, wanted), ask.basis, ask.written_reason)
    _goes_on(work, case, instance, wanted)
    return send_referral(work, case, case.lead_unit_id, wanted, ask.reason)


def _goes_on(work: Work, case: CaseFile, instance: WfInstance, wanted: int) -> None:
    """The process of the case as the request leaves it; in the network it waits for the answer alone."""
    if case.path is not CasePath.EVERYDAY:
        return
    steps = {"signal": TaskDone("request", "requested")}
    step = steps.get(instance.stage)
    if step is None and instance.stage in {"redirected", "declined", "returned"}:
        step = TaskDone("name_receiver", "named")
    if step is None:
        raise NothingToRequest(number=case.number, stage=instance.stage)
    held = roles_of(work, instance.id or 0)
    advance(work, instance, step, roles={**held, "receiving": (wanted,)})


def name_lead(work: Work, ask: NameLead) -> Referral:
    """Name the unit that is to lead: a new referral goes to it, and the assessment goes on.

    Refuses: NotAllowed (not the coordination group), UnitNotInCase, ReasonMissing, ReferralOpen.
    """
    case = case_by_ref(work, ask.case_ref)
    parties = live_parties(work, case.id or 0)
    mine = [
        part.unit_id
        for part in parties
        if part.role is PartyRole.COORDINATION and part.unit_id in work.actor.units
    ]
    if not mine or not sections_on_case(work, case.id or 0)[0] & Section.PLAN:
        raise NotAllowed(act="name_lead")
    chosen = unit_by_ref(work, ask.unit_ref).id or 0
    refuse(
        [UnitNotInCase(field="unit_ref")]
        if chosen not in {part.unit_id for part in parties if part.role is not PartyRole.COORDINATION}
        else []
    )
    if not ask.reason.strip():
        raise ReasonMissing(field="reason")
    instance = instance_of(work, case.id or 0)
    advance(work, instance, TaskDone("decide_lead", "named"))
    return send_referral(work, case, mine[0], chosen, ask.reason)
