"""Every page, asked for by every role, without a browser: it answers, it refuses, it never breaks and it changes nothing."""

import pytest
from sqlalchemy import text

from cii.store.naming import load_all_tables
from tests.browser.pages import addresses
from tests.browser.stage import ROLES, WHO

ANSWERS = {200, 303, 403, 404}
WRITTEN_BY_READING = ("journal_", "login_session")
"""Reads of personal data are journalled; the session belongs to the test."""

pytestmark = pytest.mark.xdist_group("pages-0")


@pytest.fixture(scope="module")
def answers(town):
    """What each person gets at each address: {(endpoint, who): (status, text)}."""
    found = {}
    for who in WHO:
        client = town.reader(who)
        for one in addresses(town):
            answer = client.get(one.url)
            found[one.endpoint, who] = (
                answer.status_code,
                answer.text if answer.mimetype == "text/html" else "",
            )
    return found


def test_no_page_breaks_for_any_role(answers):
    broken = {key: status for key, (status, _) in answers.items() if status not in ANSWERS}

    assert not broken


def test_each_page_opens_for_somebody(answers):
    opened = {endpoint for (endpoint, _), (status, _) in answers.items() if status == 200}

    assert {endpoint for endpoint, _ in answers} - opened == set()


def test_each_role_has_a_page_of_its_own_and_is_refused_another(answers):
    by_role = {who: {status for (_, other), (status, _) in answers.items() if other == who} for who in ROLES}

    assert all({200, 403} <= seen for seen in by_role.values()), by_role


def test_no_page_shows_an_object_where_words_belong(answers):
    """A state or role without words shows its Python name."""
    signs = ("&lt;bound method", "&lt;cii.", "StrEnum", "None</td>", "{&#39;", "Traceback")

    assert [(key, sign) for key, (_, page) in answers.items() for sign in signs if sign in page] == []


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
