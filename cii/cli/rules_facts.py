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
from cii.kernel.errors import Refusal
from cii.store.settings import Settings
from cii.texts.speech import refusal

SUFFIXES = frozenset({".dmn", ".md", ".xml"})
LIMIT = 5_000_000
"""So many bytes of a file are read at most: what is larger is refused by who reads it."""
MOST_FACTS = 1_000_000
"""A file of facts beyond so many bytes is not about one person."""


class Unusable(Refusal):
    """The command cannot use what it was given; it ends with exit code 2."""

    code, kind = "unusable", "malformed"


class FileUnreadable(Unusable):
    """The file named is not there, or may not be read."""

    code = "file-unreadable"


class FactsTooLarge(Unusable):
    """The file of facts is longer than the facts about anybody."""

    code = "facts-too-large"


class FactsNotJson(Unusable):
    """The facts are no JSON; line and column say where."""

    code = "facts-not-json"


class FactsNoObject(Unusable):
    """The facts are JSON, but no object of names and values."""

    code = "facts-no-object"


class FactNotNamed(Unusable):
    """A fact on the command line is not written name=value."""

    code = "fact-not-named"


def usable(run: Run) -> Run:
    """The command, telling what it cannot use in the reader's language, with exit code 2."""

    @functools.wraps(run)
    def told(asked: argparse.Namespace, settings: Settings) -> Told:
        try:
            return run(asked, settings)
        except Unusable as no:
            said = refusal(no, getattr(asked, "lang", "fr"))
            return Told([said], in_json({"reasons": [{"code": no.code, "text": said}]}), USAGE)

    return told


def read_file(file: Path, most: int = LIMIT) -> bytes:
    """The bytes of a file, one more than `most` of one that is larger; refuses FileUnreadable."""
    try:
        with file.open("rb") as held:
            return held.read(most + 1)
    except OSError as no:
        raise FileUnreadable(file=str(file), reason=no.strerror or "") from no


def is_file(name: str) -> bool:
    """Whether the words name a file rather than a published table."""
    return Path(name).suffix.lower() in SUFFIXES or Path(name).is_file()


def facts_of(asked: argparse.Namespace) -> dict[str, Any]:
    """The facts of the command: a JSON file, then `name=value` words; numbers exact, never floats.

    Refuses: FileUnreadable, FactsTooLarge, FactsNotJson, FactsNoObject, FactNotNamed.
    """
    found: dict[str, Any] = {}
    if asked.from_file is not None:
        found |= _facts_in(asked.from_file)
    for word in asked.facts:
        name, sign, value = word.partition("=")
        if not sign:
            raise FactNotNamed(word=word)
        try:
            found[name] = _json(value)
        except (ValueError, RecursionError):
            found[name] = value
    return found


def _facts_in(file: Path) -> dict[str, Any]:
    data = read_file(file, MOST_FACTS)
    if len(data) > MOST_FACTS:
        raise FactsTooLarge(file=str(file), most=MOST_FACTS // 1000)
    try:
        held = _json(data.decode("utf-8-sig"))
    except json.JSONDecodeError as no:
        raise FactsNotJson(file=str(file), line=no.lineno, column=no.colno) from no
    except UnicodeDecodeError as no:
        line = data[: no.start].count(b"\n") + 1
        column = no.start - data.rfind(b"\n", 0, no.start)
        raise FactsNotJson(file=str(file), line=line, column=column) from no
    except (ValueError, RecursionError) as no:  # NaN, a number of thousands of digits, brackets without end
        raise FactsNotJson(file=str(file), line=1, column=1) from no
    if not isinstance(held, dict):
        raise FactsNoObject(file=str(file))
    return held


def _json(text: str) -> Any:  # noqa: ANN401 - whatever the file holds
    return json.loads(text, parse_float=Decimal, parse_constant=_no_number)


def _no_number(text: str) -> object:
    raise ValueError(text)


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
