"""What providers hand in, through the API: listed, submitted, returned, accepted, read by its two sides."""

from datetime import date
from io import BytesIO
from itertools import count

from cii.agreements.actions import AddDeliverable, add_deliverable
from cii.agreements.vocabulary import DeliverableKind, Frequency

KEYS = count(1)
REPORT = b"mois;participants\n2026-12;12\n"


def a_list_owed(world) -> str:
    """The list of participants that the labour-market agreement owes since 10 January."""
    with world.work() as work:
        wish = AddDeliverable(
            world.stage.agreements["LACI"], DeliverableKind.PARTICIPANTS, Frequency.MONTHLY, date(2027, 1, 10)
        )
        return add_deliverable(work, wish).ref


def handed_in(world, ref: str, who: str = "provider", status: int = 201, **more):
    caller = world.as_(who)
    version = more.pop("version", None) or caller.send("GET", f"/deliverables/{ref}").headers.get("ETag", "")
    headers = {"Idempotency-Key": more.pop("key", f"file-{next(KEYS)}"), "If-Match": version}
    sent = {"file": (BytesIO(REPORT), "liste.csv", "text/csv"), **more}
    answer = caller.send("POST", f"/deliverables/{ref}/submissions", data=sent, headers=headers)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer


def answered(world, address: str, status: int, who: str = "contracts", **body):
    caller = world.as_(who)
    read = caller.send("GET", address.rpartition("/")[0])
    headers = {"Idempotency-Key": f"answer-{next(KEYS)}", "If-Match": read.headers.get("ETag", "")}
    answer = caller.send("POST", address, json=body, headers=headers)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def test_a_file_goes_from_the_provider_to_the_payer_and_back(january):
    ref = a_list_owed(january)
    provider, payer = january.as_("provider"), january.as_("contracts")
    mine = provider.send("GET", "/deliverables").get_json()["items"]

    first = handed_in(january, ref, note="Sans les sorties").get_json()
    waiting = payer.send("GET", "/deliverables").get_json()["items"]
    returned = answered(january, f"/deliverables/{ref}/return", 200, reason="Il manque les sorties.")
    handed_in(january, ref)
    accepted = answered(january, f"/deliverables/{ref}/acceptance", 200)
    file = first["submissions"][0]["ref"]

    assert (ref, "late") in [(one["ref"], one["stand"]) for one in mine] or (ref, "ahead") in [
        (one["ref"], one["stand"]) for one in mine
    ]
    assert (first["stand"], first["submissions"][0]["note"]) == ("waiting", "Sans les sorties")
    assert ref in {one["ref"] for one in waiting}
    assert (returned["stand"], returned["submissions"][0]["reason"]) == ("returned", "Il manque les sorties.")
    assert [one["stand"] for one in accepted["submissions"]] == ["accepted", "returned"]
    assert payer.send("GET", f"/deliverables/{ref}/submissions/{file}").data == REPORT
    assert january.as_("orp").send("GET", f"/deliverables/{ref}/submissions/{file}").status_code == 403


def test_each_wrong_step_says_why(january):
    ref = a_list_owed(january)
    early = answered(january, f"/deliverables/{ref}/acceptance", 409)
    answered(january, f"/deliverables/{ref}/acceptance", 403, who="provider")
    first = handed_in(january, ref, key="once")
    stale = handed_in(january, ref, "provider", 412, version='"zzz"').get_json()
    unsaid = answered(january, f"/deliverables/{ref}/return", 422)
    answered(january, f"/deliverables/{ref}/acceptance", 200)
    more = handed_in(january, ref, status=409).get_json()

    assert early["code"] == "nothing-submitted"
    assert first.get_json()["stand"] == "waiting"
    assert stale["code"] == "stale"
    assert unsaid["reasons"][0]["field"] == "reason"
    assert more["code"] == "deliverable-accepted"


def test_who_has_no_part_finds_nothing(january):
    ref = a_list_owed(january)

    assert january.as_("contracts").send("GET", "/deliverables/zzzzzzzzzz").status_code == 404
    assert january.as_("orp").send("GET", f"/deliverables/{ref}").status_code == 403


def test_what_is_waived_is_no_longer_owed(january):
    ref = a_list_owed(january)

    answered(
        january, f"/deliverables/{ref}/waiver", 403, who="provider", reason="Aucun participant en décembre"
    )
    short = answered(january, f"/deliverables/{ref}/waiver", 422, reason="Non")
    waived = answered(january, f"/deliverables/{ref}/waiver", 200, reason="Aucun participant en décembre")
    twice = answered(january, f"/deliverables/{ref}/waiver", 409, reason="Aucun participant en décembre")
    sent = handed_in(january, ref, status=409).get_json()

    assert short["reasons"][0]["field"] == "reason"
    assert (waived["stand"], waived["waived_for"]) == ("waived", "Aucun participant en décembre")
    assert {twice["code"], sent["code"]} == {"deliverable-not-owed"}
