"""Who finds nobody by name or number is told what is left, alike for somebody and for nobody."""

import re

import pytest

from tests.web.build_path import path

__all__ = ["path"]


@pytest.mark.parametrize(
    ("lang", "said"), [("fr", "Demander l'accès"), ("de", "Einsicht verlangen"), ("en", "Ask for access")]
)
def test_who_finds_nobody_is_led_to_a_request_alike_for_somebody_and_nobody(path, lang, said):
    """Measures may be found beside; who finds a person is not led away."""
    ref = path.case("assessment", nom="Verrière")
    number = path.as_("manager").get(f"/cases/{ref}").split("CII-")[1][:9]
    stranger, manager = path.as_("stranger", lang), path.as_("manager")

    for there, nobody in (("verrière", "qzxwvk"), (f"CII-{number}", "CII-ZZZZ-ZZZZ")):
        pages = [_plain(stranger.get("/search", q=text), text) for text in (there, nobody)]
        assert pages[0] == pages[1]
        assert said in pages[0].replace("&#39;", "'")
        assert 'href="/requests/new"' in pages[0]
        assert 'href="/break-glass"' in pages[0]
    assert 'href="/requests/new"' not in manager.get("/search", q="verrière")
    assert 'href="/requests/new"' not in stranger.get("/search")


def _plain(page, text):
    """A page without what was typed and what changes from one request to the next."""
    return re.sub(r'(value|content)="[^"]*"|q=[^"&]*|v=[0-9a-f]+', "", page.replace(text, "·"))
