"""What every act on a statement does: find it, lock it, see that the move is open, count it, tell."""

from collections.abc import Mapping

from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed
from cii.kernel.moves import move
from cii.settlement.queries import (
    events_of_role,
    same_eyes,
    statement_by_ref,
)
from cii.settlement.rules import (
    MOVES,
    StatementFourEyes,
)
from cii.settlement.tables import Statement
from cii.settlement.vocabulary import StatementEvent
from cii.store.work import Work


def locked(work: Work, ref: str, event: StatementEvent) -> Statement:
    """The statement, locked, when the move is open to this actor.

    Refuses: UnknownThing, IllegalMove, StatementFourEyes, NotAllowed.
    """
    statement = statement_by_ref(work, ref)
    work.session.refresh(statement, with_for_update=True)
    require(work, statement, event)
    return statement


def require(work: Work, statement: Statement, event: StatementEvent) -> None:
    """The move is open to this actor; refuses IllegalMove, StatementFourEyes, NotAllowed."""
    move(MOVES, statement.state, event)
    if event not in events_of_role(work, statement):
        raise NotAllowed
    if same_eyes(work.actor, statement, event):
        raise StatementFourEyes


def moved(
    work: Work, statement: Statement, event: StatementEvent, facts: Mapping[str, object] | None = None
) -> Statement:
    """Take the step and write it down."""
    statement.state = move(MOVES, statement.state, event)
    return kept(work, statement, f"statement_{statement.state.value}", facts or {})


def kept(work: Work, statement: Statement, act: str, facts: Mapping[str, object]) -> Statement:
    """Count the change and write it to the journal."""
    statement.version += 1
    work.session.flush()
    wrote(work, act, "statement", statement.id, ref=statement.ref, payload=facts)
    return statement
