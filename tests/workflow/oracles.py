"""The same decision table under other engines, and read naively: witnesses for ours, never used by the house.

SpiffWorkflow evaluates our DMN export; zen-engine the table written in its own JSON; `Naive` reads the Markdown
rows as a person would, by a parser of its own. None of them knows domains: they are asked with facts that fit.

What SpiffWorkflow 3.2 cannot do: a cell is Python to it, so an interval or `not(…)` of one is a syntax error, and
a list of values is a tuple that silently never holds; our export with `full_feel` writes these as tests on `?`.
FIRST answers with the first rule that holds, every other policy but COLLECT as well (no check of UNIQUE and ANY,
no priority, no aggregation). `true` and `false` must be given to it; dates and durations are unknown names.
What zen-engine 2.1 cannot do: it reads no DMN and knows FIRST and COLLECT; `]a..b[` means outside there, and a
cell that it cannot parse, such as `not([30..65])`, silently never holds.
"""

import json
import operator
import re
from decimal import Decimal
from types import SimpleNamespace

import zen
from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

from cii.workflow.dmn_writing import feel, write_dmn
from cii.workflow.vocabulary import HitPolicy

ORDER = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
INTERVAL = re.compile(r"([\[(\]])(\S+?)\.\.(\S+?)([\])\[])")


class Spiff:
    """SpiffWorkflow's engine over our DMN export, as it leaves us."""

    def __init__(self, table, *, full_feel):
        root = etree.fromstring(write_dmn([table], full_feel=full_feel).encode())
        space = {"dmn": root.nsmap[None]}
        parser = DMNParser(None, root, space)
        parser.parse()
        (read,) = parser.decision.decisionTables
        self.engine = DMNEngine(read)
        words = TaskDataEnvironment({"true": True, "false": False})
        self.flow = SimpleNamespace(
            script_engine=PythonScriptEngine(environment=words), spec=SimpleNamespace(file="export.dmn")
        )
        self.flow.top_workflow = self.flow
        self.spec = SimpleNamespace(bpmn_name=table.id)

    def decide(self, facts):
        """The outputs of the rule that holds; nothing (an empty mapping) where none does."""
        asked = SimpleNamespace(data=facts, workflow=self.flow, task_spec=self.spec)
        return dict(self.engine.result(asked))


class Zen:
    """zen-engine over the table in its own terms, read and compiled once (its static loader keeps it)."""

    def __init__(self, table, *, unique=True):
        self.unique = unique and table.hit_policy is HitPolicy.UNIQUE
        content = {"table": jdm(table, collect=self.unique or table.hit_policy is HitPolicy.COLLECT)}
        self.engine = zen.ZenEngine({"loader": {"type": "static", "content": content}})

    def decide(self, facts):
        """The outputs and, as `rule`, the id of the rule that holds; of a UNIQUE table the only one.

        Of a COLLECT table a list of all.
        """
        found = self.engine.evaluate("table", facts)["result"]
        if self.unique:
            (found,) = found
        return found


class ZenDecision:
    """zen-engine as its documentation begins: a decision made from the JSON and asked again and again."""

    def __init__(self, table):
        self.decision = zen.ZenEngine().create_decision(json.dumps(jdm(table)))

    def decide(self, facts):
        """The outputs and, as `rule`, the id of the first rule that holds."""
        return self.decision.evaluate(facts)["result"]


def jdm(table, *, collect=False):
    """The table as zen-engine's JSON decision model."""
    inputs = [{"id": f"i{at}", "name": one.name, "field": one.name} for at, one in enumerate(table.inputs)]
    names = ["rule", *(one.name for one in table.outputs)]
    outputs = [{"id": f"o{at}", "name": name, "field": name} for at, name in enumerate(names)]
    rules = [
        {"_id": rule.id}
        | {f"i{at}": zen_words(cell) for at, cell in enumerate(rule.cells)}
        | {f"o{at}": feel(value) for at, value in enumerate([rule.id, *rule.outputs])}
        for rule in table.rules
    ]
    policy = "collect" if collect else "first"
    content = {"hitPolicy": policy, "inputs": inputs, "outputs": outputs, "rules": rules}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {
            "id": "t",
            "name": "t",
            "type": "decisionTableNode",
            "content": content,
            "position": {"x": 1, "y": 0},
        },
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": f"{one}-{two}", "type": "edge", "sourceId": one, "targetId": two}
        for one, two in (("in", "t"), ("t", "out"))
    ]
    return {"nodes": nodes, "edges": edges}


def zen_words(cell):
    """A condition as zen-engine writes it (`$` is the value); an empty cell asks nothing."""
    if cell.any:
        return ""
    assert not cell.null, cell
    if cell.negated:
        return " and ".join(_zen_not(span) for span in cell.spans)
    return ", ".join(_zen_span(span) for span in cell.spans)


def _zen_not(span):
    """Outside the span. A cell may not begin with a bracket, nor negate an `or`: it then silently never holds."""
    if span.point:
        return f"$ != {feel(span.low)}"
    if span.low is None:
        return f"$ {'>' if span.high_in else '>='} {feel(span.high)}"
    if span.high is None:
        return f"$ {'<' if span.low_in else '<='} {feel(span.low)}"
    return f"not ($ in {_zen_span(span)})"


def _zen_span(span):
    if span.point:
        return feel(span.low)
    if span.low is None:
        return f"{'<=' if span.high_in else '<'} {feel(span.high)}"
    if span.high is None:
        return f"{'>=' if span.low_in else '>'} {feel(span.low)}"
    return f"{'[' if span.low_in else '('}{feel(span.low)}..{feel(span.high)}{']' if span.high_in else ')'}"


class Naive:
    """The rows of a decision file as they stand there, each cell tried in turn."""

    def __init__(self, text):
        rows = [
            [cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in text.splitlines()
            if line.startswith("|")
        ]
        self.policy = re.search(r"^hit_policy: (\w)", text, re.MULTILINE)[1]
        front = text.split("\noutputs:")[0].split("\ninputs:")[1]
        asked = re.findall(r"^  (\w+):", front, re.MULTILINE)
        header = rows[0]
        assert header[1 : 1 + len(asked)] == asked
        self.inputs, self.outputs, self.rows = asked, header[1 + len(asked) : -1], rows[2:]

    def decide(self, facts):
        """The rule that holds and its outputs: the first one of F, the only one of U."""
        hits = [row for row in self.rows if self._holds(row, facts)]
        assert hits, facts
        assert self.policy == "F" or (self.policy == "U" and len(hits) == 1), hits
        row = hits[0]
        said = row[1 + len(self.inputs) : -1]
        return row[0], {
            name: one.strip('"') if one[0] == '"' else one == "yes"
            for name, one in zip(self.outputs, said, strict=True)
        }

    def _holds(self, row, facts):
        cells = row[1 : 1 + len(self.inputs)]
        return all(meets(cell, facts[name]) for name, cell in zip(self.inputs, cells, strict=True))


def meets(cell, value):  # noqa: PLR0911 - a line per form
    """Whether a value meets a cell of numbers, texts or yes and no."""
    if cell == "-":
        return True
    if found := re.fullmatch(r"not\((.*)\)", cell):
        return not meets(found[1], value)
    if "," in cell:
        return any(meets(part.strip(), value) for part in cell.split(","))
    if found := INTERVAL.fullmatch(cell):
        low, high = Decimal(found[2]), Decimal(found[3])
        above = value >= low if found[1] == "[" else value > low
        return above and (value <= high if found[4] == "]" else value < high)
    if found := re.fullmatch(r"(<=|>=|<|>)\s*(\S+)", cell):
        return ORDER[found[1]](value, Decimal(found[2]))
    if cell in {"yes", "no"}:
        return value is (cell == "yes")
    return value == (cell.strip('"') if cell.startswith('"') else Decimal(cell))
