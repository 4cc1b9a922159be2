"""Where the open cases of a process stand, as a reader may see it: small numbers of others stay hidden.

What a reader knows from the cases of its own units is not counted when small numbers are looked for: hidden
is what would tell of fewer than the minimum of the others. Source: product.md §7; workflow.md §4.
"""

from dataclasses import dataclass, replace

from cii.access.vocabulary import Role
from cii.figures.suppression import TOTAL, Counts, hidden
from cii.kernel.errors import UnknownThing
from cii.store.work import Work
from cii.workflow.aggregate import StageCount, stage_counts
from cii.workflow.definition import Definition
from cii.workflow.library import process, process_versions

WHOLE = (Role.COORDINATION_MEMBER,)
"""Who may see every number: the group that coordinates all cases."""


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """The open cases of one version of a process; `total` is None when it would tell of too few."""

    definition: Definition
    stages: dict[str, StageCount]
    total: int | None
    own: bool
    minimum: int


def process_figures(
    work: Work, name: str, version: int | None = None, *, own: bool = False
) -> ProcessFigures:
    """The open cases of a version, the newest when none is named; `own`: only those of the reader's units.

    Refuses: UnknownThing.
    """
    definition, _ = process(work, name, version)
    row = next((one for one in process_versions(work, name) if one.version == definition.version), None)
    if row is None:
        raise UnknownThing(what=name)
    minimum: int = work.parameter("small_cell_minimum", work.today)
    mine = stage_counts(work, row.id, work.actor.units)
    if own:
        return ProcessFigures(definition, mine, _sum(mine), own, minimum)
    every = stage_counts(work, row.id)
    if work.actor.has_role(*WHOLE):
        return ProcessFigures(definition, every, _sum(every), own, minimum)
    return _veiled(definition, every, mine, minimum)


def _sum(stages: dict[str, StageCount]) -> int:
    return sum(one.open or 0 for one in stages.values())


def _veiled(
    definition: Definition, every: dict[str, StageCount], mine: dict[str, StageCount], minimum: int
) -> ProcessFigures:
    cells = {}
    for stage, one in every.items():
        known = mine.get(stage, StageCount())
        late = (one.overdue or 0) - (known.overdue or 0)
        cells[stage, "late"] = late
        cells[stage, "in_time"] = (one.open or 0) - (known.open or 0) - late
    out = hidden(Counts(sorted(every), ["late", "in_time"], cells), minimum)
    seen = {}
    for stage, one in every.items():
        shown = one
        if (stage, "late") in out or (stage, "in_time") in out:
            shown = replace(shown, overdue=None)
        if (stage, TOTAL) in out:
            shown = replace(shown, open=None, overdue=None, median_days=None)
        seen[stage] = shown
    total = None if (TOTAL, TOTAL) in out else _sum(every)
    return ProcessFigures(definition, seen, total, own=False, minimum=minimum)
