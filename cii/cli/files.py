"""Commands over the published processes, and what the commands over the tables share with them."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cii.cli.telling import DONE, FINDINGS, Told
from cii.store.settings import Settings


def workflows_check(asked: argparse.Namespace, settings: Settings) -> Told:
    """Check the processes in workflows/*.yaml."""
    from cii.workflow.checks import problems_in  # noqa: PLC0415

    folder = asked.folder or settings.workflows_dir
    tables = {table.id for table, _ in tables_in(folder) if table is not None}
    found = [
        problem
        for file in sorted(folder.glob("*.yaml"))
        for problem in problems_in(file.read_text(encoding="utf-8"), file.name, tables)[1]
    ]
    return findings(found, len(list(folder.glob("*.yaml"))))


def workflows_draw(asked: argparse.Namespace, settings: Settings) -> Told:
    """Draw a process as SVG, to standard output."""
    from cii.workflow.definition import parse  # noqa: PLC0415
    from cii.workflow.diagram import svg  # noqa: PLC0415

    file = (asked.folder or settings.workflows_dir) / f"{asked.name}.yaml"
    drawn = svg(parse(file.read_text(encoding="utf-8"), file.name), None, asked.lang)
    return Told([drawn], {"svg": drawn})


def tables_in(folder: Path) -> list[tuple[Any, list[Any]]]:
    """Each decision table of the folder, or None with its problems."""
    from cii.workflow.reading import BrokenFile  # noqa: PLC0415
    from cii.workflow.rulebook import parse_table  # noqa: PLC0415

    found: list[tuple[Any, list[Any]]] = []
    for file in sorted((folder / "decisions").glob("*.md")):
        try:
            found.append((parse_table(file.read_text(encoding="utf-8"), file.name), []))
        except BrokenFile as broken:
            found.append((None, list(broken.problems)))
    return found


def findings(found: Sequence[Any], count: int) -> Told:
    """The faults found, or that none was, with the exit code."""
    grave = [one for one in found if getattr(one, "severity", "error") == "error"]
    lines = [str(one) for one in found] or [f"{count} files, no fault"]
    return Told(lines, {"files": count, "findings": [str(one) for one in found]}, FINDINGS if grave else DONE)


def folder(parser: argparse.ArgumentParser) -> None:
    """[--folder]."""
    parser.add_argument("--folder", type=Path, help="instead of the configured workflows folder")


def draw_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME [--folder] [--lang]."""
    folder(parser)
    parser.add_argument("name")
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])
