"""A table that was tried and a draft held against it: answers in a real browser, by every rule, narrow and dark."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import wide

TRY = (
    "/definitions/tables/triage/1?try=1&fact-consent_or_basis=yes&fact-followed=1&fact-may_owe=1&fact-age=44"
    "&fact-reinsertion_potential=medium&fact-in_perimeter=yes&fact-work_capacity=50"
)
LOOKS = [("fr", {}), ("de", {"mobile": True}), ("en", {"dark": True})]


def open_all(window):
    window.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


@pytest.mark.parametrize(("lang", "look"), LOOKS)
def test_a_tried_table_is_accessible_and_fits(town, page, violations, lang, look):
    window = page(lang, "supervisor", **look)

    window.goto(f"{town.address}{TRY}&lang={lang}")
    open_all(window)

    assert window.locator("#answer").count() == 1
    assert violations(window) == []
    assert wide(window) <= 0


def test_a_fact_that_does_not_fit_is_reached_from_the_summary_of_faults(town, page, violations, faults):
    window = page("fr", "supervisor", mobile=True)

    window.goto(f"{town.address}{TRY}&fact-age=400".replace("fact-age=44&", ""))
    window.locator("[data-errors] a").first.click()

    assert window.evaluate("document.activeElement.id") == "f-fact-age"
    assert violations(window) == []
    faults[:] = [one for one in faults if "422" not in one]  # the fault was typed on purpose


@pytest.mark.parametrize(("lang", "look"), LOOKS)
def test_what_a_draft_would_change_is_accessible_and_fits(town, page, violations, lang, look):
    window = page(lang, "supervisor", **look)
    window.goto(f"{town.address}/definitions/tables/triage/what-if?lang={lang}")
    draft = window.locator("#f-draft").input_value()

    window.locator("#f-draft").fill(
        draft.replace('| yes | - | "reseau-cii" |', '| yes | - | "everyday-cii" |')
    )
    window.locator("main form button[type=submit]").first.click()

    expect(window.locator("#flows")).to_have_count(1)
    assert violations(window) == []
    assert wide(window) <= 0
