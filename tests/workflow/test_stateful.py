"""Random commands over every shipped process, on both engines: rows and events never part."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select

from cii.decisions.domain import Domain, Months
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusal
from cii.store.work import Work
from cii.workflow import events as ev
from cii.workflow.actions import fire, publish, start
from cii.workflow.definition import parse
from cii.workflow.moves import Move
from cii.workflow.projection import drift
from cii.workflow.queries import instance_by_id, moves_for, state_of
from cii.workflow.tables import WfInstance, WfTask
from cii.workflow.vocabulary import OWNERS, Stand, Status
from tests.institutions.build_institutions import a_unit
from tests.workflow.build_workflow import WORKFLOWS, seated, sweep

DEFINITIONS = {
    made.id: made
    for made in (parse(one.read_text("utf-8"), one.name) for one in sorted(WORKFLOWS.glob("*.yaml")))
}
COMMAND = st.tuples(
    st.sampled_from(("move", "move", "move", "move", "wrong", "sweep")),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.integers(0, 40),
)
ROWS = (
    "SELECT count(*), max(seq) FROM wf_event",
    *(f"SELECT count(*), max(id) FROM {name}" for name in ("wf_task", "wf_timer", "journal_entry")),
)


class Play:
    """One process under random commands."""

    def __init__(self, work: Work, name: str, partners: int) -> None:
        units = [a_unit(work, sector).id for sector in (Sector.AC, Sector.AI, Sector.AS)]
        self.roles = {role: (units[place % 3],) for place, role in enumerate(OWNERS)}
        self.roles["partner"] = tuple(units[:partners])
        self.units, self.work, self.definition = units, work, DEFINITIONS[name]
        subject = {"subject": self.definition.subject, "subject_id": 1, "subject_ref": "x", "person_id": None}
        self.key = start(work, name, facts=self.facts(0), roles=self.roles, **subject).instance.id

    @property
    def instance(self) -> WfInstance:
        return instance_by_id(self.work, self.key)

    def facts(self, choice: int) -> dict[str, Any]:
        return {name: a_value(domain, choice) for name, domain in self.definition.facts.items()}

    def command(self, what: str, pick: int, choice: int, days: int) -> None:
        """Time passes, then somebody does something; a refusal changes nothing."""
        self.work = replace(self.work, now=self.work.now + timedelta(days=days))
        if what == "sweep":
            swept = sweep(self.work, advance={self.definition.subject: self.advance})
            assert swept.failed == ()
            return
        before = self.rows()
        try:
            with self.work.session.begin_nested():
                if what == "wrong":
                    self.wrong(pick, choice)
                    pytest.fail("an illegal command was taken")
                open_now = moves_for(self.work, self.instance)
                assert open_now, "nobody can do anything any more"
                self.move(open_now[pick % len(open_now)], choice)
        except Refusal as no:
            assert what == "wrong" or {one.code for one in no.reasons} <= EXPECTED  # noqa: PT017
            assert self.rows() == before

    def advance(self, work: Work, instance: WfInstance, event: ev.Event) -> Any:
        return fire(work, instance, event, self.facts(1))

    def move(self, move: Move, choice: int) -> None:
        outcome = move.outcomes[choice % len(move.outcomes)] if move.outcomes else ""
        unit = self.units[choice % 3]
        ends = self.definition.outcomes
        event = {
            "done": lambda: ev.TaskDone(move.task, outcome),
            "add": lambda: ev.AddTask(move.key),
            "reassign": lambda: ev.Reassign(move.task, None, unit=unit),
            "transfer-lead": lambda: ev.TransferLead(unit),
            "suspend": lambda: ev.Suspend("x"),
            "resume": lambda: ev.Resume(consent_renewed=True),
            "close": lambda: ev.Close(outcome),
            "reopen": lambda: ev.Reopen("x", consent_renewed=True),
            "withdraw-consent": ev.WithdrawConsent,
        }[move.act]()
        try:
            with self.work.session.begin_nested():
                fire(self.work, self.instance, event, self.facts(choice))
        except ev.ClosingMissing:
            closing = ends[choice % len(ends)]
            fire(self.work, self.instance, replace(event, closing=closing), self.facts(choice))

    def wrong(self, pick: int, choice: int) -> None:
        """Something that is never allowed."""
        instance = self.instance
        stranger = seated(self.work, self.units[0] + 10_000)
        tries = [
            lambda: fire(self.work, instance, ev.TaskDone("no-such-task", "done")),
            lambda: fire(self.work, instance, ev.TaskDone(choice + 1_000, "done")),
            lambda: fire(stranger, instance, ev.WithdrawConsent()),
            lambda: fire(self.work, instance, ev.TimerFired(choice + 1_000)),
            lambda: fire(self.work, instance, ev.Close("no-such-outcome")),
            lambda: fire(self.work, instance, ev.Suspend(" ")),
            lambda: fire(self.work, instance, ev.WithdrawConsent(), expected_seq=instance.seq + 1),
            lambda: fire(self.work, instance, ev.Start()),
            lambda: fire(self.work, instance, ev.TransferLead(99_999_999)),
        ]
        tries[pick % len(tries)]()

    def rows(self) -> list[tuple[Any, ...]]:
        counted = [tuple(self.work.session.execute(text(one)).one()) for one in ROWS]
        return [*counted, (self.instance.seq, self.instance.status, self.instance.stage)]

    def check(self) -> None:
        state = state_of(self.work, self.instance)
        inbox = self.work.session.exec(
            select(WfTask.number, WfTask.key, WfTask.unit_id).where(WfTask.state == Stand.OPEN)
        )
        assert sorted(inbox) == sorted((one.no, one.key, one.unit) for one in state.open_tasks)
        assert drift(self.work) == []
        if state.status == Status.OPEN:
            assert state.open_tasks or state.timers


EXPECTED = {"lead-already-there", "closing-outcome-missing", "outcome-unknown", "no-way-on"}


def a_value(domain: Domain, choice: int) -> object:
    """Some value of the domain."""
    low = domain.low if domain.low is not None else 0
    match domain.kind:
        case "yes/no":
            return choice % 2 == 0
        case "text":
            return domain.values[choice % len(domain.values)] if domain.values else "x"
        case "date":
            return domain.low or date(2026, 1, 1)
        case "months":
            return low if isinstance(low, Months) else Months(choice % 12)
        case "days":
            return low if isinstance(low, timedelta) else timedelta(days=choice % 30)
    high = domain.high if domain.high is not None else low + 50
    return low + choice % (int(high - low) + 1)


@contextmanager
def apart(work: Work) -> Iterator[Work]:
    """What happens inside is taken back."""
    nested = work.session.begin_nested()
    try:
        yield work
    finally:
        nested.rollback()
        work.session.expunge_all()


def plays(examples: int):
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def played(work: Work, name: str, partners: int, commands: list[tuple[str, int, int, int]]) -> None:
    with apart(work):
        play = Play(work, name, partners)
        play.check()
        for command in commands:
            play.command(*command)
            play.check()


def test_after_every_command_the_rows_say_what_the_events_say(work: Work):
    publish(work, WORKFLOWS)

    @plays(40)
    @given(st.sampled_from(sorted(DEFINITIONS)), st.integers(0, 3), st.lists(COMMAND, max_size=14))
    def short(name, partners, commands):
        played(work, name, partners, commands)

    short()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_the_same_for_long_on_every_process(work: Work, name):
    publish(work, WORKFLOWS)

    @plays(200)
    @given(st.integers(0, 3), st.lists(COMMAND, max_size=40))
    def long(partners, commands):
        played(work, name, partners, commands)

    long()
