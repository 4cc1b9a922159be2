"""A case manager's morning with keys only: nothing is out of reach, the focus is always seen and never lost, no page holds it."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from tests.browser.test_pages import VISIBLE
from tests.browser.towns import a_lived_in_town

pytestmark = pytest.mark.xdist_group("pages")
FAR = 90
"""Presses of Tab within which whatever is needed lies."""


@pytest.fixture(scope="module")
def busy_town(tmp_path_factory, serve):
    """The canton with some months of life, to work in."""
    opened = a_lived_in_town(tmp_path_factory)
    opened.address = serve(opened.app)
    yield opened
    opened.engine.dispose()


@dataclass
class Keys:
    """Somebody at the keyboard."""

    window: Any

    def press(self, *keys):
        for key in keys:
            self.window.keyboard.press(key)
        return self

    def type(self, text):
        """Type as fast as nobody does: one entry, whatever else the machine is busy with."""
        self.window.keyboard.insert_text(text)
        return self

    def to(self, selector, key="Tab"):
        """Tab until there; on the way the focus is always seen."""
        for _ in range(FAR):
            self.press(key)
            if self.held(selector):
                return self.seen()
            self.seen()
        raise AssertionError(f"{selector} is not reached by {key} on {self.window.url}")

    def held(self, selector):
        return self.window.evaluate("wanted => document.activeElement.matches(wanted)", selector)

    def seen(self):
        now = self.window.evaluate(VISIBLE)
        assert now["tag"] != "BODY", f"the focus is lost on {self.window.url}"
        assert now["seen"], f"the focus is not seen: {now['html']}"
        return self

    def enter(self):
        """Go where the link or button leads, and find the focus there once a form was sent."""
        with self.window.expect_navigation():
            self.press("Enter")
        return self

    def after_a_form(self):
        """The focus stands at what was done, at the faults, or at the title: there the keyboard goes on."""
        expect(self.window.locator(":is([data-errors], #notices > *, #title):focus")).to_have_count(1)
        return self.seen()


def at_work(town, page, lang, who):
    """A window of somebody who has logged in, without the price of a password."""
    window = page(lang)
    cookies = [
        {"name": one.key, "value": one.value, "url": town.address}
        for one in town.reader(who)._cookies.values()
    ]
    window.context.add_cookies(cookies)
    window.goto(f"{town.address}/desk?lang={lang}")
    return Keys(window)


def number_of(town, case):
    with town.engine.connect() as connection:
        return connection.execute(
            text("SELECT number FROM case_file WHERE ref = :ref"), {"ref": case}
        ).scalar_one()


@pytest.mark.parametrize("lang", ["fr", "de"])
def test_a_morning_with_keys_only(busy_town, page, faults, lang):
    keys, case = at_work(busy_town, page, lang, "social_manager"), busy_town.canton.refs["case"]

    keys.press("Tab").seen().press("Enter", "Tab").seen()
    assert keys.held("main *"), "the first link leads past the navigation"

    number = number_of(busy_town, case)
    keys.press("/").type(number[:6].lower())
    expect(keys.window.locator("#search-list")).to_be_visible()
    keys.press("ArrowDown", "Escape").seen()
    expect(keys.window.locator("#search-list")).to_be_hidden()
    keys.type(number[6:8])
    option = keys.window.locator(f"#search-list [role=option][data-url$='/cases/{case}']")
    expect(option).to_be_visible()
    for _ in range(6):
        keys.press("ArrowDown")
        if option.get_attribute("aria-selected") == "true":
            break
    keys.enter()
    expect(keys.window).to_have_url(f"{busy_town.address}/cases/{case}")

    keys.to(".tabs a[href$='/notes']").enter()
    keys.to("#f-text").to("form button[type=submit]").enter().after_a_form()
    keys.to("[data-errors] a").press("Enter")
    assert keys.held("#f-text"), "the fault leads to its field"
    keys.type("La personne appelle.").to("form button[type=submit]").enter().after_a_form()
    assert "La personne appelle." in keys.window.locator("main").inner_text()
    faults[:] = [one for one in faults if "422" not in one]  # the note was left empty on purpose

    keys.to(".tabs a[href$='/plan']").enter()
    keys.to(f".tabs a[href$='/cases/{case}']").enter()
    if lang == "fr":  # the process takes each answer once
        keys.to("#f-outcome").press("Space").to(".tasks button[type=submit]").enter().after_a_form()
        assert keys.held("#notices > *")

    keys.to(".nav a[href='/desk']", "Shift+Tab").enter()
    keys.to(".tabs a[href*='tab=unassigned']").enter()
    keys.to("td.tick input").press("Space").to("[data-bulk] button").enter().after_a_form()
    expect(keys.window.locator(".tabs [aria-current]")).to_contain_text({"fr": "moi", "de": "mich"}[lang])


@pytest.mark.parametrize("lang", ["fr", "de"])
def test_a_supervisor_gives_tasks_with_keys_only(busy_town, page, lang):
    keys = at_work(busy_town, page, lang, "supervisor")

    keys.to(".tabs a[href*='tab=unit']").enter()
    keys.to("td.tick input").press("x")
    expect(keys.window.locator("[data-ticked]")).to_have_text("1")
    keys.to("#f-account_ref").press("ArrowDown").to("[data-bulk] button[formaction]").enter().after_a_form()


@pytest.mark.parametrize("address", ["/desk?tab=unit", "/cases/{case}", "/cases?status=open"])
def test_no_page_holds_the_keyboard(busy_town, page, address):
    """Tab goes on from each stop to another one, through the whole page and out of it.

    The day, month and year of a date are stops of one field.
    """
    keys = at_work(busy_town, page, "fr", "supervisor")
    keys.window.goto(busy_town.address + address.format(**busy_town.canton.refs))
    mark = "() => { const e = document.activeElement; e.dataset.stop ||= String(window.stops = (window.stops || 0) + 1); return [e.tagName, e.dataset.stop, e.type]; }"

    stops = []
    for _ in range(150):
        keys.press("Tab")
        tag, stop, kind = keys.window.evaluate(mark)
        if tag == "BODY":
            break
        keys.seen()
        if not (kind == "date" and stops[-1:] == [stop]):
            stops.append(stop)

    assert tag == "BODY" or stops[0] in stops[1:], "the keyboard comes round"
    assert all(one != other for one, other in pairwise(stops))


def test_the_box_works_without_a_script(busy_town, browser):
    context = browser.new_context(java_script_enabled=False)
    window = context.new_page()
    at = busy_town.reader("case_manager")
    context.add_cookies(
        [{"name": one.key, "value": one.value, "url": busy_town.address} for one in at._cookies.values()]
    )
    window.goto(f"{busy_town.address}/desk")

    window.locator("#search").fill("aub")
    window.keyboard.press("Enter")

    expect(window.locator("#found")).to_contain_text("Aubert")
    assert window.locator("#search").get_attribute("role") is None
    context.close()


def test_what_the_box_offers_is_accessible_bounded_and_never_late(busy_town, page, axe):
    """One question for a word that stands there at once; an answer that comes after another question is not shown."""
    keys, asked = at_work(busy_town, page, "fr", "case_manager"), []
    keys.window.on("request", lambda one: asked.append(one.url) if "/search/suggestions" in one.url else None)

    keys.press("/").type("chatel")
    expect(keys.window.locator("#search-list")).to_contain_text("Châtelain Inès")
    axe(keys.window)
    assert [one.rpartition("=")[2] for one in asked] == ["chatel"]
    keys.press("ArrowUp")
    assert keys.window.locator(".search-all").get_attribute("aria-selected") == "true"
    assert keys.window.evaluate(
        "document.activeElement.getAttribute('aria-activedescendant')"
    ) == keys.window.locator(".search-all").get_attribute("id")

    held = []
    keys.window.route("**/search/suggestions?q=cha*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright wants a function of Python
    with keys.window.expect_request("**/search/suggestions?q=cha"):
        keys.press("Backspace", "Backspace", "Backspace")
    with keys.window.expect_event("requestfailed"):
        keys.press("Control+a").type("atelier")
    expect(keys.window.locator("#search-list")).not_to_contain_text("Châtelain")
    expect(keys.window.locator("#search-list")).to_contain_text("atelier")
    keys.press("Tab")
    expect(keys.window.locator("#search-list")).to_be_hidden()
    keys.seen()
