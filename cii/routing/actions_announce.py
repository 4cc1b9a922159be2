"""Announce a detected person: threshold, basis for each recipient, triage, case, process, referral."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cii.access.vocabulary import Section
from cii.cases.actions import compose_assessment, join, open_case
from cii.cases.restricting import reason_at_opening
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath, PartyRole
from cii.decisions.decision import decide as decide_by
from cii.institutions.queries import (
    UnitLabel,
    code_told,
    in_network,
    institution_of,
    region_of,
    unit_for,
    units_by_id,
)
from cii.institutions.tables import Unit
from cii.institutions.vocabulary import Sector, UnitKind
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, refuse
from cii.kernel.period import next_month
from cii.people.actions import GiveConsent, disclose, give_consent
from cii.people.consenting import bind_consents
from cii.people.queries import BasisClaims, basis_facts, identity_for, person_by_id
from cii.people.rules import basis_faults
from cii.people.tables import Consent, Identity
from cii.people.vocabulary import Basis, ConsentHow, Purpose
from cii.routing.admission import keep_stated
from cii.routing.flow import advance, see_to
from cii.routing.holding import CASE
from cii.routing.queries import detection_by_ref, detection_source
from cii.routing.referring import send_referral
from cii.routing.rules import (
    AlreadyAnnounced,
    NoUnitForRole,
    ReasonMissing,
    TriageFacts,
    TriageRefused,
    age_at,
    announcement_faults,
)
from cii.routing.sharing import SHARED, claims_for, own_for, sections_for, writes_for
from cii.routing.tables import Detection
from cii.routing.vocabulary import DetectionState, Path, Potential
from cii.store.work import Work
from cii.workflow.actions import decide, start
from cii.workflow.events import TaskDone
from cii.workflow.queries import table_on

VOICES: Mapping[Sector, UnitKind] = {
    Sector.AC: UnitKind.ORP,
    Sector.AI: UnitKind.AI_OFFICE,
    Sector.AS: UnitKind.GSR,
}
KINDS: Mapping[Sector, UnitKind] = {**VOICES, Sector.SFPO: UnitKind.OFIJ, Sector.SMIG: UnitKind.OSAS}
TEXT_VERSION = "consentement-cii-1"


@dataclass(frozen=True)
class ConsentAsk:
    """The consent of the person for this case, as it was given; `valid_until` left out: the usual length."""

    given_on: date
    how: ConsentHow = ConsentHow.SIGNED_PAPER
    valid_until: date | None = None


@dataclass(frozen=True)
class Announce:
    """Announce a detected person to the institutions concerned.

    `basis` is CONSENT together with `consent`, else a legal basis whose conditions hold for each recipient.
    `restricted` says why the case is for named readers only, from its first moment; empty: it is not.
    """

    detection_ref: str
    potential: Potential
    reason: str = field(metadata={"max": 2000})
    basis: Basis = Basis.CONSENT
    consent: ConsentAsk | None = None
    written_reason: str = field(default="", metadata={"max": 2000})
    restricted: str = field(default="", metadata={"max": 1000})


@dataclass(frozen=True, slots=True)
class Announced:
    """What an announcement led to: the path, the case, and the unit asked to take the lead."""

    path: Path
    case: CaseFile
    lead_unit_id: int
    referral_ref: str | None


def announce(work: Work, ask: Announce) -> Announced:
    """Open the case, pass on what the basis covers, start its process and ask the lead; all or nothing.

    Refuses with every reason at once: BelowThreshold, each precondition of the basis that fails for each
    recipient, TriageRefused; further AlreadyAnnounced, NotAllowed (to restrict), NoUnitForRole, and what
    `give_consent` refuses.
    Source: 002 §4; product.md P2.
    """
    detection = detection_by_ref(work, ask.detection_ref)
    if detection.state is not DetectionState.DETECTED:
        raise AlreadyAnnounced(state=detection.state)
    if not ask.reason.strip():
        raise ReasonMissing(field="reason")
    restricted = reason_at_opening(work, ask.restricted)
    person = person_by_id(work, detection.person_id)
    known = identity_for(work, detection.person_id, detection.unit_id)
    if known is None:
        raise AlreadyAnnounced(state=detection.state)
    voices = _voices(work, detection, known)
    if ask.basis is Basis.CONSENT:
        voices |= _youth_service(work, detection, known, voices, ask.potential)
    others = {role: unit for role, unit in voices.items() if unit != detection.unit_id}
    given = _keep_consent(work, ask.consent, detection, person.ref, others) if ask.consent else []
    claims = claims_for(ask.written_reason)
    missing = _basis_faults(work, ask.basis, detection, others, claims)
    facts = _triage_facts(work, ask.potential, detection, known, allowed=not missing)
    refuse(announcement_faults(facts, missing))
    triaged = decide(
        work,
        "triage",
        facts.as_facts(),
        subject="person",
        subject_id=person.id or 0,
        person_id=person.id,
        sources=_triage_sources(work, ask, detection),
    ).decision
    path = Path(str(triaged.outputs["path"]))
    if path is Path.NOT_ELIGIBLE:
        raise TriageRefused(why=" ".join(triaged.explain(work.actor.lang)))
    case = open_case(
        work, person_id=person.id or 0, path=CasePath(path.value), opened_by_unit_id=detection.unit_id,
        lead_unit_id=detection.unit_id, lead_account_id=work.actor.account_id, restricted=restricted,
    )  # fmt: skip
    if restricted:
        bind_consents(work, given, case.id or 0)
    lead = _lead(work, path, detection, voices, case)
    for role, unit in _reached(path, others, lead).items():
        sections = sections_for(role)
        _, opened = disclose(
            work, person, case.id, unit, sections, ask.basis, from_unit_id=detection.unit_id,
            writes=writes_for(role), claims=claims,
        )  # fmt: skip
        own = own_for(role)
        join(work, case, unit, role, own, own, basis=ask.basis, until=opened.valid_until)
    detection.state, detection.case_id = DetectionState.ANNOUNCED, case.id
    work.session.add(detection)
    work.session.flush()
    wrote(
        work, "announce", "detection", detection.id, ref=detection.ref, case_id=case.id, person_id=person.id,
        unit_id=detection.unit_id, basis=ask.basis, payload={"path": path, "lead_unit": lead},
    )  # fmt: skip
    referral_ref = _begin(work, ask, path, detection, case, voices, lead)
    return Announced(path, case, lead, referral_ref)


def _reached(path: Path, others: Mapping[PartyRole, int], lead: int) -> dict[PartyRole, int]:
    """Whom the announcement tells: in everyday collaboration the unit that is asked, else every voice."""
    return {role: unit for role, unit in others.items() if path is not Path.EVERYDAY or unit == lead}


@dataclass(frozen=True, slots=True)
class Recipient:
    """A unit that an announcement would reach, in which part, and the sections it would learn."""

    role: PartyRole
    unit: UnitLabel
    sections: Section


def recipients(work: Work, detection_ref: str) -> list[Recipient]:
    """Whom an announcement of this detection would reach, before it is made; refuses NoUnitForRole."""
    detection = detection_by_ref(work, detection_ref)
    known = identity_for(work, detection.person_id, detection.unit_id)
    if known is None:
        return []
    voices = _voices(work, detection, known)
    voices |= _youth_service(work, detection, known, voices, Potential.MEDIUM)
    named = units_by_id(work, voices.values())
    return [
        Recipient(role, named[unit], sections_for(role))
        for role, unit in voices.items()
        if unit != detection.unit_id
    ]


def _voices(work: Work, detection: Detection, known: Identity) -> dict[PartyRole, int]:
    """Which unit speaks for AC, AI, social aid and medicine: the own one first, else that of the region."""
    own = units_by_id(work, [detection.unit_id])[detection.unit_id]
    region = region_of(work, known.postcode) if known.postcode else None
    wanted = dict(VOICES)
    for name in (*detection.followed, *detection.may_owe):
        wanted.setdefault(Sector(name), KINDS[Sector(name)])
    found: dict[PartyRole, int] = {}
    faults: list[Refusal] = []
    for sector, kind in wanted.items():
        try:
            here = detection.unit_id if own.sector is sector else _id(unit_for(work, kind, region))
            found[PartyRole(sector.value)] = here
        except Refusal:
            faults.append(NoUnitForRole(role=sector.value, region=region or known.postcode or ""))
    found[PartyRole.PHYSICIAN] = _id(unit_for(work, UnitKind.MEDICAL, region))
    refuse(faults)
    return found


def _youth_service(
    work: Work, detection: Detection, known: Identity, voices: Mapping[PartyRole, int], potential: Potential
) -> dict[PartyRole, int]:
    """The youth service, where triage will send the person to it: who is to lead is told, and agreed to."""
    if PartyRole.SFPO in voices:
        return {}
    facts = _triage_facts(work, potential, detection, known, allowed=True).as_facts()
    path = decide_by(table_on(work, "triage", work.today)[1], facts).outputs["path"]
    return {PartyRole.SFPO: _id(unit_for(work, UnitKind.OFIJ, None))} if path == Path.YOUTH.value else {}


def _id(unit: Unit) -> int:
    return unit.id or 0


def _keep_consent(
    work: Work, ask: ConsentAsk, detection: Detection, person_ref: str, others: Mapping[PartyRole, int]
) -> list[Consent]:
    """Keep what was agreed to: medical data for the physician and the AI office only."""
    kept: list[Consent] = []
    until = ask.valid_until
    if until is None:
        until = ask.given_on
        for _ in range(work.parameter("consent_default_months")):
            until = next_month(until)
    medical = {role for role in others if sections_for(role) & Section.MEDICAL}
    for sections, roles in ((SHARED | Section.MEDICAL, medical), (SHARED, set(others) - medical)):
        receivers = dict.fromkeys(institution_of(work, others[role]).ref for role in others if role in roles)
        if receivers:
            wish = GiveConsent(
                person_ref, tuple(receivers), sections, Purpose.COORDINATION, ask.given_on, until,
                TEXT_VERSION, ask.how,
            )  # fmt: skip
            kept.append(give_consent(work, wish, detection.unit_id))
    return kept


def _basis_faults(
    work: Work, basis: Basis, detection: Detection, others: Mapping[PartyRole, int], claims: BasisClaims
) -> list[Refusal]:
    """Each precondition that fails, for each recipient, with the recipient's name."""
    named = units_by_id(work, others.values())
    found: list[Refusal] = []
    for role, unit in others.items():
        facts = basis_facts(work, detection.person_id, detection.unit_id, unit, sections_for(role), claims)
        for fault in basis_faults(basis, facts):
            told = None if named[unit].sensitive else named[unit].name
            fault.facts = {**fault.facts, "recipient": told}
            fault.field = fault.field or "basis"
            found.append(fault)
    return found


def _triage_facts(
    work: Work, potential: Potential, detection: Detection, known: Identity, *, allowed: bool
) -> TriageFacts:
    return TriageFacts(
        followed=len(detection.followed),
        may_owe=len(detection.may_owe),
        in_perimeter=in_network(work, detection.unit_id),
        reinsertion_potential=potential,
        consent_or_basis=allowed,
        age=age_at(known.birth_date, work.today),
        work_capacity=int(detection.facts["work_capacity"]),
    )


def _triage_sources(work: Work, ask: Announce, detection: Detection) -> dict[str, dict[str, object]]:
    """Where each fact of triage comes from: what the unit detected, who the person is, what was announced."""
    unit = code_told(work, detection.unit_id)
    seen = detection_source(work, detection)
    said: dict[str, object] = {"kind": "announcement", "ref": detection.ref, "on": work.today, "by": unit}
    ground = "consent" if ask.consent else "basis"
    agreed: dict[str, object] = {"kind": ground, "ref": ask.basis.value, "on": work.today, "by": unit}
    return {
        "followed": seen, "may_owe": seen, "work_capacity": seen, "reinsertion_potential": said,
        "consent_or_basis": agreed, "age": {"kind": "identity", "on": work.today, "by": unit},
        "in_perimeter": {"kind": "perimeter", "ref": unit, "on": work.today, "by": unit},
    }  # fmt: skip


def _lead(
    work: Work, path: Path, detection: Detection, voices: Mapping[PartyRole, int], case: CaseFile
) -> int:
    """Who is asked to lead.

    The table's institution in the network, the training service for youths, else the first system that may
    owe benefits.
    """
    if path is Path.YOUTH:
        return voices.get(PartyRole.SFPO) or _id(unit_for(work, UnitKind.OFIJ, None))
    if path is Path.EVERYDAY:
        return voices[PartyRole(detection.may_owe[0])]
    answer = decide(
        work, "lead-institution", detection.facts, subject=CASE, subject_id=case.id or 0,
        person_id=case.person_id, case_id=case.id,
        sources=dict.fromkeys(detection.facts, detection_source(work, detection)),
    ).decision  # fmt: skip
    return voices[PartyRole(str(answer.outputs["lead"]))]


def _begin(  # noqa: PLR0917 - what an announcement has gathered, for one caller
    work: Work,
    ask: Announce,
    path: Path,
    detection: Detection,
    case: CaseFile,
    voices: Mapping[PartyRole, int],
    lead: int,
) -> str | None:
    """Start the process and, where another unit is to lead, send the referral.

    A youth service that the announcement reaches needs none: the first task of its process asks it.
    """
    roles: dict[str, tuple[int, ...]] = {role.value: (unit,) for role, unit in voices.items()}
    roles |= {"lead": (detection.unit_id,), "announcing": (detection.unit_id,)}
    roles |= {"sending": (detection.unit_id,), "receiving": (lead,)}
    roles |= {"coordination": (_id(unit_for(work, UnitKind.COORDINATION, None)),)}
    if path is Path.YOUTH:
        roles.setdefault("SFPO", (lead,))
    facts = {"systems": len(detection.followed), "consent": True}
    fired = start(
        work, path.value, subject=CASE, subject_id=case.id or 0, subject_ref=case.ref,
        person_id=case.person_id, facts=facts, roles=roles,
    )  # fmt: skip
    see_to(work, fired, facts)
    if path is Path.EVERYDAY:
        advance(work, fired.instance, TaskDone("request", "requested"))
    if path is Path.NETWORK:
        compose_assessment(work, case)
    if lead == detection.unit_id:
        if path is Path.NETWORK:
            advance(work, fired.instance, TaskDone("take_lead", "accept"))
        return None
    if path is Path.YOUTH and lead in voices.values():
        keep_stated(work, case, detection.unit_id, {}, note=ask.reason)
        return None
    return send_referral(work, case, detection.unit_id, lead, ask.reason).ref
