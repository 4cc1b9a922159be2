"""Load-time checks of a process: what a well-formed file may still get wrong, with line and hint.

Here the words: unknown stage, role, outcome, table or fact; a task nobody owns; an escalation that comes too
early or too late; a deadline above its legal maximum. `soundness` looks at the paths: a stage nobody reaches,
a join that never completes, an outcome that leads nowhere. Source: workflow.md §2.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

from cii.decisions.domain import Domain
from cii.decisions.rulebook import Table
from cii.files.problems import BrokenFile, Mark, Problem, at, did_you_mean, example, hint, problem
from cii.workflow.definition import Definition, Stage, Task, parse
from cii.workflow.soundness import joins, paths, targets, ways
from cii.workflow.vocabulary import EFFECTS, OWNERS, ROLES, SUBJECTS

Tables = Mapping[str, Mapping[str, Domain]]
"""Table → input → its domain."""
_TOLD = frozenset({"notify", "flag", "invite"})


def inputs_of(tables: Iterable[Table]) -> Tables:
    """What each table asks for, its versions taken together."""
    found: dict[str, dict[str, Domain]] = {}
    for table in tables:
        found.setdefault(table.id, {}).update(table.domains)
    return found


def problems_in(
    text: str, source: str, known_tables: Tables | Collection[str]
) -> tuple[Definition | None, list[Problem]]:
    """Read and check a file: the definition (None when it cannot be read) and all its problems by line.

    With `known_tables` as `inputs_of` gives them, the inputs of each table asked must be facts of the
    process; with names alone only the names are checked.
    """
    try:
        definition = parse(text, source)
    except BrokenFile as broken:
        return None, list(broken.problems)
    return definition, check(definition, known_tables)


def check(definition: Definition, known_tables: Tables | Collection[str]) -> list[Problem]:
    """All problems of a definition, by line; errors forbid its publication, warnings do not."""
    found = list(definition.warnings)
    found += _of_file(definition)
    for stage in definition.stages.values():
        found += _of_stage(definition, stage)
        found += _of_tables(definition, stage, known_tables)
        found += joins(definition, stage)
        found += ways(definition, stage)
        for task in stage.tasks:
            found += _of_task(definition, stage, task)
            found += _of_delays(definition, stage, task)
    found += paths(definition)
    return sorted(dict.fromkeys(found), key=lambda one: (one.line, one.column, one.code))


def _of_file(definition: Definition) -> Iterator[Problem]:
    source = definition.source
    if definition.start not in definition.stages:
        near = did_you_mean(definition.start, definition.stages)
        yield problem(source, definition.mark("start"), "unknown-start", near, stage=definition.start)
    if definition.subject not in SUBJECTS:
        near = did_you_mean(definition.subject, SUBJECTS)
        yield problem(source, definition.mark("subject"), "unknown-subject", near, subject=definition.subject)
    if not definition.legal_basis:
        yield problem(source, definition.mark("legal_basis"), "no-legal-basis", hint("law"), warning=True)
    spoken = {one for stage in definition.stages.values() for task in stage.tasks for one in task.outcomes}
    spoken |= set(definition.outcomes)
    for word in sorted(spoken - set(definition.words)):
        yield problem(
            source, definition.mark("words"), "outcome-unworded", hint("words"), warning=True, outcome=word
        )
    for word in definition.words:
        if word not in spoken and word not in definition.facts:
            near = did_you_mean(word, spoken - set(definition.words))
            yield problem(
                source, definition.mark("words", word), "word-unused", near, warning=True, word=word
            )


def _of_stage(definition: Definition, stage: Stage) -> Iterator[Problem]:
    source, where = definition.source, at("stage", stage.key)
    for to, mark in targets(definition, stage):
        if to not in definition.stages:
            near = did_you_mean(to, definition.stages)
            yield problem(source, mark, "unknown-stage", near, where=where, stage=to)
    for number, (name, argument) in enumerate(stage.on_enter):
        mark = definition.mark("stages", stage.key, "on_enter", str(number))
        if name not in EFFECTS:
            yield problem(
                source, mark, "unknown-effect", did_you_mean(name, EFFECTS), where=where, effect=name
            )
        elif name in _TOLD and not argument:
            add = example(f"{name}: lead")
            yield problem(source, mark, "effect-without-recipient", add, where=where, effect=name)
        elif name in _TOLD and argument not in ROLES:
            near = did_you_mean(argument, ROLES)
            yield problem(source, mark, "unknown-recipient", near, where=where, effect=name, role=argument)
    outcomes = {one for task in stage.tasks for one in task.outcomes}
    for number, way in enumerate(stage.next):
        if way.when and way.when.outcome and way.when.outcome not in outcomes:
            mark = definition.mark("stages", stage.key, "next", str(number), "if")
            near = did_you_mean(way.when.outcome, outcomes)
            yield problem(source, mark, "unknown-outcome", near, where=where, outcome=way.when.outcome)


def _of_tables(
    definition: Definition, stage: Stage, known_tables: Tables | Collection[str]
) -> Iterator[Problem]:
    source, where = definition.source, at("stage", stage.key)
    for number, way in enumerate(stage.next):
        if not way.decide:
            continue
        mark = definition.mark("stages", stage.key, "next", str(number), "decide")
        if way.decide not in known_tables:
            near = did_you_mean(way.decide, known_tables)
            yield problem(source, mark, "unknown-table", near, where=where, table=way.decide)
            continue
        asked = known_tables[way.decide] if isinstance(known_tables, Mapping) else {}
        for name, domain in asked.items():
            fact = definition.facts.get(name)
            if fact is None:
                near = hint("add-fact", line=f"{name}: {domain}")
                yield problem(
                    source, mark, "table-needs-fact", near, where=where, table=way.decide, fact=name
                )
            elif not _within(fact, domain):
                yield problem(
                    source, definition.mark("facts", name), "fact-outside-table",
                    fact=name, found=str(fact), expected=str(domain), table=way.decide,
                )  # fmt: skip


def _within(fact: Domain, asked: Domain) -> bool:
    """Whether every value of the fact is one that the table takes."""
    if fact.kind != asked.kind:
        return False
    if asked.values:
        return bool(fact.values) and set(fact.values) <= set(asked.values)
    low = asked.low is None or (fact.low is not None and fact.low >= asked.low)
    return low and (asked.high is None or (fact.high is not None and fact.high <= asked.high))


def _of_task(definition: Definition, stage: Stage, task: Task) -> Iterator[Problem]:
    where, source = at("task", task.key), definition.source

    def mark(*path: str) -> Mark:
        return definition.mark("stages", stage.key, "tasks", task.key, *path)

    if not task.owner:
        yield problem(source, mark("owner"), "task-without-owner", hint("owner"), where=where)
    elif task.owner not in OWNERS:
        near = did_you_mean(task.owner, OWNERS)
        yield problem(source, mark("owner"), "unknown-role", near, where=where, role=task.owner)
    if task.for_each and task.for_each not in OWNERS:
        near = did_you_mean(task.for_each, OWNERS)
        yield problem(source, mark("for_each"), "unknown-role", near, where=where, role=task.for_each)
    for number, rung in enumerate(task.escalate):
        if rung.to and rung.to not in ROLES:
            here = mark("escalate", str(number), "to")
            near = did_you_mean(rung.to, ROLES)
            yield problem(source, here, "unknown-role", near, where=where, role=rung.to)
    for one in task.after:
        if stage.task(one) is None:
            near = did_you_mean(one, [other.key for other in stage.tasks if other is not task])
            yield problem(source, mark("after"), "unknown-task", near, where=where, task=one)


def _of_delays(definition: Definition, stage: Stage, task: Task) -> Iterator[Problem]:
    where, source = at("task", task.key), definition.source

    def mark(*path: str) -> Mark:
        return definition.mark("stages", stage.key, "tasks", task.key, *path)

    due, limit, most = task.due, stage.timeout.after if stage.timeout else None, task.max
    if due and most and due.rough_days > most.rough_days:
        yield problem(source, mark("due"), "due-above-maximum", where=where, due=str(due), maximum=str(most))
    if due and limit and not task.discretionary and due.rough_days > limit.rough_days:
        yield problem(source, mark("due"), "due-after-timeout", where=where, due=str(due), timeout=str(limit))
    for number, rung in enumerate(task.escalate):
        here, after, late = mark("escalate", str(number)), str(rung.after), rung.after.rough_days
        if due and late < due.rough_days:
            yield problem(source, here, "escalation-before-due", where=where, after=after, due=str(due))
        if limit and late >= limit.rough_days:
            yield problem(
                source, here, "escalation-after-timeout", where=where, after=after, timeout=str(limit)
            )
        if most and late > most.rough_days:
            yield problem(
                source, here, "escalation-after-maximum", where=where, after=after, maximum=str(most)
            )
    for number, (one, two) in enumerate(pairwise(task.escalate), 1):
        if two.after.rough_days <= one.after.rough_days:
            yield problem(
                source, mark("escalate", str(number)), "escalation-order",
                where=where, after=str(two.after), before=str(one.after),
            )  # fmt: skip
