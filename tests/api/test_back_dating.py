"""No date with effect on an agreement lies back without a right: every door that takes one is walked."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.test_agreement_journey import Desk

OPEN_TEXT = "agreement-signed-already"
"""It changes a text that is not signed; such a text binds from its entry into force, which asks for the right."""
REFUSED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "amendment": ({"from_day": "2026-12-01"}, {"back-dated"}),
    "renewal": ({"from_day": "2026-06-01"}, {"term-not-over"}),
    "termination": (
        {"last_day": "2026-12-01", "reason": "Fin du besoin", "received_on": "2020-01-31"},
        {"end-in-the-past", "notice-before-agreement"},
    ),
    "signatures": ({"name": "Direction", "signed_on": "2026-01-04"}, {"signature-day-ahead"}),
    "tariffs": (
        {"measure_ref": "{measure}", "line_ref": "{line}", "valid_from": "2026-02-01", "basis": "weekdays",
         "amount": "2200.00"}, {OPEN_TEXT},
    ),
    "closures": (
        {"measure_ref": "{measure}", "starts_on": "2026-02-01", "ends_on": "2026-02-03", "reason": "Vacances"},
        {OPEN_TEXT},
    ),
    "deliverables/dates": ({"kind": "courses", "frequency": "quarterly", "first": "2026-02-01"}, {OPEN_TEXT}),
    "price-talks": ({"talked_on": "2025-12-31", "reason": "Coûts stables sur trois ans."}, {"price-talk-too-early"}),
    "rounds": ({"due_on": "2026-02-01"}, {OPEN_TEXT}),
}  # fmt: skip
"""What each door is asked for an agreement in force, and why not."""
ELSEWHERE = {
    "agreements": "a draft binds nobody; its entry into force asks for the right",
    "calls/{ref}/agreement": "the same draft, from a call",
    "agreements/{ref}/evaluations": "until when the provider comments: no effect on the agreement",
    "agreements/{ref}/indicator-values": "for which day a value stands: it has been",
    "agreements/{ref}/overrun-notices": "when an overrun is expected: told, not agreed",
    "agreements/{ref}/talks": "an appointment",
    "agreements/{ref}/visits": "an appointment",
}
START = "/api/v1/"


def dated(document: dict[str, Any]) -> Iterator[str]:
    """The operations on agreements, and what makes one of a call, whose body has a date."""

    def has_date(shape: dict[str, Any]) -> bool:
        if "$ref" in shape:
            shape = document["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
        parts = [*shape.get("properties", {}).values(), *([shape["items"]] if "items" in shape else [])]
        return shape.get("format") in {"date", "date-time"} or any(has_date(part) for part in parts)

    for path, methods in document["paths"].items():
        name = path.removeprefix(START)
        if name.split("/")[0] != "agreements" and not name.endswith("/agreement"):
            continue
        for asked in methods.values():
            bodies = asked.get("requestBody", {}).get("content", {}) if isinstance(asked, dict) else {}
            if any(has_date(one["schema"]) for one in bodies.values()):
                yield name


def test_every_door_that_takes_a_date_of_an_agreement_is_known(january):
    document = january.app.test_client().get("/api/v1/openapi.json").get_json()

    assert set(dated(document)) == {f"agreements/{{ref}}/{one}" for one in REFUSED} | set(ELSEWHERE)


@pytest.mark.parametrize("door", REFUSED)
def test_no_door_dates_an_agreement_in_force_back(january, door: str):
    wish, codes = REFUSED[door]
    desk = Desk(january, "contracts", january.stage.agreements["LACI"])
    seen = desk.caller.send("GET", f"/agreements/{desk.ref}")
    before = seen.get_json()
    names = {"{measure}": january.stage.measure, "{line}": january.stage.lines["LACI"]}

    answer = desk.caller.send(
        "POST", f"/agreements/{desk.ref}/{door}", json={key: names.get(value, value) for key, value in wish.items()},
        headers={"Idempotency-Key": f"back-{door}", "If-Match": seen.headers["ETag"]},
    )  # fmt: skip

    told = answer.get_json()
    assert answer.status_code in {409, 422}, told
    assert codes <= {told["code"], *(one["code"] for one in told.get("reasons", ()))}
    assert desk.read() == before
