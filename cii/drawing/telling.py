"""A process told stage by stage: the facts that its drawing shows and its list says. Pure.

Of a definition: tasks, delays, escalations, ways. Of a case: what is done, current, overdue, skipped, still
possible, with dates, services and each passage. Source: workflow.md §4.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

from cii.drawing.ways import certain, reached
from cii.drawing.wording import (
    Tables,
    completion,
    length,
    on_entry,
    outcome,
    role,
    stage_title,
    task_title,
    way,
)
from cii.files.reading import say
from cii.kernel.clock import local_day
from cii.texts.speech import say as text
from cii.workflow.definition import Definition, Stage, Task
from cii.workflow.state import State, TaskState, UnitRef, Visit
from cii.workflow.vocabulary import Stand, Status

Units = Mapping[UnitRef, str]
"""The name of each unit that the reader may see."""


@dataclass(frozen=True, slots=True)
class Line:
    """A task with how it stands, or a way on; `notes` are the lines beneath, `to` is where a way leads."""

    text: str
    stand: str = ""
    notes: tuple[str, ...] = ()
    to: str = ""
    taken: bool = False


@dataclass(frozen=True, slots=True)
class StageStep:
    """A stage in words; `stand` is its sign, `share` (0 to 1) its bar where cases are counted."""

    key: str
    title: str
    stand: str
    stand_text: str
    notes: tuple[str, ...] = ()
    tasks: tuple[Line, ...] = ()
    ways: tuple[Line, ...] = ()
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a telling needs besides the definition: the state, the moment, what the reader may see."""

    lang: str
    state: State | None = None
    now: datetime | None = None
    units: Units | None = None
    older: Sequence[Definition] = ()
    tables: Tables = field(default_factory=dict)


def steps_of(definition: Definition, told: Told) -> list[StageStep]:
    """Every stage in the order of the file; before them those that the case passed in an earlier version."""
    known = [_step(definition, stage, told) for stage in definition.stages.values()]
    return [*_former(definition, told), *known]


def _former(definition: Definition, told: Told) -> Iterator[StageStep]:
    path = told.state.path if told.state else ()
    for key in dict.fromkeys(one.stage for one in path if one.stage not in definition.stages):
        home = next((one for one in told.older if key in one.stages), definition)
        visits = [one for one in path if one.stage == key]
        notes = (text("drawing.former", told.lang), *_visits(visits, told.lang))
        stand = _dated("done", visits[-1].left or visits[-1].entered, told.lang)
        yield StageStep(key, stage_title(home, key, told.lang), "done", stand, notes)


def _step(definition: Definition, stage: Stage, told: Told) -> StageStep:
    title = stage_title(definition, stage.key, told.lang)
    if told.state is None:
        edge = "start" if stage.key == definition.start else "end" if stage.end is not None else ""
        said = text(f"drawing.stand.{edge}", told.lang) if edge else ""
        notes = _rules(definition, stage, told.lang)
        tasks = tuple(_plain_task(definition, stage, one, told.lang) for one in stage.tasks)
        return StageStep(stage.key, title, edge, said, notes, tasks, _ways(definition, stage, told))
    visits = [one for one in told.state.path if one.stage == stage.key]
    stand, said = _stand(definition, stage, told.state, visits, told)
    passages = _visits(visits, told.lang) if len(visits) > 1 else []
    rule = completion(stage, told.lang)
    tasks = tuple(_case_tasks(definition, stage, told.state, told))
    return StageStep(
        stage.key,
        title,
        stand,
        said,
        (*passages, *([rule] if rule else [])),
        tasks,
        _ways(definition, stage, told),
    )


def _rules(definition: Definition, stage: Stage, lang: str) -> tuple[str, ...]:
    notes = [text("drawing.on-entry", lang, what=one) for one in on_entry(stage, lang)]
    if rule := completion(stage, lang):
        notes.insert(0, rule)
    if stage.end:
        known = ", ".join(outcome(definition, one, lang) for one in stage.end)
        notes.insert(0, text("drawing.ends-with", lang, outcomes=known))
    return tuple(notes)


def _ways(definition: Definition, stage: Stage, told: Told) -> tuple[Line, ...]:
    steps = _taken(told.state)
    found = []
    for one in stage.next:
        went = (stage.key, one.to) in steps
        said = way(definition, stage, one, told.lang, told.tables)
        found.append(Line(said, to=one.to, taken=went))
    if stage.timeout:
        to = stage_title(definition, stage.timeout.to, told.lang)
        said = text("drawing.way-timeout", told.lang, to=to, length=length(stage.timeout.after, told.lang))
        found.append(Line(said, to=stage.timeout.to, taken=(stage.key, stage.timeout.to) in steps))
    return tuple(
        replace(one, text=text("drawing.way-taken", told.lang, way=one.text)) if one.taken else one
        for one in found
    )


def _taken(state: State | None) -> set[tuple[str, str]]:
    path = state.path if state else ()
    return {(one.stage, two.stage) for one, two in pairwise(path)}


# How a stage stands


def _stand(
    definition: Definition, stage: Stage, state: State, visits: Sequence[Visit], told: Told
) -> tuple[str, str]:
    lang = told.lang
    if state.stage == stage.key and stage.end is None:
        if state.status == Status.SUSPENDED:
            return "suspended", _since("suspended", state.suspended_at or visits[-1].entered, lang)
        late = any(_late(one, told.now) for one in state.open_tasks)
        stand = "overdue" if late else "current"
        return stand, _since(stand, visits[-1].entered, lang)
    if visits and stage.end is not None:
        word = outcome(definition, state.outcome or "", lang)
        day = local_day(visits[-1].entered)
        done = text("drawing.stand.done", lang)
        if state.stage == stage.key and state.outcome:
            return "done", text("drawing.ended", lang, stand=done, outcome=word, day=day)
    if visits:
        return "done", _dated("done", visits[-1].left or visits[-1].entered, lang)
    return (stand := _unvisited(definition, stage, state)), text(f"drawing.stand.{stand}", lang)


def _unvisited(definition: Definition, stage: Stage, state: State) -> str:
    """Skipped when no way leads there any more; to come when every way does; else possible."""
    if state.status == Status.CLOSED or state.stage not in definition.stages:
        return "skipped"
    if stage.key not in reached(definition, state.stage):
        return "skipped"
    return "ahead" if certain(definition, state.stage, stage.key) else "possible"


def _late(task: TaskState, now: datetime | None) -> bool:
    return task.state == Stand.OPEN and task.due_at is not None and now is not None and task.due_at < now


def _since(stand: str, moment: datetime, lang: str) -> str:
    return text("drawing.since", lang, stand=text(f"drawing.stand.{stand}", lang), day=local_day(moment))


def _dated(stand: str, moment: datetime, lang: str) -> str:
    return text("drawing.with-day", lang, stand=text(f"drawing.stand.{stand}", lang), day=local_day(moment))


def _visits(visits: Sequence[Visit], lang: str) -> list[str]:
    found = []
    for number, one in enumerate(visits, 1):
        since = local_day(one.entered)
        if one.left is None:
            found.append(text("drawing.visit-open", lang, number=number, **{"from": since}))
            continue
        key = "drawing.visit" if one.complete else "drawing.visit-early"
        found.append(text(key, lang, number=number, until=local_day(one.left), **{"from": since}))
    return found


# Tasks


def _plain_task(definition: Definition, stage: Stage, task: Task, lang: str) -> Line:
    owner = role(task.for_each or task.owner, lang)
    notes = [text("drawing.each", lang, role=owner) if task.for_each else owner]
    limits = [text("drawing.due", lang, length=length(task.due, lang))] if task.due else []
    if task.max:
        limits.append(text("drawing.most", lang, length=length(task.max, lang)))
    if task.discretionary:
        limits.append(text("drawing.optional", lang))
    if limits:
        notes[0] = f"{notes[0]}, {', '.join(limits)}"
    if task.after:
        first = ", ".join(say(one.title, lang, key) for key in task.after if (one := stage.task(key)))
        notes.append(text("drawing.after", lang, tasks=first))
    answers = [
        text("drawing.at-once", lang, outcome=outcome(definition, one, lang))
        if one in task.ending
        else outcome(definition, one, lang)
        for one in task.outcomes
    ]
    if len(answers) > 1 or task.ending:
        notes.append(text("drawing.outcomes", lang, outcomes=", ".join(answers)))
    notes += [
        text("drawing.rung", lang, length=length(one.after, lang), to=role(one.to, lang))
        for one in task.escalate
    ]
    return Line(task_title(task, lang), "", tuple(notes))


def _case_tasks(definition: Definition, stage: Stage, state: State, told: Told) -> Iterator[Line]:
    lang = told.lang
    last = max((one.visit for one in state.tasks if one.stage == stage.key), default=0)
    held = [one for one in state.tasks if one.visit == last and one.stage == stage.key]
    for task in stage.tasks:
        mine = [one for one in held if one.key == task.key]
        for one in mine:
            yield Line(
                task_title(task, lang), _task_stand(one, told.now),
                (_whose(one, told), _task_words(definition, one, told)),
            )  # fmt: skip
        if not mine:
            owner = role(task.for_each or task.owner, lang)
            extra = [text("drawing.optional", lang)] if task.discretionary else []
            yield Line(task_title(task, lang), "ahead", (", ".join([owner, *extra]),))
    known = {one.key for one in stage.tasks}
    for one in held:
        if one.key not in known:
            words = (_whose(one, told), _task_words(definition, one, told))
            yield Line(one.key.replace("_", " "), _task_stand(one, told.now), words)


def _whose(task: TaskState, told: Told) -> str:
    """The unit with its role in words; a unit whose name is not for the reader is said to be protected."""
    owner = role(task.role, told.lang)
    if task.unit is None:
        return owner
    if told.units is None:
        name = task.unit if isinstance(task.unit, str) else ""
    else:
        name = told.units.get(task.unit) or text("drawing.protected", told.lang)
    return text("drawing.unit", told.lang, unit=name, role=owner) if name else owner


def _task_stand(task: TaskState, now: datetime | None) -> str:
    if task.state == Stand.OPEN:
        return "overdue" if _late(task, now) else "current"
    return {Stand.DONE: "done", Stand.WAITING: "waiting"}.get(Stand(task.state), "cancelled")


def _task_words(definition: Definition, task: TaskState, told: Told) -> str:
    lang = told.lang
    stand = text(f"drawing.stand.{_task_stand(task, told.now)}", lang)
    if task.outcome and task.ended_at:
        word = outcome(definition, task.outcome, lang)
        return text("drawing.task-done", lang, stand=stand, outcome=word, day=local_day(task.ended_at))
    if task.state == Stand.OPEN and task.due_at:
        return text("drawing.task-due", lang, stand=stand, day=local_day(task.due_at))
    return stand
