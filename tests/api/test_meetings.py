"""Meetings through the API: planned, called, held, decided and minuted, each act on the version it has seen."""

from io import BytesIO

from tests.meetings.build_meetings import a_pdf

PLAN = {
    "body": "coordination", "planned_on": "2027-03-04", "starts_at": "2027-03-04T13:00:00Z", "place": "Château",
    "topic": "Trimestre",
}  # fmt: skip


def sent(world, address, status=200, who="group", version=None, **more):
    caller = world.as_(who)
    headers = {
        "Idempotency-Key": f"{address}-{status}-{version}",
        **({"If-Match": version} if version else {}),
    }
    answer = caller.send("POST", address, headers=headers, **more)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer


def planned(world, **more):
    answer = sent(world, "/meetings", 201, json={**PLAN, **more})
    return f"/meetings/{answer.get_json()['ref']}", answer.headers["ETag"]


def test_a_meeting_is_planned_called_and_cancelled(january):
    at, version = planned(january)
    sent(january, f"{at}/agenda/items", 428, json={"title": "Calendrier"})
    done = sent(january, f"{at}/agenda/items", 201, version=version, json={"title": "Calendrier"})
    sent(january, f"{at}/agenda/items", 412, version=version, json={"title": "Encore"})
    done = sent(january, f"{at}/agenda/proposal", version=done.headers["ETag"])
    shown = done.get_json()
    first = shown["agenda"][0]
    assert (first["said"], first["state"], first["kind"]) == ("Calendrier", "kept", "free")
    assert {one["state"] for one in shown["agenda"][1:]} == {"proposed"}

    done = sent(january, f"{at}/agenda", version=done.headers["ETag"], json={"kept": [first["ref"]]})
    assert {one["state"] for one in done.get_json()["agenda"][1:]} == {"dropped"}
    moved = {"starts_at": "2027-03-05T13:00:00Z", "place": "Château, salle 2"}
    done = sent(january, f"{at}/place", version=done.headers["ETag"], json=moved)
    assert done.get_json()["planned_on"] == "2027-03-05"
    done = sent(january, f"{at}/invitations", 201, version=done.headers["ETag"])
    assert done.get_json()["state"] == "invited"
    sent(january, f"{at}/answer", 403, json={"answer": "comes"})
    sent(january, f"{at}/requests", 403)
    guest = {"item_ref": first["ref"], "member_ref": "zzzzzzzzzz"}
    sent(january, f"{at}/agenda/guests", 422, version=done.headers["ETag"], json=guest)
    done = sent(january, f"{at}/cancellation", version=done.headers["ETag"], json={"reason": "Pas de quorum"})
    assert done.get_json()["state"] == "cancelled"
    sent(january, f"{at}/holding", 409, version=done.headers["ETag"], json={})


def test_a_meeting_held_is_minuted_and_its_decisions_followed(january):
    at, version = planned(january, planned_on="2026-12-10", starts_at="2026-12-10T13:00:00Z")
    done = sent(january, f"{at}/agenda/items", 201, version=version, json={"title": "Calendrier"})
    item = done.get_json()["agenda"][0]["ref"]
    done = sent(january, f"{at}/holding", version=done.headers["ETag"], json={"summary": "Séance brève."})
    assert done.get_json()["held_on"] == "2026-12-10"
    entries = {"entries": [{"item_ref": item, "said": "Adopté."}]}
    done = sent(january, f"{at}/outcomes", version=done.headers["ETag"], json=entries)
    assert done.get_json()["agenda"][0]["outcome"] == "Adopté."

    ask = {"wording": "Relancer le prestataire.", "owner": "SEMP", "due_on": "2027-01-31"}
    taken = sent(january, f"{at}/decisions", 201, version=done.headers["ETag"], json=ask)
    assert (taken.get_json()["number"], taken.get_json()["state"]) == (1, "to_do")
    reserved = {"wording": "Vingt places de plus.", "kind": "more_places"}
    sent(january, f"{at}/decisions", 403, version=done.headers["ETag"], json=reserved)
    decision = f"/body-decisions/{taken.get_json()['ref']}"
    group = january.as_("group")
    assert group.send("GET", decision).get_json()["owner"] == "SEMP"
    listed = group.send("GET", "/body-decisions?to_do=true").get_json()["items"]
    assert [one["wording"] for one in listed] == ["Relancer le prestataire."]
    followed = sent(january, f"{decision}/moves", version=taken.headers["ETag"], json={"event": "do"})
    assert followed.get_json()["state"] == "done"

    text = {"file": (BytesIO(b"du texte"), "pv.txt")}
    sent(january, f"{at}/minutes", 422, version=done.headers["ETag"], data=text)
    done = sent(
        january, f"{at}/minutes", version=done.headers["ETag"], data={"file": (BytesIO(a_pdf()), "pv.pdf")}
    )
    assert group.send("GET", f"{at}/minutes").data[:4] == b"%PDF"
    done = sent(january, f"{at}/distribution", version=done.headers["ETag"])
    done = sent(january, f"{at}/adoption", version=done.headers["ETag"])
    assert done.get_json()["minutes_state"] == "adopted"
    rows = group.send("GET", "/meetings?body=coordination").get_json()["items"]
    assert rows[-1]["minutes_state"] == "adopted"
    sent(january, "/meetings", 403, who="contracts", json=PLAN)
