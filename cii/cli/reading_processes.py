"""Commands that read a process out: which there are, and one of them stage by stage, in words."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cii.cli.files import draw_arguments, folder, table_titles
from cii.cli.telling import USAGE, Told
from cii.store.settings import Settings


def workflows_list(asked: argparse.Namespace, settings: Settings) -> Told:
    """List the processes: name, version, title, stages, legal bases."""
    from cii.texts.speech import say  # noqa: PLC0415

    found = [
        {
            "name": held.id, "version": held.version, "title": held.title, "subject": held.subject,
            "stages": len(held.stages), "legal_basis": held.legal_basis, "file": file.name,
        }
        for file, held in _every(asked.folder or settings.workflows_dir)
    ]  # fmt: skip
    lines = [
        say(
            "cli.process.line", asked.lang, name=one["name"], version=one["version"], n=one["stages"],
            title=one["title"].get(asked.lang, one["name"]), basis=", ".join(one["legal_basis"]) or "–",
        )
        for one in found
    ]  # fmt: skip
    return Told(lines, {"processes": found})


def workflows_show(asked: argparse.Namespace, settings: Settings) -> Told:
    """Read a process out: each stage with its tasks, who owns them, their deadlines, and what follows."""
    from cii.drawing.diagram import steps, title  # noqa: PLC0415
    from cii.texts.speech import say  # noqa: PLC0415

    where = asked.folder or settings.workflows_dir
    every = [held for _, held in _every(where)]
    known = [one for one in every if one.id == asked.name]
    chosen = [one for one in known if asked.version in {None, one.version}]
    if not chosen:
        versions = [str(one.version) for one in known]
        said = (
            say("cli.process.no-version", asked.lang, name=asked.name, known=", ".join(versions))
            if known
            else say(
                "cli.process.unknown",
                asked.lang,
                name=asked.name,
                known=", ".join(sorted({one.id for one in every})),
            )
        )
        return Told([said], {"reasons": [{"code": "unknown-thing", "text": said}]}, USAGE)
    held = max(chosen, key=lambda one: one.version)
    told = steps(held, None, asked.lang, tables=table_titles(where))
    head = [title(held, asked.lang), *([", ".join(held.legal_basis)] if held.legal_basis else [])]
    return Told([*head, *_lines(told, say("drawing.ways", asked.lang))], _data(held, told, asked.lang))


def _every(where: Path) -> Iterator[tuple[Path, Any]]:
    """Each process file of the folder with its definition, by name and version."""
    from cii.workflow.definition import parse  # noqa: PLC0415
    from cii.workflow.folder import read_text  # noqa: PLC0415

    found = [(file, parse(read_text(file), file.name)) for file in sorted(where.glob("*.yaml"))]
    yield from sorted(found, key=lambda one: (one[1].id, one[1].version))


def _lines(told: list[Any], following: str) -> Iterator[str]:
    for number, step in enumerate(told, 1):
        yield ""
        yield f"{number}. {step.title}" + (f" ({step.stand_text})" if step.stand_text else "")
        yield from (f"   {note}" for note in step.notes)
        for task in step.tasks:
            yield f"   - {task.text}"
            yield from (f"       {note}" for note in task.notes)
        yield from (f"   {following}: {way.text}" for way in step.ways)


def _data(held: Any, told: list[Any], lang: str) -> dict[str, Any]:  # noqa: ANN401 - a Definition
    stages = [
        {
            "key": step.key, "title": step.title, "stand": step.stand or None, "notes": step.notes,
            "tasks": [
                {
                    "key": task.key, "title": line.text, "owner": task.for_each or task.owner,
                    "notes": line.notes, "outcomes": task.outcomes,
                    "due": str(task.due) if task.due else None,
                }
                for task, line in zip(held.stages[step.key].tasks, step.tasks, strict=True)
            ],
            "next": [{"to": way.to, "text": way.text} for way in step.ways],
        }
        for step in told
    ]  # fmt: skip
    return {
        "name": held.id, "version": held.version, "title": held.title.get(lang, held.id), "lang": lang,
        "legal_basis": held.legal_basis, "digest": held.digest, "stages": stages,
    }  # fmt: skip


def list_arguments(parser: argparse.ArgumentParser) -> None:
    """[--folder] [--lang]."""
    folder(parser)
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])


def show_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME [--version] [--folder] [--lang]."""
    draw_arguments(parser)
    parser.add_argument("--version", type=int, metavar="N", help="the newest when left out")
