"""Finding and giving places with what is known of the person, as far as the actor may read it (P6).

Nothing is guessed: a fact that is not known, or not open to the actor, is absent, and a measure's table then
says that it is missing.
"""

from collections.abc import Mapping

from cii.cases.queries import case_by_ref
from cii.cases.shapes import CaseView, GridLine
from cii.cases.view import case_view
from cii.institutions.queries import line_by_ref, region_of
from cii.institutions.vocabulary import Sector
from cii.people.queries import identity_for, statuses
from cii.placements.actions import AssignPlacement, assign
from cii.placements.finder import Found, Sought, find_places
from cii.placements.tables import Placement
from cii.routing.queries import detection_of_case
from cii.routing.rules import PlaceFacts, age_at, place_facts
from cii.store.work import Work


def facts_for_place(work: Work, case_ref: str, line_ref: str) -> Mapping[str, object]:
    """What eligibility tables and the place finder may use of a case; refuses UnknownThing."""
    view, case = case_view(work, case_ref), case_by_ref(work, case_ref)
    detected = detection_of_case(work, case.id or 0)
    known = identity_for(work, case.person_id, case.opened_by_unit_id)
    shown = view.sections.get("identity")
    drawn = {row.system: row for row in reversed(statuses(work, case.person_id))}
    ac = drawn.get(Sector.AC)
    found = dict(detected.facts) if detected is not None else {}
    return place_facts(
        PlaceFacts(
            sector=line_by_ref(work, line_ref).sector.value,
            age=age_at(shown.birth_date, work.today) if shown is not None else None,
            region=region_of(work, known.postcode) if shown and known and known.postcode else None,
            language=shown.language if shown is not None else None,
            work_capacity=_capacity(view, found.get("work_capacity")),
            spoken=_grid(view, "french_oral"),
            training=_grid(view, "training_level"),
            framework_days_left=ac.remaining_days if ac is not None else None,
            months_without_work=found.get("months_since_registration"),
        )
    )


def propose_places(work: Work, case_ref: str, sought: Sought) -> Found:
    """The place finder with what is known of the person; refuses as `find_places`."""
    return find_places(work, case_ref, sought, facts_for_place(work, case_ref, sought.payers[0][0]))


def place_person(work: Work, ask: AssignPlacement) -> Placement:
    """Place a person with what is known of them; refuses as `assign`."""
    line = ask.line_ref or (ask.shares[0].line_ref if ask.shares else None)
    return assign(work, ask, facts_for_place(work, ask.case_ref, line) if line else {})


def _capacity(view: CaseView, detected: object) -> int | None:
    """The physician's latest word on the capacity for work, else what the detection was told."""
    functional = view.sections.get("functional")
    said = [one.capacity for one in functional.limits if one.capacity is not None] if functional else []
    if said:
        return int(said[0])
    return int(detected) if functional is not None and isinstance(detected, int) else None


def _grid(view: CaseView, item: str) -> str | None:
    """The last value that a unit gave to an item of the grid."""
    plan = view.sections.get("plan")
    lines: tuple[GridLine, ...] = plan.grid if plan is not None else ()
    entries = [entry for line in lines if line.item == item for entry in line.entries]
    return max(entries, key=lambda one: one.author.at).value if entries else None
