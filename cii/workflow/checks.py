"""Load-time checks of a process: what a well-formed file may still get wrong, with line and hint.

Unknown stage, role, outcome, table or fact; a stage nobody reaches or that reaches no end; a task nobody
owns; an outcome not routed; a join that can never complete; a cycle of `after`; an escalation without
recipient; a deadline above its legal maximum; a missing translation (warning). Source: workflow.md §2.
"""

from collections.abc import Collection, Iterator

from cii.workflow.definition import Definition, Stage, Task, parse
from cii.workflow.reading import BrokenFile, Problem, did_you_mean
from cii.workflow.vocabulary import EFFECTS, OWNERS, ROLES, SUBJECTS


def problems_in(
    text: str, source: str, known_tables: Collection[str]
) -> tuple[Definition | None, list[Problem]]:
    """Read and check a file: the definition (None when it cannot be read) and all its problems by line."""
    try:
        definition = parse(text, source)
    except BrokenFile as broken:
        return None, list(broken.problems)
    return definition, check(definition, known_tables)


def check(definition: Definition, known_tables: Collection[str]) -> list[Problem]:
    """All problems of a definition, by line; errors forbid its publication, warnings do not."""
    found = list(definition.warnings)
    found += _of_file(definition)
    for stage in definition.stages.values():
        found += _of_stage(definition, stage, known_tables)
        for task in stage.tasks:
            found += _of_task(definition, stage, task)
    found += _of_paths(definition)
    return sorted(found, key=lambda one: (one.line, one.code))


def _problem(
    definition: Definition,
    line: int,
    code: str,
    message: str,
    hint: str | None = None,
    *,
    warning: bool = False,
) -> Problem:
    return Problem(definition.source, line, code, message, hint, "warning" if warning else "error")


def _of_file(definition: Definition) -> Iterator[Problem]:
    lines = definition.lines
    if definition.start not in definition.stages:
        yield _problem(
            definition,
            lines.get("start", 1),
            "unknown-stage",
            f"The start “{definition.start}” is no stage.",
            did_you_mean(definition.start, definition.stages),
        )
    if definition.subject not in SUBJECTS:
        yield _problem(
            definition,
            lines.get("subject", 1),
            "unknown-subject",
            f"“{definition.subject}” is no subject.",
            did_you_mean(definition.subject, SUBJECTS),
        )
    if not definition.legal_basis:
        yield _problem(
            definition,
            lines.get("legal_basis", 1),
            "no-legal-basis",
            "The process names no legal basis.",
            warning=True,
        )
    spoken = {one for stage in definition.stages.values() for task in stage.tasks for one in task.outcomes}
    spoken |= set(definition.outcomes)
    for word in sorted(spoken - set(definition.words)):
        yield _problem(
            definition,
            lines.get("words", lines.get("stages", 1)),
            "missing-translation",
            f"The outcome “{word}” has no wording under “words”.",
            warning=True,
        )


def _targets(stage: Stage) -> list[tuple[str, int]]:
    ways = [(one.to, one.line) for one in stage.next]
    return [*ways, (stage.timeout.to, stage.timeout.line)] if stage.timeout else ways


def _of_stage(  # noqa: C901 - one check after another
    definition: Definition, stage: Stage, known_tables: Collection[str]
) -> Iterator[Problem]:
    where = f"Stage “{stage.key}”"
    for to, line in _targets(stage):
        if to not in definition.stages:
            yield _problem(
                definition,
                line,
                "unknown-stage",
                f"{where} leads to “{to}”, which is no stage.",
                did_you_mean(to, definition.stages),
            )
    for name, argument in stage.on_enter:
        if name not in EFFECTS:
            yield _problem(
                definition,
                stage.line,
                "unknown-effect",
                f"{where} asks for “{name}” on entry.",
                did_you_mean(name, EFFECTS),
            )
        elif name in {"notify", "flag", "invite"} and argument not in ROLES:
            yield _problem(
                definition,
                stage.line,
                "unknown-role",
                f"{where} tells “{argument}”, which is no role.",
                did_you_mean(argument, ROLES),
            )
    outcomes = {one for task in stage.tasks for one in task.outcomes}
    for way in stage.next:
        if way.decide and way.decide not in known_tables:
            yield _problem(
                definition,
                way.line,
                "unknown-table",
                f"{where} asks the table “{way.decide}”, which is unknown.",
                did_you_mean(way.decide, known_tables),
            )
        if way.when and way.when.outcome and way.when.outcome not in outcomes:
            yield _problem(
                definition,
                way.line,
                "unknown-outcome",
                f"{where} asks for the outcome “{way.when.outcome}”, which none of its tasks has.",
                did_you_mean(way.when.outcome, outcomes),
            )
    if stage.end is not None:
        if stage.tasks or stage.next or stage.timeout:
            yield _problem(
                definition, stage.line, "end-goes-on", f"{where} is an end, yet has tasks or a way on."
            )
        return
    if not stage.next:
        yield _problem(
            definition,
            stage.line,
            "no-way-on",
            f"{where} is no end and leads nowhere.",
            "Add next: or end: {outcomes: [...]}.",
        )
    yield from _joins(definition, stage)
    yield from _routing(definition, stage)


def _joins(definition: Definition, stage: Stage) -> Iterator[Problem]:
    required = len(stage.required)
    where = f"Stage “{stage.key}”"
    multiple = any(task.for_each for task in stage.required)
    if stage.quorum > required and not multiple and (required or stage.complete == "quorum" or stage.tasks):
        yield _problem(
            definition,
            stage.line,
            "join-never",
            f"{where} waits for {stage.quorum} tasks but has {required}.",
        )
    elif stage.complete == "quorum" and not multiple and stage.of != required:
        yield _problem(
            definition,
            stage.line,
            "join-miscounted",
            f"{where} says {stage.quorum} of {stage.of} but has {required} tasks that count.",
            f"Write {stage.quorum} of {required}.",
        )
    if stage.quorum > stage.of > 0:
        yield _problem(
            definition, stage.line, "join-never", f"{where} asks for {stage.quorum} of only {stage.of} tasks."
        )
    keys = {task.key for task in stage.tasks}
    waits = {task.key: [one for one in task.after if one in keys] for task in stage.tasks}
    for task in stage.tasks:
        if _leads_back(task.key, waits):
            yield _problem(
                definition, task.line, "after-cycle", f"Task “{task.key}” waits for itself by way of “after”."
            )
        for one in task.after:
            before = stage.task(one)
            if before and before.discretionary and not task.discretionary:
                yield _problem(
                    definition,
                    task.line,
                    "join-never",
                    f"Task “{task.key}” waits for “{one}”, which may never be opened.",
                )


def _leads_back(start: str, waits: dict[str, list[str]]) -> bool:
    seen: set[str] = set()
    todo = list(waits[start])
    while todo:
        at = todo.pop()
        if at == start:
            return True
        if at not in seen:
            seen.add(at)
            todo += waits[at]
    return False


def _routing(definition: Definition, stage: Stage) -> Iterator[Problem]:
    if not stage.next or any(way.when is None for way in stage.next):
        if any(way.when is None for way in stage.next[:-1]):
            yield _problem(
                definition,
                stage.next[-1].line,
                "way-never-taken",
                f"Stage “{stage.key}”: a way without condition stands before the last one.",
            )
        return
    if any(way.when and way.when.fact for way in stage.next):
        yield _problem(
            definition,
            stage.next[-1].line,
            "no-way-on",
            f"Stage “{stage.key}”: no way is left when no condition holds.",
            "End with a way without if.",
        )
        return
    routed = {way.when.outcome for way in stage.next if way.when and way.when.how == "any"}
    exhaustive = any(set(task.outcomes) <= routed for task in stage.required) and stage.complete == "all"
    for task in stage.tasks:
        for outcome in task.outcomes:
            if outcome not in routed and (outcome in task.ending or not (exhaustive or task.discretionary)):
                yield _problem(
                    definition,
                    task.line,
                    "outcome-not-routed",
                    f"Outcome “{outcome}” of task “{task.key}” leads nowhere.",
                    f"Add {{if: any task = {outcome}, to: …}} or a way without if.",
                )


def _of_task(definition: Definition, stage: Stage, task: Task) -> Iterator[Problem]:
    where = f"Task “{task.key}”"
    if not task.owner:
        yield _problem(
            definition, task.line, "task-without-owner", f"{where} belongs to nobody.", "Add owner: lead."
        )
    elif task.owner not in OWNERS:
        yield _problem(
            definition,
            task.line,
            "unknown-role",
            f"{where} belongs to “{task.owner}”, which is no role.",
            did_you_mean(task.owner, OWNERS),
        )
    if task.for_each and task.for_each not in OWNERS:
        yield _problem(
            definition,
            task.line,
            "unknown-role",
            f"{where} is for each “{task.for_each}”, which is no role.",
            did_you_mean(task.for_each, OWNERS),
        )
    for one in task.after:
        if stage.task(one) is None:
            yield _problem(
                definition,
                task.line,
                "unknown-task",
                f"{where} comes after “{one}”, which is no task here.",
                did_you_mean(one, [other.key for other in stage.tasks]),
            )
    for rung in task.escalate:
        if rung.to and rung.to not in ROLES:
            yield _problem(
                definition,
                rung.line,
                "unknown-role",
                f"{where} escalates to “{rung.to}”, which is no role.",
                did_you_mean(rung.to, ROLES),
            )
    if task.due and task.max and task.due.rough_days > task.max.rough_days:
        yield _problem(
            definition,
            task.line,
            "due-above-maximum",
            f"{where} is due in {task.due}, above its legal maximum of {task.max}.",
        )


def _of_paths(definition: Definition) -> Iterator[Problem]:
    stages = definition.stages
    ways = {key: [to for to, _ in _targets(stage) if to in stages] for key, stage in stages.items()}
    if definition.start in stages:
        reached = _closure([definition.start], ways)
        for key, stage in stages.items():
            # An end without a way in is reached by the built-in closing, so it is no orphan.
            if key not in reached and stage.end is None:
                yield _problem(definition, stage.line, "unreachable-stage", f"No way leads to stage “{key}”.")
    back: dict[str, list[str]] = {key: [] for key in stages}
    for key, targets in ways.items():
        for to in targets:
            back[to].append(key)
    ending = _closure([key for key, stage in stages.items() if stage.end is not None], back)
    idle = {
        key for key, stage in stages.items() if not stage.required and stage.end is None and not stage.timeout
    }
    for key, stage in stages.items():
        if key not in ending:
            yield _problem(definition, stage.line, "no-end", f"From stage “{key}” no end can be reached.")
        if key in idle and _leads_back(key, {one: [to for to in ways[one] if to in idle] for one in idle}):
            yield _problem(
                definition, stage.line, "idle-cycle", f"Stage “{key}” comes back to itself without any task."
            )
        if stage.timeout and (after := stages.get(stage.timeout.to)) and after.end and len(after.end) > 1:
            yield _problem(
                definition,
                stage.timeout.line,
                "timeout-without-outcome",
                f"The timeout of stage “{key}” leads to an end with several outcomes: nobody could choose.",
            )


def _closure(start: list[str], ways: dict[str, list[str]]) -> set[str]:
    seen = set(start)
    todo = list(start)
    while todo:
        for to in ways[todo.pop()]:
            if to not in seen:
                seen.add(to)
                todo.append(to)
    return seen
