"""A process drawn as a column of stages with its ways at the side, and as an ordered list that says the same.

States stand in words beside a sign, never in colour alone; classes only, no style and no script, so that the
page's content policy holds. Black on white without any style sheet. Source: workflow.md §4.
"""

from collections.abc import Sequence
from datetime import datetime

from cii.drawing.canvas import NARROW, Canvas
from cii.drawing.telling import Line, StageStep, Told, Units, steps_of
from cii.drawing.wording import Tables
from cii.files.reading import say
from cii.texts.speech import say as text
from cii.workflow.definition import Definition
from cii.workflow.state import State

__all__ = ["NARROW", "WIDE", "Line", "StageStep", "drawn", "sheets", "steps", "svg"]

WIDE = 720
"""The width of a drawing for a large screen and for a page of A4, in pixels."""


def steps(
    definition: Definition,
    state: State | None,
    lang: str,
    now: datetime | None = None,
    *,
    units: Units | None = None,
    older: Sequence[Definition] = (),
    tables: Tables | None = None,
) -> list[StageStep]:
    """The process as an ordered list: the text alternative of `svg`, in the order of the file.

    `now` tells what is overdue; without it nothing is. `units` names the services that the reader may see,
    the others are protected. `older` are earlier versions that a migrated case has left, `tables` the titles
    of the decision tables that the process asks.
    """
    return steps_of(definition, Told(lang, state, now, units, older, tables or {}))


def svg(
    definition: Definition,
    state: State | None,
    lang: str,
    now: datetime | None = None,
    *,
    units: Units | None = None,
    older: Sequence[Definition] = (),
    tables: Tables | None = None,
    width: int = NARROW,
) -> str:
    """The process as one SVG: a box a stage, its tasks with sign and words, an arrow for each way."""
    told = steps(definition, state, lang, now, units=units, older=older, tables=tables)
    return drawn(told, title(definition, lang), width)


def title(definition: Definition, lang: str) -> str:
    """The name of the drawing."""
    name = say(definition.title, lang, definition.id)
    return text("drawing.title.definition", lang, title=name, version=definition.version)


def drawn(told: Sequence[StageStep], name: str, width: int = NARROW) -> str:
    """Told stages as one SVG of that width in pixels."""
    return Canvas(told, width).whole(name)


def sheets(told: Sequence[StageStep], name: str, width: int = NARROW) -> list[str]:
    """The same in pieces, one per stage, to stand one under another: paper breaks only between stages."""
    return Canvas(told, width).pieces(name)
