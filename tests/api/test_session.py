"""A program and a reader log in, are recognised, and log out."""

import pytest

from cii.access.entering import TRIES
from cii.access.vocabulary import Role
from tests.access.build_access import an_account
from tests.api.site import PASSWORD
from tests.institutions.build_institutions import a_unit


@pytest.fixture
def who(site):
    with site.work() as work:
        return an_account(
            work, (a_unit(work), Role.CASE_MANAGER), password=PASSWORD, email="camille@cii.example"
        )


def log_in(client, password=PASSWORD, email="camille@cii.example"):
    return client.post("/api/v1/session", json={"email": email, "password": password})


def form(client, **typed):
    import re

    proof = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)[1]
    return client.post("/login", data={"csrf_token": proof, **typed})


def test_a_program_receives_a_token_that_opens_the_api_until_it_logs_out(site, who):
    client = site.app.test_client()

    answer = log_in(client)
    bearer = {"Authorization": f"Bearer {answer.get_json()['token']}"}

    assert answer.status_code == 201
    me = client.get("/api/v1/session", headers=bearer).get_json()
    assert (me["name"], me["seats"][0]["role"]) == ("Camille Exemple", "case_manager")
    assert "see_case" in me["permits"]
    assert client.delete("/api/v1/session", headers=bearer).status_code == 204
    assert client.get("/api/v1/session", headers=bearer).status_code == 401


def test_wrong_password_and_unknown_user_sound_the_same(site, who):
    client = site.app.test_client()

    wrong, unknown = log_in(client, "wrong"), log_in(client, "wrong", "nobody@cii.example")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.get_json()["reasons"] == unknown.get_json()["reasons"]


def test_the_sixth_wrong_password_must_wait(site, who):
    client = site.app.test_client()
    assert {log_in(client, "wrong").status_code for _ in range(TRIES)} == {401}

    answer = log_in(client)

    assert (answer.status_code, answer.get_json()["code"]) == (429, "too-many-attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 900


@pytest.mark.parametrize(
    "body",
    [{"email": "a@b"}, {"email": "a@b", "password": "x", "role": "admin"}, [], {"email": 1, "password": 2}],
)
def test_a_login_that_is_none_is_refused_by_field(site, body):
    answer = site.app.test_client().post("/api/v1/session", json=body)

    assert answer.status_code == 422


def test_a_reader_logs_in_by_the_form_and_goes_where_they_wanted(site, who):
    client = site.app.test_client()

    answer = form(client, email=who.email, password=PASSWORD, next="/api/v1/docs?x=1")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/api/v1/docs?x=1")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("cii_session"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/").status_code == 303


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/a\nb"]
)
def test_login_never_leads_out_of_the_house(site, who, elsewhere):
    answer = form(site.app.test_client(), email=who.email, password=PASSWORD, next=elsewhere)

    assert answer.headers["Location"] == "/"


def test_a_wrong_login_keeps_the_address_and_never_the_password(site, who):
    answer = form(site.app.test_client(), email=who.email, password="a wrong password")

    assert answer.status_code == 401
    assert who.email in answer.text
    assert "a wrong password" not in answer.text


def test_a_reader_logs_out(site, who):
    client = site.reader(who)

    answer = client.post("/logout", data={"csrf_token": client.proof})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert site.rows("SELECT count(*) FROM login_session WHERE ended_at IS NULL") == [(0,)]
