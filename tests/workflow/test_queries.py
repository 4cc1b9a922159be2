from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from cii.kernel.errors import Refusal
from cii.store.work import Work
from cii.workflow.actions import fire
from cii.workflow.events import Suspend
from cii.workflow.inbox import Tab, inbox, inbox_counts
from cii.workflow.queries import events_of, moves_for
from tests.conftest import NOW
from tests.workflow.build_workflow import a_process, done, seated, the_units


def keys(page) -> list[tuple[str, str]]:
    return [(row.subject_ref, row.key) for row in page.items]


def test_the_inbox_of_a_unit_shows_its_own_open_tasks_the_most_urgent_first(work: Work, tmp_path):
    roles = the_units(work)
    late = replace(work, now=NOW + timedelta(days=1))
    a_process(late, tmp_path / "w", subject_id=2, roles=roles)
    a_process(work, tmp_path / "w", subject_id=1, roles=roles)
    ac = seated(work, roles["AC"][0])

    assert keys(inbox(ac, Tab.UNIT)) == [("ref0000001", "one"), ("ref0000002", "one")]
    assert keys(inbox(seated(work, roles["AS"][0]), "unit")) == []


def test_a_task_past_its_day_is_late(work: Work, tmp_path):
    _, roles = a_process(work, tmp_path / "w")
    ac = seated(work, roles["AC"][0])

    assert inbox(ac, "late").items == []
    (row,) = inbox(replace(ac, now=NOW + timedelta(days=9)), "late").items
    assert row.late
    assert row.title["fr"] == "Premier avis"


def test_a_choice_waits_under_to_decide(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")
    for key in ("one", "two"):
        fire(work, begun.instance, done(key))

    (row,) = inbox(seated(work, roles["lead"][0]), "to_decide").items

    assert (row.key, row.outcomes, row.seq) == ("review", ("go_on", "close"), begun.instance.seq)


def test_a_resting_case_waits_for_nobody(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")
    ac = seated(work, roles["AC"][0])
    assert inbox_counts(ac)[Tab.UNASSIGNED] == 1

    fire(ac, begun.instance, Suspend("Hospitalisation"))

    assert set(inbox_counts(ac).values()) == {0}
    assert inbox(ac, "unit").items == []


def test_pages_follow_each_other_without_loss(work: Work, tmp_path):
    roles = the_units(work)
    for subject in range(1, 8):
        a_process(work, tmp_path / "w", subject_id=subject, roles=roles)
    ac, seen, mark = seated(work, roles["AC"][0]), [], None

    for _ in range(4):
        page = inbox(ac, "unit", mark, limit=2)
        seen += [row.subject_ref for row in page.items]
        mark = page.next

    assert mark is None
    assert sorted(seen) == [f"ref{subject:07}" for subject in range(1, 8)]


def test_the_inbox_costs_two_statements_whatever_its_length(work: Work, tmp_path):
    roles = the_units(work)
    ac, counted = seated(work, roles["AC"][0]), []
    bind = work.session.connection()
    for subject in range(1, 5):
        a_process(work, tmp_path / "w", subject_id=subject, roles=roles)

    event.listen(bind, "before_cursor_execute", lambda *args: counted.append(args[2]))
    inbox(ac, "unit", limit=1)
    few = len(counted)
    inbox(ac, "unit", limit=50)

    assert (few, len(counted) - few) == (2, 2)


def test_the_mark_of_one_tab_does_not_open_another(work: Work, tmp_path):
    roles = the_units(work)
    for subject in (1, 2):
        a_process(work, tmp_path / "w", subject_id=subject, roles=roles)
    ac = seated(work, roles["AC"][0])

    with pytest.raises(Refusal):
        inbox(ac, "late", inbox(ac, "unit", limit=1).next)


def test_the_moves_open_to_a_party_are_its_own(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")

    ai = [str(move) for move in moves_for(seated(work, roles["AI"][0]), begun.instance)]
    lead = [str(move) for move in moves_for(seated(work, roles["lead"][0]), begun.instance)]
    stranger = moves_for(seated(work, roles["AS"][0] + 1000), begun.instance)

    assert "done two" in ai
    assert "done one" not in ai
    assert {"done one", "suspend", "transfer-lead"} <= set(lead)
    assert stranger == []


def test_every_event_tells_who_and_for_which_unit(work: Work, tmp_path):
    begun, roles = a_process(work, tmp_path / "w")

    fire(seated(work, roles["AC"][0]), begun.instance, done("one"))

    assert [one.seq for one in events_of(work, begun.instance)] == list(range(1, begun.instance.seq + 1))
    assert events_of(work, begun.instance)[-1].unit_id == roles["AC"][0]
