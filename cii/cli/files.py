"""Commands over the published files: processes and decision tables."""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from cii.cli.telling import DONE, FINDINGS, Told
from cii.store.settings import Settings


def workflows_check(asked: argparse.Namespace, settings: Settings) -> Told:
    """Check the processes in workflows/*.yaml."""
    from cii.workflow.checks import problems_in  # noqa: PLC0415

    folder = asked.folder or settings.workflows_dir
    tables = {table.id for table, _ in _tables(folder) if table is not None}
    found = [
        problem
        for file in sorted(folder.glob("*.yaml"))
        for problem in problems_in(file.read_text(encoding="utf-8"), file.name, tables)[1]
    ]
    return _findings(found, len(list(folder.glob("*.yaml"))))


def workflows_draw(asked: argparse.Namespace, settings: Settings) -> Told:
    """Draw a process as SVG, to standard output."""
    from cii.workflow.definition import parse  # noqa: PLC0415
    from cii.workflow.diagram import svg  # noqa: PLC0415

    file = (asked.folder or settings.workflows_dir) / f"{asked.name}.yaml"
    drawn = svg(parse(file.read_text(encoding="utf-8"), file.name), None, asked.lang)
    return Told([drawn], {"svg": drawn})


def rules_check(asked: argparse.Namespace, settings: Settings) -> Told:
    """Check the decision tables in workflows/decisions: form, gaps, overlaps."""
    from cii.workflow.proof import prove  # noqa: PLC0415

    found: list[Any] = []
    count = 0
    for table, problems in _tables(asked.folder or settings.workflows_dir):
        count += 1
        found += problems
        if table is not None and prove(table).status == "gaps":
            found.append(f"{table.id} v{table.version}: {len(prove(table).gaps)} gap(s)")
    return _findings(found, count)


def rules_eval(asked: argparse.Namespace, settings: Settings) -> Told:
    """Decide by a table: facts as `name=value`, values in JSON or as plain text."""
    from cii.kernel.clock import SystemClock, local_day  # noqa: PLC0415
    from cii.texts.speech import written  # noqa: PLC0415
    from cii.workflow.decision import decide  # noqa: PLC0415
    from cii.workflow.rulebook import table_on  # noqa: PLC0415

    tables = [table for table, _ in _tables(settings.workflows_dir) if table is not None]
    table = table_on(tables, asked.table, asked.on or local_day(SystemClock().now()))
    decision = decide(table, dict(_fact(one) for one in asked.facts))
    said = decision.explain(asked.lang)
    lines = [f"{name} = {written(value, asked.lang)}" for name, value in decision.outputs.items()]
    data = {"table": table.id, "version": table.version, "outputs": decision.outputs}
    return Told([*lines, *said], data)


def _tables(folder: Path) -> list[tuple[Any, list[Any]]]:
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


def _findings(found: Sequence[Any], count: int) -> Told:
    grave = [one for one in found if getattr(one, "severity", "error") == "error"]
    lines = [str(one) for one in found] or [f"{count} files, no fault"]
    return Told(lines, {"files": count, "findings": [str(one) for one in found]}, FINDINGS if grave else DONE)


def _fact(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def folder(parser: argparse.ArgumentParser) -> None:
    """[--folder]."""
    parser.add_argument("--folder", type=Path, help="instead of the configured workflows folder")


def draw_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME [--folder] [--lang]."""
    folder(parser)
    parser.add_argument("name")
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])


def eval_arguments(parser: argparse.ArgumentParser) -> None:
    """TABLE NAME=VALUE… [--on] [--lang]."""
    parser.add_argument("table")
    parser.add_argument("facts", nargs="*", metavar="NAME=VALUE")
    parser.add_argument("--on", type=date.fromisoformat, help="the date whose version decides, as 2026-10-15")
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])
