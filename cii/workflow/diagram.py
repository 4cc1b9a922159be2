"""A process drawn as one column of stages, legible at 390 px and in print, and as an ordered list.

States stand in words beside their sign, never in colour alone; classes only, no style and no script, so that
the page's content policy holds. Source: workflow.md §4.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from textwrap import wrap

from cii.kernel.clock import ZURICH
from cii.workflow.definition import Definition, Next, Stage
from cii.workflow.reading import say
from cii.workflow.state import State, TaskState
from cii.workflow.vocabulary import ROLES, Stand, Status, Title

_WORDS: dict[str, Title] = {
    "done": {"fr": "fait", "de": "erledigt", "en": "done"},
    "current": {"fr": "en cours", "de": "laufend", "en": "current"},
    "overdue": {"fr": "en retard", "de": "überfällig", "en": "overdue"},
    "waiting": {"fr": "en attente", "de": "wartend", "en": "waiting"},
    "cancelled": {"fr": "annulé", "de": "entfallen", "en": "cancelled"},
    "skipped": {"fr": "sauté", "de": "übersprungen", "en": "skipped"},
    "ahead": {"fr": "à venir", "de": "bevorstehend", "en": "to come"},
    "due": {"fr": "échéance", "de": "Frist", "en": "due"},
    "then": {"fr": "ensuite", "de": "dann", "en": "then"},
    "if": {"fr": "si", "de": "falls", "en": "if"},
    "by table": {"fr": "selon la table", "de": "gemäss Tabelle", "en": "by the table"},
    "optional": {"fr": "facultatif", "de": "fakultativ", "en": "optional"},
    "end": {"fr": "fin", "de": "Ende", "en": "end"},
    "each": {"fr": "chaque", "de": "jede", "en": "each"},
    "any": {"fr": "une tâche", "de": "eine Aufgabe", "en": "any task"},
    "all": {"fr": "toutes les tâches", "de": "alle Aufgaben", "en": "all tasks"},
    "tasks": {"fr": "tâches", "de": "Aufgaben", "en": "tasks"},
    "suspended": {"fr": "suspendu", "de": "sistiert", "en": "suspended"},
}
_UNITS: dict[str, Title] = {
    "wd": {"fr": "jours ouvrables", "de": "Arbeitstage", "en": "working days"},
    "d": {"fr": "jours", "de": "Tage", "en": "days"},
    "m": {"fr": "mois", "de": "Monate", "en": "months"},
}
_SIGNS = {
    "done": "✓",
    "current": "▶",
    "overdue": "!",
    "waiting": "…",
    "cancelled": "×",
    "skipped": "–",
    "ahead": "○",
    "end": "■",
}
_WIDTH, _MARGIN, _LINE, _CHARS = 380, 12, 18, 50


@dataclass(frozen=True, slots=True)
class Line:
    """A task or a way on, in words; `stand` tells how the task stands and is empty for a way on."""

    text: str
    stand: str = ""


@dataclass(frozen=True, slots=True)
class StageStep:
    """A stage in words: its title, where it stands, since when, and its lines."""

    key: str
    title: str
    stand: str
    stand_text: str
    lines: tuple[Line, ...]


def steps(
    definition: Definition, state: State | None, lang: str, now: datetime | None = None
) -> list[StageStep]:
    """The process as an ordered list: the text alternative of `svg`, in the order of the file.

    `now` tells what is overdue; without it nothing is.
    """
    return [_stage_step(definition, stage, state, lang, now) for stage in definition.stages.values()]


def _stage_step(
    definition: Definition, stage: Stage, state: State | None, lang: str, now: datetime | None
) -> StageStep:
    stand, when = _stand(definition, stage, state, now)
    words = say(_WORDS[stand], lang)
    if state and stand in {"current", "overdue"} and state.status == Status.SUSPENDED:
        words = say(_WORDS["suspended"], lang)
    if stage.end is not None and state and state.stage == stage.key and state.outcome:
        words = (
            f"{words} : {_word(definition, state.outcome, lang)}"
            if lang == "fr"
            else f"{words}: {_word(definition, state.outcome, lang)}"
        )
    text = f"{words}, {_day(when)}" if when else words
    lines = (
        *_tasks(definition, stage, state, lang, now),
        *(Line(_way(definition, way, lang)) for way in stage.next),
    )
    return StageStep(stage.key, say(stage.title, lang, stage.key), stand, text, lines)


def _stand(
    definition: Definition, stage: Stage, state: State | None, now: datetime | None
) -> tuple[str, datetime | None]:
    ahead = "end" if stage.end is not None else "ahead"
    if state is None:
        return ahead, None
    visits = [visit for visit in state.path if visit.stage == stage.key]
    if state.stage == stage.key:
        if stage.end is not None:
            return "done", visits[-1].entered
        late = any(_late(task, now) for task in state.open_tasks)
        return ("overdue" if late else "current"), visits[-1].entered
    if visits:
        return "done", visits[-1].left
    order = list(definition.stages)
    furthest = max((order.index(visit.stage) for visit in state.path), default=-1)
    passed = order.index(stage.key) < furthest and stage.end is None
    return ("skipped" if passed or state.status == Status.CLOSED else ahead), None


def _late(task: TaskState, now: datetime | None) -> bool:
    return task.state == Stand.OPEN and task.due_at is not None and now is not None and task.due_at < now


def _tasks(
    definition: Definition, stage: Stage, state: State | None, lang: str, now: datetime | None
) -> Iterator[Line]:
    last = max((task.visit for task in state.tasks if task.stage == stage.key), default=0) if state else 0
    for task in stage.tasks:
        owner = say(ROLES.get(task.for_each or task.owner, {}), lang, task.owner)
        owner = f"{say(_WORDS['each'], lang)} {owner}" if task.for_each else owner
        title = say(task.title, lang, task.key)
        mine = (
            [one for one in state.tasks if one.visit == last and one.key == task.key]
            if state and last
            else []
        )
        for held in mine:
            yield Line(
                f"{title} ({owner}{_unit(held)}): {_held(definition, held, lang, now)}",
                _task_stand(held, now),
            )
        if not mine:
            extra = say(_WORDS["optional"], lang) if task.discretionary else ""
            due = f"{task.due.count} {say(_UNITS[task.due.unit], lang)}" if task.due else ""
            note = ", ".join(one for one in (due, extra) if one)
            yield Line(f"{title} ({owner}){': ' + note if note else ''}", "ahead")


def _unit(task: TaskState) -> str:
    return f", {task.unit}" if isinstance(task.unit, str) and task.unit != task.role else ""


def _task_stand(task: TaskState, now: datetime | None) -> str:
    if task.state == Stand.OPEN:
        return "overdue" if _late(task, now) else "current"
    return {Stand.DONE: "done", Stand.WAITING: "waiting"}.get(Stand(task.state), "cancelled")


def _held(definition: Definition, task: TaskState, lang: str, now: datetime | None) -> str:
    stand = _task_stand(task, now)
    words = say(_WORDS[stand], lang)
    if task.outcome:
        words = f"{words} ({_word(definition, task.outcome, lang)})"
    if stand == "done" and task.ended_at:
        return f"{words}, {_day(task.ended_at)}"
    return (
        f"{words}, {say(_WORDS['due'], lang)} {_day(task.due_at)}"
        if task.state == Stand.OPEN and task.due_at
        else words
    )


def _word(definition: Definition, key: str, lang: str) -> str:
    return say(definition.words.get(key, {}), lang, key)


def _way(definition: Definition, way: Next, lang: str) -> str:
    text = f"→ {say(_WORDS['then'], lang)} {say(definition.stages[way.to].title, lang, way.to)}"
    if way.when is not None:
        what = way.when.text
        if way.when.how:
            who = (
                say(_WORDS[way.when.how], lang)
                if way.when.how != "count"
                else f"{way.when.count} {say(_WORDS['tasks'], lang)}"
            )
            what = f"{who} = {_word(definition, way.when.outcome, lang)}"
        text += f", {say(_WORDS['if'], lang)} {what}"
    return f"{text}, {say(_WORDS['by table'], lang)} {way.decide}" if way.decide else text


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone(ZURICH):%d.%m.%Y}" if moment else ""


def svg(definition: Definition, state: State | None, lang: str, now: datetime | None = None) -> str:
    """The process as SVG: a box per stage, its tasks with sign and words, arrows to the next stage.

    Classes: `wf-stage wf-<stand>`, `wf-title`, `wf-state`, `wf-line`, `wf-arrow`; the page gives them their
    look, and without it black on white stays legible.
    """
    boxes: list[str] = []
    y = _MARGIN
    all_steps = steps(definition, state, lang, now)
    stages = list(definition.stages.values())
    for at, one in enumerate(all_steps):
        rows: list[tuple[str, str]] = [
            ("wf-title", line) for line in wrap(f"{_SIGNS[one.stand]} {one.title}", 44)
        ]
        rows.append(("wf-state", one.stand_text))
        for line in one.lines:
            sign = f"{_SIGNS[line.stand]} " if line.stand else ""
            rows += [("wf-line", piece) for piece in wrap(sign + line.text, _CHARS, subsequent_indent="  ")]
        height = len(rows) * _LINE + _MARGIN
        boxes.append(_box(one, rows, y, height))
        y += height
        leads = at + 1 < len(stages) and any(way.to == stages[at + 1].key for way in stages[at].next)
        if leads:
            boxes.append(
                f'<path class="wf-arrow" d="M {_WIDTH // 2} {y} v 18 m -5 -6 l 5 6 l 5 -6"'
                ' fill="none" stroke="currentColor"/>'
            )
        y += 24
    title = escape(say(definition.title, lang, definition.id))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="wf" role="img" viewBox="0 0 {_WIDTH} {y}"'
        f' width="{_WIDTH}" height="{y}"'
        f' font-family="sans-serif" font-size="13"><title>{title}</title>{"".join(boxes)}</svg>'
    )


def _box(one: StageStep, rows: list[tuple[str, str]], y: int, height: int) -> str:
    dashed = ' stroke-dasharray="4 3"' if one.stand in {"ahead", "skipped", "end"} else ""
    thick = 3 if one.stand in {"current", "overdue"} else 1
    frame = (
        f'<g class="wf-stage wf-{one.stand}"><rect x="4" y="{y}" width="{_WIDTH - 8}" height="{height}"'
        f' rx="4" fill="none" stroke="currentColor" stroke-width="{thick}"{dashed}/>'
    )
    parts = [frame]
    for at, (kind, text) in enumerate(rows, 1):
        weight = ' font-weight="bold"' if kind == "wf-title" else ""
        parts.append(
            f'<text class="{kind}" x="14" y="{y + at * _LINE}" fill="currentColor"{weight}>'
            f"{escape(text)}</text>"
        )
    return "".join((*parts, "</g>"))
