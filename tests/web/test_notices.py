"""The pages of notices: where a mail leads, what is unread, how mails are wished; what did not leave; the demo's letter box."""

import re
from uuid import uuid4

import pytest

from cii.access.queries import account_by_email
from cii.institutions.queries import unit_by_code
from cii.jobs.mail import send_waiting
from cii.jobs.runs import Bell
from cii.notices.actions import tell
from cii.store.outbox import mark_missed, send_later, take
from tests.web.build_path import path
from tests.web.build_town import PASSWORD

__all__ = ["path"]


def told(site, who="manager", **more):
    """The ref of a notice for somebody."""
    usual = {"kind": "task-late", "subject": "task", "subject_ref": "abc", "due_on": "2026-10-15"}
    with site.work() as work:
        account = account_by_email(work, f"{who}@cii.example")
        return tell(work, account_id=account.id, **(usual | more)).ref


def test_the_link_of_a_mail_leads_through_login_to_its_notice(site):
    ref = told(site)
    client = site.app.test_client()

    shut = client.get(f"/notices/{ref}")
    proof = re.search(r'name="csrf_token" value="([^"]+)"', shut.text)[1]
    way = re.search(r'name="next" value="([^"]+)"', shut.text)[1]
    entered = client.post(
        "/login",
        data={"csrf_token": proof, "email": "manager@cii.example", "password": PASSWORD, "next": way},
    )

    assert shut.status_code == 401
    assert (entered.status_code, entered.headers["Location"]) == (303, f"/notices/{ref}")
    assert "Marquer comme lue" in client.get(entered.headers["Location"]).text


def test_a_notice_of_somebody_else_is_not_there(site):
    ref = told(site)

    site.as_("contracts").get(f"/notices/{ref}", 404)
    site.as_("contracts").post(f"/notices/{ref}/reading", 404)


def test_what_is_read_leaves_the_unread_and_stands_among_the_read(site):
    ref, reader = told(site), site.as_("manager")

    before = reader.get("/notices")
    reader.post(f"/notices/{ref}/reading")

    assert f"/notices/{ref}/reading" in before
    assert ref not in reader.get("/notices")
    assert f"/notices/{ref}" in reader.get("/notices", state="read")


def test_everything_is_read_at_once(site):
    told(site, "reference")
    reader = site.as_("reference")

    reader.post("/notices/reading")

    assert "Rien de non lu" in reader.get("/notices")


def test_notices_of_another_topic_are_filtered_out(site):
    ref, reader = told(site), site.as_("manager")

    assert ref in reader.get("/notices", topic="tasks")
    assert ref not in reader.get("/notices", topic="referrals")
    reader.get("/notices", 422, topic="weather")


def test_a_notice_opens_its_case_for_who_sees_it_only(path):
    case, site = path.case("assessment"), path.site
    mine = told(site, "manager", kind="case-flagged", subject="case", subject_ref=case)
    theirs = told(site, "stranger", kind="case-flagged", subject="case", subject_ref=case)

    assert f'href="/cases/{case}"' in site.as_("manager").get(f"/notices/{mine}")
    closed = site.as_("stranger").get(f"/notices/{theirs}")
    assert f"/cases/{case}" not in closed
    assert "plus visible pour vous" in closed


def test_mails_are_wished_by_topic(site):
    reader = site.as_("steering")
    page = reader.get("/notices/mails")

    kept = reader.post("/notices/mails", **{"wishes-0-topic": "tasks", "wishes-0-mail": "daily"})
    reader.post("/notices/mails", 422, **{"wishes-0-topic": "tasks", "wishes-0-mail": "by pigeon"})

    assert "Une fois par jour" in page
    assert "done=kept" in kept
    assert re.search(r'<option value="daily" selected', reader.get("/notices/mails"))
    assert "Einmal pro Tag" in site.as_("steering", "de").get("/notices/mails")


def failed(site, name):
    with site.work() as work:
        send_later(work, name, "Objet", "Texte")
        work.session.flush()
        for mail in take(work, 1000):
            if mail.recipient == name:
                mark_missed(work, mail, "550 boîte inconnue", for_good=True)
                return mail.ref
    raise AssertionError


def test_the_administrator_sees_what_failed_and_sends_it_again(site):
    name = f"{uuid4().hex}@cii.example"
    ref, administrator = failed(site, name), site.as_("administrator")

    page = administrator.get("/outbox")
    administrator.post(f"/outbox/{ref}/sending")
    twice = administrator.post(f"/outbox/{ref}/sending", 409)

    assert name in page
    assert "550 boîte inconnue" in page
    assert f"/outbox/{ref}/sending" not in administrator.get("/outbox")
    assert "pas échoué" in twice
    assert "courriel renvoyé" in site.as_("officer").get("/journal", action="resend_mail")


def test_a_program_of_the_administrator_lists_what_failed_and_sends_it_again(site):
    name = f"{uuid4().hex}@cii.example"
    ref, administrator = failed(site, name), site.as_("administrator")
    csrf = administrator.get("/help").split('name="csrf_token" value="')[1].split('"')[0]
    send = lambda: administrator.client.post(f"/api/v1/outbox/{ref}/sending", headers={"X-CSRF-Token": csrf})  # noqa: E731
    before = administrator.client.get("/api/v1/outbox/counts").get_json()

    first = administrator.client.get("/api/v1/outbox", query_string={"failed": "true", "limit": 1}).get_json()
    done, twice = send(), send()

    (mail,) = first["items"]
    assert (mail["ref"], mail["recipient"], mail["may_be_sent_again"]) == (ref, name, True)
    assert (mail["error"], "body" in mail) == ("550 boîte inconnue", False)
    assert (done.status_code, done.get_json()["tries"], done.get_json()["failed_at"]) == (200, 0, None)
    assert (twice.status_code, twice.get_json()["code"]) == (409, "mail-not-failed")
    after = administrator.client.get("/api/v1/outbox/counts").get_json()
    assert (after["failed"], after["waiting"]) == (before["failed"] - 1, before["waiting"] + 1)
    listed = administrator.client.get(
        "/api/v1/outbox", query_string={"failed": "true", "after": first["next"] or ""}
    )
    assert ref not in listed.text
    assert "consultation" in site.as_("officer").get("/journal", kind="outbox", action="read")


def test_a_mail_whose_link_is_over_is_not_offered_again(site):
    name = f"{uuid4().hex}@cii.example"
    with site.work() as work:
        row = send_later(work, name, "Objet", "Texte", forget_at=work.now)
        row.failed_at = work.now
        work.session.flush()
        ref = row.ref
    administrator = site.as_("administrator")

    page = administrator.get("/outbox")

    assert name in page
    assert f"/outbox/{ref}/sending" not in page
    administrator.post(f"/outbox/{ref}/sending", 409)


@pytest.mark.parametrize("who", ["manager", "auditor", "officer", "provider"])
def test_nobody_else_sees_the_outbox(site, who):
    site.as_(who).get("/outbox", 403)
    site.as_(who).get("/api/v1/outbox", 403)
    site.as_(who).post("/outbox/zzzzzzzzzz/sending", 403)


def test_the_probe_tells_how_many_mails_failed(site):
    failed(site, f"{uuid4().hex}@cii.example")

    said = site.app.test_client().get("/readyz").get_json()

    assert said["mail"]["failed"] >= 1


def test_the_letter_box_shows_each_mail_with_a_link_that_works(site):
    with site.work() as work:
        unit = unit_by_code(work, "ORP-LITTORAL")
        unit.email = "orp@cii.example"
        work.session.add(unit)
        ref = tell(
            work, unit_id=unit.id, kind="task-late", subject="task", subject_ref="x", due_on="2026-10-15"
        ).ref
    send_waiting(Bell(site.engine, site.app.wiring.clock, site.app.wiring.settings))
    reader = site.as_("manager")

    box = reader.get("/letterbox")
    numbers = re.findall(r'href="(/letterbox/\d+)"', box)
    mails = [reader.get(one) for one in numbers]

    assert "orp@cii.example" in box
    mail = next(one for one in mails if ref in one)
    assert f'href="/notices/{ref}"' in mail
    assert "Marquer comme lue" in reader.get(f"/notices/{ref}")
    reader.get("/letterbox/99999999", 404)


def test_the_letter_box_lies_by_day_though_a_mail_has_waited(site):
    folder = site.app.wiring.settings.data_dir / "mail"
    folder.mkdir(exist_ok=True)
    for number, at in (
        (90000001, "Fri, 16 Oct 2037 08:00:00 +0200"),
        (90000002, "Thu, 15 Oct 2037 08:00:00 +0200"),
    ):
        mail = f"From: a@cii.example\nTo: b@cii.example\nSubject: Essai\nDate: {at}\n\nx"
        (folder / f"{number}.eml").write_text(mail, encoding="ascii")

    numbers = re.findall(r'href="/letterbox/(\d+)"', site.as_("manager").get("/letterbox"))

    assert numbers[:2] == ["90000001", "90000002"]


def test_there_is_no_letter_box_in_production(site, monkeypatch):
    wiring = site.app.wiring
    reader = site.as_("manager")
    open_ = wiring.settings.model_copy(update={"smtp_url": "smtps://mail.example"})
    monkeypatch.setattr(
        site.app, "wiring", type(wiring)(wiring.engine, wiring.clock, open_, wiring.resolve, wiring.calendar)
    )

    reader.get("/letterbox", 404)
    reader.get("/letterbox/1", 404)
    assert "/letterbox" not in reader.get("/settings")


def test_programs_read_and_mark_notices_too(site):
    ref, client = told(site), site.as_("manager").client

    listed = client.get("/api/v1/notices?unread=true&topic=tasks").get_json()["items"]
    one = client.get(f"/api/v1/notices/{ref}").get_json()

    assert ref in [each["ref"] for each in listed]
    assert (one["kind"], one["topic"], one["read_at"]) == ("task-late", "tasks", None)
    assert client.get("/api/v1/notices/mails").get_json()["items"][0]["topic"] == "tasks"
    assert site.as_("contracts").client.get(f"/api/v1/notices/{ref}").status_code == 404
