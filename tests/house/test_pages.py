"""Every page, asked for by every role, without a browser: it answers, it refuses, it never breaks and it changes nothing."""

import pytest
from sqlalchemy import text

from cii.store.naming import load_all_tables
from tests.browser.pages import addresses, answers
from tests.browser.stage import ROLES, WHO

ANSWERS = {200, 303, 403, 404}
WRITTEN_BY_READING = ("journal_", "login_session")
"""Reads of personal data are journalled; the session belongs to the test."""

pytestmark = pytest.mark.xdist_group("pages-0")


@pytest.fixture
def everything(town):
    """What each person gets at each address: {(endpoint, who): answer}."""
    return {(one.endpoint, who): one for who in WHO for one in answers(town, who)}


def test_no_page_breaks_for_any_role(everything):
    broken = {key: one.status for key, one in everything.items() if one.status not in ANSWERS}

    assert not broken


def test_each_page_opens_for_somebody(everything):
    opened = {one.endpoint for one in everything.values() if one.status == 200}

    assert {one.endpoint for one in everything.values()} - opened == set()


def test_each_role_has_a_page_of_its_own_and_is_refused_another(town):
    by_role = {who: {one.status for one in answers(town, who)} for who in ROLES}

    assert all({200, 403} <= seen for seen in by_role.values()), by_role


def test_no_page_shows_an_object_where_words_belong(everything):
    """A state or role without words shows its Python name."""
    signs = ("&lt;bound method", "&lt;cii.", "StrEnum", "None</td>", "{&#39;", "Traceback")

    assert [
        (key, sign) for key, one in everything.items() for sign in signs if sign in (one.page or "")
    ] == []


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
