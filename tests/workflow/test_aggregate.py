"""The open cases of a process by stage: how many, how many overdue, since how long, and what others see of few."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from cii.drawing.counting import counted
from cii.drawing.diagram import drawn
from cii.figures.processes import _veiled
from cii.kernel.errors import UnknownThing
from cii.store.work import Work
from cii.workflow.actions import fire
from cii.workflow.aggregate import StageCount, stage_counts
from cii.workflow.definition import parse
from cii.workflow.events import Close, Suspend
from cii.workflow.library import process, process_versions
from tests.conftest import NOW
from tests.workflow.build_workflow import TWO_VOICES, a_process, done, the_units

DEFINITION = parse(TWO_VOICES, "two-voices.yaml")


def started(work: Work, folder, days: tuple[int, ...], roles):
    """A case for each number of days since it began."""
    return [
        a_process(replace(work, now=NOW - timedelta(days=one)), folder, subject_id=at, roles=roles)[
            0
        ].instance
        for at, one in enumerate(days, 1)
    ]


def definition_id(work: Work) -> int:
    return process_versions(work, "two-voices")[0].id


def test_each_stage_tells_its_open_cases_the_median_days_and_the_overdue(work: Work, tmp_path):
    cases = started(work, tmp_path / "w", (1, 2, 20, 40), the_units(work))
    fire(work, cases[0], done("one"))
    fire(work, cases[0], done("two"))

    counts = stage_counts(work, definition_id(work))

    assert counts == {"both": StageCount(3, 2, 20), "follow_up": StageCount(1, 0, 0)}


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle(work: Work, tmp_path):
    started(work, tmp_path / "w", (2, 4, 8, 30), the_units(work))

    assert stage_counts(work, definition_id(work))["both"].median_days == 6


def test_a_closed_case_is_not_counted_and_a_resting_one_is_not_late(work: Work, tmp_path):
    cases = started(work, tmp_path / "w", (30, 30), the_units(work))
    fire(work, cases[0], Close("solved"))
    fire(work, cases[1], Suspend("Hospitalisation"))

    assert stage_counts(work, definition_id(work)) == {"both": StageCount(1, 0, 30)}


def test_only_the_cases_of_one_s_own_units_where_asked(work: Work, tmp_path):
    roles = the_units(work)
    started(work, tmp_path / "w", (1, 1), roles)

    assert stage_counts(work, definition_id(work), roles["AI"])["both"].open == 2
    assert stage_counts(work, definition_id(work), (9_999,)) == {}
    assert stage_counts(work, definition_id(work), ()) == {}


def test_the_numbers_cost_two_statements_whatever_their_size(work: Work, tmp_path):
    started(work, tmp_path / "w", (1, 2, 3, 4, 5), the_units(work))
    row = definition_id(work)
    said = []
    event.listen(work.session.get_bind(), "before_cursor_execute", lambda *args: said.append(args[2]))

    stage_counts(work, row)

    assert len(said) == 2


def test_small_numbers_of_others_are_hidden_with_those_that_would_tell_them():
    every = {"both": StageCount(12, 3, 9), "late": StageCount(2, 0, 4), "follow_up": StageCount(20, 0, 7)}

    seen = _veiled(DEFINITION, every, {}, 5)

    assert seen.stages["late"] == StageCount(None, None, None)
    assert seen.stages["both"].overdue is None
    shown = [one.open for one in seen.stages.values()]
    assert shown.count(None) != 1 or seen.total is None


def test_what_one_knows_from_own_cases_is_not_hidden():
    every = {"both": StageCount(2, 1, 9), "follow_up": StageCount(20, 6, 7)}

    seen = _veiled(DEFINITION, every, {"both": StageCount(2, 1, 9)}, 5)

    assert seen.stages["both"] == StageCount(2, 1, 9)
    assert seen.total == 22


@pytest.mark.parametrize("lang", ["fr", "de", "en"])
def test_the_drawing_of_the_numbers_says_them_in_words(lang):
    counts = {"both": StageCount(12, 3, 9), "late": StageCount(None, None, None)}

    told = counted(DEFINITION, counts, lang)

    assert told[0].stand_text.startswith("12 ")
    assert any("9" in one for one in told[0].notes)
    assert any("3" in one for one in told[0].notes)
    assert told[1].share is None
    picture = drawn(told, "x")
    assert all(one in picture for one in (told[0].stand_text, told[0].notes[0]))


def test_every_version_of_a_process_can_be_read(work: Work, tmp_path):
    a_process(work, tmp_path / "w")

    held, _ = process(work, "two-voices", 1)

    assert held.version == 1
    assert [one.version for one in process_versions(work, "two-voices")] == [1]
    with pytest.raises(UnknownThing):
        process(work, "two-voices", 7)
