"""Rows of the rounds. A run, what it says of each case and what it was computed from are never changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from cii.allocation.vocabulary import PinKind, RankProof
from cii.kernel.money import Chf
from cii.rounds.vocabulary import RoundState, Standing
from cii.store.columns import chf, day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only, changed, guarded, hang


class AllocationRound(SQLModel, table=True):
    """A round: the days on which its stays begin, its policy, its seed; `version` counts its acts (ETag).

    `commitment` is the hash of `seed`, published when the round opens; the seed itself is told once it is
    over. `computed_by` is who computed the run that was approved; somebody else approves it.
    Source: allocation.md §2.
    """

    __tablename__ = "allocation_round"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="term"),
        CheckConstraint("approved_by IS NULL OR approved_by <> computed_by", name="four_eyes"),
        CheckConstraint(
            "(state = 'approved') = (approved_by IS NOT NULL AND computed_by IS NOT NULL "
            "AND approved_at IS NOT NULL AND approved_run IS NOT NULL)",
            name="approved_by_somebody",
        ),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_by IS NOT NULL AND cancelled_at IS NOT NULL "
            "AND cancel_reason IS NOT NULL)",
            name="cancelled_by_somebody",
        ),
        Index("ix_allocation_round_state", "state", "starts_on"),
    )

    id: int | None = key()
    ref: str = ref()
    title: str = text(120)
    starts_on: date = day()
    ends_on: date = day()
    policy: dict[str, Any] = plain_json()
    commitment: str = text(64)
    seed: str = text(64)
    state: RoundState = word(RoundState, default=RoundState.OPEN)
    opened_by: int = link("account.id", index=False)
    opened_at: datetime = moment()
    computed_by: int | None = link("account.id", nullable=True, index=False)
    approved_run: int | None = None
    approved_by: int | None = link("account.id", nullable=True, index=False)
    approved_at: datetime | None = moment(nullable=True)
    cancelled_by: int | None = link("account.id", nullable=True, index=False)
    cancelled_at: datetime | None = moment(nullable=True)
    cancel_reason: str | None = text(500, nullable=True)
    version: int = 1


_LIFE = (
    "state", "computed_by", "approved_run", "approved_by", "approved_at", "cancelled_by", "cancelled_at",
    "cancel_reason", "version",
)  # fmt: skip
hang(
    AllocationRound,
    guarded(
        "allocation_round",
        "allocation_round: what was opened stays, and a round that is over is never changed",
        f"OLD.state <> 'open' OR {changed(AllocationRound, but=_LIFE)}",
    ),
)


class RoundRun(SQLModel, table=True):
    """One computation of a round: the whole problem and the whole result, to be recomputed and checked.

    `problem` and `result` are compressed canonical bytes, without a name: cases by their reference.
    `first_come`: persons that first come, first served would place; `fairness`: each policy side by side.
    """

    __tablename__ = "round_run"
    __table_args__ = (UniqueConstraint("round_id", "number"), CheckConstraint("number >= 1", name="number"))

    id: int | None = key()
    round_id: int = link("allocation_round.id", index=False)
    number: int
    problem: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    problem_digest: str = text(64)
    result: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    result_digest: str = text(64)
    candidates: int
    placed: int
    first_come: int
    objective: int
    bound: int
    gap_ppm: int
    rank: RankProof = word(RankProof)
    persons_bound: int | None = None
    cost: Chf = chf()
    fairness: list[dict[str, Any]] = plain_json()
    computed_by: int = link("account.id", index=False)
    computed_at: datetime = moment()


append_only(RoundRun)


class RoundCandidate(SQLModel, table=True):
    """What a run says of one case: its place in the order, its stay, and the place or the reason.

    `why`: why there is no place (a word of the allocation, or why the case is not in the round). `refused`:
    each measure that is closed to the case, with every failed rule. `requested_by_unit_id` asked for it.
    """

    __tablename__ = "round_candidate"
    __table_args__ = (
        UniqueConstraint("run_id", "case_id"),
        CheckConstraint("(standing = 'placed') = (measure_id IS NOT NULL)", name="placed_somewhere"),
        CheckConstraint("(measure_id IS NULL) = (line_id IS NULL)", name="paid_by_somebody"),
        CheckConstraint("(standing = 'placed') = (why IS NULL)", name="left_with_reason"),
        Index("ix_round_candidate_case", "case_id"),
    )

    id: int | None = key()
    run_id: int = link("round_run.id", index=False)
    case_id: int = link("case_file.id", index=False)
    entry_id: int = link("waiting_entry.id", index=False)
    requested_by_unit_id: int = link("unit.id", index=False)
    position: int
    urgency: int
    waiting_since: date = day()
    lot: str = text(64)
    starts_on: date = day()
    ends_on: date = day()
    options: int
    standing: Standing = word(Standing)
    why: str | None = text(40, nullable=True)
    measure_id: int | None = link("measure.id", nullable=True, index=False)
    line_id: int | None = link("funding_line.id", nullable=True, index=False)
    suitability: int | None = None
    cost: Chf | None = chf(nullable=True)
    pinned: bool = False
    purse: str | None = text(120, nullable=True)
    short: Chf | None = chf(nullable=True)
    refused: list[dict[str, Any]] = plain_json()


append_only(RoundCandidate)


class RoundPin(SQLModel, table=True):
    """A decision of the group before the round is computed again: this place, or not; withdrawn once."""

    __tablename__ = "round_pin"
    __table_args__ = (
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn"),
        CheckConstraint(
            "kind <> 'taken' OR (measure_id IS NOT NULL AND line_id IS NOT NULL)", name="taken_somewhere"
        ),
        CheckConstraint("line_id IS NULL OR measure_id IS NOT NULL", name="line_of_a_measure"),
        Index("uq_round_pin_taken", "round_id", "case_id", unique=True,
              sqlite_where=sql("kind = 'taken' AND withdrawn_at IS NULL"),
              postgresql_where=sql("kind = 'taken' AND withdrawn_at IS NULL")),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    round_id: int = link("allocation_round.id")
    case_id: int = link("case_file.id", index=False)
    kind: PinKind = word(PinKind)
    measure_id: int | None = link("measure.id", nullable=True, index=False)
    line_id: int | None = link("funding_line.id", nullable=True, index=False)
    reason: str = text(500)
    made_by: int = link("account.id", index=False)
    made_at: datetime = moment()
    withdrawn_by: int | None = link("account.id", nullable=True, index=False)
    withdrawn_at: datetime | None = moment(nullable=True)


append_only(RoundPin, but=("withdrawn_by", "withdrawn_at"))
