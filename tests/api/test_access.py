"""Who may come in: each operation of the document without session, without permit, and with somebody else's thing."""

import json

import pytest

from cii.access.vocabulary import Role
from tests.api.operations import BODIES, FILES, TAKEN_AWAY, Operation, ask, operations
from tests.api.world import NOBODY, World

PERSONAL = {
    "cases", "detections", "referrals", "tasks", "consents", "placements", "statements", "waiting",
    "persons",
}  # fmt: skip
"""Kinds of things that a unit without part in them must not even know to exist."""
SEEN_BY_MANDATE = {("auditor", "statements"), ("contracts", "statements"), ("group", "tasks")}
"""Product.md §10: auditor and contract manager read statements, the group the tasks of the network without names."""
OUTSIDERS = ("stranger", "administrator", "other_provider", "officer", "auditor", "group", "contracts")


@pytest.fixture
def all_of(january) -> list[Operation]:
    return list(operations(january.app))


def refs_of(world: World) -> dict[str, str]:
    """Names of things that belong to the first case and what it uses."""
    return {
        "case": world.cases[0],
        "detection": world.detections[0],
        "person": world.one(
            "SELECT p.ref FROM person p JOIN case_file c ON c.person_id = p.id WHERE c.ref = :ref",
            ref=world.cases[0],
        ),
        "measure": world.stage.measure,
        "line": world.stage.lines["SAS"],
        "agreement": world.stage.agreements["SAS"],
        "provider": world.stage.provider,
        "unit": world.stage.units["GSR-VAL-DE-TRAVERS"],
        "report": world.one("SELECT ref FROM report_issue ORDER BY id LIMIT 1"),
    }


def secrets_of(world: World) -> set[str]:
    """Words and names that only those with a part in the first case may read."""
    case = world.cases[0]
    rows = world.rows(
        "SELECT i.last_name || ' ' || i.first_name, i.first_name, c.number FROM case_file c "
        "JOIN identity i ON i.person_id = c.person_id WHERE c.ref = :ref",
        ref=case,
    )
    names = {word for row in rows for word in row} - {"Alix 1"}
    return names | {case, "Lombalgies", "10 kg", "Retour à l'emploi adapté", *world.refs().values()} - {
        NOBODY
    }


def test_every_operation_that_acts_has_its_body_here(all_of):
    acting = {one.path for one in all_of if one.method == "POST"} - FILES

    assert acting == set(BODIES)
    assert {one.path for one in all_of if one.method == "DELETE"} == TAKEN_AWAY
    assert {one.path for one in all_of if one.method in {"PUT", "PATCH"}} == {"/api/v1/reports/{ref}"}


def test_without_session_nothing_opens_but_the_login(january, all_of):
    client, refs = january.app.test_client(), refs_of(january)
    opened = {
        str(one): answer.status_code
        for one in all_of
        if not one.public and (answer := ask(client, one, refs, NOBODY)).status_code != 401
    }

    assert opened == {}
    assert [str(one) for one in all_of if one.public] == ["POST /api/v1/session"]


def test_a_role_without_the_permit_stays_outside(january, all_of):
    refs = refs_of(january)
    people = {role: january.program(january.person(role)) for role in Role}
    wrong = {}
    for one in all_of:
        for role in one.roles(allowed=False):
            answer = ask(people[role], one, refs, NOBODY)
            if not one.public and (answer.status_code, answer.get_json()["code"]) != (403, "not-allowed"):
                wrong[f"{one} as {role}"] = answer.status_code

    assert wrong == {}


def test_what_does_not_exist_is_not_found_by_whoever_may_ask(january, all_of):
    refs = refs_of(january)
    people = {role: january.program(january.person(role)) for role in Role}
    wrong = {}
    for one in all_of:
        if not one.names_something:
            continue
        for role in one.roles(allowed=True)[:3]:
            answer = ask(people[role], one, refs, NOBODY)
            if (answer.status_code, answer.get_json()["code"]) != (404, "unknown"):
                wrong[f"{one} as {role}"] = (answer.status_code, answer.text[:300])

    assert wrong == {}


@pytest.mark.parametrize("who", OUTSIDERS)
def test_somebody_elses_case_answers_like_nothing_at_all(january, all_of, who):
    client, refs, held = january.as_(who), refs_of(january), january.refs()
    leaks = {}
    for one in all_of:
        if one.public or not one.names_something or one.kind not in PERSONAL:
            continue
        if (who, one.kind) in SEEN_BY_MANDATE:
            continue
        there = ask(_client(client), one, refs, held[one.kind])
        nowhere = ask(_client(client), one, refs, NOBODY)
        if (there.status_code, _code(there)) != (
            nowhere.status_code,
            _code(nowhere),
        ) or there.status_code < 400:
            leaks[str(one)] = (there.status_code, _code(there), nowhere.status_code, _code(nowhere))

    assert leaks == {}


@pytest.mark.parametrize("who", ["stranger", "administrator", "other_provider", "group"])
def test_no_answer_to_an_outsider_holds_a_word_of_the_case(january, all_of, who):
    client, refs, secrets, held = january.as_(who), refs_of(january), secrets_of(january), january.refs()
    leaks = {}
    for one in all_of:
        answer = ask(_client(client), one, refs, held.get(one.kind, _any(january, one)))
        sent = {held.get(one.kind), *(str(value) for value in refs.values())}
        told = answer.get_data(as_text=True)
        found = {word for word in secrets - sent if word in told}
        if found or answer.status_code >= 500:
            leaks[str(one)] = (answer.status_code, found)

    assert leaks == {}


@pytest.mark.parametrize(
    "path", ["/api/v1/placements", "/api/v1/announcements", "/api/v1/consents", "/api/v1/statements"]
)
def test_a_foreign_name_in_a_body_answers_like_none(january, all_of, path):
    (one,) = [each for each in all_of if each.path == path and each.method == "POST"]
    who = "other_provider" if path.endswith("statements") else "stranger"
    client, refs = _client(january.as_(who)), refs_of(january)
    bare = refs | dict.fromkeys(("case", "detection", "person", "agreement"), NOBODY)

    there, nowhere = ask(client, one, refs, "1"), ask(client, one, bare, "2")

    assert (there.status_code, _code(there)) == (nowhere.status_code, _code(nowhere)) == (404, "unknown")


def test_a_refused_look_at_a_foreign_case_is_in_the_journal(january):
    january.as_("stranger").get(f"/cases/{january.cases[0]}", 404)

    entries = january.as_("auditor").get("/journal", action="refused", ref=january.cases[0])["items"]

    assert entries[0]["actor"] == "Paul Robert"


def test_parties_see_the_case_and_each_only_its_sections(january):
    case = f"/cases/{january.cases[0]}"

    seen = {who: set(january.as_(who).get(case)["sections"]) for who in ("orp", "gsr", "ai", "doctor")}

    assert seen["doctor"] == {"identity", "medical", "functional", "plan"}
    assert seen["gsr"] == {"identity", "functional", "social", "plan", "notes"}
    assert "medical" not in seen["orp"]
    assert "identity" in seen["ai"]
    assert january.as_("provider").get(case, 403)["code"] == "not-allowed"


def test_every_read_of_a_case_is_in_the_journal_before_the_answer_leaves(january):
    gsr = january.as_("gsr")
    gsr.get(f"/cases/{january.cases[0]}")

    newest = gsr.get(f"/cases/{january.cases[0]}/history")["items"][0]

    assert (newest["actor"], newest["action"]) == ("Lucie Matthey", "read")
    assert "plan" in newest["sections"]


def _client(caller):
    """The caller's client with its token."""
    caller.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {caller.token}"
    return caller.client


def _code(answer) -> str:
    return answer.get_json()["code"] if answer.status_code >= 400 else json.dumps(answer.get_json())[:80]


def _any(world: World, one: Operation) -> str:
    return {
        "measures": world.stage.measure,
        "agreements": world.stage.agreements["SAS"],
        "budgets": world.stage.lines["SAS"],
        "reports": refs_of(world)["report"],
    }.get(one.kind, NOBODY)
