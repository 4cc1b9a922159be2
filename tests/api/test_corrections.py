"""Corrective measures by the API: observed, asked, reported done by the service, verified."""

from itertools import count

_KEYS = count(1)


def sent(caller, address, body, status, version=""):
    headers = {"Idempotency-Key": f"corrections-{next(_KEYS)}", **({"If-Match": version} if version else {})}
    answer = caller.send("POST", address, headers=headers, json=body)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer


def test_a_corrective_measure_goes_from_what_was_observed_to_what_was_verified(january):
    group, service = january.as_("group"), january.as_("contracts")
    agreement = group.send("GET", "/agreements").get_json()["items"][0]
    seen = {"agreement_ref": agreement["ref"], "wording": "Rapports en retard", "observed_on": "2026-12-20"}
    made = sent(group, "/corrections", seen, 201)
    ref, version = made.get_json()["ref"], made.headers["ETag"]
    assert (made.get_json()["agreement"], made.get_json()["state"]) == (agreement["number"], "observed")

    def move(caller, event, status=200, **more):
        nonlocal version
        body = {"event": event, **more}
        answer = sent(caller, f"/corrections/{ref}/moves", body, status, version)
        version = answer.headers.get("ETag", version)
        return answer.get_json()

    sent(group, f"/corrections/{ref}/moves", {"event": "drop"}, 428)
    move(group, "keep_within_contract")
    assert move(group, "ask", 422)["code"] == "due-date-missing"
    move(group, "ask", due_on="2027-02-28")
    assert move(group, "approve", 403, due_on="2027-02-28")["code"] == "steering-decides"
    assert made.get_json()["respondent"] == "LMMT"
    assert service.send("GET", f"/corrections/{ref}").get_json()["moves"] == ["do"]
    done = move(service, "do", note="Fait")
    assert done["state"] == "done"
    assert move(group, "reopen", 422, due_on="2027-03-31")["code"] == "corrective-reason-missing"
    stale = sent(group, f"/corrections/{ref}/moves", {"event": "verify"}, 412, made.headers["ETag"])
    assert stale.get_json()["code"]
    shown = move(group, "verify")

    assert [one["event"] for one in shown["steps"]] == [None, "keep_within_contract", "ask", "do", "verify"]
    assert shown["moves"] == []
    listed = group.send("GET", "/corrections?state=verified").get_json()["items"]
    assert [one["ref"] for one in listed] == [ref]
    assert group.send("GET", "/corrections?state=observed").get_json()["items"] == []
    assert january.as_("finance").send("GET", f"/corrections/{ref}").status_code == 403
