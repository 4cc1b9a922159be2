"""A person is erased: prepared by one, approved by another, certified in numbers.

The row of the person stays as an empty shell, so that cases, places, accounts and figures keep what they are
linked to; everything that says who it was goes. Source: LPD 6 al. 4 and 32, CPDT-JUNE; product.md §9.
"""

from dataclasses import dataclass, field

from sqlmodel import col, select

from cii.access.queries import holders_of
from cii.access.vocabulary import Role
from cii.cases.erasing import open_cases
from cii.journal.actions import wrote
from cii.kernel.digest import digest, plain
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.notices.actions import tell
from cii.placements.erasing import live_places, places_of
from cii.rights.archiving import settled_of
from cii.rights.erasing import counted, erase_everything
from cii.rights.holds import held, reason_short
from cii.rights.queries_requests import open_requests
from cii.rights.retention import until as kept_until
from cii.rights.tables_erasing import ErasedPerson, Erasure, ErasureCertificate
from cii.rights.vocabulary_erasing import ErasureGround
from cii.rights.vocabulary_requests import RequestKind
from cii.rights.whose import DECIDERS, OFFICERS, acting_as, meant, merged_into, rows_of
from cii.settlement.erasing import unpaid
from cii.store.locks import one_at_a_time
from cii.store.work import Work


class StillOpenCases(Refusal):
    """`n` cases of the person are open."""

    code, kind = "erasure-open-cases", "conflict"


class StillPlaced(Refusal):
    """`n` places of the person are asked for, promised or taken."""

    code, kind = "erasure-live-placements", "conflict"


class StillUnpaid(Refusal):
    """`n` places of the person are not stated, or stand in a statement that is not paid."""

    code, kind = "erasure-unpaid", "conflict"


class StillHeld(Refusal):
    """The person's data is held, until a day or until the hold is lifted."""

    code, kind = "erasure-held", "conflict"


class StillKept(Refusal):
    """What the law asks to keep must be kept through `until`."""

    code, kind = "erasure-retention", "conflict"


class NotOffered(Refusal):
    """The archive has not been offered the person's file, or has not answered."""

    code, kind = "erasure-archive", "conflict"


class StillAsked(Refusal):
    """`n` requests of the person about their data wait for an answer."""

    code, kind = "erasure-open-requests", "conflict"


class MergedElsewhere(Refusal):
    """The row has become part of another person since: that one is to be erased."""

    code, kind = "erasure-merged", "conflict"


class ErasurePrepared(Refusal):
    """An erasure of this person waits for its decision."""

    code, kind = "erasure-prepared", "conflict"


class ErasureDecided(Refusal):
    """The erasure was approved or rejected before."""

    code, kind = "erasure-decided", "conflict"


class SameHands(Refusal):
    """Whoever prepared an erasure does not decide it."""

    code, kind = "erasure-same-hands", "forbidden"


@dataclass(frozen=True)
class PrepareErasure:
    """Who is to be erased (reference or AVS number), on which ground, and why."""

    person: str = field(metadata={"max": 40})
    ground: ErasureGround
    reason: str = field(metadata={"max": 1000})


@dataclass(frozen=True)
class RejectErasure:
    """An erasure that is not to be, and why."""

    erasure_ref: str
    reason: str = field(metadata={"max": 1000})


def hindrances(work: Work, person_id: int, ground: ErasureGround | None = None) -> list[Refusal]:
    """Every reason why the person cannot be erased now; none when they can.

    On a decision about the person's right, or of a court, a running term and the request itself hinder
    nothing.
    """
    ids = rows_of(work, person_id)
    asked_for = ground in {ErasureGround.PERSON_RIGHT, ErasureGround.COURT_ORDER}
    faults: list[Refusal] = []
    if merged_into(work, person_id) is not None:
        faults.append(MergedElsewhere(field="person"))
    if cases := open_cases(work, ids):
        faults.append(StillOpenCases(field="person", n=cases))
    if places := live_places(work, ids):
        faults.append(StillPlaced(field="person", n=places))
    if owed := unpaid(work, places_of(work, ids)):
        faults.append(StillUnpaid(field="person", n=owed))
    faults += [StillHeld(field="person", until=hold.until) for hold in held(work, ids).values()]
    if not asked_for and (last := kept_until(work, *ids)) is not None:
        faults.append(StillKept(field="person", until=last))
    if not all(settled_of(work, ids).values()):
        faults.append(NotOffered(field="person"))
    waiting = open_requests(work, ids)
    if asked_for:
        waiting = [row for row in waiting if row.kind is not RequestKind.ERASURE]
    if waiting:
        faults.append(StillAsked(field="person", n=len(waiting)))
    return faults


def prepare(work: Work, person_ref: str, ground: ErasureGround, reason: str) -> Erasure:
    """Propose that a person be erased, with what would go.

    Refuses all at once: HoldReason, ErasurePrepared, NobodyKept, and every hindrance; NotAllowed.
    """
    role = acting_as(work, OFFICERS)
    account = _account(work)
    faults = reason_short(reason)
    try:
        person_id = meant(work, person_ref).id or 0
    except Refusal as no:
        refuse([*faults, no])
        raise
    one_at_a_time(work.session, f"erasure {person_id}")
    if _waiting(work, person_id):
        faults.append(ErasurePrepared(field="person"))
    refuse([*faults, *hindrances(work, person_id, ground)])
    row = Erasure(
        whose_id=person_id,
        ground=ground,
        reason=reason.strip(),
        planned=counted(work, rows_of(work, person_id)),
        prepared_at=work.now,
        prepared_by=account,
        prepared_as=role.value,
    )
    work.session.add(row)
    work.session.flush()
    for account_id in sorted(one.id or 0 for role in DECIDERS for one in holders_of(work, role)):
        if account_id != account:
            tell(work, account_id=account_id, kind="erasure-prepared", subject="erasure", subject_ref=row.ref)
    wrote(work, "prepare_erasure", "erasure", row.id, ref=row.ref, person_id=person_id,
          payload={"ground": ground.value, "planned": row.planned})  # fmt: skip
    return row


def approve(work: Work, erasure_ref: str) -> Erasure:
    """Erase the person now, in this transaction, and certify it in numbers; files go afterwards.

    Refuses: UnknownThing, NotAllowed; SameHands, ErasureDecided; all at once, every hindrance by now.
    """
    row, role, account = _to_decide(work, erasure_ref)
    refuse(hindrances(work, row.whose_id, row.ground))
    ids = rows_of(work, row.whose_id)
    _decide(work, row, role, account, approved=True)
    work.session.add_all(ErasedPerson(erasure_id=row.id or 0, whose_id=one) for one in ids)
    work.session.flush()
    counts = erase_everything(work, row.id or 0, ids)
    told = plain(
        {
            "ref": row.ref,
            "ground": row.ground.value,
            "prepared_at": row.prepared_at,
            "prepared_as": row.prepared_as,
            "done_at": work.now,
            "decided_as": role.value,
            "counts": counts,
        }
    )
    work.session.add(
        ErasureCertificate(erasure_id=row.id or 0, counts=counts, digest=digest(told), at=work.now)
    )
    work.session.flush()
    wrote(work, "erase_person", "erasure", row.id, ref=row.ref, person_id=row.whose_id,
          basis=row.ground.value, payload={"counts": counts})  # fmt: skip
    work.session.refresh(row)
    return row


def reject(work: Work, ask: RejectErasure) -> Erasure:
    """The person stays.

    Refuses all at once: HoldReason, SameHands, ErasureDecided; UnknownThing, NotAllowed.
    """
    row, role, account = _to_decide(work, ask.erasure_ref, reason_short(ask.reason))
    _decide(work, row, role, account, approved=False, reason=ask.reason.strip())
    wrote(work, "reject_erasure", "erasure", row.id, ref=row.ref, person_id=row.whose_id)
    return row


def _to_decide(work: Work, ref: str, faults: list[Refusal] | None = None) -> tuple[Erasure, Role, int]:
    role, account = acting_as(work, DECIDERS), _account(work)
    row = work.session.exec(select(Erasure).where(col(Erasure.ref) == ref)).first()
    if row is None:
        raise UnknownThing(field="erasure")
    one_at_a_time(work.session, f"erasure {row.whose_id}")
    work.session.refresh(row)
    found = list(faults or ())
    if row.prepared_by == account:
        found.append(SameHands(field="erasure"))
    if row.decided_at is not None:
        found.append(ErasureDecided(field="erasure"))
    refuse(found)
    return row, role, account


def _decide(
    work: Work, row: Erasure, role: Role, account: int, *, approved: bool, reason: str | None = None
) -> None:
    row.decided_at, row.decided_by, row.decided_as = work.now, account, role.value
    row.approved, row.decision_reason = approved, reason
    work.session.add(row)
    work.session.flush()


def _account(work: Work) -> int:
    """Both pairs of eyes are accounts: the house itself neither prepares nor decides."""
    if work.actor.account_id is None:
        raise NotAllowed
    return work.actor.account_id


def _waiting(work: Work, person_id: int) -> bool:
    open_ = select(Erasure.id).where(col(Erasure.whose_id) == person_id, col(Erasure.decided_at).is_(None))
    return work.session.exec(open_).first() is not None
