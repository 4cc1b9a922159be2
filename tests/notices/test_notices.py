import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

import cii
from cii.access.tables import Account
from cii.access.vocabulary import Role
from cii.journal.queries import history
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.notices.actions import ChooseMail, Wish, choose_mail, mark_all_read, mark_read, send_again, tell
from cii.notices.digests import write_digests
from cii.notices.queries import notice_page, notices, unread_count
from cii.notices.rules import topic_of
from cii.notices.tables import Notice
from cii.notices.vocabulary import MailWish, Topic
from cii.store.outbox import NothingToSend, mark_missed, send_later, take, waiting
from cii.texts.loading import texts
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


def chooses(reader, **wishes):
    return choose_mail(
        reader, ChooseMail(tuple(Wish(Topic(topic), MailWish(mail)) for topic, mail in wishes.items()))
    )


def at(work, moment):
    return replace(work, now=moment)


SEVEN = datetime(2026, 10, 16, 5, 0, tzinfo=UTC)
"""Seven in the morning of the next day, in Switzerland."""


def test_an_account_hears_of_a_topic_at_once_daily_or_never_but_the_notice_always_stays(work):
    reader = as_(work, an_actor(work, (a_unit(work), Role.CASE_MANAGER)))
    chooses(reader, tasks="daily", referrals="never")

    for kind in ("task-late", "referral-sent", "case-flagged"):
        tell(work, account_id=reader.actor.account_id, kind=kind, subject="x", subject_ref="x")

    told = {one.kind: one.mail for one in notices(reader)}
    assert told == {"task-late": "daily", "referral-sent": "never", "case-flagged": "at_once"}
    assert len(waiting(work)) == 1


def test_a_wish_may_be_changed_and_others_stay(work):
    reader = as_(work, an_actor(work, (a_unit(work), Role.CASE_MANAGER)))

    chooses(reader, tasks="daily", cases="never")
    held = chooses(reader, tasks="never")

    assert (held[Topic.TASKS], held[Topic.CASES], held[Topic.OTHER]) == ("never", "never", "at_once")


def test_the_house_itself_has_no_wishes(work):
    with pytest.raises(NotAllowed):
        chooses(work, tasks="daily")


def test_the_digest_is_one_mail_a_day_with_counts_and_one_link(work):
    reader = as_(work, an_actor(work, (a_unit(work), Role.CASE_MANAGER)))
    chooses(reader, tasks="daily", placements="daily")
    for kind in ("task-late", "task-late", "placement-reserved", "task-opened"):
        row = tell(work, account_id=reader.actor.account_id, kind=kind, subject="x", subject_ref="x")
    mark_read(reader, row.ref)

    early = write_digests(at(work, SEVEN - timedelta(minutes=1)))
    written = write_digests(at(work, SEVEN))
    again = write_digests(at(work, SEVEN + timedelta(hours=3)))

    (mail,) = waiting(work)
    assert (early, written, again) == (0, 1, 0)
    assert mail.subject == "CII\xa0: 3 informations à lire"
    assert "Tâches\xa0: 2\nPlacements\xa0: 1" in mail.body
    assert mail.body.endswith("/notices")


def test_what_is_told_after_the_hour_waits_for_the_next_day(work):
    reader = as_(work, an_actor(work, (a_unit(work), Role.CASE_MANAGER)))
    chooses(reader, tasks="daily")
    tell(
        at(work, SEVEN + timedelta(hours=1)),
        account_id=reader.actor.account_id,
        kind="task-late",
        subject="x",
        subject_ref="x",
    )

    assert write_digests(at(work, SEVEN + timedelta(hours=2))) == 0
    assert write_digests(at(work, SEVEN + timedelta(days=1))) == 1


def test_nothing_unread_is_no_mail(work):
    reader = as_(work, an_actor(work, (a_unit(work), Role.CASE_MANAGER)))
    chooses(reader, tasks="daily")
    row = tell(work, account_id=reader.actor.account_id, kind="task-late", subject="x", subject_ref="x")
    mark_read(reader, row.ref)

    assert write_digests(at(work, SEVEN)) == 0
    assert waiting(work) == []


def test_everything_is_marked_as_read_but_nothing_of_others(work):
    unit = a_unit(work)
    one, other = (as_(work, an_actor(work, (unit, Role.CASE_MANAGER))) for _ in range(2))
    a_notice(work, unit_id=unit.id)
    a_notice(work, account_id=one.actor.account_id)
    a_notice(work, account_id=other.actor.account_id)

    assert mark_all_read(one) == 2
    assert (unread_count(one), unread_count(other)) == (0, 1)


@pytest.mark.parametrize("topic", list(Topic))
def test_a_list_of_one_topic_holds_that_topic_only(work, topic):
    unit = a_unit(work)
    reader = as_(work, an_actor(work, (unit, Role.CASE_MANAGER)))
    kinds = ["task-late", "case-flagged", "referral-sent", "placement-refused", "observation-to_sign",
             "recognition-late", "corrective-asked", "access-asked", "novelty", "tasks-of-nobody"]  # fmt: skip
    for kind in kinds:
        tell(work, unit_id=unit.id, kind=kind, subject="x", subject_ref="x")

    found = notice_page(reader, topic=topic).items

    assert sorted(one.kind for one in found) == sorted(kind for kind in kinds if topic_of(kind) is topic)


def test_pages_of_notices_meet_without_gap_or_double(work):
    unit = a_unit(work)
    reader = as_(work, an_actor(work, (unit, Role.CASE_MANAGER)))
    made = [a_notice(work, unit_id=unit.id).ref for _ in range(5)]

    first = notice_page(reader, unread=True, limit=3)
    second = notice_page(reader, unread=True, mark=first.next, limit=3)

    assert [one.ref for one in (*first.items, *second.items)] == made[::-1]
    assert second.next is None


KINDS = sorted(key.removeprefix("notice.") for key in texts() if key.startswith("notice."))


@pytest.mark.parametrize("lang", ["fr", "de", "en"])
def test_no_mail_of_any_kind_holds_a_fact_of_its_notice(work, lang):
    actor = an_actor(work, (a_unit(work), Role.CASE_MANAGER))
    reader = as_(work, actor)
    work.session.get(Account, actor.account_id).lang = lang
    for wish in ("at_once", "daily"):
        chooses(reader, **{topic.value: wish for topic in Topic})
        for kind in KINDS:
            slots = dict.fromkeys(texts()[f"notice.{kind}"][lang].slots, "CANARI-756.9217.0769.85")
            facts = slots | {"number": "CANARI-756.9217.0769.85", "name": "CANARI-756.9217.0769.85"}
            tell(
                work,
                account_id=actor.account_id,
                kind=kind,
                subject="canarisubj",
                subject_ref="canariref0",
                **facts,
            )
    write_digests(at(work, SEVEN))

    sent = [f"{one.recipient} {one.subject} {one.body} {one.headers}".lower() for one in waiting(work, 1000)]

    assert len(sent) == len(KINDS) + 1
    assert not [one for one in sent if "canari" in one]
    assert len({re.sub(r"/notices/\w+|notice': '\w+", "", one) for one in sent}) == 2


def test_only_rooms_that_write_links_reach_the_outbox():
    writers = {
        str(file.relative_to(Path(cii.__file__).parent))
        for file in Path(cii.__file__).parent.rglob("*.py")
        if re.search(r"\bsend_later\(\s*\w", file.read_text(encoding="utf-8")) and file.name != "outbox.py"
    }

    assert {one.split("/")[0] for one in writers} <= {"notices", "partners", "demo"}


def test_a_failed_mail_is_sent_again_and_the_journal_says_by_whom(work):
    administrator = as_(work, an_actor(work, (a_unit(work), Role.ADMINISTRATOR)))
    row = send_later(work, "gone@cii.example", "s", "b")
    work.session.flush()
    (mail,) = take(work, 1)
    mark_missed(work, mail, "550 no", for_good=True)

    send_again(administrator, row.ref)

    (entry,) = history(work, actions=("resend_mail",))
    assert entry.ref == row.ref
    assert [one.id for one in waiting(work)] == [row.id]
    with pytest.raises(NothingToSend):
        send_again(administrator, row.ref)
    with pytest.raises(UnknownThing):
        send_again(administrator, "zzzzzzzzzz")
