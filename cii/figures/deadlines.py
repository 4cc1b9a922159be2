"""Agreements that bind in a period, and the dates that come up: ends, last days of notice, deliverables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, or_, select
from sqlmodel import col

from cii.agreements.tables import Agreement, AgreementMeasure, Deliverable, Provider
from cii.agreements.vocabulary import AgreementState
from cii.figures.shapes import Deadline
from cii.institutions.tables import Institution
from cii.kernel.clock import local_midnight
from cii.kernel.period import ONE_DAY, Period, next_month
from cii.store.work import Work

_UNSIGNED = (AgreementState.DRAFT, AgreementState.NEGOTIATION)


@dataclass(frozen=True, slots=True)
class Bound:
    """An agreement signed by then whose term touches the period; `pairs` are measure and line bought."""

    id: int
    number: str
    version: int
    valid_from: date
    valid_to: date | None
    notice_months: int
    provider: str
    provider_institution_id: int
    pairs: tuple[tuple[int, int], ...]

    @property
    def measures(self) -> frozenset[int]:
        """The measures bought."""
        return frozenset(measure for measure, _ in self.pairs)


def bound_agreements(work: Work, period: Period, known_at: datetime) -> tuple[Bound, ...]:
    """The agreements of a period, by number."""
    pairs: dict[int, list[tuple[int, int]]] = {}
    for row in work.session.execute(
        select(
            col(AgreementMeasure.agreement_id),
            col(AgreementMeasure.measure_id),
            col(AgreementMeasure.line_id),
        ).order_by(col(AgreementMeasure.measure_id), col(AgreementMeasure.line_id))
    ):
        pairs.setdefault(row[0], []).append((row[1], row[2]))
    shown: list[Any] = [
        col(Agreement.id),
        col(Agreement.number),
        col(Agreement.version),
        col(Agreement.valid_from),
        col(Agreement.valid_to),
        col(Agreement.notice_months),
        case((col(Institution.sensitive), col(Institution.ref)), else_=col(Institution.name)).label(
            "provider"
        ),
        col(Institution.id).label("provider_institution_id"),
    ]
    rows = work.session.execute(
        select(*shown)
        .join(Provider, col(Provider.id) == col(Agreement.provider_id))
        .join(Institution, col(Institution.id) == col(Provider.institution_id))
        .where(
            col(Agreement.state).not_in(_UNSIGNED),
            col(Agreement.signed_at) <= known_at,
            col(Agreement.valid_from) < period.end,
            or_(col(Agreement.valid_to).is_(None), col(Agreement.valid_to) > period.start),
        )
        .order_by(col(Agreement.number))
    )
    return tuple(
        Bound(
            row.id,
            row.number,
            row.version,
            row.valid_from,
            row.valid_to,
            row.notice_months,
            row.provider,
            row.provider_institution_id,
            tuple(pairs.get(row.id, ())),
        )
        for row in rows
    )


def deadlines(
    work: Work, agreements: Sequence[Bound], period: Period, known_at: datetime
) -> tuple[Deadline, ...]:
    """What comes up within `report_deadline_months` after the period, and what is late by its end."""
    horizon = period.end
    for _ in range(work.parameter("report_deadline_months", period.last)):
        horizon = next_month(horizon)
    found = []
    for one in agreements:
        if one.valid_to is None or not period.end <= one.valid_to <= horizon:
            continue
        named = (one.number, one.version, one.provider)
        found.append(Deadline(one.valid_to - ONE_DAY, "agreement_end", *named))
        notice = months_before(one.valid_to, one.notice_months) - ONE_DAY
        if one.notice_months and notice >= period.end:
            found.append(Deadline(notice, "notice", *named))
    by_id = {one.id: one for one in agreements}
    rows = work.session.execute(
        select(col(Deliverable.agreement_id), col(Deliverable.kind), col(Deliverable.due_on)).where(
            col(Deliverable.agreement_id).in_(by_id),
            col(Deliverable.due_on) < next_month(period.end),
            or_(
                col(Deliverable.waived_at).is_(None),
                col(Deliverable.waived_at) >= min(local_midnight(period.end), known_at),
            ),
            or_(
                col(Deliverable.received_at).is_(None),
                col(Deliverable.received_at) >= min(local_midnight(period.end), known_at),
            ),
        )
    )
    found += [
        Deadline(
            due_on,
            "deliverable",
            by_id[agreement].number,
            by_id[agreement].version,
            by_id[agreement].provider,
            kind.value,
        )
        for agreement, kind, due_on in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.agreement, one.kind, one.what)))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month when it is shorter."""
    at = day.year * 12 + day.month - 1 - months
    first = date(at // 12, at % 12 + 1, 1)
    return min(date.fromordinal(first.toordinal() + day.day - 1), next_month(first) - ONE_DAY)
