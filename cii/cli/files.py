"""Commands over the published processes, and what the commands over the tables share with them."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cii.cli.telling import CANNOT_START, DONE, FINDINGS, Told
from cii.store.settings import Settings


def workflows_check(asked: argparse.Namespace, settings: Settings) -> Told:
    """Check the processes, migration plans and dated numbers in workflows: form, words, paths, hashes."""
    from cii.rights.terms_file import number_faults, number_files  # noqa: PLC0415
    from cii.workflow.folder import process_faults  # noqa: PLC0415

    folder = asked.folder or settings.workflows_dir
    count = len([*folder.glob("*.yaml"), *folder.glob("migrations/*.yaml"), *number_files(folder)])
    return findings([*process_faults(folder), *number_faults(folder)], count, asked.lang)


def unsound(settings: Settings) -> Told | None:
    """Why the house may not start on these definition files: each error by line; None when they are sound."""
    from cii.rights.terms_file import number_faults  # noqa: PLC0415
    from cii.texts.speech import say  # noqa: PLC0415
    from cii.workflow.folder import faults_of  # noqa: PLC0415

    found = [*faults_of(settings.workflows_dir), *number_faults(settings.workflows_dir)]
    grave = [one for one in found if one.severity == "error"]
    if not grave:
        return None
    told = findings(grave, len(grave), "fr")
    head = say("problem.cannot-start", "fr", n=len(grave), folder=str(settings.workflows_dir))
    return Told([head, *told.lines], told.data, CANNOT_START)


def workflows_draw(asked: argparse.Namespace, settings: Settings) -> Told:
    """Draw a process as SVG, to standard output."""
    from cii.drawing.diagram import svg  # noqa: PLC0415
    from cii.workflow.definition import parse  # noqa: PLC0415

    where = asked.folder or settings.workflows_dir
    file = process_file(where, asked.name)
    held = parse(file.read_text(encoding="utf-8"), file.name)
    drawn = svg(held, None, asked.lang, tables=table_titles(where))
    return Told([drawn], {"svg": drawn})


def process_file(where: Path, name: str) -> Path:
    """The file of a process in its newest version; `<name>-v1`, `<name>-v2` name one version."""
    later = {
        int(number): file
        for file in where.glob(f"{name}-v*.yaml")
        if (number := file.stem.rpartition("-v")[2]).isdigit()
    }
    first = where / f"{name.removesuffix('-v1')}.yaml"
    return later[max(later)] if later else first


def tables_in(folder: Path) -> list[tuple[Any, list[Any]]]:
    """Each decision table of the folder, or None with its problems."""
    from cii.decisions.rulebook import parse_table  # noqa: PLC0415
    from cii.files.reading import BrokenFile  # noqa: PLC0415

    found: list[tuple[Any, list[Any]]] = []
    for file in sorted((folder / "decisions").glob("*.md")):
        try:
            found.append((parse_table(file.read_text(encoding="utf-8"), file.name), []))
        except BrokenFile as broken:
            found.append((None, list(broken.problems)))
    return found


def table_titles(folder: Path) -> dict[str, Any]:
    """The titles of the decision tables of the folder by their key, the newest version's."""
    sound = [one for one, _ in tables_in(folder) if one is not None]
    return {one.id: one.title for one in sorted(sound, key=lambda held: held.version)}


def findings(found: Sequence[Any], count: int, lang: str = "fr") -> Told:
    """The faults found, or that none was, with the exit code; `found` holds problems."""
    from cii.texts.speech import say  # noqa: PLC0415

    grave = any(getattr(one, "severity", "error") == "error" for one in found)
    lines = [one if isinstance(one, str) else one.said(lang) for one in found] or [
        say("problem.none", lang, n=count)
    ]
    data = {"files": count, "findings": [one if isinstance(one, str) else one.told(lang) for one in found]}
    return Told(lines, data, FINDINGS if grave else DONE)


def folder(parser: argparse.ArgumentParser) -> None:
    """[--folder]."""
    parser.add_argument("--folder", type=Path, help="instead of the configured workflows folder")


def check_arguments(parser: argparse.ArgumentParser) -> None:
    """[--folder] [--lang]."""
    folder(parser)
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])


def draw_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME [--folder] [--lang]."""
    folder(parser)
    parser.add_argument("name")
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])
