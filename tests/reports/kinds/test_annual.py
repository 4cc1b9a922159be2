"""The annual report to the GP CII: meetings, attendance, the four axes, measures, decisions; both engines."""

from datetime import date

import pytest
from sqlmodel import select

from cii.cases.vocabulary import CaseStatus
from cii.coordination.actions import MoveCorrective, move_corrective
from cii.coordination.tables import CorrectiveMeasure
from cii.coordination.vocabulary import Body, CorrectiveEvent
from cii.kernel.span import Span
from cii.meetings.actions_decisions import TakeDecision, take_decision
from cii.meetings.queries import meetings
from cii.reports.actions import freeze
from cii.reports.axes import axes_values, few_in_axes
from cii.reports.queries import issue_values, preview
from cii.reports.readers import Readers
from cii.reports.registry import KINDS
from cii.reports.rules import PeriodNotOver
from cii.reports.vocabulary import ReportKind
from cii.workflow.actions import publish
from tests.cases.build_cases import WORKFLOWS, a_network
from tests.coordination.build_coordination import the_group
from tests.figures.build_figures import later
from tests.reports.kinds.asking import printed, refrozen
from tests.reports.stage import a_quarter

YEAR = Span.parse("2026")
WHOLE = Readers(whole=True)
ANNUAL = KINDS[ReportKind.ANNUAL]


@pytest.fixture
def market(work):
    return a_quarter(work)


def drafted(work, readers=WHOLE):
    return preview(work, YEAR, kind=ReportKind.ANNUAL, readers=readers)


def youth(n, outcome=None, institution="SFPO"):
    """So many young persons with that outcome."""
    return [
        {"ref": f"{outcome}{institution}{at}", "path": "youth-case-management", "institution": institution,
         "opened_on": "2026-01-05", "closed_on": "2026-06-01" if outcome else None, "outcome": outcome}
        for at in range(n)
    ]  # fmt: skip


WORDS = [
    {"path": "youth-case-management", "outcome": one, "title": {"fr": one, "de": one, "en": one}}
    for one in ("job", "apprenticeship", "measure", "adapted", "out_of_criteria")
]


def test_the_table_of_the_youth_service_adds_up():
    """383 = 127 open + 256 closed; 256 = 157 + 99; 157 = 28 + 57 + 14 + 58 (product.md F1)."""
    closed = {"job": 28, "apprenticeship": 57, "measure": 14, "adapted": 58, "out_of_criteria": 99}
    rows = youth(127) + [row for name, n in closed.items() for row in youth(n, name)]

    found = axes_values(rows, WORDS)

    row = found["axes"]["youth-case-management"]
    assert (row["announced"], row["open"], row["closed"], row["solutions"]) == (383, 127, 256, 157)
    assert f"{float(row['solution_rate']):.3f}" == "0.613"
    assert found["outcomes"]["youth-case-management/adapted"]["cases"] == 58
    assert found["axes"]["ne-eso"]["announced"] == 0


def test_a_small_outcome_of_others_is_hidden_and_does_not_follow_from_the_solutions():
    rows = (
        youth(20)
        + youth(12, "job")
        + youth(3, "measure")
        + youth(8, "apprenticeship")
        + youth(9, "adapted", "SEMP")
    )
    seen = axes_values(rows, WORDS)

    out = {".".join(path) for path in few_in_axes(seen, Readers(frozenset({"SEMP"})), 5)}

    at = "youth-case-management"
    assert f"outcomes.{at}/measure.cases" in out
    assert {f"axes.{at}.solutions", f"axes.{at}.solution_rate"} <= out
    assert len([one for one in out if one.startswith("outcomes.")]) >= 2
    assert not list(few_in_axes(axes_values(youth(20) + youth(9, "job"), WORDS), Readers(), 5))


def test_the_year_says_meetings_measures_and_what_is_missing(work, market):
    values = drafted(work)

    assert [one["held"] for one in values["meetings"].values()] == [0, 0, 1, 0]
    assert values["meetings"]["2026-Q3"]["coordination"] == ["2026-09-24"]
    assert values["attendance"]["SFPO"] == {
        "institution": "SFPO",
        "called": 0,
        "attended": 0,
        "enough": False,
    }
    assert values["attendance"]["SEMP"]["enough"] is None
    row = values["measures"]["ATELIER"]
    assert (row["participants"], row["exits"], row["occupied_days"]) == (9, 3, 3 * 62 + 6 * 92)
    assert row["cost"] == "24691.30"
    assert len(values["missing"]) == 3 * 12
    pages = printed(work, ReportKind.ANNUAL, YEAR, "fr")
    assert "Le groupe de coordination s'est réuni 1 fois." in pages
    assert "Aucune séance dans : 1er trimestre 2026" in pages
    assert "Die Koordinationsgruppe tagte 1-mal." in printed(work, ReportKind.ANNUAL, YEAR, "de")


def test_who_came_is_counted_by_institution(work, market):
    facts = dict(ANNUAL.facts(work, YEAR, "", work.now))
    facts["called"] = [
        {"institution": code, "meeting_ref": ref, "held_on": day, "attended": came}
        for code, ref, day, came in (
            ("SFPO", "m1", "2026-03-10", False), ("SFPO", "m2", "2026-09-24", True),
            ("OAI", "m1", "2026-03-10", False), ("SEMP", "m1", "2026-03-10", True),
        )
    ]  # fmt: skip

    told = ANNUAL.derive(facts)["attendance"]

    assert {code: (row["called"], row["attended"], row["enough"]) for code, row in told.items()} == {
        "SEMP": (1, 1, None), "SASO": (0, 0, None), "SMIG": (0, 0, None),
        "SFPO": (2, 1, True), "OAI": (1, 0, False),
    }  # fmt: skip


def test_a_closed_case_counts_under_the_outcome_that_its_process_names(work):
    """Two cases of the network opened in the year; one was closed by its end."""
    net = a_network(work)
    publish(work, WORKFLOWS)
    row = net.case
    row.status, row.closed_at, row.outcome = CaseStatus.CLOSED, row.opened_at, "integrated"
    work.session.flush()
    year = Span.parse(f"{row.opened_at:%Y}")

    values = preview(later(work, hours=1), year, kind=ReportKind.ANNUAL, readers=WHOLE)

    told = values["axes"]["reseau-cii"]
    assert (told["announced"], told["open"], told["closed"], told["solutions"]) == (1, 0, 1, None)
    assert values["outcomes"]["reseau-cii/integrated"]["cases"] == 1
    assert "fr" in values["outcomes"]["reseau-cii/integrated"]["title"]


def test_what_goes_beyond_the_contract_is_a_proposal_and_decisions_are_told(work, market):
    group = the_group(work)
    row = work.session.exec(select(CorrectiveMeasure)).one()
    for event in (CorrectiveEvent.NEED_CONTRACT_CHANGE, CorrectiveEvent.PROPOSE):
        move_corrective(group, MoveCorrective(row.ref, event, "Deux places de plus"))
    held = meetings(work, Body.COORDINATION)[0]
    take_decision(
        group,
        TakeDecision(held.ref, "Renforcer le suivi"),
    )

    values = drafted(later(work, hours=1))

    assert [one["wording"] for one in values["proposals"].values()] == [row.wording]
    assert [(one["wording"], one["stand"]) for one in values["decisions"].values()] == [
        ("Renforcer le suivi", "approved")
    ]


def test_others_see_neither_few_persons_nor_who_leads_how_many_cases(work, market):
    seen = drafted(work, Readers(frozenset({"SEMP"})))

    assert "measures.ATELIER.participants" in seen["hidden"]
    assert seen["measures"]["ATELIER"]["cost"] is None
    assert not any("of" in row for row in seen["axes"].values())


def test_it_is_frozen_once_the_year_is_over_and_made_again_from_its_rows(work, market):
    with pytest.raises(PeriodNotOver):
        freeze(work, YEAR, ReportKind.ANNUAL)
    group = later(the_group(work), days=100)

    issue = freeze(group, YEAR, ReportKind.ANNUAL)

    refrozen(group, issue)
    assert issue_values(group, issue)["total"]["participants"] == 9
    assert date.fromisoformat(issue_values(group, issue)["last"]) == date(2026, 12, 31)
