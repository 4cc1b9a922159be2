"""Calls through the API: from the draft to the agreement, offers sealed in between; each wrong step with its reason."""

from datetime import timedelta
from io import BytesIO
from itertools import count

import pytest

from cii.agreements.queries import agreement_by_ref
from cii.agreements.vocabulary import Award
from tests.journeys.caller import codes

KEYS = count(1)
CONCEPT = b"Encadrement : deux maitres socioprofessionnels."
WHY = "La meilleure offre selon les criteres publies."
CRITERIA = [
    {"code": "price", "wording": "Prix", "weight": 40},
    {"code": "concept", "wording": "Concept d'encadrement", "weight": 60},
]


def a_wish(world, **more) -> dict:
    return {
        "title": "Atelier 2027", "kind": "call", "sector": "AC", "base_requirements": "Trois ans d'experience",
        "offers_until": "2027-02-05", "criteria": CRITERIA, "aims": {"purpose": "Réinsertion durable"},
        "services": {"offers": [{"measure_ref": world.stage.measure, "content": "Atelier"}]},
        "principles": {"duties": [{"kind": "ethics", "wording": "Charte"}]},
    } | more  # fmt: skip


@pytest.fixture
def office(january):
    return january.as_("contracts")


def published(january, office, **more) -> str:
    ref = office.post("/calls", a_wish(january, **more), 201)["ref"]
    return office.post(f"/calls/{ref}/publication", seen=f"/calls/{ref}")["ref"]


def handed(caller, address: str, status: int = 201, files=(("concept", CONCEPT),), **fields):
    sent = {"price": "118000.00", **fields}
    for kind, data in files:
        sent.setdefault(kind, []).append((BytesIO(data), "datei.txt", "text/plain"))
    headers = {"Idempotency-Key": f"offer-{next(KEYS)}"}
    return caller.call("POST", address, status, data=sent, headers=headers)


def points(offer: str, price: int, concept: int) -> dict:
    given = (("price", price), ("concept", concept))
    return {"offer_ref": offer, "points": [{"criterion": one, "points": two} for one, two in given]}


def opened(january, office, ref: str) -> dict:
    """The call after its last day, with a second offer that came on paper."""
    january.clock.moves(timedelta(days=40))
    office.post(f"/calls/{ref}/closing", seen=f"/calls/{ref}")
    paper = {"name": "Association du Val", "received_on": "2027-02-01", "lang": "de", "price": "99000.00"}
    return handed(office, f"/calls/{ref}/offers", **paper)


def test_a_call_goes_from_the_draft_to_the_agreement(january, office):
    second, provider = january.as_("signer"), january.as_("provider")
    ref = published(january, office)
    call = f"/calls/{ref}"
    mine = handed(provider, f"/published-calls/{ref}/offers", wording="Un atelier de vingt places")
    sealed = office.get(call)
    listed = [one["ref"] for one in opened(january, office, ref)["offers"]]
    for scorer in (office, second):
        office_sees = [
            scorer.post(f"{call}/points", points(one, 4, at), 201) for at, one in enumerate(listed, 2)
        ]
    office.post(f"{call}/ranking", seen=call)
    reasons = [{"offer_ref": listed[0], "wording": "Le concept convainc moins que l'autre."}]
    office.post(f"{call}/award", {"offer_ref": listed[1], "reason": WHY, "refusals": reasons}, 201, seen=call)
    own = office.post(f"{call}/confirmation", status=403, seen=call)
    second.post(f"{call}/confirmation", seen=call)
    unsent = provider.get(f"/offers/{mine['offer']['ref']}")
    provider.get(f"/offers/{mine['offer']['ref']}/letter.pdf", 404)
    told = office.post(f"{call}/letters", status=201, seen=call)
    bought = [
        {"measure_ref": january.stage.measure, "line_ref": january.stage.lines["LACI"], "overbooking": 0}
    ]
    nobody = office.post(
        f"{call}/agreement",
        {"number": "2028-AO-1", "profile": "AC", "instrument": "agreement", "valid_from": "2028-01-01",
         "last_day": "2029-12-31", "bought": bought}, 409, seen=call,
    )  # fmt: skip

    assert (sealed["sealed"], sealed["offers"], mine["open"]) == (True, [], True)
    assert mine["offer"]["papers"][0]["sha256"]
    assert office_sees[-1]["scorers"] == 2
    assert codes(own) == ["award-own-proposal"]
    assert unsent["offer"]["refusal"] is None
    assert [one["letter"] for one in told["offers"]] == ["refusal", "award"]
    assert [one["total"] for one in told["ranked"]] == ["3.400", "2.800"]
    assert provider.get(f"/offers/{mine['offer']['ref']}/letter.pdf").startswith(b"%PDF")
    assert provider.get(f"/offers/{mine['offer']['ref']}")["offer"]["refusal"].startswith("Le concept")
    assert codes(nobody) == ["offer-provider-unregistered"]


def test_the_agreement_is_drafted_with_the_provider_of_a_direct_award(january, office):
    ref = published(january, office, kind="direct", offers_until=None)
    call, second = f"/calls/{ref}", january.as_("signer")
    provider = january.one("SELECT ref FROM provider ORDER BY id LIMIT 1")
    paper = {"name": "Fondation", "received_on": "2027-01-06", "provider_ref": provider}
    offer = handed(office, f"{call}/offers", **paper)["offers"][0]
    office.post(f"{call}/award", {"offer_ref": offer["ref"], "reason": WHY}, 201, seen=call)
    second.post(f"{call}/confirmation", seen=call)
    bought = [
        {"measure_ref": january.stage.measure, "line_ref": january.stage.lines["LACI"], "overbooking": 0}
    ]
    office.post(f"{call}/letters", status=201, seen=call)

    made = office.post(
        f"{call}/agreement",
        {"number": "2028-GG-1", "profile": "AC", "instrument": "agreement", "valid_from": "2028-01-01",
         "last_day": "2029-12-31", "bought": bought}, 201, seen=call,
    )  # fmt: skip

    assert made["state"] == "agreement_drafted"
    assert office.get(f"/agreements/{made['agreement_ref']}")["number"] == "2028-GG-1"
    assert ref in {one["ref"] for one in office.get("/calls")["items"]}


def test_before_the_closing_no_program_of_the_office_reads_an_offer(january, office):
    ref = published(january, office)
    offer = handed(january.as_("provider"), f"/published-calls/{ref}/offers")["offer"]
    before = office.version(f"/calls/{ref}")
    handed(january.as_("provider"), f"/published-calls/{ref}/offers", price="112000.00")

    for who in ("contracts", "signer", "group", "auditor"):
        reader = january.as_(who)
        for address in (
            f"/offers/{offer['ref']}/papers/{offer['papers'][0]['ref']}",
            f"/offers/{offer['ref']}/letter.pdf",
        ):
            assert reader.send("GET", address).status_code in {403, 404}
        assert "118000" not in reader.send("GET", f"/calls/{ref}").text
        assert "112000" not in reader.send("GET", f"/calls/{ref}").text
    office.get(f"/offers/{offer['ref']}", 403)
    assert office.version(f"/calls/{ref}") == before
    assert office.get(f"/calls/{ref}")["offers"] == []


def test_a_provider_replaces_withdraws_and_reads_its_own_offer_only(january, office):
    provider, other = january.as_("provider"), january.as_("other_provider")
    ref = published(january, office)
    first = handed(provider, f"/published-calls/{ref}/offers")["offer"]
    second = handed(provider, f"/published-calls/{ref}/offers", price="112000.00")["offer"]
    paper = f"/offers/{second['ref']}/papers/{second['papers'][0]['ref']}"

    provider.get(f"/offers/{first['ref']}", 404)
    other.get(f"/offers/{second['ref']}", 404)
    other.get(paper, 404)
    other.post(f"/offers/{second['ref']}/withdrawal", status=404)
    read, listed = provider.get(paper), provider.get("/offers")["items"]
    provider.post(f"/offers/{second['ref']}/withdrawal", status=204)

    assert read == CONCEPT
    assert [(one["ref"], one["price"]) for one in listed] == [(second["ref"], "112000.00")]
    assert provider.get("/offers")["items"] == []
    assert [one["ref"] for one in provider.get("/published-calls")["items"]] == [ref]
    assert provider.get(f"/published-calls/{ref}")["open"]


def test_each_wrong_step_is_named(january, office):
    provider, second = january.as_("provider"), january.as_("signer")
    lacking = office.post(
        "/calls", a_wish(january, criteria=[], base_requirements="", offers_until=None), 201
    )["ref"]
    lacks = office.post(f"/calls/{lacking}/publication", status=422, seen=f"/calls/{lacking}")
    office.post(f"/calls/{lacking}/specification", a_wish(january), seen=f"/calls/{lacking}")
    dropped = office.post(f"/calls/{lacking}/end", seen=f"/calls/{lacking}")
    ref = published(january, office)
    call = f"/calls/{ref}"
    written = office.post(f"{call}/specification", a_wish(january), 409, seen=call)
    early = office.post(f"{call}/closing", status=409, seen=call)
    paper = {"name": "Association", "received_on": "2027-01-06"}
    sealed = handed(office, f"{call}/offers", 409, **paper)
    bare = handed(provider, f"/published-calls/{ref}/offers", 422, files=())
    damaged = handed(provider, f"/published-calls/{ref}/offers", 415, files=(("concept", b"MZ\x90\x00"),))
    empty = handed(provider, f"/published-calls/{ref}/offers", 422, files=(("concept", b""),))
    mine = handed(provider, f"/published-calls/{ref}/offers")["offer"]["ref"]
    opened(january, office, ref)
    provider.get("/offers")
    late = handed(provider, f"/published-calls/{ref}/offers", 409)
    unpublished = office.post(
        f"{call}/points", {"offer_ref": mine, "points": [{"criterion": "charm", "points": 5}]}, 409
    )
    undone = office.post(f"{call}/ranking", status=409, seen=call)
    unsent = office.post(f"{call}/letters", status=409, seen=call)

    assert set(codes(lacks)) == {"call-item-missing", "call-offers-day-past"}
    assert dropped["state"] == "dropped"
    assert [codes(one)[0] for one in (written, early, sealed)] == [
        "call-published",
        "offers-running",
        "offers-sealed",
    ]
    assert [codes(one)[0] for one in (bare, damaged, empty)] == [
        "offer-concept-missing",
        "unsupported-file",
        "empty-file",
    ]
    assert codes(late) == ["call-published"]
    assert codes(unpublished)[0] == "call-criterion-not-published"
    assert [codes(one)[0] for one in (undone, unsent)] == ["call-scoring-not-done", "call-not-awarded"]
    second.get(call)
    assert second.send("POST", f"{call}/confirmation", headers={"Idempotency-Key": "x"}).status_code == 428


def test_another_sector_finds_no_call(january, office):
    ref = published(january, office)

    january.as_("ai_contracts").get(f"/calls/{ref}", 404)
    assert january.as_("ai_contracts").get("/calls")["items"] == []
    january.as_("orp").get("/calls", 403)


def test_a_direct_award_is_published_from_its_agreement_once(january, office):
    agreement = january.stage.agreements["LACI"]
    with january.work() as work:
        agreement_by_ref(work, agreement).award = Award.DIRECT
    wish = {"title": "Atelier", "base_requirements": "Trois ans", "criteria": CRITERIA}
    address, seen = f"/agreements/{agreement}/direct-award", f"/agreements/{agreement}"

    uneven = office.post(address, wish | {"criteria": CRITERIA[:1]}, 422, seen=seen)
    made = office.post(address, wish, 201, seen=seen)
    twice = office.post(address, wish, 409, seen=seen)
    january.as_("provider").post(address, wish, 403, seen=seen)

    assert codes(uneven) == ["call-weights-not-whole"]
    assert (made["kind"], made["state"], made["agreement_ref"]) == ("direct", "agreement_drafted", agreement)
    assert codes(twice) == ["direct-award-published"]
    assert office.get(f"/published-calls/{made['ref']}")["criteria"][1]["weight"] == 60
