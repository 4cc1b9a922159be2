"""Signed links in the tests of the pages: who bears them, how they are made."""

import re
from dataclasses import dataclass

import pytest
from sqlalchemy import text

BORN = "17.5.1980"
QUIET = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
CLOSED = "Ce lien n&#39;est pas valable ou ne l&#39;est plus."


@dataclass
class Bearer:
    """Somebody without an account, in a browser of their own."""

    client: object
    token: str

    @property
    def url(self):
        return f"/links/{self.token}"

    def get(self, status=200, **query):
        answer = self.client.get(f"/links/{self.token}", query_string=query or None)
        assert answer.status_code == status, answer.text.split("<main")[-1][:1500]
        return answer

    def post(self, where, status=303, **form):
        """Send a form of the link: to `/links/<token>/entry`, `/links/<token>/answer`, `/links/<token>/receipt`."""
        csrf = self.client.get("/login").text.split('name="csrf_token" value="')[1].split('"')[0]
        answer = self.client.post(f"/links/{self.token}/{where}", data={"csrf_token": csrf, **form})
        assert answer.status_code == status, answer.text.split("<main")[-1][:1500]
        return answer

    def enter(self, said, status=303):
        return self.post("entry", status, factor=said)


@dataclass
class Made:
    token: str
    code: str | None


def bearer(site, token):
    return Bearer(site.app.test_client(), token)


def a_link(reader, ref, purpose, **form):
    """A link handed over by letter, so that the page shows its address."""
    usual = {"bearer": "Marie Exemple", "delivery": "letter", "lang": "fr", "days": "7"}
    page = reader.post(f"/cases/{ref}/links/new/{purpose}", 200, **usual | form)
    code = re.search(r"\b(\d{6})\b(?=\s*</dd>)", page)
    return Made(re.search(r"/links/([\w-]{20,})", page)[1], code[1] if code else None)


def rows(site, sql, **values):
    with site.engine.connect() as connection:
        return connection.execute(text(sql), values).all()


@pytest.fixture
def case(path):
    """The ref of a network case under assessment, and its leader's browser."""
    return path.case("assessment")


@pytest.fixture
def leader(path):
    return path.as_("ai")


def _with_clock(wiring, clock):
    from dataclasses import replace

    return replace(wiring, clock=clock)


def the_end_of(site, place):
    return rows(site, "SELECT planned_end FROM placement WHERE ref = :ref", ref=place)[0][0]


def csrf_of(reader):
    return reader.get("/help").split('name="csrf_token" value="')[1].split('"')[0]


def _unit(site, code):
    return rows(site, "SELECT ref FROM unit WHERE code = :code", code=code)[0][0]
