"""Our tables written as DMN 1.3: inputs, decision and diagram, so that another office's modeller opens them.

Domains become allowed values, the sentence of a rule its description; what DMN has no word for (money, the
wordings per language, sources, validity) rides along in a name space of our own that our import reads again.
Conditions are simple unary tests, or on demand full FEEL tests on `?` that SpiffWorkflow evaluates too.
Source: DMN 1.3 §12 (exchange), §8; workflow.md §3.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from xml.sax.saxutils import escape, quoteattr

from cii.decisions.domain import Domain, Months, shown
from cii.decisions.rulebook import COLLECTING, Table
from cii.decisions.rulelines import Column, Rule
from cii.decisions.sfeel import Cell, Span
from cii.decisions.vocabulary import HitPolicy
from cii.dmn.markdown import domain_text, front_matter
from cii.dmn.xml import OURS
from cii.files.reading import say

TYPES = {
    "number": "number", "whole": "number", "money": "number", "text": "string", "yes/no": "boolean",
    "date": "date", "time": "time", "date-time": "dateTime",
    "months": "yearMonthDuration", "days": "dayTimeDuration",
}  # fmt: skip
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
  xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"
  xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:di="http://www.omg.org/spec/DMN/20180521/DI/"
 """


def write_dmn(tables: Iterable[Table], *, full_feel: bool = False) -> str:
    """The tables as one DMN 1.3 model: a decision each, their inputs shared by name.

    With `full_feel` lists, intervals and negations are tests on `?`, the same in FEEL and in Python; our
    import reads the simple form only and says so.
    """
    every, words = list(tables), full_test if full_feel else feel_cell
    name = every[0].id if len(every) == 1 else "decisions"
    return "\n".join(
        [
            f'{_HEAD} xmlns:cii="{OURS}" id="model" name={quoteattr(name)}',
            f'  namespace="urn:cii:decisions:{_id(name)}">',
            *_inputs(every),
            *(line for table in every for line in _decision(table, {one.id for one in every}, words)),
            *_diagram(every),
            "</definitions>",
            "",
        ]
    )


def _inputs(tables: list[Table]) -> Iterator[str]:
    known = {column.name: column for table in tables for column in table.inputs}
    for name, column in known.items():
        if name not in {table.id for table in tables}:
            yield f'  <inputData id="input_{_id(name)}" name={quoteattr(name)}>'
            yield f"    <variable name={quoteattr(name)} typeRef={quoteattr(TYPES[column.domain.kind])}/>"
            yield "  </inputData>"


def _decision(table: Table, decided: set[str], words: Callable[[Cell], str]) -> Iterator[str]:
    key = _id(table.id)
    yield f'  <decision id="{key}" name={quoteattr(table.id)}>'
    yield f"    <description>{escape(say(table.title, 'fr', table.id))}</description>"
    yield "    <extensionElements>"
    yield f"      <cii:front-matter>{escape(front_matter(table))}</cii:front-matter>"
    yield "    </extensionElements>"
    kind = f" typeRef={quoteattr(TYPES[table.outputs[0].domain.kind])}" if len(table.outputs) == 1 else ""
    yield f"    <variable name={quoteattr(table.id)}{kind}/>"
    for at, column in enumerate(table.inputs):
        needed = _id(column.name)
        link = f'Decision href="#{needed}"' if column.name in decided else f'Input href="#input_{needed}"'
        yield f'    <informationRequirement id="{key}_needs_{at}">'
        yield f"      <required{link}/>"
        yield "    </informationRequirement>"
    label = f"outputLabel={quoteattr(table.id)}"
    yield f'    <decisionTable id="{key}_table" {_policy(table.hit_policy)} {label}>'
    for at, column in enumerate(table.inputs):
        yield from _input(column, f"{key}_in_{at}")
    for at, column in enumerate(table.outputs):
        yield from _output(column, f"{key}_out_{at}")
    for rule in table.rules:
        yield from _rule(table, rule, key, words)
    yield "    </decisionTable>"
    yield "  </decision>"


def _policy(policy: HitPolicy) -> str:
    if policy in COLLECTING:
        return f'hitPolicy="COLLECT" aggregation="{policy.name}"'
    return f'hitPolicy="{policy.name.replace("_", " ")}"'


def _input(column: Column, key: str) -> Iterator[str]:
    label = quoteattr(say(column.title, "fr", column.name))
    yield f'      <input id="{key}" label={label} cii:type={quoteattr(domain_text(column.domain))}>'
    yield f'        <inputExpression id="{key}_e" typeRef={quoteattr(TYPES[column.domain.kind])}>'
    yield f"          <text>{escape(column.name)}</text>"
    yield "        </inputExpression>"
    if allowed := _allowed(column.domain):
        yield f'        <inputValues id="{key}_v"><text>{escape(allowed)}</text></inputValues>'
    yield "      </input>"


def _output(column: Column, key: str) -> Iterator[str]:
    kind, label = quoteattr(TYPES[column.domain.kind]), quoteattr(say(column.title, "fr", column.name))
    yield f'      <output id="{key}" name={quoteattr(column.name)} label={label} typeRef={kind}'
    yield f"        cii:type={quoteattr(domain_text(column.domain))}>"
    if allowed := _allowed(column.domain):
        yield f'        <outputValues id="{key}_v"><text>{escape(allowed)}</text></outputValues>'
    yield "      </output>"


def _rule(table: Table, rule: Rule, key: str, words: Callable[[Cell], str]) -> Iterator[str]:
    name = f"{key}.{_id(rule.id)}"
    title = table.why.get(rule.why, {})
    yield f'      <rule id="{name}">'
    yield f"        <description>{escape(say(title, 'fr', rule.why))}</description>"
    yield "        <extensionElements>"
    said = "".join(
        f"<cii:say lang={quoteattr(lang)}>{escape(text)}</cii:say>" for lang, text in title.items()
    )
    yield f"          <cii:why key={quoteattr(rule.why)}>{said}</cii:why>"
    yield "        </extensionElements>"
    for at, cell in enumerate(rule.cells):
        yield f'        <inputEntry id="{name}_i{at}"><text>{escape(words(cell))}</text></inputEntry>'
    for at, value in enumerate(rule.outputs):
        yield f'        <outputEntry id="{name}_o{at}"><text>{escape(feel(value))}</text></outputEntry>'
    yield "      </rule>"


def _allowed(domain: Domain) -> str:
    if domain.values:
        return ", ".join(feel(one) for one in domain.values)
    if isinstance(domain.allowed, Cell):
        return feel_cell(domain.allowed)
    if domain.low is None and domain.high is None:
        return ""
    return _feel_span(Span(domain.low, True, domain.high, True))


def feel_cell(cell: Cell) -> str:
    """A condition as S-FEEL writes it."""
    if cell.any:
        return "-"
    parts = [_feel_span(span) for span in cell.spans] + ["null"] * cell.null
    return f"not({', '.join(parts)})" if cell.negated else ", ".join(parts)


def full_test(cell: Cell) -> str:
    """A condition as a FEEL test on `?` that means the same as Python: what is simple in both stays as it is.

    `"a", "b"` → `? in ("a", "b")` · `[60..90]` → `? >= 60 and ? <= 90` · `not("a")` → `? != "a"`.
    A condition on no value (`null`) stays simple.
    """
    one = len(cell.spans) == 1 and not cell.negated
    if (
        cell.any
        or cell.null
        or (one and (cell.spans[0].point or None in (cell.spans[0].low, cell.spans[0].high)))
    ):
        return feel_cell(cell)
    if cell.negated and all(span.point for span in cell.spans):
        return " and ".join(f"? != {feel(span.low)}" for span in cell.spans)
    if all(span.point for span in cell.spans):
        return f"? in ({', '.join(feel(span.low) for span in cell.spans)})"
    held = " or ".join(f"({_test(span)})" if len(cell.spans) > 1 else _test(span) for span in cell.spans)
    return f"not({held})" if cell.negated else held


def _test(span: Span) -> str:
    bounds = []
    if span.low is not None:
        bounds.append(f"? {'>=' if span.low_in else '>'} {feel(span.low)}")
    if span.high is not None:
        bounds.append(f"? {'<=' if span.high_in else '<'} {feel(span.high)}")
    return " and ".join(bounds)


def _feel_span(span: Span) -> str:
    if span.low is None:
        return f"{'<=' if span.high_in else '<'} {feel(span.high)}"
    if span.high is None:
        return f"{'>=' if span.low_in else '>'} {feel(span.low)}"
    if span.low == span.high:
        return feel(span.low)
    left, right = "[" if span.low_in else "(", "]" if span.high_in else ")"
    return f"{left}{feel(span.low)}..{feel(span.high)}{right}"


def feel(value: object) -> str:  # noqa: PLR0911 - a line per kind
    """A value as FEEL writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return f'date and time("{value.isoformat()}")'
        case date():
            return f'date("{value.isoformat()}")'
        case time():
            return f'time("{value.isoformat()}")'
        case Months() | timedelta():
            return f'duration("{shown(value)}")'
        case Fraction():
            return f"({value.numerator} / {value.denominator})"
        case Decimal():
            return f"{value:f}"
    return shown(value)


def _id(name: str) -> str:
    """A name as an XML id."""
    plain = re.sub(r"[^A-Za-z0-9_-]", lambda found: f"_{ord(found[0]):x}", name)
    return plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"


def _diagram(tables: list[Table]) -> Iterator[str]:
    """Shapes and edges: the decisions in a row, the inputs of all below them."""
    decided = [table.id for table in tables]
    asked = dict.fromkeys(column.name for table in tables for column in table.inputs)
    names = [name for name in asked if name not in decided]
    middle = 40 + 190 * max(0, len(names) // 2)
    places = {name: (40 + 190 * at, 240) for at, name in enumerate(names)}
    tops = {name: (middle + 240 * at, 60) for at, name in enumerate(decided)}
    yield '  <dmndi:DMNDI>\n    <dmndi:DMNDiagram id="diagram">'
    for name, (x, y) in places.items():
        yield _shape(f"input_{_id(name)}", x, y, 160, 50)
    for table in tables:
        x, y = tops[table.id]
        yield _shape(_id(table.id), x, y, 200, 80)
        for number, column in enumerate(table.inputs):
            from_x, from_y = places.get(column.name) or tops[column.name]
            key = _id(table.id)
            yield f'      <dmndi:DMNEdge id="edge_{key}_{number}" dmnElementRef="{key}_needs_{number}">'
            yield f'        <di:waypoint x="{from_x + 80}" y="{from_y}"/><di:waypoint x="{x + 100}" y="140"/>'
            yield "      </dmndi:DMNEdge>"
    yield "    </dmndi:DMNDiagram>\n  </dmndi:DMNDI>"


def _shape(element: str, x: int, y: int, width: int, height: int) -> str:
    bounds = f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'
    return f'      <dmndi:DMNShape id="shape_{element}" dmnElementRef="{element}">{bounds}</dmndi:DMNShape>'
