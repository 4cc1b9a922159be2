"""A person's program at the JSON API: logs in, reads, acts with the version it has seen and a key of its own."""

import io
import itertools
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from tests.api.site import Site
from tests.journeys.stage import PASSWORD

API = "/api/v1"


@dataclass
class Caller:
    """One account at the API; a session that has run out is opened anew."""

    site: Site
    who: str
    client: FlaskClient = field(init=False)
    token: str = ""
    keys: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.client = self.site.app.test_client()

    def call(self, method: str, path: str, status: int, **more: Any) -> Any:
        """One request and its plain answer; another status than the one told is a fault of the test."""
        answer = self.send(method, path, **more)
        if answer.status_code == 401 and status != 401:
            self.token = ""
            answer = self.send(method, path, **more)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code}\n{answer.text[:3000]}"
        return answer.get_json() if answer.mimetype.endswith("json") and answer.data else answer.data

    def send(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token()}", **more.pop("headers", {})}
        return self.client.open(API + path, method=method, headers=headers, **more)

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        return self.call("GET", path, status, query_string=query)

    def post(
        self,
        path: str,
        body: Any = None,
        status: int = 200,
        *,
        seen: str | None = None,
        key: str | None = None,
    ) -> Any:
        """Act; `seen` is the address whose version goes into `If-Match`."""
        headers = {"Idempotency-Key": key or f"{self.who}-{next(self.keys)}"}
        if seen is not None:
            headers["If-Match"] = self.version(seen)
        more = {"json": body} if body is not None else {}
        return self.call("POST", path, status, headers=headers, **more)

    def upload(self, path: str, name: str, data: bytes, status: int = 200, **query: Any) -> Any:
        form = {"file": (io.BytesIO(data), name)}
        headers = {"Idempotency-Key": f"{self.who}-{next(self.keys)}"}
        return self.call("POST", path, status, headers=headers, data=form, query_string=query)

    def version(self, path: str) -> str:
        answer = self.send("GET", path)
        if answer.status_code == 401:
            self.token = ""
            answer = self.send("GET", path)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text[:500]}"
        return answer.headers["ETag"]

    def _token(self) -> str:
        if not self.token:
            told = {"email": f"{self.who}@cii.example", "password": PASSWORD}
            answer = self.client.post(f"{API}/session", json=told)
            assert answer.status_code == 201, answer.text
            self.token = answer.get_json()["token"]
        return self.token


def codes(problem: Any) -> list[str]:
    """The codes of the reasons in a problem."""
    return [one["code"] for one in problem["reasons"]]
