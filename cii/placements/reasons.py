"""Every reason against a placement, gathered before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.budgets.actions_binding import engagement_faults
from cii.cases.tables import CaseFile
from cii.institutions.queries import line_by_ref, lines_by_id
from cii.kernel.clock import local_day
from cii.kernel.errors import Refusal
from cii.kernel.period import Period
from cii.measures.eligibility import ELIGIBILITY, OPEN_TO_ALL, Standing, Verdict, judge, read_table
from cii.measures.queries import quota_rows, rules_at
from cii.people.queries import consents
from cii.people.vocabulary import Purpose
from cii.placements.days import lines_with_places, shortage_of_line, shortage_of_measure
from cii.placements.ledger import legs_of
from cii.placements.pricing import Bill, Payer
from cii.placements.rules import (
    DoubleFinancing,
    EligibilityNeedsFacts,
    EligibilityUndecided,
    LineHasNoQuota,
    LineQuotaFull,
    MeasureFull,
    NoPayer,
    NotEligible,
    PlacementConsentWithdrawn,
    PlacementDatesUpsideDown,
    PlacementTooLong,
    RequestingLineDoesNotPay,
)
from cii.placements.tables import Placement
from cii.placements.vocabulary import FINANCED
from cii.store.work import Work


@dataclass(frozen=True)
class Share:
    """A paying line and its weight in the key, as 60 and 40."""

    line_ref: str
    weight: int = 1


def read_payers(
    work: Work, shares: Sequence[Share], line_ref: str | None, reasons: list[Refusal]
) -> list[Payer]:
    """The payers with the requesting line first; their faults go to `reasons`."""
    refs = [share.line_ref for share in shares]
    if not refs or len(set(refs)) < len(refs) or any(share.weight < 1 for share in shares):
        reasons.append(NoPayer(field="shares"))
        return []
    requesting = line_ref or refs[0]
    if requesting not in refs:
        reasons.append(RequestingLineDoesNotPay(field="line_ref"))
        return []
    ordered = sorted(shares, key=lambda share: share.line_ref != requesting)
    return [Payer(line_by_ref(work, share.line_ref).id or 0, share.weight) for share in ordered]


def read_stay(work: Work, starts_on: date, ends_on: date, reasons: list[Refusal]) -> Period | None:
    """The days of the wish; PlacementDatesUpsideDown and PlacementTooLong go to `reasons`."""
    if ends_on < starts_on:
        reasons.append(PlacementDatesUpsideDown(field="ends_on", first=starts_on, last=ends_on))
        return None
    longest = work.parameter("placement_longest_days")
    if (ends_on - starts_on).days >= longest:
        reasons.append(PlacementTooLong(field="ends_on", days=longest))
        return None
    return Period.through(starts_on, ends_on)


def eligibility(
    work: Work, measure_id: int, day: date, facts: Mapping[str, object], reasons: list[Refusal]
) -> Verdict:
    """The verdict of the table in force on the first day; what stands in the way goes to `reasons`."""
    rule = rules_at(work, day, [measure_id]).get(measure_id)
    if rule is None:
        return OPEN_TO_ALL
    verdict = judge(read_table(rule.source, ELIGIBILITY), facts)
    match verdict.standing:
        case Standing.NOT_ELIGIBLE:
            failed = ", ".join(f"{one.input} {one.required}" for one in verdict.failed)
            reasons.append(NotEligible(failed=failed, rules=[dict(one) for one in verdict.reasons]))
        case Standing.MISSING_FACTS:
            reasons.append(EligibilityNeedsFacts(missing=", ".join(verdict.missing)))
        case Standing.UNDECIDED:
            reasons.append(EligibilityUndecided(fault=verdict.fault))
    return verdict


def consent_faults(work: Work, case: CaseFile) -> list[Refusal]:
    """PlacementConsentWithdrawn when the person took back their consent to a placement and gave no other.

    A consent given for one case is asked for that case only; without any, the law's own basis holds.
    """
    held = [
        one
        for one in consents(work, case.person_id)
        if one.consent.purpose is Purpose.PLACEMENT and one.consent.case_id in {None, case.id}
    ]
    taken_back = [one.consent.withdrawn_at for one in held if one.consent.withdrawn_at is not None]
    if not taken_back or any(one.live(work.today) for one in held):
        return []
    return [PlacementConsentWithdrawn(field="case_ref", day=local_day(max(taken_back)))]


def double_financing(work: Work, person_id: int, stay: Period, but: int | None = None) -> list[Refusal]:
    """DoubleFinancing when the person has another financed placement on one of the days; `but`: not this."""
    other = work.session.execute(
        select(col(Placement.starts_on), col(Placement.ends_on))
        .where(
            col(Placement.person_id) == person_id,
            col(Placement.state).in_(FINANCED),
            col(Placement.starts_on) <= stay.last,
            col(Placement.ends_on) >= stay.start,
            col(Placement.id) != (but or 0),
        )
        .order_by(col(Placement.starts_on))
    ).first()
    if other is None:
        return []
    return [DoubleFinancing(first=max(other.starts_on, stay.start), last=min(other.ends_on, stay.last))]


def capacity_faults(work: Work, measure_id: int, line_id: int, stay: Period) -> list[Refusal]:
    """MeasureFull, LineQuotaFull with a transfer proposal, LineHasNoQuota: all that hold."""
    reasons: list[Refusal] = []
    if (whole := shortage_of_measure(work, measure_id, stay)) is not None:
        reasons.append(MeasureFull(days=whole.days, day=whole.first))
    if (mine := shortage_of_line(work, measure_id, line_id, stay)) is not None:
        line = lines_by_id(work, [line_id])[line_id].code
        if line_id not in quota_rows(work, measure_id):
            reasons.append(LineHasNoQuota(line=line))
        else:
            others = lines_with_places(work, measure_id, stay)
            names = lines_by_id(work, others)
            reasons.append(
                LineQuotaFull(
                    line=line,
                    days=mine.days,
                    day=mine.first,
                    transfer=[names[one].code for one in others],
                    proposal=[
                        {
                            "from": names[one].code,
                            "from_ref": names[one].ref,
                            "to": line,
                            "places": 1,
                            "free": free,
                        }
                        for one, free in others.items()
                    ],
                )
            )
    return reasons


def budget_faults(work: Work, cost: Bill, stay: Period) -> list[Refusal]:
    """What the lines cannot bear as they stand: asked when there is another reason already."""
    return engagement_faults(work, legs_of(cost, stay))
