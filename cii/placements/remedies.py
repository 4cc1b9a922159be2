"""What would change the answer of the place finder: each obstacle with what would remove it.

Every reason for which placing would be refused has one; several obstacles are all to be removed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cii.kernel.period import Period
from cii.measures.eligibility import Standing, Verdict
from cii.placements.free_days import Freedom
from cii.placements.payable import Obstacle

_AGREEMENT = {
    "no-agreement-in-force": "agreement",
    "agreement-ends": "agreement-ends",
    "tariff-missing": "tariff",
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would change the answer: a stable code (`remedy.<code>`) with its facts."""

    code: str
    facts: Mapping[str, object]


def of_verdict(verdict: Verdict) -> list[Remedy]:
    """Facts that would open the measure, facts that are missing, or the table that gives no answer."""
    found = [
        Remedy("fact", {"input": one.input, "observed": one.observed, "needed": one.needed})
        for one in verdict.changes
    ]
    if verdict.standing is Standing.NOT_ELIGIBLE and not found:
        found = [
            Remedy("together", {"input": one.input, "observed": one.observed, "needed": one.required})
            for one in verdict.failed
        ]
    found += [Remedy("missing", {"input": name}) for name in verdict.missing]
    if verdict.standing is Standing.UNDECIDED:
        found.append(Remedy("table", {"fault": verdict.fault}))
    return found


def of_dates(starts_on: date, ends_on: date | None, stay: Period) -> list[Remedy]:
    """Other days, where the measure does not run on all of them."""
    found = []
    if starts_on > stay.start:
        found.append(Remedy("starts", {"day": starts_on}))
    if ends_on is not None and ends_on < stay.last:
        found.append(Remedy("dates", {"day": ends_on}))
    return found


def of_places(freedom: Freedom, line: str, others: Sequence[str]) -> list[Remedy]:
    """A quota, a transfer, a place set free, or later days; `others`: lines that have a place free."""
    if freedom.line_places <= 0:
        return [Remedy("quota-none", {"line": line})]
    if freedom.free > 0:
        return []
    found = []
    if freedom.measure_free <= 0:
        found.append(Remedy("place", {"day": freedom.first_full, "days": freedom.full_days}))
    if freedom.line_free <= 0 and others:
        found.append(Remedy("quota", {"line": line, "lines": list(others), "day": freedom.first_full}))
    elif freedom.line_free <= 0 < freedom.measure_free:
        found.append(Remedy("quota-more", {"line": line, "day": freedom.first_full}))
    if freedom.later is not None:
        found.append(Remedy("later", {"day": freedom.later}))
    return found


def of_payment(against: Iterable[Obstacle], codes: Mapping[int, str]) -> list[Remedy]:
    """An agreement, a tariff or money, by the line that lacks it."""
    return [
        Remedy(_AGREEMENT.get(one.code, one.code), {"line": codes[one.line_id], **one.facts})
        for one in against
    ]


__all__ = ["Remedy", "of_dates", "of_payment", "of_places", "of_verdict"]
