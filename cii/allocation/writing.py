"""A problem and a result as bytes to be kept, and back: the same digest, whatever machine reads them.

The columns of a problem are written as text, as they enter the digest: no width and no order of bytes of one
machine gets into what is kept. Compressed, since a large canton has more than a million options.
"""

import json
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from cii.allocation.outcome import Allocation, Certificate, Placed, Policy, Unplaced
from cii.allocation.problem import Candidate, MeasurePlaces, Pin, Problem, ProblemFault, Purse, Quota
from cii.allocation.vocabulary import Engine, Left, PinKind, RankProof, Who

FORMAT = "allocation-written/1"
LEVEL = 6
"""How hard to compress: kept with the format, for the bytes to be the same."""
_HEADS: Mapping[str, type[Any]] = {
    "candidates": Candidate,
    "measures": MeasurePlaces,
    "quotas": Quota,
    "purses": Purse,
    "pins": Pin,
}
_COLUMNS = {
    "case_at": "i",
    "cell_at": "i",
    "suitability": "i",
    "charge_from": "q",
    "charge_purse": "i",
    "charge_amount": "q",
}
Row = TypeVar("Row")


def problem_bytes(problem: Problem) -> bytes:
    """The whole problem, to be kept and solved again."""
    content: dict[str, Any] = {"format": FORMAT, "digest": problem.digest}
    for name, shape in _HEADS.items():
        names = [one.name for one in fields(shape)]
        content[name] = [[getattr(row, one) for one in names] for row in getattr(problem, name)]
    for name in _COLUMNS:
        content[name] = " ".join(map(str, getattr(problem, name)))
    return _packed(content)


def read_problem(written: bytes) -> Problem:
    """The problem that was kept. Raises ProblemFault where the bytes are no such problem, or were changed."""
    content = _unpacked(written)
    if content.get("format") != FORMAT:
        raise ProblemFault("the bytes are no written problem")
    heads: dict[str, Any] = {
        name: tuple(shape(*row) for row in content[name]) for name, shape in _HEADS.items()
    }
    heads["pins"] = tuple(Pin(one.case, PinKind(one.kind), one.measure, one.line) for one in heads["pins"])
    columns: dict[str, Any] = {
        name: array(code, map(int, content[name].split())) for name, code in _COLUMNS.items()
    }
    found = Problem(**heads, **columns)
    if found.digest != content["digest"]:
        raise ProblemFault("the written problem was changed")
    return found


def allocation_bytes(allocation: Allocation) -> bytes:
    """The whole result, to be kept and shown again."""
    return zlib.compress(allocation.canonical(), LEVEL)


def read_allocation(written: bytes) -> Allocation:
    """The result that was kept. Raises ProblemFault where the bytes are no result."""
    content = _unpacked(written)
    try:
        policy, certificate = content["policy"], content["certificate"]
        return Allocation(
            problem=content["problem"],
            policy=Policy(**{**policy, "who": Who(policy["who"])}),
            engine=Engine(content["engine"]),
            placed=tuple(_placed(one) for one in content["placed"]),
            unplaced=tuple(Unplaced(**{**one, "why": Left(one["why"])}) for one in content["unplaced"]),
            certificate=Certificate(
                **{
                    **certificate,
                    "rank": RankProof(certificate["rank"]),
                    "purse_prices": tuple(certificate["purse_prices"]),
                    "cell_prices": tuple(certificate["cell_prices"]),
                    "measure_prices": tuple(certificate["measure_prices"]),
                    "tight_sets": _pairs(certificate["tight_sets"]),
                    "versions": _pairs(certificate["versions"]),
                }
            ),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise ProblemFault("the bytes are no written result") from fault


def _placed(one: Mapping[str, Any]) -> Placed:
    return Placed(**{**one, "charges": _pairs(one["charges"])})


def _pairs(rows: Sequence[Sequence[Row]]) -> tuple[tuple[Row, ...], ...]:
    return tuple(tuple(row) for row in rows)


def _packed(content: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(content, sort_keys=True, separators=(",", ":")).encode(), LEVEL)


def _unpacked(written: bytes) -> dict[str, Any]:
    try:
        content = json.loads(zlib.decompress(written))
    except (zlib.error, ValueError) as fault:
        raise ProblemFault("the bytes cannot be read") from fault
    if not isinstance(content, dict):
        raise ProblemFault("the bytes cannot be read")
    return content


__all__ = ["allocation_bytes", "problem_bytes", "read_allocation", "read_problem"]
