import pytest
from sqlalchemy.exc import IntegrityError

from cii.access.vocabulary import Role
from cii.kernel.errors import UnknownThing
from cii.notices.actions import mark_read, tell
from cii.notices.queries import notices, unread_count
from cii.notices.tables import Notice
from cii.store.outbox import waiting
from tests.access.build_access import an_actor, as_
from tests.institutions.build_institutions import a_unit


def a_notice(work, **reader):
    return tell(work, kind="task_late", subject="task", subject_ref="abc", due_on=work.today, **reader)


def test_a_unit_is_told_in_the_house_and_at_its_mailbox(work):
    unit = a_unit(work, email="orp@cii.example")
    reader = as_(work, an_actor(work, (unit, Role.CASE_MANAGER)))

    row = a_notice(work, unit_id=unit.id)

    assert [(one.kind, one.facts) for one in notices(reader)] == [("task_late", {"due_on": "2026-10-15"})]
    (mail,) = waiting(work)
    assert mail.recipient == "orp@cii.example"
    assert row.ref in mail.body


def test_a_mail_carries_no_fact_of_the_notice(work):
    unit = a_unit(work, email="orp@cii.example")

    tell(work, unit_id=unit.id, kind="x", subject="case", subject_ref="secretref0", number="CII-2026-17")

    (mail,) = waiting(work)
    assert "CII-2026-17" not in mail.body + mail.subject
    assert "secretref0" not in mail.body + mail.subject


def test_an_account_is_told_alone(work):
    unit = a_unit(work)
    one, other = (as_(work, an_actor(work, (unit, Role.CASE_MANAGER))) for _ in range(2))

    a_notice(work, account_id=one.actor.account_id)

    assert (unread_count(one), unread_count(other)) == (1, 0)


def test_a_notice_is_read_once_by_whom_it_is_meant_for(work):
    unit = a_unit(work)
    reader = as_(work, an_actor(work, (unit, Role.CASE_MANAGER)))
    stranger = as_(work, an_actor(work, (a_unit(work), Role.CASE_MANAGER)))
    row = a_notice(work, unit_id=unit.id)

    with pytest.raises(UnknownThing):
        mark_read(stranger, row.ref)
    mark_read(reader, row.ref)

    assert unread_count(reader) == 0
    assert notices(reader, unread=True) == []
    assert row.read_by == reader.actor.account_id


def test_a_notice_has_exactly_one_reader(work):
    work.session.add(Notice(kind="x", subject="x", subject_ref="x", facts={}, created_at=work.now))

    with pytest.raises(IntegrityError):
        work.session.flush()
