"""Frozen reports through the API: nothing that is sent changes or removes one; any kind is asked for by name."""

import pytest


@pytest.fixture
def frozen(january):
    caller = january.as_("group")
    answer = caller.send(
        "POST",
        "/reports",
        headers={"Idempotency-Key": "r-1"},
        json={"period": "2026-Q4", "kind": "quarterly"},
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_frozen_report_asked_to_change_stays_as_it_is(january, frozen, method):
    group, at = january.as_("group"), f"/reports/{frozen['ref']}"

    answer = group.send(method, at, json={"values": {}} if method != "DELETE" else None)

    assert answer.status_code == 409
    assert answer.get_json()["code"] == "report-frozen"
    assert group.send("GET", at).get_json()["sha256"] == frozen["sha256"]
    assert january.as_("contracts").send(method, at, json={}).status_code == 403


def test_nothing_is_published_without_the_steering_group(january, frozen):
    group, at = january.as_("group"), f"/reports/{frozen['ref']}"

    refused = group.send("GET", f"/reports/{frozen['ref']}/public/pdf")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "public-without-approval")
    asked = group.send("POST", f"{at}/publication", headers={"Idempotency-Key": "p-1"})
    assert (asked.status_code, asked.get_json()["code"]) == (409, "no-meeting-ahead")
    assert january.as_("contracts").send("GET", f"{at}/public/pdf").status_code == 403


def test_every_kind_is_drafted_and_frozen_by_its_word(january):
    group = january.as_("group")

    draft = group.send("GET", "/reports/draft?kind=monthly&period=2026-12").get_json()
    made = group.send(
        "POST", "/reports", headers={"Idempotency-Key": "r-2"}, json={"period": "2026-12", "kind": "monthly"}
    )

    assert (draft["kind"], draft["values"]["period"]) == ("monthly", "2026-12")
    assert made.status_code == 201
    assert made.get_json()["kind"] == "monthly"
    wrong = {"period": "2026-Q4", "kind": "annual"}
    refused = group.send("POST", "/reports", headers={"Idempotency-Key": "r-3"}, json=wrong)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "wrong-report-period")


@pytest.mark.parametrize(("kind", "scope"), [("fr_exits", "NO-SUCH"), ("fr_exits", ""), ("annual", "AT-01")])
def test_a_scope_that_is_not_there_is_not_found(january, kind, scope):
    group = january.as_("group")
    asked = {"period": "2026", "kind": kind, "scope": scope}

    draft = group.send("GET", f"/reports/draft?kind={kind}&period=2026&scope={scope}")
    made = group.send("POST", "/reports", headers={"Idempotency-Key": f"s-{kind}-{scope}"}, json=asked)

    assert (draft.status_code, made.status_code) == (404, 404)
    assert draft.get_json()["code"] == "unknown"
