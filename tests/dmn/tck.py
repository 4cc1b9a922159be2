"""Runs a checkout of the DMN Technical Compatibility Kit: agreed, failed and not-taken cases per model.

The kit's files stay outside the project: `CII_TCK=<folder of its TestCases> python tests/dmn/tck.py`. The
yardstick is the decision tables of compliance level 2. Source: dmn-tck, testCases.xsd (2016-07-19).
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import parse

from cii.decisions.sfeel import read_value
from cii.dmn.deciding import answers
from cii.dmn.model import DmnModel
from cii.dmn.reading import read_dmn
from cii.dmn.types import ANYTHING, Type
from cii.files.reading import BrokenFile
from cii.kernel.errors import Refusal

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
NEAR = Decimal("1e-8")
TABLES_OF_LEVEL_2 = (
    "0004-simpletable-U", "0005-simpletable-A", "0006-simpletable-P1", "0007-simpletable-P2",
    "0010-multi-output-U", "0108-first-hitpolicy", "0109-ruleOrder-hitpolicy", "0110-outputOrder-hitpolicy",
    "0111-first-hitpolicy-singleoutputcol", "0112-ruleOrder-hitpolicy-singleinoutcol",
    "0113-outputOrder-hitpolicy-singleinoutcol", "0114-min-collect-hitpolicy", "0115-sum-collect-hitpolicy",
    "0116-count-collect-hitpolicy", "0117-multi-any-hitpolicy", "0118-multi-priority-hitpolicy",
    "0119-multi-collect-hitpolicy",
)  # fmt: skip
FORMULAS_OF_LEVEL_2 = (
    "0001-input-data-string", "0002-input-data-number", "0003-input-data-string-allowed-values",
    "0008-LX-arithmetic", "0100-feel-constants", "0101-feel-constants", "0102-feel-constants",
    "0105-feel-math",
)  # fmt: skip
"""Decisions of level 2 that are one simple expression; beyond it are the invocation of 0009, and/or/not of
0106 and 0107, and 0201, whose inputs name no expression."""


@dataclass
class Tally:
    """What became of the cases of one model."""

    model: str
    agreed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    not_taken: list[str] = field(default_factory=list)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: Element, name: str) -> Element | None:
    return next((one for one in element if _name(one) == name), None)


def _value(element: Element, held: Type) -> object:
    """A value of the kit: a list, components, or a text typed by xsi:type, else by the model."""
    if (rows := _child(element, "list")) is not None:
        return [_value(one, held) for one in rows]
    parts = [one for one in element if _name(one) == "component"]
    if parts:
        return {
            one.get("name"): _value(one, held.components.get(one.get("name", ""), ANYTHING)) for one in parts
        }
    value = _child(element, "value")
    if value is None or value.get(f"{XSI}nil") == "true":
        return None
    if not value.text and held.domain is not None and held.domain.kind != "text":
        return None
    return _typed((value.text or ""), (value.get(f"{XSI}type") or "").rpartition(":")[2], held)


def _typed(text: str, kind: str, held: Type) -> object:
    wanted = held.domain.kind if held.domain else None
    if kind == "string" or (not kind and wanted == "text"):
        return text
    if kind in {"decimal", "double", "integer", "int"} or (not kind and wanted == "number"):
        return Decimal(text)
    read = read_value(text)
    return text if read is None else read


def _same(one: object, two: object) -> bool:
    """Equal as the kit has it: a broken number agrees when it is within a hundred millionth."""
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(_same(*pair) for pair in zip(one, two, strict=True))
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_same(one[key], two[key]) for key in one)
    if isinstance(one, Decimal) and isinstance(two, Decimal):
        return abs(one - two) <= NEAR
    return bool(one == two) and isinstance(one, bool) is isinstance(two, bool)


def run_model(file: Path, tests: Path) -> Tally:
    """Each case of a test file against our answer."""
    tally = Tally(file.stem)
    try:
        model = read_dmn(file.read_bytes(), file.name)
    except BrokenFile as broken:
        model = DmnModel(file.stem, file.name, {}, (), broken.problems)
    for case in (one for one in parse(tests).getroot() if _name(one) == "testCase"):
        facts = {
            one.get("name"): _value(one, model.inputs.get(one.get("name", ""), ANYTHING))
            for one in case
            if _name(one) == "inputNode"
        }
        for node in (one for one in case if _name(one) == "resultNode"):
            _judge(tally, model, facts, f"{case.get('id')}: {node.get('name')}", node)
    return tally


def _judge(tally: Tally, model: DmnModel, facts: dict, label: str, node: Element) -> None:
    name = node.get("name", "")
    decision = model.decision(name)
    if decision is None:
        why = model.refused.get(name) or next((str(one) for one in model.problems), "no such decision")
        tally.not_taken.append(f"{label} · {why}")
        return
    part = _child(node, "expected")
    part = part if part is not None else _child(node, "computed")
    kind = Type(decision.outputs[0].domain) if len(decision.outputs) == 1 else ANYTHING
    kind = (
        kind
        if len(decision.outputs) == 1
        else Type(components={o.name: Type(o.domain) for o in decision.outputs})
    )
    wanted = None if part is None else _value(part, kind)
    try:
        answer = answers(model, facts, [name])[decision.name]
        got, why = (None if answer.refusal else answer.result), str(answer.refusal or "")
    except Refusal as no:
        got, why = None, no.code
    line = f"{label} · expected {wanted!r}, found {got!r} {why}"
    (tally.agreed if _same(got, wanted) else tally.failed).append(line)


def run_kit(folder: Path, only: tuple[str, ...] = ()) -> Iterator[Tally]:
    """The tally of each model below the folder, in the order of their names."""
    for tests in sorted(folder.rglob("*-test-*.xml")):
        file = tests.with_name(f"{tests.name.rpartition('-test-')[0]}.dmn")
        if file.exists() and (not only or file.stem in only):
            yield run_model(file, tests)


def main() -> int:
    """Print the tally of the kit that CII_TCK names; 1 when a case failed."""
    total = [0, 0, 0]
    for one in run_kit(Path(os.environ["CII_TCK"])):
        counts = [len(one.agreed), len(one.failed), len(one.not_taken)]
        total = [a + b for a, b in zip(total, counts, strict=True)]
        print(f"{one.model}: {counts[0]} agreed, {counts[1]} failed, {counts[2]} not taken")
        for line in (*one.failed, *one.not_taken):
            print(f"    {line}")
    print(f"all: {total[0]} agreed, {total[1]} failed, {total[2]} not taken")
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
