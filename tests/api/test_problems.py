"""Problem JSON as RFC 9457 has it, in the reader's language, for every kind of refusal."""

from typing import get_args

import pytest

from cii.kernel.errors import Kind, Refusal
from cii.wire.problems import STATUS, problem, status_of
from cii.wire.refusals import KeyInProgress, Unavailable


def test_every_kind_has_its_status():
    assert set(STATUS) == set(get_args(Kind))


@pytest.mark.parametrize("lang", ["fr", "de", "en"])
@pytest.mark.parametrize("kind", STATUS)
def test_every_kind_has_its_title(kind, lang):
    class Any(Refusal):
        """Whatever."""

        code = "refused"

    Any.kind = kind
    told = problem(Any(), lang)

    assert told.status == STATUS[kind]
    assert told.title
    assert told.reasons[0].text


def test_what_may_be_tried_again_says_when():
    assert problem(Unavailable(), "fr").retry_after == 5
    assert problem(KeyInProgress(), "fr").retry_after == 5
    assert status_of(Unavailable()) == 503


def test_problem_json_names_its_type_its_address_and_its_request(site):
    answer = site.app.test_client().get("/api/v1/session")
    told = answer.get_json()

    assert set(told) == {"type", "title", "status", "code", "reasons", "instance", "request_id"}
    assert told["type"] == "urn:cii:problem:not-logged-in"
    assert told["instance"] == "/api/v1/session"
    assert told["request_id"] == answer.headers["X-Request-Id"]
