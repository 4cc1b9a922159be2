"""The evaluation of a year at the API, from the frozen figures to the analysis of what was missed."""

from itertools import count

from tests.journeys.caller import Caller

LONG = "Recrutement difficile au printemps, corrigé depuis."
KEYS = count(1)


def sent(who: Caller, address: str, status: int, version: str | None = None, **body):
    headers = {"Idempotency-Key": f"year-{next(KEYS)}"} | ({"If-Match": version} if version else {})
    answer = who.send("POST", address, json=body, headers=headers)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer


def test_a_year_goes_from_prefill_to_its_analysis(january):
    manager, second, provider = (january.as_(one) for one in ("contracts", "signer", "provider"))
    agreement = january.stage.agreements["LACI"]

    opened = sent(manager, f"/agreements/{agreement}/evaluations", 201, year=2026, comment_until="2027-02-28")
    ref = opened.get_json()["ref"]
    said = sent(
        provider, f"/evaluations/{ref}/comment", 200, opened.headers["ETag"], wording="Peu de départs."
    )
    judged = sent(
        manager, f"/evaluations/{ref}/review", 200, said.headers["ETag"],
        said=[{"code": "absence", "judgement": "missed", "wording": "Trop d'absences au printemps."}],
    )  # fmt: skip
    hidden = provider.send("GET", f"/evaluations/{ref}").get_json()
    own = sent(manager, f"/evaluations/{ref}/final", 409, judged.headers["ETag"]).get_json()
    final = sent(second, f"/evaluations/{ref}/final", 200, judged.headers["ETag"])
    nothing = sent(
        manager,
        f"/evaluations/{ref}/corrections",
        409,
        final.headers["ETag"],
        code="reinsertion",
        wording=LONG,
    ).get_json()
    begun = sent(
        manager, f"/evaluations/{ref}/corrections", 201, final.headers["ETag"], code="absence", wording=LONG
    )
    analysed = sent(
        manager, f"/evaluations/{ref}/analyses", 201, begun.headers["ETag"], causes=LONG, actions=LONG
    ).get_json()
    advice = manager.send("GET", f"/agreements/{agreement}/renewal-advice").get_json()
    told = provider.send("GET", f"/evaluations/{ref}").get_json()

    assert [one["code"] for one in opened.get_json()["figures"]] == ["absence", "reinsertion"]
    assert {one["judgement"] for one in hidden["items"]} == {None}
    assert (own["code"], nothing["code"]) == ("final-by-second-person", "nothing-missed")
    assert analysed["missed"] == ["absence"]
    assert advice == {"stand": "renew_with_actions", "year": 2026, "missed": ["absence"]}
    assert "missed" in {one["judgement"] for one in told["items"]}
    assert [
        one["year"] for one in provider.send("GET", f"/agreements/{agreement}/evaluations").get_json()
    ] == [2026]


def test_each_fault_of_an_evaluation_is_named(january):
    manager, provider = january.as_("contracts"), january.as_("provider")
    agreement = january.stage.agreements["LACI"]
    outside = sent(
        manager, f"/agreements/{agreement}/evaluations", 422, year=2024, comment_until="2020-01-01"
    ).get_json()
    opened = sent(manager, f"/agreements/{agreement}/evaluations", 201, year=2026, comment_until="2027-02-28")
    ref, version = opened.get_json()["ref"], opened.headers["ETag"]

    twice = sent(
        manager, f"/agreements/{agreement}/evaluations", 409, year=2026, comment_until="2027-02-28"
    ).get_json()
    early = sent(manager, f"/evaluations/{ref}/review", 409, version, said=[]).get_json()
    unseen = sent(provider, f"/evaluations/{ref}/comment", 428, wording="Sans version.").get_json()
    spoken = sent(provider, f"/evaluations/{ref}/comment", 200, version, wording="Une fois.")
    stale = sent(manager, f"/evaluations/{ref}/review", 412, version, said=[]).get_json()
    charm = sent(
        manager, f"/evaluations/{ref}/review", 409, spoken.headers["ETag"],
        said=[{"code": "charm", "judgement": "reached", "wording": "Très bien."}],
    ).get_json()  # fmt: skip

    assert {one["code"] for one in outside["reasons"]} == {"year-outside-agreement", "comment-day-past"}
    assert [one["code"] for one in (twice, early)] == ["evaluation-opened", "evaluation-awaits-provider"]
    assert unseen["code"] == "precondition-required"
    assert stale["code"] == "stale"
    assert (charm["code"], charm["reasons"][0]["facts"]["criterion"]) == ("criterion-not-agreed", "charm")


def test_an_evaluation_is_open_to_its_two_sides_only(january):
    agreement = january.stage.agreements["LACI"]
    made = sent(
        january.as_("contracts"),
        f"/agreements/{agreement}/evaluations",
        201,
        year=2026,
        comment_until="2027-02-28",
    )
    ref, version = made.get_json()["ref"], made.headers["ETag"]

    assert january.as_("ai_contracts").send("GET", f"/evaluations/{ref}").status_code in {200, 404}
    assert january.as_("orp").send("GET", f"/evaluations/{ref}").status_code == 403
    assert january.as_("provider").send("GET", f"/agreements/{agreement}/renewal-advice").status_code == 403
    sent(
        january.as_("contracts"), f"/evaluations/{ref}/comment", 403, version, wording="Pour le prestataire."
    )
    sent(january.as_("provider"), f"/evaluations/{ref}/review", 403, version, said=[])
    assert january.as_("contracts").send("GET", "/evaluations/zzzzzzzzzz").status_code == 404
