"""What a way on asks of a fact is said in words, in every language, wherever the process is drawn or listed."""

from pathlib import Path

import pytest

from cii.drawing.wording import when
from cii.texts.languages import LANGUAGES
from cii.workflow.definition import parse

PROCESSES = [
    parse(file.read_text(encoding="utf-8"), file.name)
    for file in sorted(Path(__file__).parents[2].glob("workflows/*.yaml"))
]


def asked(definition):
    """The conditions of a process that ask a fact."""
    ways = [way.when for stage in definition.stages.values() for way in stage.next]
    return [one for one in ways if one is not None and not one.how]


@pytest.mark.parametrize("definition", PROCESSES, ids=lambda one: one.id)
def test_every_fact_of_a_condition_has_words_in_three_languages_and_the_drawing_uses_them(definition):
    said = {one.fact: definition.words.get(one.fact, {}) for one in asked(definition)}

    assert {fact for fact, words in said.items() if set(words) != set(LANGUAGES)} == set()
    for one in asked(definition):
        for lang in LANGUAGES:
            assert said[one.fact][lang] in when(definition, one, lang)


def test_the_shipped_processes_ask_facts_on_their_way():
    assert {one.fact for definition in PROCESSES for one in asked(definition)} >= {
        "contract_change",
        "direct",
    }
