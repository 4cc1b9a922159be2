"""Migration files `workflows/migrations/*.yaml`: what becomes of running cases under another version.

File: `process, from, to, title, why, stages, tasks, vanished, facts, timers`. `stages` and `tasks` say what
is called otherwise (`both: opinions`, `both.one: opinions.first`); what keeps its name is not written.
`vanished` says with which reason the open tasks of a kind are cancelled (`follow_up.review: {fr: …, de: …,
en: …}`). `facts` says of each fact new in that version which value counts until one is known (`{default:
2}`), or the question without whose answer a case does not move (`{ask: {fr: …}}`). `timers: keep` (usual)
leaves the delays that run as they are, `restart` lets those of the new version begin on the day of the
migration.

A case whose open task or stage the file does not name stays where it is, with that reason. Source:
workflow.md §1 point 4.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cii.decisions.domain import Domain, day, duration, number
from cii.files.problems import BrokenFile, Mark, Problem, at, did_you_mean, hint, problem
from cii.files.reading import Branch, Leaf, Reader
from cii.files.vocabulary import Title
from cii.kernel.digest import digest
from cii.kernel.errors import Refusal
from cii.texts.speech import Saying
from cii.workflow.definition import Definition, Stage, Task

PLAN_KEYS = (
    "process", "from", "to", "title", "why", "stages", "tasks", "vanished", "facts", "timers",
)  # fmt: skip
TIMERS = ("keep", "restart")

TaskName = tuple[str, str]
"""A task by the keys of its stage and its own."""


@dataclass(frozen=True, slots=True)
class NewFact:
    """What stands in for a fact that the old version did not know: a value as written, or a question."""

    default: str | None = None
    ask: Title = field(default_factory=dict, hash=False)


@dataclass(frozen=True, eq=False)
class Plan:
    """A migration as its file says it; `digest` is what an event of it refers to."""

    process: str
    from_version: int
    to_version: int
    title: Title
    why: Title
    stages: Mapping[str, str]
    tasks: Mapping[TaskName, TaskName]
    vanished: Mapping[TaskName, Title]
    facts: Mapping[str, NewFact]
    restart: bool
    digest: str
    source: str = ""
    marks: Mapping[tuple[str, ...], Mark] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()

    def stage_in(self, new: Definition, stage: str) -> str | None:
        """The key of an old stage in the new version, or None when it has none."""
        found = self.stages.get(stage, stage)
        return found if found in new.stages else None

    def task_in(self, new: Definition, stage: str, key: str) -> Task | None:
        """An old task as the new version knows it, or None when it has vanished."""
        named = self.tasks.get((stage, key))
        to = self.stage_in(new, stage)
        if named is not None and named[0] != to:
            return None
        return new.stages[to].task(named[1] if named else key) if to else None


def read_plan(text: str, source: str) -> Plan:
    """Read a migration file; refuses BrokenFile with every fault of form."""
    reader = Reader(source)
    root = reader.load(text)
    where = at("plan")
    reader.keys(root, PLAN_KEYS, where)
    stages, tasks, vanished = (reader.branch(root, name, where) for name in ("stages", "tasks", "vanished"))
    facts = reader.branch(root, "facts", where)
    marks: dict[tuple[str, ...], Mark] = {(name,): root.mark(name) for name in PLAN_KEYS}
    marks |= {
        (name, key): branch.mark(key)
        for name, branch in (("stages", stages), ("tasks", tasks), ("vanished", vanished), ("facts", facts))
        for key in branch.entries
    }
    timers = reader.text(root, "timers", where, default="keep")
    if timers not in TIMERS:
        reader.note(root.mark("timers"), "plan-timers", did_you_mean(timers, TIMERS), value=timers)
    made = Plan(
        process=reader.text(root, "process", where),
        from_version=reader.number(root, "from", where),
        to_version=reader.number(root, "to", where),
        title=reader.title(root, "title", where),
        why=reader.title(root, "why", where),
        stages={key: reader.text(stages, key, where) for key in stages.entries},
        tasks=dict(_renamed(reader, tasks)),
        vanished=dict(_vanished(reader, vanished)),
        facts={name: _fact(reader, facts, name) for name in facts.entries},
        restart=timers == "restart",
        digest=digest(text.replace("\r\n", "\n")),
        source=source,
        marks=marks,
    )
    reader.done()
    object.__setattr__(made, "warnings", tuple(reader.problems))
    return made


def _renamed(reader: Reader, branch: Branch) -> Iterator[tuple[TaskName, TaskName]]:
    for name in branch.entries:
        old = _task_name(reader, branch.mark(name), name)
        new = _task_name(reader, branch.mark(name), reader.text(branch, name, at("plan")))
        if old and new:
            yield old, new


def _vanished(reader: Reader, branch: Branch) -> Iterator[tuple[TaskName, Title]]:
    for name in branch.entries:
        old = _task_name(reader, branch.mark(name), name)
        reason = reader.title(branch, name, at("plan"))
        if not reason.get("fr"):
            reader.note(branch.mark(name), "plan-no-reason", hint("wording"), task=name)
        if old:
            yield old, reason


def _task_name(reader: Reader, mark: Mark, text: str) -> TaskName | None:
    stage, dot, key = text.partition(".")
    if stage and dot and key and "." not in key:
        return stage, key
    reader.note(mark, "plan-task-name", hint("plan-task-name"), value=text)
    return None


def _fact(reader: Reader, facts: Branch, name: str) -> NewFact:
    where = at("fact", name)
    branch = reader.branch(facts, name, where)
    reader.keys(branch, ("default", "ask"), where)
    default, ask = branch.entries.get("default"), None
    if "ask" in branch.entries:
        ask = reader.title(branch, "ask", where)
    if (default is None) == (not ask):
        reader.note(facts.mark(name), "plan-fact-how", hint("plan-fact-how"), fact=name)
    if default is not None and not isinstance(default, Leaf):
        reader.note(facts.mark(name), "not-a-value", name="default", where=where)
    return NewFact(default.text if isinstance(default, Leaf) else None, ask or {})


def problems_in_plan(
    text: str, source: str, definitions: Iterable[Definition]
) -> tuple[Plan | None, list[Problem]]:
    """Read and check a migration file: the plan (None when it cannot be read) and its problems by line."""
    try:
        plan = read_plan(text, source)
    except BrokenFile as broken:
        return None, list(broken.problems)
    return plan, check_plan(plan, definitions)


def check_plan(plan: Plan, definitions: Iterable[Definition]) -> list[Problem]:
    """All problems of a plan against the versions it names; errors forbid it.

    A stage or task without a successor that the plan does not name is a warning: cases that stand there stay
    on their version, which the dry run lists.
    """
    known = {(one.id, one.version): one for one in definitions}
    found = list(plan.warnings)
    if plan.process not in {name for name, _ in known}:
        near = did_you_mean(plan.process, {name for name, _ in known})
        return [*found, _problem(plan, ("process",), "plan-unknown-process", near, process=plan.process)]
    versions = ", ".join(str(version) for name, version in sorted(known) if name == plan.process)
    for key, version in (("from", plan.from_version), ("to", plan.to_version)):
        if (plan.process, version) not in known:
            found.append(
                _problem(
                    plan, (key,), "plan-unknown-version", hint("known", words=versions),
                    process=plan.process, version=version,
                )
            )  # fmt: skip
    if plan.from_version == plan.to_version:
        found.append(_problem(plan, ("to",), "plan-same-version", version=plan.to_version))
    if any(one.severity == "error" for one in found):
        return found
    old, new = known[plan.process, plan.from_version], known[plan.process, plan.to_version]
    if old.subject != new.subject:
        found.append(_problem(plan, ("to",), "plan-other-subject", old=old.subject, new=new.subject))
    found += _of_stages(plan, old, new)
    found += _of_tasks(plan, old, new)
    found += _of_vanished(plan, old)
    found += _of_facts(plan, old, new)
    found += _unsaid(plan, old, new)
    return sorted(found, key=lambda one: (one.line, one.column, one.code))


def _problem(
    plan: Plan,
    path: tuple[str, ...],
    code: str,
    suggestion: Saying | None = None,
    *,
    warning: bool = False,
    **facts: object,
) -> Problem:
    mark = plan.marks.get(path) or plan.marks.get(path[:1]) or Mark(1)
    return problem(plan.source, mark, code, suggestion, warning=warning, **facts)


def _unknown(plan: Plan, path: tuple[str, ...], code: str, word: str, known: Collection[str]) -> Problem:
    return _problem(plan, path, code, did_you_mean(word, known), name=word)


def _of_stages(plan: Plan, old: Definition, new: Definition) -> Iterator[Problem]:
    for one, other in plan.stages.items():
        path = ("stages", one)
        if one not in old.stages:
            yield _unknown(plan, path, "plan-unknown-stage", one, old.stages)
        elif other not in new.stages:
            yield _unknown(plan, path, "plan-stage-to-nothing", other, new.stages)
        elif (old.stages[one].end is None) != (new.stages[other].end is None):
            yield _problem(plan, path, "plan-stage-end", old=one, new=other)


def _of_tasks(plan: Plan, old: Definition, new: Definition) -> Iterator[Problem]:
    for (stage, key), (to_stage, to_key) in plan.tasks.items():
        name = f"{stage}.{key}"
        path = ("tasks", name)
        if _task(old, stage, key) is None:
            yield _unknown(plan, path, "plan-unknown-task", name, _names(old))
        elif _task(new, to_stage, to_key) is None:
            yield _unknown(plan, path, "plan-task-to-nothing", f"{to_stage}.{to_key}", _names(new))
        elif plan.stage_in(new, stage) != to_stage:
            yield _problem(plan, path, "plan-task-elsewhere", task=name, stage=plan.stages.get(stage, stage))
        if (stage, key) in plan.vanished:
            yield _problem(plan, path, "plan-task-twice", task=name)
    for before in old.stages.values():
        yield from _of_successors(plan, before, new)


def _of_successors(plan: Plan, stage: Stage, new: Definition) -> Iterator[Problem]:
    """What the tasks of a stage become: each another one, of the same kind."""
    taken: dict[str, str] = {}
    for task in stage.tasks:
        name = f"{stage.key}.{task.key}"
        to = plan.task_in(new, stage.key, task.key)
        if to is None or (stage.key, task.key) in plan.vanished:
            continue
        if to.for_each != task.for_each:
            yield _problem(plan, ("tasks", name), "plan-task-each", hint("plan-task-each"), task=name)
        if to.key in taken:
            yield _problem(
                plan, ("tasks", name), "plan-two-into-one", one=taken[to.key], other=name, task=to.key
            )
        taken[to.key] = name


def _of_vanished(plan: Plan, old: Definition) -> Iterator[Problem]:
    for stage, key in plan.vanished:
        if _task(old, stage, key) is None:
            name = f"{stage}.{key}"
            yield _unknown(plan, ("vanished", name), "plan-unknown-task", name, _names(old))


def _of_facts(plan: Plan, old: Definition, new: Definition) -> Iterator[Problem]:
    for name, fact in plan.facts.items():
        if name not in new.facts:
            yield _unknown(plan, ("facts", name), "plan-unknown-fact", name, new.facts)
        elif fact.default is not None and default_value(new.facts[name], name, fact.default) is None:
            yield _problem(
                plan, ("facts", name), "plan-bad-default",
                fact=name, value=fact.default, domain=str(new.facts[name]),
            )  # fmt: skip
    asked = {way.when.fact for stage in new.stages.values() for way in stage.next if way.when}
    for name in new.facts:
        if name in asked and name not in old.facts and name not in plan.facts:
            yield _problem(
                plan, ("facts",), "plan-fact-unsaid", hint("plan-fact-how"), warning=True, fact=name
            )


def _unsaid(plan: Plan, old: Definition, new: Definition) -> Iterator[Problem]:
    for stage in old.stages.values():
        if stage.end is not None:
            continue
        if plan.stage_in(new, stage.key) is None:
            if stage.key not in plan.stages:
                yield _problem(plan, ("stages",), "plan-stage-unsaid", warning=True, stage=stage.key)
            continue
        for task in stage.tasks:
            named = (stage.key, task.key)
            if not (named in plan.tasks or named in plan.vanished or plan.task_in(new, *named)):
                yield _problem(
                    plan, ("tasks",), "plan-task-unsaid", hint("plan-task-unsaid"),
                    warning=True, task=f"{stage.key}.{task.key}",
                )  # fmt: skip


def _task(definition: Definition, stage: str, key: str) -> Task | None:
    found: Stage | None = definition.stages.get(stage)
    return found.task(key) if found else None


def _names(definition: Definition) -> list[str]:
    return [f"{stage.key}.{task.key}" for stage in definition.stages.values() for task in stage.tasks]


def default_value(domain: Domain, name: str, text: str) -> object:
    """A default as a value of its domain, or None when it is none."""
    value: object = text
    match domain.kind:
        case "yes/no":
            value = {"yes": True, "no": False, "true": True, "false": False}.get(text)
        case "number" | "whole" | "money":
            value = number(text)
        case "date":
            value = day(text)
        case "months" | "days":
            value = duration(text) or number(text)
    try:
        return None if value is None else domain.normal(name, value)
    except Refusal:
        return None
