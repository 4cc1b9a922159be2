"""Mandates given by the GP CII to the coordination group, and their end."""

import re
from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.coordination.mandates import mandate_by_ref
from cii.coordination.queries import bodies_of
from cii.coordination.tables_mandates import GroupMandate
from cii.coordination.vocabulary import Body
from cii.institutions.queries import unit_for
from cii.institutions.vocabulary import UnitKind
from cii.journal.actions import wrote
from cii.kernel.digest import plain
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.notices.actions import tell
from cii.store.work import Work

_DIGEST = re.compile(r"[0-9a-f]{64}")


class MandateNumberTaken(Refusal):
    """Another mandate has this number."""

    code, kind = "mandate-number-taken", "conflict"


class MandateDates(Refusal):
    """A mandate is given by today, and its result is expected after it was given."""

    code, kind = "mandate-dates", "unfit"


class NotADigest(Refusal):
    """A SHA-256 is written with 64 signs from 0 to 9 and a to f."""

    code, kind = "not-a-digest", "unfit"


class MandateEnded(Refusal):
    """The mandate has its end already."""

    code, kind = "mandate-ended", "conflict"


@dataclass(frozen=True)
class GiveMandate:
    """The GP CII charges the group: its number and words, by when, the SHA-256 of the signed document."""

    number: str = field(metadata={"min": 1, "max": 40})
    title: str = field(metadata={"min": 1, "max": 200})
    wording: str = field(metadata={"min": 1, "max": 4000})
    issued_on: date
    until: date | None = None
    document_sha256: str | None = field(default=None, metadata={"max": 64})


def give_mandate(work: Work, ask: GiveMandate) -> GroupMandate:
    """Enter a mandate; the group is told.

    Refuses: NotAllowed; all at once MandateNumberTaken, MandateDates, NotADigest.
    """
    _steering(work)
    taken = select(col(GroupMandate.id)).where(col(GroupMandate.number) == ask.number)
    faults: list[Refusal] = []
    if work.session.scalars(taken).first() is not None:
        faults.append(MandateNumberTaken(field="number", number=ask.number))
    if ask.issued_on > work.today:
        faults.append(MandateDates(field="issued_on"))
    if ask.until is not None and ask.until < ask.issued_on:
        faults.append(MandateDates(field="until"))
    if ask.document_sha256 and not _DIGEST.fullmatch(ask.document_sha256):
        faults.append(NotADigest(field="document_sha256"))
    refuse(faults)
    told = asdict(ask) | {"document_sha256": ask.document_sha256 or None}
    row = GroupMandate(**told, recorded_at=work.now, account_id=work.actor.account_id)
    work.session.add(row)
    work.session.flush()
    wrote(
        work, "mandate.give", "mandate", row.id, ref=row.ref,
        payload={name: plain(value) for name, value in told.items()},
    )  # fmt: skip
    group = unit_for(work, UnitKind.COORDINATION, None, work.today)
    tell(
        work, unit_id=group.id, kind="mandate-given", subject="mandate", subject_ref=row.ref,
        number=row.number, due=row.until,
    )  # fmt: skip
    return row


@dataclass(frozen=True)
class EndMandate:
    """The mandate is fulfilled or withdrawn on that day."""

    mandate_ref: str
    ended_on: date


def end_mandate(work: Work, ask: EndMandate) -> GroupMandate:
    """End a mandate, once. Refuses: UnknownThing, NotAllowed, MandateEnded, MandateDates."""
    row = mandate_by_ref(work, ask.mandate_ref)
    _steering(work)
    if row.ended_on is not None:
        raise MandateEnded(field="ended_on", day=row.ended_on)
    if not row.issued_on <= ask.ended_on <= work.today:
        raise MandateDates(field="ended_on")
    row.ended_on = ask.ended_on
    work.session.add(row)
    work.session.flush()
    wrote(work, "mandate.end", "mandate", row.id, ref=row.ref, payload={"ended_on": plain(ask.ended_on)})
    return row


def _steering(work: Work) -> None:
    if Body.STEERING not in bodies_of(work.actor):
        raise NotAllowed
