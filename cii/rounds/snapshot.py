"""The facts of a day as a problem: everybody who waits, the places, the money, and every failed rule.

Reads only, in a number of statements that grows neither with the cases nor with the measures. Places and
quotas are the least number free over all days of the stays that could use them: whatever the round gives
away fits on each day. Source: allocation.md §1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cii.allocation.problem import Candidate, MeasurePlaces, Pin, Problem, Quota, problem
from cii.kernel.period import Period
from cii.placements.freedom import WHOLE, Cell, free_over
from cii.rounds.facts import Asking, facts_of_many
from cii.rounds.options import Found, Offer, Seeker
from cii.rounds.rules_changed import Change, changed
from cii.rounds.seekers import LeftOut, Wanted, seekers
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Ids:
    """The rows behind the keys of a problem: of measures and lines by their codes."""

    measures: Mapping[str, int]
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A problem with what lies behind it; `wanted` and `left_out` in the order of rank."""

    problem: Problem
    wanted: tuple[Wanted, ...]
    left_out: tuple[LeftOut, ...]
    ids: Ids


def snapshot(work: Work, term: Period, seed: str, pins: Sequence[Pin] = ()) -> Snapshot:
    """The round as the facts stand now, for stays that begin in the term; `seed` draws the lots.

    Raises ProblemFault where a pin names a case that does not take part.
    """
    wanted, left_out = seekers(work, term, seed)
    offer = Offer(work, _hull([one.stay for one in wanted]) or term)
    found = _options(work, offer, wanted, term)
    options = [option for one in wanted for option in found[one.case_ref].options]
    measures, quotas = _limits(work, offer, wanted, found)
    made = problem(
        [Candidate(one.case_ref, one.urgency, one.waiting_since.isoformat(), one.lot) for one in wanted],
        measures,
        quotas,
        offer.purses(options),
        options,
        pins,
    )
    told = (
        replace(one, refused=found[one.case_ref].refused, marks=found[one.case_ref].marks,
                facts_by_line=found[one.case_ref].facts)
        for one in wanted
    )  # fmt: skip
    ids = Ids(
        {one.code: one.id for one in offer.measures}, {one.code: one.id for one in offer.lines.values()}
    )
    return Snapshot(made, tuple(told), tuple(left_out), ids)


def _options(work: Work, offer: Offer, wanted: Sequence[Wanted], term: Period) -> dict[str, Found]:
    asking = [
        Asking(one.case_id, one.person_id, one.opened_by_unit_id, one.requested_by_unit_id) for one in wanted
    ]
    known = facts_of_many(work, asking, term.last)
    return {
        one.case_ref: offer.to(Seeker(one.case_ref, one.stay, one.line_ids, one.asked, known[one.case_id]))
        for one in wanted
    }


def _limits(
    work: Work, offer: Offer, wanted: Sequence[Wanted], found: Mapping[str, Found]
) -> tuple[list[MeasurePlaces], list[Quota]]:
    """Free places and quotas of every measure that is open to somebody, each over the days that matter to it.

    Lines that nobody asks are told too, over all days of the measure: from them a place could be transferred.
    """
    measures = {one.code: one for one in offer.measures}
    lines = {one.code: one.id for one in offer.lines.values()}
    spans: dict[Cell, Period] = {}
    for one in wanted:
        for option in found[one.case_ref].options:
            measure = measures[option.measure].id
            for cell in ((measure, WHOLE), (measure, lines[option.line])):
                held = spans.get(cell)
                spans[cell] = one.stay if held is None else _both(held, one.stay)
    codes = {one.id: one.code for one in offer.measures}
    for measure, days in [(cell[0], days) for cell, days in spans.items() if cell[1] == WHOLE]:
        for line in offer.lines_in(measure, days):
            spans.setdefault((measure, line), days)
    free = free_over(work, spans, offer.granted)
    places = [
        MeasurePlaces(codes[cell[0]], held.free, offer.guaranteed(cell[0], spans[cell], held))
        for cell, held in free.items()
        if cell[1] == WHOLE
    ]
    quotas = [
        Quota(codes[cell[0]], offer.lines[cell[1]].code, held.free)
        for cell, held in free.items()
        if cell[1] != WHOLE
    ]
    return places, quotas


def _hull(stays: Iterable[Period]) -> Period | None:
    whole: Period | None = None
    for one in stays:
        whole = one if whole is None else _both(whole, one)
    return whole


def _both(one: Period, other: Period) -> Period:
    return Period(min(one.start, other.start), max(one.end, other.end))


__all__ = ["Change", "Ids", "LeftOut", "Snapshot", "Wanted", "changed", "snapshot"]
