"""More persons than places only where an agreement in force says so, and the database counts with it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from cii.agreements.actions import put_in_force, sign
from cii.agreements.ending import TerminateAgreement, terminate
from cii.agreements.margins import margins_of
from cii.agreements.vocabulary import EndGrounds
from cii.kernel.errors import Refusal
from cii.measures.actions import SetPlaces
from cii.measures.vocabulary import MeasureKind
from cii.placements.actions import change_places
from cii.placements.board import capacity_board, occupancy
from cii.placements.days import renew_days
from cii.placements.rules import QuotaBelowTaken
from cii.placements.tables import MeasureDay
from tests.agreements.build_agreements import a_market, acting
from tests.placements.build_placements import NOVEMBER, a_stage


def codes_of(stage, **wish):
    with pytest.raises(Refusal) as refused:
        stage.placement(**wish)
    return {one.code for one in refused.value.reasons}


def test_without_a_clause_nobody_is_placed_beyond_the_places(work):
    stage = a_stage(work)
    stage.room_for(1, ac=1)
    stage.placement()

    assert codes_of(stage) == {"measure-full", "line-quota-full"}


def test_the_margin_of_the_agreement_takes_so_many_more_and_no_other(work):
    stage = a_stage(work, overbooking=2)
    stage.room_for(1, ac=1, social=1)
    for _ in range(3):
        stage.placement()

    assert codes_of(stage) == {"measure-full", "line-quota-full"}
    board = next(one for one in capacity_board(work, NOVEMBER[0]) if one.measure_id == stage.measure.id)
    assert (board.places, board.taken, board.free) == (3, 3, 0)


def test_the_database_itself_counts_with_the_margin(work):
    stage = a_stage(work, overbooking=1)
    stage.room_for(1, ac=1)
    stage.placement()
    stage.placement()

    with pytest.raises(IntegrityError), work.session.begin_nested():
        work.session.execute(
            update(MeasureDay)
            .where(col(MeasureDay.day) == NOVEMBER[0])
            .values(taken=col(MeasureDay.taken) + 1)
        )


def test_neither_a_draft_nor_a_signature_gives_a_margin_before_the_agreement_is_in_force(work):
    market = a_market(work)
    draft = market.agreement(overbooking=3, in_force=False)
    drafted = margins_of(work, market.measure.id)

    sign(acting(work, market.signer), draft.ref)
    signed = margins_of(work, market.measure.id)
    put_in_force(work, draft.ref)

    assert (drafted, signed) == ([], [])
    assert [one.places for one in margins_of(work, market.measure.id)] == [3]


def test_the_days_after_the_last_of_the_agreement_have_no_margin(work):
    stage = a_stage(work, overbooking=2)
    stage.room_for(1, ac=1)
    stage.placement()
    open_on = {one.measure_id: one.places for one in occupancy(work, NOVEMBER[0])}

    terminate(
        acting(work, stage.market.signer),
        TerminateAgreement(stage.ac.ref, date(2026, 11, 15), "fermeture", EndGrounds.GRAVE),
    )
    renew_days(work, [stage.measure.id])

    assert open_on[stage.measure.id] == 3
    assert {one.measure_id: one.places for one in occupancy(work, NOVEMBER[1])}[stage.measure.id] == 1


def test_who_has_a_place_of_a_margin_that_falls_away_keeps_it(work):
    stage = a_stage(work, overbooking=1)
    stage.room_for(1, ac=1)
    stage.placement()
    stage.placement()

    terminate(
        acting(work, stage.market.signer),
        TerminateAgreement(stage.ac.ref, date(2026, 11, 15), "fermeture", EndGrounds.GRAVE),
    )
    renew_days(work, [stage.measure.id])

    held = {one.measure_id: one for one in occupancy(work, NOVEMBER[1])}[stage.measure.id]
    assert (held.places, held.taken) == (2, 2)


def test_places_below_what_is_taken_are_refused_with_the_day_and_the_number(work):
    stage = a_stage(work, overbooking=1)
    stage.room_for(2, ac=2)
    for _ in range(3):
        stage.placement()

    with pytest.raises(QuotaBelowTaken) as refused:
        change_places(
            work, SetPlaces(stage.measure.ref, MeasureKind.PROFESSIONAL, 1, work.today + timedelta(days=1))
        )

    told = refused.value.reasons[0].facts
    assert (told["day"], told["taken"], told["places"]) == (NOVEMBER[0], 3, 2)
