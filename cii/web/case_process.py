"""A case in its process: drawn and as a list, each earlier version below as the case left it."""

from itertools import pairwise
from typing import Any

from flask import g, render_template

from cii.access.permits import Permit
from cii.drawing.diagram import steps
from cii.drawing.telling import Units
from cii.files.reading import say
from cii.institutions.queries import shown_units
from cii.kernel.clock import local_day
from cii.store.work import Work
from cii.web.base import Blueprint
from cii.web.case_head import CASE, CasePage, case_page, head
from cii.web.drawings import drawing
from cii.wire import language
from cii.wire.doors import needs
from cii.workflow.library import titles_asked
from cii.workflow.queries import instance_for
from cii.workflow.versions import Chapter, chapters

page = Blueprint("case_process", __name__)


@page.get("/cases/<ref:ref>/process", endpoint="one")
@needs(Permit.SEE_CASE)
def case_process(ref: str) -> str:
    """Where a case stands in its process, and how it stood when it left each earlier version."""
    shown = case_page(ref, "one")
    return render_template("pages/cases/process.html", **head(shown, "process"), drawn=_drawn(g.work, shown))


def _drawn(work: Work, shown: CasePage) -> list[dict[str, Any]]:
    """The present version, then the earlier ones, the latest first; none for a case without process."""
    instance = instance_for(work, CASE, shown.case_id)
    if instance is None:
        return []
    told = chapters(work, instance)
    ids = {one.unit for chapter in told for one in chapter.state.tasks if isinstance(one.unit, int)}
    units: Units = {unit: label.name for unit, label in shown_units(work, ids).items()}
    lang, held, older = language.lang(), told[-1].definition, [one.definition for one in told[:-1]]
    tables = titles_asked(work, held)
    present = steps(held, told[-1].state, lang, work.now, units=units, older=older, tables=tables)
    former = [_left(work, one, after, lang, units) for one, after in pairwise(told)]
    return [drawing(present, held, lang) | {"until": None, "why": None}, *reversed(former)]


def _left(work: Work, chapter: Chapter, after: Chapter, lang: str, units: Units) -> dict[str, Any]:
    """A version as the case left it: overdue is what was overdue on that day."""
    told = steps(
        chapter.definition,
        chapter.state,
        lang,
        after.since,
        units=units,
        tables=titles_asked(work, chapter.definition),
    )
    return drawing(told, chapter.definition, lang) | {
        "until": local_day(after.since),
        "why": say(after.why, lang, "") or None,
    }
