"""The individual objectives of a placement: set with days of balance, signed once by the person."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.placements.life import CancelPlacement, cancel_placement
from cii.placements.objectives import (
    NothingToSign,
    ObjectiveAsk,
    ObjectiveEmpty,
    PlacementNotRunning,
    SetObjectives,
    SignatureDay,
    SignOnPaper,
    objectives_of,
    set_objectives,
    sign_objectives,
    sign_on_paper,
)
from cii.placements.rules import OutsideThePlacement
from cii.placements.vocabulary import SignedHow
from cii.store.work import Actor
from tests.placements.build_placements import a_stage

GOAL = ObjectiveAsk("Arriver à l'heure", date(2026, 11, 15))


def test_objectives_are_added_and_none_is_overwritten(work):
    stage = a_stage(work)
    made = stage.placement()

    set_objectives(stage.work, SetObjectives(made.ref, (GOAL,)))
    set_objectives(stage.work, SetObjectives(made.ref, (ObjectiveAsk(" Écrire un CV ", date(2026, 11, 20)),)))

    held = objectives_of(work, made.id)
    assert [(one.number, one.goal) for one in held] == [(1, "Arriver à l'heure"), (2, "Écrire un CV")]
    with pytest.raises(DBAPIError), work.session.begin_nested():
        work.session.execute(text("UPDATE individual_objective SET goal = 'autre'"))


def test_every_fault_of_every_objective_is_told(work):
    stage = a_stage(work)
    made = stage.placement()
    ask = SetObjectives(made.ref, (ObjectiveAsk(" ", date(2030, 1, 1)), GOAL))

    with pytest.raises(Refusals) as no:
        set_objectives(stage.work, ask)

    assert [(type(one), one.field) for one in no.value.reasons] == [
        (ObjectiveEmpty, "objectives.0.goal"),
        (OutsideThePlacement, "objectives.0.balance_on"),
    ]


def test_objectives_are_signed_together_and_once(work):
    stage = a_stage(work)
    made = stage.placement()
    with pytest.raises(NothingToSign):
        sign_objectives(stage.work, made.ref, SignedHow.SIGNED_PAPER)
    set_objectives(stage.work, SetObjectives(made.ref, (GOAL, GOAL)))

    signed = sign_objectives(stage.work, made.ref, SignedHow.LINK)

    assert [one.signed_how for one in signed] == [SignedHow.LINK] * 2
    with pytest.raises(NothingToSign):
        sign_objectives(stage.work, made.ref, SignedHow.LINK)


def test_a_signature_on_paper_is_recorded_with_its_day(work):
    stage = a_stage(work)
    made = stage.placement()
    set_objectives(stage.work, SetObjectives(made.ref, (GOAL,)))
    next_week = replace(stage.work, now=stage.work.now + timedelta(days=7))
    day = stage.work.today + timedelta(days=2)
    for unfit in (stage.work.today - timedelta(days=1), next_week.today + timedelta(days=1)):
        with pytest.raises(SignatureDay):
            sign_on_paper(next_week, SignOnPaper(made.ref, unfit))

    (signed,) = sign_on_paper(next_week, SignOnPaper(made.ref, day))

    assert (signed.signed_how, signed.signed_on, signed.signed_at) == (
        SignedHow.SIGNED_PAPER, day, next_week.now,
    )  # fmt: skip
    with pytest.raises(NothingToSign):
        sign_on_paper(next_week, SignOnPaper(made.ref, day))


def test_who_may_not_write_the_placement_records_no_signature(work):
    stage = a_stage(work)
    made = stage.placement()
    set_objectives(stage.work, SetObjectives(made.ref, (GOAL,)))

    with pytest.raises((NotAllowed, UnknownThing)):
        sign_on_paper(replace(stage.work, actor=Actor("visitor")), SignOnPaper(made.ref, stage.work.today))

    assert objectives_of(work, made.id)[0].signed_at is None


def test_a_place_that_was_called_off_gets_no_objectives(work):
    stage = a_stage(work)
    made = stage.placement()
    cancel_placement(stage.work, CancelPlacement(made.ref, "Annulé"))

    with pytest.raises(PlacementNotRunning):
        set_objectives(stage.work, SetObjectives(made.ref, (GOAL,)))
    with pytest.raises(UnknownThing):
        set_objectives(stage.work, SetObjectives("zzzzzzzzzz", (GOAL,)))
