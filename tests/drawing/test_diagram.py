"""The drawing and its list: states in words, nothing overlaps, every fact in both, safe text, no style."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from cii.drawing.diagram import NARROW, WIDE, drawn, sheets, steps, svg
from cii.drawing.lettering import width, wrapped
from cii.kernel.calendar import WorkingDays
from cii.workflow import events as ev
from cii.workflow.definition import Stage, Task, parse
from cii.workflow.machine import step

FILES = Path(__file__).parents[2] / "workflows"
DEFINITIONS = [parse(path.read_text("utf-8"), path.name) for path in sorted(FILES.glob("*.yaml"))]
CII = next(one for one in DEFINITIONS if (one.id, one.version) == ("reseau-cii", 1))
NOW = datetime(2026, 10, 5, 8, tzinfo=UTC)
ROLES = dict.fromkeys(
    ("lead", "AC", "AI", "AS", "partner", "physician", "coordination", "receiving"), ("X <&>",)
)
SVG = "{http://www.w3.org/2000/svg}"
BOTH = pytest.mark.parametrize("wide", [NARROW, WIDE])
EACH = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda one: one.id)


def running(*moves, units=None):
    state = step(CII, None, ev.Start(), {}, NOW, WorkingDays("NE"), units or ROLES).state
    for day, (task, outcome) in enumerate(moves, 1):
        now = NOW + timedelta(days=day)
        done = ev.TaskDone(task, outcome)
        state = step(CII, state, done, {}, now, WorkingDays("NE"), units or ROLES).state
    return state


def crowded():
    """A stage with twelve tasks in words that fit no line."""
    word = "Berufsbildungsverantwortlichenweiterbildungskoordinationsgruppensitzung"
    titles = dict.fromkeys(("fr", "de", "en"), f"{word} und {word} (Arbeitslosenversicherung)")
    tasks = tuple(Task(f"t{n}", "AC", ("done", "refused"), titles) for n in range(12))
    full = replace(CII.stages["assessment"], tasks=tasks, title=titles)
    return replace(CII, stages={**CII.stages, "assessment": full})


def root_of(text):
    return ET.fromstring(text)  # noqa: S314 - our own text


def texts_of(root):
    """Every line of text with the box that it needs."""
    found = []
    for one in root.iter(f"{SVG}text"):
        size = float(one.get("font-size", root.get("font-size")))
        x, y = float(one.get("x")), float(one.get("y"))
        long = width(one.text, size, bold=one.get("font-weight") == "bold")
        found.append((x, y - 0.75 * size, x + long, y + 0.2 * size, one.text))
    return found


def crossing(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@EACH
@BOTH
@pytest.mark.parametrize("lang", ["fr", "de", "en"])
def test_every_shipped_process_is_drawn_as_clean_xml_without_style_or_script(definition, lang, wide):
    written = svg(definition, None, lang, width=wide)

    root = root_of(written)
    assert " style=" not in written
    assert "<script" not in written
    assert float(root.get("width")) == wide
    assert len(root.findall(f"{SVG}g[@class]")) == len(definition.stages)


@pytest.mark.parametrize("definition", [*DEFINITIONS, crowded()], ids=lambda one: one.id)
@BOTH
@pytest.mark.parametrize("lang", ["fr", "de"])
def test_no_text_lies_on_another_or_leaves_its_box(definition, lang, wide):
    root = root_of(svg(definition, None, lang, width=wide))

    said = texts_of(root)
    assert not [(a[4], b[4]) for a, b in combinations(said, 2) if crossing(a, b)]
    for stage in root.findall(f"{SVG}g[@class]"):
        rect = stage.find(f"{SVG}rect")
        left, top = float(rect.get("x")), float(rect.get("y"))
        right, bottom = left + float(rect.get("width")), top + float(rect.get("height"))
        for one in stage.iter(f"{SVG}text"):
            inside = next(each for each in said if each[4] == one.text and each[1] > top - 1)
            assert left < inside[0], one.text
            assert inside[2] <= right, one.text
            assert top < inside[1] < inside[3] < bottom or inside[1] > bottom, one.text


@EACH
@BOTH
def test_no_stage_lies_on_another(definition, wide):
    root = root_of(svg(definition, None, "de", width=wide))

    boxes = [one.find(f"{SVG}rect") for one in root.findall(f"{SVG}g[@class]")]
    spans = [(float(one.get("y")), float(one.get("y")) + float(one.get("height"))) for one in boxes]
    assert all(first[1] < second[0] for first, second in pairwise(spans))
    assert spans[-1][1] < float(root.get("height"))


@EACH
@pytest.mark.parametrize("lang", ["fr", "de", "en"])
def test_the_list_says_every_fact_of_the_drawing_and_no_other(definition, lang):
    told = steps(definition, None, lang)

    written = " ".join(one.text for one in root_of(svg(definition, None, lang)).iter(f"{SVG}text"))
    assert squeezed(written) == squeezed(" ".join(said(told)))


def test_the_list_of_a_case_says_every_fact_of_its_drawing():
    state = running(("grid_ac", "done"), ("take_lead", "decline"), ("decide_lead", "named"))
    later = NOW + timedelta(days=60)

    written = " ".join(one.text for one in root_of(svg(CII, state, "de", later)).iter(f"{SVG}text"))
    assert squeezed(written) == squeezed(" ".join(said(steps(CII, state, "de", later))))


def said(told):
    for one in told:
        yield from (one.title, one.stand_text, *one.notes)
        for task in one.tasks:
            yield from (task.text, *task.notes)
        yield from (way.text for way in one.ways)


def squeezed(text):
    return "".join(text.split()).replace("-", "")


@EACH
def test_every_way_and_every_timeout_is_an_arrow(definition):
    root = root_of(svg(definition, None, "fr"))

    ways = [way for stage in definition.stages.values() for way in stage.next]
    timeouts = [stage for stage in definition.stages.values() if stage.timeout]
    arrows = [one for one in root.iter(f"{SVG}path") if "wf-arrow" in one.get("class", "")]
    assert len(arrows) == len(ways) + len(timeouts)


def test_a_case_shows_in_words_what_is_done_current_and_overdue():
    state = running(("grid_ac", "done"))

    early = steps(CII, state, "fr", NOW)
    late = steps(CII, state, "fr", NOW + timedelta(days=30))

    assert early[0].stand_text == "en cours depuis le 05.10.2026"
    notes = {task.text: task.notes for task in early[0].tasks if task.stand == "done"}
    assert notes == {"Grille commune": ("X <&> (assurance-chômage)", "fait (rempli), 06.10.2026")}
    assert early[0].tasks[2].notes[1] == "en cours, échéance 23.10.2026"
    assert late[0].stand_text == "en retard depuis le 05.10.2026"
    assert [one.stand for one in early[1:]] == ["possible", "ahead", "ahead", "ahead"]


def test_a_case_that_came_back_shows_each_passage_and_the_way_it_took():
    state = running(("grid_ac", "done"), ("take_lead", "decline"), ("decide_lead", "named"))

    first, second = steps(CII, state, "fr", NOW)[:2]

    assert first.notes[:2] == (
        "passage 1\xa0: du 05.10.2026 au 07.10.2026, quitté avant la fin",
        "passage 2\xa0: depuis le 08.10.2026",
    )
    assert [one.to for one in first.ways if one.taken] == ["arbitration"]
    assert second.stand_text == "fait, 08.10.2026"


def test_a_stage_that_no_way_reaches_any_more_is_skipped():
    grid = [(key, "done") for key in ("grid_ac", "grid_ai", "grid_as", "medical")]
    state = running(("take_lead", "accept"), *grid, ("sign", "signed"))

    told = {one.key: one.stand_text for one in steps(CII, state, "de", NOW)}

    assert told["arbitration"] == "übersprungen"
    assert told["plan"].startswith("laufend seit")


def test_a_suspended_case_says_so():
    state = step(CII, running(), ev.Suspend("attente"), {}, NOW, WorkingDays("NE"), ROLES).state

    assert steps(CII, state, "fr", NOW)[0].stand_text == "suspendu depuis le 05.10.2026"


def test_a_closed_case_names_its_outcome_and_day():
    state = step(CII, running(), ev.Close("job"), {}, NOW, WorkingDays("NE"), ROLES).state

    assert steps(CII, state, "fr", NOW)[-1].stand_text == "fait\xa0: emploi, 05.10.2026"


def test_the_role_is_not_said_twice():
    told = steps(CII, None, "fr")[0].tasks

    assert told[1].text == "Grille commune"
    assert told[1].notes[0] == "assurance-chômage, délai 14 jours ouvrables"


def test_a_unit_that_the_reader_may_not_see_has_no_name():
    units = {role: (index,) for index, role in enumerate(ROLES, 1)}
    state = running(units=units)

    told = steps(CII, state, "fr", NOW, units={2: "ORP"})[0].tasks

    assert told[1].notes[0] == "ORP (assurance-chômage)"
    assert told[2].notes[0] == "service protégé (assurance-invalidité)"


def test_a_stage_of_an_earlier_version_stays_in_the_drawing():
    stages = {key: one for key, one in CII.stages.items() if key != "assessment"}
    newer = replace(CII, version=2, stages=stages, start="plan")
    grid = [(key, "done") for key in ("grid_ac", "grid_ai", "grid_as", "medical")]
    state = running(("take_lead", "accept"), *grid, ("sign", "signed"))

    told = steps(newer, state, "fr", NOW, older=[CII])

    assert told[0].title == "Évaluation commune"
    assert told[0].notes[0] == "étape d'une version antérieure"
    assert drawn(told, "x")


def test_text_from_outside_is_escaped_in_the_drawing():
    hostile = {"fr": '</title><script>alert("1")</script>', "de": "x", "en": "x"}
    stage = Stage("assessment", hostile, CII.stages["assessment"].tasks, next=CII.stages["assessment"].next)
    bad = replace(CII, title=hostile, stages={**CII.stages, "assessment": stage})

    written = svg(bad, running(), "fr", NOW)

    assert "X &lt;&amp;&gt;" in written
    assert "<script" not in written
    root_of(written)


def test_the_drawing_is_cut_between_the_stages_and_only_its_first_piece_is_read_out():
    told = steps(CII, None, "de")

    pieces = [root_of(one) for one in sheets(told, "x", WIDE)]

    assert [len(one.findall(f"{SVG}g[@class]")) for one in pieces] == [1] * len(told)
    assert [one.findtext(f"{SVG}title") for one in pieces] == ["x", *[None] * (len(told) - 1)]
    assert [one.get("aria-hidden") for one in pieces] == [None, *["true"] * (len(told) - 1)]
    tops = [float(one.get("viewBox").split()[1]) for one in pieces]
    assert tops[0] == 0
    assert all(a + float(p.get("height")) == b for a, p, b in zip(tops, pieces, tops[1:], strict=False))


def test_a_line_breaks_at_spaces_and_inside_a_word_that_is_too_long():
    lines = wrapped("Koordinationsgruppe Donaudampfschifffahrtsgesellschaft", 160, 14)

    assert lines[0] == "Koordinationsgruppe"
    assert all(width(one, 14) <= 160 for one in lines)
    assert "".join(lines[1:]).replace("-", "") == "Donaudampfschifffahrtsgesellschaft"
