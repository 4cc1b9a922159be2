"""Hand in a file for a deliverable; accept it, return it with a reason, or waive what is still owed."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlmodel import col, select

from cii.agreements.owed import owed_bound
from cii.agreements.queries import may_write, provider_units
from cii.agreements.tables import Agreement, Deliverable
from cii.deliverables.queries import folder, is_provider, submissions_of
from cii.deliverables.rules import DeliverableAccepted, DeliverableNotOwed, NothingSubmitted
from cii.deliverables.tables import Submission
from cii.deliverables.vocabulary import SubmissionStand
from cii.documents.cleaning import clean
from cii.documents.keeping import keep, sweep
from cii.documents.store import sniff
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed
from cii.notices.actions import tell
from cii.store.work import Work


@dataclass(frozen=True)
class SubmitDeliverable:
    """Hand in a file, with a word to the payer; a file that still waits is replaced by it."""

    deliverable_ref: str
    note: str = field(default="", metadata={"max": 1000})


def submit(work: Work, ask: SubmitDeliverable, data: bytes, claimed: str | None = None) -> Submission:
    """Keep what the provider hands in; from now on it counts as received, until it is returned.

    Its type is read from its content, what it says about its maker is cut out, its name is not kept.
    Refuses: UnknownThing, NotAllowed (a payer), DeliverableAccepted, DeliverableNotOwed (waived), EmptyFile,
    FileTooLarge, UnsupportedFile, LockedFile.
    """
    held, agreement = _held(work, ask.deliverable_ref)
    if not is_provider(work, agreement):
        raise NotAllowed
    before = submissions_of(work, held)
    newest = before[0].stand if before else None
    if newest is SubmissionStand.ACCEPTED or (held.received_at is not None and not before):
        raise DeliverableAccepted
    if held.waived_at is not None:
        raise DeliverableNotOwed
    kind = sniff(data, claimed)
    made = clean(data, kind)
    kept = keep(work, folder(work), made.data, kind)
    if before and newest is None:
        _answered(work, before[0], SubmissionStand.REPLACED)
        work.session.flush()
    row = Submission(
        deliverable_id=held.id or 0,
        note=ask.note.strip(),
        sha256=kept.sha256,
        size=kept.size,
        media_type=kept.media_type,
        cleaned=made.what,
        submitted_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(row)
    if held.received_at is None:
        held.received_at, held.received_by = work.now, work.actor.account_id
    _wrote(work, "deliverable_submitted", agreement, held)
    if agreement.prepared_by is not None:
        _tell(work, "deliverable-submitted", agreement, held, account_id=agreement.prepared_by)
    return row


@dataclass(frozen=True)
class AcceptDeliverable:
    """Accept what was handed in."""

    deliverable_ref: str


def accept(work: Work, ask: AcceptDeliverable) -> Submission:
    """Accept the file that waits. Refuses: UnknownThing, NotAllowed, NothingSubmitted."""
    held, agreement, waiting = _waiting(work, ask.deliverable_ref)
    _answered(work, waiting, SubmissionStand.ACCEPTED)
    _wrote(work, "deliverable_accepted", agreement, held)
    _tell_provider(work, "deliverable-accepted", agreement, held)
    return waiting


@dataclass(frozen=True)
class ReturnDeliverable:
    """Return what was handed in: it is owed again."""

    deliverable_ref: str
    reason: str = field(metadata={"min": 1, "max": 1000})


def give_back(work: Work, ask: ReturnDeliverable) -> Submission:
    """Return the file that waits, with the reason; the deliverable is owed again from its first date.

    Refuses: UnknownThing, NotAllowed, NothingSubmitted.
    """
    held, agreement, waiting = _waiting(work, ask.deliverable_ref)
    _answered(work, waiting, SubmissionStand.RETURNED, ask.reason.strip())
    held.received_at = held.received_by = None
    _wrote(work, "deliverable_returned", agreement, held)
    _tell_provider(work, "deliverable-returned", agreement, held)
    return waiting


@dataclass(frozen=True)
class WaiveDeliverable:
    """Do without what is still owed, as after an early end."""

    deliverable_ref: str
    reason: str = field(metadata={"min": 10, "max": 500})


def waive(work: Work, ask: WaiveDeliverable) -> Deliverable:
    """Waive what is owed: nobody asks for it any more; the reason stays, the provider is told.

    The proof of costs of an AI year is audited all the same (`final_accounts`).
    Refuses: UnknownThing, NotAllowed, DeliverableNotOwed.
    """
    held, agreement = _held(work, ask.deliverable_ref)
    if not may_write(work, agreement):
        raise NotAllowed
    if held.received_at is not None or held.waived_at is not None:
        raise DeliverableNotOwed
    held.waived_at, held.waived_by, held.waived_for = work.now, work.actor.account_id, ask.reason.strip()
    work.session.flush()
    wrote(
        work, "deliverable_waived", "agreement", agreement.id, ref=agreement.ref,
        payload={"kind": held.kind, "due": held.due_on, "reason": held.waived_for},
    )  # fmt: skip
    _tell_provider(work, "deliverable-waived", agreement, held)
    return held


def sweep_deliverables(work: Work) -> int:
    """Erase the bytes that no submission names; returns how many files went."""

    def named(hashes: Collection[str]) -> set[str]:
        wanted = select(Submission.sha256).where(col(Submission.sha256).in_(hashes)).distinct()
        return set(work.session.exec(wanted))

    return sweep(work, folder(work), named)


def _held(work: Work, ref: str) -> tuple[Deliverable, Agreement]:
    held, agreement = owed_bound(work, ref)
    work.session.refresh(held, with_for_update=True)
    return held, agreement


def _waiting(work: Work, ref: str) -> tuple[Deliverable, Agreement, Submission]:
    held, agreement = _held(work, ref)
    if not may_write(work, agreement):
        raise NotAllowed
    found = next((one for one in submissions_of(work, held) if one.stand is None), None)
    if found is None:
        raise NothingSubmitted
    return held, agreement, found


def _answered(work: Work, row: Submission, stand: SubmissionStand, reason: str | None = None) -> None:
    row.stand, row.reason = stand, reason
    row.answered_at, row.answered_by = work.now, work.actor.account_id


def _tell_provider(work: Work, kind: str, agreement: Agreement, held: Deliverable) -> None:
    unit = provider_units(work, [held.agreement_id]).get(held.agreement_id)
    if unit is not None:
        _tell(work, kind, agreement, held, unit_id=unit)


def _tell(
    work: Work,
    kind: str,
    agreement: Agreement,
    held: Deliverable,
    *,
    unit_id: int | None = None,
    account_id: int | None = None,
) -> None:
    tell(
        work, unit_id=unit_id, account_id=account_id, kind=kind, subject="deliverable", subject_ref=held.ref,
        number=agreement.number, what=held.kind, due=held.due_on,
    )  # fmt: skip


def _wrote(work: Work, action: str, agreement: Agreement, held: Deliverable) -> None:
    work.session.flush()
    wrote(
        work, action, "agreement", agreement.id, ref=agreement.ref,
        payload={"kind": held.kind, "due": held.due_on},
    )  # fmt: skip
