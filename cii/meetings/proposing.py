"""What an agenda is drawn from: everything that is open and that the body must speak of.

One reading per source, a fixed number of statements; nothing of it names a person. The coordination group
speaks of places, waiting lists, indicators, corrective measures, dates of agreements, needs, findings and
monthly data; the steering group of what is laid before it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.queries import agreements_by_id, bought
from cii.conventions.dates import coming
from cii.conventions.steering import awaiting
from cii.coordination.monthly import missing_months
from cii.coordination.queries import corrective_measures
from cii.coordination.rules import OPEN_STATES
from cii.coordination.vocabulary import Body, CorrectiveState
from cii.figures.needs import needs_figures
from cii.figures.own import indicators_seen
from cii.figures.shapes import IndicatorFigures
from cii.figures.vocabulary import Light
from cii.kernel.period import ONE_DAY, Quarter
from cii.measures.queries import measure_words, mixed_ids
from cii.meetings.decided import decisions
from cii.meetings.tables import Meeting
from cii.meetings.vocabulary import AgendaKind, MeetingState, MinutesState
from cii.placements.board import capacity_board
from cii.reconciliation.queries import findings_list
from cii.store.work import Work

_MOST_FINDINGS = 500


@dataclass(frozen=True, slots=True)
class Offered:
    """An item that the house proposes: what it is about, the facts of its sentence, measures by code."""

    kind: AgendaKind
    subject_ref: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    measures: tuple[str, ...] = ()


def offered(work: Work, meeting: Meeting) -> list[Offered]:
    """What this meeting should speak of, in the order of an agenda; as the actor may see it."""
    sources: Mapping[Body, tuple[Callable[[Work, Meeting], Iterator[Offered]], ...]] = {
        Body.COORDINATION: (
            _minutes, _decisions, _quarter, _months, _places, _indicators, _corrections, _dates, _needs,
            _findings,
        ),
        Body.STEERING: (_minutes, _decisions, _quarter, _laid, _changes),
    }  # fmt: skip
    return [one for source in sources[meeting.body] for one in source(work, meeting)]


def _minutes(work: Work, meeting: Meeting) -> Iterator[Offered]:
    """The minutes of the body's meetings held before, until they are adopted."""
    rows = work.session.scalars(
        select(Meeting)
        .where(
            col(Meeting.body) == meeting.body,
            col(Meeting.state) == MeetingState.HELD,
            col(Meeting.minutes_state).in_((MinutesState.FINAL, MinutesState.DISTRIBUTED)),
            col(Meeting.held_on) < meeting.planned_on,
        )
        .order_by(col(Meeting.held_on))
    )
    for row in rows:
        yield Offered(AgendaKind.MINUTES, row.ref, {"day": str(row.held_on)})


def _decisions(work: Work, meeting: Meeting) -> Iterator[Offered]:
    for row in decisions(work, body=meeting.body, open_only=True, limit=50):
        if row.due_on <= meeting.planned_on:
            facts = {"number": f"{row.year}-{row.number}", "wording": row.wording, "due": str(row.due_on)}
            yield Offered(AgendaKind.DECISION, row.ref, facts)


def _quarter(_: Work, meeting: Meeting) -> Iterator[Offered]:
    """The report of the quarter that ended before the meeting."""
    quarter = str(Quarter.of(meeting.planned_on).previous)
    yield Offered(AgendaKind.REPORT, quarter, {"quarter": quarter})


def _months(work: Work, _: Meeting) -> Iterator[Offered]:
    month = (work.today.replace(day=1) - ONE_DAY).replace(day=1)
    for institution in missing_months(work, month):
        facts = {"institution": institution, "month": str(month)}
        yield Offered(AgendaKind.MONTH, f"{institution}-{month:%Y-%m}", facts)


def _places(work: Work, meeting: Meeting) -> Iterator[Offered]:
    """Mixed measures that stand too empty, and those for which people wait although places are free."""
    day = min(meeting.planned_on, work.today)
    mixed = mixed_ids(work, day)
    least: int = work.parameter("agenda_occupancy_least")
    for row in capacity_board(work, day):
        if row.measure_id not in mixed or not row.places:
            continue
        facts = {
            "measure": row.measure_name, "taken": row.taken, "places": row.places, "free": row.free,
            "waiting": row.waiting,
        }  # fmt: skip
        if row.waiting and row.free:
            yield Offered(AgendaKind.WAITING, row.measure_ref, facts, (row.measure_code,))
        elif row.taken * 100 < least * row.places:
            yield Offered(AgendaKind.OCCUPANCY, row.measure_ref, facts, (row.measure_code,))


def _indicators(work: Work, _: Meeting) -> Iterator[Offered]:
    """By provider: how many indicators of this year so far miss their target, and how many the minimum."""
    off = [one for one in indicators_seen(work) if one.light in {Light.AMBER, Light.RED}]
    measures = _measures(work) if off else {}
    by_provider: dict[str, list[IndicatorFigures]] = defaultdict(list)
    for one in off:
        by_provider[one.provider].append(one)
    for provider, rows in sorted(by_provider.items()):
        low = sum(one.light is Light.RED for one in rows)
        about = {code for one in rows for code in measures.get(one.agreement, ())}
        facts = {"provider": provider, "off": len(rows), "low": low}
        yield Offered(AgendaKind.INDICATOR, provider[:80], facts, tuple(sorted(about)))


def _corrections(work: Work, meeting: Meeting) -> Iterator[Offered]:
    """Corrective measures that are due by the meeting, and those for which the group must find the way."""
    yield from _corrective(
        work,
        lambda row: (
            row.state in OPEN_STATES
            and row.state is not CorrectiveState.AT_STEERING
            and (row.due_on is None or row.due_on <= meeting.planned_on)
        ),
    )


def _laid(work: Work, _: Meeting) -> Iterator[Offered]:
    """Changes of contract that the coordination group has laid before the steering group."""
    yield from _corrective(work, lambda row: row.state is CorrectiveState.AT_STEERING)


def _corrective(work: Work, wanted: Callable[[Any], bool]) -> Iterator[Offered]:
    rows = [row for row in corrective_measures(work, only_open=True) if wanted(row)]
    numbers = agreements_by_id(work, {row.agreement_id for row in rows})
    measures = _measures(work) if rows else {}
    for row in rows:
        number = numbers[row.agreement_id].number
        facts = {"agreement": number, "wording": row.wording, "due": str(row.due_on) if row.due_on else None}
        yield Offered(AgendaKind.CORRECTIVE, row.ref, facts, measures.get(number, ()))


def _changes(work: Work, _: Meeting) -> Iterator[Offered]:
    """Agreements whose text lies before the steering group."""
    measures = _measures(work)
    for agreement in awaiting(work):
        facts = {"agreement": agreement.number}
        yield Offered(AgendaKind.CHANGE, agreement.ref, facts, measures.get(agreement.number, ()))


def _dates(work: Work, _: Meeting) -> Iterator[Offered]:
    """Ends, notices, options and prices of agreements that are warned of."""
    found = [one for one in coming(work) if one.kind is not None and one.warned]
    measures = _measures(work) if found else {}
    for one in found:
        facts = {"agreement": one.number, "date": one.kind, "due": str(one.due_on)}
        yield Offered(AgendaKind.AGREEMENT_DATE, one.mark, facts, measures.get(one.number, ()))


def _needs(work: Work, _: Meeting) -> Iterator[Offered]:
    """Target groups for which more places are needed in the coming quarter than there are."""
    for one in needs_figures(work, Quarter.of(work.today).previous).groups:
        ahead = one.ahead[0] if one.ahead else None
        if ahead is not None and ahead.needed is not None and ahead.needed > ahead.places:
            facts = {"group": one.group, "needed": ahead.needed, "places": ahead.places}
            yield Offered(AgendaKind.NEED, f"{one.group}-{ahead.quarter}", facts)


def _findings(work: Work, meeting: Meeting) -> Iterator[Offered]:
    """What the reconciliation has found and nobody has put right, by kind, once it is a week old."""
    old = min(meeting.planned_on, work.today) - timedelta(days=7)
    rows = findings_list(work, limit=_MOST_FINDINGS)
    for kind, count in sorted(Counter(row.kind for row in rows if row.since <= old).items()):
        yield Offered(AgendaKind.FINDING, kind, {"finding": kind, "count": count})


def _measures(work: Work) -> Mapping[str, tuple[str, ...]]:
    """Which measures each agreement buys: its number → their codes."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = work.session.execute(
        select(bought.c.number, measure_words.c.measure_code)
        .join(measure_words, measure_words.c.measure_id == bought.c.measure_id)
        .distinct()
    )
    for number, code in rows:
        found[number].add(code)
    return {number: tuple(sorted(codes)) for number, codes in found.items()}
