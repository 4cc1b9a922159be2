"""The life of a round: opened with the hash of its seed, computed, cancelled. Approval is in `approving`."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from cii.access.vocabulary import Role
from cii.allocation.lots import commitment
from cii.allocation.vocabulary import Who
from cii.journal.actions import wrote
from cii.kernel.digest import plain
from cii.kernel.errors import NotAllowed, refuse
from cii.kernel.moves import move
from cii.rounds.computing import facts_of, keep_run, policy_of, solved
from cii.rounds.queries import round_by_ref
from cii.rounds.rules import MOVES, POLICIES, RoundTermPast, RoundTermUpsideDown
from cii.rounds.tables import AllocationRound, RoundRun
from cii.rounds.vocabulary import RoundEvent
from cii.store.work import Work

SEED_BYTES = 32


@dataclass(frozen=True)
class OpenRound:
    """Wish to distribute the places of stays that begin from a day to a day, both inside, by a policy."""

    title: str = field(metadata={"max": 120})
    starts_on: date
    ends_on: date
    policy: Who = Who.STRICT_RANK


def open_round(work: Work, ask: OpenRound) -> AllocationRound:
    """Open a round: its policy is fixed, its seed drawn and only the hash of it told.

    Refuses: NotAllowed; all at once RoundTermUpsideDown, RoundTermPast.
    """
    who = member(work)
    refuse(
        [
            *(
                [RoundTermUpsideDown(field="ends_on", first=ask.starts_on, last=ask.ends_on)]
                if ask.ends_on < ask.starts_on
                else []
            ),
            *([RoundTermPast(field="starts_on", first=work.today)] if ask.starts_on < work.today else []),
        ]
    )
    seed = secrets.token_hex(SEED_BYTES)
    held = AllocationRound(
        title=ask.title,
        starts_on=ask.starts_on,
        ends_on=ask.ends_on,
        policy={name: plain(value) for name, value in asdict(POLICIES[ask.policy]).items()},
        commitment=commitment(seed),
        seed=seed,
        opened_by=who,
        opened_at=work.now,
    )
    work.session.add(held)
    work.session.flush()
    told = {name: plain(value) for name, value in asdict(ask).items()}
    wrote(work, "round.open", "round", held.id, ref=held.ref, payload={**told, "commitment": held.commitment})
    return held


def compute(work: Work, round_ref: str) -> RoundRun:
    """Compute the round from the facts as they stand, with the group's decisions; a new run each time.

    Refuses: UnknownThing, NotAllowed, IllegalMove, NothingToDistribute, PinOnWhoLeft,
    PinsContradictEachOther, RoundNotVerified.
    """
    held, who = locked(work, round_ref, RoundEvent.COMPUTE), member(work)
    facts = facts_of(work, held)
    run = keep_run(work, held, facts, solved(facts.problem, policy_of(held)), who)
    told = {
        "run": run.number, "problem": run.problem_digest, "result": run.result_digest,
        "candidates": run.candidates, "placed": run.placed,
    }  # fmt: skip
    kept(work, held, "round.compute", told)
    return run


@dataclass(frozen=True)
class CancelRound:
    """Wish to end a round without a result; what it distributed goes into another one."""

    round_ref: str
    reason: str = field(metadata={"min": 1, "max": 500})


def cancel(work: Work, ask: CancelRound) -> AllocationRound:
    """Cancel a round that is not approved; its seed is told.

    Refuses UnknownThing, NotAllowed, IllegalMove.
    """
    held, who = locked(work, ask.round_ref, RoundEvent.CANCEL), member(work)
    held.state = move(MOVES, held.state, RoundEvent.CANCEL)
    held.cancelled_by, held.cancelled_at, held.cancel_reason = who, work.now, ask.reason
    return kept(work, held, "round.cancel", {"reason": ask.reason})


def member(work: Work) -> int:
    """The account of a member of the coordination group; refuses NotAllowed."""
    if work.actor.account_id is None or not work.actor.has_role(Role.COORDINATION_MEMBER):
        raise NotAllowed
    return work.actor.account_id


def locked(work: Work, ref: str, event: RoundEvent) -> AllocationRound:
    """The round, held until the transaction ends, if the move is open; refuses UnknownThing, IllegalMove."""
    held = round_by_ref(work, ref, hold=True)
    work.session.refresh(held)
    move(MOVES, held.state, event)
    return held


def kept(work: Work, held: AllocationRound, act: str, facts: Mapping[str, object]) -> AllocationRound:
    """Count the act and write it down."""
    held.version += 1
    work.session.add(held)
    work.session.flush()
    wrote(work, act, "round", held.id, ref=held.ref, payload=facts)
    return held
