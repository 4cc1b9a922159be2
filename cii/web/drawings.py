"""What the pages with a drawn process share: the drawing for two widths, and the list that says the same."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from cii.drawing.diagram import NARROW, WIDE, StageStep, sheets
from cii.drawing.diagram import title as drawing_title
from cii.workflow.definition import Definition


def drawing(told: Sequence[StageStep], held: Definition, lang: str) -> dict[str, Any]:
    """What `parts/drawing.html` and `parts/steps.html` need."""
    name = drawing_title(held, lang)
    return {
        "drawing_title": name,
        "narrow": [Markup(one) for one in sheets(told, name, NARROW)],  # noqa: S704 - every text in it escaped
        "wide": [Markup(one) for one in sheets(told, name, WIDE)],  # noqa: S704
        "steps": told,
    }
