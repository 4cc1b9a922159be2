"""What the units that asked may know of everybody who waits, in a constant number of statements.

The same facts as for one case by hand (`routing.actions_place`): what the unit may not read is absent. Taken
for decisions only; nothing of it is shown here.
"""

from dataclasses import dataclass
from datetime import date

from cii.access.units_reading import UnitsReading, units_reading_many
from cii.access.vocabulary import NOTHING, Section
from cii.cases.known import capacities, last_said
from cii.institutions.regions import region_of_each
from cii.people.known import days_left, known_by, typed_of
from cii.placements.awaiting import awaiting
from cii.routing.detected import detected_facts
from cii.routing.rules import PlaceFacts, age_at
from cii.store.work import Work

SPOKEN, TRAINING = "french_oral", "training_level"


@dataclass(frozen=True, slots=True)
class Asking:
    """A case, its person, the unit that opened it, and the unit that asks for a place."""

    case_id: int
    person_id: int
    opened_by_unit_id: int
    unit_id: int


def facts_of_many(work: Work, asking: list[Asking], until: date) -> dict[int, PlaceFacts]:
    """What is known of each case by the unit that asks, still without a sector; by case.

    `until`: as for the waiting entries from which these cases come.
    """
    cases, persons = awaiting("case_id", until), awaiting("person_id", until)
    reading = units_reading_many(work, awaiting("requested_by_unit_id", until), cases, persons)
    typed, regions = typed_of(work, persons), region_of_each(work)
    left, limits = days_left(work, persons), capacities(work, cases)
    said, detected = last_said(work, cases, (SPOKEN, TRAINING)), detected_facts(work, cases)
    found = {}
    for one in asking:
        reads = reading.case(one.unit_id, one.case_id)
        told = detected.get(one.case_id, {}) if reads != NOTHING else {}
        shown = None
        if Section.IDENTITY in reads and Section.IDENTITY in reading.person(one.unit_id, one.person_id):
            shown = known_by(one.unit_id, typed.get(one.person_id, []))
        opener = next(
            (who for who in typed.get(one.person_id, []) if who.unit_id == one.opened_by_unit_id), None
        )
        plan = Section.PLAN in reads
        found[one.case_id] = PlaceFacts(
            sector="",
            age=age_at(shown.birth_date, work.today) if shown else None,
            region=regions.get(opener.postcode or "") if shown and opener else None,
            language=shown.language if shown else None,
            work_capacity=_capacity(reads, limits.get(one.case_id), told.get("work_capacity")),
            spoken=said.get((one.case_id, SPOKEN)) if plan else None,
            training=said.get((one.case_id, TRAINING)) if plan else None,
            framework_days_left=_days_left(reading, one, left.get(one.person_id, [])),
            months_without_work=told.get("months_since_registration"),
        )
    return found


def _capacity(reads: Section, said: int | None, detected: object) -> int | None:
    """The physician's latest word, else what the detection was told; where the unit may read the limits."""
    if Section.FUNCTIONAL not in reads:
        return None
    return said if said is not None else detected if isinstance(detected, int) else None


def _days_left(reading: UnitsReading, one: Asking, said: list[tuple[int, int | None]]) -> int | None:
    """The last word on it that the unit may read: its own, or anybody's where the plan is open to it."""
    shared = Section.PLAN in reading.person(one.unit_id, one.person_id)
    return next((days for unit, days in said if shared or unit == one.unit_id), None)


__all__ = ["Asking", "facts_of_many"]
