"""Proof of a table over its domains: where no rule holds, where several do, which never get a turn.

Exact: each input is cut at the values where a cell changes its mind (`regions`), and the boxes are walked
with the rules still alive as a bit mask. Past a cap of boxes the proof says "not proven", never "complete".
Source: workflow.md §3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cii.workflow.matching import pieces_of
from cii.workflow.rulebook import ALL, Table
from cii.workflow.rulelines import Rule
from cii.workflow.vocabulary import HitPolicy

CAP = 200_000
_LISTED = 200
"""More regions than that are not listed; nobody reads them."""


@dataclass(frozen=True, slots=True)
class Region:
    """A box of facts in words: input → condition; inputs not named are free. `example` lies inside."""

    where: Mapping[str, str] = field(hash=False)
    example: Mapping[str, Any] = field(hash=False, compare=False)

    def __str__(self) -> str:
        return " and ".join(f"{name} {text}" for name, text in self.where.items()) or "any facts"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules that hold together in `region`; `because` is the file's justification, if any."""

    rules: tuple[str, str]
    region: Region
    because: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proven: `status` is "complete" (no gap), "gaps" or "not proven" (cap reached).

    `shadowed` are rules of a FIRST table that never come to their turn. `overlaps` lists pairs that break the
    promise of the hit policy (UNIQUE: any, ANY: with different outputs) or, for FIRST, of which the earlier
    takes the case.
    """

    status: str
    gaps: tuple[Region, ...]
    overlaps: tuple[Overlap, ...]
    shadowed: tuple[str, ...]
    boxes: int

    @property
    def unjustified(self) -> tuple[Overlap, ...]:
        """Overlaps for which the file gives no reason."""
        return tuple(one for one in self.overlaps if not one.because)


class _TooMany(Exception):  # noqa: N818 - ends the walk, seen by nobody
    pass


def prove(table: Table, cap: int = CAP) -> Proof:
    """Gaps, overlaps and shadowed rules of the table; at most `cap` boxes are walked."""
    walk = _Walk(table, cap)
    try:
        boxes = walk.gaps(0, (1 << len(table.rules)) - 1)
    except (_TooMany, RecursionError):
        return Proof("not proven", (), _overlaps(table), (), walk.count)
    status = "gaps" if boxes else "complete"
    regions = tuple(_region(table, box) for box in boxes[:_LISTED])
    shadowed = (
        ()
        if table.hit_policy is not HitPolicy.FIRST
        else tuple(rule.id for at, rule in enumerate(table.rules) if at not in walk.firsts)
    )
    return Proof(status, regions, _overlaps(table), shadowed, walk.count)


_Box = tuple[int, ...]
"""A mask per input, from some input on to the last."""


class _Walk:
    def __init__(self, table: Table, cap: int) -> None:
        self.cap, self.count = cap, 0
        self.pieces = pieces_of(table)
        rules = range(len(table.rules))
        self.alive = [
            [
                sum(1 << rule for rule in rules if table.rules[rule].cells[at].holds(piece.sample))
                for piece in pieces.pieces
            ]
            for at, pieces in enumerate(self.pieces)
        ]
        self.firsts: set[int] = set()
        self.known: dict[tuple[int, int], list[_Box]] = {}
        # From which input on a rule asks nothing any more.
        self.settled = [
            max((at + 1 for at, cell in enumerate(rule.cells) if not cell.any), default=0)
            for rule in table.rules
        ]

    def gaps(self, at: int, alive: int) -> list[_Box]:
        """The boxes over the inputs from `at` on in which no rule of `alive` holds."""
        if not alive:
            return [tuple(pieces.all for pieces in self.pieces[at:])]
        if at == len(self.pieces):
            self.firsts.add((alive & -alive).bit_length() - 1)
            return []
        lowest = (alive & -alive).bit_length() - 1
        if self.settled[lowest] <= at:
            self.firsts.add(lowest)
            return []
        if (at, alive) in self.known:
            return self.known[at, alive]
        groups: dict[int, int] = {}
        for piece, mask in enumerate(self.alive[at]):
            rest = alive & mask
            groups[rest] = groups.get(rest, 0) | 1 << piece
        merged: dict[tuple[_Box, ...], int] = {}
        for rest, mask in groups.items():
            self.count += 1
            if self.count > self.cap:
                raise _TooMany
            boxes = tuple(self.gaps(at + 1, rest))
            merged[boxes] = merged.get(boxes, 0) | mask
        found = [(mask, *box) for boxes, mask in merged.items() for box in boxes]
        if len(found) > self.cap:
            raise _TooMany
        self.known[at, alive] = found
        return found


def _region(table: Table, box: _Box) -> Region:
    where, example = {}, {}
    for pieces, mask in zip(pieces_of(table), box, strict=True):
        if mask != pieces.all:
            where[pieces.name] = pieces.readable(mask)
        example[pieces.name] = pieces.samples(mask)[0]
    return Region(where, example)


def _overlaps(table: Table) -> tuple[Overlap, ...]:
    if table.hit_policy not in {HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST}:
        return ()
    found = []
    masks = [_masks(table, rule) for rule in table.rules]
    for at, one in enumerate(table.rules):
        for other in range(at + 1, len(table.rules)):
            two = table.rules[other]
            if table.hit_policy is not HitPolicy.UNIQUE and one.outputs == two.outputs:
                continue
            box = tuple(a & b for a, b in zip(masks[at], masks[other], strict=True))
            if all(box):
                because = table.overlaps.get(
                    frozenset({one.id, two.id}), table.overlaps.get(frozenset({ALL}), "")
                )
                found.append(Overlap((one.id, two.id), _region(table, box), because))
    return tuple(found)


def _masks(table: Table, rule: Rule) -> _Box:
    return tuple(pieces.mask(cell) for pieces, cell in zip(pieces_of(table), rule.cells, strict=True))
