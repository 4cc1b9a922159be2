"""What keeps something of a person, and until when.

Rows that a term holds are named by their rooms (`retaining.KEPT`); one condition per kind of row, so that
the number of statements knows neither how many persons nor how many rows there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import col, select

from cii.cases import retaining as cases
from cii.journal.retaining import written_about
from cii.kernel.clock import local_day
from cii.people import retaining as people
from cii.placements import retaining as placements
from cii.requests import retaining as requests
from cii.rights.rules_retention import PARAMETERS, Held, Term, longest
from cii.rights.tables_requests import PersonRequest, PersonRequestEvent
from cii.rights.vocabulary_requests import CLOSING
from cii.rights.vocabulary_retention import Keeping
from cii.routing import retaining as routing
from cii.store.parameters import read_parameters
from cii.store.retaining import Kept, kept
from cii.store.work import Work

_ABOUT_RIGHTS = ("person_request", "legal_hold", "erasure", "archive_offer", "person_merge", "retention")
"""Objects of the officer's own work: writing about them keeps nothing of the person."""
_CLOSED = (
    select(PersonRequestEvent.at)
    .where(
        col(PersonRequestEvent.request_id) == col(PersonRequest.id), col(PersonRequestEvent.kind).in_(CLOSING)
    )
    .scalar_subquery()
)
KEPT: tuple[Kept, ...] = (
    *cases.KEPT,
    *placements.KEPT,
    *routing.KEPT,
    *people.KEPT,
    *requests.KEPT,
    kept(Keeping.PERSON_REQUEST, col(PersonRequest.person_id), _CLOSED),
    written_about(Keeping.JOURNAL, _ABOUT_RIGHTS),
)
"""Everything that keeps something of a person for a term; the dearest to ask last."""


def terms(work: Work, rules: Iterable[str], at: date | None = None) -> Mapping[str, Term]:
    """The terms of these rules in force on a day, in one statement; refuses UnknownParameter."""
    wanted = {rule: PARAMETERS[rule] for rule in rules}
    numbers = read_parameters(work.session, {name for name, _ in wanted.values()}, at or work.today)
    return {rule: Term(numbers[name], unit) for rule, (name, unit) in wanted.items()}


def until(work: Work, *person_ids: int) -> date | None:
    """The last day on which something of a person must be kept; None when nothing keeps it any more.

    `person_ids`: every row of theirs. Of what still goes on (an open case, an unanswered request) the term is
    reckoned from today: not before.
    """
    found = longest(one for held in kept_of(work, person_ids).values() for one in held)
    return found.last_day if found is not None and found.last_day >= work.today else None


def kept_of(work: Work, person_ids: Sequence[int]) -> dict[int, list[Held]]:
    """What keeps each of these persons, or last did, by rule; one statement per kind of row."""
    running = terms(work, {one.rule for one in KEPT})
    found: dict[int, list[Held]] = {}
    for one in KEPT:
        rows = one.rows.c
        latest = (
            select(rows.person_id, func.max(rows.since), func.count() - func.count(rows.since))
            .where(rows.person_id.in_(person_ids))
            .group_by(rows.person_id)
        )
        for person_id, since, going in work.session.connection().execute(latest):
            from_ = work.today if going else _day(since)
            found.setdefault(person_id, []).append(Held(Keeping(one.rule), running[one.rule].last_day(from_)))
    return found


def by_rule(found: Iterable[Held]) -> list[Held]:
    """Of each rule what it keeps longest, the last to end first."""
    longest_: dict[Keeping, Held] = {}
    for one in found:
        longest_[one.rule] = max(longest_.get(one.rule, one), one, key=lambda held: held.last_day)
    return sorted(longest_.values(), key=lambda one: (one.last_day, one.rule), reverse=True)


def _day(since: date | datetime) -> date:
    return local_day(since) if isinstance(since, datetime) else since
