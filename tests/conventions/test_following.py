"""Amendments, renewals and options: everything is copied, what was signed stays, no day is changed behind its back."""

from dataclasses import replace
from datetime import date

import pytest

from cii.agreements.actions import put_in_force, sign
from cii.agreements.ending import expire_agreements
from cii.agreements.goals import GaugeWish
from cii.agreements.living import agreement_in_force
from cii.agreements.queries import agreement_view
from cii.agreements.rules import AgreementOverlaps, MinimumBeyondTarget, NumberTaken
from cii.agreements.vocabulary import (
    AgreementState,
    DeliverableKind,
    Direction,
    FollowsAs,
    Frequency,
    IndicatorUnit,
    ObjectiveLevel,
)
from cii.conventions.actions import write_part
from cii.conventions.comparing import differences
from cii.conventions.drafting import (
    DropGoal,
    DropOwed,
    PlanOwed,
    SetGoal,
    drop_goal,
    drop_owed,
    plan_owed,
    set_goal,
)
from cii.conventions.following import Amend, Renew, TakeOption, amend, renew, take_option
from cii.conventions.parts import Bases, Term
from cii.conventions.parts_conduct import Reports
from cii.conventions.queries import convention, text_of
from cii.conventions.rules import (
    BackDated,
    DatesTaken,
    FollowedAlready,
    FollowsNothing,
    IndicatorNameTaken,
    NoOption,
    OutsideTerm,
    TermNotOver,
    back_dating_faults,
    earliest_change,
)
from cii.conventions.vocabulary import Part
from cii.kernel.errors import Refusal, UnknownThing
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, acting
from tests.conformity.build_whole import ITEMS


def in_force(work: Work, *, text: bool = True, **more):
    market = a_market(work)
    draft = market.agreement(in_force=False, last_day=date(2027, 12, 31), **more)
    mine = acting(work, market.drafter)
    if text:
        write_part(mine, draft.ref, Part.BASES, Bases(subject="Places en atelier"))
        write_part(mine, draft.ref, Part.TERM, Term(option_months=12))
    plan_owed(mine, PlanOwed(draft.ref, DeliverableKind.ANNUAL_REPORT, Frequency.YEARLY, date(2026, 3, 31)))
    sign(acting(work, market.signer), draft.ref)
    put_in_force(mine, draft.ref)
    return market, draft, mine


def into_force(work: Work, market, draft) -> None:
    sign(acting(work, market.signer), draft.ref)
    put_in_force(acting(work, market.drafter), draft.ref)


def test_an_amendment_says_what_the_agreement_says_from_its_day_on(work: Work):
    _, former, mine = in_force(work)

    made = amend(mine, Amend(former.ref, date(2026, 12, 1)))

    before, after = convention(mine, former.ref), convention(mine, made.ref)
    told = {(one.section, one.path[-1]) for one in differences(before, after)}
    assert (made.follows_as, made.contract_change, made.state) == (
        FollowsAs.AMENDMENT, True, AgreementState.DRAFT,
    )  # fmt: skip
    assert made.number == f"{former.number}/A1"
    assert after.text == before.text
    assert {section for section, _ in told} <= {"header", "rates", "owed"}
    assert [one.valid_from for one in after.rates] == [date(2026, 12, 1)]
    assert [one.due_on for one in after.owed] == [date(2027, 3, 31), date(2028, 3, 31)]


def test_an_amendment_takes_new_stays_and_leaves_those_that_run(work: Work):
    market, former, mine = in_force(work)
    made = amend(mine, Amend(former.ref, date(2026, 12, 1)))

    into_force(work, market, made)

    measure, line = market.measure.id or 0, market.ac.id or 0
    on = {
        day: agreement_in_force(work, measure, line, day) for day in (date(2026, 11, 30), date(2026, 12, 1))
    }
    assert [one.number if one else None for one in on.values()] == [former.number, made.number]
    assert (former.takes_until, former.valid_to) == (date(2026, 12, 1), date(2028, 1, 1))
    assert former.state is AgreementState.IN_FORCE


def test_an_amendment_is_amended_again_and_what_was_amended_is_not(work: Work):
    market, former, mine = in_force(work)
    first = amend(mine, Amend(former.ref, date(2026, 12, 1)))
    into_force(work, market, first)
    with pytest.raises(FollowedAlready):
        amend(mine, Amend(former.ref, date(2027, 3, 1)))

    second = amend(mine, Amend(first.ref, date(2027, 3, 1)))
    into_force(work, market, second)

    measure, line = market.measure.id or 0, market.ac.id or 0
    days = (date(2026, 11, 30), date(2027, 2, 28), date(2027, 3, 1))
    held = [agreement_in_force(work, measure, line, day) for day in days]
    assert [one.number if one else None for one in held] == [former.number, first.number, second.number]
    assert [one.due_on for one in agreement_view(mine, former.ref).deliverables] == [date(2026, 3, 31)]
    assert [one.due_on for one in agreement_view(mine, second.ref).deliverables] == [
        date(2027, 3, 31), date(2028, 3, 31),
    ]  # fmt: skip


def test_what_a_renewal_owes_is_due_in_its_own_years(work: Work):
    _, former, mine = in_force(work)

    made = renew(mine, Renew(former.ref, date(2028, 1, 1), date(2029, 12, 31)))

    due = [one.due_on for one in agreement_view(mine, made.ref).deliverables]
    assert due == [date(2028, 3, 31), date(2029, 3, 31), date(2030, 3, 31)]


def test_an_amendment_is_not_dated_back_without_a_right(work: Work):
    _, former, mine = in_force(work)
    with pytest.raises(BackDated) as no:
        amend(mine, Amend(former.ref, date(2026, 10, 1)))
    assert no.value.facts["first"] == date(2026, 11, 1)

    made = amend(mine, Amend(former.ref, date(2026, 10, 1), "Art. 59cbis al. 4 LACI, coûts rectifiés"))

    assert made.valid_from == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 10, 15), date(2026, 11, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2026, 10, 1), date(2026, 11, 1)),
    ],
)
def test_a_change_begins_with_the_next_month(today, first):
    assert earliest_change(today) == first
    assert back_dating_faults(first, today, "") == []
    assert len(back_dating_faults(today, today, "x" * 19)) == 1


def test_an_amendment_lies_within_the_term(work: Work):
    _, former, mine = in_force(work)
    for day in (date(2028, 1, 1), date(2026, 1, 1)):
        with pytest.raises(Refusal) as no:
            amend(mine, Amend(former.ref, day, "Une clause de la convention le permet"))
        assert OutsideTerm in {type(one) for one in no.value.reasons}


def test_one_change_is_drafted_at_a_time_and_only_of_what_is_in_force(work: Work):
    market, former, mine = in_force(work)
    first = amend(mine, Amend(former.ref, date(2026, 12, 1)))

    with pytest.raises(FollowedAlready) as no:
        renew(mine, Renew(former.ref, date(2028, 1, 1)))
    with pytest.raises(FollowsNothing):
        amend(mine, Amend(first.ref, date(2027, 1, 1)))
    assert no.value.facts["number"] == first.number
    assert market is not None


def test_a_renewal_begins_when_the_term_is_over(work: Work):
    market, former, mine = in_force(work)
    with pytest.raises(TermNotOver):
        renew(mine, Renew(former.ref, date(2027, 6, 1), date(2028, 12, 31)))

    made = renew(mine, Renew(former.ref, date(2028, 1, 1), date(2029, 12, 31)))
    into_force(work, market, made)

    assert (made.follows_as, made.valid_to) == (FollowsAs.RENEWAL, date(2030, 1, 1))
    assert (
        len(agreement_view(mine, made.ref).indicators)
        == len(agreement_view(mine, former.ref).indicators)
        == 1
    )


def test_an_agreement_that_was_renewed_ends_as_renewed(work: Work):
    from dataclasses import replace
    from datetime import timedelta

    market, former, mine = in_force(work)
    into_force(work, market, renew(mine, Renew(former.ref, date(2028, 1, 1), date(2029, 12, 31))))

    expire_agreements(replace(work, now=work.now + timedelta(days=444)))

    assert former.state is AgreementState.RENEWED


def test_an_option_extends_by_the_months_that_were_agreed(work: Work):
    _, former, mine = in_force(work)

    made = take_option(mine, TakeOption(former.ref))

    assert (made.valid_from, made.valid_to, made.follows_as) == (
        date(2028, 1, 1), date(2029, 1, 1), FollowsAs.OPTION,
    )  # fmt: skip


def test_what_agreed_on_no_option_has_none(work: Work):
    _, former, mine = in_force(work, text=False)

    with pytest.raises(NoOption):
        take_option(mine, TakeOption(former.ref))


def test_two_agreements_of_one_measure_and_line_do_not_overlap(work: Work):
    market, former, mine = in_force(work)
    other = market.agreement(in_force=False)
    sign(acting(work, market.signer), other.ref)

    with pytest.raises(AgreementOverlaps) as no:
        put_in_force(mine, other.ref)
    assert no.value.facts["number"] == former.number


def test_a_number_names_one_agreement(work: Work):
    from cii.agreements.actions import DraftAgreement, draft_agreement
    from cii.agreements.vocabulary import Instrument, Profile

    market, former, mine = in_force(work)
    wish = DraftAgreement(
        former.number, market.provider.ref, Profile.AC, Instrument.AGREEMENT, date(2027, 1, 1), None, ()
    )

    with pytest.raises(NumberTaken):
        draft_agreement(mine, wish)


def a_gauge(code="absences", target=2, minimum=3) -> GaugeWish:
    return GaugeWish(code, "Absences", IndicatorUnit.DAYS, Direction.DOWN, target, "absence_days", minimum)


def a_goal(agreement, *gauges, **more) -> SetGoal:
    return SetGoal(
        agreement.ref, ObjectiveLevel.ENTERPRISE, "Présence régulière", "EISP", gauges=gauges, **more
    )


def test_an_objective_is_set_changed_and_taken_out_with_its_indicators(work: Work):
    market = a_market(work)
    draft, mine = market.agreement(in_force=False), acting(work, market.drafter)
    made = set_goal(mine, a_goal(draft, a_gauge(), weight=40))
    gauge = agreement_view(mine, draft.ref).indicators[-1].ref

    set_goal(mine, a_goal(draft, a_gauge(target=1), a_gauge("retards"), weight=60, goal_ref=made.ref))

    view = agreement_view(mine, draft.ref)
    assert [(one.code, one.target) for one in view.indicators[1:]] == [("absences", 1), ("retards", 2)]
    assert (view.indicators[1].ref, view.objectives[-1].weight) == (gauge, 60)
    drop_goal(mine, DropGoal(draft.ref, made.ref))
    assert [one.code for one in agreement_view(mine, draft.ref).indicators] == ["reinsertion"]


def test_what_the_reports_tell_of_an_objective_goes_with_it(work: Work):
    market = a_market(work)
    draft, mine = market.agreement(in_force=False), acting(work, market.drafter)
    goal, other = set_goal(mine, a_goal(draft, a_gauge())), agreement_view(mine, draft.ref).objectives[0].ref
    item = replace(ITEMS[0], serves=(goal.ref, other))
    write_part(mine, draft.ref, Part.REPORTS, Reports(items=(item,)))

    drop_goal(mine, DropGoal(draft.ref, goal.ref))

    assert text_of(work, draft.id or 0).reports.items[0].serves == (other,)


def test_every_fault_of_an_objective_comes_at_its_indicator(work: Work):
    market = a_market(work)
    draft, mine = market.agreement(in_force=False), acting(work, market.drafter)

    with pytest.raises(Refusal) as no:
        set_goal(mine, a_goal(draft, a_gauge(minimum=1), a_gauge("reinsertion"), a_gauge()))

    assert {(type(one), one.field) for one in no.value.reasons} == {
        (MinimumBeyondTarget, "gauges-0-minimum"), (IndicatorNameTaken, "gauges-1-code"), (IndicatorNameTaken, "gauges-2-code"),
    }  # fmt: skip
    with pytest.raises(UnknownThing):
        set_goal(mine, a_goal(draft, goal_ref="0000000000"))


def test_the_dates_of_a_deliverable_run_to_the_end_of_the_term_and_a_year_beyond(work: Work):
    market = a_market(work)
    draft, mine = market.agreement(in_force=False), acting(work, market.drafter)

    yearly = plan_owed(
        mine, PlanOwed(draft.ref, DeliverableKind.FINAL_ACCOUNT, Frequency.YEARLY, date(2026, 4, 30))
    )
    monthly = plan_owed(
        mine, PlanOwed(draft.ref, DeliverableKind.PARTICIPANTS, Frequency.MONTHLY, date(2026, 1, 31))
    )

    due = [
        one.due_on
        for one in agreement_view(mine, draft.ref).deliverables
        if one.kind is DeliverableKind.PARTICIPANTS
    ]
    assert (yearly, monthly) == (2, 13)
    assert due[:3] == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    with pytest.raises(DatesTaken):
        plan_owed(
            mine, PlanOwed(draft.ref, DeliverableKind.FINAL_ACCOUNT, Frequency.YEARLY, date(2026, 4, 30))
        )
    with pytest.raises(DatesTaken):
        plan_owed(mine, PlanOwed(draft.ref, DeliverableKind.COURSES, Frequency.ONCE, date(2025, 4, 30)))
    gone = agreement_view(mine, draft.ref).deliverables[0]
    drop_owed(mine, DropOwed(draft.ref, gone.ref))
    assert len(agreement_view(mine, draft.ref).deliverables) == yearly + monthly - 1
