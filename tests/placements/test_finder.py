from datetime import date

import pytest

from cii.allocation.rules import Wish
from cii.allocation.vocabulary import Access
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.measures.actions import PublishRule, publish_rule
from cii.measures.eligibility import Standing
from cii.placements.finder import find_places
from cii.placements.queries import shares_of
from tests.measures.build_measures import CONDITIONS, a_measure
from tests.placements.build_placements import NOVEMBER, a_stage


def find(stage, facts=None, work=None, case=None, **more):
    return find_places(
        work or stage.work, (case or stage.case()).ref, *NOVEMBER, stage.market.ac.ref, facts or {}, **more
    )


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
    nearer = a_measure(work, code="A-SANS-CONVENTION", quotas={"LACI": 9}, region="Littoral")
    stage.room_for(1, ac=1)
    stage.placement()

    found = find(stage, wish=Wish("Littoral", ("fr",)))

    assert [(one.measure.code, one.access) for one in found] == [
        (stage.measure.code, Access.FULL),
        (nearer.code, Access.UNPAYABLE),
    ]
    assert found[1].freedom.free > 0
    assert [(one.code, one.facts["line"]) for one in found[1].would_change] == [("agreement", "LACI")]


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

    found = find(stage)[0]

    assert (found.access, found.freedom.free) == (Access.OPEN, 6)


def test_a_stranger_to_the_case_finds_no_case(work):
    stage = a_stage(work)

    with pytest.raises(UnknownThing):
        find(stage, case=stage.case(), work=stage.actor(stage.gsr))


def test_the_number_of_statements_does_not_grow_with_the_measures(work):
    from sqlalchemy import event

    from cii.placements.days import open_days

    stage = a_stage(work)
    case = stage.case()
    counts = []

    def statements():
        seen = []
        engine = work.session.get_bind().engine

        def note(*args):
            seen.append(args[2])

        event.listen(engine, "before_cursor_execute", note)
        try:
            find(stage, case=case)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    for number in (2, 8):
        for _ in range(number):
            made = a_measure(work, quotas={"LACI": 1}, rule_source=CONDITIONS)
            open_days(work, made.id, NOVEMBER[1])
        open_days(work, stage.measure.id, NOVEMBER[1])
        counts.append(statements())

    assert counts[0] == counts[1]


@pytest.mark.parametrize(("workload", "price"), [(None, "2200.00"), (80, "2200.00"), (50, "1100.00")])
def test_the_price_shown_is_what_the_place_binds_part_time_as_well(work, workload, price):
    stage = a_stage(work, full_from=80, half_from=40)

    shown = {one.line_code: str(one.amount) for one in find(stage, workload=workload)[0].prices}
    placement = stage.placement(workload=workload)

    assert shown["LACI"] == price
    assert [str(share.committed) for share in shares_of(work, placement.id)] == [price]
