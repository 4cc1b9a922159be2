"""The operator's probes tell the truth, also when the database does not answer."""

from sqlalchemy.exc import OperationalError


def test_a_running_house_is_alive_and_ready(site):
    client = site.app.test_client()

    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {
        "status": "ok",
        "mail": {"waiting": 0, "delayed": 0, "failed": 0},
    }


def test_without_database_it_lives_is_not_ready_and_answers_503(site, monkeypatch):
    client = site.program(site.person())

    def gone(*_):
        raise OperationalError("", {}, Exception("connection refused"))

    monkeypatch.setattr(site.engine, "connect", gone)

    assert client.get("/healthz").status_code == 200
    assert (client.get("/readyz").status_code, client.get("/readyz").get_json()) == (
        503,
        {"status": "database"},
    )
    answer = client.get("/api/v1/session")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_static_files_are_kept_by_their_digest(site):
    from cii.web.assets import asset

    client = site.app.test_client()
    fresh = client.get(asset("cii.css"), headers={"Accept-Encoding": "gzip"})

    assert "immutable" in fresh.headers["Cache-Control"]
    assert fresh.headers["Content-Encoding"] == "gzip"
    assert (
        client.get(
            asset("cii.css"), headers={"If-None-Match": client.get(asset("cii.css")).headers["ETag"]}
        ).status_code
        == 304
    )
    assert client.get("/static/cii.css").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/../assets.py").status_code == 404
    assert client.get("/static/vendor/refresh.sh").status_code == 404
