"""Facts, answers and tasks of a person's file in the words of the published files, as the pages tell them.

The newest version of a table or process gives the words; what no file knows any more keeps its own name.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cii.decisions.rulelines import Column
from cii.drawing.wording import outcome, stage_title, task_title
from cii.files.reading import say as titled
from cii.routing.actions_detection import TABLE as DETECTION
from cii.store.work import Work
from cii.texts.formats import NBSP
from cii.texts.speech import knows, pair, say
from cii.workflow.told import newest_processes, newest_tables

ELIGIBILITY = "measure-eligibility"
"""The published table from which each measure's own begins: it words what they ask."""
Plainly = Callable[[object, str], str]
"""Tells a value in a language where no table has a word for it."""


class FileWords:
    """The words of the tables and processes that a file names, in one language."""

    def __init__(self, work: Work, told: Mapping[str, Any], lang: str) -> None:
        self.lang = lang
        tables = {DETECTION, ELIGIBILITY} | {row["table"] for row in told["decisions"]}
        tables |= {row["asked_by"] for case in told["cases"] for row in case["stated"]}
        processes = {row["process"] for row in told["tasks"]} | {case["path"] for case in told["cases"]}
        self.tables = newest_tables(work, tables)
        self.processes = newest_processes(work, processes)

    def table(self, name: str) -> str:
        """What a decision table is called."""
        held = self.tables.get(name)
        return titled(held.title, self.lang, name) if held else name

    def facts(self, table: str, held: Mapping[str, Any] | Sequence[Any], plainly: Plainly) -> str:
        """Facts or answers of a table as « fact: value »."""
        if not isinstance(held, Mapping):
            return "; ".join(filter(None, (self.facts(table, one, plainly) for one in held)))
        columns = {one.name: one for one in self._columns(table)}
        said = (
            (self._fact(columns.get(name), name), self._value(columns.get(name), one, plainly))
            for name, one in held.items()
        )
        return "; ".join(pair(name, text, self.lang) for name, text in said if text)

    def task(self, process: str, stage: str, key: str) -> str:
        """What a task is called."""
        held = self.processes.get(process)
        found = held.stages[stage].task(key) if held and stage in held.stages else None
        return task_title(found, self.lang) if found else key.replace("_", " ")

    def stage(self, process: str, key: str) -> str:
        """What a stage is called."""
        held = self.processes.get(process)
        return stage_title(held, key, self.lang) if held else key.replace("_", " ")

    def outcome(self, process: str, key: str) -> str:
        """The word of an outcome."""
        held = self.processes.get(process)
        return outcome(held, key, self.lang) if held else key.replace("_", " ")

    def _columns(self, table: str) -> Iterator[Column]:
        held = self.tables.get(table)
        if held:
            yield from (*held.inputs, *held.outputs)

    def _fact(self, column: Column | None, name: str) -> str:
        return titled(column.title, self.lang, name) if column else name

    def _value(self, column: Column | None, value: object, plainly: Plainly) -> str:
        if column is None or not isinstance(value, str):
            text = plainly(value, self.lang)
            return f"{text}{NBSP}%" if column and column.unit == "%" and text else text
        house = f"web.definitions.value.{value.replace('_', '-')}"
        said = column.values.get(value, {}).get(self.lang)
        return said or (say(house, self.lang) if knows(house) else value)
