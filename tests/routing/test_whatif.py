"""What a draft would change: over all open cases, for those who may see them, without a trace."""

import time
from dataclasses import replace

import pytest
from sqlalchemy import event, text

from cii.decisions.matching import TableTooHeavy
from cii.decisions.whatif import Effect, Verdict
from cii.kernel.errors import Refusal, Refusals, UnknownThing
from cii.routing.whatif import DraftFault, DraftMissing, Facts, OtherTable, WhatIf, what_if
from cii.store.naming import load_all_tables
from cii.store.work import HOUSE
from cii.texts.speech import refusal
from tests.institutions.build_institutions import a_unit
from tests.routing.build_many import many_open_cases
from tests.routing.build_routing import WORKFLOWS, a_town, an_announced

TRIAGE = (WORKFLOWS / "decisions" / "triage.md").read_text(encoding="utf-8")


def a_draft(*changes):
    made = TRIAGE
    for old, new in changes:
        assert old in made
        made = made.replace(old, new)
    return made


YOUNG_TO_25 = a_draft(("| < 30 |", "| < 25 |"), ("| >= 30 |", "| >= 25 |"))
NO_NETWORK = a_draft(('| yes | - | "reseau-cii" |', '| yes | - | "everyday-cii" |'))


@pytest.fixture
def town(work):
    return a_town(work)


def everything(work):
    """All rows of all tables, to see that nothing has changed."""
    work.session.flush()
    connection = work.session.connection()
    return {
        name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"'))))
        for name in load_all_tables().tables
    }


def test_it_lists_who_would_be_routed_otherwise_with_both_reasons(town):
    orp = town.hands["ORP"]
    made = an_announced(orp)

    report = what_if(orp, WhatIf("triage", NO_NETWORK))

    assert [row.ref for row in report.moved] == [made.case.ref]
    row = report.moved[0]
    assert row.number == made.case.number
    assert row.compared.before.outcomes == ((("path", "reseau-cii"),),)
    assert row.compared.after.outcomes == ((("path", "everyday-cii"),),)
    assert "Réseau CII" in row.why(report.now, "fr")
    assert row.why(report.draft, "de")
    assert [flow.cases for flow in report.flows] == [1]


def test_a_draft_that_says_the_same_moves_nobody(town):
    orp = town.hands["ORP"]
    an_announced(orp)

    report = what_if(orp, WhatIf("triage", TRIAGE))

    assert report.moved == ()
    assert report.effects[Effect.SAME] == report.open_cases == 1


def test_no_row_changes(town):
    orp = town.hands["ORP"]
    an_announced(orp)
    before = everything(orp)
    written = []

    def listener(*call):
        if not call[2].lstrip().startswith("SELECT"):
            written.append(call[2])

    engine = orp.session.get_bind()
    event.listen(engine, "before_cursor_execute", listener)

    for facts in Facts:
        what_if(orp, WhatIf("triage", NO_NETWORK, facts=facts))

    event.remove(engine, "before_cursor_execute", listener)
    assert written == []
    assert (list(orp.session.new), list(orp.session.dirty), list(orp.session.deleted)) == ([], [], [])
    assert everything(orp) == before


def test_a_single_case_that_the_actor_may_not_see_leaves_no_trace(town):
    made = an_announced(town.hands["ORP"])

    report = what_if(town.hands["stranger"], WhatIf("triage", NO_NETWORK))

    assert (report.moved, report.hidden, report.exact, report.flows) == ((), 0, False, ())
    assert set(report.effects.values()) == {0}
    assert report.open_cases == 1
    assert made.case.ref not in repr(report)


def test_cases_that_the_actor_may_not_see_are_told_as_a_lower_bound(work, town):
    many_open_cases(work, a_unit(work).id, 500)
    whole = what_if(replace(work, actor=HOUSE), WhatIf("triage", NO_NETWORK))

    report = what_if(town.hands["stranger"], WhatIf("triage", NO_NETWORK))

    assert whole.exact
    assert not report.exact
    assert report.moved == report.unsaid == ()
    for effect in Effect:
        assert whole.effects[effect] - 8 <= report.effects[effect] <= whole.effects[effect]
        assert report.effects[effect] % 5 == 0
    assert report.hidden == report.effects[Effect.MOVED] > 0
    assert all(flow.cases % 5 == 0 < flow.cases for flow in report.flows)


def test_who_may_not_read_the_facts_of_a_case_does_not_get_it_listed(work, town):
    an_announced(town.hands["ORP"])
    doctor = what_if(town.hands["doctor"], WhatIf("triage", NO_NETWORK))
    group = what_if(town.hands["group"], WhatIf("triage", NO_NETWORK))

    assert len(doctor.moved) == 1
    assert group.moved == ()


def test_a_new_input_of_the_draft_is_a_fact_that_is_missing(town):
    orp = town.hands["ORP"]
    an_announced(orp)
    draft = a_draft(
        (
            "  work_capacity:\n",
            "  debts: {type: money 0..100000000, title: {fr: Dettes, de: Schulden, en: Debts}}\n  work_capacity:\n",
        ),
        (
            "| rule | consent_or_basis | followed | may_owe | age | reinsertion_potential | in_perimeter |",
            "| rule | consent_or_basis | followed | may_owe | age | reinsertion_potential | in_perimeter | debts |",
        ),
        (
            "|------|------|------|------|------|------|------|------|------|------|",
            "|------|------|------|------|------|------|------|------|------|------|------|",
        ),
    )
    lines = []
    for line in draft.splitlines():
        cells = line.split("|")
        if line.startswith("| T"):
            cells.insert(8, " > 0 " if line.startswith("| T8") else " - ")
        lines.append("|".join(cells))
    with_debts = "\n".join(lines)

    report = what_if(replace(orp, actor=HOUSE), WhatIf("triage", with_debts))

    assert report.effects[Effect.UNSAID] == 1
    assert report.silences[0].after.verdict is Verdict.MISSING
    assert report.silences[0].after.facts == ("debts",)


def test_another_published_version_can_be_held_against_the_one_in_force(town):
    orp = town.hands["ORP"]
    an_announced(orp)

    assert what_if(orp, WhatIf("triage", version=1)).effects[Effect.SAME] == 1
    with pytest.raises(UnknownThing):
        what_if(orp, WhatIf("triage", version=99))


def test_the_facts_of_today_can_be_taken_instead(town, work):
    orp = town.hands["ORP"]
    made = an_announced(orp, naissance="14.10.1997")
    later = replace(orp, now=orp.now.replace(year=2028))

    stored = what_if(later, WhatIf("triage", TRIAGE))
    today = what_if(later, WhatIf("triage", TRIAGE, facts=Facts.TODAY))

    assert stored.flows[0].before.outcomes == ((("path", "youth-case-management"),),)
    assert today.flows[0].before.outcomes == ((("path", "reseau-cii"),),)
    assert made.path == "youth-case-management"


def test_closed_cases_and_cases_never_asked_about_are_not_said_to_move(work, town):
    an_announced(town.hands["ORP"])

    report = what_if(replace(work, actor=HOUSE), WhatIf("ne-eso-screen", version=3))

    assert (report.open_cases, report.undecided, report.moved) == (1, 1, ())


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (WhatIf("triage"), DraftMissing),
        (WhatIf("triage", "   "), DraftMissing),
        (WhatIf("detection", TRIAGE), OtherTable),
        (WhatIf("triage", TRIAGE.replace("| < 30 |", "| << 30 |")), Refusals),
        (WhatIf("triage", "no table at all"), DraftFault),
        (WhatIf("unheard-of", TRIAGE), Refusal),
    ],
)
def test_a_draft_that_cannot_be_read_is_refused_with_its_faults(town, ask, kind):
    with pytest.raises(kind):
        what_if(town.hands["ORP"], ask)


def test_a_broken_draft_names_each_line(town):
    broken = TRIAGE.replace("| < 30 |", "| << 30 |")

    with pytest.raises(Refusals) as no:
        what_if(town.hands["ORP"], WhatIf("triage", broken))

    assert {type(one) for one in no.value.reasons} == {DraftFault}
    assert "Regel T5" in refusal(no.value.reasons[0], "de")
    assert [one.facts["line"] for one in no.value.reasons] == [
        at for at, line in enumerate(broken.splitlines(), 1) if "<< 30" in line
    ]


def test_ten_thousand_cases_are_counted_each(work, town):
    many_open_cases(work, a_unit(work).id, 10_000)

    report = what_if(replace(work, actor=HOUSE), WhatIf("triage", YOUNG_TO_25))

    assert report.open_cases == 10_000
    assert report.effects[Effect.MOVED] == sum(
        flow.cases for flow in report.flows if flow.before.outcomes != flow.after.outcomes
    )
    assert 0 < report.effects[Effect.MOVED] < 1_000


@pytest.mark.slow
def test_a_hundred_thousand_cases_are_counted_each(work, town):
    many_open_cases(work, a_unit(work).id, 100_000)
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.connection().exec_driver_sql("ANALYZE")
    began = time.perf_counter()

    report = what_if(replace(work, actor=HOUSE), WhatIf("triage", YOUNG_TO_25))

    print(f"{work.session.get_bind().dialect.name}: {time.perf_counter() - began:.1f} s")
    assert report.open_cases == 100_000


def test_a_draft_is_refused_past_the_steps_it_is_allowed_and_a_published_version_never(
    work, town, monkeypatch
):
    an_announced(town.hands["ORP"])
    monkeypatch.setattr("cii.routing.whatif.STEPS", 1)

    with pytest.raises(TableTooHeavy) as no:
        what_if(work, WhatIf("triage", NO_NETWORK))
    published = what_if(work, WhatIf("triage", version=1))

    assert (no.value.code, no.value.field) == ("too-many-steps", "draft")
    assert published.effects[Effect.SAME] == 1
