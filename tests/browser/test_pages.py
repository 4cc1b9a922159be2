"""Every page in a real browser, for every role: accessible by every rule, on a telephone too, in the dark too, by keyboard, and light.

In the ordinary suite each page is seen once, by one of the roles for whom it opens; languages and looks rotate. `slow` sees every
page of every role in every look and language.
"""

import gzip
from itertools import product

import pytest

from cii.wire.sessions import cookie_name
from tests.browser.harness import window_of
from tests.browser.pages import answers, opened, shared_out
from tests.browser.stage import WHO

LANGUAGES = ("fr", "de", "en")
LOOKS = {"desktop": {}, "390px": {"mobile": True}, "dark": {"dark": True}}
ALL_LOOKS = LOOKS | {"dark-390px": {"mobile": True, "dark": True}}
KEYBOARD = ("case_manager", "social_manager", "provider", "finance", "coordination_member", "administrator")
GROUPS = 3
KB = 1024
FIRST, LATER = 120 * KB, 40 * KB

VISIBLE = """() => {
  const e = document.activeElement, s = getComputedStyle(e), f = e.closest('.ds-field');
  const box = e.getBoundingClientRect();
  return {tag: e.tagName, html: e.outerHTML.slice(0, 120), main: e.matches('[data-proof-main]'),
          seen: (s.outlineStyle !== 'none' && s.outlineWidth !== '0px') || (f && getComputedStyle(f).outlineStyle !== 'none'),
          size: box.width * box.height};
}"""
MARK_MAIN = """() => {
  const shown = e => e.checkVisibility() && !e.closest('dialog, details:not([open])') && !e.disabled;
  const found = [...document.querySelectorAll('main .ds-button:not([data-variant]), main .ds-button[data-variant=primary], main button[type=submit], main [data-row-link]')].find(shown);
  if (found) found.setAttribute('data-proof-main', '');
  return Boolean(found);
}"""


KEEP_FOCUS = f"""() => {{
  window.proof = [];
  document.addEventListener('focusin', () => window.proof.push(({VISIBLE})()));
  document.addEventListener('focusout', event => event.relatedTarget || window.proof.push({{tag: 'BODY'}}));
  document.activeElement.blur();
  document.getElementById('main').focus();
  window.proof = [];
}}"""
STEPS = 10
"""Tabs pressed before the page is asked where they led."""


def wide(window):
    return window.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def by_group(values):
    return [pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.xdist_group(f"pages-{n % GROUPS}"))
            for n, one in enumerate(values)]  # fmt: skip


def look_at(window, violations, address, one, label):
    """What is wrong with a page."""
    window.goto(f"{address}{one.url}")
    said = [f"{label} {one.endpoint} {one.url}: {no}" for no in violations(window)]
    if wide(window) > 0:
        said.append(f"{label} {one.endpoint} {one.url}: scrolls sideways by {wide(window)} px")
    return said


class Windows:
    """A window for each language and look, opened once for this file; who sits before it changes."""

    def __init__(self, browser):
        self.browser, self.open, self.faults = browser, {}, []

    def append(self, fault):
        """What goes wrong is told to the test that runs now."""
        self.faults.append(fault)

    def of(self, town, who, lang, name):
        """The window of that language and look, with that person before it."""
        held = self.open.get((lang, name))
        window = held or window_of(self.browser, self, lang, **ALL_LOOKS[name])
        seated(town, window, who)
        if held is None:
            window.goto(f"{town.address}/help?lang={lang}")
            self.open[lang, name] = window
        return window


@pytest.fixture(scope="module")
def _windows(_chromium):
    held = Windows(_chromium)
    yield held
    for window in held.open.values():
        window.context.close()


@pytest.fixture
def window_for(town, browser, faults, _windows):
    """`window_for(who, lang, look)`: that person's window, whose faults are those of the test."""
    _windows.faults = faults
    return lambda who, lang, name: _windows.of(town, who, lang, name)


def seated(town, window, who):
    """That person's session in the window's cookies, without the way through the form."""
    name = cookie_name(town.app.wiring.settings)
    token = town.reader(who).get_cookie(name).value
    window.context.add_cookies([{"name": name, "value": token, "url": town.address, "httpOnly": True}])


@pytest.fixture
def sign_in(town):
    """Pages of this file are looked at with a session; the form is walked through where the bytes are counted."""
    return lambda window, who: seated(town, window, who)


@pytest.mark.xdist_group("pages")
@pytest.mark.parametrize("who", WHO)
def test_every_page_is_accessible_and_fits(town, window_for, faults, violations, who):
    turn = WHO.index(who)
    refused = [one for one in answers(town, who) if one.status == 403][:1]
    seen = shared_out(town, WHO)[who]
    looks = [(LANGUAGES[(n + turn) % 3], name) for n, name in enumerate(LOOKS)]

    windows = [(f"{lang} {name}", window_for(who, lang, name)) for lang, name in looks]

    said = []
    for n, one in enumerate([*seen, *refused]):
        label, window = windows[(n + turn) % 3]
        said += look_at(window, violations, town.address, one, label)

    faults[:] = [one for one in faults if "403" not in one]  # the refused page was asked for on purpose
    assert seen
    assert said == []


@pytest.mark.slow
@pytest.mark.parametrize(("who", "lang", "name"), by_group(product(WHO, LANGUAGES, ALL_LOOKS)))
def test_every_page_of_a_role_in_every_language_and_look(town, page, violations, who, lang, name):  # noqa: PLR0917 - who, in which language, how
    window = page(lang, who, **ALL_LOOKS[name])
    window.goto(f"{town.address}/help?lang={lang}")

    said = [
        no
        for one in opened(town, who)
        for no in look_at(window, violations, town.address, one, f"{lang} {name}")
    ]

    assert said == []


@pytest.mark.xdist_group("pages")
@pytest.mark.parametrize("who", KEYBOARD)
def test_main_action_of_every_page_is_reached_by_tab_with_a_visible_focus(town, page, who):
    window = page("fr", who)
    said = []

    for one in shared_out(town, KEYBOARD)[who]:
        window.goto(f"{town.address}{one.url}")
        has_main = window.evaluate(MARK_MAIN)
        window.evaluate(KEEP_FOCUS)
        for _ in range(90 // STEPS if has_main else 1):
            for _ in range(STEPS if has_main else 3):
                window.keyboard.press("Tab")
            way = window.evaluate("window.proof")
            if any(now["tag"] == "BODY" or now["main"] for now in way):
                break
        reached, passed = on_the_way(way)
        said += [f"{one.endpoint}: focus is not seen on {now['html']}" for now in passed if not now["seen"]]
        if has_main and not reached:
            said.append(f"{one.endpoint}: the main action is not reached by Tab")

    assert said == []


def on_the_way(way):
    """Whether the main action is reached before the page is left, and what held the focus until then."""
    passed = []
    for now in way:
        if now["tag"] == "BODY":
            break
        passed.append(now)
        if now["main"]:
            return True, passed
    return False, passed


@pytest.mark.xdist_group("pages")
def test_whole_page_is_reached_from_the_address_bar_by_keyboard(town, page):
    window = page("fr", "case_manager")
    window.goto(f"{town.address}/desk")
    window.evaluate("document.activeElement.blur()")

    window.keyboard.press("Tab")
    window.keyboard.press("Enter")
    window.keyboard.press("Tab")

    assert window.evaluate("document.activeElement.closest('main') !== null"), (
        "the first link leads past the navigation"
    )


@pytest.mark.xdist_group("pages")
def test_first_load_is_under_120_kilobytes_and_later_pages_under_40(town, browser):
    """Bytes as they travel, with the browser's own cache; the HTML counts as a server in front packs it.

    A dozen pages show what the browser asks for again; of every other page that is its HTML alone.
    """
    context = browser.new_context()
    window = context.new_page()
    wire = Wire(window)
    window.goto(f"{town.address}/login")
    window.locator("#f-email").fill(town.canton.email("case_manager"))
    window.locator("#f-password").fill(town.canton.password)
    window.locator("main form button[type=submit]").click()
    window.wait_for_url("**/desk*")
    desk = wire.taken()

    later = {}
    pages = opened(town, "case_manager")
    for one in pages[:: len(pages) // 12]:
        window.goto(f"{town.address}{one.url}")
        later[one.endpoint] = wire.taken()
    context.close()
    for one in pages:
        later.setdefault(one.endpoint, len(gzip.compress(one.page.encode(), 6)))

    assert KB < desk < FIRST, f"{desk} bytes until the desk is shown"
    assert {name: size for name, size in later.items() if size > LATER} == {}
    assert min(later.values()) > KB, "a page weighs something"


class Wire:
    """What travelled since it was last asked: files as sent, pages of HTML as gzip packs them."""

    def __init__(self, window):
        self.window, self.sent, self.pages = window, {}, {}
        self.line = window.context.new_cdp_session(window)
        self.line.send("Network.enable")
        self.line.on("Network.loadingFinished", self._finished)
        self.line.on("Network.responseReceived", self._received)

    def _received(self, event):
        if event["type"] == "Document":
            self.pages[event["requestId"]] = event["response"]

    def _finished(self, event):
        self.sent[event["requestId"]] = event["encodedDataLength"]

    def taken(self):
        """Bytes since the last time; of the page shown now the HTML is packed here unless it came packed."""
        self.window.wait_for_load_state("networkidle")
        shown = next((one for one in reversed(self.pages.values()) if one["url"] == self.window.url), None)
        total = sum(self.sent.values())
        if shown and "content-encoding" not in {name.lower() for name in shown["headers"]}:
            html = self.window.evaluate(
                "fetch(location.href, {cache: 'no-store'}).then(answer => answer.text())"
            ).encode()
            self.window.wait_for_load_state("networkidle")
            total += len(gzip.compress(html, 6)) - len(html)
        self.sent.clear()
        return total
