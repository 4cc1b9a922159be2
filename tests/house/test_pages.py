"""Every page, asked for by every role, without a browser: it answers, it refuses, it never breaks and it changes nothing."""

from html import unescape
from html.parser import HTMLParser

import pytest
from sqlalchemy import text

from cii.store.naming import load_all_tables
from tests.browser.pages import addresses, answers
from tests.browser.stage import ROLES, WHO

ANSWERS = {200, 303, 403, 404}
WRITTEN_BY_READING = ("journal_", "login_session", "case_visit")
"""Reads of personal data are journalled, a visit is remembered with them; the session belongs to the test."""

LEADING_ON = {
    "calendars.feed", "erasures.certified",
    "federal_ceiling.csv", "federal_ceiling.pdf", "payments.file",
    "payments.owed", "payments.owed_invoice", "stays.certificate", "stays.provider_certificate",
    "reports.ask", "reports.quarter_page",
}  # fmt: skip
"""A calendar opens by its token alone; certificate, statement of the ceiling,
file of payments, what is owed back and the certificate of a module wait for what they tell (tests/web); two
addresses of reports lead to another."""

MAILS = "catcher.one"
"""The demo shows everybody's mails; their links are for who they are addressed to."""

SEALED = ("118'181", "118181", "sous scellé")
"""What stands in the offer of the browser's canton that is sealed until its call is closed."""

LINKS = 3
"""How many links of each kind are followed."""

pytestmark = pytest.mark.xdist_group("pages")
"""With the walks of the browser, that ask the same addresses for the same people."""


@pytest.fixture
def everything(town):
    """What each person gets at each address: {(endpoint, who): answer}."""
    return {(one.endpoint, who): one for who in WHO for one in answers(town, who)}


def test_no_page_breaks_for_any_role(everything):
    broken = {key: one.status for key, one in everything.items() if one.status not in ANSWERS}

    assert not broken


def test_each_page_opens_for_somebody(everything):
    opened = {one.endpoint for one in everything.values() if one.status == 200}

    assert {one.endpoint for one in everything.values()} - opened == LEADING_ON


def test_each_role_has_a_page_of_its_own_and_is_refused_another(town):
    by_role = {who: {one.status for one in answers(town, who)} for who in ROLES}

    assert all({200, 403} <= seen for seen in by_role.values()), by_role


def test_a_sealed_offer_shows_on_no_page_but_its_makers(town, everything):
    refs = town.canton.refs
    of_the_call = (f"/calls/{refs['open_call']}", f"/public/calls/{refs['open_call']}")
    of_the_offer = (
        f"/provider/offers/{refs['sealed_offer']}",
        f"/offers/{refs['sealed_offer']}/papers/{refs['sealed_paper']}",
        f"/offers/{refs['sealed_offer']}/letter.pdf",
    )
    pages = {(key, one.page or "") for key, one in everything.items()}
    pages |= {((url, who), town.reader(who).get(url).text) for who in WHO for url in of_the_call}
    opened = {who for who in WHO for url in of_the_offer if town.reader(who).get(url).status_code == 200}

    shown = {key[1] for key, page in pages for sign in SEALED if sign in unescape(page)}

    assert shown == opened == {"provider"}


def test_no_page_shows_an_object_where_words_belong(everything):
    """A state or role without words shows its Python name."""
    signs = ("&lt;bound method", "&lt;cii.", "StrEnum", "None</td>", "{&#39;", "Traceback")

    assert [
        (key, sign) for key, one in everything.items() for sign in signs if sign in (one.page or "")
    ] == []


@pytest.mark.parametrize("who", [*WHO, "ai_manager"])
def test_no_link_of_a_page_leads_to_a_closed_door(town, who):
    """What is offered may be opened: three links of each kind, and every form that only asks."""
    client, ways = town.reader(who), {}
    with town.app.test_request_context():
        for one in answers(town, who):
            for url in links(one.page or "") if one.status == 200 and one.endpoint != MAILS else ():
                kind = endpoint_of(town, url)
                if len(ways.setdefault(kind, {})) < LINKS:
                    ways[kind].setdefault(url, one.endpoint)

    closed = {
        (found, url): status
        for kind in ways.values()
        for url, found in kind.items()
        if (status := client.get(url).status_code) not in {200, 302, 303}
    }

    assert closed == {}


class Links(HTMLParser):
    """Addresses of this house that a page offers to follow."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        url = named.get("href") if tag == "a" else None
        if tag == "form" and named.get("method", "get") == "get":
            url = named.get("action")
        if url and url.startswith("/"):
            self.found.add(url.partition("?")[0].partition("#")[0])


def links(page):
    reader = Links()
    reader.feed(page)
    return sorted(reader.found)


def endpoint_of(town, url):
    return town.app.url_map.bind("localhost").match(url)[0]


def test_reading_changes_nothing_but_the_journal(town):
    before = _rows(town)
    client = town.reader("case_manager")

    for one in addresses(town):
        client.get(one.url)

    assert {name: count for name, count in _rows(town).items() if before[name] != count} == {}


def _rows(town):
    names = [table for table in load_all_tables().tables if not table.startswith(WRITTEN_BY_READING)]
    with town.engine.connect() as connection:
        return {
            name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names
        }
