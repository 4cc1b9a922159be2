"""Process files `workflows/*.yaml`: the frozen grammar, read into frozen values.

File: `workflow, version, title, legal_basis, subject, facts, start, stages, words` · stage: `title, tasks,
complete, next, timeout {after, to}, on_enter, end {outcomes}` · task: `title, owner, due, max, outcomes,
after, for_each, discretionary, escalate` · next: `if, decide, to`. `if` is an S-FEEL cell over one fact
(`debts >= 10`), or `any task = refuse`, `all tasks = agree`, `2 of tasks = done`.

Written decision on the grammar of workflow.md §2: added are `title` of a task and `words` (wording of
outcomes and facts in fr, de, en), because a file that a lawyer reads must hold its own words; and the length
`3m`, because laws count in months. Nothing else may be added without a line here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cii.decisions.domain import Domain, parse_domain
from cii.decisions.sfeel import BadCell
from cii.files.problems import Mark, Problem, at, example, hint
from cii.files.reading import Branch, Item, Leaf, Reader, marks
from cii.files.vocabulary import Title
from cii.kernel.digest import digest
from cii.workflow.conditions import Condition, condition
from cii.workflow.vocabulary import Length

__all__ = [
    "Condition", "Definition", "Escalation", "Next", "Stage", "Task", "Timeout", "condition", "parse",
]  # fmt: skip

FILE_KEYS = ("workflow", "version", "title", "legal_basis", "subject", "facts", "start", "stages", "words")
STAGE_KEYS = ("title", "tasks", "complete", "next", "timeout", "on_enter", "end")
TASK_KEYS = ("title", "owner", "due", "max", "outcomes", "after", "for_each", "discretionary", "escalate")
NEXT_KEYS = ("if", "decide", "to")

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_TRAPS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n", "~"})
"""Words that most readers of YAML, not ours, turn into yes, no or nothing: no name of a file may be one."""
_QUORUM = re.compile(r"(?P<count>[1-9]\d?) of (?P<all>[1-9]\d?)")


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told when a task stays open that long."""

    after: Length
    to: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a stage: its owner's role, delay, outcomes; `ending` ones end the stage at once."""

    key: str
    owner: str
    outcomes: tuple[str, ...]
    title: Title = field(default_factory=dict, hash=False)
    due: Length | None = None
    max: Length | None = None
    ending: frozenset[str] = frozenset()
    after: tuple[str, ...] = ()
    for_each: str | None = None
    discretionary: bool = False
    escalate: tuple[Escalation, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Next:
    """A way out of a stage; without `when` always; `decide` names the decision table asked on the way."""

    to: str
    when: Condition | None = None
    decide: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Timeout:
    """When a stage lasts that long, the process goes `to` another."""

    after: Length
    to: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: parallel tasks, when they are enough (all, any, or a number), and where it leads."""

    key: str
    title: Title = field(default_factory=dict, hash=False)
    tasks: tuple[Task, ...] = ()
    complete: str = "all"
    quorum: int = 0
    of: int = 0
    next: tuple[Next, ...] = ()
    timeout: Timeout | None = None
    on_enter: tuple[tuple[str, str], ...] = ()
    end: tuple[str, ...] | None = None
    line: int = field(default=0, compare=False)

    def task(self, key: str) -> Task | None:
        """The task of that name, or None."""
        return next((one for one in self.tasks if one.key == key), None)

    @property
    def required(self) -> tuple[Task, ...]:
        """The tasks that count towards completion: all but the discretionary ones."""
        return tuple(one for one in self.tasks if not one.discretionary)


@dataclass(frozen=True, eq=False)
class Definition:
    """A process as published: immutable, known by its `digest`."""

    id: str
    version: int
    title: Title
    legal_basis: tuple[str, ...]
    subject: str
    facts: Mapping[str, Domain]
    start: str
    stages: Mapping[str, Stage]
    words: Mapping[str, Title]
    digest: str
    source: str = ""
    marks: Mapping[tuple[str, ...], Mark] = field(default_factory=dict, compare=False)
    warnings: tuple[Problem, ...] = field(default=(), compare=False)

    def mark(self, *path: str) -> Mark:
        """Where that part of the file stands, or the nearest part around it that the file has."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.marks:
                return self.marks[path[:length]]
        return Mark(1)

    def task(self, stage: str, key: str) -> Task:
        """A task known to exist."""
        found = self.stages[stage].task(key)
        if found is None:
            raise KeyError(f"{self.id}: {stage}.{key}")
        return found

    @property
    def outcomes(self) -> tuple[str, ...]:
        """All outcomes with which the process may end, in the order of the file."""
        return tuple(dict.fromkeys(one for stage in self.stages.values() for one in stage.end or ()))

    def end_for(self, outcome: str) -> str | None:
        """The first end stage that knows this outcome."""
        return next((key for key, stage in self.stages.items() if stage.end and outcome in stage.end), None)


def parse(text: str, source: str) -> Definition:
    """Read a process file; refuses BrokenFile with every fault of form, each with its line.

    What a well-formed file means is checked by `checks.check`.
    """
    reader = Reader(source)
    root = reader.load(text)
    the_file = at("file")
    reader.keys(root, FILE_KEYS, the_file)
    identity = reader.text(root, "workflow", the_file)
    facts = _facts(reader, root)
    stages_branch = reader.branch(root, "stages", the_file, needed=True)
    stages = {}
    for key, item in stages_branch.entries.items():
        _named(reader, stages_branch.mark(key), key)
        if not isinstance(item, Branch):
            reader.note(stages_branch.mark(key), "empty-stage", stage=key)
            continue
        stages[key] = _stage(reader, key, item, stages_branch.lines[key], facts)
    words_branch = reader.branch(root, "words", the_file)
    made = Definition(
        id=identity,
        version=reader.number(root, "version", the_file),
        title=reader.title(root, "title", the_file),
        legal_basis=tuple(one.text for one in reader.words(root, "legal_basis")),
        subject=reader.text(root, "subject", the_file),
        facts=facts,
        start=reader.text(root, "start", the_file),
        stages=stages,
        words={key: reader.title(words_branch, key, at("words")) for key in words_branch.entries},
        digest=digest(text.replace("\r\n", "\n")),
        source=source,
        marks=marks(root),
    )
    reader.done()
    return replace(made, warnings=tuple(reader.problems))


def _named(reader: Reader, mark: Mark, name: str, *, quoted: bool = False) -> None:
    """Fault a name that other readers of YAML would take for yes, no or nothing, or that is no plain word."""
    if name.lower() in _TRAPS and not quoted:
        reader.note(mark, "yes-no-trap", hint("other-word"), name=name)
    elif not _NAME.fullmatch(name):
        reader.note(mark, "bad-name", hint("name"), name=name)


def _facts(reader: Reader, root: Branch) -> dict[str, Domain]:
    branch = reader.branch(root, "facts", at("file"))
    facts = {}
    for name in branch.entries:
        _named(reader, branch.mark(name), name)
        written = reader.text(branch, name, at("fact", name))
        domain = parse_domain(written) if written else Domain("text")
        if isinstance(domain, str):
            reader.note(
                branch.mark(name),
                "bad-domain",
                example('number 0..120, yes/no, text "a", "b"'),
                fact=name,
                said=domain,
            )
        else:
            facts[name] = domain
    return facts


def _stage(reader: Reader, key: str, branch: Branch, line: int, facts: Mapping[str, Domain]) -> Stage:
    where = at("stage", key)
    reader.keys(branch, STAGE_KEYS, where)
    tasks_branch = reader.branch(branch, "tasks", where)
    tasks = []
    for name, item in tasks_branch.entries.items():
        _named(reader, tasks_branch.mark(name), name)
        if isinstance(item, Branch):
            tasks.append(_task(reader, name, item, tasks_branch.lines[name]))
        else:
            reader.note(tasks_branch.mark(name), "empty-task", task=name)
    complete, quorum, of = _complete(reader, branch, where)
    return Stage(
        key=key,
        title=reader.title(branch, "title", where),
        tasks=tuple(tasks),
        complete=complete,
        quorum=quorum,
        of=of,
        next=tuple(_next(reader, item, where, facts) for item in reader.row(branch, "next")),
        timeout=_timeout(reader, branch, where),
        on_enter=_on_enter(reader, branch, where),
        end=_end(reader, branch, where),
        line=line,
    )


def _end(reader: Reader, branch: Branch, where: str) -> tuple[str, ...] | None:
    if "end" not in branch.entries:
        return None
    end_branch = reader.branch(branch, "end", where)
    reader.keys(end_branch, ("outcomes",), at("end"))
    found = reader.words(end_branch, "outcomes")
    for one in found:
        _named(reader, Mark(one.line, one.column), one.text, quoted=one.quoted)
    if not found:
        reader.note(branch.mark("end"), "end-without-outcome", where=where)
    return tuple(one.text for one in found)


def _complete(reader: Reader, branch: Branch, where: str) -> tuple[str, int, int]:
    text = reader.text(branch, "complete", where, default="all")
    if text in {"all", "any"}:
        return text, 1 if text == "any" else 0, 0
    if found := _QUORUM.fullmatch(text):
        return "quorum", int(found["count"]), int(found["all"])
    reader.note(branch.mark("complete"), "bad-complete", example("all, any, 2 of 4"), where=where, value=text)
    return "all", 0, 0


def _length(reader: Reader, branch: Branch, name: str, where: str) -> Length | None:
    if name not in branch.entries:
        return None
    text = reader.text(branch, name, where)
    length = Length.parse(text)
    if length is None and text:
        reader.note(branch.mark(name), "bad-length", hint("length"), where=where, value=text)
    return length


def _task(reader: Reader, key: str, branch: Branch, line: int) -> Task:
    where = at("task", key)
    reader.keys(branch, TASK_KEYS, where)
    written = [
        (one.text.removesuffix("!"), one.text.endswith("!"), one) for one in reader.words(branch, "outcomes")
    ]
    outcomes = tuple(text for text, _, _ in written)
    for text, _, one in written:
        _named(reader, Mark(one.line, one.column), text, quoted=one.quoted)
    if len(set(outcomes)) < len(outcomes):
        reader.note(branch.mark("outcomes"), "duplicate-outcome", where=where)
    if not outcomes:
        reader.note(branch.mark("outcomes"), "task-without-outcome", hint("outcomes"), where=where)
    discretionary = reader.text(branch, "discretionary", where, default="false")
    if discretionary not in {"true", "false", "yes", "no"}:
        reader.note(branch.mark("discretionary"), "bad-yes-no", where=where, value=discretionary)
    return Task(
        key=key,
        owner=reader.text(branch, "owner", where, default=""),
        outcomes=outcomes,
        title=reader.title(branch, "title", where),
        due=_length(reader, branch, "due", where),
        max=_length(reader, branch, "max", where),
        ending=frozenset(text for text, ends, _ in written if ends),
        after=tuple(one.text for one in reader.words(branch, "after")),
        for_each=reader.text(branch, "for_each", where, default="") or None,
        discretionary=discretionary in {"true", "yes"},
        escalate=tuple(
            rung for item in reader.row(branch, "escalate") if (rung := _escalation(reader, item, where))
        ),
        line=line,
    )


def _escalation(reader: Reader, item: Item, where: str) -> Escalation | None:
    if not isinstance(item, Branch):
        reader.note(
            Mark(item.line, item.column),
            "bad-escalation",
            example("{after: 14wd, to: supervisor}"),
            where=where,
        )
        return None
    reader.keys(item, ("after", "to"), at("escalation"))
    after = _length(reader, item, "after", where) or Length(1, "wd")
    mark = Mark(item.line, item.column)
    if "after" not in item.entries:
        reader.note(mark, "escalation-without-delay", example("{after: 14wd, to: supervisor}"), where=where)
    to = reader.text(item, "to", where, default="")
    if not to:
        reader.note(mark, "escalation-without-recipient", hint("recipient"), where=where)
    return Escalation(after, to, item.line)


def _next(reader: Reader, item: Item, where: str, facts: Mapping[str, Domain]) -> Next:
    if isinstance(item, Leaf):
        return Next(item.text, line=item.line)
    if not isinstance(item, Branch):
        reader.note(
            Mark(item.line, item.column),
            "bad-way",
            example("{if: any task = …, to: …}, {to: …}"),
            where=where,
        )
        return Next("")
    reader.keys(item, NEXT_KEYS, at("way"))
    text = reader.text(item, "if", where, default="")
    when = None
    if text:
        try:
            when = condition(text, facts)
        except BadCell as bad:
            said = bad.args[0]
            reader.note(item.mark("if"), "bad-condition", bad.suggestion, where=where, said=said)
    decide = reader.text(item, "decide", where, default="") or None
    return Next(reader.text(item, "to", at("way-of", where)), when, decide, item.line)


def _timeout(reader: Reader, branch: Branch, where: str) -> Timeout | None:
    if "timeout" not in branch.entries:
        return None
    item = reader.branch(branch, "timeout", where)
    reader.keys(item, ("after", "to"), at("timeout"))
    after = _length(reader, item, "after", where)
    to = reader.text(item, "to", at("timeout-of", where))
    if after is None:
        if "after" not in item.entries:
            reader.note(
                branch.mark("timeout"), "timeout-without-delay", example("{after: 60d, to: …}"), where=where
            )
        return None
    return Timeout(after, to, branch.lines["timeout"])


def _on_enter(reader: Reader, branch: Branch, where: str) -> tuple[tuple[str, str], ...]:
    found = []
    for item in reader.row(branch, "on_enter"):
        if isinstance(item, Leaf):
            found.append((item.text, ""))
        elif isinstance(item, Branch):
            found += [(name, reader.text(item, name, where)) for name in item.entries]
        else:
            reader.note(Mark(item.line, item.column), "bad-effect", example("notify: lead"), where=where)
    return tuple(found)
