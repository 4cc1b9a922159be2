"""SpiffWorkflow as a witness for our tables: it evaluates our DMN export, as it leaves us.

What SpiffWorkflow 3.2 cannot do: a cell is Python to it, so an interval or `not(…)` of one is a syntax error, and
a list of values is a tuple that silently never holds; our export with `full_feel` writes these as tests on `?`.
FIRST answers with the first rule that holds, every other policy but COLLECT as well (no check of UNIQUE and ANY,
no priority, no aggregation). `true` and `false` must be given to it; dates and durations are unknown names. It
knows no domains: ask it with facts that fit.
"""

from types import SimpleNamespace

from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

from cii.dmn.writing import write_dmn


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
