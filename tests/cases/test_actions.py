from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.cases.actions import (
    AddNote,
    AnswerPlan,
    CloseCase,
    PlanPartAsk,
    ProposePlan,
    ReopenCase,
    SignAssessment,
    VoiceDone,
    WriteGrid,
    WriteMedical,
    add_note,
    answer_plan,
    close_case,
    join,
    leave,
    move_lead,
    propose_plan,
    publish_grids,
    reopen_case,
    sign,
    voice_done,
    write_grid,
    write_medical,
)
from cii.cases.carrying import RecordWord, record_word
from cii.cases.queries import case_by_ref, live_parties
from cii.cases.rules import GridChanged
from cii.cases.tables import CaseFile, GridEntry
from cii.cases.tables_plan import Plan, PlanAnswer
from cii.cases.vocabulary import (
    AssessmentState,
    CasePath,
    PartyRole,
    PersonReply,
    PlanReply,
    PlanState,
    Voice,
)
from cii.kernel.calendar import WorkingDays
from cii.kernel.errors import Refusal, UnknownThing
from cii.store.work import HOUSE, Work, working
from tests.cases.build_cases import (
    DAY,
    WORKFLOWS,
    a_grid,
    a_network,
    a_statement,
    all_voices,
    an_entry,
)
from tests.conftest import NOW

LATER = DAY + timedelta(days=60)


def refused(act, *args, **more) -> list[str]:
    with pytest.raises(Refusal) as no:
        act(*args, **more)
    return [one.code for one in no.value.reasons]


def a_plan(net, *bearers: str, who="AC", version=None) -> Plan:
    parts = tuple(PlanPartAsk("Retrouver un rythme", "Atelier", net.units[key].ref, LATER) for key in bearers)
    return propose_plan(net.hands[who], ProposePlan(net.case.ref, "Reprise du travail", parts, version))


def the_person(net, plan: Plan, who="AC", reply=PersonReply.AGREE) -> Plan:
    """The person's word from the signed paper."""
    return record_word(net.hands[who], RecordWord(plan.ref, reply, NOW.date()))


def answer(net, who: str, reply=PlanReply.AGREE, reason=None) -> Plan:
    return answer_plan(net.hands[who], AnswerPlan(net.case.ref, reply, reason))


def test_a_case_opens_with_its_lead_and_the_voice_of_its_sector(work: Work):
    net = a_network(work)

    parts = {(one.unit_id, one.role) for one in live_parties(work, net.case.id)}

    assert (net.units["AC"].id, PartyRole.LEAD) in parts
    assert (net.units["AC"].id, PartyRole.AC) in parts
    assert net.case.number.startswith("CII-")


def test_a_stranger_cannot_tell_a_foreign_case_from_none(work: Work):
    net = a_network(work)

    for ref in (net.case.ref, "nothing"):
        with pytest.raises(UnknownThing) as no:
            case_by_ref(net.hands["stranger"], ref)
        assert no.value.facts == {}


def test_a_unit_that_joined_twice_has_one_part(work: Work):
    net = a_network(work)

    first = join(work, net.case, net.units["AI"].id, PartyRole.AI, basis="consent")

    assert [one.id for one in live_parties(work, net.case.id) if one.role is PartyRole.AI] == [first.id]


def test_who_leaves_the_case_sees_it_no_more_at_once(work: Work):
    net = a_network(work)

    leave(work, net.case, net.units["AI"].id, PartyRole.AI)

    with pytest.raises(UnknownThing):
        case_by_ref(net.hands["AI"], net.case.ref)


def test_the_former_lead_of_everyday_work_reads_thirty_days_and_writes_no_more(work: Work):
    net = a_network(work, CasePath.EVERYDAY)
    former = net.hands["AC"]

    move_lead(work, net.case, net.units["AS"].id)

    reads, writes = sections_on_case(former, net.case.id)
    assert reads & Section.PLAN
    assert writes == Section(0)
    assert case_by_ref(replace(former, now=NOW + timedelta(days=29)), net.case.ref)
    with pytest.raises(UnknownThing):
        case_by_ref(replace(former, now=NOW + timedelta(days=31)), net.case.ref)


def test_in_the_network_the_former_lead_stays_a_voice(work: Work):
    net = a_network(work)

    move_lead(work, net.case, net.units["AI"].id)

    after_a_year = replace(net.hands["AC"], now=NOW + timedelta(days=365))
    assert sections_on_case(after_a_year, net.case.id)[1] & Section.PLAN
    assert refused(a_plan, net, "AC") == ["only-the-lead"]
    assert a_plan(net, "AC", who="AI").version == 1


def test_a_lead_that_has_the_lead_is_refused(work: Work):
    net = a_network(work)

    assert refused(move_lead, work, net.case, net.units["AC"].id) == ["already-lead"]


def test_two_units_that_disagree_stand_side_by_side_and_a_correction_names_what_it_replaces(work: Work):
    net = a_network(work)

    a_grid(net, "AC", an_entry(value="3"))
    (first,) = a_grid(net, "AI", an_entry(value="1"))
    (second,) = a_grid(net, "AI", an_entry(value="2"))

    rows = work.session.exec(select(GridEntry).order_by(GridEntry.id)).all()
    assert [(one.unit_id, one.value, one.replaces) for one in rows] == [
        (net.units["AC"].id, "3", None),
        (net.units["AI"].id, "1", None),
        (net.units["AI"].id, "2", first.id),
    ]
    assert second.account_id == net.hands["AI"].actor.account_id


def test_entries_and_statements_cannot_be_changed(work: Work):
    net = a_network(work)
    a_grid(net, "AC")

    with pytest.raises(Exception, match="append-only"):
        work.session.execute(text("UPDATE grid_entry SET value = '4'"))


def test_social_aid_alone_writes_the_social_story_and_the_physician_alone_the_limits(work: Work):
    net = a_network(work)
    story, limits = an_entry("surroundings", "1"), an_entry("lifting", "very_light")

    assert refused(a_grid, net, "AI", story, limits) == ["section-not-yours", "section-not-yours"]
    assert len(a_grid(net, "AS", story)) == 1
    assert len(a_grid(net, "physician", limits)) == 1


def test_case_managers_write_no_medical_statement(work: Work):
    net = a_network(work)
    ask = WriteMedical(net.case.ref, "…", "…", DAY)

    assert refused(write_medical, net.hands["AI"], ask) == ["section-not-yours"]


def test_every_fault_of_a_medical_statement_is_said_at_once(work: Work):
    net = a_network(work)

    codes = refused(a_statement, net, statement=" ", capacity=101, effective_on=DAY + timedelta(days=9))

    assert codes == ["text-missing", "not-percent", "day-ahead"]


def test_an_editor_who_saw_an_older_version_learns_the_present_one(work: Work):
    net = a_network(work)
    seen = net.case.version
    a_grid(net, "AC", version=seen)

    with pytest.raises(Refusal) as no:
        a_grid(net, "AI", version=seen)

    assert (no.value.code, no.value.kind, no.value.facts["current"]) == ("stale", "stale", seen + 1)


def test_an_assessment_is_not_signed_while_a_voice_is_missing(work: Work):
    net = a_network(work)
    all_voices(net, but=(Voice.AI, Voice.PHYSICIAN))

    with pytest.raises(Refusal) as no:
        sign(net.hands["AC"], SignAssessment(net.case.ref, "Synthèse"))

    assert [(one.code, one.facts["role"]) for one in no.value.reasons] == [
        ("missing-voice", Voice.AI),
        ("missing-voice", Voice.PHYSICIAN),
    ]


def test_an_assessment_with_all_voices_is_signed_once(work: Work):
    net = a_network(work)
    all_voices(net)

    signed = sign(net.hands["AC"], SignAssessment(net.case.ref, "Synthèse"))

    assert (signed.state, signed.round, signed.signed_at) == (AssessmentState.SIGNED, 1, NOW)
    assert refused(sign, net.hands["AC"], SignAssessment(net.case.ref, "Synthèse")) == ["no-open-assessment"]


def test_a_case_nobody_has_assessed_names_all_four_voices(work: Work):
    net = a_network(work)

    assert refused(sign, net.hands["AC"], SignAssessment(net.case.ref, " ")) == ["missing-voice"] * 4 + [
        "text-missing"
    ]


def test_a_voice_that_wrote_nothing_is_not_done(work: Work):
    net = a_network(work)

    assert refused(voice_done, net.hands["AI"], VoiceDone(net.case.ref, Voice.AI)) == ["voice-empty"]
    assert refused(voice_done, net.hands["AI"], VoiceDone(net.case.ref, Voice.AS)) == ["no-part-in-case"]


def test_a_plan_is_in_force_only_when_all_who_bear_it_agree(work: Work):
    net = a_network(work)
    the_person(net, a_plan(net, "AC", "AI", "AS", "AI"))

    states = [answer(net, who).state for who in ("AC", "AI", "AS")]

    assert states == [PlanState.PROPOSED, PlanState.PROPOSED, PlanState.AGREED]
    assert refused(answer, net, "AC") == ["plan-not-proposed"]


def test_a_refused_version_is_over_when_all_have_answered_and_keeps_the_reasons(work: Work):
    net = a_network(work)
    first = a_plan(net, "AC", "AI")

    assert refused(answer, net, "AI", PlanReply.REFUSE, "  ") == ["plan-refusal-without-reason"]
    answer(net, "AI", PlanReply.REFUSE, "Aucune mesure AI ouverte.")
    assert first.state is PlanState.PROPOSED
    answer(net, "AC")
    second = a_plan(net, "AC")

    kept = [one.reason for one in work.session.exec(select(PlanAnswer).order_by(PlanAnswer.id))]
    assert (first.state, kept) == (PlanState.REFUSED, ["Aucune mesure AI ouverte.", None])
    assert (second.version, second.state) == (2, PlanState.PROPOSED)


def test_a_new_agreed_plan_replaces_the_one_in_force(work: Work):
    net = a_network(work)
    first = the_person(net, a_plan(net, "AC"))
    answer(net, "AC")

    second = the_person(net, a_plan(net, "AI"))
    assert first.state is PlanState.AGREED
    answer(net, "AI")

    assert (first.state, second.state) == (PlanState.REPLACED, PlanState.AGREED)


def test_only_bearers_answer_and_only_once(work: Work):
    net = a_network(work)
    a_plan(net, "AC", "AI")
    answer(net, "AI")

    assert refused(answer, net, "AI") == ["plan-already-answered"]
    assert refused(answer, net, "AS") == ["plan-bears-no-part"]


def test_every_fault_of_a_plan_is_said_at_once(work: Work):
    net = a_network(work)
    parts = (
        PlanPartAsk("But", " ", net.units["stranger"].ref, DAY, "no-measure"),
        PlanPartAsk("But", "Action", "no-unit", LATER),
    )

    codes = refused(propose_plan, net.hands["AC"], ProposePlan(net.case.ref, "", parts))

    assert codes == [
        "text-missing", "text-missing", "day-past", "plan-part-not-a-party", "unknown", "plan-part-not-a-party",
    ]  # fmt: skip
    assert refused(propose_plan, net.hands["AC"], ProposePlan(net.case.ref, "Focus", ())) == ["nothing-given"]


def test_a_closed_case_takes_no_more_until_it_is_reopened_with_a_reason(work: Work):
    net = a_network(work)
    lead = net.hands["AC"]
    close_case(lead, CloseCase(net.case.ref, "job"))

    assert net.case.closed_at == NOW
    assert refused(a_grid, net, "AI") == ["case-closed"]
    assert refused(add_note, lead, AddNote(net.case.ref, "…")) == ["case-closed"]
    assert refused(close_case, lead, CloseCase(net.case.ref, "job")) == ["case-closed"]
    assert refused(reopen_case, lead, ReopenCase(net.case.ref, "")) == ["text-missing"]
    assert refused(reopen_case, net.hands["AI"], ReopenCase(net.case.ref, "Rechute")) == ["only-the-lead"]

    reopen_case(lead, ReopenCase(net.case.ref, "Rechute"))

    assert len(a_grid(net, "AI")) == 1
    assert refused(reopen_case, lead, ReopenCase(net.case.ref, "Rechute")) == ["case-open"]


def test_notes_do_not_show_in_the_version_that_others_see(work: Work):
    net = a_network(work)
    seen = net.case.version

    add_note(net.hands["AI"], AddNote(net.case.ref, "Rappeler lundi."))

    assert net.case.version == seen
    assert refused(add_note, net.hands["AI"], AddNote(net.case.ref, " ")) == ["text-missing"]
    assert refused(add_note, net.hands["physician"], AddNote(net.case.ref, "…")) == ["section-not-yours"]


def test_a_published_grid_whose_text_changed_is_refused(work: Work, tmp_path):
    a_network(work)
    source = (WORKFLOWS / "grids" / "common.yaml").read_text(encoding="utf-8")
    (tmp_path / "common.yaml").write_text(source.replace("Mobilité", "Déplacements"), encoding="utf-8")

    with pytest.raises(GridChanged):
        publish_grids(work, tmp_path)

    assert publish_grids(work, WORKFLOWS / "grids") == 0


def test_a_grid_nobody_published_is_unknown(work: Work):
    net = a_network(work)

    assert refused(write_grid, net.hands["AC"], WriteGrid(net.case.ref, (an_entry(),), "other")) == [
        "unknown"
    ]


def test_the_last_two_answers_at_the_same_moment_bring_the_plan_into_force_once(fresh_engine: Engine):
    with working(fresh_engine, HOUSE, NOW, calendar=WorkingDays("NE")) as work:
        net = a_network(work)
        plan = the_person(net, a_plan(net, "AI", "AS"))
        actors = [net.hands["AI"].actor, net.hands["AS"].actor]
    together, failures = Barrier(2), []

    def agree(actor) -> None:
        try:
            together.wait()
            with working(fresh_engine, actor, NOW, calendar=WorkingDays("NE")) as mine:
                answer_plan(mine, AnswerPlan(net.case.ref, PlanReply.AGREE))
        except Exception as broken:  # noqa: BLE001 - a thread hands its failure to the test
            failures.append(broken)

    threads = [Thread(target=agree, args=(actor,)) for actor in actors]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    with Session(fresh_engine) as session:
        assert failures == []
        assert session.get_one(Plan, plan.id).state is PlanState.AGREED
        assert session.get_one(CaseFile, net.case.id).version == net.case.version + 2
