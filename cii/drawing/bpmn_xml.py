"""Writes a placed process as BPMN 2.0 XML, in the order that the schema of the OMG asks for."""

import re
import xml.etree.ElementTree as ET

from cii.drawing.bpmn_shapes import Flow, Node, Sketch
from cii.drawing.bpmn_terms import units_variable
from cii.drawing.wording import role
from cii.files.reading import say
from cii.texts.speech import say as text
from cii.workflow.definition import Definition

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_PREFIXES = {"bpmn": BPMN, "bpmndi": DI, "dc": DC, "di": DD, "xsi": XSI}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(definition: Definition, sketch: Sketch, lang: str) -> str:
    """The XML of a process whose nodes have their places."""
    for prefix, space in _PREFIXES.items():
        ET.register_namespace(prefix, space)
    root = ET.Element(
        f"{{{BPMN}}}definitions",
        {"id": f"definitions_{definition.id}", "targetNamespace": "urn:cii:workflows",
         "exporter": "cii", "exporterVersion": str(definition.version)},
    )  # fmt: skip
    for key in dict.fromkeys(one.role for one in sketch.nodes.values() if one.role):
        _add(root, "resource", id=f"role_{key}", name=role(key, lang))
    for node in sketch.nodes.values():
        if node.event == "signal":
            _add(root, "signal", id=f"signal_{node.value}", name=node.value)
    title = say(definition.title, lang, definition.id)
    process = _add(root, "process", id=_process_id(definition), name=title, isExecutable="true")
    for said in _about(definition, lang):
        _doc(process, said)
    _level(process, sketch, "")
    note = _add(process, "textAnnotation", id="note")
    _add(note, "text").text = _clean(text("bpmn.always", lang))
    _drawing(root, definition, sketch)
    ET.indent(root)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{ET.tostring(root, encoding='unicode')}\n"


def _process_id(definition: Definition) -> str:
    return re.sub(r"[^\w.-]", "_", f"process_{definition.id}")


def _about(definition: Definition, lang: str) -> list[str]:
    said = []
    if definition.legal_basis:
        said.append(text("bpmn.legal", lang, what=", ".join(definition.legal_basis)))
    if definition.facts:
        known = ", ".join(f"{name} ({domain})" for name, domain in definition.facts.items())
        said.append(text("bpmn.facts", lang, what=known))
    return [
        *said,
        text("bpmn.always", lang),
        text("bpmn.language", lang),
        text("bpmn.digest", lang, what=definition.digest),
    ]


def _level(parent: ET.Element, sketch: Sketch, inside: str) -> None:
    """The elements of one level, then its flows."""
    for node in sketch.within(inside):
        _node(parent, sketch, node)
    for flow in sketch.flows:
        if flow.inside == inside:
            _flow(parent, flow)


def _node(parent: ET.Element, sketch: Sketch, node: Node) -> None:
    made = _add(parent, node.tag, id=node.id)
    if node.name:
        made.set("name", _clean(node.name))
    if node.default:
        made.set("default", node.default)
    if node.tag == "boundaryEvent":
        made.set("attachedToRef", node.on)
        made.set("cancelActivity", "true" if node.interrupting else "false")
    if node.script:
        made.set("scriptFormat", "text/x-python")
    for said in node.docs:
        _doc(made, said)
    for flow in sketch.incoming(node):
        _add(made, "incoming").text = flow.id
    for flow in sketch.outgoing(node):
        _add(made, "outgoing").text = flow.id
    _inside(made, sketch, node)


def _inside(made: ET.Element, sketch: Sketch, node: Node) -> None:
    """What the schema wants after the flows of a node."""
    if node.role:
        owner = _add(made, "potentialOwner", id=f"{node.id}_owner")
        _add(owner, "resourceRef").text = f"role_{node.role}"
    if node.many:
        loop = _add(made, "multiInstanceLoopCharacteristics")
        _expression(_add(loop, "loopCardinality"), units_variable(node.many))
    if node.script:
        _add(made, "script").text = _clean(node.script)
    if node.tag == "subProcess":
        _level(made, sketch, node.id)
    _event(made, node)


def _event(made: ET.Element, node: Node) -> None:
    match node.event:
        case "timer":
            timer = _add(made, "timerEventDefinition", id=f"{node.id}_timer")
            _expression(_add(timer, "timeDuration"), node.value)
        case "signal":
            _add(made, "signalEventDefinition", id=f"{node.id}_signal", signalRef=f"signal_{node.value}")
        case "terminate":
            _add(made, "terminateEventDefinition", id=f"{node.id}_terminate")


def _flow(parent: ET.Element, flow: Flow) -> None:
    made = _add(parent, "sequenceFlow", id=flow.id, sourceRef=flow.source, targetRef=flow.target)
    if flow.name:
        made.set("name", _clean(flow.name))
    if flow.condition:
        _expression(_add(made, "conditionExpression"), flow.condition)


def _expression(made: ET.Element, said: str) -> None:
    made.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")
    made.text = _clean(said)


def _drawing(root: ET.Element, definition: Definition, sketch: Sketch) -> None:
    diagram = _add(root, "BPMNDiagram", DI, id="diagram")
    plane = _add(diagram, "BPMNPlane", DI, id="plane", bpmnElement=_process_id(definition))
    for node in sketch.nodes.values():
        shape = _add(plane, "BPMNShape", DI, id=f"{node.id}_shape", bpmnElement=node.id)
        if node.tag == "subProcess":
            shape.set("isExpanded", "true")
        if node.tag == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        _bounds(shape, node.x, node.y, node.width, node.height)
        if node.name and (node.round or node.tag.endswith("Gateway")):
            width = 96 if node.inside else 160
            above = node.tag.endswith("Gateway") or node.tag == "intermediateCatchEvent"
            y = node.y - 18 if above else node.bottom + 4
            x = node.x + (node.width - width) // 2
            if node.tag == "boundaryEvent":
                x, y = node.right + 2, node.bottom - 14
                width = 62
            _bounds(_add(shape, "BPMNLabel", DI), x, y, width, 14 if above else 28)
    shape = _add(plane, "BPMNShape", DI, id="note_shape", bpmnElement="note")
    _bounds(shape, 460, 20, 520, 90)
    for flow in sketch.flows:
        edge = _add(plane, "BPMNEdge", DI, id=f"{flow.id}_edge", bpmnElement=flow.id)
        for x, y in flow.points:
            _add(edge, "waypoint", DD, x=str(x), y=str(y))
        if flow.name:
            _flow_label(edge, sketch, flow)


def _flow_label(edge: ET.Element, sketch: Sketch, flow: Flow) -> None:
    """The words of a way on stand in a row of their own beside its gateway; inside a stage, at its start."""
    x, y = flow.points[0]
    source = sketch.nodes[flow.source]
    if flow.inside:
        _bounds(_add(edge, "BPMNLabel", DI), x + 4, y + (2 if y > source.middle else -18), 60, 14)
        return
    named = [one for one in sketch.outgoing(source) if one.name]
    at = named.index(flow)
    _bounds(_add(edge, "BPMNLabel", DI), source.right + 6, source.middle + 6 + at * 16, 230, 14)


def _bounds(parent: ET.Element, x: int, y: int, width: int, height: int) -> None:
    _add(parent, "Bounds", DC, x=str(x), y=str(y), width=str(width), height=str(height))


def _doc(parent: ET.Element, said: str) -> None:
    _add(parent, "documentation").text = _clean(said)


def _add(parent: ET.Element, tag: str, space: str = BPMN, **given: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{space}}}{tag}", {name: _clean(value) for name, value in given.items()})


def _clean(said: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NOT_XML.sub("", said)
