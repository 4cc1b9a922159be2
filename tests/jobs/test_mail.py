"""Mails leave by a real server: once each, in batches, tried again with growing pauses, and left in sight when all tries failed."""

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr, ValidationError
from sqlmodel import Session, col, select

from cii.jobs.mail import send_digests, send_waiting
from cii.jobs.runs import Bell
from cii.kernel.clock import FixedClock
from cii.store import outbox
from cii.store.outbox import PAUSES, TRIES, NothingToSend, UnfitHeader, send_later
from cii.store.settings import Settings, UnsafeSettings
from cii.store.tables import Outgoing
from tests.conftest import NOW
from tests.jobs.mailserver import a_certificate, a_mail_server


@pytest.fixture
def bell(fresh_engine, settings, tmp_path) -> Bell:
    return Bell(fresh_engine, FixedClock(NOW), settings.model_copy(update={"data_dir": tmp_path}))


def by(bell, url, **more):
    """The same worker with another way to the post."""
    sender = {"mail_from": "CII Neuchâtel <cii@ne.example>", "smtp_url": url, **more}
    return Bell(bell.engine, bell.clock, bell.settings.model_copy(update=sender))


def at(bell, moment):
    return Bell(bell.engine, FixedClock(moment), bell.settings)


def plain(box):
    return f"smtp://127.0.0.1:{box.port}"


def write(bell, *recipients):
    with bell.working() as work:
        for one in recipients:
            send_later(
                work, one, "CII : une information vous attend", "À lire : https://cii.example/n", Notice="abc"
            )


def rows(bell):
    with Session(bell.engine) as session:
        return {one.recipient: one for one in session.exec(select(Outgoing).order_by(col(Outgoing.id)))}


def closed_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def test_a_mail_reaches_its_reader_with_sender_reply_address_and_text(bell):
    write(bell, "orp@cii.example")

    with a_mail_server() as box:
        sent = send_waiting(by(bell, plain(box), mail_reply_to="secretariat@ne.example"))

    (mail,) = box.taken
    assert sent == 1
    assert mail["From"] == "CII Neuchâtel <cii@ne.example>"
    assert (mail["To"], mail["Reply-To"]) == ("orp@cii.example", "secretariat@ne.example")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{rows(bell)['orp@cii.example'].ref}@ne.example>"
    assert mail.get_content().strip() == "À lire : https://cii.example/n"


def test_a_refused_reader_and_a_bad_address_hinder_nobody(bell):
    write(bell, "one@cii.example", "gone@cii.example", "no address", "two@cii.example")

    with a_mail_server(refuses={"gone@cii.example": "550 no such mailbox"}) as box:
        sent = send_waiting(by(bell, plain(box)))

    held = rows(bell)
    assert (sent, box.readers) == (2, ["one@cii.example", "two@cii.example"])
    assert held["gone@cii.example"].failed_at == NOW
    assert held["gone@cii.example"].last_error == "550 no such mailbox"
    assert held["no address"].failed_at == NOW
    assert held["one@cii.example"].sent_at == NOW


def test_a_message_on_which_the_server_hangs_up_waits_alone(bell):
    write(bell, "one@cii.example", "poison@cii.example", "two@cii.example")

    with a_mail_server(hangs_up_on={"poison@cii.example"}) as box:
        sent = send_waiting(by(bell, plain(box)))

    held = rows(bell)["poison@cii.example"]
    assert (sent, box.readers) == (2, ["one@cii.example", "two@cii.example"])
    assert (held.sent_at, held.failed_at, held.due_at) == (None, None, NOW + PAUSES[0])


def test_a_mail_that_is_put_off_is_tried_with_growing_pauses_and_then_left_in_sight(bell):
    write(bell, "late@cii.example")
    now, tried = NOW, []

    with a_mail_server(refuses={"late@cii.example": "451 later"}) as box:
        for _ in range(TRIES):
            held = rows(bell)["late@cii.example"]
            assert send_waiting(by(at(bell, now - timedelta(seconds=1)), plain(box))) == 0 or not tried
            assert rows(bell)["late@cii.example"].attempts == len(tried) or not tried
            send_waiting(by(at(bell, now), plain(box)))
            held = rows(bell)["late@cii.example"]
            tried.append(held.due_at - now if held.due_at else None)
            now = held.due_at or now

    assert tried[1:-1] == list(PAUSES[1:])
    assert tried[-1] is None
    assert (held.attempts, held.failed_at, held.last_error) == (TRIES, now, "451 later")
    assert list(PAUSES) == sorted(PAUSES)


def test_a_server_that_is_away_costs_one_try_and_the_reason_is_told(bell):
    write(bell, *(f"n{n}@cii.example" for n in range(120)))

    assert send_waiting(by(bell, f"smtp://127.0.0.1:{closed_port()}")) == 0

    held = rows(bell).values()
    assert [one.attempts for one in held] == [1] * 50 + [0] * 70
    assert "refused" in next(iter(held)).last_error


def test_a_crash_between_sending_and_noting_sends_again_under_the_same_name(bell):
    write(bell, "orp@cii.example")

    def die():
        raise KeyboardInterrupt

    with a_mail_server() as box:
        way = by(bell, plain(box))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(outbox, "mark_sent", lambda *_: die())
            with pytest.raises(KeyboardInterrupt):
                send_waiting(way)
        at_once = send_waiting(way)
        later = send_waiting(by(at(bell, NOW + outbox.TAKEN), plain(box)))
        after = send_waiting(by(at(bell, NOW + timedelta(days=1)), plain(box)))

    assert (at_once, later, after) == (0, 1, 0)
    assert len(box.ids) == 2
    assert len(set(box.ids)) == 1


def test_many_mails_leave_in_batches_with_commits_between(bell):
    write(bell, *(f"n{n}@cii.example" for n in range(130)))
    seen = []

    def count():
        if len(box.taken) in {51, 101, 130}:
            seen.append(sum(one.sent_at is not None for one in rows(bell).values()))

    with a_mail_server() as box:
        box.on_taken = count
        sent = send_waiting(by(bell, plain(box)))

    assert (sent, len(box.taken)) == (130, 130)
    assert seen == [50, 100, 100]
    assert box.connections == 3


@pytest.mark.slow
def test_ten_thousand_mails_leave_in_the_minutes_of_one_lease(bell):
    write(bell, *(f"n{n}@cii.example" for n in range(10_000)))

    with a_mail_server() as box:
        while send_waiting(by(bell, plain(box))):
            pass

    assert len(set(box.ids)) == 10_000


def test_two_workers_never_take_the_same_mail(bell):
    write(bell, *(f"n{n}@cii.example" for n in range(20)))

    with bell.working() as work:
        first = outbox.take(work, 15)
    with bell.working() as work:
        second = outbox.take(work, 15)

    assert (len(first), len(second)) == (15, 5)
    assert not {one.id for one in first} & {one.id for one in second}


@pytest.mark.parametrize("way", ["starttls", "smtps"])
def test_mail_and_password_travel_under_tls_to_a_server_that_is_trusted(bell, tmp_path, monkeypatch, way):
    certificate = a_certificate(tmp_path)
    write(bell, "orp@cii.example")

    with a_mail_server(certificate, implicit=way == "smtps", password="ge:heim") as box:
        url = f"{way}://cii:ge%3Aheim@127.0.0.1:{box.port}"
        untrusted = send_waiting(by(bell, url))
        monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
        trusted = send_waiting(by(at(bell, NOW + timedelta(hours=1)), url))

    assert (untrusted, trusted) == (0, 1)
    assert box.logins == ["cii"]
    assert box.secure == [True]
    assert rows(bell)["orp@cii.example"].attempts == 2


def test_starttls_never_falls_back_to_a_server_in_clear(bell):
    write(bell, "orp@cii.example")

    with a_mail_server() as box:
        assert send_waiting(by(bell, f"starttls://127.0.0.1:{box.port}")) == 0

    assert box.taken == []
    assert "STARTTLS" in rows(bell)["orp@cii.example"].last_error


@pytest.mark.parametrize(
    "url", ["ftp://mail.example", "smtp://", "mail.example:25", "smtp://cii:secret@mail.example.org:25"]
)
def test_a_way_that_does_not_exist_or_tells_the_password_is_no_setting(url):
    with pytest.raises(ValidationError):
        Settings(smtp_url=url)


@pytest.mark.parametrize("sender", ["nobody", "a@b.example\r\nBcc: x@y.example", "@"])
def test_a_sender_is_an_address(sender):
    with pytest.raises(ValidationError):
        Settings(mail_from=sender)


def test_production_sends_no_mail_that_leads_nowhere_or_comes_from_nobody():
    secret = SecretStr("x" * 40)
    safe = {
        "mode": "production",
        "secret_key": secret,
        "person_key": secret,
        "journal_key": secret,
        "secure_cookies": True,
    }

    with pytest.raises(UnsafeSettings, match=r"CII_PUBLIC_URL.*CII_MAIL_FROM"):
        Settings(**safe, smtp_url="smtps://mail.example").require_safe()
    Settings(
        **safe, smtp_url="smtps://mail.example", public_url="https://cii.example", mail_from="cii@ne.example"
    ).require_safe()


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\0", "\u2028", "\x0b"])
def test_no_line_break_enters_a_header(work, break_):
    evil = f"a@cii.example{break_}Bcc: spy@elsewhere.example"

    for mail in ((evil, "s", {}), ("a@cii.example", evil, {}), ("a@cii.example", "s", {"Notice": evil})):
        with pytest.raises(UnfitHeader):
            send_later(work, mail[0], mail[1], "b", **mail[2])

    assert outbox.waiting(work) == []


def test_several_readers_in_one_address_are_no_address(bell):
    write(bell, "a@cii.example, spy@elsewhere.example")

    with a_mail_server() as box:
        assert send_waiting(by(bell, plain(box))) == 0

    assert box.taken == []
    assert rows(bell)["a@cii.example, spy@elsewhere.example"].failed_at == NOW


def test_only_a_failed_mail_is_sent_again_and_with_all_its_tries(bell):
    write(bell, "gone@cii.example", "ok@cii.example")
    with a_mail_server(refuses={"gone@cii.example": "550 no"}) as box:
        send_waiting(by(bell, plain(box)))
        held = rows(bell)
        with bell.working() as work:
            outbox.revive(work, held["gone@cii.example"].ref)
        with pytest.raises(NothingToSend), bell.working() as work:
            outbox.revive(work, held["ok@cii.example"].ref)
        box.refuses.clear()
        sent = send_waiting(by(bell, plain(box)))

    assert sent == 1
    assert rows(bell)["gone@cii.example"].attempts == 1


def test_without_a_server_mails_lie_as_files_with_the_same_headers(bell, tmp_path):
    write(bell, "orp@cii.example", "no address")

    assert send_waiting(bell) == 1

    (file,) = (tmp_path / "mail").glob("*.eml")
    assert b"To: orp@cii.example" in file.read_bytes()
    assert rows(bell)["no address"].failed_at == NOW


def test_the_digest_waits_for_its_hour(bell):
    early = at(bell, datetime(2026, 10, 15, 4, 59, tzinfo=UTC))

    assert send_digests(early) == 0


def test_what_waits_late_and_what_failed_is_counted(bell):
    write(bell, "late@cii.example", "gone@cii.example", "no address")
    with a_mail_server(refuses={"late@cii.example": "451 later", "gone@cii.example": "550 no"}) as box:
        send_waiting(by(bell, plain(box)))
    write(bell, "new@cii.example")

    with bell.working() as work:
        counted, shown = outbox.counts(work), outbox.troubled(work)
        page = outbox.troubled(work, before=shown[0].id, limit=1)

    assert counted == outbox.Counts(waiting=2, delayed=1, failed=2)
    assert [one.recipient for one in shown] == ["no address", "gone@cii.example", "late@cii.example"]
    assert page == shown[1:2]
    assert replace(counted, failed=0) != counted
