"""A real Chromium for the pages: every request stays on this machine, every console error fails the test.

Chromium is /usr/bin/chromium, CII_CHROMIUM or Playwright's own; without one the tests are skipped, counted and said aloud,
and with CII_BROWSER=required they fail instead.

`page(lang="fr", role=None, mobile=False, dark=False)` opens a new window; with a role it is signed in by the fixture `sign_in(page, role)`
that the tests of the real application bring along. `serve(app)` puts a WSGI application on a port of its own and returns its address.
`axe(page)` fails with every violation, no rule off. `faults` is what went wrong; a test that provokes an error empties it and says why.
"""

import os
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright
from waitress.server import create_server

HERE = Path(__file__).parent
AXE = (HERE / "vendor" / "axe.min.js").read_text(encoding="utf-8")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
DESKTOP = {"width": 1440, "height": 900}
MOBILE = {"width": 390, "height": 844}
_missing: list[str] = []


def pytest_collection_modifyitems(items):
    """All browser tests run in one process, so that one Chromium serves them."""
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


def pytest_terminal_summary(terminalreporter):
    """Say aloud what was not looked at."""
    if _missing:
        terminalreporter.write_sep(
            "!", f"{len(_missing)} browser tests skipped: no Chromium ({_missing[0]})", red=True
        )


@pytest.fixture(scope="session")
def _chromium():
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
        _missing.append(_chromium)
        (pytest.fail if os.environ.get("CII_BROWSER") == "required" else pytest.skip)(
            f"no Chromium: {_chromium}"
        )
    return _chromium


@pytest.fixture
def faults():
    """What the browser complained about during the test; must be empty at its end."""
    found: list[str] = []
    yield found
    assert not found, "\n".join(found)


@pytest.fixture
def page(browser, faults, request):
    """Opens windows: `page(lang, role, mobile, dark)`; each is watched and closed."""
    contexts = []

    def opened(lang="fr", role=None, *, mobile=False, dark=False, size=None):
        context = browser.new_context(
            viewport=size or (MOBILE if mobile else DESKTOP),
            has_touch=mobile,
            color_scheme="dark" if dark else "light",
            locale={"fr": "fr-CH", "de": "de-CH", "en": "en-GB"}[lang],
            timezone_id="Europe/Zurich",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        context.route("**/*", lambda route: _keep_inside(route, faults))
        window = context.new_page()
        window.on(
            "console",
            lambda message: faults.append(f"console: {message.text}") if message.type == "error" else None,
        )
        window.on("pageerror", lambda error: faults.append(f"script: {error}"))
        if role is not None:
            request.getfixturevalue("sign_in")(window, role)
        return window

    yield opened
    for context in contexts:
        context.close()


def _keep_inside(route, faults):
    url = route.request.url
    if url.startswith(("http://127.0.0.1:", "data:", "blob:")):
        route.continue_()
    else:
        faults.append(f"request outside: {url}")
        route.abort()


@pytest.fixture
def axe():
    """Looks at a page with every rule of axe; fails with rule, help and the places."""

    def look(page):
        page.evaluate(AXE)
        result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        said = [
            f"{one['id']} ({one['impact']}): {one['help']}\n    " + "\n    ".join(node["html"][:160] + " — " + node["failureSummary"].replace("\n", " ") for node in one["nodes"][:5])
            for one in result["violations"]
        ]  # fmt: skip
        assert not said, f"{page.url}\n" + "\n".join(said)

    return look


@pytest.fixture(scope="session")
def serve():
    """Puts a WSGI application on 127.0.0.1 at a free port; returns its address. All are closed at the end."""
    running = []

    def started(app):
        server = create_server(app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.effective_port}"

    yield started
    for server, thread in running:
        server.close()
        thread.join(timeout=5)
