"""Frozen reports sent to members: told where they are, nobody who may not read them, on both engines."""

import pytest
from sqlmodel import select

from cii.access.vocabulary import Role
from cii.coordination.actions_members import AppointMember, EndMember, appoint_member, end_member
from cii.coordination.vocabulary import Body, Standing
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import UnknownThing
from cii.notices.tables import Notice
from cii.reports.actions import freeze
from cii.reports.rules import RecipientMayNotSee
from cii.reports.sending import SendReport, recipients, send_report, sendings_of
from tests.access.build_access import an_account
from tests.meetings.build_meetings import the_group
from tests.reports.stage import Q3, a_quarter


@pytest.fixture
def group(work):
    a_quarter(work)
    return the_group(work)


def told(work):
    return [row.account_id for row in work.session.exec(select(Notice)) if row.kind == "report-sent"]


def test_members_are_told_where_the_report_is_and_the_sending_is_kept(group):
    issue = freeze(group.house, Q3)

    send_report(
        group.house, SendReport(issue.ref, (group.seat("SASO"), group.seat("OAI"), group.seat("SASO")))
    )

    assert told(group.work) == [group.accounts["SASO"].id, group.accounts["OAI"].id]
    assert [one.account_id for one in sendings_of(group.work, issue)] == told(group.work)[::-1]


def test_who_may_not_read_reports_is_named_and_nobody_is_told(group):
    """A member who has a seat but no role of the group opens no report."""
    issue, work = freeze(group.house, Q3), group.work
    account = an_account(work, (unit_by_code(work, "OSAS"), Role.CASE_MANAGER))
    end_member(group.as_("GPCII"), EndMember(group.seat("SMIG"), work.today))
    seat = appoint_member(
        group.as_("GPCII"),
        AppointMember(Body.COORDINATION, Standing.PERMANENT, work.today, "SMIG", account.ref),
    )

    with pytest.raises(RecipientMayNotSee) as refused:
        send_report(group.house, SendReport(issue.ref, (group.seat("SASO"), seat.ref)))

    assert refused.value.facts["names"] == account.name
    assert told(work) == []


def test_a_report_goes_to_known_seats_only(group):
    issue = freeze(group.house, Q3)

    with pytest.raises(UnknownThing):
        send_report(group.house, SendReport(issue.ref, ("0000000000",)))
    with pytest.raises(UnknownThing):
        send_report(group.house, SendReport("0000000000", (group.seat("SASO"),)))
    assert {one.institution for one in recipients(group.house)} >= {"SEMP", "SASO", "SMIG", "SFPO", "OAI"}
