"""The API describes itself: every route, its body, its refusals, in a document and on a page."""


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

    assert "/api/v1/session" in page
    assert "http://" not in page.replace("http://localhost", "")
    assert "https://" not in page
