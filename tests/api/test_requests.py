"""Requests for access, emergencies and restricted cases at the API."""

from cii.requests.actions import carry_requests
from cii.store.work import HOUSE, working
from tests.api.world import NOBODY

WHY = "Préparation du bilan professionnel de mars."


def a_wish(avs, **more):
    return {
        "avs": avs, "purpose": "assessment", "basis": "CONSENT_UNKNOWN", "sections": ["identity"], "reason": WHY,
    } | more  # fmt: skip


def carried(world):
    with working(world.engine, HOUSE, world.clock.now(), settings=world.settings) as work:
        carry_requests(work)


def number(world):
    return world.one("SELECT number FROM case_file WHERE ref = :ref", ref=world.cases[0])


def by_name(world):
    row = world.rows(
        "SELECT i.last_name, i.first_name, i.birth_date FROM identity i JOIN case_file c "
        "ON c.person_id = i.person_id WHERE c.ref = :ref ORDER BY i.id", ref=world.cases[0],
    )[0]  # fmt: skip
    return {"last_name": row[0], "first_name": row[1], "birth_date": str(row[2])}


def plain(answer):
    return {key: value for key, value in answer.items() if key not in {"ref", "person", "birth_date"}}


def test_a_request_reads_alike_for_a_case_and_for_nobody_until_the_case_is_opened(january):
    asker, lead = january.as_("stranger"), january.as_("gsr")
    wish = a_wish(None, basis="LPGA_32")
    there = asker.post("/access-requests", wish | by_name(january), 201)
    nobody = asker.post("/access-requests", wish | by_name(january) | {"birth_date": "1931-01-01"}, 201)
    carried(january)

    read = [plain(asker.get(f"/access-requests/{one['ref']}")) for one in (there, nobody)]
    assert read[0] == read[1]
    question = lead.get("/access-questions")["items"][0]
    lead.get(f"/access-questions/{question['ref']}")
    done = lead.post(
        f"/access-questions/{question['ref']}/grant",
        {"sections": ["identity"], "until": "2027-03-31", "reason": WHY},
    )

    assert done["answer"] == "granted"
    assert asker.get(f"/access-requests/{there['ref']}")["cases"][0]["ref"] == january.cases[0]
    assert asker.get(f"/cases/{january.cases[0]}")["ref"] == january.cases[0]
    assert asker.post(f"/access-requests/{nobody['ref']}/withdrawal")["state"] == "withdrawn"


def test_what_was_passed_on_is_told_with_its_sentence_in_the_readers_language(january):
    lead, url = january.as_("gsr"), f"/cases/{january.cases[0]}/disclosures"

    said = {
        lang: lead.call("GET", url, 200, headers={"Accept-Language": lang})["items"]
        for lang in ("fr", "de", "en")
    }

    for lang, words in (("fr", "a communiqué à"), ("de", "bekannt gegeben"), ("en", "disclosed")):
        assert said[lang]
        assert all(words in one["text"] and one["receiver"]["name"] in one["text"] for one in said[lang])


def test_a_request_is_refused_with_every_reason(january):
    no = january.as_("stranger").post(
        "/access-requests", a_wish("756.9217.0769.84", basis="mandate_gc_4", reason="court"), 422
    )

    assert {one["code"] for one in no["reasons"]} == {
        "avs-check-digit", "request-basis-unfit", "request-reason-short",
    }  # fmt: skip


def test_a_refusal_is_given_once(january):
    asker, lead = january.as_("stranger"), january.as_("gsr")
    asker.post("/access-requests", a_wish(None, basis="LPGA_32") | by_name(january), 201)
    carried(january)
    question = lead.get("/access-questions")["items"][0]["ref"]

    lead.post(f"/access-questions/{question}/refusal", {"reason": WHY})

    assert (
        lead.post(f"/access-questions/{question}/refusal", {"reason": WHY}, 409)["code"] == "request-answered"
    )
    for who in ("stranger", "orp"):
        assert january.as_(who).get(f"/access-questions/{question}", 404)["code"] == "unknown"


def test_an_emergency_is_opened_ended_informed_of_and_reviewed_by_another(january):
    user, officer = january.as_("stranger"), january.as_("officer")
    case = january.cases[0]
    user.get(f"/cases/{case}", 404)
    row = user.post("/break-glass", {"case_number": number(january), "reason": WHY}, 201)

    assert "medical" not in user.get(f"/cases/{case}")["may_read"]
    assert user.post(f"/break-glass/{row['ref']}/end")["state"] == "over"
    user.get(f"/cases/{case}", 404)
    assert officer.post(f"/break-glass/{row['ref']}/information")["informed_at"]
    found = officer.post(f"/break-glass/{row['ref']}/review", {"finding": "ok", "reason": WHY})
    assert (found["state"], found["finding"]) == ("reviewed", "ok")
    assert officer.get(f"/break-glass/{row['ref']}")["reason"] == WHY
    assert january.as_("gsr").get(f"/break-glass/{row['ref']}", 404)["code"] == "unknown"


def test_a_restricted_case_is_gone_for_others_of_its_parties_until_it_is_lifted(january):
    lead, orp = january.as_("gsr"), january.as_("orp")
    case, here = january.cases[0], f"/cases/{january.cases[0]}/restriction"
    orp.get(f"/cases/{case}")

    lead.post(here, {"reason": WHY}, seen=here)
    gone = orp.get(f"/cases/{case}", 404)
    nowhere = orp.get(f"/cases/{NOBODY}", 404)

    assert gone["code"] == nowhere["code"]
    assert case not in [one["ref"] for one in orp.get("/cases")["items"]]
    other = lead.get(here)["others"][0]["ref"]
    assert other in [one["ref"] for one in lead.post(f"{here}/readers", {"account_ref": other})["readers"]]
    assert other in [
        one["ref"] for one in lead.post(f"{here}/readers/removal", {"account_ref": other})["others"]
    ]
    assert lead.post(f"{here}/lifting", {"reason": WHY}, seen=here)["reason"] is None
    orp.get(f"/cases/{case}")
