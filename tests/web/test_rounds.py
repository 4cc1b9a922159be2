"""The pages of a round: opened, computed, steered with the cost in sight, approved by another member, reported."""

import csv
import io

import openpyxl
import pypdf
import pytest

from tests.web.build_round import NAMES, waiting
from tests.web.test_social import program

__all__ = ["waiting"]


def rows(page):
    """The table of proposals: rank → the text of its row."""
    body = page.split('id="list"')[1].split("<tbody>")[1].split("</tbody>")[0]
    return [one for one in body.split("<tr") if "</tr>" in one]


def test_a_round_is_opened_with_the_hash_of_its_seed_and_computed_by_rank(waiting):
    waiting.opened()
    assert "n&#39;est pas encore calculé" in waiting.as_("coordination").get(waiting.url)

    waiting.computed()
    page = waiting.as_("coordination").get(waiting.url)

    told = rows(page)
    assert len(told) == len(NAMES)
    assert [("avec place" in one) for one in told] == [True, True, False]
    assert "plus de place libre" in told[2]
    proof = waiting.as_("coordination").get(f"/rounds/{waiting.ref}/proof")
    assert "scellée" in proof
    assert "Rang strict" in proof or "rang strict" in proof


def test_every_page_of_a_round_opens_before_it_is_computed_and_after(waiting):
    waiting.opened()
    reader = waiting.as_("coordination")
    pages = (
        f"/rounds/{waiting.ref}",
        f"/rounds/{waiting.ref}/pins",
        f"/rounds/{waiting.ref}/places",
        f"/rounds/{waiting.ref}/proof",
        f"/rounds/{waiting.ref}/what-if",
    )

    before = [reader.get(page) for page in pages]
    waiting.computed()
    after = [reader.get(page) for page in pages]

    assert before != after
    assert "Atelier de menuiserie" in after[2]
    assert "saturé" in after[2]
    assert "Transferts possibles" in reader.get(f"/rounds/{waiting.ref}/places", transfers="yes")
    assert "les mêmes octets" in reader.get(f"/rounds/{waiting.ref}/proof", check="yes")


def test_a_case_without_a_place_reads_why_and_what_would_have_been_needed(waiting):
    waiting.opened().computed()

    page = waiting.as_("coordination").get(f"/rounds/{waiting.ref}/cases/3", needed="yes")

    assert "Rang 3 sur 3" in page
    assert "quota complet" in page
    assert "1 place de plus" in page
    assert not [name for name in NAMES if name in page]


def test_the_group_decides_with_the_cost_in_sight_and_computes_again(waiting):
    waiting.opened().computed()
    place = waiting.choice(3, "taken.")
    seen = waiting.as_("coordination").get(f"/rounds/{waiting.ref}/cases/3", decision=place)

    waiting.decided(3, place)
    waiting.computed()
    page = waiting.as_("coordination").get(waiting.url)

    assert "Perdent leur place" in seen
    assert [("avec place" in one) for one in rows(page)] == [True, False, True]
    pins = waiting.as_("coordination").get(f"/rounds/{waiting.ref}/pins", costs="yes")
    assert "Projet déjà engagé" in pins
    assert "Perdent leur place" in pins


def test_a_decision_that_cannot_hold_is_refused_with_the_conflict_named(waiting):
    waiting.opened().computed()
    for position in (2, 3):
        waiting.decided(position, waiting.choice(position, "taken."))

    page = waiting.decided(1, waiting.choice(1, "taken."), status=409)

    assert "ne peuvent pas être tenues ensemble" in page
    assert "Projet déjà engagé" in page


def test_a_round_with_newer_decisions_is_computed_before_it_is_approved(waiting):
    waiting.opened().computed()
    waiting.decided(1, "refused..")

    page = waiting.as_("colleague").get(waiting.url)

    assert "plus récentes que le calcul" in page
    assert "/approval" not in page
    pins = waiting.as_("colleague").get(f"/rounds/{waiting.ref}/pins")
    assert f'action="/rounds/{waiting.ref}/pins/1/withdrawal"' in pins
    waiting.as_("colleague").post(f"/rounds/{waiting.ref}/pins/1/withdrawal")
    waiting.as_("colleague").post(f"/rounds/{waiting.ref}/pins/9/withdrawal", 404)
    assert "/approval" in waiting.as_("colleague").get(waiting.url)


def test_another_member_approves_and_the_places_are_reserved_at_once(waiting):
    waiting.opened().computed()
    own = waiting.as_("coordination").get(waiting.url)
    assert "un autre membre du groupe" in own
    waiting.as_("coordination").post(
        f"/rounds/{waiting.ref}/approval", 403, run="1", version=waiting.version(own)
    )

    waiting.approved()

    page = waiting.as_("colleague").get(waiting.url)
    assert "approuvé" in page
    assert "/computation" not in page
    ref, _ = waiting.cases[NAMES[0]]
    assert "Atelier de menuiserie" in waiting.as_("manager").get(f"/cases/{ref}/placements")


def test_a_double_click_approves_once(waiting):
    waiting.opened().computed()
    reader = waiting.as_("colleague")
    sent = {"run": "1", "version": waiting.version(reader.get(waiting.url)), "idempotency_key": "one-click"}

    first = reader.post(f"/rounds/{waiting.ref}/approval", **sent)
    csrf = reader.get("/help").split('name="csrf_token" value="')[1].split('"')[0]
    second = reader.client.post(f"/rounds/{waiting.ref}/approval", data={"csrf_token": csrf, **sent})

    assert (second.status_code, second.headers["Location"]) == (303, first)
    assert second.headers["Idempotency-Replayed"] == "true"
    with waiting.site.work() as work:
        count = work.session.connection().exec_driver_sql(
            "SELECT count(*) FROM placement WHERE state = 'reserved'"
        )
        assert count.scalar() == 3  # two of the round, one of the town


def test_changed_facts_refuse_the_approval_and_say_what_changed(waiting):
    waiting.opened().computed()
    ref, _ = waiting.cases[NAMES[2]]
    manager = waiting.as_("manager")
    wait = manager.get(f"/cases/{ref}/placements").split(f"/cases/{ref}/waiting/")[1].split("/")[0]
    manager.post(f"/cases/{ref}/waiting/{wait}/pause")

    page = waiting.approved(status=409)

    assert "Ce qui a changé depuis le calcul" in page
    assert "dossier parti" in page
    assert "n° 3" in page
    assert f'action="{waiting.url}/computation"' in page
    waiting.computed("coordination").approved(run="2")


def test_the_report_tells_cases_by_rank_and_is_the_same_for_every_reader(waiting):
    waiting.opened().computed()
    waiting.as_("finance").get(f"/rounds/{waiting.ref}/report/pdf", 409)
    waiting.decided(3, "refused..")
    waiting.computed("coordination").approved(run="2")

    files = {
        (who, form): waiting.as_(who).client.get(f"/rounds/{waiting.ref}/report/{form}").data
        for who in ("finance", "colleague")
        for form in ("pdf", "xlsx", "csv")
    }

    for form in ("pdf", "xlsx", "csv"):
        assert files["finance", form] == files["colleague", form]
    told = list(csv.reader(io.StringIO(files["finance", "csv"].decode("utf-8-sig")), delimiter=";"))
    assert [one[0] for one in told[1:]] == ["1", "2", "3"]
    book = openpyxl.load_workbook(io.BytesIO(files["finance", "xlsx"]))
    assert len(book.sheetnames) == 10
    text = "\n".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(files["finance", "pdf"])).pages
    )
    assert "premier arrivé, premier servi" in text
    assert "Projet déjà engagé" in text
    for _, number in waiting.cases.values():
        assert number not in text


def test_the_advisers_of_a_case_read_its_result_and_nobody_elses(waiting):
    waiting.opened().computed().approved()
    ref, _ = waiting.cases[NAMES[2]]

    page = waiting.as_("manager").get(f"/cases/{ref}/rounds", needed=waiting.ref)

    assert "Rang 3 sur 3" in page
    assert "1 place de plus" in page
    for name in NAMES[:2]:
        assert name not in page
        assert waiting.cases[name][1] not in page
    waiting.as_("coordination").get(f"/cases/{ref}/rounds", 404)


def test_a_round_under_way_is_named_on_the_page_of_a_case_without_its_result(waiting):
    waiting.opened().computed()
    ref, _ = waiting.cases[NAMES[0]]

    page = waiting.as_("manager").get(f"/cases/{ref}/rounds")

    assert "Tour de novembre" in page
    assert "Rang 1" not in page


@pytest.mark.parametrize("who", ["manager", "provider", "administrator", "officer"])
def test_whoever_has_no_part_in_rounds_sees_none(waiting, who):
    waiting.opened()

    reader = waiting.as_(who)

    reader.get("/rounds", 403)
    reader.get(waiting.url, 403)
    reader.post(f"/rounds/{waiting.ref}/computation", 403)


@pytest.mark.parametrize("who", ["finance", "contracts", "steering", "auditor"])
def test_whoever_reads_rounds_does_not_run_them(waiting, who):
    waiting.opened().computed()

    reader = waiting.as_(who)

    page = reader.get(waiting.url)
    assert "/computation" not in page
    assert "/cases/1" in page
    reader.post(f"/rounds/{waiting.ref}/computation", 403)
    reader.post(f"/rounds/{waiting.ref}/approval", 403, run="1", version="x")
    reader.post(f"/rounds/{waiting.ref}/cases/1/decision", 403, decision="refused..", reason="Motif")
    reader.get("/rounds/zzzzzzzzzz", 404)


def test_a_round_is_cancelled_with_its_reason_and_another_one_opened(waiting):
    waiting.opened().computed()
    reader = waiting.as_("coordination")

    reader.post(
        f"/rounds/{waiting.ref}/cancellation",
        422,
        reason="",
        version=waiting.version(reader.get(waiting.url)),
    )
    reader.post(
        f"/rounds/{waiting.ref}/cancellation",
        reason="Le trimestre change",
        version=waiting.version(reader.get(waiting.url)),
    )

    page = reader.get(waiting.url)
    assert "Le trimestre change" in page
    assert "/computation" not in page
    assert "scellée" not in reader.get(f"/rounds/{waiting.ref}/proof")
    waiting.opened()


def test_what_if_tells_who_would_gain_and_saves_nothing(waiting):
    waiting.opened().computed()
    reader = waiting.as_("steering")

    page = reader.get(f"/rounds/{waiting.ref}/what-if", cell="AT-01 LACI", places="1")

    assert "Recevraient une place" in page
    assert len(rows(reader.get(waiting.url))) == len(NAMES)
    assert "Calcul n° 1" in reader.get(waiting.url)
    reader.get(f"/rounds/{waiting.ref}/what-if", 422, places="beaucoup", cell="AT-01 LACI")
    reader.get(f"/rounds/{waiting.ref}/what-if", 404, places="1", cell="XX-99 LACI")


def test_the_list_tells_every_round_with_its_state_and_in_german(waiting):
    waiting.opened().computed()

    page = waiting.as_("coordination", "de").get("/rounds")

    assert "Tour de novembre" in page
    assert "strenge Rangfolge" in page
    assert "offen" in page
    assert "Tour de novembre" not in waiting.as_("coordination").get("/rounds", state="approved")
    waiting.as_("coordination").get("/rounds", 422, state="bogus")


def test_a_round_the_wrong_way_round_keeps_what_was_typed(waiting):
    page = waiting.as_("coordination").post(
        "/rounds/new",
        422,
        title="Tour à l'envers",
        starts_on="2026-12-31",
        ends_on="2026-11-01",
        policy="strict_rank",
    )

    assert "précède le premier" in page
    assert "Tour à l&#39;envers" in page


def test_a_program_opens_computes_decides_approves_and_reports(waiting):
    first, second = (program(waiting.site, who) for who in ("coordination", "colleague"))
    term = {"starts_on": "2026-11-01", "ends_on": "2026-12-31"}

    made = first.ask("POST", "/api/v1/rounds", 201, title="Tour de novembre", policy="strict_rank", **term)
    at = f"/api/v1/rounds/{made['ref']}"
    done = first.ask("POST", f"/api/v1/rounds/{made['ref']}/computation")
    assert (done["run"]["candidates"], done["run"]["placed"], done["seed"]) == (3, 2, None)
    refuse = {"candidate": 3, "kind": "refused", "reason": "Projet engagé ailleurs"}
    first.ask("POST", f"/api/v1/rounds/{made['ref']}/pins", 428, **refuse)
    first.move(at, "pins", 201, **refuse)
    first.ask("POST", f"/api/v1/rounds/{made['ref']}/pins/1/withdrawal")
    costs = first.ask("GET", f"/api/v1/rounds/{made['ref']}/pins?costs=true")
    assert costs["items"][0]["withdrawn_at"] is not None
    told = first.ask("GET", f"/api/v1/rounds/{made['ref']}/candidates/3?needed=true")
    assert (told["rank"], told["of"], told["why"]) == (3, 3, "places")
    assert "quota AT-01 LACI +1" in told["needed"]
    listed = first.ask("GET", f"/api/v1/rounds/{made['ref']}/candidates")["items"]
    assert [one["position"] for one in listed] == [1, 2, 3]
    tried = first.ask("GET", f"/api/v1/rounds/{made['ref']}/what-if?measure=AT-01&line=LACI&places=1")
    assert (tried["placed"], tried["would_place"], tried["gaining"]) == (2, 3, [3])
    approved = second.move(at, "approval", run=1)
    assert (approved["state"], len(approved["seed"])) == ("approved", 64)
    proof = first.ask("GET", f"/api/v1/rounds/{made['ref']}/proof?check=true")
    assert (proof["same"], proof["flaws"], proof["seed"]) == (True, 0, approved["seed"])
    assert len(first.ask("GET", f"/api/v1/rounds/{made['ref']}/report/json")) == 10
    first.ask("GET", f"/api/v1/rounds/{made['ref']}/report/docx", 404)
    of_case = program(waiting.site, "manager").ask(
        "GET", f"/api/v1/cases/{waiting.cases[NAMES[2]][0]}/rounds"
    )
    assert [(one["rank"], one["needed"]) for one in of_case["items"]] == [(3, None)]
    first.move(at, "cancellation", 409, reason="Trop tard")


def test_each_refusal_of_a_decision_and_of_a_report_says_what_is_wrong(waiting):
    waiting.opened().computed()
    first, at = program(waiting.site, "coordination"), f"/api/v1/rounds/{waiting.ref}"
    taken = {"candidate": 3, "kind": "taken", "reason": "Projet engagé"}

    placeless = first.move(at, "pins", 422, **taken)
    first.move(at, "pins", 201, candidate=3, kind="refused", reason="Projet engagé ailleurs")
    first.ask("POST", f"{at}/pins/1/withdrawal")
    again = first.ask("POST", f"{at}/pins/1/withdrawal", 409)
    early = first.ask("GET", f"{at}/report/csv", 409)

    assert [one["code"] for one in placeless["reasons"]] == ["round-pin-needs-place"]
    assert [one["code"] for one in again["reasons"]] == ["round-pin-withdrawn"]
    assert [one["code"] for one in early["reasons"]] == ["round-not-approved"]
    first.ask("POST", f"{at}/pins/x/withdrawal", 404)
    first.ask("GET", f"{at}/candidates/99", 404)
