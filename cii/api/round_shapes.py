"""Shapes of rounds at the API: what may be asked, and what is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from cii.allocation.vocabulary import Left, PinKind, RankProof, Who
from cii.api.asking import PageAsked
from cii.kernel.money import Chf
from cii.rounds.tables import AllocationRound
from cii.rounds.vocabulary import RoundState, Standing
from cii.wire.answers import only

_LONGEST = 10


@dataclass(frozen=True)
class RoundsAsked(PageAsked):
    """Which rounds."""

    state: RoundState | None = None


@dataclass(frozen=True)
class CandidatesAsked(PageAsked):
    """Which cases of the run that counts; `number`: part of a case's number, of those open to the reader."""

    standing: Standing | None = None
    measure_ref: str | None = field(default=None, metadata={"max": 40})
    line_ref: str | None = field(default=None, metadata={"max": 40})
    number: str | None = field(default=None, metadata={"max": 40})


@dataclass(frozen=True)
class NeedsAsked:
    """Whether to look for what would have been needed, by solving the round again."""

    needed: bool = False


@dataclass(frozen=True)
class CostsAsked:
    """Whether to tell what each decision costs, by solving the round again."""

    costs: bool = False


@dataclass(frozen=True)
class RoundCheckAsked:
    """Whether to check the run and compute it again now."""

    check: bool = False


@dataclass(frozen=True)
class RoundTryAsked:
    """A difference to try on the latest run; `places` of the measure and, with a line, of its quota."""

    measure: str | None = field(default=None, metadata={"max": 40})
    line: str | None = field(default=None, metadata={"max": 40})
    places: int = field(default=0, metadata={"min": -10_000, "max": 10_000})
    purse: str | None = field(default=None, metadata={"max": 120})
    francs: int = field(default=0, metadata={"min": -999_999_999, "max": 999_999_999})
    policy: Who | None = None


@dataclass(frozen=True)
class ApproveAsked:
    """The run that was read."""

    run: int = field(metadata={"min": 1})


@dataclass(frozen=True, slots=True)
class RunShown:
    """A run: how many cases, how many placed, against first come first served, and how good it is proven."""

    number: int
    candidates: int
    placed: int
    first_come: int
    cost: Chf
    objective: int
    bound: int
    gap_ppm: int
    rank: RankProof
    problem_digest: str
    result_digest: str
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class RoundShown:
    """A round; `seed` is null until it is over, `run` until it is computed."""

    ref: str
    title: str
    starts_on: date
    ends_on: date
    policy: Mapping[str, object]
    state: RoundState
    commitment: str
    seed: str | None
    opened_at: datetime
    approved_at: datetime | None
    cancel_reason: str | None
    run: RunShown | None


@dataclass(frozen=True, slots=True)
class RoundListed:
    """A round of the list."""

    ref: str
    title: str
    starts_on: date
    ends_on: date
    state: RoundState
    run: int | None
    candidates: int | None
    placed: int | None


@dataclass(frozen=True, slots=True)
class CandidateShown:
    """What a run says of a case; the case is named only where it is open to the reader. 0: left out."""

    position: int
    case_ref: str | None
    urgency: int
    waiting_since: date
    lot: str
    starts_on: date
    ends_on: date
    options: int
    standing: Standing
    why: str | None
    measure_code: str | None
    line_code: str | None
    suitability: int | None
    cost: Chf | None
    pinned: bool


@dataclass(frozen=True, slots=True)
class WayShown:
    """A place that was open to the case, and what stands between."""

    measure: str
    line: str
    suitability: int
    points: int
    cost: Chf
    why: str
    better: int
    limit: int
    purse: str | None
    short: Chf


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a case has its place or none, of others only numbers; `needed`: null when it was not asked for."""

    round_ref: str
    rank: int
    of: int
    standing: Standing
    pinned: bool
    placed: WayShown | None
    runner_up: WayShown | None
    why: Left | None
    tight: tuple[str, ...]
    places: tuple[WayShown, ...]
    needed: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class PinShown:
    """A decision of the group by its number; `position`: null where the case is no longer in the round."""

    number: int
    position: int | None
    kind: PinKind
    measure_code: str | None
    line_code: str | None
    reason: str
    made_at: datetime
    withdrawn_at: datetime | None
    persons: int | None
    points: int | None
    cost: Chf | None


@dataclass(frozen=True, slots=True)
class PolicyShown:
    """What a policy would have given with the same places and budgets."""

    policy: str
    persons: int
    points: int
    cost: Chf
    unfilled_guaranteed: int


@dataclass(frozen=True, slots=True)
class ProofShown:
    """What it takes to check a round; `same` and `flaws` are null unless the check was asked for."""

    commitment: str
    seed: str | None
    problem_digest: str
    result_digest: str
    objective: int
    bound: int
    gap_ppm: int
    rank: RankProof
    persons_bound: int | None
    versions: tuple[str, ...]
    tight_sets: tuple[str, ...]
    fairness: tuple[PolicyShown, ...]
    same: bool | None
    flaws: int | None


@dataclass(frozen=True, slots=True)
class TriedShown:
    """What would be beside what is; cases by their place in the order. Nothing is saved."""

    placed: int
    would_place: int
    objective: int
    would_reach: int
    gaining: tuple[int, ...]
    losing: tuple[int, ...]
    moving: tuple[int, ...]


RUN = only(
    RunShown, "number", "candidates", "placed", "first_come", "cost", "objective", "bound", "gap_ppm",
    "rank", "problem_digest", "result_digest", "computed_at", called="RoundRunAnswer",
)  # fmt: skip
ROUND = only(
    RoundShown, "ref", "title", "starts_on", "ends_on", "policy", "state", "commitment", "seed", "opened_at",
    "approved_at", "cancel_reason", run=RUN, called="RoundAnswer",
)  # fmt: skip
LISTED = only(
    RoundListed, "ref", "title", "starts_on", "ends_on", "state", "run", "candidates", "placed",
    called="RoundListedAnswer",
)  # fmt: skip
CANDIDATE = only(
    CandidateShown, "position", "case_ref", "urgency", "waiting_since", "lot", "starts_on", "ends_on",
    "options", "standing", "why", "measure_code", "line_code", "suitability", "cost", "pinned",
    called="RoundCandidateAnswer",
)  # fmt: skip
WAY = only(
    WayShown, "measure", "line", "suitability", "points", "cost", "why", "better", "limit", "purse", "short",
    called="RoundWayAnswer",
)  # fmt: skip
EXPLAINED = only(
    Explained, "round_ref", "rank", "of", "standing", "pinned", "why", "tight", "needed",
    placed=WAY, runner_up=WAY, places=WAY, called="RoundExplainedAnswer",
)  # fmt: skip
PIN = only(
    PinShown, "number", "position", "kind", "measure_code", "line_code", "reason", "made_at", "withdrawn_at",
    "persons", "points", "cost", called="RoundPinAnswer",
)  # fmt: skip
POLICY = only(
    PolicyShown, "policy", "persons", "points", "cost", "unfilled_guaranteed", called="RoundPolicyAnswer"
)  # fmt: skip
PROOF = only(
    ProofShown, "commitment", "seed", "problem_digest", "result_digest", "objective", "bound", "gap_ppm",
    "rank", "persons_bound", "versions", "tight_sets", "same", "flaws", fairness=POLICY,
    called="RoundProofAnswer",
)  # fmt: skip
TRIED = only(
    TriedShown, "placed", "would_place", "objective", "would_reach", "gaining", "losing", "moving",
    called="RoundTriedAnswer",
)  # fmt: skip


def numbered(text: str) -> int:
    """The number in an address; 0, which names nothing, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST else 0


def seed_of(held: AllocationRound) -> str | None:
    """The seed, once the round is over."""
    return None if held.state is RoundState.OPEN else held.seed
