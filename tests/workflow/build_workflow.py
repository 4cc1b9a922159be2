"""Builders of processes: the published files, units that hold the roles, a running network case."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session, select

import cii
from cii.institutions.vocabulary import Sector, UnitKind
from cii.kernel.errors import Refusal
from cii.store.work import Actor, Seat, Work
from cii.workflow.actions import Fired, fire, publish, start
from cii.workflow.events import Event, TaskDone
from cii.workflow.sweeping import Advance, sweep_each
from cii.workflow.tables import WfInstance
from tests.institutions.build_institutions import a_unit

WORKFLOWS = Path(cii.__file__).parent.parent / "workflows"

TWO_VOICES = """\
workflow: two-voices
version: 1
title: {fr: Deux voix, de: Zwei Stimmen, en: Two voices}
legal_basis: [LACI 85f]
subject: case
facts: {systems: number 0..5}
start: both
stages:
  both:
    title: {fr: Avis, de: Meinung, en: Opinion}
    tasks:
      one:
        title: {fr: Premier avis, de: Erste Meinung, en: First opinion}
        owner: AC
        due: 5wd
        outcomes: [done]
        escalate: [{after: 5wd, to: supervisor}]
      two: {title: {fr: Second avis, de: Zweite Meinung, en: Second opinion}, owner: AI, outcomes: [done]}
    timeout: {after: 60d, to: late}
    next: [{to: follow_up}]
  late:
    title: {fr: En retard, de: Verspätet, en: Late}
    tasks:
      chase: {title: {fr: Relancer, de: Mahnen, en: Chase}, owner: lead, outcomes: [done]}
    next: [{to: follow_up}]
  follow_up:
    title: {fr: Suivi, de: Begleitung, en: Follow-up}
    tasks:
      review: {title: {fr: Point, de: Standort, en: Review}, owner: lead, outcomes: [go_on, close]}
    next:
      - {if: any task = go_on, to: follow_up}
      - {to: closed}
  closed:
    title: {fr: Clos, de: Abgeschlossen, en: Closed}
    end: {outcomes: [solved, unsolved]}
words:
  done: {fr: fait, de: erledigt, en: done}
  go_on: {fr: continuer, de: weiter, en: go on}
  close: {fr: clore, de: abschliessen, en: close}
  solved: {fr: résolu, de: gelöst, en: solved}
  unsolved: {fr: non résolu, de: ungelöst, en: unsolved}
"""


def the_files(work: Work, folder: Path, text: str = TWO_VOICES) -> Path:
    """A folder with one small process, published."""
    (folder / "decisions").mkdir(parents=True)
    (folder / "two-voices.yaml").write_text(text, encoding="utf-8")
    publish(work, folder)
    return folder


def the_units(work: Work) -> dict[str, tuple[int, ...]]:
    """A unit per sector; AC has the lead."""
    ac = a_unit(work, Sector.AC).id
    return {
        "lead": (ac,),
        "AC": (ac,),
        "AI": (a_unit(work, Sector.AI, UnitKind.AI_OFFICE).id,),
        "AS": (a_unit(work, Sector.AS, UnitKind.GSR).id,),
    }


def a_process(work: Work, folder: Path, *, subject_id: int = 1, roles=None) -> tuple[Fired, dict]:
    """A running process of two voices."""
    if not (folder / "two-voices.yaml").exists():
        the_files(work, folder)
    roles = roles or the_units(work)
    begun = start(
        work, "two-voices", subject="case", subject_id=subject_id, subject_ref=f"ref{subject_id:07}",
        person_id=None, facts={}, roles=roles,
    )  # fmt: skip
    return begun, roles


def seated(
    work: Work, unit: int, *roles: str, account: int | None = None, session: Session | None = None
) -> Work:
    """The same work, done by somebody of that unit."""
    seats = tuple(Seat(unit, unit, role) for role in roles or ("case_manager",))
    actor = Actor("Somebody", account_id=account, seats=seats)
    return replace(work, actor=actor, session=session or work.session)


def done(key: str, outcome: str = "done", closing: str | None = None) -> TaskDone:
    return TaskDone(key, outcome, closing=closing)


@dataclass(frozen=True)
class Swept:
    """What the worker did: the steps taken in due order, and of which process a timer could not fire, with why."""

    fired: tuple[Fired, ...]
    failed: tuple[tuple[str, Refusal], ...]


def sweep(work: Work, advance: Mapping[str, Advance] | None = None) -> Swept:
    """Let the worker fire what is due, each timer in a savepoint of the transaction at hand."""
    fired: list[Fired] = []
    failed: list[tuple[str, Refusal]] = []

    def noted(step: Advance) -> Advance:
        def taken(work: Work, instance: WfInstance, event: Event) -> Fired:
            try:
                fired.append(step(work, instance, event))
            except Refusal as no:
                failed.append((instance.ref, no))
                raise
            return fired[-1]

        return taken

    @contextmanager
    def opened() -> Iterator[Work]:
        with work.session.begin_nested():
            yield work

    subjects = work.session.exec(select(WfInstance.subject).distinct()).all()
    done = sweep_each(opened, {one: noted((advance or {}).get(one, fire)) for one in subjects})
    assert done == (len(fired), len(failed))
    return Swept(tuple(fired), tuple(failed))
