"""Commands that exchange decision tables with other offices: DMN files in, DMN files out."""

import argparse
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from cii.cli.rules_facts import Unusable, in_json, is_file, published, read_file, usable
from cii.cli.telling import DONE, FINDINGS, Told
from cii.files.problems import Problem
from cii.files.vocabulary import LANGUAGES
from cii.store.settings import Settings
from cii.texts.speech import say, written


class FilesExist(Unusable):
    """Files that would be written are there already; none is ever replaced."""

    code = "files-exist"


class NotWritable(Unusable):
    """The files cannot be written where they should be."""

    code = "not-writable"


@usable
def rules_import(asked: argparse.Namespace, _: Settings) -> Told:
    """Read the decision tables of a DMN file as decision files; name all that cannot be taken.

    With --json: {"decisions": [{"name": …, "hit_policy": …, "markdown": …}], "written": […], "problems":
    [{"line": …, "message": …}]}. Where a file has a problem, nothing is written with --out.
    """
    from cii.dmn.markdown import NoDecisionFile, decision_file, slug  # noqa: PLC0415
    from cii.dmn.reading import read_dmn  # noqa: PLC0415
    from cii.files.reading import BrokenFile  # noqa: PLC0415

    source = Path(asked.file)
    try:
        model = read_dmn(read_file(source), source.name)
    except BrokenFile as broken:
        return _refused(broken.problems, asked.lang)
    if model.problems and (asked.out is not None or not model.decisions):
        return _refused(model.problems, asked.lang)
    made: dict[str, str] = {}
    told: list[dict[str, Any]] = []
    lines: list[str] = []
    for decision in model.decisions:
        one: dict[str, Any] = {
            "name": decision.name,
            "hit_policy": decision.policy.value,
            "inputs": [column.name for column in decision.inputs],
            "outputs": [column.name for column in decision.outputs],
            "rules": len(decision.rules),
            "needs": decision.needs,
            "markdown": None,
        }
        told.append(one)
        try:
            text = one["markdown"] = decision_file(model, decision)
            made[f"{slug(decision.name)}.md"] = text
        except NoDecisionFile as no:
            why = one["note"] = written(no.args[0], asked.lang)
            place = f"{source.name}:{decision.line}"
            lines.append(
                f"{place}: {say('problem.dmn.not-written', asked.lang, name=decision.name, why=why)}"
            )
    data: dict[str, Any] = {"file": source.name, "decisions": told, "written": []}
    if model.problems:
        named = [one.said(asked.lang) for one in model.problems]
        data["problems"] = _named(model.problems, asked.lang)
        return Told([*made.values(), *lines, *named], in_json(data), FINDINGS)
    if asked.out is None:
        return Told([*made.values(), *lines], in_json(data))
    if len(made) < len(told):
        return Told(lines, in_json(data), FINDINGS)
    _write({asked.out / name: text for name, text in made.items()})
    data["written"] = sorted(str(asked.out / name) for name in made)
    return Told(data["written"], in_json(data), DONE)


def _refused(problems: Iterable[Problem], lang: str) -> Told:
    return Told([one.said(lang) for one in problems], in_json({"problems": _named(problems, lang)}), FINDINGS)


def _named(problems: Iterable[Problem], lang: str) -> list[dict[str, object]]:
    return [
        {
            "file": one.file,
            "line": one.line,
            "code": one.code,
            "message": written(one.message, lang),
            "suggestion": written(one.suggestion, lang) if one.suggestion else None,
        }
        for one in problems
    ]


def _write(files: dict[Path, str]) -> None:
    """Write all files or none; a file that is there is never replaced."""
    there = [str(file) for file in files if file.exists()]
    if there:
        raise FilesExist(files=", ".join(there))
    try:
        for file, text in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as no:
        raise NotWritable(reason=no.strerror or "") from no


@usable
def rules_export(asked: argparse.Namespace, settings: Settings) -> Told:
    """Write a decision file, a DMN file or a published table as DMN 1.3."""
    from cii.decisions.rulebook import parse_table  # noqa: PLC0415
    from cii.dmn.markdown import NoDecisionFile, decision_file  # noqa: PLC0415
    from cii.dmn.reading import read_dmn  # noqa: PLC0415
    from cii.dmn.writing import write_dmn  # noqa: PLC0415
    from cii.files.reading import BrokenFile, decoded  # noqa: PLC0415

    file = Path(asked.table)
    try:
        if not is_file(asked.table):
            tables = [published(asked, settings, asked.table)]
        elif file.suffix.lower() == ".md":
            tables = [parse_table(decoded(read_file(file), file.name), file.name)]
        else:
            model = read_dmn(read_file(file), file.name)
            if model.problems:
                return _refused(model.problems, asked.lang)
            tables = [parse_table(decision_file(model, one), file.name) for one in model.decisions]
    except BrokenFile as broken:
        return _refused(broken.problems, asked.lang)
    except NoDecisionFile as no:
        why = written(no.args[0], asked.lang)
        return Told(
            [f"{file.name}: {why}"], in_json({"problems": [{"file": file.name, "message": why}]}), FINDINGS
        )
    text = write_dmn(tables, full_feel=asked.full_feel)
    if asked.out is None:
        return Told([text], in_json({"dmn": text}))
    _write({asked.out: text})
    return Told([str(asked.out)], in_json({"written": str(asked.out)}))


def _lang(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", default="fr", choices=LANGUAGES, help="the language of what is said")


def import_dmn_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE [--out] [--lang]."""
    parser.add_argument("file", help="a DMN 1.1 to 1.5 file")
    _lang(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the decision files here, all or none")


def export_dmn_arguments(parser: argparse.ArgumentParser) -> None:
    """TABLE [--out] [--on] [--folder] [--full-feel] [--lang]."""
    _lang(parser)
    parser.add_argument("table", help="the name of a published table, a .md or a .dmn file")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the DMN file here")
    parser.add_argument(
        "--full-feel",
        action="store_true",
        help="conditions as tests on ?, which SpiffWorkflow evaluates; import-dmn reads the simple form",
    )
    parser.add_argument(
        "--on", type=date.fromisoformat, help="the date whose version is written, as 2026-10-15"
    )
    parser.add_argument("--folder", type=Path, help="instead of the configured workflows folder")
