"""What two versions of a process do not have in common, as a lawyer or a case worker would list it.

Stages, tasks, outcomes, owners, delays, escalations, ways on and facts that were added, taken away or
changed. A renamed stage or task shows as one taken away and one added: that they are the same only a plan can
say (`migration`). Source: workflow.md §1 point 4.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cii.files.reading import say
from cii.files.vocabulary import Title
from cii.texts.speech import Saying
from cii.workflow.definition import Definition, Stage, Task


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: `where` (`stages.plan.tasks.agree`), `what` of it, its value before and after."""

    where: str
    what: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """Whether it was added, removed or changed."""
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"

    def sentence(self) -> Saying:
        """The difference in words: `workflow.diff.<kind>`."""
        part = Saying(f"workflow.diff.what.{self.what}")
        facts = {"where": self.where, "what": part, "before": self.before, "after": self.after}
        return Saying(f"workflow.diff.{self.kind}", **facts)


def differences(old: Definition, new: Definition, lang: str = "fr") -> list[Difference]:
    """All differences in the order of the files; wordings are compared in one language."""
    found = list(_values(old.id, _head(old, lang), _head(new, lang)))
    found += _values(
        "facts", {k: str(v) for k, v in old.facts.items()}, {k: str(v) for k, v in new.facts.items()}, "fact"
    )
    for key in dict.fromkeys([*old.stages, *new.stages]):
        found += _stages(f"stages.{key}", old.stages.get(key), new.stages.get(key), lang)
    return found


def _stages(where: str, old: Stage | None, new: Stage | None, lang: str) -> Iterator[Difference]:
    if old is None or new is None:
        present = old or new
        said = say(present.title, lang, present.key) if present else ""
        yield Difference(where, "stage", said if old else "", said if new else "")
    else:
        yield from _values(where, _stage(old, lang), _stage(new, lang))
    before = {task.key: task for task in old.tasks} if old else {}
    after = {task.key: task for task in new.tasks} if new else {}
    for key in dict.fromkeys([*before, *after]):
        yield from _tasks(f"{where}.tasks.{key}", before.get(key), after.get(key), lang)


def _tasks(where: str, old: Task | None, new: Task | None, lang: str) -> Iterator[Difference]:
    if old is not None and new is not None:
        yield from _values(where, _task(old, lang), _task(new, lang))
        return
    present = old or new
    said = say(present.title, lang, present.key) if present else ""
    yield Difference(where, "task", said if old else "", said if new else "")


def _values(
    where: str, old: Mapping[str, str], new: Mapping[str, str], what: str | None = None
) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name, ""), new.get(name, "")
        if before != after:
            yield Difference(f"{where}.{name}" if what else where, what or name, before, after)


def _head(one: Definition, lang: str) -> dict[str, str]:
    return {
        "title": say(one.title, lang),
        "legal-basis": ", ".join(one.legal_basis),
        "start": one.start,
    }


def _stage(one: Stage, lang: str) -> dict[str, str]:
    ways = [
        f"{way.when.text if way.when else '–'} → {way.to}" + (f" ({way.decide})" if way.decide else "")
        for way in one.next
    ]
    quorum = f"{one.quorum} of {one.of}" if one.complete == "quorum" else one.complete
    return {
        "title": say(one.title, lang),
        "complete": quorum,
        "timeout": f"{one.timeout.after} → {one.timeout.to}" if one.timeout else "",
        "ways": "; ".join(ways),
        "on-enter": "; ".join(f"{name}: {argument}" for name, argument in one.on_enter),
        "outcomes": ", ".join(one.end or ()),
    }


def _task(one: Task, lang: str) -> dict[str, str]:
    outcomes = [f"{name}!" if name in one.ending else name for name in one.outcomes]
    return {
        "title": say(one.title, lang),
        "owner": f"{one.owner} × {one.for_each}" if one.for_each else one.owner,
        "outcomes": ", ".join(outcomes),
        "due": _text(one.due),
        "max": _text(one.max),
        "after": ", ".join(one.after),
        "discretionary": "yes" if one.discretionary else "",
        "escalate": "; ".join(f"{rung.after} → {rung.to}" for rung in one.escalate),
    }


def _text(value: Any) -> str:  # noqa: ANN401 - a delay or nothing
    return str(value) if value else ""


def skeleton(old: Definition, new: Definition) -> str:
    """A plan to fill in: what has no successor of its name stands under `stages` and `tasks`, with `?`."""
    stages = [key for key, stage in old.stages.items() if key not in new.stages and stage.end is None]
    tasks = [
        f"{key}.{task.key}"
        for key, stage in old.stages.items()
        for task in stage.tasks
        if key not in new.stages or new.stages[key].task(task.key) is None
    ]
    facts = [name for name in new.facts if name not in old.facts]
    lines = [
        f"process: {old.id}",
        f"from: {old.version}",
        f"to: {new.version}",
        *_wording("title"),
        *_wording("why"),
    ]
    for name, keys, value in (
        ("stages", stages, "?"),
        ("tasks", tasks, "?"),
        ("facts", facts, "{default: ?}"),
    ):
        lines += [f"{name}:", *(f"  {key}: {value}" for key in keys)] if keys else []
    return "\n".join([*lines, "timers: keep", ""])


def _wording(name: str) -> list[str]:
    empty: Title = {"fr": "?", "de": "?", "en": "?"}
    return [f"{name}: {{" + ", ".join(f"{lang}: {text}" for lang, text in empty.items()) + "}"]
