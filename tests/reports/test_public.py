"""A report for everybody: only as the GP CII decided, small numbers hidden, the decision on each page."""

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlmodel import select

from cii.coordination.vocabulary import Body
from cii.journal.tables import JournalEntry
from cii.kernel.errors import NotAllowed
from cii.meetings.actions import HoldMeeting, hold_meeting
from cii.meetings.actions_decisions import TakeDecision, take_decision
from cii.meetings.queries import agenda
from cii.meetings.rules import NoMeetingAhead
from cii.meetings.vocabulary import AgendaKind, DecisionKind, DecisionStand
from cii.meetings.wording import item_said
from cii.reports.actions import freeze
from cii.reports.public import approved, ask_publication, render_public
from cii.reports.rules import PublicWithoutApproval
from tests.meetings.build_meetings import on, the_group
from tests.reports.stage import Q3, a_quarter

AT = datetime(2026, 11, 5, 9, tzinfo=UTC)


@pytest.fixture
def group(work):
    a_quarter(work)
    return the_group(work)


@pytest.fixture
def issue(group):
    return freeze(group.house, Q3)


def decided(group, issue, stand=DecisionStand.APPROVED, at=AT):
    """What the GP CII decides at a meeting on that day."""
    meeting = group.planned(at, Body.STEERING)
    day = group.as_("GPCII", on(group.work, at.date()))
    hold_meeting(day, HoldMeeting(meeting.ref))
    take_decision(
        day,
        TakeDecision(meeting.ref, "Publication.", DecisionKind.PUBLIC_STATEMENT, stand, "Motif", issue.ref),
    )


def test_the_group_lays_a_publication_before_the_next_meeting_of_the_steering_group(group, issue):
    with pytest.raises(NoMeetingAhead):
        ask_publication(group.house, issue.ref)
    meeting = group.planned(AT, Body.STEERING)

    assert ask_publication(group.house, issue.ref) == meeting
    assert ask_publication(group.house, issue.ref) == meeting

    (item,) = agenda(group.as_("GPCII"), meeting)
    assert (item.kind, item.subject_ref) == (AgendaKind.PUBLICATION, issue.ref)
    assert item_said(item, "fr") == "Publication\xa0: rapport trimestriel, 3e trimestre 2026, version 1"
    with pytest.raises(NotAllowed):
        ask_publication(group.as_("GPCII"), issue.ref)


@pytest.mark.parametrize("form", ["pdf", "docx", "xlsx", "csv", "json"])
def test_nothing_is_published_without_a_decision(group, issue, form):
    with pytest.raises(PublicWithoutApproval):
        render_public(group.house, issue.ref, form, "fr")

    assert approved(group.work, issue) is None


def test_a_refusal_and_a_refusal_after_an_approval_publish_nothing(group, issue):
    decided(group, issue, DecisionStand.REFUSED)
    assert approved(group.work, issue) is None

    decided(group, issue, at=datetime(2026, 11, 12, 9, tzinfo=UTC))
    assert approved(group.work, issue) == "2026-2"

    decided(group, issue, DecisionStand.REFUSED, datetime(2026, 11, 19, 9, tzinfo=UTC))
    with pytest.raises(PublicWithoutApproval):
        render_public(group.house, issue.ref, "json", "fr")


def test_what_is_published_hides_small_numbers_and_names_the_decision_on_each_page(group, issue):
    """Two persons of social aid: the group sees them, the public does not; the journal keeps who published."""
    decided(group, issue)

    values = json.loads(render_public(group.house, issue.ref, "json", "fr"))["values"]
    pdf = PdfReader(BytesIO(render_public(group.house, issue.ref, "pdf", "de")))

    assert values["lines"]["ATELIER/SAS"]["participants"] is None
    assert "lines.ATELIER/SAS.participants" in values["hidden"]
    assert all("öffentliches Dokument, Beschluss 2026-1" in page.extract_text() for page in pdf.pages)
    acts = [
        row.action for row in group.work.session.exec(select(JournalEntry)) if row.action == "report.publish"
    ]
    assert len(acts) == 2


def test_the_approval_is_of_one_version(group, issue):
    decided(group, issue)
    assert approved(group.work, issue) is not None

    other = freeze(group.house, Q3.previous)

    assert approved(group.work, other) is None
