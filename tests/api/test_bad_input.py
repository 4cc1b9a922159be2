"""What bad input gets: product.md §11, line by line, as far as people and cases meet it.

| line of the table | where |
|---|---|
| any operation without session | test_access: test_without_session_nothing_opens_but_the_login; tests/leaks for pages |
| a case in which my institution has no part | test_access: like nothing at all, no word of it, the journal; tests/leaks |
| documents of a foreign case; a bulk list with one foreign id | tests/web/test_attachments.py; test_desk_unit.py |
| field without right; sorting by it | here; tests/leaks/test_probing.py |
| unknown or protected field in a body | here |
| consent withdrawn or expired | test_acts: access closes in that request; tests/people/test_persons.py |
| disclosure on a basis whose conditions fail | here; tests/people/test_rules.py, every precondition of every basis |
| illegal move, closed case edited | here; test_acts: reopening needs its reason |
| plan agreed by 2 of 3; signed with no physician | tests/cases/test_plan.py; here |
| change without If-Match, with an old ETag, two editors at once | here |
| the same Idempotency-Key | here |
| 50 requests for the last place; two sectors for the last franc | here; tests/placements/test_last_place.py |
| own sector full while another has free places | here |
| agreement without indicators; with volume guarantee, deductible surplus | tests/agreements; the 44 indications |
| retroactive price or quota; budget of a closed year | test_acts (quota); tests/budgets, tests/agreements |
| money and times in JSON | tests/wire/test_schema.py; half characters here |
| AVS number | here |
| import of 1 000 rows with one bad; again; BOM, separators, encodings | here; tests/documents/test_csv.py for sums |
| cells that look like formulas | tests/documents/test_csv.py, test_xlsx.py |
| upload too large, of another kind, empty | tests/web/test_attachments.py, tests/documents; imports here |
| search for anything | here; tests/web/test_search.py |
| foreign Origin, missing CSRF token; state change by GET | here |
| sixth wrong password, unknown user | test_session |
| database down or read-only | test_health, here |
| wrong schema revision, default secret in production | tests/wire/test_start.py |
| job run twice, killed, two workers | tests/jobs/test_runs.py; the run of a date twice: the journey, chapter six |
"""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.exc import OperationalError

from tests.api.operations import BODIES
from tests.journeys.caller import API, codes
from tests.journeys.stage import avs

DECEMBER = {"starts_on": "2026-12-01", "ends_on": "2026-12-31"}
SAID = {"item": "motivation", "value": "3", "effective_on": "2026-10-14", "source": "Entretien"}


def a_wish(world, case: int = 1, line: str = "LACI", **more) -> dict:
    """A place in the workshop for December."""
    shares = [{"line_ref": world.stage.lines[line]}]
    return {
        "case_ref": world.cases[case],
        "measure_ref": world.stage.measure,
        "shares": shares,
        **DECEMBER,
        **more,
    }


def test_a_field_without_right_is_absent_and_no_filter_or_order_reaches_it(november):
    orp, case = november.as_("orp"), f"/cases/{november.cases[0]}"

    assert "medical" in november.as_("ai").get(case)["sections"]
    assert "medical" not in orp.get(case)["sections"]
    for query in ({"medical": "x"}, {"debts": "true"}):
        assert codes(orp.get("/cases", 422, **query)) == ["unknown-field"]
    for path in ("/cases", "/tasks", "/referrals", "/detections", "/placements"):
        assert codes(orp.get(path, 400, sort="medical")) == ["no-sorting"]


@pytest.mark.parametrize(
    "name", ["id", "ref", "institution_id", "version", "state", "person_id", "created_at"]
)
def test_an_unknown_or_protected_field_is_named(november, name):
    refused = november.as_("orp").post("/placements", a_wish(november, **{name: 1}), 422)

    assert [(one["code"], one["field"]) for one in refused["reasons"]] == [("unknown-field", name)]


def test_every_fault_of_a_body_comes_at_once_by_its_field(november):
    body = {"case_ref": 1, "measure_ref": "", "starts_on": "31.12.2026", "shares": [{"weight": "60"}]}

    refused = november.as_("orp").post("/placements", body, 422)

    assert {(one["field"], one["code"]) for one in refused["reasons"]} == {
        ("case_ref", "not-text"),
        ("measure_ref", "empty-field"),
        ("starts_on", "not-a-date"),
        ("ends_on", "missing-field"),
        ("shares.0.line_ref", "missing-field"),
        ("shares.0.weight", "not-an-integer"),
    }


def test_a_basis_between_two_insurances_does_not_reach_social_aid(november):
    orp = november.as_("orp")
    seen = orp.post("/detections", BODIES["/api/v1/detections"] | {"avs": avs(920)})
    wish = {"detection_ref": seen["detection_ref"], "potential": "medium", "reason": "Motif"}

    refused = orp.post("/announcements", wish | {"basis": "LACI_85f_3"}, 422)

    failed = {(one["code"], one["facts"]["recipient"]) for one in refused["reasons"]}
    assert ("basis-ac-ai-only", "Guichet social régional du Val-de-Travers") in failed


def test_an_illegal_move_names_those_that_are_open(november):
    orp, case = november.as_("orp"), f"/cases/{november.cases[1]}"
    part = {
        "goal": "a",
        "action": "b",
        "unit_ref": november.stage.units["ORP-LITTORAL"],
        "due_on": "2026-12-31",
    }

    refused = orp.post(f"{case}/plan", {"focus": "Emploi", "parts": [part]}, 409, seen=case)

    assert refused["reasons"][0]["facts"]["open"]
    assert orp.get(f"{case}/process")["stage"] == "assessment"
    assert orp.get(f"{case}/plan")["items"] == []


def test_an_assessment_without_its_voices_names_each_one(november):
    orp, case = november.as_("orp"), f"/cases/{november.cases[1]}"

    refused = orp.post(f"{case}/assessment", {"synthesis": "Synthèse"}, 422, seen=case)

    assert {one["facts"]["role"] for one in refused["reasons"]} == {"AC", "AI", "AS", "physician"}


def test_a_change_names_the_version_it_has_seen(november):
    orp, case = november.as_("orp"), f"/cases/{november.cases[1]}"
    seen = orp.version(case)

    bare = orp.post(f"{case}/grid", {"entries": [SAID]}, 428)
    orp.post(f"{case}/grid", {"entries": [SAID]}, seen=case)
    stale = orp.send("POST", f"{case}/grid", json={"entries": [SAID]}, headers={"If-Match": seen})

    assert (bare["code"], bare["reasons"][0]["facts"]["current"]) == ("precondition-required", seen)
    assert (stale.status_code, stale.get_json()["reasons"][0]["facts"]["current"]) == (412, orp.version(case))


def test_of_two_editors_at_once_exactly_one_wins(november):
    orp, case = november.as_("orp"), f"/cases/{november.cases[1]}"
    seen, gate = orp.version(case), Barrier(4)

    def edit(value: int) -> int:
        gate.wait()
        entry = SAID | {"value": str(value)}
        sent = {"If-Match": seen, "Authorization": f"Bearer {orp.token}"}
        client = november.app.test_client()
        return client.post(f"{API}{case}/grid", json={"entries": [entry]}, headers=sent).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(edit, (1, 2, 3, 4)))

    assert answers == [200, 412, 412, 412]


def test_a_key_acts_once_however_often_it_is_sent(november):
    orp, wish = november.as_("orp"), a_wish(november)

    none = orp.send("POST", "/placements", json=wish)
    first = orp.post("/placements", wish, 201, key="one")
    again = orp.post("/placements", wish, 201, key="one")
    other = orp.post("/placements", wish | {"ends_on": "2026-12-30"}, 422, key="one")

    assert (none.status_code, none.get_json()["code"]) == (400, "idempotency-key-missing")
    assert again == first
    assert codes(other) == ["idempotency-key-reused"]
    assert november.one("SELECT count(*) FROM placement WHERE starts_on = '2026-12-01'") == 1


def test_a_key_whose_request_still_runs_says_so(november):
    from datetime import timedelta

    from cii.wire.tables import IdempotencyRecord

    orp, wish = november.as_("orp"), a_wish(november)
    orp.post("/placements", wish, 201, key="first")
    with november.work() as work:
        held = work.session.get(IdempotencyRecord, november.one("SELECT max(id) FROM idempotency_record"))
        held.status, held.lease_until = None, work.now + timedelta(seconds=50)
        work.session.add(held)

    refused = orp.send("POST", "/placements", json=wish, headers={"Idempotency-Key": "first"})

    assert (refused.status_code, refused.get_json()["code"]) == (409, "idempotency-in-progress")
    assert refused.headers["Retry-After"] == "5"


def test_of_all_who_ask_for_the_last_place_at_once_one_gets_it(november):
    contracts, path = november.as_("contracts"), f"/measures/{november.stage.measure}"
    quota = {"line_ref": november.stage.lines["LACI"], "kind": "professional", "valid_from": "2026-12-01"}
    contracts.post(f"{path}/quotas", quota | {"places": 1}, seen=path)
    callers = [november.as_("orp").token, november.as_("gsr").token]
    wishes = [a_wish(november, case) for case in (0, 1, 2)] * 4
    gate = Barrier(len(wishes))

    def ask(n: int) -> int:
        gate.wait()
        sent = {"Idempotency-Key": f"last-{n}", "Authorization": f"Bearer {callers[n % 3 == 0]}"}
        return november.app.test_client().post(f"{API}/placements", json=wishes[n], headers=sent).status_code

    with ThreadPoolExecutor(len(wishes)) as pool:
        answers = list(pool.map(ask, range(len(wishes))))

    assert answers.count(201) == 1
    assert set(answers) <= {201, 409}
    assert november.one("SELECT max(taken) FROM quota_day WHERE day = '2026-12-10' AND line_id = 1") == 1


def test_a_full_line_is_told_which_other_has_places(november):
    contracts, path = november.as_("contracts"), f"/measures/{november.stage.measure}"
    quota = {"line_ref": november.stage.lines["LACI"], "kind": "professional", "places": 0}
    contracts.post(f"{path}/quotas", quota | {"valid_from": "2026-12-01"}, seen=path)

    refused = november.as_("orp").post("/placements", a_wish(november), 409)

    (full,) = [one for one in refused["reasons"] if one["code"] == "line-quota-full"]
    assert full["facts"]["transfer"] == ["SAS", "AI"]
    assert full["facts"]["proposal"][0]["free"] > 0


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("756.9217.0769.84", "avs-check-digit"),
        ("757.9217.0769.85", "avs-prefix"),
        ("756.9217.0769", "avs-shape"),
        ("756.9217.0769.85x", "avs-shape"),
    ],
)
def test_an_avs_number_that_cannot_be_one_is_refused(november, written, code):
    refused = november.as_("orp").post("/detections", BODIES["/api/v1/detections"] | {"avs": written}, 422)

    assert codes(refused) == [code]


def test_an_avs_number_is_one_however_it_is_written_and_a_known_one_stays_silent(november):
    orp, gsr = november.as_("orp"), november.as_("gsr")
    person = BODIES["/api/v1/detections"]

    first = orp.post("/detections", person | {"avs": "756.9217.0769.85"})
    mine = orp.post("/detections", person | {"avs": "756 9217 0769 85"})
    theirs = gsr.post("/detections", person | {"avs": "7569217076985", "last_name": "Autrement"})

    assert (mine["detected"], mine["detection_ref"]) == (True, None)
    assert set(theirs) == set(first)
    assert gsr.get(f"/detections/{theirs['detection_ref']}")["person"]["name"] == "Autrement Dominique"
    assert orp.get(f"/detections/{first['detection_ref']}")["person"]["name"] == "Exemple Dominique"


@pytest.mark.parametrize("text", ["%", "_", "'--", '"; DROP TABLE person', "\\", "x" * 100])
def test_a_search_for_anything_finds_nothing_and_breaks_nothing(november, text):
    assert november.as_("orp").get("/cases", text=text)["items"] == []


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "x" * 10_000])
def test_a_search_for_what_is_no_text_is_refused(november, text):
    assert november.as_("orp").get("/cases", 422, text=text)["reasons"][0]["field"] == "text"


def test_a_search_finds_by_the_beginning_of_a_name_without_accents(november):
    found = november.as_("orp").get("/cases", text="chatelain")["items"]

    assert [one["person"]["name"] for one in found] == ["Châtelain Alix 2"]


def test_a_change_from_elsewhere_or_without_proof_is_refused(november):
    from tests.api.site import Site

    orp = november.as_("orp")
    foreign = orp.send("POST", "/announcements", json={}, headers={"Origin": "https://evil.example"})
    with november.work() as work:
        from cii.access.queries import account_by_email

        account = account_by_email(work, "orp@cii.example")
    browser = Site.reader(november, account)
    bare = browser.post(f"{API}/announcements", json={})
    proved = browser.post(f"{API}/announcements", json={}, headers={"X-CSRF-Token": browser.proof})

    assert (foreign.status_code, foreign.get_json()["code"]) == (403, "csrf")
    assert (bare.status_code, bare.get_json()["code"]) == (403, "csrf")
    assert (proved.status_code, proved.get_json()["code"]) == (400, "idempotency-key-missing")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nothing_is_changed_by_reading_it(november, method):
    answer = november.as_("orp").send(method, "/announcements")

    assert (answer.status_code, answer.get_json()["code"]) == (405, "method-not-allowed")


@pytest.mark.parametrize("body", [b"{", b'{"a": 1, "a": 2}', b"[" * 100_000, b"\xff\xfe", b"NaN"])
def test_a_body_that_is_no_json_is_refused(november, body):
    orp = november.as_("orp")
    sent = {"Idempotency-Key": "x", "Content-Type": "application/json"}

    answer = orp.send("POST", "/announcements", data=body, headers=sent)

    assert answer.status_code in {400, 422}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (rb'{"person_ref": "x", "\ud800": 1}', "unknown-field"),
        (rb'{"productivity": 60, "debts": "\ud800"}', "not-money"),
        (rb'{"first_name": "\udc00"}', "hidden-characters"),
    ],
)
def test_half_a_character_is_refused_wherever_it_stands(november, body, said):
    sent = {"Idempotency-Key": said, "Content-Type": "application/json"}

    answer = november.as_("orp").send("POST", "/candidates", data=body, headers=sent)

    assert answer.status_code == 422
    assert said in {one["code"] for one in answer.get_json()["reasons"]}


def test_a_body_of_another_kind_is_refused(november):
    orp = november.as_("orp")

    answer = orp.send("POST", "/announcements", data=io.BytesIO(b"<a/>"), headers={
        "Idempotency-Key": "x", "Content-Type": "application/xml",
    })  # fmt: skip

    assert answer.status_code == 415


def test_a_database_that_cannot_write_keeps_nothing_and_says_when_to_come_back(november, monkeypatch):
    orp, before = november.as_("orp"), november.one("SELECT count(*) FROM placement")

    def read_only(*_, **__):
        raise OperationalError("", {}, Exception("attempt to write a readonly database"))

    monkeypatch.setattr("cii.placements.actions.engage_prepared", read_only)
    answer = orp.send("POST", "/placements", json=a_wish(november), headers={"Idempotency-Key": "x"})
    monkeypatch.undo()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert november.one("SELECT count(*) FROM placement") == before
    assert orp.post("/placements", a_wish(november), 201, key="x")["state"] == "reserved"
