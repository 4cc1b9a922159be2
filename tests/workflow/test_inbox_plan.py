"""The inbox reads its partial index on both engines, in at most three statements a page."""

from typing import Any

import pytest
from sqlalchemy import event, text

from cii.store.work import Work
from cii.workflow import queries
from cii.workflow.inbox import Tab, inbox
from tests.workflow.build_workflow import a_process, seated, the_units


class Statements:
    """What the driver was given."""

    def __init__(self, work: Work) -> None:
        self.given: list[tuple[str, Any]] = []
        event.listen(work.session.connection(), "before_cursor_execute", self._keep)

    def _keep(self, *told: Any) -> None:
        self.given.append((told[2], told[3]))


@pytest.fixture
def full(work: Work, tmp_path):
    """A unit with a few hundred open tasks of its own among those of others."""
    roles = the_units(work)
    begun, _ = a_process(work, tmp_path / "w", roles=roles)
    work.session.execute(
        text(
            "INSERT INTO wf_task (ref, instance_id, number, key, stage, visit, owner_role, unit_id, state, "
            "decides, due_at, rank_at, subject, subject_id, subject_ref) "
            "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) "
            "SELECT 'x' || i, :instance, i, 'one', 'both', 1, 'AC', CASE WHEN i % 20 = 0 THEN :mine ELSE :other END, "
            "'open', false, :due, :due, 'case', 1, 'x' FROM n"
        ),
        {
            "instance": begun.instance.id,
            "mine": roles["AC"][0],
            "other": roles["AI"][0],
            "due": begun.instance.started_at,
        },
    )
    work.session.execute(text("ANALYZE wf_task"))
    return seated(work, roles["AC"][0])


def test_a_page_of_the_inbox_is_read_from_the_partial_index(full: Work):
    seen = Statements(full)
    inbox(full, Tab.UNIT)
    statement, values = seen.given[0]
    prefix = "EXPLAIN " if full.session.get_bind().dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "

    plan = full.session.connection().exec_driver_sql(prefix + statement, values).all()

    assert "ix_wf_task_inbox" in str(plan)
    assert "SCAN wf_task" not in str(plan)
    assert "Seq Scan on wf_task" not in str(plan)


def test_a_page_costs_at_most_three_statements_even_of_a_process_never_read(full: Work, monkeypatch):
    monkeypatch.setattr(queries, "_READ", {})
    seen = Statements(full)

    first = inbox(full, Tab.UNIT)
    cold = len(seen.given)
    inbox(full, Tab.UNIT, first.next)

    assert (cold, len(seen.given) - cold) == (3, 2)
