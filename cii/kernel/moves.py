"""Small life cycles as a table: state → event → next state. The workflow engine is for the large ones."""

from collections.abc import Mapping
from typing import TypeVar

from cii.kernel.errors import Refusal

State = TypeVar("State", bound=str)
Event = TypeVar("Event", bound=str)
Moves = Mapping[State, Mapping[Event, State]]


class IllegalMove(Refusal):
    """The state does not know this event; `open` lists those it knows."""

    code, kind = "illegal-move", "conflict"


def open_moves(moves: Mapping[State, Mapping[Event, State]], state: State) -> tuple[Event, ...]:
    """The events that this state knows, in the order of the table."""
    return tuple(moves.get(state, {}))


def move(moves: Mapping[State, Mapping[Event, State]], state: State, event: Event) -> State:
    """The next state; refuses IllegalMove with the list of the moves that are open."""
    known = moves.get(state, {})
    if event not in known:
        raise IllegalMove(state=str(state), event=str(event), open=", ".join(map(str, known)))
    return known[event]
