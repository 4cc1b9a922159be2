"""The open cases of a process told stage by stage: how many, how many overdue, since how long. Pure."""

from collections.abc import Mapping

from cii.drawing.diagram import StageStep, steps
from cii.drawing.wording import Tables
from cii.texts.speech import say as text
from cii.workflow.aggregate import StageCount
from cii.workflow.definition import Definition


def counted(
    definition: Definition, counts: Mapping[str, StageCount], lang: str, tables: Tables | None = None
) -> list[StageStep]:
    """The stages with their numbers, in the order of the file; ends hold no open case and say none."""
    most = max((one.open or 0 for one in counts.values()), default=0)
    found = []
    for told in steps(definition, None, lang, tables=tables):
        if definition.stages[told.key].end is not None:
            found.append(StageStep(told.key, told.title, told.stand, told.stand_text, ways=told.ways))
            continue
        held = counts.get(told.key, StageCount())
        found.append(
            StageStep(
                told.key,
                told.title,
                "",
                _open(held, lang),
                tuple(_notes(held, lang)),
                ways=told.ways,
                share=None if held.open is None else held.open / most if most else 0.0,
            )
        )
    return found


def _open(held: StageCount, lang: str) -> str:
    if held.open is None:
        return text("drawing.count.few-open", lang)
    return text("drawing.count.open", lang, n=held.open)


def _notes(held: StageCount, lang: str) -> list[str]:
    notes = []
    if held.median_days is not None:
        notes.append(text("drawing.count.median", lang, n=held.median_days))
    if held.overdue is None:
        notes.append(text("drawing.count.few-overdue", lang))
    elif held.overdue:
        notes.append(text("drawing.count.overdue", lang, n=held.overdue))
    return notes
