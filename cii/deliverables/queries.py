"""Reads of what is owed and what was handed in; each starts at an agreement that the actor may see.

That something was handed in is told to whoever sees the agreement; the files themselves, in which persons may
be named, open for the payer and for the provider only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, Subquery, and_, case, func, or_, select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.agreements.owed import owed_bound, owed_of, owed_seen
from cii.agreements.queries import may_write, provider_units
from cii.agreements.tables import Agreement, Deliverable
from cii.agreements.vocabulary import DeliverableKind, Frequency
from cii.deliverables.rules import OWED, stands
from cii.deliverables.tables import Submission
from cii.deliverables.vocabulary import DeliverableStand, SubmissionStand
from cii.documents import store
from cii.documents.store import FileRef
from cii.institutions.queries import unit_told, with_units
from cii.kernel.errors import UnknownThing
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class OwedShown:
    """A deliverable as a list tells it; `since`: when its newest file came in."""

    ref: str
    agreement_ref: str
    number: str
    kind: DeliverableKind
    frequency: Frequency
    due_on: date
    stand: DeliverableStand
    since: datetime | None
    provider: Any = None


@dataclass(frozen=True, slots=True)
class SubmissionShown:
    """A submission; its file opens where `opens`."""

    ref: str
    note: str
    name: str
    size: int
    media_type: str
    cleaned: str
    submitted_at: datetime
    stand: SubmissionStand | None
    reason: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliverableShown:
    """A deliverable with its submissions, the newest first, and what the reader may do."""

    ref: str
    agreement_ref: str
    number: str
    kind: DeliverableKind
    frequency: Frequency
    due_on: date
    stand: DeliverableStand
    version: int
    submissions: tuple[SubmissionShown, ...]
    opens: bool
    waived_for: str | None
    may_submit: bool
    may_answer: bool
    may_waive: bool


_newest = (
    select(
        col(Submission.deliverable_id), col(Submission.stand).label("answer"), col(Submission.submitted_at)
    )
    .where(
        col(Submission.id).in_(select(func.max(col(Submission.id))).group_by(col(Submission.deliverable_id)))
    )
    .subquery("newest")
)
"""The newest submission of each deliverable, with its answer."""


def owed_by_me(work: Work, until: date) -> list[OwedShown]:
    """What the actor's own enterprise owes by that day or has handed in, the nearest first."""
    if not work.actor.has_role(Role.PROVIDER):
        return []
    owed = owed_seen(work.actor).subquery("owed")
    found = work.session.execute(
        _with_newest(owed)
        .where(
            owed.c.unit_id.in_(work.actor.units),
            or_(owed.c.due_on <= until, _newest.c.deliverable_id.is_not(None)),
        )
        .order_by(owed.c.due_on, owed.c.id)
        .limit(500)
    )
    return [_shown(work, row) for row in found]


def waiting_for_me(work: Work) -> list[OwedShown]:
    """Files that wait for the actor's own sector, the longest waiting first; then what is late."""
    owed = owed_seen(work.actor, own=True).subquery("owed")
    waits = and_(_newest.c.deliverable_id.is_not(None), _newest.c.answer.is_(None))
    query = (
        with_units(_with_newest(owed), work.actor, provider=owed.c.unit_id)
        .where(
            or_(
                waits,
                and_(owed.c.received_at.is_(None), owed.c.waived_at.is_(None), owed.c.due_on < work.today),
            )
        )
        .order_by(case((waits, 0), else_=1), _newest.c.submitted_at, owed.c.due_on, owed.c.id)
        .limit(500)
    )
    return [_shown(work, row, provider=unit_told(row, "provider")) for row in work.session.execute(query)]


def _with_newest(owed: Subquery) -> Select[Any]:
    return select(owed, _newest.c.answer, _newest.c.submitted_at).outerjoin(
        _newest, _newest.c.deliverable_id == owed.c.id
    )


def stands_of(work: Work, agreement_id: int) -> dict[str, DeliverableStand]:
    """How each deliverable of an agreement stands, by its outward name; the caller started its read."""
    owed = owed_of(work, agreement_id)
    rows = work.session.execute(select(_newest).where(_newest.c.deliverable_id.in_([one.id for one in owed])))
    answers = {row.deliverable_id: row.answer for row in rows}
    return {
        one.ref: stands(
            one.due_on, work.today, answers.get(one.id),
            received=one.received_at is not None, submitted=one.id in answers,
            waived=one.waived_at is not None,
        )
        for one in owed
    }  # fmt: skip


def submissions_of(work: Work, deliverable: Deliverable) -> Sequence[Submission]:
    """The submissions of a deliverable that was read, the newest first."""
    return work.session.scalars(
        select(Submission)
        .where(col(Submission.deliverable_id) == deliverable.id)
        .order_by(col(Submission.id).desc())
    ).all()


def version_of(deliverable: Deliverable, held: Sequence[Submission]) -> int:
    """Counts what has happened to a deliverable: submissions, answers, a receipt on paper, a waiver."""
    answered = sum(one.stand is not None for one in held)
    on_paper = deliverable.received_at is not None and not held
    return 1 + len(held) + answered + on_paper + (deliverable.waived_at is not None)


def is_provider(work: Work, agreement: Agreement) -> bool:
    """Whether the actor acts for the agreement's provider."""
    unit = provider_units(work, [agreement.id or 0]).get(agreement.id or 0)
    return work.actor.has_role(Role.PROVIDER) and unit in work.actor.units


def deliverable_shown(work: Work, ref: str) -> DeliverableShown:
    """A deliverable with what was handed in; refuses UnknownThing."""
    held, agreement = owed_bound(work, ref)
    files = submissions_of(work, held)
    newest = files[0] if files else None
    stand = stands(
        held.due_on, work.today, newest.stand if newest else None,
        received=held.received_at is not None, submitted=newest is not None,
        waived=held.waived_at is not None,
    )  # fmt: skip
    provider, payer = is_provider(work, agreement), may_write(work, agreement)
    return DeliverableShown(
        ref=held.ref,
        agreement_ref=agreement.ref,
        number=agreement.number,
        kind=held.kind,
        frequency=held.frequency,
        due_on=held.due_on,
        stand=stand,
        version=version_of(held, files),
        submissions=tuple(_file(one) for one in files),
        opens=provider or payer,
        waived_for=held.waived_for,
        may_submit=provider and stand in {*OWED, DeliverableStand.WAITING},
        may_answer=payer and stand is DeliverableStand.WAITING,
        may_waive=payer and stand in OWED,
    )


def submission_file(work: Work, ref: str, submission_ref: str) -> tuple[FileRef, str, Iterator[bytes]]:
    """A file that was handed in, piece by piece, and the name to hand it out under.

    For the payer and the provider only. Refuses UnknownThing: another's, of another deliverable, unknown.
    """
    held, agreement = owed_bound(work, ref)
    found = next((one for one in submissions_of(work, held) if one.ref == submission_ref), None)
    if found is None or not (is_provider(work, agreement) or may_write(work, agreement)):
        raise UnknownThing(field="submission")
    work.saw("agreement", [agreement.id or 0], 0, "deliverable")
    kept = FileRef(found.sha256, found.size, found.media_type)
    return kept, name_of(found), store.pieces(folder(work), found.sha256)


def folder(work: Work) -> Path:
    """Where files that were handed in lie."""
    return work.settings.data_dir / "deliverables"


def name_of(row: Submission) -> str:
    """The name under which a file is handed out: it tells nothing about anybody."""
    ending = FileRef(row.sha256, row.size, row.media_type).name.rpartition(".")[2]
    return f"cii-{row.ref}.{ending}"


def _file(one: Submission) -> SubmissionShown:
    return SubmissionShown(
        one.ref, one.note, name_of(one), one.size, one.media_type, one.cleaned, one.submitted_at, one.stand,
        one.reason, one.answered_at,
    )  # fmt: skip


def _shown(work: Work, row: Row[Any], provider: Any = None) -> OwedShown:  # noqa: ANN401 - a unit's label
    stand = stands(
        row.due_on, work.today, row.answer,
        received=row.received_at is not None, submitted=row.submitted_at is not None,
        waived=row.waived_at is not None,
    )  # fmt: skip
    return OwedShown(
        row.ref, row.agreement_ref, row.number, row.kind, row.frequency, row.due_on, stand, row.submitted_at,
        provider,
    )  # fmt: skip
