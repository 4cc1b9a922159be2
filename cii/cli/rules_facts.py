"""Facts and tables that a command names: a file or published table, facts as JSON or `name=value`."""

import argparse
import functools
import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from cii.cli.telling import USAGE, Json, Run, Told
from cii.store.settings import Settings

SUFFIXES = frozenset({".dmn", ".md", ".xml"})


class UnusableError(Exception):
    """The command cannot use what it was given: a file that is not there, facts that are no JSON."""


def usable(run: Run) -> Run:
    """The command, telling what it cannot use with exit code 2."""

    @functools.wraps(run)
    def told(asked: argparse.Namespace, settings: Settings) -> Told:
        try:
            return run(asked, settings)
        except UnusableError as no:
            reasons = [{"code": "unusable", "text": str(no)}]
            return Told([str(no)], in_json({"reasons": reasons}), USAGE)

    return told


def read_file(file: Path) -> bytes:
    """The bytes of a file that must be there."""
    try:
        return file.read_bytes()
    except OSError as no:
        raise UnusableError(f"Le fichier {file} ne peut pas être lu : {no.strerror}.") from no


def is_file(name: str) -> bool:
    """Whether the words name a file rather than a published table."""
    return Path(name).suffix.lower() in SUFFIXES or Path(name).is_file()


def facts_of(asked: argparse.Namespace) -> dict[str, Any]:
    """The facts of the command: a JSON file, then `name=value` words; numbers exact, never floats."""
    found: dict[str, Any] = {}
    given = asked.from_file
    if given is not None:
        try:
            held = json.loads(
                read_file(given).decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number
            )
        except (ValueError, RecursionError) as no:
            raise UnusableError(f"Le fichier {given} n'est pas du JSON : {no}.") from no
        if not isinstance(held, dict):
            raise UnusableError(f'Le fichier {given} doit être un objet JSON : {{"nom": valeur, …}}.')
        found |= held
    for word in asked.facts:
        name, sign, value = word.partition("=")
        if not sign:
            raise UnusableError(f"« {word} » n'est pas un fait : écrire nom=valeur.")
        try:
            found[name] = json.loads(value, parse_float=Decimal, parse_constant=_no_number)
        except ValueError:
            found[name] = value
    return found


def _no_number(text: str) -> object:
    raise ValueError(f"{text} n'est pas un nombre")


def table_facts(table: Any, facts: Mapping[str, object]) -> dict[str, object]:  # noqa: ANN401 - a Table
    """Facts of JSON in the terms of the table: dates and lengths are texts there."""
    from cii.dmn.deciding import from_text  # noqa: PLC0415

    domains = table.domains
    return {
        name: from_text(value, domains[name].kind) if name in domains else value
        for name, value in facts.items()
    }


def in_json(value: object) -> Json:
    """The answer in JSON: numbers exact where JSON can, dates and lengths in ISO."""
    return Json(json.dumps(plain(value), ensure_ascii=False))


def plain(value: object) -> object:  # noqa: PLR0911 - a line per kind
    """The value in JSON terms."""
    from cii.decisions.domain import Months, shown  # noqa: PLC0415

    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return str(value)
        case Decimal():
            return int(value) if value == int(value) else _number(value)
        case Fraction():
            return _number(Decimal(value.numerator) / Decimal(value.denominator))
        case Months() | timedelta() | date() | time() | datetime():
            return shown(value)
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else str(value)


def _number(value: Decimal) -> object:
    near = float(value)
    return near if Decimal(repr(near)) == value else str(value)


def published(asked: argparse.Namespace, settings: Settings, name: str) -> Any:  # noqa: ANN401 - a Table
    """The published table of that name in force on the date asked for."""
    from cii.cli.files import tables_in  # noqa: PLC0415
    from cii.decisions.rulebook import table_on  # noqa: PLC0415
    from cii.kernel.clock import SystemClock, local_day  # noqa: PLC0415

    folder = getattr(asked, "folder", None) or settings.workflows_dir
    tables = [table for table, _ in tables_in(folder) if table is not None]
    return table_on(tables, name, asked.on or local_day(SystemClock().now()))


def facts_arguments(parser: argparse.ArgumentParser) -> None:
    """TABLE NAME=VALUE… [--facts] [--decision] [--on] [--lang] [--folder]."""
    parser.add_argument("table", help="a .dmn or .md file, or the name of a published table")
    parser.add_argument("facts", nargs="*", metavar="NAME=VALUE")
    parser.add_argument(
        "--facts", dest="from_file", type=Path, metavar="FILE", help="the facts, a JSON object"
    )
    parser.add_argument(
        "--decision", action="append", metavar="NAME", help="only this decision of a .dmn file"
    )
    parser.add_argument("--on", type=date.fromisoformat, help="the date whose version decides, as 2026-10-15")
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])
    parser.add_argument("--folder", type=Path, help="instead of the configured workflows folder")
