"""The diagram and its text alternative: states in words, no style, no script, safe text."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cii.kernel.calendar import WorkingDays
from cii.workflow import events as ev
from cii.workflow.definition import parse
from cii.workflow.diagram import steps, svg
from cii.workflow.machine import step

FILES = Path(__file__).parents[2] / "workflows"
DEFINITIONS = [parse(path.read_text("utf-8"), path.name) for path in sorted(FILES.glob("*.yaml"))]
CII = next(one for one in DEFINITIONS if one.id == "reseau-cii")
NOW = datetime(2026, 10, 5, 8, tzinfo=UTC)
ROLES = dict.fromkeys(("lead", "AC", "AI", "AS", "physician", "coordination"), ("X <&>",))


def running(*tasks):
    state = step(CII, None, ev.Start(), {}, NOW, WorkingDays("NE"), ROLES).state
    for task, outcome in tasks:
        state = step(CII, state, ev.TaskDone(task, outcome), {}, NOW, WorkingDays("NE"), ROLES).state
    return state


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda one: one.id)
@pytest.mark.parametrize("lang", ["fr", "de", "en"])
def test_every_shipped_process_is_drawn_as_clean_xml_without_style_or_script(definition, lang):
    drawn = svg(definition, None, lang)

    root = ET.fromstring(drawn)  # noqa: S314 - our own text
    assert " style=" not in drawn
    assert "<script" not in drawn
    assert float(root.attrib["width"]) <= 390
    assert len(root.findall("{http://www.w3.org/2000/svg}g")) == len(definition.stages)


def test_a_case_shows_in_words_what_is_done_current_and_overdue():
    state = running(("grid_ac", "done"))

    early = steps(CII, state, "fr", NOW)
    late = steps(CII, state, "fr", NOW + timedelta(days=30))

    assert early[0].stand == "current"
    assert early[0].stand_text == "en cours, 05.10.2026"
    texts = [line.text for line in early[0].lines]
    assert any("fait (rempli), 05.10.2026" in text for text in texts)
    assert any("en cours, échéance 12.10.2026" in text for text in texts)
    assert late[0].stand == "overdue"
    assert [one.stand for one in early[1:]] == ["ahead", "ahead", "ahead", "end"]


def test_text_from_outside_is_escaped_in_the_drawing():
    drawn = svg(CII, running(), "fr", NOW)

    assert "X &lt;&amp;&gt;" in drawn
    ET.fromstring(drawn)  # noqa: S314 - our own text
