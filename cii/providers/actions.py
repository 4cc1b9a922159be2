"""Acts on what is known of a provider: labels, attestations, subcontractors, and what the provider tells."""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.known import preparers_of, writes_for
from cii.agreements.queries import provider_refs
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.kernel.period import Period
from cii.notices.actions import tell
from cii.providers.queries import labels_of, own_provider_id, parts_of, provider_id
from cii.providers.rules import (
    LabelExpired,
    LabelTwice,
    LabelWithdrawn,
    NotYetAttested,
    Part,
    StaffUnsaid,
    TalkAnswered,
    share_faults,
    uid_told,
)
from cii.providers.tables import (
    ProviderAttestation,
    ProviderLabel,
    ProviderSubcontractor,
    StaffNotice,
    TalkRequest,
)
from cii.providers.vocabulary import AttestationKind, LabelStanding, StaffChange
from cii.store.work import Work

Row = TypeVar("Row", ProviderLabel, ProviderAttestation, ProviderSubcontractor, StaffNotice, TalkRequest)


def written_provider(work: Work, ref: str) -> int:
    """The provider, when the actor's own sector pays it (or nobody yet); refuses UnknownThing, NotAllowed."""
    own = provider_id(work, ref)
    if not writes_for(work, own):
        raise NotAllowed
    return own


@dataclass(frozen=True)
class AddLabel:
    """Wish to record a label or standard; `last_day` None means without end."""

    provider_ref: str
    name: str = field(metadata={"max": 120})
    issuer: str = field(metadata={"max": 120})
    valid_from: date
    evidence: str = field(metadata={"max": 300})
    last_day: date | None = None
    area: str = field(default="", metadata={"max": 120})


def add_label(work: Work, ask: AddLabel) -> ProviderLabel:
    """Record a label with its evidence.

    Refuses: UnknownThing, NotAllowed, PeriodUpsideDown; LabelExpired, LabelTwice. Source: indication 21.
    """
    own = written_provider(work, ask.provider_ref)
    end = Period.through(ask.valid_from, ask.last_day).end if ask.last_day else None
    faults: list[Refusal] = []
    if end is not None and end <= work.today:
        faults.append(LabelExpired(field="last_day", name=ask.name, last_day=ask.last_day))
    for one in labels_of(work, own):
        held = one.row
        over = held.valid_to or date.max
        meets = ask.valid_from < over and held.valid_from < (end or date.max)
        if held.name == ask.name.strip() and meets and one.standing is not LabelStanding.WITHDRAWN:
            faults.append(LabelTwice(field="name", name=held.name, since=held.valid_from))
    refuse(faults)
    made = ProviderLabel(
        provider_id=own,
        name=ask.name.strip(),
        area=ask.area.strip(),
        issuer=ask.issuer.strip(),
        valid_from=ask.valid_from,
        valid_to=end,
        evidence=ask.evidence.strip(),
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    return _kept(work, made, "provider_label_added", own, {"name": made.name})


@dataclass(frozen=True)
class WithdrawLabel:
    """Wish to note that a label is withdrawn from today on."""

    label_ref: str
    reason: str = field(metadata={"max": 500})


def withdraw_label(work: Work, ask: WithdrawLabel) -> ProviderLabel:
    """Withdraw a label, which stays on record; refuses UnknownThing, NotAllowed, LabelWithdrawn."""
    row = work.session.scalars(select(ProviderLabel).where(col(ProviderLabel.ref) == ask.label_ref)).first()
    if row is None:
        raise UnknownThing(field="label_ref")
    written_provider(work, _ref(work, row.provider_id))
    if row.withdrawn_on is not None:
        raise LabelWithdrawn(name=row.name, on=row.withdrawn_on)
    row.withdrawn_on, row.withdrawal_reason = work.today, ask.reason
    return _kept(work, row, "provider_label_withdrawn", row.provider_id, {"name": row.name})


@dataclass(frozen=True)
class AddAttestation:
    """Wish to record what is attested of a provider."""

    provider_ref: str
    kind: AttestationKind
    attested_on: date
    issuer: str = field(metadata={"max": 120})
    evidence: str = field(metadata={"max": 300})


def add_attestation(work: Work, ask: AddAttestation) -> ProviderAttestation:
    """Record an attestation; refuses UnknownThing, NotAllowed, NotYetAttested. Source: LACI 59cbis (AC8)."""
    own = written_provider(work, ask.provider_ref)
    if ask.attested_on > work.today:
        raise NotYetAttested(field="attested_on", on=ask.attested_on)
    made = ProviderAttestation(
        provider_id=own,
        kind=ask.kind,
        attested_on=ask.attested_on,
        issuer=ask.issuer.strip(),
        evidence=ask.evidence.strip(),
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    return _kept(work, made, "provider_attested", own, {"kind": ask.kind})


@dataclass(frozen=True)
class AddSubcontractor:
    """Wish to record who delivers a share (percent) of the services; `last_day` None means without end."""

    provider_ref: str
    name: str = field(metadata={"max": 120})
    uid: str = field(metadata={"max": 30})
    services: str = field(metadata={"max": 500})
    share: int = field(metadata={"min": 1, "max": 100})
    starts_on: date
    last_day: date | None = None


def add_subcontractor(work: Work, ask: AddSubcontractor) -> ProviderSubcontractor:
    """Record a subcontractor.

    Refuses: UnknownThing, NotAllowed, PeriodUpsideDown, UidInvalid, SharesBeyondWhole. Source: indication 17.
    """
    own = written_provider(work, ask.provider_ref)
    if ask.last_day is not None:
        Period.through(ask.starts_on, ask.last_day)
    uid = uid_told(ask.uid)
    refuse(share_faults(parts_of(work, own), Part(ask.share, ask.starts_on, ask.last_day)))
    made = ProviderSubcontractor(
        provider_id=own,
        name=ask.name.strip(),
        uid=uid or "",
        services=ask.services.strip(),
        share=ask.share,
        starts_on=ask.starts_on,
        ends_on=ask.last_day,
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    return _kept(work, made, "provider_subcontractor_added", own, {"share": ask.share})


@dataclass(frozen=True)
class TellStaff:
    """Wish of a provider to tell a change of staff: function and qualification, no name."""

    change: StaffChange
    function: str = field(metadata={"max": 120})
    qualification: str = field(metadata={"max": 200})
    effective_on: date
    workload: int = field(default=100, metadata={"min": 1, "max": 100})


def tell_staff(work: Work, ask: TellStaff) -> StaffNotice:
    """Tell a change of staff of one's own enterprise to who prepared its agreements in force.

    Refuses: UnknownThing, StaffUnsaid.
    """
    own = own_provider_id(work)
    refuse(
        StaffUnsaid(field=name)
        for name, said in (("function", ask.function), ("qualification", ask.qualification))
        if not said.strip()
    )
    made = StaffNotice(
        provider_id=own,
        change=ask.change,
        function=ask.function.strip(),
        qualification=ask.qualification.strip(),
        workload=ask.workload,
        effective_on=ask.effective_on,
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    _kept(work, made, "staff_told", own, {"change": ask.change})
    for account_id, number in preparers_of(work, own).items():
        tell(
            work, account_id=account_id, kind="provider-staff-told", subject="provider",
            subject_ref=_ref(work, own), number=number, change=ask.change, day=ask.effective_on,
        )  # fmt: skip
    return made


@dataclass(frozen=True)
class AskTalk:
    """Wish of a provider to talk with its payers."""

    subject: str = field(metadata={"max": 120})
    wording: str = field(metadata={"max": 2000})


def ask_talk(work: Work, ask: AskTalk) -> TalkRequest:
    """Ask for a talk, for one's own enterprise; refuses UnknownThing."""
    own = own_provider_id(work)
    made = TalkRequest(
        provider_id=own,
        subject=ask.subject.strip(),
        wording=ask.wording.strip(),
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    return _kept(work, made, "talk_asked", own, {})


@dataclass(frozen=True)
class AnswerTalk:
    """Wish to answer a provider's request for a talk."""

    talk_ref: str
    answer: str = field(metadata={"max": 2000})


def answer_talk(work: Work, ask: AnswerTalk) -> TalkRequest:
    """Answer a request once; refuses UnknownThing, NotAllowed, TalkAnswered."""
    row = work.session.scalars(select(TalkRequest).where(col(TalkRequest.ref) == ask.talk_ref)).first()
    if row is None:
        raise UnknownThing(field="talk_ref")
    written_provider(work, _ref(work, row.provider_id))
    if row.answered_at is not None:
        raise TalkAnswered(subject=row.subject)
    row.answer, row.answered_at, row.answered_by = ask.answer.strip(), work.now, work.actor.account_id
    return _kept(work, row, "talk_answered", row.provider_id, {})


def _ref(work: Work, own: int) -> str:
    return provider_refs(work, [own])[own]


def _kept(work: Work, row: Row, action: str, own: int, facts: dict[str, object]) -> Row:
    work.session.add(row)
    work.session.flush()
    wrote(work, action, "provider", own, ref=_ref(work, own), payload=facts)
    return row
