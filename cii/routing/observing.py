"""The provider writes what it observes of a participant: in a measure, or under an observation contract.

From the first day of the stay until some days after its last (parameter `observation_closing_days`); under a
contract while it is in force, since the sight of the person ends with it. The provider reads back its own
words and nothing else of the case. Source: federal guide (000) §4.1, indications 6, 24, 35.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cii.access.vocabulary import Role
from cii.cases.observing import observation_grid, observe, observed
from cii.cases.queries import case_by_id
from cii.cases.rules import Grid, GridAnswer
from cii.cases.shapes import GridLine
from cii.cases.tables import GridEntry
from cii.kernel.errors import NotAllowed, Refusal
from cii.notices.actions import tell
from cii.placements.queries import placement_by_ref
from cii.placements.rules import OutsideThePlacement
from cii.placements.vocabulary import PlacementState
from cii.routing.holding import CASE
from cii.routing.queries_observation import contract_by_ref
from cii.routing.rules_social import ObservationsClosed, ParticipantNotThere
from cii.routing.vocabulary_social import ObservationState
from cii.store.work import HOUSE, Work


@dataclass(frozen=True)
class ObserveParticipant:
    """What the provider observes of a person in its measure, each answer with its day."""

    placement_ref: str
    entries: tuple[GridAnswer, ...]


@dataclass(frozen=True)
class ObserveCandidate:
    """What the enterprise observes of a person under an observation contract."""

    contract_ref: str
    entries: tuple[GridAnswer, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """A person with the actor's provider: days, both inside, and until when observations are taken."""

    case_id: int
    unit_id: int
    first: date
    last: date
    there: bool
    closes_on: date

    def faults(self, entries: tuple[GridAnswer, ...]) -> Iterator[Refusal]:
        """Each entry whose day does not lie within the stay."""
        for place, one in enumerate(entries):
            if not self.first <= one.effective_on <= self.last:
                yield OutsideThePlacement(
                    field=f"entries.{place}.effective_on", day=one.effective_on, first=self.first,
                    last=self.last,
                )  # fmt: skip

    def why_closed(self, today: date) -> Refusal | None:
        """Why nothing is taken now, or None."""
        if not self.there or today < self.first:
            return ParticipantNotThere()
        return ObservationsClosed(last=self.closes_on) if today > self.closes_on else None


def stay_in_measure(work: Work, placement_ref: str) -> Stay:
    """A placement with one of my provider units; refuses UnknownThing, NotAllowed."""
    row = placement_by_ref(work, placement_ref)
    unit = _mine(work, row.provider_unit_id)
    there = row.state in {PlacementState.STARTED, PlacementState.ENDED}
    closes = row.ends_on + timedelta(days=work.parameter("observation_closing_days", row.ends_on))
    return Stay(row.case_id, unit, row.starts_on, row.ends_on, there, closes)


def stay_under_contract(work: Work, contract_ref: str) -> Stay:
    """An observation contract with one of my provider units; refuses UnknownThing, NotAllowed."""
    row = contract_by_ref(work, contract_ref)
    unit = _mine(work, row.provider_unit_id)
    closes = row.ends_on + timedelta(days=work.parameter("observation_closing_days", row.ends_on))
    there = row.state is ObservationState.IN_FORCE
    return Stay(row.case_id, unit, row.starts_on, row.ends_on, there, closes)


def observe_participant(work: Work, ask: ObserveParticipant) -> list[GridEntry]:
    """Write down what was observed; the case reads it dated, with the provider's unit as its author.

    Who leads the case is told.

    Refuses: UnknownThing, NotAllowed, ParticipantNotThere, ObservationsClosed, NobodyFollows (the case is
    closed), and with every fault of every entry, days out of the stay (OutsideThePlacement) included.
    """
    return _observe(work, stay_in_measure(work, ask.placement_ref), ask.entries)


def observe_candidate(work: Work, ask: ObserveCandidate) -> list[GridEntry]:
    """Write down what was observed under a contract in force; refuses as `observe_participant` does."""
    return _observe(work, stay_under_contract(work, ask.contract_ref), ask.entries)


def said_of(work: Work, stay: Stay) -> tuple[GridLine, ...]:
    """What my unit has observed in this stay, the newest answer to an item first."""
    return observed(work, stay.case_id, stay.unit_id, stay.first, stay.last)


def grid_of(work: Work) -> Grid:
    """The grid in which is observed."""
    return observation_grid(work)


def _observe(work: Work, stay: Stay, entries: tuple[GridAnswer, ...]) -> list[GridEntry]:
    closed = stay.why_closed(work.today)
    if closed is not None:
        raise closed
    kept = observe(work, stay.case_id, entries, stay.unit_id, stay.faults(entries))
    if kept:
        _tell_lead(work, stay.case_id)
    return kept


def _tell_lead(work: Work, case_id: int) -> None:
    """Who leads the case is told that something was observed: the account that leads it, else its unit."""
    case = case_by_id(replace(work, actor=HOUSE), case_id)
    reader = {"account_id": case.lead_account_id} if case.lead_account_id else {"unit_id": case.lead_unit_id}
    tell(
        work, **reader, kind="observation-received", subject=CASE, subject_ref=case.ref,
        person_id=case.person_id,
    )  # fmt: skip


def _mine(work: Work, unit_id: int | None) -> int:
    """The provider's unit, if the actor works there as provider; refuses NotAllowed."""
    if unit_id in {seat.unit_id for seat in work.actor.seats if seat.role == Role.PROVIDER}:
        return unit_id or 0
    raise NotAllowed(act="observe_participant")
