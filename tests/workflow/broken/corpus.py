"""The corpus of broken files and what each must say: one line per fault, in French, as the CLI prints it.

`expected.yaml` holds file → faults. After a sentence was changed on purpose, write it anew with
`python -m tests.workflow.broken.corpus` and read the difference.
"""

from pathlib import Path

from ruamel.yaml import YAML

from cii.decisions.rulebook import Table, parse_table
from cii.files.problems import BrokenFile, Problem
from cii.workflow.checks import inputs_of, problems_in
from cii.workflow.folder import faults_of, read_text, table_faults

HERE = Path(__file__).parent
EXPECTED = HERE / "expected.yaml"
FILES = sorted([*HERE.glob("processes/*.yaml"), *HERE.glob("decisions/*.md")])
FOLDERS = sorted(one for one in HERE.glob("folders/*") if one.is_dir())
ELIGIBILITY = """\
---
table: eligibility
version: 1
valid_from: 2026-01-01
inputs:
  age: {type: number 0..120}
  sector: {type: 'text "AC", "AI"'}
outputs:
  eligible: {type: yes/no}
why:
  all: {fr: toujours, de: immer, en: always}
---

| rule | age | sector | eligible | why |
|---|---|---|---|---|
| R1 | - | - | yes | all |
"""


def known_table() -> Table:
    """The one decision table that the processes of the corpus may ask."""
    return parse_table(ELIGIBILITY, "eligibility.md")


def problems_of(path: Path) -> list[Problem]:
    """Every fault of a broken file or folder."""
    if path.is_dir():
        return faults_of(path)
    try:
        text = read_text(path)
        if path.suffix == ".yaml":
            return problems_in(text, path.name, inputs_of([known_table()]))[1]
        table = parse_table(text, path.name)
    except BrokenFile as broken:
        return list(broken.problems)
    return table_faults(table)


def lines_of(path: Path) -> list[str]:
    """The faults as the index holds them: `line:column code sentence`."""
    found = []
    for one in problems_of(path):
        _, _, said = one.said("fr").partition(f"{one.place}: ")
        mark = one.place.removeprefix(f"{one.file}:")
        found.append(f"{mark} {one.code} {said}")
    return found


def expected() -> dict[str, list[str]]:
    """File → faults, as written down."""
    return dict(YAML(typ="safe", pure=True).load(EXPECTED.read_text(encoding="utf-8")))


def rewrite() -> None:
    """Write the index anew from what is said now."""
    yaml = YAML()
    yaml.width = 10_000
    yaml.allow_unicode = True
    held = {path.relative_to(HERE).as_posix(): lines_of(path) for path in [*FILES, *FOLDERS]}
    with EXPECTED.open("w", encoding="utf-8") as out:
        out.write("# Written by tests/workflow/broken/corpus.py; every line has been read.\n")
        yaml.dump(held, out)


if __name__ == "__main__":
    rewrite()
