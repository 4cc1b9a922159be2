"""The rows of an issue as they are kept: packed lines of canonical JSON, and how they are read. Pure."""

import gzip
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from cii.kernel.digest import canonical, digest
from cii.reports.kinds import Facts, Kind

PACKED = "application/gzip"


class NotDerived(Exception):  # noqa: N818 - reads as the sentence it is
    """The rows as kept do not give the values: a fault of the kind of report, never of whoever asks."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One table: its name, how many rows, the packed lines, the SHA-256 of the lines before packing."""

    name: str
    rows: int
    data: bytes
    sha256: str


def packed(facts: Facts) -> list[Packed]:
    """Every table by name; the same rows give the same fingerprint, whoever packs them."""
    found = []
    for name in sorted(facts):
        lines = b"".join(canonical(row) + b"\n" for row in facts[name])
        found.append(
            Packed(name, len(facts[name]), gzip.compress(lines, mtime=0), hashlib.sha256(lines).hexdigest())
        )
    return found


def unpacked(data: bytes) -> bytes:
    """The lines of a table."""
    return gzip.decompress(data)


def rows_of(lines: bytes) -> Sequence[dict[str, Any]]:
    """The rows of its lines."""
    return [orjson.loads(line) for line in lines.splitlines()]


def fingerprint(tables: Iterable[Packed]) -> str:
    """One SHA-256 over the tables: their names and what their lines hash to."""
    return digest({one.name: one.sha256 for one in tables})


def assure(kind: Kind, tables: Iterable[Packed], sha256: str) -> None:
    """See that the packed rows give the values of this fingerprint; raises NotDerived."""
    facts = {one.name: rows_of(unpacked(one.data)) for one in tables}
    if digest(kind.derive(facts)) != sha256:
        raise NotDerived(kind.name)
