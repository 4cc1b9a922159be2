"""Commands that hand a process to others: as BPMN 2.0 for their modeller."""

import argparse
from pathlib import Path

from cii.cli.files import draw_arguments, process_file, table_titles
from cii.cli.telling import Told
from cii.store.settings import Settings


def workflows_export_bpmn(asked: argparse.Namespace, settings: Settings) -> Told:
    """Export a process as BPMN 2.0 with its drawing, to a file or to standard output."""
    from cii.drawing.bpmn import bpmn  # noqa: PLC0415
    from cii.workflow.definition import parse  # noqa: PLC0415

    where = asked.folder or settings.workflows_dir
    file = process_file(where, asked.name)
    held = parse(file.read_text(encoding="utf-8"), file.name)
    written = bpmn(held, asked.lang, table_titles(where))
    data = {"name": held.id, "version": held.version, "bpmn": written}
    if asked.out is None:
        return Told([written], data)
    asked.out.write_text(written, encoding="utf-8")
    return Told([f"{asked.out}: {held.id} {held.version}, {len(held.stages)} stages"], data)


def bpmn_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME [--out FILE] [--folder] [--lang]."""
    draw_arguments(parser)
    parser.add_argument("--out", type=Path, help="the file to write; standard output when left out")
