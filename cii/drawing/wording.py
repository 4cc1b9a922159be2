"""The pieces of a process in the reader's words: titles, roles, delays, conditions, effects. Pure.

Drawing, list and BPMN export say the same because they ask here.
"""

from collections.abc import Mapping

from cii.files.reading import say
from cii.files.vocabulary import Title
from cii.texts.speech import say as text
from cii.workflow.definition import Condition, Definition, Next, Stage, Task
from cii.workflow.vocabulary import ROLES, Length

Tables = Mapping[str, Title]
"""The titles of decision tables by their key: those that a process asks on its ways."""


def role(key: str, lang: str) -> str:
    """A role in words; an unknown one by its key."""
    return say(ROLES.get(key, {}), lang, key)


def stage_title(definition: Definition, key: str, lang: str) -> str:
    """The title of a stage; one that the definition does not know by its key."""
    stage = definition.stages.get(key)
    return say(stage.title, lang, key) if stage else key.replace("_", " ")


def task_title(task: Task, lang: str) -> str:
    """The title of a task, without its role in brackets: the role stands beside it."""
    title = say(task.title, lang, task.key)
    tail = f"({role(task.for_each or task.owner, lang)})".casefold()
    return (
        title[: -len(tail)].rstrip() if title.casefold().endswith(tail) and len(title) > len(tail) else title
    )


def length(one: Length, lang: str) -> str:
    """A delay in words."""
    return text(f"drawing.length.{one.unit}", lang, n=one.count)


def outcome(definition: Definition, key: str, lang: str) -> str:
    """The word of an outcome or a fact."""
    return say(definition.words.get(key, {}), lang, key.replace("_", " "))


def when(definition: Definition, asked: Condition, lang: str) -> str:
    """A condition in words."""
    if asked.how:
        word = outcome(definition, asked.outcome, lang)
        return text(f"drawing.when.{asked.how}", lang, outcome=word, n=asked.count)
    cell = asked.text.removeprefix(asked.fact).strip()
    cell = cell.removeprefix("=").strip() if cell.startswith("=") else cell
    known = {"yes": text("common.yes", lang), "no": text("common.no", lang)}
    fact = outcome(definition, asked.fact, lang)
    joined = f"{fact}:" if cell in known else fact
    return text("drawing.when.fact", lang, fact=joined, cell=known.get(cell, cell))


def table_title(tables: Tables, key: str, lang: str) -> str:
    """The title of a decision table; one that is not known by its key."""
    return say(tables.get(key, {}), lang, key)


def way(definition: Definition, stage: Stage, one: Next, lang: str, tables: Tables) -> str:
    """A way on in words: where to, on which condition, by which table."""
    to = stage_title(definition, one.to, lang)
    if one.to == stage.key:
        to = text("drawing.way-again", lang, to=to)
    if one.when is not None:
        said = text("drawing.way-if", lang, to=to, when=when(definition, one.when, lang))
    else:
        said = text("drawing.way-else" if len(stage.next) > 1 else "drawing.way", lang, to=to)
    if one.decide is None:
        return said
    return text("drawing.way-table", lang, way=said, table=table_title(tables, one.decide, lang))


def on_entry(stage: Stage, lang: str) -> list[str]:
    """What follows when the stage is entered."""
    return [text(f"drawing.effect.{name}", lang, to=role(to, lang)) for name, to in stage.on_enter]


def completion(stage: Stage, lang: str) -> str:
    """When the stage is complete, empty where all its tasks are needed."""
    if stage.complete == "any":
        return text("drawing.complete.any", lang)
    if stage.complete == "quorum":
        return text("drawing.complete.quorum", lang, n=stage.quorum, of=stage.of)
    return ""
