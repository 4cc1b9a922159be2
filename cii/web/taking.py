"""Who may be given a task or a case: the members of a unit, who has most room first."""

from collections.abc import Sequence

from cii.access.queries import members_of
from cii.desk.loading import loads
from cii.desk.rules import Load, proposed
from cii.desk.substituting import supervises
from cii.institutions.queries import UnitLabel, units_by_id
from cii.store.work import Work
from cii.web.choices import Option, t


def supervised(work: Work) -> dict[int, str]:
    """The units that the reader supervises, each with its reference."""
    return {id_: label.ref for id_, label in supervised_units(work).items()}


def supervised_units(work: Work) -> dict[int, UnitLabel]:
    """The units that the reader supervises, as they are shown."""
    return units_by_id(work, [one for one in work.actor.units if supervises(work, one)])


def refs_of(work: Work, unit_id: int) -> dict[int, str]:
    """The outward names of the unit's members."""
    return {one.id or 0: one.ref for one in members_of(work, unit_id)}


def takers(carried: Sequence[Load], refs: dict[int, str]) -> list[Option]:
    """Who may be given something: who has most room first, the proposal marked."""
    first = proposed(carried)
    return [
        {
            "value": refs[one.account_id],
            "label": t(
                "web.load.proposed" if one is first else "web.load.taker",
                name=one.name, cases=one.cases, percent=one.percent,
            ),
        }
        for one in carried
    ]  # fmt: skip


def takers_for(work: Work) -> list[Option]:
    """Who may be given a task of the units that the reader supervises; none where they supervise none."""
    found: dict[str, Option] = {}
    for unit_id in supervised(work):
        for one in takers(loads(work, unit_id), refs_of(work, unit_id)):
            found.setdefault(one["value"], one)
    return list(found.values())
