"""Talks and visits at the API: planned, put off, minuted, remarked on; a visit without its first step."""

from itertools import count

KEYS = count(1)


def sent(who, address: str, status: int, version: str | None = None, **body):
    headers = {"Idempotency-Key": f"talk-{next(KEYS)}"} | ({"If-Match": version} if version else {})
    answer = who.send("POST", address, json=body, headers=headers)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer


def test_a_talk_goes_from_its_plan_to_the_remark(january):
    payer, provider = january.as_("contracts"), january.as_("provider")
    address = f"/agreements/{january.stage.agreements['LACI']}/talks"
    plan = {"starts_at": "2027-03-02T09:00:00+01:00", "place": "Neuchâtel"}

    bare = sent(payer, address, 422, **plan).get_json()
    made = sent(payer, address, 201, **plan, more=["result"])
    ref = made.get_json()["ref"]
    moved = sent(
        payer, f"/appointments/{ref}/move", 200, made.headers["ETag"],
        starts_at="2027-01-15T18:00:00+01:00", place="Le Locle",
    )  # fmt: skip
    unversioned = sent(payer, f"/appointments/{ref}/minutes", 428, held_on="2027-01-15", result="41 %")
    stale = sent(payer, f"/appointments/{ref}/cancellation", 412, made.headers["ETag"], reason="Non")
    early = sent(
        provider, f"/appointments/{ref}/remark", 409, moved.headers["ETag"], wording="Tôt"
    ).get_json()
    blank = sent(
        payer, f"/appointments/{ref}/minutes", 422, moved.headers["ETag"], held_on="2027-01-04"
    ).get_json()
    today = payer.send("GET", "/appointments").get_json()["items"][0]
    held = sent(
        payer, f"/appointments/{ref}/minutes", 200, moved.headers["ETag"], held_on="2027-01-04", result="41 %"
    )
    done = sent(provider, f"/appointments/{ref}/remark", 200, held.headers["ETag"], wording="Lu.").get_json()
    listed = payer.send("GET", address.replace("talks", "appointments")).get_json()

    assert bare["code"] == "talk-without-purpose"
    assert unversioned.get_json()["code"] == "precondition-required"
    assert stale.get_json()["code"] == "stale"
    assert early["code"] == "appointment-remark-too-early"
    assert blank["reasons"][0]["field"] == "result"
    assert (today["ref"], today["state"], today["place"]) == (ref, "planned", "Le Locle")
    assert (done["state"], done["remark"], done["points"]) == (
        "held", "Lu.", [{"purpose": "result", "minutes": "41 %"}],
    )  # fmt: skip
    assert [one["state"] for one in listed] == ["held"]


def test_a_visit_without_its_first_step_is_a_conflict_that_names_all(january):
    payer = january.as_("contracts")
    agreement = january.stage.agreements["LACI"]

    no = sent(
        payer, f"/agreements/{agreement}/visits", 409, starts_at="2027-03-02T09:00:00+01:00",
        place="Sur place", criterion="Écart de 20 %", reason="Le taux d'insertion a baissé de moitié.",
    ).get_json()  # fmt: skip

    assert {one["code"] for one in no["reasons"]} == {
        "visit-not-agreed", "visit-without-report", "visit-without-talk",
    }  # fmt: skip


def test_who_has_no_part_finds_nothing(january):
    payer, address = january.as_("contracts"), f"/agreements/{january.stage.agreements['LACI']}/talks"
    plan = {"starts_at": "2027-03-02T09:00:00+01:00", "place": "Neuchâtel", "more": ["result"]}
    made = sent(payer, address, 201, **plan)
    ref, version = made.get_json()["ref"], made.headers["ETag"]

    assert january.as_("orp").send("GET", f"/appointments/{ref}").status_code == 403
    assert payer.send("GET", "/appointments/zzzzzzzzzz").status_code == 404
    sent(
        january.as_("provider"),
        f"/appointments/{ref}/findings",
        403,
        version,
        held_on="2027-01-04",
        findings="Non",
    )
    sent(payer, f"/appointments/{ref}/findings", 404, version, held_on="2027-01-04", findings="Non")
    assert payer.send("GET", "/talks-due").get_json()["items"] == []
