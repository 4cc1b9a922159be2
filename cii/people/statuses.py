"""Where a person stands in each system: dated rows, entered or imported; the end of a right in sight."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from cii.access.actions import close_grants
from cii.institutions.vocabulary import Sector
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal
from cii.people.queries import person_by_ref
from cii.people.rules import DECIDED, ends_soon
from cii.people.tables import RightEndWarning, SystemStatus
from cii.people.vocabulary import Basis, StatusKind, StatusSource
from cii.store.work import Work


class StatusDates(Refusal):
    """A status ends after it began."""

    code = "status-dates"


@dataclass(frozen=True)
class RecordStatus:
    """Where the person stands in one system, from `effective_on`; `until` is the last day."""

    person_ref: str
    system: Sector
    kind: StatusKind
    effective_on: date
    since: date | None = None
    until: date | None = None
    remaining_days: int | None = field(default=None, metadata={"min": 0, "max": 2000})
    note: str | None = field(default=None, metadata={"max": 400})


def record_status(
    work: Work, ask: RecordStatus, unit_id: int, source: StatusSource = StatusSource.ENTERED
) -> SystemStatus:
    """Add a dated status of the person in one system; a correction is a new row.

    Once disability insurance has decided, it is clear who pays: what stood open under LACI 85f al. 3 closes
    in this transaction. Refuses UnknownThing, StatusDates.
    """
    person = person_by_ref(work, ask.person_ref)
    if ask.since and ask.until and ask.until < ask.since:
        raise StatusDates(field="until")
    row = SystemStatus(
        person_id=person.id or 0,
        system=ask.system,
        kind=ask.kind,
        since=ask.since,
        until=ask.until,
        remaining_days=ask.remaining_days,
        note=ask.note,
        source=source,
        effective_on=ask.effective_on,
        recorded_at=work.now,
        unit_id=unit_id,
        account_id=work.actor.account_id,
    )
    work.session.add(row)
    work.session.flush()
    closed = 0
    if ask.system is Sector.AI and ask.kind in DECIDED:
        closed = close_grants(work, person_id=person.id, basis=Basis.LACI_85F_3)
    wrote(
        work,
        "record_status",
        "system_status",
        row.id,
        person_id=person.id,
        unit_id=unit_id,
        payload={
            "system": ask.system,
            "kind": ask.kind,
            "effective_on": ask.effective_on,
            "closed": closed,
        },
    )
    return row


def rights_ending(work: Work) -> Sequence[SystemStatus]:
    """Statuses in force whose end is in sight and of which nobody was warned yet, by person and system.

    In sight: within the months of the parameter `end_of_right_warning_months`.
    """
    last = ends_soon(work.today, work.parameter("end_of_right_warning_months"))
    warned = select(RightEndWarning.id).where(col(RightEndWarning.status_id) == col(SystemStatus.id)).exists()
    later = aliased(SystemStatus)
    replaced = (
        select(later.id)
        .where(
            col(later.person_id) == col(SystemStatus.person_id),
            col(later.system) == col(SystemStatus.system),
            col(later.effective_on) <= work.today,
            or_(
                col(later.effective_on) > col(SystemStatus.effective_on),
                (col(later.effective_on) == col(SystemStatus.effective_on))
                & (col(later.id) > col(SystemStatus.id)),
            ),
        )
        .exists()
    )
    return work.session.exec(
        select(SystemStatus)
        .where(
            col(SystemStatus.until) >= work.today,
            col(SystemStatus.until) <= last,
            col(SystemStatus.effective_on) <= work.today,
            col(SystemStatus.kind).not_in({StatusKind.ENDED, StatusKind.REFUSED}),
            ~warned,
            ~replaced,
        )
        .order_by(col(SystemStatus.person_id), col(SystemStatus.system))
    ).all()


def warned_of(work: Work, row: SystemStatus, unit_id: int) -> None:
    """Keep that the unit was told of the end of this right; it is told once."""
    work.session.add(RightEndWarning(status_id=row.id or 0, unit_id=unit_id, at=work.now))
    work.session.flush()
