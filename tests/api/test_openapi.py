"""The API describes itself: every route, its body, its refusals, in a document and on a page."""

from tests.api.operations import ask, operations

WALKED = {
    "monthly-data",
    "corrections",
    "observations",
    "recognitions",
    "final-accounts",
    "outcomes",
    "outcome-schemes",
    "wages",
    "wage-grants",
    "rounds",
    "evaluations",
    "deliverables",
    "calls",
    "offers",
    "published-calls",
    "appointments",
    "meetings",
    "body-decisions",
}
"""Asked in tests/api/test_evaluations.py, test_deliverables.py, test_calls.py, test_appointments.py, test_meetings.py, tests/web/test_social.py, test_final_accounts.py, test_outcomes.py, test_wages.py and test_rounds.py, where enterprises, observations and schemes live."""


def test_the_document_names_every_route_of_the_api(site):
    document = site.app.test_client().get("/api/v1/openapi.json").get_json()
    described = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}

    from cii.api.base import Blueprint

    ours = {name for name, blueprint in site.app.blueprints.items() if isinstance(blueprint, Blueprint)}
    routes = {
        (rule.rule.replace("<ref:", "{").replace("<", "{").replace(">", "}"), method)
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in ours
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert document["openapi"] == "3.1.0"
    assert routes
    assert routes <= described


def test_a_body_is_described_field_by_field_and_no_as_a_problem(site):
    document = site.app.test_client().get("/api/v1/openapi.json").get_json()
    shapes = document["components"]["schemas"]

    assert set(shapes["LogInRequest"]["required"]) == {"email", "password"}
    assert "reasons" in shapes["ProblemAnswer"]["properties"]


def test_the_page_shows_the_document_without_anything_from_elsewhere(site):
    page = site.app.test_client().get("/api/v1/docs").text

    shapes = site.app.test_client().get("/api/v1/docs/shapes").text

    assert "/api/v1/session" in page
    assert '/api/v1/docs/shapes#LogInRequest"' in page
    assert 'id="LogInRequest"' in shapes
    for shown in (page, shapes):
        assert "http://" not in shown.replace("http://localhost", "")
        assert "https://" not in shown


def test_the_headers_that_an_act_must_carry_are_described(site):
    paths = site.app.test_client().get("/api/v1/openapi.json").get_json()["paths"]

    def headers(path, method):
        return {one["name"] for one in paths[path][method]["parameters"] if one.get("in") == "header"}

    assert headers("/api/v1/placements", "post") == {"Idempotency-Key"}
    assert headers("/api/v1/statements/{ref}/payment", "post") == {"Idempotency-Key", "If-Match"}
    assert headers("/api/v1/cases/{ref}/grid", "post") == {"If-Match"}
    assert headers("/api/v1/cases/{ref}/grid", "get") == set()
    assert headers("/api/v1/detections/import", "post") == {"Idempotency-Key"}
    assert "multipart/form-data" in paths["/api/v1/detections/import"]["post"]["requestBody"]["content"]


def test_every_act_on_a_version_asks_for_it(january):
    """Whoever may act on a thing is told its version when the request names none."""
    who = {
        "referrals": "gsr", "tasks": "gsr", "cases": "gsr", "placements": "provider", "measures": "contracts",
        "statements": "finance", "agreements": "contracts",
    }  # fmt: skip
    others = {
        "medical": "doctor",
        "cancellation": "gsr",
        "answer": "gsr",
        "withdrawal": "orp",
        "submission": "provider",
        "extension": "gsr",
        "resumption": "gsr",
    }
    held = january.refs() | {
        "measures": january.stage.measure,
        "agreements": january.stage.agreements["LACI"],
    }
    refs = {
        "line": january.stage.lines["SAS"],
        "measure": january.stage.measure,
        "unit": january.stage.units["OAI-REA"],
        "report": "zzzzzzzzzz",
    }
    paths = january.app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    told = {}
    for one in operations(january.app):
        names = {each["name"] for each in paths[one.path][one.method.lower()]["parameters"] if "name" in each}
        if "If-Match" in names and one.kind not in WALKED:
            last = one.path.rpartition("/")[2]
            if one.path.endswith("/agreements/{ref}/decision"):
                continue  # of the steering group, which has no seat in this town
            mine = {"submission": "contracts"} if one.kind == "agreements" else others
            caller = january.as_(mine.get(last, who[one.kind]))
            client = caller.client
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {caller.token}"
            told[str(one)] = ask(client, one, refs, held[one.kind], **{"If-Match": ""}).status_code

    assert set(told.values()) == {428}, told
    assert len(told) == 67
