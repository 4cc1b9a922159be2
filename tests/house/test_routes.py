"""Every address names its permit or stands in the one public list, reads without changing, and is asked by a test."""

import re
from pathlib import Path

import pytest

from cii.access.permits import Permit
from cii.app import create_app
from cii.store.engine import make_engine
from cii.wire.doors import SIGNED_IN
from cii.wire.public import PUBLIC

TESTS = Path(__file__).resolve().parents[1]
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def app(tmp_path_factory, settings):
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('routes') / 'cii.sqlite'}")
    yield create_app(settings, engine=engine)
    engine.dispose()


def test_every_address_names_its_permit_or_is_public(app):
    bare = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint not in PUBLIC and not getattr(view, "permit", None)
    }

    assert bare == set()


def test_the_public_list_holds_what_exists_and_says_why(app):
    assert set(PUBLIC) <= set(app.view_functions)
    assert all(len(one.reason) > 10 for one in PUBLIC.values())
    assert not {endpoint for endpoint in PUBLIC if hasattr(app.view_functions[endpoint], "permit")}


def test_every_permit_of_an_address_is_one_of_the_house(app):
    known = {permit.value for permit in Permit} | {SIGNED_IN}
    named = {one for view in app.view_functions.values() for one in getattr(view, "permit", ())}

    assert named <= known


def test_an_address_reads_or_changes_never_both(app):
    both = {
        rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods and rule.methods & UNSAFE
    }
    first = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and any(hasattr(app.view_functions[rule.endpoint], mark) for mark in ("once", "claims"))
    }

    assert both == set()
    assert first == set()


def test_a_page_that_shows_a_refusal_again_exists(app):
    again = [view.again for view in app.view_functions.values() if hasattr(view, "again")]

    assert again
    assert all(page.__module__.startswith("cii.web.") for page in again)


def test_every_address_is_asked_by_a_test(app):
    written = "\n".join(
        file.read_text(encoding="utf-8") for file in TESTS.rglob("*.py") if file != Path(__file__)
    )

    unasked = set()
    for rule in app.url_map.iter_rules():
        pattern = "".join(
            part if part.startswith("[") else re.escape(part)
            for part in re.split(r"(\[.*?\]\+)", re.sub(r"<[^>]+>", "[^\"'`\\\\s?]+", rule.rule))
        )
        if not re.search(rf"""["'`]{pattern}["'`?#]""", written):
            unasked.add(f"{'/'.join(sorted(rule.methods & (UNSAFE | {'GET'})))} {rule.rule}")

    assert unasked == set()
