"""The house is built as its plan says: seven file names, door plates, no clock but one, no path of a machine."""

import ast
import re
from pathlib import Path

import pytest

import cii

ROOT = Path(cii.__file__).resolve().parents[1]
HOUSE = ROOT / "cii"
ROOMS = sorted(folder for folder in HOUSE.iterdir() if (folder / "__init__.py").exists())
FILES = sorted(HOUSE.rglob("*.py"))
LONGEST = 400


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_each_room_has_a_door_plate(room):
    plate = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))

    assert plate, f"{room.name} says nowhere what it is for"
    assert len(plate) > 40, f"{room.name} says too little"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(HOUSE)))
def test_no_module_grows_past_its_size(file):
    lines = len(file.read_text(encoding="utf-8").splitlines())

    assert lines <= LONGEST, f"{lines} lines: split by sub-topic"


def test_only_the_clock_asks_the_machine_for_the_time():
    asks = re.compile(r"\b(datetime\.now|date\.today|datetime\.utcnow|time\.time|datetime\.today)\(")

    guilty = [
        str(file.relative_to(ROOT))
        for file in FILES
        if file != HOUSE / "kernel" / "clock.py" and asks.search(file.read_text(encoding="utf-8"))
    ]

    assert guilty == []


def test_rows_of_another_room_are_named_in_annotations_only_but_for_figures():
    """A row type may say what a function takes; only its own room and `figures` select from it."""
    guilty = []
    for file in FILES:
        own = file.relative_to(HOUSE).parts[0]
        if own in {"figures", "demo"} and file.name != "tables.py":
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        foreign = {
            alias.asname or alias.name: node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and (found := re.fullmatch(r"cii\.(\w+)\.tables\w*", node.module or ""))
            and found[1] != own
            for alias in node.names
        }
        said = {
            id(name)
            for node in ast.walk(tree)
            for part in (getattr(node, "annotation", None), getattr(node, "returns", None))
            if part is not None
            for name in ast.walk(part)
        }
        guilty += [
            f"{file.relative_to(ROOT)} uses {node.id} of {foreign[node.id]}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and node.id in foreign and id(node) not in said
        ]

    assert guilty == []


def test_no_file_of_the_project_names_a_folder_of_one_machine():
    suspicious = re.compile(r"(?<![\w.])/(?:home|root|Users)/\w+")

    guilty = [
        str(file.relative_to(ROOT))
        for folder in ("cii", "workflows", "config", "benchmarks", "migrations", "tests")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".py", ".md", ".yaml", ".toml", ".html", ".typ", ".css"}
        and "vendor" not in file.parts
        and suspicious.search(file.read_text(encoding="utf-8"))
    ]

    assert guilty == []
