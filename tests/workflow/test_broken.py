"""Broken files: each says its faults by line, in plain French, with what was probably meant; none is silent."""

import ast
from pathlib import Path

import pytest

from cii.files.problems import BrokenFile
from cii.files.reading import MAX_CHARACTERS
from cii.texts.languages import LANGUAGES
from cii.texts.loading import texts
from cii.texts.speech import say
from cii.workflow.folder import faults_of, read_text
from tests.workflow.broken.corpus import FILES, FOLDERS, HERE, expected, lines_of, problems_of

HOUSE = Path(__file__).parents[2]
ROOMS = ("files", "decisions", "dmn", "workflow", "cases")
"""Rooms that say what is wrong with a file, and where."""
READERS = (
    "files/reading", "workflow/definition", "workflow/checks", "workflow/soundness", "workflow/folder",
    "decisions/columns", "decisions/rulebook", "decisions/rulelines", "decisions/checks",
)  # fmt: skip
ELSEWHERE = {
    "no-folder",
    "file-too-large",
    "more-faults",
    "not-utf8",
    "table-not-proven",
    "table-too-large",
    "table-too-heavy",
}
"""Codes that tests raise without a file kept here: a huge one, none at all, another encoding, a table beyond every proof
or every measure (tests/decisions/test_limits.py)."""


def _name(path: Path) -> str:
    return path.relative_to(HERE).as_posix()


def _codes_in_the_source() -> set[str]:
    """The codes that the readers and checks name: the word after the place in `note`, `fault`, `problem`."""
    found = set()
    for module in READERS:
        tree = ast.parse((HOUSE / f"cii/{module}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                at = {"note": 1, "fault": 1, "problem": 2}.get(name)
                if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant):
                    found.add(node.args[at].value)
        if module == "files/reading":
            found |= {
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and str(node.value).startswith("yaml-")
            }
    return found


@pytest.mark.parametrize("path", [*FILES, *FOLDERS], ids=_name)
def test_a_broken_file_says_exactly_these_faults(path):
    assert lines_of(path) == expected()[_name(path)]


def test_the_corpus_and_its_index_hold_the_same_files():
    assert {_name(path) for path in [*FILES, *FOLDERS]} == set(expected())
    assert all(expected().values())


def test_every_code_that_a_check_can_raise_occurs_in_the_corpus():
    raised = {line.split(" ")[1] for lines in expected().values() for line in lines}

    assert _codes_in_the_source() - raised - ELSEWHERE == set()


def test_every_fault_is_worded_in_the_three_languages():
    for path in FILES:
        for one in problems_of(path):
            said = {lang: one.told(lang)["text"] for lang in LANGUAGES}

            assert all(said.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_place_or_hint_is_left_unsaid(lang):
    used = "\n".join(
        path.read_text(encoding="utf-8")
        for room in ROOMS
        for path in sorted((HOUSE / "cii" / room).glob("*.py"))
    )
    words = {key.split(".")[-1] for key in texts() if key.startswith(("problem.hint.", "problem.at."))}

    assert {word for word in words if f'"{word}"' not in used} == set()
    assert say("problem.empty-file", lang)


def test_a_fault_is_told_to_machines_with_its_place_and_severity():
    (one,) = problems_of(HERE / "processes/owner-unknown.yaml")

    assert one.told("de") == {
        "file": "owner-unknown.yaml",
        "line": 16,
        "column": 9,
        "code": "unknown-role",
        "text": "Aufgabe «see»: «ACC» ist hier keine zulässige Rolle.",
        "suggestion": "Meinten Sie «AC»?",
        "severity": "error",
    }


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    file = tmp_path / "huge.yaml"
    file.write_text("a: 1\n" * MAX_CHARACTERS, encoding="utf-8")

    with pytest.raises(BrokenFile) as no:
        read_text(file)

    assert (
        str(no.value.problems[0]) == "huge.yaml:1: Le fichier compte 1000 kB\xa0; 200 kB au plus sont admis."
    )


@pytest.mark.parametrize(
    ("encoding", "place"), [("latin-1", "office.yaml:2:13"), ("utf-16", "office.yaml:1")]
)
def test_a_file_in_another_encoding_is_refused_where_it_cannot_be_read(tmp_path, encoding, place):
    file = tmp_path / "office.yaml"
    file.write_bytes("workflow: small\ntitle: {fr: Été}\n".encode(encoding))

    with pytest.raises(BrokenFile) as no:
        read_text(file)

    (one,) = no.value.problems
    assert (one.place, one.code) == (place, "not-utf8")
    assert str(one).endswith("Enregistrez le fichier en UTF-8 sans marque d'ordre.")


def test_a_folder_that_is_not_there_is_a_fault(tmp_path):
    (one,) = faults_of(tmp_path / "nowhere")

    assert (one.code, one.severity) == ("no-folder", "error")


@pytest.mark.parametrize(
    ("name", "code"),
    [("alias-bomb", "yaml-anchor"), ("nested-without-end", "too-deep"), ("nested-too-deep", "too-deep")],
)
def test_a_file_made_to_choke_the_reader_is_refused_for_that_alone(name, code):
    found = problems_of(HERE / f"processes/{name}.yaml")

    assert {one.code for one in found} == {code}
