from datetime import date

import pytest
from sqlalchemy import event

from cii.allocation.rules import Wish
from cii.allocation.vocabulary import Access
from cii.budgets.actions import grant_budget
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.measures.actions import PublishRule, publish_rule
from cii.measures.eligibility import Standing
from cii.placements.days import open_days
from cii.placements.finder import Sought, find_places
from cii.placements.queries import shares_of
from tests.measures.build_measures import CONDITIONS, a_measure
from tests.placements.build_placements import NOVEMBER, a_stage


def find(stage, facts=None, work=None, case=None, **more):
    return found(stage, facts, work, case, **more).proposals


def found(stage, facts=None, work=None, case=None, *, wish=None, payers=None, days=NOVEMBER, **more):
    paying = tuple((line.ref, weight) for line, weight in payers or [(stage.market.ac, 1)])
    sought = Sought(*days, paying, **more)
    return find_places(work or stage.work, (case or stage.case()).ref, sought, facts or {}, wish=wish)


def test_each_measure_shows_price_to_each_line_free_days_and_rank(work):
    stage = a_stage(work)
    a_measure(work, code="SANS-CONVENTION", quotas={"LACI": 1})
    stage.placement()

    first, second = find(stage, wish=Wish("Littoral", ("fr",)))

    assert first.measure.code == stage.measure.code
    assert {one.line_code: one.amount for one in first.prices} == {
        "LACI": Chf.parse("2200.00"),
        "SAS": Chf.parse("2200.00"),
    }
    assert (first.freedom.free, first.freedom.measure_free, first.freedom.line_places) == (5, 9, 6)
    assert sum(first.parts.values()) == first.suitability
    assert second.prices[0].fault == "no-agreement-in-force"
    assert [one.code for one in second.would_change] == ["agreement"]


def test_a_measure_that_the_line_cannot_pay_is_not_open_and_stands_after_those_it_can(work):
    stage = a_stage(work)
    nearer = a_measure(work, code="A-SANS-CONVENTION", quotas={"LACI": 9})
    stage.room_for(1, ac=1)
    stage.placement()

    shown = find(stage, wish=Wish("Littoral", ("fr",)))

    assert [(one.measure.code, one.access) for one in shown] == [
        (stage.measure.code, Access.FULL),
        (nearer.code, Access.UNPAYABLE),
    ]
    assert shown[1].freedom.free > 0
    assert [(one.code, one.facts["line"]) for one in shown[1].would_change] == [("agreement", "LACI")]


def test_a_closed_measure_says_which_condition_fails_and_what_would_change_it(work):
    stage = a_stage(work)
    publish_rule(work, PublishRule(stage.measure.ref, CONDITIONS, work.today))

    closed = find(stage, {"age": 30, "percent": 40})[0]
    open_ = find(stage, {"age": 30, "percent": 50})[0]
    unknown = find(stage, {"age": 30})[0]

    assert (closed.access, closed.verdict.standing) == (Access.CLOSED, Standing.NOT_ELIGIBLE)
    assert [(one.code, one.facts["input"]) for one in closed.would_change] == [("fact", "percent")]
    assert [one.verdict for one in closed.verdict.rules] == ["fails", "fails", "holds"]
    assert open_.access is Access.OPEN
    assert (unknown.access, unknown.missing) == (Access.MISSING_FACTS, ("percent",))


def test_a_full_line_is_told_the_first_full_day_and_who_could_give_a_place(work):
    stage = a_stage(work)
    stage.room_for(2, ac=1)
    stage.placement(days=(date(2026, 11, 16), date(2026, 11, 30)))

    full = find(stage)[0]

    assert full.access is Access.FULL
    assert (full.freedom.full_days, full.freedom.first_full) == (15, date(2026, 11, 16))
    assert full.would_change[0].code == "quota"
    assert full.would_change[0].facts["lines"] == ["SAS"]


def test_days_that_nobody_opened_yet_count_with_their_quota(work):
    stage = a_stage(work)

    shown = find(stage)[0]

    assert (shown.access, shown.freedom.free) == (Access.OPEN, 6)


def test_a_stranger_to_the_case_finds_no_case(work):
    stage = a_stage(work)

    with pytest.raises(UnknownThing):
        find(stage, case=stage.case(), work=stage.actor(stage.gsr))


def statements(work, asking):
    """How many statements a call gives to the database."""
    seen, engine = [], work.session.get_bind().engine

    def note(*told):
        seen.append(told[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        asking()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("opened", [True, False], ids=["opened", "planned"])
def test_the_number_of_statements_does_not_grow_with_the_measures(work, opened):
    stage = a_stage(work)
    case, counts = stage.case(), []
    stage.room_for(1, ac=1)
    stage.placement()
    for number in (2, 8):
        for _ in range(number):
            made = a_measure(work, quotas={"LACI": 1}, rule_source=CONDITIONS)
            if opened:
                open_days(work, made.id, NOVEMBER[1])
        counts.append(statements(work, lambda: find(stage, case=case)))

    assert counts[0] == counts[1]


def test_only_the_best_are_told_of_all_that_are_ranked(work):
    stage = a_stage(work)
    for _ in range(3):
        a_measure(work, quotas={"LACI": 1})

    told = found(stage, shown=2)

    assert [one.position for one in told.proposals] == [1, 2]
    assert told.total == 4


@pytest.mark.parametrize(("workload", "price"), [(None, "2200.00"), (80, "2200.00"), (50, "1100.00")])
def test_the_price_shown_is_what_the_place_binds_part_time_as_well(work, workload, price):
    stage = a_stage(work, full_from=80, half_from=40)

    shown = {one.line_code: str(one.amount) for one in find(stage, workload=workload)[0].prices}
    placement = stage.placement(workload=workload)

    assert shown["LACI"] == price
    assert [str(share.committed) for share in shares_of(work, placement.id)] == [price]


def test_each_payer_is_shown_to_the_centime_what_the_place_binds(work):
    stage = a_stage(work)
    days, payers = (date(2026, 11, 9), date(2026, 12, 17)), ((stage.market.ac, 60), (stage.market.social, 41))

    shown = found(stage, payers=payers, days=days).proposals[0]
    placement = stage.placement(None, *payers, days=days)

    bound = sorted(str(share.committed) for share in shares_of(work, placement.id))
    assert sorted(str(one.amount) for one in shown.shares) == bound
    assert [one.line_code for one in shown.shares] == ["LACI", "SAS"]


def remedies(proposal):
    return {one.code: dict(one.facts) for one in proposal.would_change}


def test_a_lacking_budget_says_how_much_and_with_so_much_more_the_case_is_placed(work):
    stage = a_stage(work, ac="2000.00")
    case = stage.case()

    poor = find(stage, case=case)[0]
    short = remedies(poor)["budget"]["short"]
    grant_budget(work, stage.market.ac.id, 2026, short)
    enough = find(stage, case=case)[0]

    assert (poor.access, str(short)) == (Access.UNPAYABLE, "200.00")
    assert enough.access is Access.OPEN
    assert stage.placement(case).measure_id == stage.measure.id


def test_a_full_measure_names_the_day_from_which_the_same_stay_finds_a_place(work):
    stage = a_stage(work)
    stage.room_for(1, ac=1)
    stage.placement(days=(date(2026, 11, 2), date(2026, 11, 20)))
    case = stage.case()

    later = remedies(find(stage, case=case)[0])["later"]["day"]
    days = (later, later + (NOVEMBER[1] - NOVEMBER[0]))

    assert later == date(2026, 11, 21)
    assert find(stage, case=case, days=days)[0].access is Access.OPEN
    assert stage.placement(case, days=days).starts_on == later


def test_other_days_are_named_where_measure_or_agreement_does_not_last_the_stay(work):
    stage = a_stage(work)
    young = a_measure(work, code="Z-NEUVE", quotas={"LACI": 2}, starts_on=date(2026, 11, 16))

    found_ = {one.measure.code: one for one in find(stage)}
    beyond = find(stage, days=(date(2026, 12, 1), date(2027, 1, 31)))[0]

    assert found_[young.code].access is Access.CLOSED
    assert remedies(found_[young.code])["starts"] == {"day": date(2026, 11, 16)}
    assert remedies(beyond)["agreement-ends"] == {"line": "LACI", "day": date(2027, 1, 1)}
