"""Two rounds of places in the demo: one approved this month, one open and steered by a decision of the group.

The cases wait by the room's own act, at the counters that lead them; the rounds go by their own acts too.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import count, cycle, islice

from sqlalchemy import select
from sqlmodel import col

from cii.access.queries import account_actor
from cii.allocation.vocabulary import PinKind
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus
from cii.institutions.queries import lines
from cii.kernel.errors import Refusal
from cii.measures.queries import quotas_at
from cii.measures.tables import Measure
from cii.placements.tables import Placement, WaitingEntry
from cii.placements.vocabulary import FINANCED, WaitingState
from cii.placements.waiting import JoinWaitingList, join_waiting_list
from cii.rounds.actions import OpenRound, compute, open_round
from cii.rounds.approving import ApproveRound, approve
from cii.rounds.pinning import PinCase, pin
from cii.rounds.queries import contents, run_of
from cii.rounds.rules import NothingToDistribute
from cii.store.work import Work

NOVEMBER = (date(2026, 11, 2), date(2026, 11, 30))
DECEMBER = (date(2026, 12, 1), date(2026, 12, 23))
COUNTERS = (("orp", "LACI", 4), ("orp.montagnes", "LACI", 2), ("gsr.neuchatel", "SAS", 3),
            ("gsr.cdf", "SAS", 2), ("oai", "AI", 2), ("ofij", "SFPO", 5))  # fmt: skip
"""Who asks, which line pays, for how many cases in each round: young persons are more than their places."""
LONGEST = 60
"""Days for which the first of them has waited."""
URGENCIES = (2, 1, 2, 3, 2, 2)
FIRST, SECOND = "gc", "gc.2"
PAST, AGO = 3, 2
"""Days since the approved round was computed, and approved."""


def share_out(work: Work) -> None:
    """The round of November, approved, and the one of December, open, computed with a decision in it.

    A canton so small that nobody waits has none.
    """
    with suppress(NothingToDistribute), work.session.begin_nested():
        _share_out(work, _free_cases(work))


def _share_out(work: Work, free: dict[str, Iterator[str]]) -> None:
    _wait(work, free, NOVEMBER)
    first = _hand(work, FIRST, PAST)
    held = open_round(first, OpenRound("Tour de novembre 2026", NOVEMBER[0], NOVEMBER[1]))
    run = compute(first, held.ref)
    approve(_hand(work, SECOND, AGO), ApproveRound(held.ref, run.number))
    _wait(work, free, DECEMBER)
    today = _hand(work, FIRST, 0)
    following = open_round(today, OpenRound("Tour de décembre 2026", DECEMBER[0], date(2026, 12, 31)))
    compute(today, following.ref)
    _decide(today, following.ref, following.id or 0)
    compute(today, following.ref)


def _wait(work: Work, free: dict[str, Iterator[str]], days: tuple[date, date]) -> None:
    """Some cases of each counter wait for measures that their line may use, the longest for two months."""
    codes = {one.code: one for one in lines(work)}
    measures = dict(
        iter(work.session.execute(select(col(Measure.id), col(Measure.ref)).order_by(col(Measure.code))))
    )
    quotas = quotas_at(work, days[0])
    urgency, ago = cycle(URGENCIES), count(LONGEST, -1)
    for login, code, many in COUNTERS:
        wanted = cycle(
            sorted(
                measures[one.measure_id]
                for one in quotas
                if one.line_id == codes[code].id and one.places and one.measure_id in measures
            )
        )
        for case, measure in zip(islice(free[login], many), wanted, strict=False):
            wish = JoinWaitingList(case, measure, codes[code].ref, *days, urgency=next(urgency))
            join_waiting_list(_hand(work, login, next(ago)), wish)


def _free_cases(work: Work) -> dict[str, Iterator[str]]:
    """Open cases that each counter leads and that neither have a place nor wait for one."""
    placed = select(col(Placement.person_id)).where(
        col(Placement.state).in_(FINANCED), col(Placement.ends_on) >= NOVEMBER[0]
    )
    waits = select(col(WaitingEntry.person_id)).where(col(WaitingEntry.state) == WaitingState.WAITING)
    found: dict[str, Iterator[str]] = {}
    for login, _, many in COUNTERS:
        actor = account_actor(work, f"{login}@cii.example")
        refs = work.session.scalars(
            select(col(CaseFile.ref))
            .where(
                col(CaseFile.lead_unit_id).in_(actor.units),
                col(CaseFile.status) == CaseStatus.OPEN,
                col(CaseFile.restricted).is_(False),
                col(CaseFile.opened_at) < work.now - timedelta(days=90),
                col(CaseFile.person_id).not_in(placed),
                col(CaseFile.person_id).not_in(waits),
            )
            .order_by(col(CaseFile.opened_at).desc(), col(CaseFile.id))
            .limit(2 * many)
        )
        found[login] = iter(list(refs))
    return found


def _decide(work: Work, ref: str, round_id: int) -> None:
    """The group gives the first case without a place one that was open to it, if any can be given."""
    run = run_of(work, round_id)
    if run is None:
        return
    problem, found = contents(run)
    placed = {one.case for one in found.placed}
    codes = {one.code: one.ref for one in lines(work)}
    refs = dict(iter(work.session.execute(select(col(Measure.code), col(Measure.ref)))))
    for position, case in enumerate(problem.by_rank, 1):
        if problem.candidates[case].key in placed:
            continue
        for one in map(problem.option, problem.options_of(case)):
            taken = PinCase(
                ref, position, PinKind.TAKEN, refs[one.measure], codes[one.line],
                "Projet professionnel engagé avec ce prestataire",
            )  # fmt: skip
            try:
                pin(work, taken)
            except Refusal:
                continue
            return
    pin(work, PinCase(ref, 1, PinKind.REFUSED, reason="Suite du projet à clarifier au prochain tour"))


def _hand(work: Work, login: str, ago: int) -> Work:
    """The work of an account so many days ago."""
    actor = account_actor(work, f"{login}@cii.example")
    return replace(work, actor=actor, now=work.now - timedelta(days=ago), seen=[])
