"""One seeded round: two hands at once on the same places, francs, papers and night, each killed once anywhere.

A hand that was killed begins its whole plan again, as a person would; whatever it had been told as done must
stand, and nothing may stand twice. As a script, each hand is a process of its own and dies by SIGKILL.
"""

import os
import random
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, event, text
from sqlmodel import Session, col, select

from cii.budgets.actions import grant_budget
from cii.budgets.actions_reversal import AskReversal, ask_reversal, decide_reversal
from cii.jobs.registry import JOBS
from cii.jobs.runs import Bell, run_once
from cii.kernel.clock import FixedClock
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.placements.actions import AssignPlacement, Share, assign
from cii.placements.life import (
    AnswerPlace,
    CancelPlacement,
    StartPlacement,
    answer_place,
    cancel_placement,
    start_placement,
)
from cii.reconciliation.actions import compare
from cii.settlement.actions import (
    Mark,
    PrefillStatement,
    RecordAttendance,
    approve,
    check_statement,
    pay,
    prefill_statement,
    record_attendance,
    submit,
)
from cii.settlement.tables import Statement
from cii.settlement.vocabulary import Presence, StatementState
from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import Settings
from cii.store.work import HOUSE, Actor, Work, working
from tests.conftest import NOW
from tests.placements.build_placements import NOVEMBER
from tests.reconciliation.copies import copies_of
from tests.settlement.build_settlement import LATER, a_desk
from tests.settlement.build_settlement import NOVEMBER as MONTH

HANDS, OWN_CASES, PLACES = 2, 2, 2
STATEMENTS = 260
"""A hand is killed within so many statements of each part of its plan; those who did not get so far live."""
ONCE = {"placed", "paid"}
NIGHT = next(job for job in JOBS if job.name == "reconciliation")
SETTINGS = Settings(mode="test")
FIRST = datetime(2026, 11, 1, 11, tzinfo=UTC)
CLOSE = datetime(2026, 12, 4, 4, tzinfo=UTC)
Tell = Callable[[str, str], None]
Die = Callable[[Any], None]


@dataclass(frozen=True)
class Canton:
    """What a round begins with: committed, the same for every round."""

    cases: tuple[str, ...]
    measure: str
    line: str
    agreement: str
    reversal: str
    decider: Actor
    provider: Actor
    checker: Actor
    approver: Actor
    payer: Actor
    then: datetime


class Killed(BaseException):
    """The hand is gone."""


def laid_out(engine) -> Canton:
    """More cases than places, money for all, and a budget's amendment that somebody wants mirrored."""
    with working(engine, HOUSE, NOW, settings=SETTINGS) as work:
        desk = a_desk(work)
        stage = desk.stage
        stage.room_for(PLACES, ac=PLACES)
        cases = tuple(stage.case().ref for _ in range(HANDS * OWN_CASES))
        amended = grant_budget(
            desk.checker, stage.market.ac.id or 0, 2026, Chf.parse("77.00"), reason="essai"
        )
        wish = ask_reversal(desk.approver, AskReversal(amended.ref, "montant erroné"))
        return Canton(
            cases, stage.measure.ref, stage.market.ac.ref, stage.ac.ref, wish.ref,
            desk.payer.actor, desk.provider.actor, desk.checker.actor, desk.approver.actor, desk.payer.actor,
            desk.payer.now,
        )  # fmt: skip


class Hand:
    """One worker; `tell` is called after a commit, `die` when it has given so many statements."""

    def __init__(self, engine: Engine, canton: Canton, tell: Tell, die: Die | None, after: int = 0) -> None:
        self.engine, self.canton, self.tell = engine.execution_options(hand=id(self)), canton, tell
        self.die, self.left = die, after
        if die is not None:
            for moment in ("before_cursor_execute", "commit"):
                event.listen(self.engine, moment, self._count)

    def _count(self, connection, *_) -> None:
        self.left -= 1
        if self.left == 0 and self.die is not None:
            self.die(connection)

    def act(self, kind: str, actor: Actor, now: datetime, do: Callable[[Work], str | None]) -> None:
        """One act in one transaction; a refusal is an answer."""
        try:
            with working(self.engine, actor, now, settings=SETTINGS) as work:
                done = do(work)
        except Refusal:
            return
        if done is not None:
            self.tell(kind, done)

    def places(self, cases: tuple[str, ...], chance: random.Random) -> None:
        """Take places, answer, begin or call off, attest."""
        canton = self.canton
        share = (Share(canton.line),)
        absent = Mark(MONTH.replace(day=chance.choice((3, 4, 5))), Presence.UNEXCUSED_ABSENCE)
        plan = [(case, chance.random() < 0.2) for case in chance.sample(cases, len(cases))]
        for case, calls_off in plan:
            wish = AssignPlacement(case, canton.measure, *NOVEMBER, share)
            self.act("placed", HOUSE, NOW, lambda work, wish=wish: assign(work, wish).ref)
            for ref in self._mine(case):
                self.act(
                    "answered",
                    HOUSE,
                    NOW,
                    lambda work, ref=ref: answer_place(work, AnswerPlace(ref, True)).ref,
                )
                if calls_off:
                    off = CancelPlacement(ref, "retrait")
                    self.act("called off", HOUSE, NOW, lambda work, off=off: cancel_placement(work, off).ref)
                begun = StartPlacement(ref, NOVEMBER[0])
                self.act("begun", HOUSE, FIRST, lambda work, begun=begun: start_placement(work, begun).ref)
                marks = RecordAttendance(ref, (absent,), others_present=MONTH)
                self.act("attested", canton.provider, canton.then,
                         lambda work, marks=marks: record_attendance(work, marks) and None)  # fmt: skip

    def papers(self, chance: random.Random) -> None:
        """The statement from its first figure to its payment, a reversal, the night: whoever comes first."""
        canton, then = self.canton, self.canton.then
        asked = PrefillStatement(canton.agreement, canton.line, MONTH)
        self.act("reversed", canton.decider, then, self._reversed)
        self.act("stated", canton.provider, then, lambda work: prefill_statement(work, asked).ref)
        for kind, actor, move in (
            ("submitted", canton.provider, submit), ("checked", canton.checker, check_statement),
            ("approved", canton.approver, approve), ("paid", canton.payer, pay),
        ):  # fmt: skip
            for ref in self._statements():
                self.act(kind, actor, then, lambda work, ref=ref, move=move: move(work, ref) and ref)
            if chance.random() < 0.5:
                self.night()
        self.night()

    def night(self) -> None:
        if run_once(Bell(self.engine, FixedClock(CLOSE), SETTINGS), NIGHT, LATER):
            self.tell("night", LATER.isoformat())

    def _reversed(self, work: Work) -> str | None:
        return decide_reversal(work, self.canton.reversal, granted=True) and self.canton.reversal

    def _mine(self, case: str) -> list[str]:
        with Session(self.engine) as session:
            return list(session.scalars(text(
                "SELECT p.ref FROM placement p JOIN case_file c ON c.id = p.case_id WHERE c.ref = :case ORDER BY p.id"
            ), {"case": case}))  # fmt: skip

    def _statements(self) -> list[str]:
        with Session(self.engine) as session:
            return list(session.scalars(
                select(col(Statement.ref)).where(col(Statement.state) != StatementState.PAID)
            ))  # fmt: skip


def part_of(hand: Hand, part: int, number: int, seed: int) -> None:
    """One part of a hand's plan; the same seed is the same plan."""
    chance = random.Random(f"{seed}:{part}:{number}")
    if part == 0:
        hand.places(hand.canton.cases[number * OWN_CASES : (number + 1) * OWN_CASES], chance)
    else:
        hand.papers(chance)


def killed_within(seed: int, part: int, number: int) -> int:
    return random.Random(f"kill:{seed}:{part}:{number}").randrange(3, STATEMENTS)


def in_threads(engine: Engine, canton: Canton, part: int, seed: int, told: list[tuple[str, str]]) -> int:
    """Both hands as threads, whose connection is cut; returns how many were killed."""
    killed, broken = [], []

    def lives(number: int) -> None:
        gone: list[bool] = []

        def die(connection) -> None:
            gone.append(True)
            connection.invalidate()
            raise Killed

        for attempt in range(2):
            after = 0 if attempt else killed_within(seed, part, number)
            hand = Hand(engine, canton, lambda *one: told.append(one), None if attempt else die, after)
            try:
                part_of(hand, part, number, seed)
            except Killed:
                killed.append(number)
            except Exception as no:  # noqa: BLE001 - told by the thread that waits
                broken.append(no)
                return
            if not gone:
                return

    hands = [threading.Thread(target=lives, args=(number,)) for number in range(HANDS)]
    for one in hands:
        one.start()
    for one in hands:
        one.join(120)
    if broken:
        raise broken[0]
    return len(killed)


def in_processes(engine: Engine, canton: Canton, part: int, seed: int, told: list[tuple[str, str]]) -> int:
    """Both hands as processes that die by SIGKILL; returns how many were killed."""

    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()

    def born(number: int, after: int) -> tuple[int, int]:
        back, out = os.pipe()
        child = os.fork()
        if child:
            os.close(out)
            return child, back
        os.close(back)
        code = 1
        try:
            die = (lambda _: os.kill(os.getpid(), signal.SIGKILL)) if after else None
            hand = Hand(
                make_engine(url),
                canton,
                lambda *one: os.write(out, ("\t".join(one) + "\n").encode()) and None,
                die,
                after,
            )
            part_of(hand, part, number, seed)
            code = 0
        except Exception:  # noqa: BLE001 - the parent says which round it was
            traceback.print_exc()
        finally:
            os._exit(code)

    def ended(child: int, back: int) -> int:
        with os.fdopen(back) as said:
            told.extend(tuple(line.rstrip("\n").split("\t")) for line in said)
        return os.waitpid(child, 0)[1]

    living = [(number, *born(number, killed_within(seed, part, number))) for number in range(HANDS)]
    dead = []
    for number, child, back in living:
        status = ended(child, back)
        if os.WIFSIGNALED(status):
            dead.append(number)
        elif status:
            raise RuntimeError(f"a hand failed in round {seed}, part {part}")
    for _, child, back in [(number, *born(number, 0)) for number in dead]:
        if ended(child, back):
            raise RuntimeError(f"a hand failed after its death in round {seed}, part {part}")
    return len(dead)


COUNTED = {
    "places": "SELECT count(*) FROM placement WHERE state IN ('reserved', 'accepted', 'started', 'ended')",
    "days, the most taken": "SELECT max(taken) FROM measure_day",
    "days, the fewest taken": "SELECT min(taken) FROM measure_day WHERE day IN (SELECT starts_on FROM placement)",
    "accounts adrift": "SELECT count(*) FROM budget_account a WHERE total <> "
    "(SELECT coalesce(sum(amount), 0) FROM movement WHERE credit_id = a.id) - "
    "(SELECT coalesce(sum(amount), 0) FROM movement WHERE debit_id = a.id)",
    "nights": "SELECT count(*) FROM job_run WHERE job = 'reconciliation'",
    "reversals": "SELECT count(*) FROM ledger_entry WHERE kind = 'reversal'",
    "statements paid twice": "SELECT count(*) FROM (SELECT 1 FROM payment GROUP BY statement_id HAVING count(*) > 1) x",
    "cases placed twice": "SELECT count(*) FROM (SELECT 1 FROM placement WHERE state NOT IN ('cancelled', "
    "'refused', 'expired') GROUP BY case_id HAVING count(*) > 1) x",
}


def faults(engine, told: list[tuple[str, str]]) -> list[str]:
    """Whatever is oversold, adrift, lost or there twice after a round; nothing is the aim."""
    with engine.connect() as connection:
        found = {what: int(connection.execute(text(sql)).scalar() or 0) for what, sql in COUNTED.items()}
        there = {row[0]: row[1] for row in connection.execute(text("SELECT ref, state FROM statement"))}
        there |= dict.fromkeys(connection.execute(text("SELECT ref FROM placement")).scalars(), "")
    taken = found.pop("places"), found.pop("days, the most taken"), found.pop("days, the fewest taken")
    right = dict.fromkeys(found, 0) | {"nights": 1, "reversals": 1}
    wrong = [f"{what}: {number}" for what, number in found.items() if number != right[what]]
    wrong += (
        [f"oversold or lost: {taken} on {PLACES} places"] if len({*taken}) > 1 or taken[0] > PLACES else []
    )
    wrong += [f"lost: {kind} {ref}" for kind, ref in told if kind in ONCE and ref not in there]
    wrong += [f"lost: {ref} is {there[ref]}" for kind, ref in told if kind == "paid" and there[ref] != "paid"]
    wrong += [f"told twice: {one}" for one in {*told} if one[0] in {*ONCE, "night"} and told.count(one) > 1]
    with working(engine, HOUSE, CLOSE, settings=SETTINGS, writing=False) as work:
        seen = compare(work, LATER)
    return wrong + [f"drift: {one.kind.value} {one.key}" for one in seen.differences]


def round_of(
    engine: Engine, canton: Canton, seed: int, hands: Callable[..., int] = in_threads
) -> tuple[list[str], int, int]:
    """What is wrong after a round, how many hands were killed in it, and how many acts were told as done."""
    told: list[tuple[str, str]] = []
    killed = sum(hands(engine, canton, part, seed, told) for part in range(2))
    return faults(engine, told), killed, len(told)


def main(urls: list[str], rounds: int) -> int:
    """So many rounds of processes on each of these empty databases."""
    load_all_tables()
    bad = killed = told = 0
    for url in urls:
        engine = make_engine(url)
        canton = laid_out(engine)
        engine.dispose()
        for seed, copy in zip(range(rounds), copies_of(url), strict=False):
            wrong, dead, acts = round_of(copy, canton, seed, in_processes)
            bad, killed, told = bad + bool(wrong), killed + dead, told + acts
            for one in wrong:
                print(f"round {seed}: {one}", file=sys.stderr)
    print(f"{rounds * len(urls)} rounds, {killed} hands killed, {told} acts told as done, {bad} rounds wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], int(sys.argv[1])))
