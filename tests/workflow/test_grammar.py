"""The whole frozen grammar walked through the actions, on both engines, with every built-in move.

One file uses each word of the grammar: parallel tasks, quorum, `any`, `after`, `for_each`, discretionary,
escalation, timeout, max, decide, conditions over tasks and facts, re-entry, on_enter, end.
"""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from cii.decisions.domain import MissingFacts
from cii.institutions.vocabulary import Sector
from cii.store.work import Work
from cii.workflow import events as ev
from cii.workflow.actions import AlreadyRunning, Fired, fire, publish, start
from cii.workflow.projection import drift
from cii.workflow.queries import roles_of, tasks_of
from tests.conftest import NOW
from tests.institutions.build_institutions import a_unit
from tests.workflow.build_workflow import WORKFLOWS, done, seated, sweep, the_units

FILE = """\
workflow: all-words
version: 1
title: {fr: Tous les mots, de: Alle Wörter, en: All words}
legal_basis: [LACI 85f]
subject: case
facts: {placements_per_year: whole 0..10000, debt: number 0..}
start: opinions
stages:
  opinions:
    title: {fr: Avis, de: Meinungen, en: Opinions}
    on_enter: [{notify: partner}]
    tasks:
      one:
        title: {fr: Premier avis, de: Erste Meinung, en: First opinion}
        owner: AC
        due: 5wd
        max: 20wd
        outcomes: [done, "decline!"]
        escalate: [{after: 5wd, to: supervisor}, {after: 10wd, to: coordination}]
      two: {title: {fr: Deuxième avis, de: Zweite Meinung, en: Second opinion}, owner: AI, outcomes: [done]}
      three: {title: {fr: Troisième avis, de: Dritte Meinung, en: Third opinion}, owner: AS, outcomes: [done]}
      meeting: {title: {fr: Séance, de: Sitzung, en: Meeting}, owner: lead, discretionary: true, outcomes: [done]}
    complete: 2 of 3
    timeout: {after: 60d, to: late}
    next:
      - {if: any task = decline, to: arbitration}
      - {if: all tasks = done, to: partners}
      - {if: 2 of tasks = done, to: partners}
      - {to: late}
  late:
    title: {fr: En retard, de: Verspätet, en: Late}
    tasks:
      chase: {title: {fr: Relancer, de: Mahnen, en: Chase}, owner: lead, outcomes: [done]}
    next: [{to: opinions}]
  arbitration:
    title: {fr: Arbitrage, de: Schlichtung, en: Arbitration}
    tasks:
      settle: {title: {fr: Trancher, de: Entscheiden, en: Settle}, owner: coordination, outcomes: [done]}
    next: [{to: opinions}]
  partners:
    title: {fr: Accords, de: Zustimmungen, en: Agreements}
    tasks:
      agree: {title: {fr: Accord, de: Zustimmung, en: Agreement}, owner: partner, for_each: partner, outcomes: [agree, "refuse!"]}
      sign: {title: {fr: Signer, de: Unterschreiben, en: Sign}, owner: lead, after: agree, outcomes: [done]}
    complete: all
    next:
      - {if: any task = refuse, to: arbitration_2}
      - {to: money}
  arbitration_2:
    title: {fr: Médiation, de: Vermittlung, en: Mediation}
    tasks:
      settle: {title: {fr: Trancher, de: Entscheiden, en: Settle}, owner: coordination, outcomes: [done]}
    next: [{to: partners}]
  money:
    title: {fr: Dettes, de: Schulden, en: Debts}
    tasks:
      look: {title: {fr: Examiner, de: Prüfen, en: Look}, owner: lead, outcomes: [done]}
      ask: {title: {fr: Demander, de: Fragen, en: Ask}, owner: AS, outcomes: [done]}
    complete: any
    next:
      - {if: debt >= 10000, decide: agreement-threshold, to: follow_up}
      - {to: follow_up}
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
  decline: {fr: refuse, de: lehnt ab, en: declines}
  agree: {fr: accepte, de: stimmt zu, en: agrees}
  refuse: {fr: refuse, de: lehnt ab, en: refuses}
  go_on: {fr: continuer, de: weiter, en: go on}
  close: {fr: clore, de: abschliessen, en: close}
  solved: {fr: résolu, de: gelöst, en: solved}
  unsolved: {fr: non résolu, de: ungelöst, en: unsolved}
"""


class Case:
    """The process of one case, moved through the actions; after each move rows and events agree."""

    def __init__(self, work: Work, roles: dict[str, tuple[int, ...]], subject_id: int = 1) -> None:
        self.work, self.roles = work, roles
        self.last: Fired = start(
            work, "all-words", subject="case", subject_id=subject_id, subject_ref="x", person_id=None, facts={},
            roles=roles,
        )  # fmt: skip

    def do(self, event: ev.Event, unit: int | None = None, **facts: object) -> "Case":
        work = self.work if unit is None else seated(self.work, unit)
        self.last = fire(work, self.last.instance, event, facts)
        assert drift(self.work) == []
        return self

    def done(self, *keys: str, outcome: str = "done") -> "Case":
        for key in keys:
            self.do(done(key, outcome))
        return self

    def later(self, days: int) -> "Case":
        self.work = replace(self.work, now=NOW + timedelta(days=days))
        self.swept = sweep(self.work)
        assert (self.swept.failed, drift(self.work)) == ((), [])
        return self

    @property
    def stage(self) -> str:
        return self.last.instance.stage

    def open(self) -> list[tuple[str, int | None]]:
        tasks = tasks_of(self.work, self.last.instance)
        return sorted((one.key, one.unit_id) for one in tasks if one.state == "open")

    def at_partners(self) -> "Case":
        return self.done("one", "two")

    def at_follow_up(self) -> "Case":
        self.at_partners()
        for unit in self.roles["partner"]:
            self.do(done("agree", "agree"), unit)
        return self.done("sign").do(done("look"), debt=0)


@pytest.fixture
def roles(work: Work, tmp_path) -> dict[str, tuple[int, ...]]:
    """The published process, and units for its roles: a coordination group and two partners."""
    (tmp_path / "decisions").mkdir()
    shutil.copy(WORKFLOWS / "decisions" / "agreement-threshold.md", tmp_path / "decisions")
    (tmp_path / "all-words.yaml").write_text(FILE, encoding="utf-8")
    publish(work, tmp_path)
    units = the_units(work)
    return {
        **units,
        "coordination": (a_unit(work, Sector.SFPO).id,),
        "partner": (units["AI"][0], units["AS"][0]),
    }


def test_a_case_walks_through_every_word_of_the_grammar(work: Work, roles):
    partners = roles["partner"]
    case = Case(work, roles)
    assert [key for key, _ in case.open()] == ["one", "three", "two"]

    case.do(ev.AddTask("meeting")).done("meeting")
    case.later(8)
    assert [one.effects[-1].to for one in case.swept.fired] == ["supervisor"]
    case.done("two").done("one", outcome="decline")
    assert (case.stage, [key for key, _ in case.open()]) == ("arbitration", ["settle"])
    case.done("settle")
    assert (case.stage, [key for key, _ in case.open()]) == ("opinions", ["one", "three"])
    case.done("three")
    assert (case.stage, case.open()) == ("partners", sorted(("agree", unit) for unit in partners))
    for unit in partners:
        case.do(done("agree", "agree"), unit)
    assert case.open() == [("sign", roles["lead"][0])]
    case.done("sign")
    with pytest.raises(MissingFacts) as no:
        case.do(done("ask"))
    assert no.value.names == ("debt",)
    case.do(done("ask"), debt=10_000)
    assert ev.Decide("agreement-threshold") in case.last.effects
    case.do(ev.Decided("agreement-threshold", {"instrument": "agreement"}, ("A2",)))
    assert case.last.state.known == {"instrument": "agreement"}
    case.done("review", outcome="go_on")
    assert (case.stage, case.last.state.path[-2].stage) == ("follow_up", "follow_up")
    case.do(done("review", "close", closing="solved"))

    assert (case.last.instance.status, case.last.instance.outcome) == ("closed", "solved")
    assert case.last.state.timers == ()


def test_a_stage_that_times_out_is_resumed_where_it_stood(work: Work, roles):
    case = Case(work, roles).done("three")

    case.later(61)
    assert case.stage == "late"
    assert [one.effects[-1].to for one in case.swept.fired[:2]] == ["supervisor", "coordination"]
    case.last = case.swept.fired[-1]
    case.done("chase")

    assert [key for key, _ in case.open()] == ["one", "two"]


def test_re_entry_keeps_the_partners_who_answered_and_asks_those_who_had_not(work: Work, roles):
    third = a_unit(work, Sector.AC).id
    agreed, refused = roles["partner"]
    case = Case(work, {**roles, "partner": (agreed, refused, third)}).at_partners()

    case.do(done("agree", "agree"), agreed).do(done("agree", "refuse"), refused)
    assert case.stage == "arbitration_2"
    case.done("settle")

    assert case.open() == sorted([("agree", refused), ("agree", third)])
    case.do(done("agree", "agree"), refused).do(done("agree", "agree"), third)
    assert [key for key, _ in case.open()] == ["sign"]


def test_what_comes_after_partners_of_whom_there_are_none_opens_at_once(work: Work, roles):
    case = Case(work, {**roles, "partner": ()}).at_partners()

    assert (case.stage, [key for key, _ in case.open()]) == ("partners", ["sign"])


def test_every_built_in_move_is_taken_by_the_lead(work: Work, roles):
    lead, other = roles["lead"][0], roles["AS"][0]
    case = Case(work, roles).at_follow_up()
    review = case.last.state.open_tasks[0].no

    case.do(ev.Suspend("Hospitalisation"), lead)
    assert case.last.instance.status == "suspended"
    case.do(ev.Resume(), lead)
    case.do(ev.Reassign(review, None, unit=other), lead)
    assert case.open() == [("review", other)]
    case.do(ev.TransferLead(other), lead)
    assert roles_of(work, case.last.instance.id)["lead"] == (other,)
    case.do(ev.WithdrawConsent(), other)
    assert (case.last.instance.status, case.last.state.consent) == ("suspended", False)
    case.do(ev.Resume(consent_renewed=True), other)
    case.do(ev.Close("unsolved"), other)
    assert (case.last.instance.status, case.open()) == ("closed", [])
    case.do(ev.Reopen("Rechute"), other)

    assert (case.stage, case.open()) == ("follow_up", [("review", other)])


def test_after_a_withdrawn_consent_a_case_is_taken_up_again_only_with_a_new_one(work: Work, roles):
    case = Case(work, roles).do(ev.WithdrawConsent()).do(ev.Close("unsolved"))

    with pytest.raises(ev.ConsentMissing):
        case.do(ev.Reopen("Rechute"))
    assert case.last.instance.status == "closed"
    case.do(ev.Reopen("Rechute", consent_renewed=True))

    assert (case.last.instance.status, case.last.state.consent) == ("open", True)


def test_a_closed_case_is_not_taken_up_again_beside_a_running_one(work: Work, roles):
    closed = Case(work, roles).do(ev.Close("unsolved"))
    running = Case(work, roles)

    with pytest.raises(AlreadyRunning):
        closed.do(ev.Reopen("Rechute"))

    assert (closed.last.instance.status, running.last.instance.status) == ("closed", "open")
    assert drift(work) == []
