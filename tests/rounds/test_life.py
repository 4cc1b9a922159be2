"""A round of places: opened, computed, steered, approved by a second member, and never changed afterwards."""

from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.allocation.lots import lot
from cii.allocation.vocabulary import PinKind
from cii.budgets.actions import grant_budget
from cii.budgets.queries import positions
from cii.kernel.errors import NotAllowed, Refusal, Refusals, UnknownThing
from cii.kernel.money import Chf
from cii.kernel.moves import IllegalMove
from cii.measures.actions import SetPlaces
from cii.measures.vocabulary import MeasureKind
from cii.placements.actions import change_places
from cii.placements.queueing import pause_waiting
from cii.placements.tables import Placement, WaitingEntry
from cii.placements.vocabulary import PlacementState, WaitingState
from cii.rounds.actions import CancelRound, OpenRound, cancel, compute, open_round
from cii.rounds.approving import ApproveRound, approve
from cii.rounds.pinning import PinCase, pin, unpin
from cii.rounds.queries import contents, pins_of, run_of, runs_of
from cii.rounds.replaying import WhatIf, replay, what_if
from cii.rounds.rules import (
    NothingToDistribute,
    PinOnWhoLeft,
    PinsContradictEachOther,
    PinTakenTwice,
    RoundFourEyes,
    RoundStale,
    RoundTermPast,
    RunNotLatest,
)
from cii.rounds.tables import AllocationRound, RoundCandidate, RoundRun
from cii.rounds.vocabulary import RoundState, Standing
from tests.placements.build_placements import NOVEMBER
from tests.rounds.build_distribution import TERM, a_group, member_of


def rows(work, run):
    query = select(RoundCandidate).where(col(RoundCandidate.run_id) == run.id)
    return {one.case_id: one for one in work.session.scalars(query)}


def placements(work):
    return list(work.session.scalars(select(Placement).order_by(col(Placement.id))))


def test_a_round_opens_with_the_hash_of_a_seed_that_nobody_can_change(work):
    group = a_group(work)

    held = group.opened()

    assert held.commitment == sha256(bytes.fromhex(held.seed)).hexdigest()
    with pytest.raises(DBAPIError), work.session.begin_nested():
        work.session.execute(text("UPDATE allocation_round SET seed = commitment"))


def test_a_round_lies_ahead_and_the_right_way_round(work):
    group = a_group(work)

    with pytest.raises(Refusals) as no:
        open_round(group.first, OpenRound("Tour", date(2026, 10, 14), date(2026, 10, 1)))

    assert {one.code for one in no.value.reasons} == {"round-term-upside-down", "round-term-past"}


@pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.FINANCE, Role.STEERING])
def test_only_members_of_the_coordination_group_open_compute_and_decide(work, role):
    group = a_group(work)
    held, other = group.opened(), member_of(group.stage, role=role)

    for act in (
        lambda: open_round(other, OpenRound("Tour", *TERM)),
        lambda: compute(other, held.ref),
        lambda: cancel(other, CancelRound(held.ref, "non")),
        lambda: approve(other, ApproveRound(held.ref, 1)),
    ):
        with pytest.raises((NotAllowed, UnknownThing)):
            act()


def test_a_round_without_anybody_waiting_has_nothing_to_compute(work):
    group = a_group(work)

    with pytest.raises(NothingToDistribute):
        group.computed()


def test_the_urgent_case_gets_the_only_place_of_its_line_and_the_other_learns_why(work):
    group = a_group(work, places=1, ac=1)
    usual, urgent = group.waits(), group.waits(urgency=1)

    held, run = group.computed()

    said = rows(work, run)
    assert (run.candidates, run.placed) == (2, 1)
    assert (said[urgent.id].standing, said[urgent.id].position) == (Standing.PLACED, 1)
    assert said[urgent.id].cost == Chf.parse("2200.00")
    assert (said[usual.id].standing, said[usual.id].why) == (Standing.UNPLACED, "places")
    assert said[usual.id].lot == lot(held.seed, usual.ref)
    assert placements(work) == []


def test_a_run_keeps_its_problem_and_its_result_whole_and_computes_again_to_the_same_bytes(work):
    group = a_group(work)
    group.waits(), group.waits()
    held, run = group.computed()

    again = replay(group.first, held.ref)
    problem, found = contents(run)

    assert (again.same, again.digest, again.flaws) == (True, run.result_digest, 0)
    assert problem.digest == run.problem_digest == found.problem
    assert found.digest == run.result_digest


def test_each_run_keeps_every_policy_side_by_side(work):
    group = a_group(work, places=1, ac=1)
    group.waits(), group.waits(urgency=1)

    _, run = group.computed()
    work.session.refresh(run)

    assert [(row["policy"], row["persons"]) for row in run.fairness] == [
        ("strict_rank", 1), ("class_then_suitability", 1), ("max_persons", 1), ("first_come", 1),
    ]  # fmt: skip
    assert {row["centimes"] for row in run.fairness} == {220_000}
    assert run.fairness[0]["by_class"] == [[1, 1, 1], [2, 0, 1]]


def test_approval_reserves_every_place_with_its_money_and_closes_who_waited(work):
    group = a_group(work, places=2, ac=1, social=1)
    one, other = group.waits(), group.waits(line=group.stage.market.social)

    held = group.approved()

    made = placements(work)
    assert held.state is RoundState.APPROVED
    assert {(place.case_id, place.state, place.line_id) for place in made} == {
        (one.id, PlacementState.RESERVED, group.stage.market.ac.id),
        (other.id, PlacementState.RESERVED, group.stage.market.social.id),
    }
    assert {place.requested_by_unit_id for place in made} == {group.stage.orp.id}
    entries = list(work.session.scalars(select(WaitingEntry)))
    assert {(entry.state, entry.placement_id) for entry in entries} == {
        (WaitingState.PLACED, place.id) for place in made
    }
    spent = {line.line_id: line.committed for line in positions(work, 2026)}
    assert spent[group.stage.market.ac.id] == spent[group.stage.market.social.id] == Chf.parse("2200.00")


def test_who_computed_does_not_approve_neither_in_the_room_nor_in_the_database(work):
    group = a_group(work)
    group.waits()
    held, run = group.computed()

    with pytest.raises(RoundFourEyes):
        approve(group.first, ApproveRound(held.ref, run.number))
    with pytest.raises(DBAPIError) as no, work.session.begin_nested():
        work.session.execute(
            text("UPDATE allocation_round SET state = 'approved', approved_run = 1, "
                 "approved_by = :who, computed_by = :who, approved_at = opened_at"),
            {"who": group.first.actor.account_id},
        )  # fmt: skip

    assert "four_eyes" in str(no.value)
    assert placements(work) == []


def test_only_the_latest_run_is_approved(work):
    group = a_group(work)
    group.waits()
    held, first = group.computed()
    compute(group.first, held.ref)

    with pytest.raises(RunNotLatest) as no:
        approve(group.second, ApproveRound(held.ref, first.number))

    assert no.value.facts["latest"] == 2


def stale(group, held, run):
    with pytest.raises(RoundStale) as no:
        approve(group.second, ApproveRound(held.ref, run.number))
    return {(one["kind"], one["key"]) for one in no.value.facts["changed"]}


def test_a_run_is_not_approved_when_the_budget_has_changed_since(work):
    group = a_group(work)
    group.waits()
    held, run = group.computed()
    grant_budget(work, group.stage.market.ac.id, 2026, Chf.parse("90000.00"))

    changed = stale(group, held, run)

    assert [kind for kind, _ in changed] == ["purse"]
    assert placements(work) == []
    group.computed(held)
    latest = run_of(work, held.id)
    assert approve(group.second, ApproveRound(held.ref, latest.number)).state is RoundState.APPROVED


def test_a_run_is_not_approved_when_places_have_changed_since(work):
    group = a_group(work)
    group.waits()
    held, run = group.computed()
    change_places(work, SetPlaces(group.stage.measure.ref, MeasureKind.PROFESSIONAL, 5, work.today))

    assert ("places", group.stage.measure.code) in stale(group, held, run)


def test_a_run_is_not_approved_when_somebody_joined_or_left_the_waiting_list_since(work):
    group = a_group(work)
    group.waits()
    held, run = group.computed()
    group.waits()

    assert stale(group, held, run) == {("candidate-new", "")}


def test_a_paused_entry_is_passed_over_and_said_to_be(work):
    group = a_group(work)
    group.waits()
    paused = group.waits()
    entry = work.session.scalars(select(WaitingEntry).where(col(WaitingEntry.case_id) == paused.id)).one()
    pause_waiting(group.stage.actor(group.stage.orp), entry.ref)

    _, run = group.computed()

    said = rows(work, run)[paused.id]
    assert (said.standing, said.why, said.position) == (Standing.LEFT_OUT, "waiting-paused", 0)
    assert run.candidates == 1


def test_a_decision_of_the_group_holds_in_the_next_run_and_can_be_withdrawn(work):
    group = a_group(work, places=1, ac=1)
    usual, urgent = group.waits(), group.waits(urgency=1)
    held, run = group.computed()
    last = rows(work, run)[usual.id].position
    wish = PinCase(
        held.ref, last, PinKind.TAKEN, group.stage.measure.ref, group.stage.market.ac.ref, "Recours admis"
    )

    made = pin(group.first, wish)
    with pytest.raises(PinTakenTwice):
        pin(group.first, wish)
    _, second = group.computed(held)

    said = rows(work, second)
    assert (said[usual.id].standing, said[usual.id].pinned) == (Standing.PLACED, True)
    assert said[urgent.id].standing is Standing.UNPLACED
    unpin(group.second, held.ref, made.ref)
    _, third = group.computed(held)
    assert rows(work, third)[urgent.id].standing is Standing.PLACED
    assert [one.withdrawn_by for one in pins_of(work, held.id, live=False)] == [group.second.actor.account_id]


def test_decisions_that_cannot_all_hold_are_refused_with_the_conflicting_set_and_change_nothing(work):
    group = a_group(work, places=1, ac=1)
    group.waits(), group.waits()
    held, _ = group.computed()
    places = (PinKind.TAKEN, group.stage.measure.ref, group.stage.market.ac.ref, "Décision")
    pin(group.first, PinCase(held.ref, 1, *places))

    with pytest.raises(PinsContradictEachOther) as no:
        pin(group.first, PinCase(held.ref, 2, *places))

    kinds = {one["kind"] for one in no.value.facts["sets"]}
    assert kinds == {"quota", "places"}
    assert all(len(one["pins"]) == 2 for one in no.value.facts["sets"])
    assert len(pins_of(work, held.id)) == 1


def test_a_decision_on_somebody_who_left_is_refused_by_name_of_the_case(work):
    group = a_group(work)
    gone = group.waits()
    group.waits()
    held, run = group.computed()
    pin(
        group.first,
        PinCase(held.ref, rows(work, run)[gone.id].position, PinKind.REFUSED, reason="A déménagé"),
    )
    group.stage.placement(gone)

    with pytest.raises(PinOnWhoLeft) as no:
        compute(group.first, held.ref)

    assert no.value.facts["cases"] == f"n° {rows(work, run)[gone.id].position}"


def test_a_run_is_not_approved_when_decisions_were_taken_since(work):
    group = a_group(work)
    group.waits()
    held, run = group.computed()
    pin(group.first, PinCase(held.ref, 1, PinKind.REFUSED, reason="Attend une décision"))

    assert stale(group, held, run) == {("pin", "n° 1")}


def test_a_round_is_cancelled_with_its_reason_and_does_nothing_more(work):
    group = a_group(work)
    group.waits()
    held, run = group.computed()

    cancel(group.second, CancelRound(held.ref, "Mesure suspendue"))

    for act in (
        lambda: compute(group.first, held.ref),
        lambda: approve(group.second, ApproveRound(held.ref, run.number)),
        lambda: cancel(group.second, CancelRound(held.ref, "encore")),
        lambda: pin(group.first, PinCase(held.ref, 1, PinKind.REFUSED, reason="non")),
    ):
        with pytest.raises(IllegalMove):
            act()
    assert placements(work) == []


def test_an_approved_round_and_its_runs_are_never_changed(work):
    group = a_group(work)
    group.waits()
    held = group.approved()

    for statement in (
        "UPDATE allocation_round SET title = 'x'",
        "UPDATE allocation_round SET state = 'open', approved_by = NULL, approved_run = NULL, approved_at = NULL",
        "DELETE FROM allocation_round",
        "UPDATE round_run SET placed = 0",
        "DELETE FROM round_run",
        "UPDATE round_candidate SET why = 'x'",
        "DELETE FROM round_candidate",
    ):
        with pytest.raises(DBAPIError), work.session.begin_nested():
            work.session.execute(text(statement))
    with pytest.raises(IllegalMove):
        cancel(group.second, CancelRound(held.ref, "trop tard"))


def test_a_round_whose_first_day_is_over_is_not_approved(work):
    group = a_group(work)
    group.waits()
    held, run = group.computed()
    later = replace(group.second, now=group.stage.on(date(2026, 11, 2)).now)

    with pytest.raises(RoundTermPast):
        approve(later, ApproveRound(held.ref, run.number))


def test_what_would_be_with_one_more_place_is_told_and_nothing_saved(work):
    group = a_group(work, places=1, ac=1)
    group.waits(), group.waits()
    held, _ = group.computed()
    code, line = group.stage.measure.code, group.stage.market.ac.code

    would = what_if(group.second, WhatIf(held.ref, places={code: 1}, quotas={(code, line): 1}))

    assert (would.placed, would.would_place, would.gaining, would.losing) == (1, 2, (2,), ())
    assert len(runs_of(work, held.id)) == 1
    assert work.session.scalar(select(func.count()).select_from(RoundCandidate)) == 2
    with pytest.raises(UnknownThing):
        what_if(group.second, WhatIf(held.ref, places={"INCONNUE": 1}))


def test_a_refused_round_leaves_nothing_behind(work, monkeypatch):
    """A place that cannot be had at the last moment undoes all those before it."""
    group = a_group(work, places=2, ac=2)
    group.waits(), group.waits()
    held, run = group.computed()
    given = []

    from cii.placements import together

    real = together.place_wish

    def runs_out(work, wish, before=()):
        if given:
            raise Refusal
        given.append(wish)
        return real(work, wish, before)

    monkeypatch.setattr(together, "place_wish", runs_out)
    with pytest.raises(Refusal), work.session.begin_nested():
        approve(group.second, ApproveRound(held.ref, run.number))

    work.session.expire_all()
    assert placements(work) == []
    assert work.session.get(AllocationRound, held.id).state is RoundState.OPEN
    assert {entry.state for entry in work.session.scalars(select(WaitingEntry))} == {WaitingState.WAITING}


def test_the_database_gives_each_run_of_a_round_its_own_number(work):
    group = a_group(work)
    group.waits()
    held, run = group.computed()

    with pytest.raises(DBAPIError), work.session.begin_nested():
        work.session.execute(insert(RoundRun).values(run.model_dump(exclude={"id"})))

    assert len(runs_of(work, held.id)) == 1
    assert NOVEMBER[0] >= held.starts_on
