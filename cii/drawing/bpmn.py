"""A process as BPMN 2.0 with its drawing, so that other offices open it in their modeller.

A stage is a sub-process: its tasks side by side, a terminate end where it may be left before all is done.
What BPMN cannot say (working days, effects, what every case may do at any time) stands in the documentation
of the element. Two choices: the role of a task is its potential owner and not a lane, because a stage unites
several institutions; a discretionary task waits for a signal, because an ad-hoc sub-process cannot end its
stage.
Source: workflow.md §3-§4; BPMN 2.0 (ISO/IEC 19510).
"""

from collections.abc import Sequence

from cii.drawing.bpmn_layout import place
from cii.drawing.bpmn_shapes import Node, Sketch
from cii.drawing.bpmn_terms import (
    apart,
    condition,
    duration,
    ends,
    enough,
    fresh,
    last_variable,
    nothing,
    units_variable,
)
from cii.drawing.bpmn_terms import variable as named
from cii.drawing.bpmn_xml import written
from cii.drawing.ways import comes_back
from cii.drawing.wording import Tables, length, on_entry, outcome, role, table_title, task_title, when
from cii.files.reading import say
from cii.texts.speech import say as text
from cii.workflow.definition import Definition, Escalation, Stage, Task


def bpmn(definition: Definition, lang: str, tables: Tables | None = None) -> str:
    """The process as BPMN 2.0 XML with diagram interchange, all its names in one language."""
    sketch = sketched(definition, lang, tables)
    place(sketch)
    return written(definition, sketch, lang)


def sketched(definition: Definition, lang: str, tables: Tables | None = None) -> Sketch:
    """The nodes and flows of the process, not yet placed."""
    sketch = Sketch()
    start = sketch.add(Node("start", "startEvent"))
    begin = sketch.add(
        Node("begin", "scriptTask", text("bpmn.begin", lang), script=_first_values(definition))
    )
    sketch.link(start, begin)
    entries = {key: _stage(sketch, definition, stage, lang) for key, stage in definition.stages.items()}
    sketch.link(begin, entries[definition.start])
    for stage in definition.stages.values():
        if stage.end is None:
            _leave(sketch, definition, stage, entries, lang, tables or {})
    sketch.settle()
    return sketch


def _first_values(definition: Definition) -> str:
    lines = [
        f"{named(stage, task)} = {nothing(task)}"
        for stage in definition.stages.values()
        for task in stage.tasks
    ]
    lines += [
        f"{last_variable(stage, task)} = 0"
        for stage in definition.stages.values()
        for task in stage.tasks
        if task.discretionary
    ]
    return "\n".join([*lines, 'closing = ""'])


def _stage(sketch: Sketch, definition: Definition, stage: Stage, lang: str) -> Node:
    """The sub-process of a stage, or its end event."""
    entry = [text("bpmn.on-entry", lang, what=one) for one in on_entry(stage, lang)]
    if stage.end is not None:
        known = ", ".join(outcome(definition, one, lang) for one in stage.end)
        docs = (
            text("bpmn.outcomes", lang, what=known),
            text("bpmn.closing", lang, what=", ".join(stage.end)),
            *entry,
        )
        return sketch.add(Node(f"stage_{stage.key}", "endEvent", say(stage.title, lang, stage.key), docs))
    box = sketch.add(
        Node(f"stage_{stage.key}", "subProcess", say(stage.title, lang, stage.key), tuple(entry))
    )
    if not stage.tasks:
        return _idle(sketch, stage, box, lang)
    keeps = comes_back(definition, stage) and (
        stage.timeout is not None or any(one.ending for one in stage.tasks)
    )
    start = sketch.add(Node(f"{box.id}_start", "startEvent", inside=box.id))
    reset = sketch.add(
        Node(f"{box.id}_fresh", "scriptTask", text("bpmn.fresh", lang), inside=box.id,
             script=fresh(stage, keeps=keeps))
    )  # fmt: skip
    sketch.link(start, reset)
    _inner(sketch, definition, stage, box, reset, keeps=keeps, lang=lang)
    return box


def _idle(sketch: Sketch, stage: Stage, box: Node, lang: str) -> Node:
    """A stage without tasks: it is passed at once, or waits for its time."""
    before = sketch.add(Node(f"{box.id}_start", "startEvent", inside=box.id))
    if stage.timeout:
        wait = Node(f"{box.id}_wait", "intermediateCatchEvent", length(stage.timeout.after, lang),
                    inside=box.id, event="timer", value=duration(stage.timeout.after))  # fmt: skip
        sketch.link(before, sketch.add(wait))
        before = wait
    sketch.link(before, sketch.add(Node(f"{box.id}_end", "endEvent", inside=box.id)))
    return box


def _inner(
    sketch: Sketch, definition: Definition, stage: Stage, box: Node, reset: Node, *, keeps: bool, lang: str
) -> None:
    """The tasks of a stage between its start and its ends."""
    fork = _fan(sketch, f"{box.id}_fork", box, [reset], sum(not one.after for one in stage.tasks))
    over = any(one.discretionary for one in stage.tasks) or stage.complete != "all"
    done: dict[str, Node] = {}
    for task in stage.required:
        before = [done[one] for one in task.after if one in done]
        entry = (
            _fan(sketch, f"{box.id}_{task.key}_after", box, before, len(before), row=task.key)
            if before
            else fork
        )
        node = _task(sketch, definition, stage, task, entry, keeps=keeps, lang=lang)
        following = sum(task.key in one.after for one in stage.required) + (stage.complete != "all")
        done[task.key] = _fan(sketch, f"{box.id}_{task.key}_then", box, [node], following, row=task.key)
    for task in stage.tasks:
        if task.discretionary:
            _optional(sketch, definition, stage, task, fork, lang=lang)
    if stage.complete == "all":
        followed = {one for task in stage.required for one in task.after}
        if last := [node for key, node in done.items() if key not in followed]:
            joined = _fan(sketch, f"{box.id}_join", box, last, len(last))
            sketch.link(joined, _end(sketch, f"{box.id}_end", box, over=over))
        return
    for key, node in done.items():
        enough_now = _end(sketch, f"{box.id}_{key}_enough", box, over=True, row=key)
        if stage.quorum <= 1:
            sketch.link(node, enough_now)
            continue
        asked = sketch.add(
            Node(
                f"{box.id}_{key}_quorum",
                "exclusiveGateway",
                text("bpmn.enough", lang),
                inside=box.id,
                row=key,
            )
        )
        enough_now.under = asked.id
        sketch.link(node, asked)
        sketch.link(asked, enough_now, text("bpmn.yes", lang), enough(stage))
        sketch.link(asked, _end(sketch, f"{box.id}_{key}_end", box, over=False, row=key))


def _fan(sketch: Sketch, name: str, box: Node, before: Sequence[Node], count: int, *, row: str = "") -> Node:
    """A parallel gateway where several ways part or meet; where there is one only, the node before it."""
    if count <= 1:
        return before[0]
    made = sketch.add(Node(name, "parallelGateway", inside=box.id, row=row))
    for one in before:
        sketch.link(one, made)
    return made


def _end(sketch: Sketch, name: str, box: Node, *, over: bool, row: str = "", under: str = "") -> Node:
    event = "terminate" if over else ""
    return sketch.add(Node(name, "endEvent", inside=box.id, event=event, row=row, under=under))


def _user_task(definition: Definition, stage: Stage, task: Task, lang: str) -> Node:
    known = ", ".join(
        text("bpmn.ends-at-once", lang, outcome=f"{one} ({outcome(definition, one, lang)})")
        if one in task.ending
        else f"{one} ({outcome(definition, one, lang)})"
        for one in task.outcomes
    )
    docs = [text("bpmn.outcomes", lang, what=known), text("bpmn.variable", lang, what=named(stage, task))]
    if task.due:
        docs.append(text("bpmn.due", lang, what=length(task.due, lang)))
    if task.max:
        docs.append(text("bpmn.most", lang, what=length(task.max, lang)))
    if task.for_each:
        docs.append(
            text("bpmn.each", lang, what=role(task.for_each, lang), name=units_variable(task.for_each))
        )
    if task.discretionary:
        docs.append(text("bpmn.optional", lang))
    return Node(
        f"task_{stage.key}_{task.key}",
        "userTask",
        f"{task_title(task, lang)} ({role(task.for_each or task.owner, lang)})",
        tuple(docs),
        f"stage_{stage.key}",
        role=task.for_each or task.owner,
        many=task.for_each or "",
        row=task.key,
    )


def _task(
    sketch: Sketch, definition: Definition, stage: Stage, task: Task, entry: Node, *, keeps: bool, lang: str
) -> Node:
    """A required task; returns the node after which it is done."""
    again = None
    if keeps and len(stage.required) > 1:
        again = _gateway(sketch, stage, task, "kept", lang)
        sketch.link(entry, again)
    node = sketch.add(_user_task(definition, stage, task, lang))
    sketch.link(again or entry, node)
    for at, rung in enumerate(task.escalate, 1):
        _rung(sketch, node, at, rung, lang)
    after = _ending(sketch, stage, task, node, lang) if task.ending else node
    if again is None:
        return after
    met = sketch.add(Node(f"{again.id}_met", "exclusiveGateway", inside=node.inside, row=task.key))
    sketch.link(after, met)
    sketch.link(again, met, text("bpmn.yes", lang), f"{named(stage, task)} != {nothing(task)}")
    return met


def _gateway(sketch: Sketch, stage: Stage, task: Task, what: str, lang: str) -> Node:
    name = f"stage_{stage.key}_{task.key}_{what}"
    inside = f"stage_{stage.key}"
    return sketch.add(Node(name, "exclusiveGateway", text(f"bpmn.{what}", lang), inside=inside, row=task.key))


def _ending(sketch: Sketch, stage: Stage, task: Task, node: Node, lang: str) -> Node:
    """The question after a task that may end its stage; where every outcome does, there is none."""
    box = sketch.nodes[node.inside]
    if task.ending >= set(task.outcomes):
        sketch.link(node, _end(sketch, f"{node.id}_left", box, over=True, row=task.key))
        return node
    asked = _gateway(sketch, stage, task, "ends", lang)
    sketch.link(node, asked)
    left = _end(sketch, f"{node.id}_left", box, over=True, row=task.key, under=asked.id)
    sketch.link(asked, left, text("bpmn.yes", lang), ends(stage, task))
    return asked


def _rung(sketch: Sketch, task: Node, at: int, rung: Escalation, lang: str) -> None:
    """A step of an escalation: the task stays, somebody is told."""
    words = length(rung.after, lang)
    bell = sketch.add(
        Node(f"{task.id}_late_{at}", "boundaryEvent", words, (text("bpmn.rough", lang, what=words),),
             task.inside, task.id, interrupting=False, event="timer", value=duration(rung.after),
             row=task.row)
    )  # fmt: skip
    told = text("bpmn.tell", lang, what=role(rung.to, lang))
    end = Node(f"{bell.id}_told", "endEvent", told, inside=task.inside, row=task.row, under=bell.id)
    sketch.link(bell, sketch.add(end))


def _optional(
    sketch: Sketch, definition: Definition, stage: Stage, task: Task, fork: Node, *, lang: str
) -> None:
    """A discretionary task: it waits until somebody asks for it, and may be asked for again."""
    box = sketch.nodes[f"stage_{stage.key}"]
    asked = sketch.add(
        Node(f"{box.id}_{task.key}_asked", "intermediateCatchEvent", text("bpmn.on-request", lang),
             inside=box.id, event="signal", value=f"{stage.key}_{task.key}", row=task.key)
    )  # fmt: skip
    sketch.link(fork, asked)
    node = sketch.add(_user_task(definition, stage, task, lang))
    sketch.link(asked, node)
    if task.ending:
        after = _ending(sketch, stage, task, node, lang)
    else:
        after = _gateway(sketch, stage, task, "more", lang)
        sketch.link(node, after)
        done = _end(sketch, f"{after.id}_no", box, over=False, row=task.key)
        done.under = after.id
        sketch.link(after, done, text("bpmn.no", lang), f"{last_variable(stage, task)} == 1")
    if after is not node:
        sketch.link(after, asked, text("bpmn.again", lang))


def _leave(  # noqa: PLR0917 - what is drawn, and what is known of it
    sketch: Sketch, definition: Definition, stage: Stage, entries: dict[str, Node], lang: str, tables: Tables
) -> None:
    """The ways out of a stage, the first that holds; the decision table on the way; the timeout."""
    box = entries[stage.key]
    if stage.timeout and stage.tasks:
        words = length(stage.timeout.after, lang)
        bell = sketch.add(
            Node(f"{box.id}_timeout", "boundaryEvent", words, (text("bpmn.rough", lang, what=words),),
                 on=box.id, event="timer", value=duration(stage.timeout.after))
        )  # fmt: skip
        sketch.link(bell, entries[stage.timeout.to])
    if stage.timeout and not stage.tasks:
        sketch.link(box, entries[stage.timeout.to])
        return
    source = box
    if len(stage.next) > 1 or any(way.when for way in stage.next):
        source = sketch.add(Node(f"{box.id}_next", "exclusiveGateway", text("bpmn.next", lang)))
        sketch.link(box, source)
    held = iter(apart([condition(stage, way.when) for way in stage.next if way.when]))
    for at, way in enumerate(stage.next):
        target = entries[way.to]
        if way.decide:
            table = sketch.add(
                Node(f"{box.id}_decide_{at + 1}", "businessRuleTask", table_title(tables, way.decide, lang),
                     (text("bpmn.decide", lang, what=way.decide),))
            )  # fmt: skip
            sketch.link(table, target)
            target = table
        words = when(definition, way.when, lang) if way.when else ""
        sketch.link(source, target, words, next(held) if way.when else "")
