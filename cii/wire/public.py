"""The addresses that need no session: all of them, each with its reason. Everything else names its permit."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Public:
    """Why anybody may come in, and whether the view works on data (`g.work`)."""

    reason: str
    works: bool = False


PUBLIC: Mapping[str, Public] = {
    "static": Public("style, script and pictures of the pages"),
    "health.alive": Public("the operator's probe: the process answers"),
    "health.ready": Public("the operator's probe: the database answers and has the right schema"),
    "session.log_in": Public("a program logs in", works=True),
    "login.page": Public("a person is about to log in"),
    "login.log_in": Public("a person logs in", works=True),
    "links.landing": Public("a signed link is opened; nothing personal is shown yet", works=True),
    "links.enter": Public("the bearer of a signed link answers its question; five tries", works=True),
    "links.answer": Public("the bearer of a signed link answers, once", works=True),
    "links.receipt": Public("the bearer of a signed link takes the receipt of what was recorded", works=True),
    "calendars.feed": Public("a calendar reads deadlines at a secret address, no names", works=True),
    "public_calls.index": Public(
        "calls and direct awards are published to everybody (guide, i.40-43)", works=True
    ),
    "public_calls.one": Public("specification and criteria of a published call, no offers", works=True),
    "openapi.document": Public("the API document holds no data"),
    "openapi.page": Public("the API document, to read"),
    "openapi.shapes": Public("the shapes of the API document, to read"),
}
"""Endpoint → why it is public. One line for each; tests/house/test_routes.py knows no other list."""
