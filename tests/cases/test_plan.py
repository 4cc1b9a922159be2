"""The plan from its focus over goals to actions: who pays, what the person says, what became of it."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from cii.cases.actions import AnswerPlan, PlanPartAsk, ProposePlan, answer_plan, propose_plan
from cii.cases.carrying import (
    MarkAction,
    RecordWord,
    mark_action,
    person_agrees,
    plan_by_ref,
    record_word,
    remind_of_the_person,
)
from cii.cases.plan_view import plan_changes
from cii.cases.rules_plan import ConsentTooEarly
from cii.cases.tables_plan import Plan, PlanConsent, PlanPart, PlanProgress
from cii.cases.view import case_view
from cii.cases.vocabulary import ActionState, ConsentWay, PersonReply, PlanReply, PlanState
from cii.institutions.tables import FundingLine
from cii.institutions.vocabulary import Sector
from cii.kernel.calendar import WorkingDays
from cii.kernel.errors import Refusal, UnknownThing
from cii.notices.tables import Notice
from cii.store.work import HOUSE, Work, working
from tests.cases.build_cases import DAY, a_network
from tests.conftest import NOW

LATER = DAY + timedelta(days=60)
TODAY = NOW.date()


def refused(act, *args, **more) -> list[str]:
    with pytest.raises(Refusal) as no:
        act(*args, **more)
    return [one.code for one in no.value.reasons]


def part(net, who="AC", goal="Retrouver un rythme", action="Atelier", **more) -> PlanPartAsk:
    return PlanPartAsk(goal, action, net.units[who].ref, LATER, **more)


def a_line(net, sector=Sector.AC) -> FundingLine:
    """A funding line of that sector."""
    unit = net.units[sector.value]
    row = FundingLine(
        code="LACI", name="LACI", sector=sector, institution_id=unit.institution_id, valid_from=DAY.replace(year=2009),
        federal_permille=1000, cantonal_permille=0, communal_permille=0,
    )  # fmt: skip
    session = net.hands["AC"].session
    session.add(row)
    session.flush()
    return row


def a_plan(net, *parts: PlanPartAsk) -> Plan:
    ask = ProposePlan(
        net.case.ref, "Reprise du travail", parts or (part(net), part(net, "AI", "", "Conseil"))
    )
    return propose_plan(net.hands["AC"], ask)


def answered(net, *who: str) -> None:
    for one in who:
        answer_plan(net.hands[one], AnswerPlan(net.case.ref, PlanReply.AGREE))


def in_force(net, *parts: PlanPartAsk) -> Plan:
    plan = a_plan(net, *parts)
    record_word(net.hands["AC"], RecordWord(plan.ref, PersonReply.AGREE, TODAY))
    answered(
        net,
        *{key for key in ("AC", "AI") if net.units[key].ref in {one.unit_ref for one in parts}}
        or ("AC", "AI"),
    )
    return plan


def shown(net, who="AC"):
    """The last version of the plan as somebody sees it."""
    return case_view(net.hands[who], net.case.ref).sections["plan"].plans[0]


def mark(net, who, action_ref, state=ActionState.DONE, on=TODAY, *, reason=None):
    return mark_action(net.hands[who], MarkAction(action_ref, state, on, reason))


def test_a_goal_has_several_actions_each_with_its_bearer_and_payer(work: Work):
    net = a_network(work)
    line = a_line(net)

    a_plan(
        net,
        part(net, line_ref=line.ref),
        part(net, "AI", "", "Conseil en ergonomie", payer=Sector.AI),
        part(net, "AS", "Assainir les finances", "Budget"),
    )

    goals = shown(net).goals
    assert [(one.goal, [act.action for act in one.actions]) for one in goals] == [
        ("Retrouver un rythme", ["Atelier", "Conseil en ergonomie"]),
        ("Assainir les finances", ["Budget"]),
    ]
    assert [(one.payer, one.line) for one in shown(net).parts] == [
        (Sector.AC, "LACI"),
        (Sector.AI, None),
        (None, None),
    ]


def test_a_line_of_another_sector_than_the_payer_is_refused_with_every_other_fault(work: Work):
    net = a_network(work)
    line = a_line(net)
    wrong = (
        part(net, goal="", payer=Sector.AI, line_ref=line.ref),
        part(net, action=" ", line_ref="nowhere"),
    )

    codes = refused(a_plan, net, *wrong)

    assert codes == ["text-missing", "plan-payer-unfit", "text-missing", "unknown"]


def test_agreed_by_all_units_the_plan_waits_for_the_person(work: Work):
    net = a_network(work)
    plan = a_plan(net)

    answered(net, "AC", "AI")

    assert plan.state is PlanState.PROPOSED
    assert remind_of_the_person(net.hands["AI"], plan)
    assert [one.kind for one in work.session.exec(select(Notice))] == ["plan-awaits-person"]
    record_word(net.hands["AI"], RecordWord(plan.ref, PersonReply.AGREE, TODAY))
    assert (plan.state, plan.agreed_at) == (PlanState.AGREED, NOW)
    said = shown(net).person
    assert (said.reply, said.how, said.given_on) == (PersonReply.AGREE, ConsentWay.PAPER, TODAY)


def test_agreed_by_two_of_three_units_the_plan_stays_proposed(work: Work):
    net = a_network(work)
    plan = a_plan(net, part(net), part(net, "AI"), part(net, "AS"))
    record_word(net.hands["AC"], RecordWord(plan.ref, PersonReply.AGREE, TODAY))

    answered(net, "AC", "AI")

    assert (plan.state, plan.agreed_at) == (PlanState.PROPOSED, None)


def test_a_plan_that_the_person_refuses_does_not_take_force(work: Work):
    net = a_network(work)
    plan = a_plan(net)
    record_word(net.hands["AC"], RecordWord(plan.ref, PersonReply.REFUSE, TODAY, "Trop tôt"))

    answered(net, "AC", "AI")

    assert plan.state is PlanState.REFUSED
    assert shown(net).person.reason == "Trop tôt"


def test_the_person_answers_a_version_once_and_not_before_it_was_proposed(work: Work):
    net = a_network(work)
    plan = a_plan(net)

    early = refused(
        record_word, net.hands["AC"], RecordWord(plan.ref, PersonReply.AGREE, TODAY - timedelta(days=1))
    )
    ahead = refused(
        record_word, net.hands["AC"], RecordWord(plan.ref, PersonReply.AGREE, TODAY + timedelta(days=1))
    )
    record_word(net.hands["AC"], RecordWord(plan.ref, PersonReply.AGREE, TODAY))
    twice = refused(record_word, net.hands["AC"], RecordWord(plan.ref, PersonReply.REFUSE, TODAY))

    assert (early, ahead, twice) == ([ConsentTooEarly.code], ["day-ahead"], ["plan-person-answered"])


def test_nobody_without_a_link_speaks_as_the_person_themselves(work: Work):
    net = a_network(work)
    plan = a_plan(net)

    assert refused(person_agrees, net.hands["AC"], plan.ref, ConsentWay.LINK) == ["no-part-in-case"]
    assert person_agrees(net.hands["AC"], plan.ref, ConsentWay.PAPER).ref == plan.ref
    assert work.session.exec(select(PlanConsent)).one().how is ConsentWay.PAPER


def test_a_stranger_does_not_find_the_plan_nor_its_actions(work: Work):
    net = a_network(work)
    in_force(net)
    action = shown(net).parts[0].ref

    with pytest.raises(UnknownThing):
        plan_by_ref(net.hands["stranger"], shown(net).ref)
    assert refused(mark, net, "stranger", action) == ["unknown"]


def test_an_action_that_is_done_is_a_row_and_nothing_is_overwritten(work: Work):
    net = a_network(work)
    in_force(net)
    action = shown(net).parts[1].ref

    mark(net, "AI", action)
    mark(net, "AC", action, ActionState.OPEN, reason="Reprise demandée")
    mark(net, "AI", action, ActionState.DROPPED, reason="Sans objet")

    told = shown(net).parts[1]
    assert told.state is ActionState.DROPPED
    assert [(one.state, one.reason) for one in told.progress] == [
        (ActionState.DONE, None),
        (ActionState.OPEN, "Reprise demandée"),
        (ActionState.DROPPED, "Sans objet"),
    ]
    with pytest.raises(Exception, match="append-only"):
        work.session.execute(text("UPDATE plan_progress SET state = 'open'"))


def test_only_the_bearer_and_the_lead_mark_an_action_of_a_plan_in_force(work: Work):
    net = a_network(work)
    a_plan(net, part(net, "AI"))
    waiting = shown(net).parts[0].ref
    early = refused(mark, net, "AI", waiting)
    in_force(net, part(net, "AI"))
    action = shown(net).parts[0].ref

    codes = refused(mark, net, "AI", action, ActionState.DROPPED, TODAY + timedelta(days=1))

    assert early == ["plan-not-in-force"]
    assert refused(mark, net, "AS", action) == ["plan-action-of-another"]
    assert codes == ["plan-action-without-reason", "day-ahead"]
    assert refused(mark, net, "AI", action, ActionState.OPEN, reason="x") == ["plan-action-unchanged"]


def test_what_was_done_stays_with_its_action_in_the_next_version(work: Work):
    net = a_network(work)
    in_force(net)
    mark(net, "AC", shown(net).parts[0].ref)

    a_plan(net, part(net), part(net, "AI", "", "Autre conseil"))

    assert [(one.action, one.state) for one in shown(net).parts] == [
        ("Atelier", ActionState.DONE),
        ("Autre conseil", ActionState.OPEN),
    ]
    assert (
        work.session.exec(select(PlanProgress)).one().part_id
        == work.session.exec(select(PlanPart.id)).first()
    )


def test_two_versions_of_the_plan_are_compared_in_words(work: Work):
    net = a_network(work)
    a_plan(net, part(net), part(net, "AI", "", "Conseil"))
    a_plan(net, part(net, "AS", payer=Sector.AS), part(net, "AC", "Mobilité", "Permis de conduire"))
    later, earlier = case_view(net.hands["AC"], net.case.ref).sections["plan"].plans

    told = plan_changes(earlier, later)

    assert [(one.change, one.action, [name for name, *_ in one.fields]) for one in told] == [
        ("changed", "Atelier", ["unit", "payer"]),
        ("added", "Permis de conduire", []),
        ("dropped", "Conseil", []),
    ]


def test_of_two_who_propose_at_once_from_the_same_version_one_wins(fresh_engine: Engine):
    with working(fresh_engine, HOUSE, NOW, calendar=WorkingDays("NE")) as work:
        net = a_network(work)
        seen, actor = net.case.version, net.hands["AC"].actor
        ask = ProposePlan(net.case.ref, "Reprise", (part(net),), seen)
    together, said = Barrier(2), []

    def propose() -> None:
        together.wait()
        try:
            with working(fresh_engine, actor, NOW, calendar=WorkingDays("NE")) as mine:
                said.append(propose_plan(mine, ask).version)
        except Refusal as no:
            said.append((no.code, no.facts["current"]))

    threads = [Thread(target=propose) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    with Session(fresh_engine) as session:
        assert sorted(map(str, said)) == sorted(["1", str(("stale", seen + 1))])
        assert len(session.exec(select(Plan)).all()) == 1


def test_who_reads_without_writing_records_no_word_of_the_person(work: Work):
    net = a_network(work)
    plan = a_plan(net)

    assert refused(record_word, net.hands["physician"], RecordWord(plan.ref, PersonReply.AGREE, TODAY)) == [
        "section-not-yours"
    ]
