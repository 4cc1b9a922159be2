"""What is closed cannot be found out by asking for it: filters, sorts, mails and files say nothing of it either."""

import pytest
from sqlalchemy import text

from cii.access.vocabulary import Role
from tests.leaks.asking import NOBODY, Asked, routes, told
from tests.leaks.planted import WORD
from tests.leaks.test_leaks import OUTWARD

SECRETS = ("Zuqid1x", "Zuqfn1x", "Zuqvi1x", "Zuqme1x", "Zuqso1x", "Zuqno1x", "Zuqsens0x")
"""Words of closed sections, as somebody might guess them."""
NO_NUMBER = "CII-ZZZZ-ZZZZ"
"""The number of no case."""
UNLIKE = "Zuqxx9x"
"""A word that stands nowhere."""


def filters(app):
    """What the search box of every page offers, and every list of the API with its filters by text."""
    yield "/search/suggestions", "q"
    paths = app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    for path, methods in paths.items():
        if "{" in path or "get" not in methods:
            continue
        for one in methods["get"].get("parameters", ()):
            schema = one.get("schema", {})
            words = "string" in str(schema.get("type")) and not (schema.get("enum") or schema.get("format"))
            if one["in"] == "query" and words and one["name"] != "after":
                yield path, one["name"]


def answered(asker, path, query):
    answer = asker.client.get(path, query_string=query)
    said = told(answer.data, answer.mimetype)
    for word in query.values():
        said = said.replace(word, "·").replace(word.lower(), "·")
    return Asked(answer.status_code, said, frozenset(), dict(answer.headers)).plain[:2]


@pytest.mark.parametrize(
    "role", ["case_manager", "supervisor", "physician", "finance", "referral_service", "administrator"]
)
def test_a_filter_finds_nothing_of_what_is_closed(canton, role):
    asker, _ = canton.someone(role, "foreign")
    refs = list(canton.names)[:3] + [name for name in canton.names if name.startswith("CII-")][:1]

    found = {}
    for path, name in filters(canton.app):
        nothing = answered(asker, path, {name: UNLIKE})
        for secret in SECRETS:
            if answered(asker, path, {name: secret}) != nothing:
                found[f"{path}?{name}={secret}"] = nothing[0]
        unknown = {one: answered(asker, path, {name: one}) for one in (NOBODY, NO_NUMBER)}
        for ref in refs:
            none = unknown[NO_NUMBER if ref.startswith("CII-") else NOBODY]
            if answered(asker, path, {name: ref}) != none:
                found[f"{path}?{name}={ref}"] = none[0]
    assert found == {}


@pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.FINANCE, Role.AUDITOR])
def test_no_list_sorts_or_filters_by_a_closed_section(canton, role):
    """Refused where a list takes conditions; without any effect where it takes none."""
    asker, _ = canton.someone(role.value, "foreign")

    open_ = {}
    for route in routes(canton.app):
        if (
            not route.api
            or route.method != "GET"
            or "<" in route.rule
            or route.public
            or not route.opens_for(role)
        ):
            continue
        plain = asker.client.get(route.rule)
        for name in ("sort", "order", "medical", "debts", "notes"):
            answer = asker.client.get(route.rule, query_string={name: "medical"})
            if answer.status_code not in {400, 422} and answer.data != plain.data:
                open_[f"{route.rule}?{name}"] = answer.status_code
    assert open_ == {}


def test_no_mail_names_a_person_a_case_or_a_telling_unit(canton):
    with canton.engine.connect() as connection:
        mails = connection.execute(text("SELECT recipient, subject, body FROM outbox")).all()
        names = connection.execute(text("SELECT folded FROM identity")).scalars().all()
    known = {"aubert", "châtelain", "emery", *names}

    assert mails
    for mail in mails:
        said = "\n".join(map(str, mail))
        assert not WORD.search(said)
        assert not [name for name in known if name in said.lower()]
        assert not {
            one for one in OUTWARD.findall(said) if ("case", 1) in canton.names.get(one, ()) and one in known
        }
        assert not [one for one in OUTWARD.findall(said) if one.startswith("CII-")]
