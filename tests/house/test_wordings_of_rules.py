"""What a decision table says of its facts stands in every language: where they come from, in which unit."""

from pathlib import Path

import pytest

from cii.decisions.rulebook import parse_table
from cii.texts.languages import LANGUAGES

TABLES = sorted(Path(__file__).parents[2].glob("workflows/decisions/*.md"))


@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.stem)
def test_sources_and_units_of_a_published_table_stand_in_three_languages(file):
    table = parse_table(file.read_text(encoding="utf-8"), file.name)

    said = {"the table": table.sources}
    said |= {f"source of {one.name}": one.sources for one in table.inputs}
    said |= {f"unit of {one.name}": one.units for one in table.inputs if one.unit not in {"", "%"}}

    assert {what for what, words in said.items() if set(words) != set(LANGUAGES)} == set()
