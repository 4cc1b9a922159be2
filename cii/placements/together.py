"""Many places at once, decided together: each by the act that assigns one by hand, all of them or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cii.cases.known import case_rows
from cii.institutions.queries import lines_by_id
from cii.kernel.errors import Refusal, refuse
from cii.kernel.period import Period
from cii.measures.eligibility import Verdict
from cii.measures.queries import measures_by_id
from cii.placements.actions import AssignPlacement, ReadWish, place_wish
from cii.placements.days import hold_days, hold_person, open_days
from cii.placements.pricing import Payer
from cii.placements.reasons import Share, eligibility
from cii.placements.tables import Placement
from cii.store.work import Work


@dataclass(frozen=True)
class GivenPlace:
    """A place that was decided for a case: for which unit, where, when, who pays, by which facts.

    `entry_id`: the waiting entry that it closes.
    """

    case_id: int
    person_id: int
    entry_id: int
    asked_by_unit_id: int
    measure_id: int
    line_id: int
    stay: Period
    facts: Mapping[str, object]


def place_together(work: Work, places: Sequence[GivenPlace]) -> list[Placement]:
    """Reserve all these places, each with its quota and commitment; the caller has decided who may have them.

    Persons are held first, then days are opened, then measures are held, each in the order of their numbers:
    whoever assigns by hand meanwhile waits or is waited for, never both. Refuses as `assign` for each place;
    raises Lost where a place, quota or budget went to somebody else meanwhile. The caller undoes everything.
    """
    for person_id in sorted({one.person_id for one in places}):
        hold_person(work, person_id)
    spans = _spans(places)
    for measure_id, span in spans:
        open_days(work, measure_id, span.last, since=span.start)
    for measure_id, _ in spans:
        hold_days(work, measure_id)
    cases = case_rows(work, {one.case_id for one in places})
    measures = measures_by_id(work, {one.measure_id for one in places})
    lines = lines_by_id(work, {one.line_id for one in places})
    made = []
    for one in sorted(places, key=lambda place: (place.measure_id, place.case_id)):
        case, measure, line = cases[one.case_id], measures[one.measure_id], lines[one.line_id]
        first, last = one.stay.start, one.stay.last
        ask = AssignPlacement(case.ref, measure.ref, first, last, (Share(line.ref),))
        verdict = _verdict(work, one, first)
        payers = (Payer(one.line_id, 1),)
        placement = place_wish(
            work,
            ReadWish(
                ask, case, measure, one.stay, payers, verdict, one.facts, one.asked_by_unit_id, one.entry_id
            ),
        )
        made.append(placement)
    return made


def _spans(places: Sequence[GivenPlace]) -> list[tuple[int, Period]]:
    """The measures by number, each with all the days on which somebody is to have a place in it."""
    spans: dict[int, Period] = {}
    for one in places:
        held = spans.get(one.measure_id, one.stay)
        spans[one.measure_id] = Period(min(held.start, one.stay.start), max(held.end, one.stay.end))
    return sorted(spans.items(), key=lambda item: item[0])


def _verdict(work: Work, one: GivenPlace, day: date) -> Verdict:
    reasons: list[Refusal] = []
    verdict = eligibility(work, one.measure_id, day, one.facts, reasons)
    refuse(reasons)
    return verdict
