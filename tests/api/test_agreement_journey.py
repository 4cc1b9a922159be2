"""An agreement by the API alone: drafted, written, negotiated, checked, signed, in force, followed, ended."""

from itertools import count
from typing import Any

from cii.agreements.queries import agreement_by_ref, agreement_view
from cii.agreements.vocabulary import Profile
from cii.conventions.actions import stored
from cii.conventions.rules import parts_for
from cii.measures.queries import measures_by_id
from tests.conformity.build_signing import REASON, with_names
from tests.conformity.build_whole import a_convention

KEYS = count(1)


class Desk:
    """Somebody at the API who names the version that it has read."""

    def __init__(self, world, who: str, ref: str = "") -> None:
        self.caller, self.ref = world.as_(who), ref

    def read(self, path: str = "", status: int = 200) -> Any:
        answer = self.caller.send("GET", f"/agreements/{self.ref}{path}")
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    def send(self, path: str, status: int = 200, **body: Any) -> Any:
        version = self.caller.send("GET", f"/agreements/{self.ref}").headers.get("ETag", "")
        headers = {"Idempotency-Key": f"journey-{next(KEYS)}", "If-Match": version}
        answer = self.caller.send("POST", f"/agreements/{self.ref}{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()


def drafted(world) -> str:
    """A draft of 2028 for the workshop and the labour-market line."""
    with world.work() as work:
        view = agreement_view(work, world.stage.agreements["LACI"])
        measure = measures_by_id(work, [view.measures[0].measure_id])[view.measures[0].measure_id].ref
        provider = view.provider.ref
    bought = [{"measure_ref": measure, "line_ref": world.stage.lines["LACI"]}]
    sent = {
        "number": "2028-LACI-01", "provider_ref": provider, "profile": "AC", "instrument": "agreement",
        "valid_from": "2028-01-01", "last_day": "2029-12-31", "bought": bought, "award": "call",
    }  # fmt: skip
    answer = world.as_("contracts").send(
        "POST", "/agreements", json=sent, headers={"Idempotency-Key": f"draft-{next(KEYS)}"}
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)
    assert answer.headers["ETag"]
    return answer.get_json()["ref"], measure


def written(world, payer: Desk, measure: str) -> None:
    """Objectives, tariff, dates and every part of the text, one request each."""
    whole = a_convention(Profile.AC)
    for goal in whole.goals:
        gauges = [
            {
                "code": one.code, "title": "Taux", "unit": one.unit, "direction": one.direction,
                "target": one.target, "minimum": one.minimum, "source": one.source,
                "interruptions": one.interruptions,
            }
            for one in whole.gauges
            if one.goal_ref == goal.ref
        ]  # fmt: skip
        payer.send(
            "/objectives", level=goal.level, wording=goal.wording, owner=goal.owner, kind=goal.kind,
            standing=goal.standing, rank=goal.rank, weight=goal.weight, basic=goal.basic, gauges=gauges,
        )  # fmt: skip
    payer.send(
        "/tariffs", measure_ref=measure, line_ref=world.stage.lines["LACI"], valid_from="2028-01-01",
        basis="started_month", amount="2200.00", places=10,
    )  # fmt: skip
    for owed in whole.owed:
        payer.send("/deliverables/dates", kind=owed.kind, frequency=owed.frequency, first="2028-04-30")
    with world.work() as work:
        rows = {one.wording: one.ref for one in agreement_view(work, payer.ref).objectives}
        goals = {one.ref: rows[one.wording] for one in whole.goals}
        text = with_names(work, whole.text, agreement_by_ref(work, payer.ref), goals)
    for part in parts_for(Profile.AC):
        payer.send(f"/text/{part.value}", **stored(part, getattr(text, part.value)))


def settled(payer: Desk) -> None:
    """A reason for each warning, an answer to each item of the checklist."""
    for one in payer.read("/findings")["findings"]:
        if not one["open"]:
            continue
        named = {"code": one["code"], "about": one["about"]}
        if one["severity"] == "warning":
            payer.send("/justifications", **named, wording=REASON)
        elif one["severity"] == "check":
            payer.send("/checklist", **named, answer="yes")


def test_an_agreement_lives_by_the_api_alone(january):
    ref, measure = drafted(january)
    with january.work() as work:
        today = work.today.isoformat()
    payer, signer, provider = (Desk(january, who, ref) for who in ("contracts", "signer", "provider"))
    provider.read("/convention", 404)
    written(january, payer, measure)
    (first,) = payer.send("/rounds", 201, due_on="2027-02-28")
    payer.send("/text/aims", purpose="Baisser le prix")
    unseen = provider.read("/convention")["text"]["aims"]["purpose"]
    provider.send(
        "/comments", 201, round_ref=first["round"]["ref"], part="aims", wording="Nous gardons le but."
    )
    (answered,) = provider.send("/answer", round_ref=first["round"]["ref"], stand="accepts")
    changed = payer.caller.send("GET", f"/agreements/{ref}/differences").get_json()
    payer.send("/text/aims", **payer.read(f"/editions/{payer.read('/editions')[-1]['ref']}")["text"]["aims"])
    provider.send("/signatures", 409, name="Direction", signed_on=today)
    settled(payer)
    own = payer.send("/signature", 403)
    signer.send("/signature")
    early = signer.send("/entry-into-force", 409)
    provider.send("/signatures", 201, name="Direction", signed_on=today)
    signer.send("/entry-into-force")

    assert unseen != "Baisser le prix"
    assert answered["comments"][0]["wording"] == "Nous gardons le but."
    assert {one["section"] for one in changed} == {"aims"}
    assert own["code"] == "signed-by-drafter"
    assert early["code"] == "provider-unsigned"
    assert payer.read()["state"] == "in_force"
    assert payer.read("/signatures")[-1]["name"] == "Direction"
    followed_and_ended(january, payer, signer)


def followed_and_ended(world, payer: Desk, signer: Desk) -> None:
    """What comes after: one change at a time, no option without one, an end with its notice."""
    outside = payer.send("/amendment", 422, from_day="2027-01-02")
    made = payer.send("/amendment", 201, from_day="2028-03-01")
    twice = payer.send("/renewal", 409, from_day="2030-01-01")
    Desk(world, "contracts", made["ref"]).send("/dropping", reason="Reporté d'une année")
    option = payer.send("/option", 409)
    renewed = payer.send("/renewal", 201, from_day="2030-01-01")
    short = signer.send("/termination", 422, last_day="2027-02-28", reason="Fin du besoin")
    over = signer.send("/termination", last_day="2028-12-31", reason="Fin du besoin", grounds="mutual")

    assert {one["code"] for one in outside["reasons"]} >= {"back-dated"}
    assert (made["follows_as"], renewed["follows_as"]) == ("amendment", "renewal")
    assert twice["code"] == "followed-already"
    assert option["code"] == "no-option"
    assert short["reasons"][0]["field"] == "last_day"
    assert (over["state"], over["valid_to"], over["notice_on"]) == ("in_force", "2029-01-01", "2027-01-06")


def test_an_open_text_refuses_what_is_no_part_of_it(january):
    ref, _ = drafted(january)
    payer, provider = Desk(january, "contracts", ref), Desk(january, "provider", ref)

    payer.send("/text/nothing", 404)
    other = payer.send("/text/insertion", 422)
    fault = payer.send("/text/volume", 422, guarantee_percent=101)
    provider.send("/text/aims", 403, purpose="À nous")
    goal = payer.send("/objectives", 422, level="outcome", wording="", owner="Les deux")
    payer.send("/objectives/removal", 404, goal_ref="zzzzzzzzzz")
    payer.send("/deliverables/removal", 404, deliverable_ref="zzzzzzzzzz")
    payer.send("/submission", 201)
    decided = Desk(january, "contracts", ref)
    decided.send("/decision", 403, stand="approved")

    assert other["code"] == "part-of-other-profile"
    assert fault["reasons"][0]["field"] == "guarantee_percent"
    assert goal["reasons"][0]["field"] == "wording"
