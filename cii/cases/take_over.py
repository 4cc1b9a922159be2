"""The cases of a person follow it; one that was changed in the meantime does not return."""

from cii.cases.tables import CaseFile
from cii.cases.tables_follow import OutcomeCheck
from cii.store.moving import Followed, Moved, changed, move, put_back
from cii.store.work import Work

ROWS = (Followed(CaseFile, ("version",)), Followed(OutcomeCheck, ("version",)))


def take_over(work: Work, old_id: int, new_id: int) -> Moved:
    """Let the rows follow to the new person; returns which went."""
    return move(work.session, ROWS, old_id, new_id)


def gone_on(work: Work, moved: Moved, new_id: int) -> dict[str, int]:
    """Table → how many of the rows that went say something else by now."""
    return changed(work.session, ROWS, moved, new_id)


def give_back(work: Work, moved: Moved, old_id: int, _: int) -> None:
    """Let exactly the rows that went return."""
    put_back(work.session, ROWS, moved, old_id)
