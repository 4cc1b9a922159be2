"""The folder of published files as a whole: every process, table and list of hashes, checked before use.

`serve`, `worker` and the demo refuse to start on a broken folder; `cii workflows check` and `cii rules check`
say the same faults. Source: workflow.md §2 and §3.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from cii.decisions.checks import table_problems
from cii.decisions.rulebook import Table, parse_table
from cii.files.problems import BrokenFile, Problem, hint, problem
from cii.files.reading import decoded
from cii.workflow.checks import inputs_of, problems_in
from cii.workflow.definition import Definition
from cii.workflow.migration import problems_in_plan

PUBLISHED = "published.sha256"
_VERSIONED = re.compile(r"(?P<name>.+?)(?:-v[1-9]\d*)?")


def read_text(file: Path) -> str:
    """The text of a file; refuses BrokenFile when it is too large or not UTF-8."""
    return decoded(file.read_bytes(), file.name)


def tables_in(folder: Path) -> tuple[list[Table], list[Problem]]:
    """The decision tables `decisions/*.md` that can be read, and the faults of the others."""
    found: list[Table] = []
    problems: list[Problem] = []
    for file in sorted((folder / "decisions").glob("*.md")):
        try:
            found.append(parse_table(read_text(file), file.name))
        except BrokenFile as broken:
            problems += broken.problems
    return found, problems


def definitions_in(folder: Path, tables: Sequence[Table]) -> tuple[list[Definition], list[Problem]]:
    """The processes `*.yaml` that can be read, and every fault of all of them."""
    inputs = inputs_of(tables)
    found: list[Definition] = []
    problems: list[Problem] = []
    homes: dict[tuple[str, int], str] = {}
    for file in sorted(folder.glob("*.yaml"), key=lambda one: one.stem):
        try:
            text = read_text(file)
        except BrokenFile as broken:
            problems += broken.problems
            continue
        definition, faults = problems_in(text, file.name, inputs)
        problems += faults
        if definition is None:
            continue
        problems += _name_fits(definition, file)
        key = (definition.id, definition.version)
        if key in homes:
            problems.append(
                problem(file.name, definition.mark("version"), "version-twice", hint("next-version"),
                        name=definition.id, version=definition.version, other=homes[key])
            )  # fmt: skip
        homes.setdefault(key, file.name)
        found.append(definition)
    return found, problems


def _name_fits(definition: Definition, file: Path) -> Iterator[Problem]:
    found = _VERSIONED.fullmatch(file.stem)
    if found is None or definition.id not in {file.stem, found["name"]}:
        right = hint("write", text=f"workflow: {found['name'] if found else file.stem}")
        yield problem(
            file.name, definition.mark("workflow"), "name-differs", right, name=definition.id, stem=file.stem
        )


def changed_since_published(folder: Path) -> list[Problem]:
    """Published files whose text changed under their version; a folder without a list has none.

    The list `published.sha256` holds `<hash>  <file>` per line, as `sha256sum` writes it.
    """
    if not (folder / PUBLISHED).is_file():
        return []
    found = []
    for number, line in enumerate(read_text(folder / PUBLISHED).splitlines(), 1):
        digest, _, name = line.partition("  ")
        file = folder / name
        if not name or not file.is_file():
            found.append(problem(PUBLISHED, number, "published-file-lost", name=name or line))
        elif hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            found.append(
                problem(name, 1, "published-file-changed", hint("next-version"), name=name, number=number)
            )
    return found


def plans_in(folder: Path, definitions: Sequence[Definition]) -> list[Problem]:
    """Every fault of the migration plans `migrations/*.yaml` against the versions of the folder."""
    problems: list[Problem] = []
    for file in sorted((folder / "migrations").glob("*.yaml")):
        try:
            problems += problems_in_plan(read_text(file), file.name, definitions)[1]
        except BrokenFile as broken:
            problems += broken.problems
    return problems


def process_faults(folder: Path) -> list[Problem]:
    """Every fault of the processes and plans of a folder, and of a table that cannot be read."""
    return _faults(folder)[0]


def faults_of(folder: Path) -> list[Problem]:
    """Every fault of the processes, plans and tables of a folder, gaps and overlaps of tables included."""
    problems, tables = _faults(folder)
    return [*problems, *(one for table in tables for one in table_faults(table))]


def _faults(folder: Path) -> tuple[list[Problem], list[Table]]:
    if not folder.is_dir():
        return [problem(str(folder), 1, "no-folder", hint("folder"))], []
    tables, unread = tables_in(folder)
    definitions, problems = definitions_in(folder, tables)
    return [*unread, *problems, *plans_in(folder, definitions), *changed_since_published(folder)], tables


def table_faults(table: Table) -> list[Problem]:
    """What is still to be written in a table that reads, and what its proof finds."""
    return [*table.warnings, *table_problems(table)]
