"""French has one habit beside its double signs, in catalogues and in published files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from cii.decisions.rulebook import parse_table
from cii.texts.loading import CATALOGUES, texts
from cii.texts.typography import bare, bound

ROOT = Path(__file__).parents[2]
PLAIN = re.compile(r" [:;?!»]|« ")
TEMPLATE_SIGN = re.compile(r"\}\}:|\}\} [:;?!]|«")


def files() -> list[Path]:
    decisions = sorted((ROOT / "workflows").rglob("*.md"))
    return [
        *sorted(CATALOGUES.glob("*.yaml")),
        *sorted((ROOT / "workflows").rglob("*.yaml")),
        *(one for one in decisions if one.name != "README.md"),
    ]


@pytest.mark.parametrize("file", files(), ids=lambda file: file.name)
def test_a_french_text_has_a_space_beside_each_double_sign(file):
    text = file.read_text(encoding="utf-8")
    front = text.split("\n---\n")[0].removeprefix("---\n") if file.suffix == ".md" else text
    held = YAML(typ="safe").load(front)

    assert [place for one in _wordings(held, "fr") for place in bare(one)] == []


def _wordings(held: Any, lang: str) -> Iterator[str]:
    if isinstance(held, dict):
        for key, one in held.items():
            if key == lang:
                yield from [one] if isinstance(one, str) else [str(form) for form in one.values()]
            else:
                yield from _wordings(one, lang)
    elif isinstance(held, list):
        for one in held:
            yield from _wordings(one, lang)


def test_no_sentence_of_the_house_breaks_before_a_double_sign():
    said = [
        piece
        for entry in texts().values()
        for form in entry["fr"].forms.values()
        for piece in form
        if isinstance(piece, str)
    ]

    assert [one for one in said if PLAIN.search(one)] == []


def test_no_sentence_of_a_published_table_breaks_before_a_double_sign():
    for file in sorted(ROOT.glob("workflows/decisions/*.md")):
        table = parse_table(file.read_text(encoding="utf-8"), file.name)
        said = [title.get("fr", "") for title in (*table.why.values(), table.sources, table.title)]

        assert [one for one in said if PLAIN.search(one)] == []


@pytest.mark.parametrize("file", sorted(ROOT.glob("cii/web/templates/**/*.html")), ids=lambda file: file.stem)
def test_a_template_sets_no_double_sign_of_its_own(file):
    assert TEMPLATE_SIGN.findall(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Délai : 3 jours", "Délai\xa0: 3 jours"),
        ("« Triage » ?", "«\xa0Triage\xa0»\xa0?"),
        ("à 08:00", "à 08:00"),
        ("déjà lié\xa0; ainsi", "déjà lié\xa0; ainsi"),
    ],
)
def test_a_plain_space_is_bound_once(typed, set_):
    assert bound(typed) == set_
    assert bound(bound(typed)) == set_


def test_a_sign_without_its_space_is_found():
    assert bare("Trop court: il faut «trois» mots") != []
    assert bare("https://exemple.ch à 08:00 ; « ainsi »") == []
