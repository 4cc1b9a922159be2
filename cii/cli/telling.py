"""What a command tells, and the exit codes."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import Settings

DONE, FINDINGS, USAGE, CANNOT_START = 0, 1, 2, 3
EPILOG = "exit codes: 0 done; 1 findings or a failed check; 2 wrong usage; 3 cannot start"


class Json(str):
    """An answer already written in JSON: exact numbers have no other form in a digest."""

    __slots__ = ()


@dataclass(frozen=True)
class Told:
    """The outcome of a command: lines for people, plain values for `--json`, an exit code."""

    lines: Sequence[str]
    data: Any = None
    code: int = DONE


Run = Callable[[argparse.Namespace, Settings], Told]
Arguments = Callable[[argparse.ArgumentParser], None]


def no_arguments(_: argparse.ArgumentParser) -> None:
    """The command has no arguments of its own."""


def engine_of(settings: Settings) -> Engine:
    """The engine of the configured database, every room's tables known to it."""
    load_all_tables()
    return make_engine(settings.url)
