"""The check of an agreement at the API: every reason at once, reasons and answers under the version seen."""


def test_a_draft_tells_its_findings_in_three_languages(january):
    ref = january.stage.agreements["LACI"]

    found = january.as_("contracts").send("GET", f"/agreements/{ref}/findings").get_json()

    first = next(one for one in found["findings"] if one["code"] == "ac-item-missing")
    assert (first["indication"], first["severity"], first["open"]) == ("AC1", "error", True)
    assert first["facts"] == {"item": "legal_bases"}
    assert first["sentence"]["de"].startswith("Art. 81d AVIV verlangt")
    assert found["errors"] == sum(one["severity"] == "error" for one in found["findings"])
    assert not found["ready"]


def test_nothing_is_justified_in_an_agreement_that_is_signed(january):
    contracts, ref = january.as_("contracts"), january.stage.agreements["LACI"]
    version = contracts.send("GET", f"/agreements/{ref}/findings").headers["ETag"]

    refused = contracts.send(
        "POST", f"/agreements/{ref}/justifications",
        json={"code": "risk-unsaid", "wording": "Convenu ainsi avec le prestataire"},
        headers={"If-Match": version, "Idempotency-Key": "reason-1"},
    )  # fmt: skip
    again = contracts.send(
        "POST", f"/agreements/{ref}/signature", headers={"If-Match": version, "Idempotency-Key": "sign-1"}
    )

    assert (refused.status_code, refused.get_json()["code"]) == (409, "agreement-signed-already")
    assert again.status_code == 409


def test_another_sector_finds_no_agreement_to_check(january):
    ref = january.stage.agreements["LACI"]

    assert january.as_("contracts").send("GET", "/agreements/zzzzzzzzzz/findings").status_code == 404
    assert january.as_("orp").send("POST", f"/agreements/{ref}/signature").status_code in {400, 403, 404}
