"""zen-engine as a witness for our tables, written in its own JSON.

What zen-engine 2.1 cannot do: it reads no DMN and knows FIRST and COLLECT; `]a..b[` means outside there, and a
cell that it cannot parse, such as `not([30..65])`, silently never holds. It knows no domains: ask it with facts
that fit.
"""

import json

import zen

from cii.decisions.vocabulary import HitPolicy
from cii.dmn.writing import feel


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
