"""Proof of a table over its domains: where no rule holds, where several do, which never get a turn.

Exact: each input is cut at the values where a cell changes its mind (`regions`), and the boxes are walked
with the rules still alive as a bit mask. Past a cap of boxes the proof says "not proven", never "complete".
Source: workflow.md §3.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from cii.decisions.domain import shown
from cii.decisions.hits import rank
from cii.decisions.matching import kept_with, matcher, pieces_of
from cii.decisions.rulebook import ALL, Table
from cii.decisions.vocabulary import HitPolicy
from cii.files.vocabulary import Title

CAP = 200_000
_LISTED = 200
"""More regions than that are not listed; nobody reads them."""
_MERGED = 2_000
"""More boxes than that are not gathered and merged: then some of them are shown."""
_HELD = 100_000
"""More boxes than that are not held at once while gathering."""
_SOME = 20


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
    reason: Title = field(default_factory=dict, hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proven: `status` is "complete" (no gap), "gaps" or "not proven" (cap reached).

    `shadowed` are rules of a FIRST or PRIORITY table that never come to their turn, `unreachable` rules that
    hold for no facts at all. `overlaps` lists pairs that break the promise of the hit policy (UNIQUE: any,
    ANY: with different outputs) or, for FIRST, of which the earlier takes the case. `boxes` counts the boxes
    walked; with `more` there are gaps beyond those listed, with `more_overlaps` such overlaps.
    """

    status: str
    gaps: tuple[Region, ...]
    overlaps: tuple[Overlap, ...]
    shadowed: tuple[str, ...]
    boxes: int
    unreachable: tuple[str, ...] = ()
    more: bool = False
    more_overlaps: bool = False

    @property
    def unjustified(self) -> tuple[Overlap, ...]:
        """Overlaps for which the file gives no reason."""
        return tuple(one for one in self.overlaps if not one.because)


class _TooMany(Exception):  # noqa: N818 - ends the walk, seen by nobody
    pass


def prove(table: Table, cap: int = CAP) -> Proof:
    """Gaps, overlaps and shadowed rules of the table; at most `cap` boxes are walked. Kept with the table."""
    return kept_with(table, f"proof {cap}", lambda one: _proven(one, cap))


def _proven(table: Table, cap: int) -> Proof:
    walk = _Walk(table, cap)
    boxes: list[_Box] = []
    more = False
    shadowed: tuple[str, ...] = ()
    try:
        boxes, more = walk.gaps()
        status = "gaps" if boxes else "complete"
        shadowed = tuple(table.rules[at].id for at in walk.shadowed())
    except (_TooMany, RecursionError):
        status = "gaps" if boxes else "not proven"
    overlaps, more_overlaps = _overlaps(table, walk.boxes)
    return Proof(
        status,
        tuple(_region(table, box) for box in boxes[:_LISTED]),
        overlaps,
        shadowed,
        walk.count,
        tuple(rule.id for rule, box in zip(table.rules, walk.boxes, strict=True) if not all(box)),
        more or len(boxes) > _LISTED,
        more_overlaps,
    )


_Box = tuple[int, ...]
"""A mask of pieces per input, in the order of the table."""


class _Walk:
    """The inputs are walked in the order in which most rules ask for them: that ends most ways early."""

    def __init__(self, table: Table, cap: int) -> None:
        self.table, self.cap, self.count, self.held = table, cap, 0, 0
        asked = [sum(not rule.cells[at].any for rule in table.rules) for at in range(len(table.inputs))]
        self.order = sorted(range(len(table.inputs)), key=lambda at: -asked[at])
        masks = matcher(table).masks
        self.alive = [masks[at] for at in self.order]
        self.full = [pieces.all for pieces in pieces_of(table)]
        self.boxes: list[_Box] = [
            tuple(sum(1 << piece for piece, mask in enumerate(row) if mask >> number & 1) for row in masks)
            for number in range(len(table.rules))
        ]
        # The rules that ask nothing from the n-th input on.
        self.settled = [0] * (len(self.order) + 1)
        for number, rule in enumerate(table.rules):
            last = max((n + 1 for n, at in enumerate(self.order) if not rule.cells[at].any), default=0)
            for n in range(last, len(self.order) + 1):
                self.settled[n] |= 1 << number

    def gaps(self) -> tuple[list[_Box], bool]:
        """The boxes in which no rule holds, merged to few; and whether there are more than those."""
        everything, more = (1 << len(self.boxes)) - 1, False
        try:
            found = self._gaps(0, everything, {})
        except _TooMany:
            found, more = list(islice(self._holes(0, everything, set()), _SOME)), True
            if not found:
                return [], False
        back = [self.order.index(at) for at in range(len(self.order))]
        boxes = [tuple(box[at] for at in back) for box in found]
        return _merged(boxes), more

    def _holes(self, n: int, alive: int, seen: set[tuple[int, int]]) -> Iterator[_Box]:
        """Boxes in which no rule holds, one after the other, where they are too many to list."""
        if not alive:
            yield tuple(self.full[at] for at in self.order[n:])
        elif not alive & self.settled[n] and (n, alive) not in seen:
            found = False
            for piece, mask in enumerate(self.alive[n]):
                self._step()
                for rest in self._holes(n + 1, alive & mask, seen):
                    found = True
                    yield (1 << piece, *rest)
            if not found:
                seen.add((n, alive))

    def _gaps(self, n: int, alive: int, known: dict[tuple[int, int], list[_Box]]) -> list[_Box]:
        if not alive:
            return [tuple(self.full[at] for at in self.order[n:])]
        if alive & self.settled[n]:
            return []
        if (n, alive) in known:
            return known[n, alive]
        groups: dict[int, int] = {}
        for piece, mask in enumerate(self.alive[n]):
            groups[alive & mask] = groups.get(alive & mask, 0) | 1 << piece
        merged: dict[tuple[_Box, ...], int] = {}
        for rest, pieces in groups.items():
            self._step()
            boxes = tuple(self._gaps(n + 1, rest, known))
            merged[boxes] = merged.get(boxes, 0) | pieces
        found = [(pieces, *box) for boxes, pieces in merged.items() for box in boxes]
        self.held += len(found)
        if len(found) > _MERGED or self.held > _HELD:
            raise _TooMany
        known[n, alive] = found
        return found

    def _step(self) -> None:
        self.count += 1
        if self.count > self.cap:
            raise _TooMany

    def shadowed(self) -> list[int]:
        """The rules that hold somewhere, but nowhere without one that goes before them."""
        rules = self.table.rules
        numbers = range(len(rules))
        if self.table.hit_policy is HitPolicy.FIRST:
            before = [(1 << at) - 1 for at in numbers]
        elif self.table.hit_policy is HitPolicy.PRIORITY:
            ranks = [(rank(self.table.outputs, rule), at) for at, rule in enumerate(rules)]
            before = [sum(1 << two for two in numbers if ranks[two] < ranks[at]) for at in numbers]
        else:
            return []
        return [at for at in numbers if all(self.boxes[at]) and self._covered(0, at, before[at], set())]

    def _covered(self, n: int, rule: int, others: int, seen: set[tuple[int, int]]) -> bool:
        """Whether the others hold wherever the rule does, from the n-th input on."""
        if not others:
            return False
        if others & self.settled[n] or (n, others) in seen:
            return True
        for rest in {others & mask for mask in self.alive[n] if mask >> rule & 1}:
            self._step()
            if not self._covered(n + 1, rule, rest, seen):
                return False
        seen.add((n, others))
        return True


def _merged(boxes: list[_Box]) -> list[_Box]:
    """Boxes that differ in one input only become one, until none do."""
    found = list(dict.fromkeys(boxes))
    for at in (*range(len(found[0]) if found else 0),) * 2:
        beside: dict[_Box, int] = {}
        for box in found:
            rest = (*box[:at], *box[at + 1 :])
            beside[rest] = beside.get(rest, 0) | box[at]
        found = [(*rest[:at], mask, *rest[at:]) for rest, mask in beside.items()]
    return found


def _region(table: Table, box: _Box) -> Region:
    where, example = {}, {}
    for pieces, mask in zip(pieces_of(table), box, strict=True):
        if mask != pieces.all:
            where[pieces.name] = pieces.readable(mask)
        example[pieces.name] = pieces.samples(mask)[0]
    return Region(where, example)


def _overlaps(table: Table, boxes: list[_Box]) -> tuple[tuple[Overlap, ...], bool]:
    """The overlaps in the order of the rules, and whether more were left out than listed of each sort."""
    found, more = [], False
    room = {True: _LISTED, False: _LISTED}  # justified or not
    for one, two, box in _pairs(table, boxes):
        group = _group(table, (one, two))
        if room[group is not None] == 0:
            more = True
            continue
        room[group is not None] -= 1
        because = table.overlaps[group] if group else ""
        reason = table.reasons.get(group, {}) if group else {}
        found.append(Overlap((one, two), _region(table, box), because, reason))
    return tuple(found), more


def _pairs(table: Table, boxes: list[_Box]) -> Iterator[tuple[str, str, _Box]]:
    """Every two rules that overlap although the hit policy promises otherwise, and where."""
    if table.hit_policy not in {HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST}:
        return
    for at, one in enumerate(table.rules):
        for other in range(at + 1, len(table.rules)):
            two = table.rules[other]
            if table.hit_policy is not HitPolicy.UNIQUE and one.outputs == two.outputs:
                continue
            sides = list(zip(boxes[at], boxes[other], strict=True))
            if all(a & b for a, b in sides):
                yield one.id, two.id, tuple(a & b for a, b in sides)


def _group(table: Table, pair: Iterable[str]) -> frozenset[str] | None:
    """The justification that covers a pair of rules: the smallest group of the file that names both."""
    fitting = [group for group in table.overlaps if group >= set(pair) or group == {ALL}]
    return min(fitting, key=lambda group: (group == {ALL}, len(group)), default=None)


def idle_justifications(table: Table) -> list[frozenset[str]]:
    """Groups of rules for which the file justifies an overlap, though some rule of them overlaps no other.

    A group must be all needed: each rule named in it overlaps another rule of the group.
    """
    used: dict[frozenset[str], set[str]] = {group: set() for group in table.overlaps}
    if used:
        for one, two, _ in _pairs(table, _Walk(table, 0).boxes):
            for group, rules in used.items():
                if group == {ALL} or {one, two} <= group:
                    rules |= {one, two}
    return [group for group, rules in used.items() if not (rules if group == {ALL} else rules == group)]


def proof_json(table: Table) -> dict[str, Any]:
    """The proof as plain values: status, gaps, overlaps with their justification, shadowed, unreachable."""
    proof = prove(table)
    return {
        "table": table.id,
        "version": table.version,
        "digest": table.digest,
        "hit_policy": table.hit_policy.value,
        "status": proof.status,
        "boxes": proof.boxes,
        "gaps": [_region_json(one) for one in proof.gaps],
        "more_gaps": proof.more,
        "overlaps": [
            {
                "rules": list(one.rules),
                **_region_json(one.region),
                "because": one.because or None,
                "reason": dict(one.reason),
            }
            for one in proof.overlaps
        ],
        "more_overlaps": proof.more_overlaps,
        "shadowed": list(proof.shadowed),
        "unreachable": list(proof.unreachable),
    }


def _region_json(region: Region) -> dict[str, Any]:
    """A region in words and by example; the example is written as the files write values."""
    return {
        "where": dict(region.where),
        "example": {name: shown(value) for name, value in region.example.items()},
    }
