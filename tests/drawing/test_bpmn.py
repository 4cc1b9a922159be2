"""BPMN export: valid against the schema of the OMG, drawn without overlap, and walked by SpiffWorkflow as by us."""

import io
import random
import re
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import ClassVar

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, BpmnValidator, full_tag
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.specs.defaults import EndEvent, NoneTask
from SpiffWorkflow.bpmn.specs.event_definitions import SignalEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from cii.drawing.bpmn import bpmn
from cii.drawing.bpmn_terms import duration, units_variable, variable
from cii.kernel.calendar import WorkingDays
from cii.workflow import events as ev
from cii.workflow.definition import parse
from cii.workflow.events import Decide
from cii.workflow.machine import step
from cii.workflow.vocabulary import ROLES, Length, Status

FILES = Path(__file__).parents[2] / "workflows"
DEFINITIONS = [parse(path.read_text("utf-8"), path.name) for path in sorted(FILES.glob("*.yaml"))]
NOW = datetime(2026, 10, 5, 8, tzinfo=UTC)
CALENDAR = WorkingDays("NE")
UNITS = {role: (f"{role} 1", f"{role} 2") if role == "partner" else (f"{role} 1",) for role in ROLES}
SPACE = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "dd": "http://www.omg.org/spec/DD/20100524/DI",
}

QUORUM = """\
workflow: quorum
version: 1
title: {fr: "Voix <&> \\"deux\\"", de: Zwei, en: Two}
legal_basis: [LACI 85f]
subject: case
facts: {age: number 0..120, consent: yes/no}
start: voices
stages:
  voices:
    title: {fr: Voix, de: Stimmen, en: Voices}
    tasks:
      one: {title: {fr: Une, de: Eins, en: One}, owner: AC, outcomes: [yes_, no_]}
      two: {title: {fr: Deux, de: Zwei, en: Two}, owner: AI, outcomes: [yes_, "no_!"]}
      three: {title: {fr: Trois, de: Drei, en: Three}, owner: AS, outcomes: [yes_, no_]}
      four: {title: {fr: Quatre, de: Vier, en: Four}, owner: lead, after: one, outcomes: [yes_]}
      extra: {title: {fr: Plus, de: Mehr, en: More}, owner: lead, discretionary: true, outcomes: [seen, "stop!"]}
    complete: 2 of 4
    timeout: {after: 10wd, to: wait}
    next:
      - {if: any task = stop, to: closed}
      - {if: 2 of tasks = no_, to: voices}
      - {if: all tasks = yes_, to: single}
      - {if: "age >= 18", to: wait}
      - {to: voices}
  single:
    title: {fr: Une seule, de: Eine, en: Single}
    tasks:
      one: {title: {fr: Une, de: Eins, en: One}, owner: AC, outcomes: [yes_]}
      two: {title: {fr: Deux, de: Zwei, en: Two}, owner: AI, outcomes: [yes_]}
    complete: any
    next: [{if: consent = yes, to: closed}, {to: wait}]
  wait:
    title: {fr: Attente, de: Warten, en: Waiting}
    timeout: {after: 3m, to: late}
  late:
    title: {fr: En retard, de: Zu spät, en: Late}
    end: {outcomes: [late]}
  closed:
    title: {fr: Clos, de: Zu, en: Closed}
    end: {outcomes: [solved, unsolved]}
"""
BUILT = parse(QUORUM, "quorum.yaml")
ALL = [*DEFINITIONS, BUILT]


class Shared(BasePythonScriptEngineEnvironment):
    """Variables belong to the process, as BPMN says; an ISO duration stands for itself."""

    def __init__(self, facts):
        super().__init__()
        self.held = {"true": True, "false": False, **facts}

    def evaluate(self, expression, context, external_context=None):  # noqa: ARG002 - Spiff's signature
        if re.fullmatch(r"P[\dTDM]+", expression):
            return expression
        return eval(expression, {}, self.held)  # noqa: S307 - our own export

    def execute(self, script, context, external_context=None):  # noqa: ARG002
        exec(script, {}, self.held)  # noqa: S102
        return True


class Rule(NoneTask):
    """The decision table answers: here by what our machine was told."""


class Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES: ClassVar = {full_tag("businessRuleTask"): (TaskParser, Rule)}


class Walker:
    """SpiffWorkflow on an export."""

    def __init__(self, definition, facts):
        parser = Parser(validator=BpmnValidator())
        parser.add_bpmn_io(io.BytesIO(bpmn(definition, "fr").encode()))
        name = f"process_{definition.id}"
        self.shared = Shared({**facts, **{units_variable(role): len(of) for role, of in UNITS.items()}})
        self.flow = BpmnWorkflow(
            parser.get_spec(name),
            parser.get_subprocess_specs(name),
            script_engine=PythonScriptEngine(environment=self.shared),
        )
        self.go()

    def go(self):
        self.flow.do_engine_steps()
        while rules := [one for one in self.ready() if isinstance(one.task_spec, Rule)]:
            for one in rules:
                one.run()
            self.flow.do_engine_steps()

    def ready(self):
        return [one for one in self.flow.get_tasks(state=TaskState.READY) if one.task_spec.manual]

    def open(self):
        """Which user tasks are to be done, each as often as it stands open."""
        return sorted(
            one.task_spec.bpmn_id or one.task_spec.name
            for one in self.ready()
            if not isinstance(one.task_spec, Rule)
        )

    def stage(self):
        """The stage in which the flow stands, or the end that it has reached."""
        open_boxes = [
            one for one in self.flow.get_tasks(state=TaskState.STARTED) if one.workflow is self.flow
        ]
        ends = [
            one
            for one in self.flow.get_tasks(state=TaskState.COMPLETED)
            if one.workflow is self.flow and isinstance(one.task_spec, EndEvent)
        ]
        here = [one.task_spec.bpmn_id for one in open_boxes or ends if one.task_spec.bpmn_id]
        assert len(here) == 1, here
        return here[0].removeprefix("stage_")

    def signal(self, name):
        definition = SignalEventDefinition(name)
        self.flow.catch(BpmnEvent(definition))
        self.go()

    def time_out(self):
        """The time of the stage, or of the waiting in it, is over."""
        for one in self.flow.get_tasks(state=TaskState.WAITING):
            if (one.task_spec.bpmn_id or "").endswith(("_timeout", "_wait")):
                one._set_internal_data(event_value="2020-01-01T00:00:00+00:00")
        self.flow.refresh_timers()
        self.go()

    def answer(self, stage, task, outcome):
        held, name = self.shared.held, variable(stage, task)
        if task.for_each:
            held[name] = [*held[name], outcome]
        else:
            held[name] = outcome
        wanted = f"task_{stage.key}_{task.key}"
        mine = [one for one in self.ready() if wanted in (one.task_spec.bpmn_id or one.task_spec.name)]
        mine[0].run()
        self.go()


def facts_of(definition, dice):
    held = {}
    for name, domain in definition.facts.items():
        held[name] = dice.choice([True, False]) if domain.kind == "yes/no" else dice.randint(0, 5)
    return held


def walk(definition, seed, most=40):
    """Our machine moves at random; SpiffWorkflow does the same and must stand at the same place each time."""
    dice = random.Random(seed)
    facts = facts_of(definition, dice)
    spiff = Walker(definition, facts)
    now = NOW
    state = step(definition, None, ev.Start(), facts, now, CALENDAR, UNITS).state
    path = []
    for _ in range(most):
        if state.status == Status.CLOSED:
            break
        stage = definition.stages[state.stage]
        assert spiff.stage() == stage.key, path
        tasks = [one for one in state.here if one.state == "open"]
        ours = sorted(f"task_{stage.key}_{one.key}" for one in tasks)
        theirs = [re.sub(r" \[child\]|_\[child\]", "", one) for one in spiff.open()]
        assert ours == theirs, path
        extras = [one for one in stage.tasks if one.discretionary]
        if stage.timeout and (not (tasks or extras) or dice.random() < 0.1):
            timer = next(one for one in state.timers if one.kind == "timeout")
            now = timer.fire_at
            state = step(definition, state, ev.TimerFired(timer.no), facts, now, CALENDAR, UNITS).state
            spiff.time_out()
            path.append((stage.key, "", "timeout"))
            continue
        task = dice.choice(extras) if extras and (not tasks or dice.random() < 0.3) else None
        if task is None:
            task = stage.task(dice.choice(tasks).key)
        else:
            spiff.signal(f"{stage.key}_{task.key}")
        outcome = dice.choice(task.outcomes)
        now += timedelta(hours=1)
        done = ev.TaskDone(task.key, outcome, closing=closing_for(definition, stage, dice))
        after, closing = taken(definition, state, done, facts, now)
        spiff.shared.held["closing"] = closing
        spiff.answer(stage, task, outcome)
        path.append((stage.key, task.key, outcome))
        state = after.state
        assert {one.table for one in after.effects if isinstance(one, Decide)} <= tables(definition)
    assert spiff.stage() == state.stage, path
    assert spiff.flow.completed == (state.status == Status.CLOSED)
    return path, state


def closing_for(definition, stage, dice):
    ends = [definition.stages[way.to].end for way in stage.next if definition.stages[way.to].end]
    return dice.choice(ends[0]) if ends else None


def taken(definition, state, done, facts, now):
    """The step; where the end that is reached knows another outcome, with that one."""
    for closing in [done.closing, *definition.outcomes, None]:
        try:
            asked = ev.TaskDone(done.task, done.outcome, closing=closing)
            return step(definition, state, asked, facts, now, CALENDAR, UNITS), closing
        except (ev.UnknownOutcome, ev.ClosingMissing):
            continue
    raise AssertionError(done)


def tables(definition):
    return {way.decide for stage in definition.stages.values() for way in stage.next if way.decide}


@pytest.mark.parametrize("definition", ALL, ids=lambda one: one.id)
def test_spiffworkflow_walks_the_same_path_as_our_step(definition):
    ends, lengths = set(), []

    for seed in range(25):
        path, state = walk(definition, seed)
        lengths.append(len(path))
        ends |= {state.stage} if state.status == Status.CLOSED else set()

    working = [stage for stage in definition.stages.values() if not stage.end]
    assert ends
    assert max(lengths) >= min(3, len(working))


@pytest.mark.parametrize("lang", ["fr", "de", "en"])
@pytest.mark.parametrize("definition", ALL, ids=lambda one: one.id)
def test_the_export_is_valid_bpmn_in_every_language(definition, lang):
    root = etree.fromstring(bpmn(definition, lang).encode())

    BpmnValidator().validate(root)

    drawn = {one.get("bpmnElement") for one in root.iterfind(".//di:BPMNShape", SPACE)}
    nodes = {one.get("id") for one in root.iterfind(".//b:*[@id]", SPACE) if is_node(one)}
    assert nodes == drawn - {"note"}
    flows = {one.get("id") for one in root.iterfind(".//b:sequenceFlow", SPACE)}
    assert flows == {one.get("bpmnElement") for one in root.iterfind(".//di:BPMNEdge", SPACE)}


def is_node(one):
    name = etree.QName(one).localname
    return name.endswith(("Task", "Gateway", "Event", "subProcess"))


@pytest.mark.parametrize("definition", ALL, ids=lambda one: one.id)
def test_no_shape_of_the_export_lies_on_another(definition):
    root = etree.fromstring(bpmn(definition, "de").encode())
    inside = {
        one.get("id"): etree.QName(one.getparent()).localname == "subProcess" and one.getparent().get("id")
        for one in root.iterfind(".//b:*[@id]", SPACE)
        if is_node(one)
    }
    hosts = {one.get("id"): one.get("attachedToRef") for one in root.iterfind(".//b:boundaryEvent", SPACE)}
    boxes = {
        one.get("bpmnElement"): bounds(one.find("dc:Bounds", SPACE))
        for one in root.iterfind(".//di:BPMNShape", SPACE)
    }

    for (one, a), (two, b) in combinations(boxes.items(), 2):
        if inside.get(one) == two or inside.get(two) == one:
            inner, outer = (a, b) if inside.get(one) == two else (b, a)
            assert (outer[0], outer[1]) <= (inner[0], inner[1]), (one, two)
            assert outer[1] <= inner[1] <= inner[3] <= outer[3], (one, two)
            assert inner[2] <= outer[2], (one, two)
        elif hosts.get(one) != two and hosts.get(two) != one:
            assert not crossing(a, b), (one, two)


def bounds(one):
    x, y = int(one.get("x")), int(one.get("y"))
    return x, y, x + int(one.get("width")), y + int(one.get("height"))


def crossing(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("definition", ALL, ids=lambda one: one.id)
def test_an_arrow_begins_and_ends_at_the_edge_of_its_shapes(definition):
    root = etree.fromstring(bpmn(definition, "fr").encode())
    boxes = {
        one.get("bpmnElement"): bounds(one.find("dc:Bounds", SPACE))
        for one in root.iterfind(".//di:BPMNShape", SPACE)
    }
    ends = {
        one.get("id"): (one.get("sourceRef"), one.get("targetRef"))
        for one in root.iterfind(".//b:sequenceFlow", SPACE)
    }

    for edge in root.iterfind(".//di:BPMNEdge", SPACE):
        points = [(int(one.get("x")), int(one.get("y"))) for one in edge.iterfind("dd:waypoint", SPACE)]
        for point, key in zip((points[0], points[-1]), ends[edge.get("bpmnElement")], strict=True):
            left, top, right, bottom = boxes[key]
            assert left <= point[0] <= right, (key, point)
            assert top <= point[1] <= bottom, (key, point)
            assert point[0] in {left, right} or point[1] in {top, bottom}, (key, point)


def test_what_bpmn_cannot_say_stands_in_the_documentation():
    drawn = bpmn(next(one for one in DEFINITIONS if one.id == "reseau-cii"), "fr")

    assert "14 jours ouvrables" in drawn
    assert "LACI 85f" in drawn
    assert "retirer le consentement" in drawn
    assert "À l'entrée, signaler\xa0: groupe de coordination." in drawn


def test_a_delay_is_written_in_iso_form():
    assert duration(Length(14, "wd")) == "P19D"
    assert duration(Length(60, "d")) == "P60D"
    assert duration(Length(3, "m")) == "P3M"
