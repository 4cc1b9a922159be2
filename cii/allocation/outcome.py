"""What a round comes to: who is placed where, who is not and why, and the certificate that proves it."""

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256

from cii.allocation.vocabulary import Engine, Left, RankProof, Who

SCALE = 1 << 28
"""Prices of the certificate are in parts of a point: so many make one."""
PER_CENTIME = 1 << 10
"""Prices of purses are finer still: so many of their units make one unit of a price, per centime."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a round is to reach, as data: who first, then where.

    A place is worth `suitability_weight` points for each point of suitability, and up to `thrift_weight`
    points for being the cheapest of the case; a guaranteed place that is filled is worth
    `guarantee_weight` points.
    """

    who: Who = Who.STRICT_RANK
    suitability_weight: int = 100
    guarantee_weight: int = 100
    thrift_weight: int = 9
    version: str = "2026-1"


@dataclass(frozen=True, slots=True, order=True)
class Placed:
    """A case with its place."""

    case: str
    measure: str
    line: str
    suitability: int
    charges: tuple[tuple[str, int], ...]
    pinned: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Unplaced:
    """A case without a place. `tight`: number of the tight set; `purse`, `short`: what is missing where."""

    case: str
    why: Left
    tight: int | None = None
    purse: str | None = None
    short: int | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What proves the allocation; `verifying.verify` checks it without the solver.

    `objective` and `bound`: points of those placed, and what nobody can exceed with these persons (by strict
    rank: without passing somebody over who has no place).
    `purse_prices` in 1/(SCALE × PER_CENTIME) points per centime, `cell_prices` and `measure_prices` in
    1/SCALE points, each in the order of the problem. `tight_sets`: positions of quotas, all full, held by
    cases of better rank that have no other option.
    """

    objective: int
    bound: int
    rank: RankProof
    persons_bound: int | None
    purse_prices: tuple[int, ...]
    cell_prices: tuple[int, ...]
    measure_prices: tuple[int, ...]
    tight_sets: tuple[tuple[int, ...], ...]
    solved: int
    versions: tuple[tuple[str, str], ...]

    @property
    def gap_ppm(self) -> int:
        """How far the objective may lie below the best, in millionths of the bound, rounded up."""
        return -(-(self.bound - self.objective) * 1_000_000 // self.bound) if self.bound else 0


@dataclass(frozen=True)
class Allocation:
    """Who got what in a round."""

    problem: str
    policy: Policy
    engine: Engine
    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    certificate: Certificate

    def canonical(self) -> bytes:
        """The allocation as canonical JSON: the same bytes for the same result."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":")).encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes."""
        return sha256(self.canonical()).hexdigest()
