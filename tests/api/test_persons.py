"""Persons through the API: doubles, identity by version, statuses, their file, consents, merge and undo."""

from io import BytesIO

import pytest

from cii.access.vocabulary import Role
from tests.api.world import NOBODY


@pytest.fixture
def orp(january):
    return january.as_("orp")


@pytest.fixture
def person(january):
    return january.refs()["persons"]


def sent(caller, method, path, status, body=None, **headers):
    key = {"Idempotency-Key": f"{method} {path} {body}"} if method == "POST" else {}
    answer = caller.send(method, path, json=body, headers=key | headers)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer


def test_doubles_are_told_of_my_persons_only(january, orp, person):
    known = sent(orp, "GET", f"/persons/{person}", 200).get_json()
    last, first = known["name"].split(" ", 1)
    ask = {"last_name": first, "first_name": last, "birth_date": known["birth_date"]}

    mine = sent(orp, "POST", "/persons/doubles", 200, ask).get_json()
    theirs = sent(january.as_("stranger"), "POST", "/persons/doubles", 200, ask).get_json()
    nobodys = sent(
        january.as_("stranger"), "POST", "/persons/doubles", 200, ask | {"last_name": "Inconnue"}
    ).get_json()

    assert [(one["person"]["ref"], one["likeness"]) for one in mine["items"]] == [(person, "swapped_names")]
    assert theirs == nobodys == {"items": [], "next": None}
    assert (
        sent(orp, "POST", "/persons/doubles", 422, ask | {"avs": "756.1"}).get_json()["code"] == "avs-shape"
    )


def test_the_number_is_told_where_it_is_asked_for(orp, person):
    masked = sent(orp, "GET", f"/persons/{person}", 200).get_json()["avs"]
    clear = sent(orp, "GET", f"/persons/{person}?avs=true", 200).get_json()["avs"]

    assert masked == f"{clear[:3]}.••••.••{clear[-5:]}"


def test_an_identity_is_corrected_from_the_version_that_was_seen(orp, person):
    body = {"last_name": "Corrigée", "first_name": "Alix 1", "birth_date": "1980-05-17"}
    tag = sent(orp, "GET", f"/persons/{person}", 200).headers["ETag"]

    sent(orp, "POST", f"/persons/{person}/identity", 428, body)
    sent(orp, "POST", f"/persons/{person}/identity", 412, body, **{"If-Match": f'"{person}.1"'})
    answer = sent(orp, "POST", f"/persons/{person}/identity", 200, body, **{"If-Match": tag})

    assert answer.get_json()["name"] == "Corrigée Alix 1"
    assert answer.headers["ETag"] != tag


def test_a_status_is_added_and_the_last_one_is_current(orp, person):
    body = {"system": "AC", "kind": "benefit", "effective_on": "2027-01-05", "remaining_days": 12}

    told = sent(orp, "POST", f"/persons/{person}/statuses", 201, body).get_json()["items"]

    current = [one for one in told if one["system"] == "AC" and one["current"]]
    assert [(one["remaining_days"], one["source"], one["author"]) for one in current] == [
        (12, "entered", "Camille Perrenoud")
    ]
    late = body | {"since": "2027-02-01", "until": "2027-01-01"}
    assert sent(orp, "POST", f"/persons/{person}/statuses", 422, late).get_json()["code"] == "status-dates"


def test_a_file_of_statuses_is_tried_read_and_read_once(orp, person):
    number = sent(orp, "GET", f"/persons/{person}?avs=true", 200).get_json()["avs"]
    data = f"avs;systeme;statut;valable_des\n{number};AS;suivi;05.01.2027\n".encode()

    def asked(key, status=200, content=data, **query):
        answer = orp.send(
            "POST", "/statuses/import", data={"file": (BytesIO(content), "s.csv")}, query_string=query,
            headers={"Idempotency-Key": key},
        )  # fmt: skip
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    assert asked("a", dry_run="true") == {"rows": 1, "added": 1, "repeated": False}
    assert asked("b") == {"rows": 1, "added": 1, "repeated": False}
    assert asked("c") == {"rows": 1, "added": 0, "repeated": True}
    faults = asked("d", 422, data + b"756.9217.0769.84;AS;suivi;05.01.2027\n")
    assert [(one["code"], one["facts"]["line"]) for one in faults["reasons"]] == [("avs-check-digit", 3)]


def test_disclosures_are_told_with_their_sentence_in_three_languages(orp, person):
    told = sent(orp, "GET", f"/persons/{person}/disclosures", 200).get_json()["items"]

    assert told
    assert all(set(one["text"]) == {"fr", "de", "en"} for one in told)


def test_a_person_of_others_is_as_unknown_as_nobody(january, person):
    stranger = january.as_("stranger")
    for path in ("", "/statuses", "/consents", "/disclosures"):
        foreign = sent(stranger, "GET", f"/persons/{person}{path}", 404).get_json()
        nobody = sent(stranger, "GET", f"/persons/{NOBODY}{path}", 404).get_json()
        assert foreign["reasons"] == nobody["reasons"]


def test_a_merge_needs_both_persons_and_an_undo_its_merge(january, orp, person):
    chief = january.program(january.person(Role.SUPERVISOR))
    body = {"old_ref": person, "reason": "Même personne, annoncée deux fois."}
    for path in (f"/persons/{person}/merges", f"/merges/{NOBODY}/undo"):
        answer = chief.post(
            f"/api/v1{path}", json=body if "merges" in path[-6:] else {"reason": "Ce sont deux personnes."},
            headers={"Idempotency-Key": path},
        )  # fmt: skip
        assert answer.status_code == 404
    sent(orp, "POST", f"/persons/{person}/merges", 403, body)
