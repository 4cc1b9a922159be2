"""Seats and presidency of the coordination group by the API."""

from itertools import count

import pytest

from tests.coordination.build_coordination import the_members

_KEYS = count(1)


@pytest.fixture(autouse=True)
def _seated(january):
    with january.work() as work:
        the_members(work)


def sent(caller, address, body, status):
    key = f"seats-{next(_KEYS)}"
    answer = caller.send("POST", address, headers={"Idempotency-Key": key}, json=body)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def test_seats_are_given_read_by_day_and_ended(january):
    seat = {
        "body": "coordination",
        "standing": "permanent",
        "institution": "SASO",
        "valid_from": "2027-02-01",
    }
    asker, steering = january.as_("group"), january.as_("pilotage")

    no = sent(asker, "/body-members", seat, 403)
    assert no["code"] == "steering-appoints"
    taken = sent(steering, "/body-members", seat, 409)
    assert taken["code"] == "seat-taken"
    listed = asker.send("GET", "/body-members?day=2027-01-15").get_json()["items"]
    old = next(one for one in listed if one["institution"] == "SASO")
    assert "account_id" not in old
    ended = sent(steering, f"/body-members/{old['ref']}/end", {"valid_to": "2027-02-01"}, 200)
    assert ended["valid_to"] == "2027-02-01"
    made = sent(steering, "/body-members", seat, 201)
    held = asker.send("GET", "/body-members?day=2027-02-01").get_json()["items"]
    assert [one["ref"] for one in held if one["institution"] == "SASO"] == [made["ref"]]
    assert asker.send("GET", "/body-members?body=steering").get_json()["items"] == []


def test_the_presidency_is_named_and_its_turn_shown(january):
    asker = january.as_("group")
    named = sent(asker, "/presidencies", {"year": 2028, "institution": "SASO"}, 201)
    again = sent(asker, "/presidencies", {"year": 2029, "institution": "SASO"}, 422)
    guest = sent(asker, "/presidencies", {"year": 2030, "institution": "OAI"}, 422)

    assert named == {"year": 2028, "institution": "SASO", "named": True}
    assert (again["code"], guest["code"]) == ("presidency-second-year", "not-a-permanent-member")
    items = asker.send("GET", "/presidencies").get_json()["items"]
    assert {one["year"]: one["named"] for one in items}[2028] is True
    assert january.as_("finance").send("GET", "/presidencies").status_code == 403


def test_the_mandate_is_read_and_the_steering_group_adds_to_it(january):
    asker, steering = january.as_("group"), january.as_("pilotage")
    wish = {"number": "GP-2027-1", "title": "Jeunes", "wording": "Analyser.", "issued_on": "2027-01-04"}

    sent(asker, "/mandates", wish, 403)
    assert sent(steering, "/mandates", {**wish, "document_sha256": "x"}, 422)["code"] == "not-a-digest"
    made = sent(steering, "/mandates", wish, 201)
    assert sent(steering, "/mandates", wish, 409)["code"] == "mandate-number-taken"
    held = asker.send("GET", "/mandates/in-force").get_json()
    assert [one["number"] for one in held["tasks"]] == [*range(1, 10)]
    assert {one["number"]: one["due"] for one in held["tasks"]}[9] == 1
    assert [one["number"] for one in held["rules"]] == [*range(1, 7)]
    ended = sent(steering, f"/mandates/{made['ref']}/end", {"ended_on": "2027-01-04"}, 200)
    assert ended["ended_on"] == "2027-01-04"
    listed = asker.send("GET", "/mandates").get_json()["items"]
    assert [one["ref"] for one in listed] == [made["ref"]]
    assert january.as_("finance").send("GET", "/mandates").status_code == 403
