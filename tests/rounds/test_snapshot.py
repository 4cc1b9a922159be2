from datetime import date

import pytest
from sqlalchemy import event, select

from cii.access.vocabulary import Section
from cii.agreements.tables import AgreementClosure
from cii.agreements.vocabulary import Basis, Profile
from cii.allocation import lots
from cii.allocation.engine import allocate
from cii.allocation.problem import Pin, ProblemFault
from cii.allocation.verifying import verify
from cii.allocation.vocabulary import PinKind
from cii.budgets.actions import close_year, grant_budget
from cii.budgets.actions_ceilings import SetCeiling, set_ceiling
from cii.cases.actions import CloseCase, GridAnswer, WriteGrid, close_case, join, open_case, write_grid
from cii.cases.vocabulary import CasePath, PartyRole
from cii.institutions.queries import institution_of
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.measures.actions import PublishRule, SetQuota, publish_rule
from cii.measures.vocabulary import MeasureKind
from cii.people.consenting import withdraw_consent
from cii.people.vocabulary import Purpose
from cii.placements.actions import AssignPlacement, Share, assign, change_quota
from cii.placements.days import open_days
from cii.placements.queueing import pause_waiting
from cii.placements.tables import PlacementLeg, PlacementShare, WaitingEntry
from cii.placements.waiting import JoinWaitingList, join_waiting_list
from cii.rounds.options import NO_CEILING
from cii.rounds.snapshot import snapshot
from cii.routing.actions import facts_for_place
from tests.cases.build_cases import DAY
from tests.institutions.build_institutions import line_by_code
from tests.measures.build_measures import CONDITIONS, a_measure
from tests.people.build_people import a_consent, a_person
from tests.placements.build_placements import NOVEMBER
from tests.rounds.build_waiting import QUARTER, SEED, a_waiting_room
from tests.routing.build_routing import a_town, an_announced

WINTER = (date(2026, 11, 16), date(2027, 2, 14))


def reasons(wanted, measure):
    return [one["code"] for one in wanted.refused.get(measure.code, ())]


def places(seen):
    return {one.measure: one.places for one in seen.problem.measures}


def quotas(seen):
    return {(one.measure, one.line): one.places for one in seen.problem.quotas}


def purses(seen):
    return {one.key: one.left for one in seen.problem.purses}


def test_who_waits_is_asked_by_urgency_then_since_when_then_by_lot(work):
    room = a_waiting_room(work)
    late, urgent, early = room.waits(), room.waits(urgency=1), room.waits()
    entry = work.session.scalars(select(WaitingEntry).where(WaitingEntry.case_id == early.id)).one()
    entry.waiting_since = date(2026, 9, 1)

    seen = room.seen()

    assert [one.case_ref for one in seen.wanted] == [urgent.ref, early.ref, late.ref]
    assert {one.key: one.lot for one in seen.problem.candidates} == {
        one.ref: lots.lot(SEED, one.ref) for one in (late, urgent, early)
    }
    assert [one.rank for one in seen.wanted] == [
        seen.problem.candidates[at].rank for at in seen.problem.by_rank
    ]


def test_a_case_takes_part_once_with_its_best_entry_and_may_be_paid_by_each_line_that_it_waits_for(work):
    room = a_waiting_room(work)
    case = room.waits(days=(date(2026, 10, 20), date(2026, 11, 8)))
    elsewhere = room.other("AUTRE", {"LACI": 1})
    room.waits(case, measure=elsewhere, line=room.market.social, urgency=1, days=NOVEMBER)
    early = room.waits(days=(date(2026, 10, 20), date(2026, 11, 8)))

    seen = room.seen()

    leading, moved = seen.wanted
    assert (leading.case_ref, leading.urgency, leading.stay) == (case.ref, 1, Period.through(*NOVEMBER))
    assert len(leading.entry_ids) == 2
    assert {(one.measure, one.line) for one in room.options(case)} == {
        (room.measure.code, "LACI"),
        (room.measure.code, "SAS"),
        ("AUTRE", "LACI"),
    }
    marks = {key: parts["asked"] for key, parts in leading.marks.items()}
    assert marks == {f"{room.measure.code} LACI": 30, f"{room.measure.code} SAS": 0, "AUTRE LACI": 0}
    assert (moved.case_ref, moved.stay) == (early.ref, Period(date(2026, 11, 1), date(2026, 11, 21)))


def test_who_waits_and_cannot_take_part_is_told_why(work):
    room = a_waiting_room(work)
    gone, unwilling, placed, paused, long = (room.waits() for _ in range(5))
    room.waits(long, measure=room.other("LONG", {"LACI": 1}), days=(date(2026, 11, 1), date(2030, 1, 1)))
    close_case(room.actor(room.orp), CloseCase(gone.ref, "abandoned"))
    owner = institution_of(work, room.orp.id)
    given = a_consent(
        work, work.session.get(type(a_person(work, room.orp)), unwilling.person_id), room.orp, owner,
        sections=Section.PLACEMENT, purpose=Purpose.PLACEMENT,
    )  # fmt: skip
    withdraw_consent(work, given.ref)
    room.placement(placed, measure=room.other("PLACE", {"LACI": 1}))
    entries = {one.case_id: one for one in work.session.scalars(select(WaitingEntry))}
    pause_waiting(work, entries[paused.id].ref)
    for entry in work.session.scalars(select(WaitingEntry).where(WaitingEntry.case_id == long.id)):
        entry.ends_on = date(2030, 1, 1)
    twin = open_case(
        work, person_id=long.person_id, path=CasePath.NETWORK,
        opened_by_unit_id=room.orp.id, lead_unit_id=room.orp.id,
    )  # fmt: skip

    codes = {one.case_ref: one.code for one in room.seen().left_out}
    for entry in work.session.scalars(select(WaitingEntry).where(WaitingEntry.case_id == long.id)):
        entry.ends_on = date(2026, 11, 30)
    room.waits(twin, measure=room.more[1], urgency=3)
    again = room.seen()

    assert codes == {
        gone.ref: "case-closed",
        unwilling.ref: "consent-withdrawn",
        placed.ref: "already-placed",
        paused.ref: "waiting-paused",
        long.ref: "stay-too-long",
    }
    assert [one.case_ref for one in again.wanted] == [long.ref]
    assert {one.case_ref: one.code for one in again.left_out}[twin.ref] == "person-in-other-case"


TARIFFS = [
    ("CALENDAIRE", Basis.CALENDAR_DAYS, "1999.95", {}),
    ("OUVRABLE", Basis.WEEKDAYS, "2222.20", {}),
    ("SEMAINE", Basis.STARTED_WEEK, "410.15", {}),
    ("MOIS", Basis.STARTED_MONTH, "1890.10", {}),
    ("PERSONNE", Basis.PER_PERSON, "5000.05", {}),
    ("HEURE", Basis.HOUR, "31.35", {"day_minutes": 504}),
    ("PLACES", Basis.AGREED_PLACES, "700.05", {"places": 3}),
]


def test_each_place_charges_to_the_centime_what_placing_by_hand_binds_in_each_budget_year(work):
    room = a_waiting_room(work)
    grant_budget(work, room.market.ac.id, 2027, Chf.parse("900000.00"))
    for code, basis, amount, more in TARIFFS:
        made = room.other(code, {"LACI": 3}, agreement=False)
        agreed = room.agreed(made, amount=amount, basis=basis, last_day=date(2027, 12, 31), **more)
        term = {"starts_on": date(2026, 12, 21), "ends_on": date(2027, 1, 3)}
        work.session.add(
            AgreementClosure(
                agreement_id=agreed.id, measure_id=made.id, reason="fêtes", recorded_at=work.now, **term
            )
        )
    stays = [WINTER, (date(2026, 11, 1), date(2027, 1, 31)), (date(2026, 12, 14), date(2026, 12, 29))]
    cases = {room.waits(days=stays[at % 3]).ref: stays[at % 3] for at in range(len(TARIFFS))}

    seen = room.seen()

    for (case, days), measure in zip(cases.items(), room.more, strict=True):
        (option,) = (one for one in seen.problem.options() if (one.case, one.measure) == (case, measure.code))
        made = assign(work, AssignPlacement(case, measure.ref, *days, (Share(room.market.ac.ref),)))
        legs = work.session.scalars(
            select(PlacementLeg)
            .join(PlacementShare, PlacementShare.id == PlacementLeg.share_id)
            .where(PlacementShare.placement_id == made.id)
        )
        bound = {f"LACI {one.year}": one.engaged.centimes for one in legs if one.engaged}
        assert dict(option.charges) == bound, measure.code
        assert bound


def test_every_rule_that_keeps_a_place_closed_is_told(work):
    room = a_waiting_room(work)
    strict = room.other("STRICT", {"LACI": 1}, until=date(2027, 12, 31))
    publish_rule(work, PublishRule(strict.ref, CONDITIONS.replace("percent", "work_capacity"), work.today))
    ending = room.other("FINI", {"LACI": 1}, ends_on=date(2026, 12, 31))
    german = room.other("DEUTSCH", {"LACI": 1}, languages=("de",), until=date(2027, 12, 31))
    unpaid = room.other("SANS-CONVENTION", {"SAS": 1}, agreement=False)
    priceless = room.other("SANS-TARIF", {"LACI": 1}, agreement=False)
    room.agreed(priceless, amount=None, last_day=date(2027, 12, 31), indicators=False, forced=True)
    case = open_case(
        work, person_id=a_person(work, room.orp, language="fr").id,
        path=CasePath.NETWORK, opened_by_unit_id=room.orp.id, lead_unit_id=room.orp.id,
    )  # fmt: skip
    room.waits(case, days=WINTER)

    (wanted,) = room.seen().wanted

    assert reasons(wanted, strict) == ["missing-facts", "no-budget"]
    assert reasons(wanted, ending) == ["measure-not-running", "no-agreement"]
    assert reasons(wanted, german) == ["no-budget", "language"]
    assert reasons(wanted, unpaid) == ["no-quota", "no-agreement"]
    assert reasons(wanted, priceless) == ["no-tariff"]
    assert reasons(wanted, room.measure) == ["no-agreement"]
    assert wanted.refused["DEUTSCH"][1] == {"code": "language", "spoken": ["fr"], "needed": ["de"]}
    assert wanted.refused["DEUTSCH"][0] == {"code": "no-budget", "line": "LACI", "year": 2027}


def test_a_closed_year_and_an_unmet_condition_are_told_with_what_was_asked_and_seen(work):
    room = a_waiting_room(work)
    table = CONDITIONS.replace("percent", "work_capacity").replace(
        "| rate | >= 18 | < 50 |", "| rate | >= 18 | - |"
    )
    table = table.replace("| open | >= 18 | >= 50 | yes | ok |\n", "")
    table = table.replace('  ok: {fr: "Conditions remplies.", de: "Voraussetzungen erfüllt.", en: "Conditions met."}\n', "")  # fmt: skip
    publish_rule(work, PublishRule(room.measure.ref, table, work.today))
    grant_budget(work, room.market.ac.id, 2027, Chf.parse("1.00"))
    room.waits()
    close_year(work, room.market.ac.id, 2026)

    (wanted,) = room.seen().wanted

    unmet, closed = wanted.refused[room.measure.code]
    assert unmet["code"] == "eligibility"
    assert unmet["failed"] == [{"input": "age", "required": ">= 18", "observed": 41}]
    assert unmet["sentences"] == [{"fr": "Moins de 50 %.", "de": "Unter 50 %.", "en": "Under 50 %."}]
    assert closed == {"code": "budget-closed", "line": "LACI", "year": 2026}


def test_places_and_quotas_are_the_least_free_over_all_days_that_somebody_could_use(work):
    room = a_waiting_room(work)
    room.placement(days=(date(2026, 11, 20), date(2026, 11, 22)))
    room.placement(days=(date(2026, 11, 21), date(2026, 11, 30)))
    room.placement(None, (room.market.social, 1), days=(date(2026, 11, 29), date(2026, 11, 30)))
    room.waits(days=(date(2026, 11, 1), date(2026, 11, 21)))
    room.waits(line=room.market.social, days=(date(2026, 11, 10), date(2026, 11, 30)))

    seen = room.seen()

    assert places(seen) == {room.measure.code: 8}
    assert quotas(seen) == {(room.measure.code, "LACI"): 4, (room.measure.code, "SAS"): 3}


def test_a_day_that_nobody_opened_counts_with_what_is_granted_for_it_and_the_agreed_margin(work):
    room = a_waiting_room(work)
    made = room.other("MARGE", {"LACI": 2}, agreement=False, places=2)
    room.agreed(made, overbooking=1)
    kind = MeasureKind.OCCUPATION
    change_quota(work, SetQuota(made.ref, room.market.ac.ref, kind, 1, date(2026, 11, 25)))
    room.waits(measure=made)
    shut = room.seen()
    open_days(work, made.id, date(2026, 11, 20))
    half = room.seen()
    open_days(work, made.id, date(2026, 12, 31))

    for seen in (shut, half, room.seen()):
        assert quotas(seen)[made.code, "LACI"] == 2
        assert places(seen)[made.code] == 3


def test_guaranteed_places_that_nobody_has_yet_are_counted_as_paid(work):
    room = a_waiting_room(work)
    made = room.other("GARANTI", {"SAS": 6}, agreement=False, places=10)
    room.agreed(made, line=room.market.social, profile=Profile.AS, places=10, guarantee=50)
    room.waits(measure=made, line=room.market.social)
    room.placement(None, (room.market.social, 1), measure=made)

    (held,) = [one for one in room.seen().problem.measures if one.measure == "GARANTI"]

    assert (held.places, held.guaranteed) == (9, 4)


def test_purses_hold_what_is_left_of_each_year_and_under_each_ceiling_or_no_limit_where_there_is_none(work):
    room = a_waiting_room(work, ac="5000.00")
    room.placement()
    asked = SetCeiling(room.market.ac.ref, 2026, Chf.parse("3000.00"), "ACE 12", "plafond", room.measure.ref)
    ceiling = set_ceiling(work, asked)
    case = room.waits()

    seen = room.seen()

    assert purses(seen) == {"LACI 2026": 280000, f"LACI 2026 · {ceiling.ref}": 80000}
    assert dict(room.options(case)[0].charges) == dict.fromkeys(purses(seen), 220000)
    assert allocate(seen.problem).placed == ()

    grant_budget(work, room.market.ac.id, 2027, Chf(), hard=False)
    later = room.other("LIBRE", {"LACI": 1}, until=date(2027, 12, 31))
    room.waits(measure=later, days=(date(2027, 1, 4), date(2027, 1, 31)))

    assert purses(room.seen())["LACI 2027"] == NO_CEILING


def test_the_round_decides_on_what_the_unit_that_asks_may_know(work):
    town = a_town(work)
    mine, line = town.hands["ORP"], line_by_code(work, "LACI")
    case = an_announced(mine).case
    said = (
        GridAnswer("french_oral", "2", DAY, "entretien"),
        GridAnswer("training_level", "none", DAY, "entretien"),
    )
    write_grid(mine, WriteGrid(case.ref, said))
    measure = a_measure(work, quotas={"LACI": 1})
    join_waiting_list(mine, JoinWaitingList(case.ref, measure.ref, line.ref, *NOVEMBER))

    (wanted,) = snapshot(work, QUARTER, SEED).wanted

    assert wanted.facts == facts_for_place(mine, case.ref, line.ref)
    assert {"age", "region", "language", "work_capacity", "language_level", "framework_days_left",
            "training_level", "months_since_registration"} <= wanted.facts.keys()  # fmt: skip


def test_a_unit_to_which_less_is_open_knows_less(work):
    room = a_waiting_room(work)
    case = room.case()
    join(work, case, room.gsr.id, PartyRole.AS, Section.PLACEMENT, Section.PLACEMENT, basis="consent")
    room.waits(case, line=room.market.social, work=room.actor(room.gsr))
    other = room.waits()

    seen = {one.case_ref: one.facts for one in room.seen().wanted}

    assert seen[case.ref] == {"sector": "AS"}
    assert seen[case.ref] == facts_for_place(room.actor(room.gsr), case.ref, room.market.social.ref)
    assert seen[other.ref] == facts_for_place(room.actor(room.orp), other.ref, room.market.ac.ref)
    assert seen[other.ref]["age"] == 41


def test_a_round_is_solved_from_its_snapshot_and_found_right(work):
    room = a_waiting_room(work)
    room.room_for(2, ac=1, social=2)
    cases = [room.waits(urgency=1 + at % 3) for at in range(3)]
    room.waits(line=room.market.social)

    seen = room.seen()
    found = allocate(seen.problem)

    assert verify(seen.problem, found) == []
    assert {one.case for one in found.placed if one.line == "LACI"} == {cases[0].ref}
    assert len(found.placed) == 2
    assert seen.ids.measures[room.measure.code] == room.measure.id
    assert seen.ids.lines["LACI"] == room.market.ac.id
    assert room.seen().problem.digest == seen.problem.digest


def test_nobody_who_waits_is_an_empty_round_and_no_case_for_a_decision(work):
    room = a_waiting_room(work)

    seen = room.seen()

    assert (seen.wanted, seen.left_out, len(seen.problem)) == ((), (), 0)
    with pytest.raises(ProblemFault):
        room.seen(pins=[Pin("elsewhere1", PinKind.REFUSED)])
    case = room.waits()
    assert room.seen(pins=[Pin(case.ref, PinKind.REFUSED)]).problem.pins == (Pin(case.ref, PinKind.REFUSED),)


def test_the_number_of_statements_grows_neither_with_the_cases_nor_with_the_measures(work):
    room = a_waiting_room(work)
    room.waits()
    engine, counts = work.session.get_bind().engine, []

    def statements():
        seen = []
        event.listen(engine, "before_cursor_execute", note := lambda *args: seen.append(args[2]))
        try:
            room.seen()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    counts.append(statements())
    for at in range(4):
        made = room.other(f"AUSSI-{at}", {"LACI": 2, "SAS": 1})
        for _ in range(3):
            room.waits(measure=made)
    counts.append(statements())

    assert counts[0] == counts[1]
    assert counts[0] <= 28


def test_a_table_that_asks_who_pays_is_judged_for_each_line_by_itself(work):
    room = a_waiting_room(work)
    asked = """sector: {type: 'text "AC", "AS"',"""
    table = CONDITIONS.replace("percent: {type: whole 0..100, unit: percent,", asked)
    table = table.replace("percent", "sector").replace(">= 50", '"AS"').replace("| < 50", '| "AC"')
    publish_rule(work, PublishRule(room.measure.ref, table, work.today))
    case = room.waits()
    room.waits(case, measure=room.other("AUTRE", {"SAS": 1}), line=room.market.social)

    (wanted,) = room.seen().wanted

    assert [one.line for one in room.options(case)] == ["SAS"]
    assert [(one["code"], one["line"]) for one in wanted.refused[room.measure.code]] == [
        ("eligibility", "LACI")
    ]
    assert {line: facts["sector"] for line, facts in wanted.facts_by_line.items()} == {
        "LACI": "AC",
        "SAS": "AS",
    }
    assert wanted.facts == wanted.facts_by_line["LACI"]
