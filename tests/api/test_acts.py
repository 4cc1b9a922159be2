"""Acts that the story does not need: by hand, back and forth, taken back, named, put aside, called off."""

from datetime import UTC, datetime

import pytest

from tests.api.operations import BODIES
from tests.journeys.caller import codes
from tests.journeys.stage import avs
from tests.measures.build_measures import CONDITIONS

CONSENT = {"given_on": "2026-10-14", "how": "signed_paper"}
PERSON = BODIES["/api/v1/detections"]


def announced(world, number: int, **facts) -> dict:
    """A person entered by hand at the ORP and announced with consent: social aid is asked to lead."""
    orp = world.as_("orp")
    usual = {"framework_days_left": 50, "social_aid_months": 6}
    seen = orp.post(
        "/detections", PERSON | usual | facts | {"avs": avs(number), "last_name": f"Nouveau {number}"}
    )
    wish = {
        "detection_ref": seen["detection_ref"],
        "potential": "medium",
        "reason": "Situation complexe",
        "consent": CONSENT,
    }
    return orp.post("/announcements", wish, 201)


def test_a_person_entered_by_hand_is_detected_by_the_same_table(november):
    orp = november.as_("orp")

    seen = orp.post("/detections", PERSON | {"avs": avs(900)})
    healthy = orp.post(
        "/detections", PERSON | {"avs": avs(901), "work_capacity": 100, "incapacity_months": 0}
    )

    assert (seen["detected"], seen["rules"]) == (True, ["D2"])
    assert orp.get(f"/detections/{seen['detection_ref']}")["person"]["name"] == "Exemple Dominique"
    assert (healthy["detected"], healthy["detection_ref"]) == (False, None)


def test_a_detection_is_put_aside_once_and_with_its_reason(november):
    orp, path = november.as_("orp"), f"/detections/{november.detections[3]}/dismissal"

    done = orp.post(path, {"reason": "A retrouvé un emploi"})

    assert (done["state"], done["reason"]) == ("dismissed", "A retrouvé un emploi")
    assert codes(orp.post(path, {"reason": "Encore"}, 409)) == ["already-announced"]


def test_a_question_goes_back_to_the_sender_and_its_answer_to_the_receiver(november):
    orp, gsr = november.as_("orp"), november.as_("gsr")
    path = f"/referrals/{announced(november, 910)['referral_ref']}"

    gsr.post(f"{path}/reception", {}, seen=path)
    gsr.post(f"{path}/question", {"text": "Depuis quand ?"}, seen=path)
    asked = orp.get(path)
    orp.post(f"{path}/answer", {"text": "Depuis mars."}, seen=path)

    assert (asked["state"], asked["answer"], set(asked["moves"])) == (
        "question", "Depuis quand ?", {"answer", "withdraw"},
    )  # fmt: skip
    assert gsr.get(path)["answer"] == "Depuis mars."
    assert codes(gsr.post(f"{path}/refusal", {}, 422, seen=path)) == ["routing-reason-missing"]


def test_a_referral_is_withdrawn_by_its_sender_only(november):
    path = f"/referrals/{announced(november, 911)['referral_ref']}"

    foreign = november.as_("gsr").post(f"{path}/withdrawal", {"text": "Non"}, 403, seen=path)
    done = november.as_("orp").post(f"{path}/withdrawal", {"text": "Erreur de saisie"}, seen=path)

    assert (codes(foreign), done["state"]) == (["not-allowed"], "withdrawn")


def test_the_group_names_the_lead_after_a_refusal(november):
    gsr, group = november.as_("gsr"), november.as_("group")
    done = announced(november, 912)
    path, case = f"/referrals/{done['referral_ref']}", f"/cases/{done['case_ref']}"
    group.get(case, 404)

    gsr.post(f"{path}/reception", {}, seen=path)
    gsr.post(f"{path}/refusal", {"text": "Hors de notre région"}, seen=path)
    named = {"unit_ref": november.stage.units["OAI-REA"], "reason": "Incapacité durable"}
    shown = group.post(f"{case}/lead", named, 201)

    assert shown["lead"]["code"] == "ORP-LITTORAL"
    assert november.as_("ai").get("/referrals", waiting="true")["items"][0]["case_ref"] == done["case_ref"]


def test_a_note_is_read_by_its_own_unit_only(november):
    case = f"/cases/{november.cases[0]}"

    november.as_("gsr").post(f"{case}/notes", {"text": "Rappeler lundi"}, 201)

    assert november.as_("gsr").get(f"{case}/notes")["items"][0]["text"] == "Rappeler lundi"
    assert november.as_("orp").get(f"{case}/notes")["items"] == []
    assert "notes" not in november.as_("doctor").get(case)["sections"]


def test_a_consent_is_kept_and_withdrawn_and_access_closes_in_that_request(november):
    orp, ai, case = november.as_("orp"), november.as_("ai"), f"/cases/{november.cases[1]}"
    assert ai.get(case)["number"]
    person = orp.get(case)["sections"]["identity"]["ref"]
    given = {
        "person_ref": person, "institutions": [november.stage.provider], "sections": ["identity", "placement"],
        "purpose": "placement", "given_on": "2026-11-01", "valid_until": "2027-10-31", "text_version": "consentement-cii-1",
    }  # fmt: skip

    kept = orp.post("/consents", given, 201)
    first = next(
        one
        for one in orp.get(f"{case}/consents")["items"]
        if "OAI" in {body["code"] for body in one["institutions"]}
    )
    done = orp.post(f"/consents/{first['ref']}/withdrawal")

    assert (kept["live"], kept["sections"]) == (True, ["identity", "placement"])
    assert done["closed"] > 0
    assert ai.get(case, 404)["code"] == "unknown"
    assert len(orp.get(f"{case}/disclosures")["items"]) == 3
    assert orp.get(f"{case}/process")["status"] == "suspended"
    assert codes(orp.post(f"/consents/{first['ref']}/withdrawal", status=409)) == ["consent-withdrawn"]


def test_a_task_is_taken_and_ended_by_its_outcome(november):
    gsr = november.as_("gsr")
    (task,) = [one for one in gsr.get("/tasks")["items"] if one["key"] == "review"]
    path = f"/tasks/{task['ref']}"

    taken = gsr.post(f"{path}/assignment", {"mine": True}, seen=path)
    mine = gsr.get("/tasks", tab="mine")["items"]
    ended = gsr.post(f"{path}/completion", {"outcome": "continue"}, seen=path)

    assert (taken["mine"], [one["ref"] for one in mine]) == (True, [task["ref"]])
    assert (ended["state"], ended["outcome"]) == ("done", "continue")
    assert gsr.get(f"/cases/{november.cases[0]}/process")["stage"] == "follow_up"


def test_a_case_is_closed_by_its_last_review_and_then_rests(november):
    gsr, case = november.as_("gsr"), f"/cases/{november.cases[0]}"
    (task,) = [one for one in gsr.get("/tasks")["items"] if one["key"] == "review"]
    path = f"/tasks/{task['ref']}"

    gsr.post(f"{path}/completion", {"outcome": "close", "closing": "job"}, seen=path)
    said = {"item": "motivation", "value": "3", "effective_on": "2026-10-14", "source": "Entretien"}
    edited = gsr.post(f"{case}/grid", {"entries": [said]}, 409, seen=case)

    assert (gsr.get(case)["status"], gsr.get(case)["outcome"]) == ("closed", "job")
    assert edited["reasons"][0]["code"] == "case-closed"
    assert edited["reasons"][0]["facts"]["open"] == "reopen"


def test_a_placement_that_has_not_begun_is_called_off_and_its_money_free_again(november):
    orp, line = november.as_("orp"), november.stage.lines["LACI"]
    before = budget(november)
    wish = {
        "case_ref": november.cases[1], "measure_ref": november.stage.measure, "starts_on": "2026-12-01",
        "ends_on": "2026-12-31", "shares": [{"line_ref": line}],
    }  # fmt: skip
    made = orp.post("/placements", wish, 201)
    bound, path = budget(november), f"/placements/{made['ref']}"

    done = orp.post(f"{path}/cancellation", {"reason": "A trouvé un emploi"}, seen=path)

    assert (bound["committed"], done["state"]) == ("5720.00", "cancelled")
    assert budget(november) == before


def test_a_provider_refuses_with_a_reason_and_the_place_is_free(november):
    orp, provider = november.as_("orp"), november.as_("provider")
    wish = {
        "case_ref": november.cases[1], "measure_ref": november.stage.measure, "starts_on": "2026-12-01",
        "ends_on": "2026-12-31", "shares": [{"line_ref": november.stage.lines["LACI"]}],
    }  # fmt: skip
    path = f"/placements/{orp.post('/placements', wish, 201)['ref']}"

    bare = provider.post(f"{path}/answer", {"accept": False}, 422, seen=path)
    done = provider.post(f"{path}/answer", {"accept": False, "reason": "no_supervision"}, seen=path)

    assert (bare["reasons"][0]["field"], done["state"]) == ("reason", "refused")
    assert budget(november)["committed"] == "3520.00"


def test_places_and_quotas_change_from_a_day_on_and_never_back(november):
    contracts, path = november.as_("contracts"), f"/measures/{november.stage.measure}"
    quota = {"line_ref": november.stage.lines["SAS"], "kind": "professional", "places": 5}

    contracts.post(
        f"{path}/places", {"kind": "professional", "places": 12, "valid_from": "2026-12-01"}, seen=path
    )
    contracts.post(f"{path}/quotas", quota | {"valid_from": "2026-12-01"}, seen=path)
    past = contracts.post(f"{path}/quotas", quota | {"valid_from": "2026-09-01"}, 409, seen=path)
    shown = contracts.get("/measures", day="2026-12-01")["items"][0]

    assert (shown["places"], {one["line_code"]: one["places"] for one in shown["quotas"]}["SAS"]) == (12, 5)
    assert past["code"] == "quota-in-the-past"


def test_a_measure_enters_the_catalogue_with_its_groups_and_is_found_by_them(november):
    contracts, orp = november.as_("contracts"), november.as_("orp")
    wish = {
        "code": "REL-01", "name": "Reliure", "kind": "occupation", "starts_on": "2026-11-01", "region": "le-locle",
        "respondent_ref": november.stage.units["OAI-REA"], "languages": ["fr", "de"], "target_groups": ["youth", "migration"],
        "places": [{"kind": "occupation", "places": 4}], "quotas": [], "opening_hours": "lundi à jeudi",
    }  # fmt: skip

    made = contracts.post("/measures", wish, 201)
    odd = contracts.post("/measures", wish | {"code": "REL-02", "region": "paris"}, 422)

    def found(**asked):
        return [one["code"] for one in orp.get("/measures", day="2026-11-16", **asked)["items"]]

    assert (made["opening_hours"], made["respondent"]["code"]) == ("lundi à jeudi", "OAI-REA")
    assert (odd["code"], odd["reasons"][0]["field"]) == ("unknown-region", "region")
    assert (
        found(language="de")
        == found(target_group="migration")
        == found(region="le-locle", kind="occupation")
        == ["REL-01"]
    )
    assert "REL-01" not in found(region="neuchatel")


def test_plan_hours_service_and_conditions_are_kept_and_the_numbers_stay(november):
    contracts, path = november.as_("contracts"), f"/measures/{november.stage.measure}"
    unit, line = november.stage.units["OAI-REA"], november.stage.lines["SAS"]

    contracts.post(f"{path}/opening-hours", {"opening_hours": "mardi"}, seen=path)
    contracts.post(f"{path}/respondent", {"unit_ref": unit, "valid_from": "2027-03-01"}, seen=path)
    gap = contracts.post(f"{path}/respondent", {"unit_ref": unit, "valid_from": "2027-02-01"}, 409, seen=path)
    target = {"line_ref": line, "kind": "professional", "places": 9, "due_on": "2027-06-30"}
    plan = contracts.post(f"{path}/plan", target, seen=path)
    tables = contracts.post(
        f"{path}/eligibility", {"source": CONDITIONS, "valid_from": "2027-01-01"}, seen=path
    )
    broken = contracts.post(
        f"{path}/eligibility", {"source": "?", "valid_from": "2027-01-01"}, 422, seen=path
    )
    past = contracts.post(
        f"{path}/eligibility", {"source": CONDITIONS, "valid_from": "2026-01-01"}, 409, seen=path
    )

    assert contracts.get(path)["opening_hours"] == "mardi"
    assert (plan["state"], [one["places"] for one in plan["targets"]]) == ("transforming", [9])
    assert all(one["places"] != 9 for one in plan["written"])
    assert tables["items"][0]["source"] == CONDITIONS.strip()
    assert [one["code"] for one in (gap, broken, past)] == [
        "respondent-in-the-past",
        "table-fault",
        "rule-in-the-past",
    ]


def test_what_the_house_computes_is_not_entered_beside_it(november):
    contracts = november.as_("contracts")
    path = f"/agreements/{november.stage.agreements['LACI']}/indicator-values"
    said = {"effective_on": "2026-09-30", "numerator": 1, "denominator": 2, "source": "Relevé"}

    computed = contracts.post(path, {**said, "code": "reinsertion"}, 409)
    unknown = contracts.post(path, {**said, "code": "happiness"}, 404)

    assert [one["code"] for one in (computed, unknown)] == ["indicator-computed", "unknown"]
    assert contracts.get(path)["items"] == []


def test_who_waits_stands_in_an_order_that_all_may_check(november):
    orp, gsr, measure = november.as_("orp"), november.as_("gsr"), november.stage.measure
    wish = {
        "measure_ref": measure, "line_ref": november.stage.lines["LACI"], "starts_on": "2026-12-01",
        "ends_on": "2026-12-31", "urgency": 1,
    }  # fmt: skip

    (entry,) = orp.post(f"/cases/{november.cases[1]}/waiting", wish, 201)["items"]
    foreign = november.as_("stranger").get(f"/measures/{measure}/waiting")["items"]
    orp.call("DELETE", f"/waiting/{entry['ref']}", 204)

    assert (entry["position"], entry["case_ref"]) == (1, november.cases[1])
    assert foreign[0]["case_ref"] is None
    assert gsr.get(f"/measures/{measure}/waiting")["items"] == []


def test_a_statement_goes_back_to_the_provider_with_the_reason(november):
    provider, finance = november.as_("provider"), november.as_("finance")
    november.clock.moves(datetime(2026, 12, 1, 9, tzinfo=UTC) - november.clock.now())
    for ref in november.placements.values():
        provider.post(f"/placements/{ref}/attendance", {"others_present": "2026-11-02"})
    wish = {
        "agreement_ref": november.stage.agreements["SAS"], "line_ref": november.stage.lines["SAS"],
        "month": "2026-11-01",
    }  # fmt: skip
    path = f"/statements/{provider.post('/statements', wish, 201)['ref']}"
    provider.post(f"{path}/submission", seen=path)

    done = finance.post(f"{path}/return", {"reason": "Absence du 17 manquante"}, seen=path)

    assert (done["state"], done["returned_reason"]) == ("returned", "Absence du 17 manquante")


def test_what_a_month_needs_beyond_its_commitment_is_decided_before_it_is_approved(january):
    provider, finance, cashier = january.as_("provider"), january.as_("finance"), january.as_("cashier")
    wish = {
        "agreement_ref": january.stage.agreements["LACI"], "line_ref": january.stage.lines["LACI"],
        "month": "2026-11-01",
    }  # fmt: skip
    made = provider.post("/statements", wish, 201)
    path = f"/statements/{made['ref']}"
    provider.post(f"{path}/submission", seen=path)
    finance.post(f"{path}/check", seen=path)

    refused = cashier.post(f"{path}/approval", status=409, seen=path)
    bound = cashier.post(f"{path}/further-engagement", seen=path)
    approved = cashier.post(f"{path}/approval", seen=path)

    assert (made["sequence"], made["total"]) == (2, "104.76")
    assert (codes(refused), bound) == (["statement-exceeds-commitment"], {"amount": "104.76"})
    assert approved["state"] == "approved"


def stood(world, case) -> tuple[str, int]:
    """Status and sequence of the case's process."""
    held = world.as_("gsr").get(f"{case}/process")
    return held["status"], held["seq"]


def test_a_case_rests_and_goes_on_in_the_version_that_was_seen(november):
    gsr, case = november.as_("gsr"), f"/cases/{november.cases[0]}"
    old = gsr.version(f"{case}/process")

    rested = gsr.post(f"{case}/suspension", {"reason": "Hospitalisation"}, seen=f"{case}/process")
    again = gsr.call(
        "POST", f"{case}/resumption", 412, json={}, headers={"If-Match": old, "Idempotency-Key": "late-1"}
    )
    still = stood(november, case)
    resumed = gsr.post(f"{case}/resumption", {}, seen=f"{case}/process")

    assert (rested["status"], codes(again), still[0], resumed["status"]) == (
        "suspended", ["stale"], "suspended", "open",
    )  # fmt: skip


def test_a_closed_case_is_taken_up_again_with_its_reason(november):
    gsr, case = november.as_("gsr"), f"/cases/{november.cases[0]}"
    (task,) = [one for one in gsr.get("/tasks")["items"] if one["key"] == "review"]
    path = f"/tasks/{task['ref']}"
    gsr.post(f"{path}/completion", {"outcome": "close", "closing": "job"}, seen=path)

    bare = gsr.post(f"{case}/reopening", {"reason": " "}, 422, seen=f"{case}/process")
    done = gsr.post(f"{case}/reopening", {"reason": "L'emploi a pris fin"}, seen=f"{case}/process")

    assert bare["reasons"][0]["field"] == "reason"
    assert (done["status"], done["stage"], gsr.get(case)["status"]) == ("open", "follow_up", "open")


def test_a_task_is_handed_over_to_a_unit_of_the_case_only(november):
    gsr, orp, case = november.as_("gsr"), november.as_("orp"), f"/cases/{november.cases[0]}"
    (task,) = [one for one in gsr.get("/tasks")["items"] if one["key"] == "review"]
    path, units = f"/tasks/{task['ref']}", {one["code"]: one["ref"] for one in gsr.get("/units")["items"]}
    mine = {"unit_ref": units["ORP-LITTORAL"], "reason": "Suivi plus proche"}

    foreign = gsr.post(f"{path}/handover", mine | {"unit_ref": units["OFIJ"]}, 422, seen=path)
    unsaid = gsr.post(f"{path}/handover", mine | {"reason": " "}, 422, seen=path)
    gsr.post(f"{path}/handover", mine, seen=path)

    assert (codes(foreign), unsaid["reasons"][0]["field"]) == (["unit-not-in-case"], "reason")
    assert task["ref"] in {one["ref"] for one in orp.get("/tasks")["items"]}
    assert "hand_over_task" in {one["action"] for one in gsr.get(f"{case}/history")["items"]}


def test_the_lead_is_asked_of_another_unit_once(november):
    gsr, case = november.as_("gsr"), f"/cases/{november.cases[0]}"
    wanted = {"unit_ref": november.stage.units["OAI-REA"], "reason": "Incapacité durable"}

    asked = gsr.post(f"{case}/referrals", wanted, 201)
    twice = gsr.post(f"{case}/referrals", wanted, 409)
    foreign = november.as_("orp").post(f"{case}/referrals", wanted, 403)

    assert (asked["state"], codes(twice), codes(foreign)) == ("sent", ["referral-open"], ["not-allowed"])
    assert november.as_("ai").get(f"/referrals/{asked['ref']}/redirects")["items"] == []


@pytest.mark.parametrize(
    ("who", "act", "body", "no"),
    [
        ("gsr", "resumption", {}, (409, "illegal-move")),
        ("gsr", "reopening", {"reason": "Motif"}, (409, "case-open")),
        ("gsr", "tasks", {"key": "picnic"}, (409, "illegal-move")),
        ("gsr", "tasks", {"key": "sign"}, (403, "not-allowed")),
        ("gsr", "suspension", {"reason": 7}, (422, "not-text")),
        ("gsr", "suspension", {"reason": "Motif", "stage": "plan"}, (422, "unknown-field")),
        ("orp", "suspension", {"reason": "Motif"}, (403, "not-allowed")),
        ("stranger", "suspension", {"reason": "Motif"}, (404, "unknown")),
    ],
)
def test_an_act_that_is_not_open_is_refused_and_moves_nothing(november, who, act, body, no):
    status, code = no
    case = f"/cases/{november.cases[0]}"
    before, version = stood(november, case), november.as_("gsr").version(f"{case}/process")
    headers = {"If-Match": version, "Idempotency-Key": f"{who}-{act}"}

    told = november.as_(who).call("POST", f"{case}/{act}", status, json=body, headers=headers)

    assert code in {told["code"], *codes(told)}
    assert stood(november, case) == before


def budget(world) -> dict:
    rows = world.as_("finance").get("/budgets", year=2026)["items"]
    return next(row for row in rows if row["line"] == "LACI")
