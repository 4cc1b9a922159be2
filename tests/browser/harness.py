"""A real Chromium for the pages: every request stays on this machine, every console error fails the test.

Chromium is /usr/bin/chromium, CII_CHROMIUM or Playwright's own; without one the tests are skipped, counted and said aloud,
and with CII_BROWSER=required they fail instead. A plug-in of the whole suite (tests/conftest.py): pages are looked at in
tests/browser, tests/house and tests/journeys alike.

`page(lang="fr", role=None, mobile=False, dark=False)` opens a new window; with a role it is signed in by the fixture `sign_in(page, role)`.
`serve(app)` puts a WSGI application on a port of its own and returns its address.
`axe(page)` fails with every violation, no rule off. `faults` is what went wrong; a test that provokes an error empties it and says why.
`town` is the canton with some months of life, for looking; `new_town` a canton of its own on each engine, for doing (tests/browser/towns.py).
"""

import os
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
"""No name leads out of this machine; requests are watched, not held, so that Chromium keeps its cache of files."""
DESKTOP = {"width": 1440, "height": 900}
MOBILE = {"width": 390, "height": 844}
PATIENCE = 30_000
"""Milliseconds: longer than any page takes on a machine that does much else, shorter than a test that hangs."""
NO_CHROMIUM = "no Chromium: "


def pytest_collection_modifyitems(items):
    """One group per process of its own: tests of one group share a Chromium and, for looking, one town.

    A test or a parameter that names its group keeps it; what only looks at the style guide is one group.
    """
    for item in items:
        if (
            "_chromium" in getattr(item, "fixturenames", ())
            and item.get_closest_marker("xdist_group") is None
        ):
            item.add_marker(pytest.mark.xdist_group("browser"))


def pytest_terminal_summary(terminalreporter):
    """Say aloud what was not looked at, in whichever process it was left out."""
    skipped = [str(one.longrepr) for one in terminalreporter.stats.get("skipped", [])]
    missing = [one for one in skipped if NO_CHROMIUM in one]
    if missing:
        said = f"{len(missing)} browser tests skipped: no Chromium. Set CII_CHROMIUM, or CII_BROWSER=required to fail"
        terminalreporter.write_sep("!", said, red=True)


@pytest.fixture(scope="session")
def _chromium():
    from playwright.sync_api import Error, expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with ExitStack() as stack:
        try:
            player = stack.enter_context(sync_playwright())
            path = os.environ.get("CII_CHROMIUM") or (
                "/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else None
            )
            started = player.chromium.launch(executable_path=path, args=FLAGS)
        except Error as fault:
            yield str(fault).splitlines()[0]
        else:
            yield started
            started.close()


@pytest.fixture
def browser(_chromium):
    """A running Chromium, else a skip (a failure with CII_BROWSER=required)."""
    if isinstance(_chromium, str):
        (pytest.fail if os.environ.get("CII_BROWSER") == "required" else pytest.skip)(
            f"{NO_CHROMIUM}{_chromium}"
        )
    return _chromium


@pytest.fixture
def faults():
    """What the browser complained about during the test; must be empty at its end."""
    found: list[str] = []
    yield found
    assert not found, "\n".join(found)


def window_of(browser, faults, lang="fr", *, mobile=False, dark=False, size=None):
    """A new window with its own cookies and cache; what goes wrong in it is told to `faults` (anything with `append`)."""
    context = browser.new_context(
        viewport=size or (MOBILE if mobile else DESKTOP),
        has_touch=mobile,
        color_scheme="dark" if dark else "light",
        locale={"fr": "fr-CH", "de": "de-CH", "en": "en-GB"}[lang],
        timezone_id="Europe/Zurich",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    context.on("request", lambda request: _stays_inside(request.url, faults))
    window = context.new_page()
    window.on(
        "console",
        lambda message: (
            faults.append(f"console: {message.text} ({window.url})") if message.type == "error" else None
        ),
    )
    window.on("pageerror", lambda error: faults.append(f"script: {error} ({window.url})"))
    return window


@pytest.fixture
def page(browser, faults, request):
    """Opens windows: `page(lang, role, mobile, dark)`; each is watched and closed."""
    contexts = []

    def opened(lang="fr", role=None, *, mobile=False, dark=False, size=None):
        window = window_of(browser, faults, lang, mobile=mobile, dark=dark, size=size)
        contexts.append(window.context)
        if role is not None:
            request.getfixturevalue("sign_in")(window, role)
        return window

    yield opened
    for context in contexts:
        context.close()


def _stays_inside(url, faults):
    if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
        faults.append(f"request outside: {url}")


@pytest.fixture(scope="session")
def _axe_source():
    return (HERE / "vendor" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def violations(_axe_source):
    """What every rule of axe has against the page, a sentence each with the places."""

    def look(page):
        page.evaluate(_axe_source)
        result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']} ({one['impact']}): {one['help']}\n    " + "\n    ".join(node["html"][:160] + " — " + node["failureSummary"].replace("\n", " ") for node in one["nodes"][:5])
            for one in result["violations"]
        ]  # fmt: skip

    return look


@pytest.fixture
def axe(violations):
    """Looks at a page with every rule of axe; fails with rule, help and the places."""

    def look(page):
        said = violations(page)
        assert not said, f"{page.url}\n" + "\n".join(said)

    return look


@pytest.fixture(scope="session")
def serve():
    """Puts a WSGI application on 127.0.0.1 at a free port; returns its address. All are closed at the end."""
    from waitress.server import create_server

    running, closing = [], threading.Event()

    def serving(server):
        try:
            server.run()
        except OSError:  # its sockets are closed from here while it waits for them
            if not closing.is_set():
                raise

    def started(app):
        server = create_server(app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=serving, args=(server,), daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.effective_port}"

    yield started
    closing.set()
    for server, thread in running:
        server.close()
        thread.join(timeout=5)


@pytest.fixture(scope="session")
def town(tmp_path_factory, serve):
    """The canton with some months of life, served: every page has something to show. For looking only."""
    from tests.browser.towns import a_lived_in_town

    opened = a_lived_in_town(tmp_path_factory)
    opened.address = serve(opened.app)
    yield opened
    opened.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_town(request, tmp_path, serve):
    """A canton of its own on each engine, served: directory, measures, agreements, budgets and accounts, no case yet."""
    from tests.browser.towns import a_new_town

    opened = a_new_town(request.param, tmp_path, lambda: request.getfixturevalue("postgres_url"))
    opened.address = serve(opened.app)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def sign_in(request):
    """`sign_in(window, "case_manager")`: that person logs in by the form of the town that the test asks for."""
    opened = request.getfixturevalue("new_town" if "new_town" in request.fixturenames else "town")

    def entered(window, who):
        window.goto(f"{opened.address}/login")
        window.locator("#f-email").fill(opened.canton.email(who))
        window.locator("#f-password").fill(opened.canton.password)
        window.locator("main form button[type=submit]").click()
        window.wait_for_url(lambda url: "/login" not in url)

    return entered
