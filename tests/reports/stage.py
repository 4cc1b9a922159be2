"""A quarter worth reporting: one mixed measure, two lines, stays, attendance, budgets, a corrective measure."""

from datetime import date

from cii.budgets.actions import Leg, Source, accrue, engage, grant_budget
from cii.coordination.actions import (
    ObserveDeviation,
    observe_deviation,
)
from cii.coordination.vocabulary import Body
from cii.kernel.money import Chf
from cii.kernel.span import Span
from cii.meetings.actions import HoldMeeting, PlanMeeting, hold_meeting, plan_meeting
from cii.placements.vocabulary import ContractType, ExitType
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from tests.agreements.build_agreements import Market, a_market
from tests.figures.build_figures import a_stay, attended, later, the_numbers, waits

Q3 = Span.parse("2026-Q3")
FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)


def a_quarter(work: Work, *, ac_stays: int = 7, social_stays: int = 2) -> Market:
    """Stays of two lines, one exit into work, a budget with a third delivered."""
    the_numbers(work)
    market = a_market(later(work, days=-600))
    market.work = work
    market.measure.code, market.measure.name = "ATELIER", "Atelier de réinsertion"
    ac, social = market.agreement(last_day=date(2027, 3, 31)), market.agreement(market.social)
    for number in range(ac_stays):
        stay = a_stay(
            work, market.measure, ac, market.ac, FIRST, LAST,
            exit_type=ExitType.EMPLOYMENT if number < 3 else None,
            contract=ContractType.OPEN_ENDED if number < 3 else None,
            left_on=date(2026, 8, 31) if number < 3 else None,
        )  # fmt: skip
        for day in range(1, 11):
            attended(work, stay, date(2026, 7, day), Presence.SICK if day == 2 else Presence.PRESENT)
    for _ in range(social_stays):
        a_stay(work, market.measure, social, market.social, FIRST, LAST)
    before = later(work, days=-60)
    for line, agreement, amount in ((market.ac, ac, "90000"), (market.social, social, "40000")):
        grant_budget(before, line.id, 2026, Chf.parse(amount))
        engage(
            before,
            [Leg(line.id, agreement.id, Chf.parse("30000"), FIRST)],
            Source("placement", line.id, f"e{line.id}"),
        )
        accrue(
            before,
            [Leg(line.id, agreement.id, Chf.parse("12345.65"), FIRST)],
            Source("attendance", 0, f"a{line.id}"),
        )
    waits(work, market.measure, market.ac, date(2026, 9, 1), urgency=1)
    observe_deviation(
        work,
        ObserveDeviation(
            ac.ref,
            "Taux de réinsertion proche du minimum: renforcer le suivi",
            date(2026, 9, 20),
            "reinsertion",
        ),
    )
    met = plan_meeting(work, PlanMeeting(Body.COORDINATION, date(2026, 9, 24)))
    hold_meeting(work, HoldMeeting(met.ref))
    return market
