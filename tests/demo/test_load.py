"""The demo canton loads whole, holds what the sources print, and agrees with itself; on both engines."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from cii.access.queries import account_actor
from cii.calls.queries import call_view, calls_list, own_offers, published_calls
from cii.calls.vocabulary import CallKind, CallState, LetterKind
from cii.cases.queries import case_by_ref
from cii.cli.demo import demo_check
from cii.coordination.queries import alerts
from cii.demo import load as loading
from cii.demo.check import check
from cii.demo.directory import ACCOUNTS, PASSWORD
from cii.demo.load import is_loaded, load
from cii.demo.measures import STAGE
from cii.figures.money import invoiced
from cii.figures.youth import youth_figures
from cii.institutions.calendar import calendar_of
from cii.institutions.queries import institution_of
from cii.journal.queries import verify
from cii.kernel.errors import UnknownThing
from cii.kernel.period import Period
from cii.placements.days import lines_with_places
from cii.reconciliation.actions import reconcile
from cii.rights.archiving import offers
from cii.rights.holds import holds
from cii.rights.queries_erasing import erasures
from cii.routing.queries_observation import observations
from cii.routing.queries_recognition import recognitions
from cii.store.engine import make_engine
from cii.store.settings import Settings, canton_directory
from cii.store.work import HOUSE, working
from cii.texts.speech import knows
from cii.workflow.projection import drift
from tests.conftest import ENGINES, NOW
from tests.reconciliation.oracle import CHARGED_IN_2026, MOVED, TOTALS, Oracle

SIZE = 60
CALENDAR = calendar_of(canton_directory(Settings().canton))
pytestmark = pytest.mark.xdist_group("demo-canton")
"""One process loads the canton for all tests of the demo and its programmes."""


@pytest.fixture(scope="module", params=ENGINES)
def canton(request, small_canton):
    """Settings of a loaded canton of sixty cases, shared by the tests of this file."""
    return small_canton(request.param)


@pytest.fixture
def inside(canton):
    """A unit of work in the canton; what a test changes is rolled back."""
    engine = make_engine(canton.url)
    with working(engine, HOUSE, NOW, calendar=CALENDAR, settings=canton, writing=False) as work:
        yield work
    engine.dispose()


def test_every_figure_of_the_sources_comes_out_of_the_database(inside):
    found = check(inside)

    assert len(found) > 40
    assert [one for one in found if not one.ok] == []
    assert {one.figure for one in found} == {"F1", "F2", "F3", "F4", "F5", "F6", "F7", "F10"}


def test_stays_have_modules_balances_and_reports_and_an_agreement_a_margin(inside):
    run = inside.session.connection().execute
    kinds = {one for (one,) in run(text("SELECT DISTINCT kind FROM placement_event"))}
    beyond = run(text("SELECT overbooking FROM agreement_measure WHERE overbooking > 0")).scalars().all()
    planned = dict(run(text("SELECT due_on, sum(places) FROM plan_target GROUP BY due_on")).all())

    assert {"balanced", "module", "exit_report", "checked"} <= kinds
    assert beyond == [1]
    assert [int(planned[day]) for day in sorted(planned)[:2]] == [199, 194]


MORE_PLACES = """
    INSERT INTO measure_places (measure_id, kind, places, valid_from, recorded_at)
    SELECT measure_id, kind, places + 1, valid_from, recorded_at FROM measure_places
    WHERE id = (SELECT min(id) FROM measure_places WHERE places > 0)"""


@pytest.mark.parametrize(
    ("change", "figure"),
    [
        ("UPDATE case_file SET outcome = 'no_solution' WHERE id = (SELECT min(id) FROM case_file WHERE outcome = 'diploma')", "F1"),
        (MORE_PLACES, "F2"),
        ("UPDATE meeting SET state = 'cancelled', held_on = NULL, held_recorded_at = NULL WHERE held_on = '2012-02-09'", "F10"),
    ],
)  # fmt: skip
def test_a_changed_figure_is_named_by_the_check(inside, change, figure):
    inside.session.execute(text(change))

    wrong = [one for one in check(inside) if not one.ok]

    assert figure in {one.figure for one in wrong}


def test_the_command_fails_when_a_figure_differs(canton):
    good = demo_check(None, canton)
    engine = make_engine(canton.url)
    moved = (
        "UPDATE case_file SET outcome = :now WHERE id = (SELECT min(id) FROM case_file WHERE outcome = :then)"
    )
    with engine.begin() as connection:
        connection.execute(text(moved), {"then": "full_exit", "now": "partial_exit"})

    bad = demo_check(None, canton)
    with engine.begin() as connection:
        connection.execute(text(moved), {"then": "partial_exit", "now": "full_exit"})
    engine.dispose()

    assert (good.code, bad.code) == (0, 1)
    assert any(line.startswith("differs F10") for line in bad.lines)


def test_the_fold_of_every_process_equals_its_rows(inside):
    processes = inside.session.scalar(text("SELECT count(*) FROM wf_instance"))
    referrals = inside.session.scalar(text("SELECT count(*) FROM referral"))

    assert referrals > 0
    # besides each living case: the person sent on, with her everyday case and the network that followed; two
    # candidates of a social enterprise, and the enterprise that asks to be recognised
    assert processes == 383 + 34 + SIZE + 2 + 3 + referrals
    assert drift(inside) == []


def test_each_fact_of_each_decision_says_where_it_came_from(inside):
    decisions = inside.session.execute(text("SELECT inputs, sources FROM wf_decision")).all()
    held = [tuple(json.loads(one) if isinstance(one, str) else one for one in row) for row in decisions]
    kinds = {one["kind"] for _, sources in held for one in sources.values()}

    assert len(held) >= SIZE
    assert [row for row in held if row[0].keys() != row[1].keys()] == []
    assert {kind for kind in kinds if not knows(f"web.source.{kind}")} == set()


def test_another_database_adds_the_books_of_the_canton_up_to_the_same_sums(inside, tmp_path):
    oracle = Oracle(inside.session.connection(), tmp_path)

    months = invoiced(inside, Period(date(2026, 1, 1), date(2027, 1, 1)), inside.now)

    assert oracle.says(MOVED) == oracle.says(TOTALS)
    charged = oracle.says(CHARGED_IN_2026)
    assert {key: sum_.centimes for key, sum_ in months.items()} == {row[:2]: row[2] for row in charged}
    assert len(charged) > 3


def test_the_reconciliation_of_the_day_before_finds_nothing(inside):
    run = reconcile(inside, date(2026, 10, 14))

    assert run.findings == 0
    assert run.counts["accruals"] > 0
    assert run.sums["payments"] > 0


def test_the_journal_of_the_loaded_canton_holds(canton):
    engine = make_engine(canton.url)

    verdict = verify(engine, canton)
    engine.dispose()

    assert verdict.ok
    assert verdict.entries > SIZE


def test_statements_are_paid_to_august_and_under_way_for_september(inside):
    rows = inside.session.execute(
        text("SELECT period_start, state, count(*) FROM statement GROUP BY period_start, state")
    ).all()

    states = {str(row[0]): set() for row in rows}
    for row in rows:
        states[str(row[0])].add(row[1])
    assert all(held == {"paid"} for month, held in states.items() if month < "2026-09-01")
    assert "paid" not in states["2026-09-01"]


def test_the_stage_of_the_story_has_free_places_for_two_sectors(inside):
    measure = inside.session.execute(
        text("SELECT id FROM measure WHERE code = :code"), {"code": STAGE}
    ).scalar()
    lines = dict(
        inside.session.execute(text("SELECT code, id FROM funding_line WHERE valid_to IS NULL")).all()
    )

    free = lines_with_places(inside, measure, Period.through(date(2026, 10, 19), date(2026, 12, 18)))

    assert {lines["LACI"], lines["SAS"]} <= free.keys()


def test_each_account_enters_with_the_one_password_and_has_its_seat(inside):
    from cii.access.passwords import matches

    for login, name, _, role in ACCOUNTS:
        actor = account_actor(inside, f"{login}@cii.example")
        assert (actor.name, actor.has_role(role)) == (name, True)
    secret = inside.session.execute(text("SELECT DISTINCT password_hash FROM account")).scalars().all()
    assert [matches(one, PASSWORD) for one in secret] == [True]


def test_a_second_load_leaves_the_canton_as_it_is(canton):
    again = load(canton, SIZE * 2)

    assert not again.fresh


class Killed(Exception):  # noqa: N818 - reads as the sentence it is
    """The loader is stopped in the middle."""


def _killed_at(step):
    def progress(what, done, of):
        if what == step:
            raise Killed

    return progress


@pytest.mark.parametrize(
    "step", [*(pytest.param(one, marks=pytest.mark.slow) for one in ("archive", "places")), "proofs"]
)
def test_a_load_killed_in_the_middle_leaves_nothing_and_the_next_one_loads(tmp_path, step):
    settings = Settings(mode="test", data_dir=tmp_path)
    with pytest.raises(Killed):
        load(settings, 5, progress=_killed_at(step))
    left = sorted(one.name for one in tmp_path.iterdir() if "loading" in one.name)

    done = load(settings, 5)

    assert left == []
    assert done.fresh
    engine = make_engine(settings.url)
    assert is_loaded(engine)
    assert verify(engine, settings).ok
    engine.dispose()


def test_one_person_was_sent_on_three_times_and_the_coordination_group_is_told(inside):
    (raised,) = [one for one in alerts(inside) if one.kind == "redirects"]

    (number,) = re.fullmatch(r"(\S+) \(3\)", raised.what).groups()
    (case,) = inside.session.execute(
        text("SELECT c.path, i.stage FROM case_file c JOIN wf_instance i ON i.subject_id = c.id"
             " WHERE i.subject = 'case' AND i.status = 'open' AND c.number = :number"), {"number": number},
    ).all()  # fmt: skip
    assert case == ("reseau-cii", "assessment")


def test_the_same_seed_gives_the_same_canton(tmp_path):
    cases = []
    for name in ("one", "other"):
        settings = Settings(mode="test", data_dir=tmp_path / name)
        load(settings, 12)
        engine = make_engine(settings.url)
        with engine.connect() as connection:
            cases.append(
                connection.execute(text("SELECT ref, outcome, opened_at FROM case_file ORDER BY id")).all()
            )
        engine.dispose()

    # the last three cases are told by the acts of the rooms, which draw their outward names
    assert cases[0][:-3] == cases[1][:-3]
    assert [case[1:] for case in cases[0]] == [case[1:] for case in cases[1]]


def test_a_load_that_does_not_agree_with_itself_is_refused_whole(tmp_path, monkeypatch):
    settings = Settings(mode="test", data_dir=Path(tmp_path))
    monkeypatch.setattr("cii.demo.archive.EXITS", 3)

    with pytest.raises(loading.LoadFailed, match="F10"):
        load(settings, 5)

    engine = make_engine(settings.url)
    assert not is_loaded(engine)
    engine.dispose()


def test_the_demo_shows_youths_in_follow_up_an_observation_and_a_request_for_recognition(inside):
    youths = youth_figures(inside, inside.today)
    (contract,) = observations(replace(inside, actor=account_actor(inside, "vallon@cii.example"))).items
    (request,) = recognitions(replace(inside, actor=account_actor(inside, "gc@cii.example")))

    assert youths.announced == youths.waiting + youths.in_follow_up + youths.closed
    assert youths.in_follow_up > 0
    assert sum(youths.outcomes.values()) == youths.closed
    assert sum(youths.reasons.values()) == youths.outcomes["out_of_criteria"]
    assert (contract.state, contract.unsigned) == ("in_force", ())
    assert request.state == "applied"


def test_the_canton_shows_what_is_asked_opened_in_an_emergency_and_restricted(inside):
    found = {
        what: set(inside.session.connection().execute(text(sql)).scalars())
        for what, sql in {
            "answers": "SELECT coalesce(answer, 'waits') FROM access_question",
            "steps": "SELECT kind FROM break_glass_step",
            "readers": "SELECT a.email FROM case_reader r JOIN account a ON a.id = r.account_id",
            "statuses": "SELECT kind FROM system_status WHERE source = 'entered'",
            "employers": "SELECT e.name FROM employer e JOIN employer_approach p ON p.employer_id = e.id",
        }.items()
    }
    chief = replace(inside, actor=account_actor(inside, "orp.chef@cii.example"), seen=[])
    restricted = inside.session.connection().execute(text("SELECT ref FROM case_file WHERE restricted"))

    assert found["answers"] <= {"granted", "refused", "waits"}
    assert found["steps"] == {"ended", "informed", "reviewed"}
    assert found["readers"] == {"orp@cii.example", "orp.2@cii.example"}
    assert {"benefit", "early_detection", "claim_open"} <= found["statuses"]
    assert found["employers"]
    with pytest.raises(UnknownThing):
        case_by_ref(chief, restricted.scalar_one())


def test_two_old_files_have_been_offered_to_the_archive(inside):
    assert [one.state.value for one in offers(inside).items] == ["offered", "accepted"]


def test_a_hold_is_in_force_one_erasure_waits_and_one_is_done_with_its_certificate(inside):
    waiting, done = erasures(inside).items

    assert [one.in_force for one in holds(inside).items] == [True]
    assert (waiting.state.value, done.state.value) == ("prepared", "done")
    assert done.digest
    assert {one.table for one in done.gone} >= {"identity", "person"}


def test_the_canton_shows_ceilings_a_transfer_that_waits_an_opening_balance_and_a_remark_on_a_line(inside):
    def rows(sql: str) -> list[tuple]:
        return [tuple(row) for row in inside.session.execute(text(sql)).all()]

    ceilings = rows("SELECT amount - used FROM budget_ceiling ORDER BY id")
    transfers = rows("SELECT granted, asked_by = decided_by FROM budget_transfer ORDER BY id")
    opening = rows("SELECT year, stage, amount FROM opening_balance")
    remarks = rows("SELECT s.state FROM statement_remark r JOIN statement s ON s.id = r.statement_id")

    ((freed,),) = rows("SELECT -sum(total) FROM statement WHERE sequence > 1 AND total < 0")

    # what the ceilings had left, less and plus what one gave to the other, and what a correction gave back
    assert freed > 0
    assert ceilings == [(4_000_000 + freed,), (8_000_000,)]
    assert transfers == [(True, False), (True, False), (None, None)]
    assert opening == [(2023, "available", 1_240_000)]
    assert remarks == [("returned",)]


def test_calls_stand_at_each_stage_and_what_is_sealed_stays_sealed(inside):
    office = replace(inside, actor=account_actor(inside, "lmmt.contrats@cii.example"), seen=[])
    social = replace(inside, actor=account_actor(inside, "odas.direction@cii.example"), seen=[])
    ours = {row.state: row.ref for row in calls_list(office)}
    scoring = call_view(
        social, next(one.ref for one in calls_list(social) if one.state is CallState.OFFERS_CLOSED)
    )
    awarded = call_view(office, ours[CallState.AWARDED])
    maker = replace(inside, actor=account_actor(inside, "vallon@cii.example"), seen=[])
    maker_name = institution_of(inside, maker.actor.units[0]).name
    direct = [one for one in published_calls(inside) if one.kind is CallKind.DIRECT]

    assert call_view(office, ours[CallState.PUBLISHED]).sealed
    assert call_view(office, ours[CallState.PUBLISHED]).offers == ()
    assert inside.session.scalar(text("SELECT count(*) FROM call_offer")) == 2 + 3 + 3 + 1
    assert (scoring.call.state, len(scoring.offers), scoring.scorers) == (CallState.OFFERS_CLOSED, 3, 1)
    assert [one.name for one in awarded.offers if one.id == awarded.award.offer_id] == [maker_name]
    assert len(awarded.letters) == 3
    assert own_offers(maker)[0].letter is LetterKind.AWARD
    assert len(direct) == 1
