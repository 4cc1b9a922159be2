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

from cii.kernel.digest import digest
from cii.workflow.domain import Domain, parse_domain
from cii.workflow.reading import Branch, Leaf, Problem, Reader
from cii.workflow.sfeel import BadCell, Cell, parse_cell
from cii.workflow.vocabulary import Length, Title

FILE_KEYS = ("workflow", "version", "title", "legal_basis", "subject", "facts", "start", "stages", "words")
STAGE_KEYS = ("title", "tasks", "complete", "next", "timeout", "on_enter", "end")
TASK_KEYS = ("title", "owner", "due", "max", "outcomes", "after", "for_each", "discretionary", "escalate")
NEXT_KEYS = ("if", "decide", "to")

_ON_TASKS = re.compile(r"(?P<how>any task|all tasks|(?P<count>[1-9]\d?) of tasks) = (?P<outcome>[\w-]+)")
_ON_FACT = re.compile(r"(?P<fact>[A-Za-z_]\w*)\s*(?:=(?!=)\s*)?(?P<cell>.+)", re.DOTALL)
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
class Condition:
    """When a way is taken: on outcomes (`how`, `count`, `outcome`) or on one fact (`fact`, `cell`)."""

    text: str
    how: str = ""
    count: int = 0
    outcome: str = ""
    fact: str = ""
    cell: Cell | None = None


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
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    warnings: tuple[Problem, ...] = field(default=(), compare=False)

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
    reader.keys(root, FILE_KEYS, "a process file")
    identity = reader.text(root, "workflow", "The file")
    facts = _facts(reader, root)
    stages_branch = reader.branch(root, "stages", "The file", needed=True)
    stages = {}
    for key, item in stages_branch.entries.items():
        if not isinstance(item, Branch):
            line = stages_branch.lines[key]
            reader.fault(line, "not-a-mapping", f"Stage “{key}” is empty; give it tasks, a way on or an end.")
            continue
        stages[key] = _stage(reader, key, item, stages_branch.lines[key], facts)
    words_branch = reader.branch(root, "words", "The file")
    made = Definition(
        id=identity,
        version=reader.number(root, "version", "The file"),
        title=reader.title(root, "title", "the process"),
        legal_basis=tuple(one.text for one in reader.words(root, "legal_basis")),
        subject=reader.text(root, "subject", "The file"),
        facts=facts,
        start=reader.text(root, "start", "The file"),
        stages=stages,
        words={key: reader.title(words_branch, key, f"“{key}”") for key in words_branch.entries},
        digest=digest(text.replace("\r\n", "\n")),
        source=source,
        lines=dict(root.lines),
    )
    reader.done()
    return replace(made, warnings=tuple(reader.problems))


def _facts(reader: Reader, root: Branch) -> dict[str, Domain]:
    branch = reader.branch(root, "facts", "The file")
    facts = {}
    for name in branch.entries:
        domain = parse_domain(reader.text(branch, name, f"Fact “{name}”"))
        if isinstance(domain, str):
            reader.fault(
                branch.lines[name],
                "bad-domain",
                f"Fact “{name}”: {domain}.",
                "Write e.g. number 0..120, yes/no.",
            )
        else:
            facts[name] = domain
    return facts


def _stage(reader: Reader, key: str, branch: Branch, line: int, facts: Mapping[str, Domain]) -> Stage:
    where = f"Stage “{key}”"
    reader.keys(branch, STAGE_KEYS, "a stage")
    tasks_branch = reader.branch(branch, "tasks", where)
    tasks = []
    for name, item in tasks_branch.entries.items():
        at = tasks_branch.lines[name]
        if isinstance(item, Branch):
            tasks.append(_task(reader, name, item, at))
        else:
            reader.fault(at, "not-a-mapping", f"Task “{name}” is empty; say at least owner and outcomes.")
    complete, quorum, of = _complete(reader, branch, where)
    end = None
    if "end" in branch.entries:
        end_branch = reader.branch(branch, "end", where)
        reader.keys(end_branch, ("outcomes",), "an end")
        end = tuple(one.text for one in reader.words(end_branch, "outcomes"))
        if not end:
            reader.fault(branch.lines["end"], "end-without-outcome", f"{where} ends without an outcome.")
    return Stage(
        key=key,
        title=reader.title(branch, "title", f"stage “{key}”"),
        tasks=tuple(tasks),
        complete=complete,
        quorum=quorum,
        of=of,
        next=tuple(_next(reader, item, where, facts) for item in reader.row(branch, "next")),
        timeout=_timeout(reader, branch, where),
        on_enter=_on_enter(reader, branch, where),
        end=end,
        line=line,
    )


def _complete(reader: Reader, branch: Branch, where: str) -> tuple[str, int, int]:
    text = reader.text(branch, "complete", where, default="all")
    if text in {"all", "any"}:
        return text, 1 if text == "any" else 0, 0
    if found := _QUORUM.fullmatch(text):
        return "quorum", int(found["count"]), int(found["all"])
    reader.fault(
        branch.lines["complete"],
        "bad-complete",
        f"{where}: “{text}” is no rule of completion.",
        "Write all, any, or e.g. 2 of 4.",
    )
    return "all", 0, 0


def _length(reader: Reader, branch: Branch, name: str, where: str) -> Length | None:
    if name not in branch.entries:
        return None
    text = reader.text(branch, name, where)
    length = Length.parse(text)
    if length is None:
        reader.fault(
            branch.lines[name],
            "bad-length",
            f"{where}: “{text}” is no delay.",
            "Write 14wd (working days), 60d (calendar days) or 3m (months).",
        )
    return length


def _task(reader: Reader, key: str, branch: Branch, line: int) -> Task:
    where = f"Task “{key}”"
    reader.keys(branch, TASK_KEYS, "a task")
    written = [one.text for one in reader.words(branch, "outcomes")]
    outcomes = tuple(one.removesuffix("!") for one in written)
    if len(set(outcomes)) < len(outcomes):
        reader.fault(branch.lines["outcomes"], "duplicate-outcome", f"{where} names an outcome twice.")
    if not outcomes:
        reader.fault(branch.lines.get("outcomes", line), "task-without-outcome", f"{where} has no outcome.")
    discretionary = reader.text(branch, "discretionary", where, default="false")
    if discretionary not in {"true", "false", "yes", "no"}:
        reader.fault(
            branch.lines["discretionary"],
            "bad-yes-no",
            f"{where}: “{discretionary}” is neither true nor false.",
        )
    escalate = []
    for item in reader.row(branch, "escalate"):
        if not isinstance(item, Branch):
            reader.fault(
                item.line,
                "not-a-mapping",
                f"{where}: an escalation is written {{after: 14wd, to: supervisor}}.",
            )
            continue
        reader.keys(item, ("after", "to"), "an escalation")
        after = _length(reader, item, "after", where) or Length(1, "wd")
        if "after" not in item.entries:
            reader.fault(item.line, "missing-key", f"{where}: an escalation says nothing about “after”.")
        to = reader.text(item, "to", where, default="")
        if not to:
            reader.fault(
                item.line,
                "escalation-without-recipient",
                f"{where}: an escalation has no recipient.",
                "Add to: supervisor or to: coordination.",
            )
        escalate.append(Escalation(after, to, item.line))
    for_each = reader.text(branch, "for_each", where, default="") or None
    return Task(
        key=key,
        owner=reader.text(branch, "owner", where, default=""),
        outcomes=outcomes,
        title=reader.title(branch, "title", f"task “{key}”"),
        due=_length(reader, branch, "due", where),
        max=_length(reader, branch, "max", where),
        ending=frozenset(one.removesuffix("!") for one in written if one.endswith("!")),
        after=tuple(one.text for one in reader.words(branch, "after")),
        for_each=for_each,
        discretionary=discretionary in {"true", "yes"},
        escalate=tuple(escalate),
        line=line,
    )


def _next(reader: Reader, item: object, where: str, facts: Mapping[str, Domain]) -> Next:
    if isinstance(item, Leaf):
        return Next(item.text, line=item.line)
    if not isinstance(item, Branch):
        reader.fault(
            getattr(item, "line", 1), "not-a-mapping", f"{where}: a way on is written {{if: …, to: …}}."
        )
        return Next("")
    reader.keys(item, NEXT_KEYS, "a way on")
    text = reader.text(item, "if", where, default="")
    when = None
    if text:
        try:
            when = condition(text, facts)
        except BadCell as bad:
            reader.fault(item.lines["if"], "bad-condition", f"{where}: {bad}.", bad.suggestion)
    decide = reader.text(item, "decide", where, default="") or None
    return Next(reader.text(item, "to", f"A way on of {where.lower()}"), when, decide, item.line)


def _timeout(reader: Reader, branch: Branch, where: str) -> Timeout | None:
    if "timeout" not in branch.entries:
        return None
    item = reader.branch(branch, "timeout", where)
    reader.keys(item, ("after", "to"), "a timeout")
    after = _length(reader, item, "after", where)
    to = reader.text(item, "to", f"The timeout of {where.lower()}")
    if after is None:
        reader.fault(item.line, "missing-key", f"The timeout of {where.lower()} says nothing about “after”.")
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
            reader.fault(item.line, "not-a-value", f"{where}: an effect is written notify: lead.")
    return tuple(found)


def condition(text: str, facts: Mapping[str, Domain]) -> Condition:
    """Read a condition; refuses BadCell when it is neither about tasks nor about one declared fact."""
    plain = " ".join(text.split())
    if found := _ON_TASKS.fullmatch(plain):
        count = int(found["count"] or 0)
        how = "count" if count else found["how"].split()[0]
        return Condition(plain, how=how, count=count, outcome=found["outcome"])
    found = _ON_FACT.fullmatch(plain)
    if not found:
        raise BadCell(f"“{plain}” is no condition", "Write “any task = refuse” or e.g. “systems >= 2”.")
    name = found["fact"]
    if name in {"any", "all"} or plain[0].isdigit():
        raise BadCell(f"“{plain}” is no condition", f"Write “{name} task{'s' * (name == 'all')} = outcome”.")
    if name not in facts:
        from_known = ", ".join(facts) or "none is declared"
        raise BadCell(f"“{name}” is no declared fact ({from_known})")
    return Condition(plain, fact=name, cell=parse_cell(found["cell"], facts[name]))
