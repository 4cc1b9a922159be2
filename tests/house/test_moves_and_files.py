"""A published process and the moves of the room that keeps its states tell one story: same states, same ways.

What only one of the two tells is listed here with its reason; anything else is a contradiction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from cii.agreements.rules import MOVES as AGREEMENT_MOVES
from cii.agreements.vocabulary import AgreementState
from cii.calls.rules import MOVES as CALL_MOVES
from cii.calls.vocabulary import CallState
from cii.coordination.rules import CORRECTIVE_MOVES
from cii.coordination.vocabulary import CorrectiveState
from cii.placements.rules import MOVES as PLACEMENT_MOVES
from cii.placements.vocabulary import PlacementState
from cii.store.settings import HOUSE
from cii.workflow.definition import Definition, parse


@dataclass(frozen=True)
class Story:
    """A room's states and moves beside the process file; `stages` maps states named otherwise."""

    states: frozenset[str]
    moves: Mapping[str, Mapping[str, str]]
    stages: Mapping[str, str] = field(default_factory=dict)
    only_in_file: frozenset[str] = frozenset()

    def stage(self, state: str) -> str:
        """The stage of a state of the room."""
        return self.stages.get(state, state)


def _story(states, moves, **more):
    plain = {
        str(state.value): {str(event.value): str(to.value) for event, to in ways.items()}
        for state, ways in moves.items()
    }
    return Story(frozenset(str(one.value) for one in states), plain, **more)


STORIES = {
    "agreement": _story(
        AgreementState,
        AGREEMENT_MOVES,
        # The room keeps the four-eyes signature and the decision of the steering group as rows of their own.
        only_in_file=frozenset({"steering_decision", "signature"}),
    ),
    "placement": _story(
        PlacementState,
        PLACEMENT_MOVES,
        stages={"accepted": "allocated"},
        # A waiting list is dated entries there; a warning leaves the state, an exclusion is a kind of exit.
        only_in_file=frozenset({"waiting_list", "warned", "interrupted", "excluded", "dropped"}),
    ),
    "call-and-award": _story(CallState, CALL_MOVES),
    "corrective-measure": _story(CorrectiveState, CORRECTIVE_MOVES),
}


def _definition(name: str) -> Definition:
    file = max((HOUSE / "workflows").glob(f"{name}-v*.yaml"), default=HOUSE / "workflows" / f"{name}.yaml")
    return parse(file.read_text(encoding="utf-8"), file.name)


def _ways(definition: Definition) -> dict[str, set[str]]:
    return {
        key: {way.to for way in stage.next} | ({stage.timeout.to} if stage.timeout else set())
        for key, stage in definition.stages.items()
    }


def _between(ways: Mapping[str, set[str]], start: str, hidden: frozenset[str]) -> set[str]:
    """Where one comes from a stage by way of stages that the room does not keep."""
    found: set[str] = set()
    todo, seen = [start], set()
    while todo:
        for to in ways[todo.pop()]:
            if to in hidden and to not in seen:
                seen.add(to)
                todo.append(to)
            elif to not in hidden:
                found.add(to)
    return found


@pytest.mark.parametrize("name", STORIES)
def test_a_process_and_its_room_know_the_same_states(name):
    story, definition = STORIES[name], _definition(name)

    assert {story.stage(one) for one in story.states} | story.only_in_file == set(definition.stages)


@pytest.mark.parametrize("name", STORIES)
def test_every_move_of_the_room_is_a_way_of_the_process(name):
    story, ways = STORIES[name], _ways(_definition(name))

    for state, moves in story.moves.items():
        known = _between(ways, story.stage(state), story.only_in_file)
        for event, to in moves.items():
            assert story.stage(to) in known, f"{name}: {state} -{event}-> {to} is not in the file"


@pytest.mark.parametrize("name", STORIES)
def test_every_way_of_the_process_is_a_move_of_the_room(name):
    story, ways = STORIES[name], _ways(_definition(name))

    for state in story.states:
        here = story.stage(state)
        told = {story.stage(to) for to in story.moves.get(state, {}).values()} | {here}
        assert _between(ways, here, story.only_in_file) <= told, f"{name}: the room lacks a way out of {here}"


def test_the_states_of_a_call_and_of_a_review_are_those_of_the_mandate():
    call, review = _definition("call-and-award"), _definition("annual-review")

    assert [*call.stages] == [
        "drafted", "published", "offers_closed", "scored", "awarded", "agreement_drafted", "dropped"
    ]  # fmt: skip
    assert [*review.stages] == [
        "open", "figures_frozen", "discussed_with_provider", "next_budget_prepared", "validated"
    ]  # fmt: skip
    first, second = call.stages["offers_closed"].tasks
    assert first.owner != second.owner
