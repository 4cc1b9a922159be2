"""A request is admitted, acted upon and written down in short transactions, or refused without a trace but the journal."""

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from cii.access.vocabulary import Role
from cii.wire import doors
from cii.wire.refusals import (
    BadCsrf,
    BadRequest,
    Broken,
    Crossed,
    KeyInProgress,
    KeyMissing,
    MethodNotAllowed,
    NotFound,
    NotLoggedIn,
    PreconditionRequired,
    Stale,
    TooLarge,
    Unavailable,
)
from tests.wire.probe import probe


@pytest.fixture
def site(site):
    return probe(site)


@pytest.fixture
def any_site(any_site):
    return probe(any_site)


def code(answer) -> str:
    return answer.get_json()["code"]


def mails(site) -> int:
    return site.rows("SELECT count(*) FROM outbox")[0][0]


def test_without_session_nothing_is_admitted(site):
    client = site.app.test_client()

    for method, path in [("get", "/api/v1/probe/persons/abcdefghjk"), ("post", "/api/v1/probe/mails")]:
        answer = getattr(client, method)(path)
        assert (answer.status_code, code(answer)) == (401, NotLoggedIn.code)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    page = client.get("/probe/form?tab=2")
    assert page.status_code == 401
    assert 'name="next" value="/probe/form?tab=2"' in page.text


def test_without_permit_the_act_is_forbidden_and_the_attempt_is_journalled(site):
    auditor = site.person(Role.AUDITOR)

    answer = site.program(auditor).get("/api/v1/probe/persons/abcdefghjk")

    assert (answer.status_code, code(answer)) == (403, "not-allowed")
    assert site.rows(
        "SELECT action, ref FROM journal_entry WHERE account_id = :who AND action = 'refused'", who=auditor.id
    ) == [("refused", "abcdefghjk")]


def test_an_act_is_committed_whole(any_site):
    client = any_site.program(any_site.person())

    answer = client.post("/api/v1/probe/mails", json={"to": "a@b"}, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 201
    assert mails(any_site) == 1


def test_a_refusal_leaves_nothing_but_its_reasons_and_a_journal_row(any_site, caplog):
    who = any_site.person()

    answer = any_site.program(who).post("/api/v1/probe/spent")

    told = answer.get_json()
    assert answer.status_code == 404  # the gravest of both
    assert answer.mimetype == "application/problem+json"
    assert [(one["code"], one["field"], one["facts"]) for one in told["reasons"]] == [
        ("line-spent", None, {"available": "799.50"}),
        ("unknown", "line", {}),
    ]
    assert "no sentence" in caplog.text
    assert mails(any_site) == 0
    assert any_site.rows("SELECT count(*) FROM journal_entry WHERE action = 'refused'") == [(1,)]


def test_what_is_shown_is_written_down_before_the_answer_leaves(any_site):
    who = any_site.person()

    assert any_site.program(who).get("/api/v1/probe/persons/abcdefghjk").get_json() == {"name": "Camille"}

    assert any_site.rows("SELECT kind, objects, basis FROM journal_entry WHERE action = 'read'") == [
        ("person", "person:7", "own_case")
    ]


def test_what_cannot_be_written_down_is_not_shown(site, monkeypatch):
    client = site.program(site.person())

    def broken(work):
        raise OperationalError("", {}, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(doors, "read_rows", broken)
    answer = client.get("/api/v1/probe/persons/abcdefghjk")

    assert (answer.status_code, code(answer)) == (503, Unavailable.code)
    assert "Camille" not in answer.text
    assert answer.headers["Retry-After"] == "5"


def test_an_unknown_reference_and_a_foreign_one_look_the_same(site):
    answer = site.program(site.person()).get("/api/v1/probe/persons/0000000000")

    assert (answer.status_code, code(answer)) == (404, "unknown")


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("locked", 503, Unavailable),
        ("disk", 503, Unavailable),
        ("crossed", 409, Crossed),
        ("bug", 500, Broken),
    ],
)
def test_faults_are_told_without_a_word_about_the_inside(site, name, status, said):
    site.app.config["PROPAGATE_EXCEPTIONS"] = False

    answer = site.program(site.person()).get(f"/api/v1/probe/fault/{name}")

    assert (answer.status_code, code(answer)) == (status, said.code)
    assert not any(word in answer.text for word in ("Traceback", "secret detail", "UNIQUE", "sqlite"))


def test_addresses_and_methods_that_are_not_there(site):
    client = site.program(site.person())

    assert code(client.get("/api/v1/nowhere")) == NotFound.code
    assert code(client.get("/api/v1/probe/mails")) == MethodNotAllowed.code
    assert client.get("/api/v1/probe/mails").status_code == 405
    assert code(client.get("/api/v1/probe/persons/UPPERCASE!")) == NotFound.code
    assert client.get("/nowhere").status_code == 404


def test_a_body_of_the_wrong_kind_or_size_is_refused(site):
    client = site.program(site.person())
    key = {"Idempotency-Key": "k"}

    assert code(client.post("/api/v1/probe/mails", data="x", headers=key)) == "unsupported-type"
    assert code(
        client.post("/api/v1/probe/mails", data="{", headers=key, content_type="application/json")
    ) in {
        BadRequest.code,
        "malformed-json",
    }
    site.app.config["MAX_CONTENT_LENGTH"] = 10
    assert code(client.post("/api/v1/probe/mails", json={"to": "x" * 99}, headers=key)) == TooLarge.code


def test_the_same_key_and_body_get_the_same_answer_and_one_row(any_site):
    client, key = any_site.program(any_site.person()), {"Idempotency-Key": "4711"}

    first = client.post("/api/v1/probe/mails", json={"to": "a@b"}, headers=key)
    second = client.post("/api/v1/probe/mails", json={"to": "a@b"}, headers=key)

    assert (second.status_code, second.get_json()) == (first.status_code, first.get_json())
    assert second.headers["Idempotency-Replayed"] == "true"
    assert mails(any_site) == 1


def test_a_key_serves_one_request_of_one_person(site):
    client, key = site.program(site.person()), {"Idempotency-Key": "4711"}
    client.post("/api/v1/probe/mails", json={"to": "a@b"}, headers=key)

    other = client.post("/api/v1/probe/mails", json={"to": "c@d"}, headers=key)
    colleague = site.program(site.person()).post("/api/v1/probe/mails", json={"to": "c@d"}, headers=key)

    assert (other.status_code, code(other)) == (422, "idempotency-key-reused")
    assert colleague.status_code == 201


def test_a_request_that_must_not_run_twice_needs_a_key(site):
    answer = site.program(site.person()).post("/api/v1/probe/mails", json={"to": "a@b"})

    assert (answer.status_code, code(answer)) == (400, KeyMissing.code)
    too_long = site.program(site.person()).post(
        "/api/v1/probe/mails", json={"to": "a@b"}, headers={"Idempotency-Key": "k" * 201}
    )
    assert (too_long.status_code, code(too_long)) == (422, "too-long")


def test_while_the_first_runs_the_second_waits_and_after_the_lease_it_takes_over(site):
    from cii.store.retaining import let_go
    from cii.wire.idempotency import Claim, claim, keep, request_digest
    from cii.wire.retaining import GOING

    digest = request_digest("POST", "/x", "body")
    with site.work() as work:
        first = claim(work.session, "account:1", "k", digest, work.now)

    with pytest.raises(KeyInProgress), site.work() as work:
        claim(work.session, "account:1", "k", digest, work.now)
    site.clock.moves(timedelta(seconds=60))
    with site.work() as work:
        second = claim(work.session, "account:1", "k", digest, work.now)
        assert isinstance(second, Claim)
    with pytest.raises(KeyInProgress), site.work() as work:
        keep(work.session, first, 201, {}, "late")
    site.clock.moves(timedelta(hours=25))
    with site.work() as work:
        assert let_go(work.session, GOING[0], work.now - timedelta(hours=24)) == 1


def test_a_refused_request_gives_its_key_back(site):
    client, key = site.program(site.person()), {"Idempotency-Key": "k"}

    assert client.post("/api/v1/probe/spent", headers=key).status_code == 404

    assert site.rows("SELECT count(*) FROM idempotency_record") == [(0,)]


def test_a_double_click_sends_a_form_once(site):
    client = site.reader(site.person())
    form = {"to": "a@b", "csrf_token": client.proof, "idempotency_key": "hidden"}

    answers = [client.post("/probe/form", data=form) for _ in range(2)]

    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(303, "/probe/form")] * 2
    assert mails(site) == 1


def test_a_refused_form_shows_again_with_what_was_typed(site):
    client = site.reader(site.person())

    answer = client.post("/probe/form", data={"to": "nobody", "csrf_token": client.proof})

    assert answer.status_code == 404
    assert answer.text.split("|")[:2] == [
        "Cet élément n&#39;existe pas ou ne vous est pas accessible.",
        "nobody",
    ]
    assert client.get("/probe/form").text.split("|")[:2] == ["None", "fresh"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": "wrong"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_change_from_elsewhere_is_refused(site, headers):
    client = site.reader(site.person())
    proof = {} if "X-CSRF-Token" in headers or not headers else {"csrf_token": client.proof}

    answer = client.post("/probe/form", data={"to": "a@b", **proof}, headers=headers)

    assert answer.status_code == 403
    assert mails(site) == 0


def test_a_cookie_at_the_api_needs_its_proof_and_a_bearer_does_not(site):
    client = site.reader(site.person())
    body, key = {"to": "a@b"}, {"Idempotency-Key": "k"}

    assert code(client.post("/api/v1/probe/mails", json=body, headers=key)) == BadCsrf.code
    assert (
        client.post(
            "/api/v1/probe/mails", json=body, headers={**key, "X-CSRF-Token": client.proof}
        ).status_code
        == 201
    )


@pytest.mark.parametrize(
    ("version", "status", "said"), [(None, 428, PreconditionRequired), ('"abcdefghjk.3"', 412, Stale)]
)
def test_what_is_changed_is_named_in_its_version(site, version, status, said):
    client = site.program(site.person())

    answer = client.patch("/api/v1/probe/things/abcdefghjk", headers={"If-Match": version} if version else {})

    assert (answer.status_code, code(answer)) == (status, said.code)
    assert answer.get_json()["reasons"][0]["facts"] == {"current": '"abcdefghjk.4"'}
    right = client.patch("/api/v1/probe/things/abcdefghjk", headers={"If-Match": '"abcdefghjk.4"'})
    assert right.get_json() == {"version": 5}


def test_rights_that_change_act_at_once(site):
    who = site.person()
    client = site.program(who)
    assert client.get("/api/v1/probe/persons/abcdefghjk").status_code == 200

    with site.work() as work:
        from cii.access.actions import close_account
        from cii.access.tables import Account

        close_account(work, work.session.get_one(Account, who.id))

    assert client.get("/api/v1/probe/persons/abcdefghjk").status_code == 401


def test_every_answer_guards_the_browser(site):
    client = site.reader(site.person())

    for path in ("/probe/form", "/login", "/nowhere", "/api/v1/nowhere", "/healthz"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Request-Id"]


def test_the_language_is_the_one_asked_for(site):
    client = site.app.test_client()

    def title(path, **headers):
        return client.get(path, headers=headers).get_json()["title"]

    assert title("/api/v1/probe/fault/bug") == "Connexion nécessaire"
    assert title("/api/v1/probe/fault/bug", **{"Accept-Language": "de-CH,fr;q=0.5"}) == "Anmeldung nötig"
    assert title("/api/v1/probe/fault/bug?lang=en") == "Login required"
    assert "Anmeldung" in client.get("/login?lang=de").text
    assert "Anmeldung" in client.get("/login").text
