"""Soundness of a process: whether every stage is reached, can be left, and comes to an end.

Joins that never complete, cycles of `after`, conditions that never hold, ways never taken, outcomes that lead
nowhere. Source: workflow.md §2, load-time checks.
"""

from collections.abc import Iterator

from cii.decisions.regions import cut
from cii.files.problems import Mark, Problem, at, hint, problem
from cii.workflow.conditions import Condition
from cii.workflow.definition import Definition, Stage


def targets(definition: Definition, stage: Stage) -> list[tuple[str, Mark]]:
    """Where the stage leads, each with its place in the file: its ways, then its timeout."""
    here = ("stages", stage.key)
    found = [
        (way.to, definition.mark(*here, "next", str(number), "to"))
        for number, way in enumerate(stage.next)
        if way.to
    ]
    if stage.timeout and stage.timeout.to:
        found.append((stage.timeout.to, definition.mark(*here, "timeout", "to")))
    return found


def joins(definition: Definition, stage: Stage) -> Iterator[Problem]:
    """Whether the tasks of a stage can ever be enough, and none waits for what never comes."""
    required, where, source = len(stage.required), at("stage", stage.key), definition.source
    multiple = any(task.for_each for task in stage.required)
    mark = definition.mark("stages", stage.key, "complete")
    if stage.quorum > stage.of > 0:
        yield problem(source, mark, "quorum-above-count", where=where, quorum=stage.quorum, count=stage.of)
    elif stage.quorum > required and not multiple and (stage.complete == "quorum" or stage.tasks):
        yield problem(source, mark, "join-never", where=where, quorum=stage.quorum, count=required)
    elif stage.complete == "quorum" and not multiple and stage.of != required:
        right = hint("write", text=f"{stage.quorum} of {required}")
        yield problem(source, mark, "join-miscounted", right, where=where, said=stage.of, count=required)
    if stage.tasks and not required and stage.timeout is None:
        yield problem(source, definition.mark("stages", stage.key), "only-discretionary", where=where)
    waits = {task.key: [one for one in task.after if stage.task(one)] for task in stage.tasks}
    for task in stage.tasks:
        here = definition.mark("stages", stage.key, "tasks", task.key, "after")
        if _leads_back(task.key, waits):
            yield problem(source, here, "after-cycle", where=at("task", task.key))
        for one in task.after:
            before = stage.task(one)
            if before and before.discretionary and not task.discretionary:
                yield problem(source, here, "after-discretionary", where=at("task", task.key), task=one)


def _leads_back(start: str, waits: dict[str, list[str]]) -> bool:
    return start in _closure(waits.get(start, []), waits)


def ways(definition: Definition, stage: Stage) -> Iterator[Problem]:
    """Whether the ways out of a stage can be taken, and one is left whatever happened."""
    where, source, here = at("stage", stage.key), definition.source, definition.mark("stages", stage.key)
    if stage.end is not None:
        if stage.tasks or stage.next or stage.timeout:
            yield problem(source, here, "end-goes-on", where=where)
        return
    if not stage.next:
        yield problem(source, here, "no-way-on", hint("next-or-end"), where=where)
        return
    yield from _conditions(definition, stage)
    if any(way.when is None for way in stage.next):
        return
    last = definition.mark("stages", stage.key, "next", str(len(stage.next) - 1))
    if any(way.when and way.when.fact for way in stage.next):
        yield problem(source, last, "no-catch-all", hint("catch-all"), where=where)
        return
    routed = {way.when.outcome for way in stage.next if way.when and way.when.how == "any"}
    exhaustive = any(set(task.outcomes) <= routed for task in stage.required) and stage.complete == "all"
    for task in stage.tasks:
        for outcome in task.outcomes:
            if outcome not in routed and (outcome in task.ending or not (exhaustive or task.discretionary)):
                mark = definition.mark("stages", stage.key, "tasks", task.key, "outcomes")
                add = hint("route", text=f"{{if: any task = {outcome}, to: …}}")
                yield problem(
                    source, mark, "outcome-not-routed", add, where=at("task", task.key), outcome=outcome
                )


def _conditions(definition: Definition, stage: Stage) -> Iterator[Problem]:
    where, source = at("stage", stage.key), definition.source
    free = True
    seen: set[str] = set()
    taken: dict[str, list[Condition]] = {}
    for number, way in enumerate(stage.next):
        mark = definition.mark("stages", stage.key, "next", str(number))
        when = way.when
        if not free:
            yield problem(source, mark, "way-never-taken", hint("order"), where=where)
        elif when is None:
            free = False
        elif _never(definition, stage, when):
            yield problem(source, mark, "condition-never", where=where, condition=when.text)
        elif when.text in seen or (when.fact and _covered(definition, when, taken.get(when.fact, []))):
            yield problem(source, mark, "way-never-taken", hint("order"), where=where)
        if when is not None:
            seen.add(when.text)
            taken.setdefault(when.fact, []).append(when)
            if free and when.fact and _covered(definition, None, taken[when.fact]):
                free = False


def _never(definition: Definition, stage: Stage, when: Condition) -> bool:
    """Whether no fact of the domain, and no way the tasks may end, makes the condition true."""
    if when.cell is not None:
        return not cut(when.fact, definition.facts[when.fact], [when.cell]).mask(when.cell)
    able = [task for task in stage.tasks if when.outcome in task.outcomes]
    if not able:
        return False  # the outcome is unknown, which is said elsewhere
    if when.how == "count" and not any(task.for_each for task in able):
        return when.count > len(able)
    lacking = any(when.outcome not in task.outcomes for task in stage.required)
    return when.how == "all" and stage.complete == "all" and lacking


def _covered(definition: Definition, when: Condition | None, before: list[Condition]) -> bool:
    """Whether the conditions before leave nothing to this one, or to any other when it is None."""
    cells = [one.cell for one in before if one.cell is not None]
    name = before[0].fact if before else ""
    if not cells:
        return False
    own = [when.cell] if when is not None and when.cell is not None else []
    pieces = cut(name, definition.facts[name], [*cells, *own])
    union = 0
    for cell in cells:
        union |= pieces.mask(cell)
    return not (pieces.mask(own[0]) if own else pieces.all) & ~union


def paths(definition: Definition) -> Iterator[Problem]:
    """Stages nobody reaches, stages that reach no end, circles without any task, ends nobody could choose."""
    stages, source = definition.stages, definition.source
    ways_on = {
        key: [to for to, _ in targets(definition, stage) if to in stages] for key, stage in stages.items()
    }
    back: dict[str, list[str]] = {key: [] for key in stages}
    for key, leads in ways_on.items():
        for to in leads:
            back[to].append(key)
    reached = _closure([definition.start], ways_on) if definition.start in stages else set(stages)
    ending = _closure([key for key, stage in stages.items() if stage.end is not None], back)
    idle = {
        key for key, stage in stages.items() if not stage.required and stage.end is None and not stage.timeout
    }
    circles = {key: [to for to in ways_on[key] if to in idle] for key in idle}
    for key, stage in stages.items():
        where, mark = at("stage", key), definition.mark("stages", key)
        # An end without a way in is reached by the built-in closing, so it is no orphan.
        if key not in reached and stage.end is None:
            yield problem(source, mark, "unreachable-stage", hint("way-to", stage=key), where=where)
        if key not in ending:
            yield problem(source, mark, "no-end", where=where)
        if key in idle and _leads_back(key, circles):
            yield problem(source, mark, "idle-cycle", where=where)
        if stage.timeout and (after := stages.get(stage.timeout.to)) and after.end and len(after.end) > 1:
            here = definition.mark("stages", key, "timeout")
            yield problem(source, here, "timeout-without-outcome", where=where, stage=stage.timeout.to)


def _closure(start: list[str], ways_on: dict[str, list[str]]) -> set[str]:
    seen = set(start)
    todo = list(start)
    while todo:
        for to in ways_on.get(todo.pop(), []):
            if to not in seen:
                seen.add(to)
                todo.append(to)
    return seen
