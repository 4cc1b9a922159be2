"""Targets over other lists of the demo canton: the whole request as JSON against its own statements raw."""

from collections.abc import Callable

from benchmarks.canton import Sides, client_of
from benchmarks.rows import again, told


def _request(url: str, email: str) -> Callable[[], Sides]:
    """A list as this account asks for it; on the raw side the same statements, in the same transactions."""

    def prepare() -> Sides:
        client, headers, engine = client_of(email)
        first = client.get(url, headers=headers)
        assert first.status_code == 200
        assert first.get_json().get("items") or first.get_json().get("persons")
        given = told(client.application.wiring.engine, lambda: client.get(url, headers=headers))
        return lambda: client.get(url, headers=headers), lambda: again(engine, given)

    return prepare


detections = _request("/api/v1/detections?limit=50", "orp@cii.example")
referrals = _request("/api/v1/referrals?limit=50", "orp@cii.example")
persons = _request("/api/v1/search?text=Mar", "orp@cii.example")
journal = _request("/api/v1/journal?limit=50", "dpo@cii.example")
