"""The story of the house through the JSON API alone, on both engines: from a file of insured persons to the report.

Each chapter is one point of the story; a chapter stands on the one before it.
"""

import json
from datetime import UTC, datetime
from fractions import Fraction

from tests.api.site import Site
from tests.journeys.books import fingerprint, francs, money, places, plant, round_centimes
from tests.journeys.caller import Caller, codes
from tests.journeys.stage import PEOPLE, Stage, a_faulty_file, a_file, a_stage, the_persons

NOVEMBER = {"starts_on": "2026-11-01", "ends_on": "2026-11-30"}
WEEKDAYS = 21
"""Mondays to Fridays of November 2026; nothing of Neuchâtel's holidays lies in it."""


class Story:
    """The people of the stage, and what they have come to know."""

    def __init__(self, site: Site) -> None:
        self.site = site
        with site.work() as work:
            self.stage: Stage = a_stage(work)
        self.people = {who: Caller(site, who) for who in PEOPLE}
        self.cases: list[str] = []
        self.placements: dict[str, str] = {}
        self.statements: dict[str, str] = {}

    def __getattr__(self, who: str) -> Caller:
        return self.people[who]

    def on(self, *day: int) -> None:
        """The clock moves on to ten o'clock of that day."""
        at = datetime(*day, 9, tzinfo=UTC)
        self.site.clock.moves(at - self.site.clock.now())


def test_a_case_walks_from_detection_to_the_quarterly_report(any_site):
    story = Story(any_site)

    one_file_is_imported(story)
    two_a_person_is_announced(story)
    three_assessment_and_plan(story)
    four_three_places_are_given(story)
    five_a_month_is_attested_and_paid(story)
    six_the_books_are_reconciled(story)
    seven_the_quarter_is_reported(story)


def one_file_is_imported(story: Story) -> None:
    """A faulty file changes nothing and names its faults, a dry run neither; the right one says who and why."""
    orp = story.orp

    faulty = orp.upload("/detections/import", "assurés.csv", a_faulty_file(), 422)
    rehearsed = orp.upload("/detections/import", "assurés.csv", a_faulty_file(), 422, dry_run="true")
    dry = orp.upload("/detections/import", "assurés.csv", a_file(the_persons()), dry_run="true")

    for told in (faulty, rehearsed):
        assert [(one["facts"]["line"], one["field"]) for one in told["reasons"]] == [
            (12, "avs"),
            (40, "capacite_travail"),
        ]
        assert all(one["text"] for one in told["reasons"])
    assert (dry["rows"], len(dry["detected"]), dry["run_ref"]) == (200, 4, None)
    assert orp.get("/detections")["items"] == []

    done = orp.upload("/detections/import", "assurés.csv", a_file(the_persons()))
    again = orp.upload("/detections/import", "assurés.csv", a_file(the_persons()))

    assert [one["line"] for one in done["detected"]] == [2, 3, 4, 5]
    assert done["detected"][0]["rules"] == ["D2"]
    assert "60" in done["detected"][0]["why"]["fr"]
    assert again["repeated"]
    shown = orp.get("/detections")["items"]
    assert len(shown) == 4
    assert shown[0]["decision"]["table"] == "detection"
    assert story.gsr.get("/detections")["items"] == []
    story.detections = [one["detection_ref"] for one in done["detected"]]


def two_a_person_is_announced(story: Story) -> None:
    """Below the threshold and without basis: every reason; with consent: the network, its lead, its terms."""
    orp = story.orp
    wish = {"potential": "medium", "reason": "Situation complexe, plusieurs systèmes concernés."}

    below = orp.post("/announcements", wish | {"detection_ref": story.detections[3]}, 422)
    bare = orp.post("/announcements", wish | {"detection_ref": story.detections[0]}, 422)

    assert codes(below)[0] == "below-threshold"
    assert set(codes(below)[1:]) == {"basis-no-consent"}
    assert codes(bare) == ["basis-no-consent"] * 3
    assert {one["facts"]["recipient"] for one in bare["reasons"]} == {
        "Office AI, réadaptation",
        "Guichet social régional du Val-de-Travers",
        "Équipe des médecins-conseils",
    }
    assert orp.get("/cases")["items"] == []

    for ref in story.detections[:3]:
        consent = {"given_on": "2026-10-14", "how": "signed_paper"}
        done = orp.post("/announcements", wish | {"detection_ref": ref, "consent": consent}, 201)
        story.cases.append(done["case_ref"])
        assert done["path"] == "reseau-cii"
    first = orp.post("/announcements", wish | {"detection_ref": story.detections[0], "consent": consent}, 409)
    assert codes(first) == ["already-announced"]

    process = orp.get(f"/cases/{story.cases[0]}/process")
    due = {one["key"]: (one["due_at"] or "")[:10] for one in process["tasks"]}
    assert process["process"] == "reseau-cii"
    assert {key: due[key] for key in ("grid_ac", "grid_ai", "grid_as", "medical")} == {
        "grid_ac": "2026-11-04",
        "grid_ai": "2026-11-04",
        "grid_as": "2026-11-04",
        "medical": "2026-11-13",
    }
    assert {one["key"] for one in story.ai.get("/tasks")["items"]} == {"grid_ai"}
    assert {one["key"] for one in story.doctor.get("/tasks")["items"]} == {"medical"}
    tables = [one["table"] for one in orp.get(f"/cases/{story.cases[0]}/decisions")["items"]]
    assert tables == ["detection", "triage", "lead-institution"]


def three_assessment_and_plan(story: Story) -> None:
    """The lead moves on acceptance; every voice is needed for the signature, every bearer for the plan."""
    orp, gsr, ai, doctor = story.orp, story.gsr, story.ai, story.doctor
    case = f"/cases/{story.cases[0]}"
    referral = next(
        one for one in gsr.get("/referrals", waiting="true")["items"] if one["case_ref"] == story.cases[0]
    )
    path = f"/referrals/{referral['ref']}"

    early = gsr.post(f"{path}/acceptance", {}, 409, seen=path)
    gsr.post(f"{path}/reception", {}, seen=path)
    held = gsr.get(case)["lead"]["code"]
    foreign = orp.post(f"{path}/acceptance", {}, 403, seen=path)
    gsr.post(f"{path}/acceptance", {}, seen=path)

    assert codes(early) == ["illegal-move"]
    assert codes(foreign) == ["not-allowed"]
    assert held == "ORP-LITTORAL"
    assert gsr.get(case)["lead"]["code"] == "GSR-VAL-DE-TRAVERS"
    assert story.stranger.get(case, 404)["code"] == "unknown"

    for voice, item in ((orp, "french_oral"), (ai, "endurance"), (gsr, "french_oral")):
        said = {"item": item, "value": "3", "effective_on": "2026-10-14", "source": "Entretien"}
        voice.post(f"{case}/grid", {"entries": [said], "finished": True}, seen=case)
    too_early = gsr.post(f"{case}/assessment", {"synthesis": "Retour à l'emploi adapté."}, 422, seen=case)
    assert [(one["code"], one["facts"]["role"]) for one in too_early["reasons"]] == [
        ("missing-voice", "physician")
    ]
    medical = {
        "statement": "Lombalgies chroniques, traitement en cours.",
        "limits": "Pas de port de charges de plus de 10 kg.",
        "effective_on": "2026-10-14",
        "capacity": 60,
        "finished": True,
    }
    assert gsr.post(f"{case}/medical", medical, 403, seen=case)["code"] == "not-allowed"
    doctor.post(f"{case}/medical", medical, seen=case)
    gsr.post(f"{case}/assessment", {"synthesis": "Retour à l'emploi adapté."}, seen=case)
    assert gsr.get(f"{case}/assessment")["state"] == "signed"
    assert "medical" in doctor.get(case)["sections"]
    assert "medical" not in gsr.get(case)["sections"]
    assert "Lombalgies" not in json.dumps(gsr.get(case), ensure_ascii=False)
    assert gsr.get(case)["sections"]["functional"]["limits"][0]["capacity"] == 60

    units = {one["code"]: one["ref"] for one in gsr.get("/units")["items"]}
    parts = [
        {
            "goal": "Rythme de travail",
            "action": "Mesure mixte",
            "unit_ref": units[code],
            "due_on": "2026-12-31",
        }
        for code in ("ORP-LITTORAL", "OAI-REA", "GSR-VAL-DE-TRAVERS")
    ]
    gsr.post(f"{case}/plan", {"focus": "Emploi adapté à 60 %", "parts": parts}, 201, seen=case)
    signed = {
        "plan_ref": gsr.get(f"{case}/plan")["items"][0]["ref"],
        "reply": "agree",
        "given_on": "2026-10-15",
    }
    gsr.post(f"{case}/plan/person", signed, seen=case)
    states = []
    for bearer in (orp, gsr, ai):
        bearer.post(f"{case}/plan/answer", {"answer": "agree"}, seen=case)
        states.append(gsr.get(f"{case}/plan")["items"][0]["state"])
    assert states == ["proposed", "proposed", "agreed"]
    assert gsr.get(f"{case}/process")["stage"] == "follow_up"


def four_three_places_are_given(story: Story) -> None:
    """Places with reasons; two sectors in one mixed measure, a third person shared; all or nothing."""
    orp, gsr, stage = story.orp, story.gsr, story.stage
    laci, sas = stage.lines["LACI"], stage.lines["SAS"]
    first, second, third = story.cases

    unknown = orp.get(f"/cases/{second}/places", **NOVEMBER, line_ref=laci)["items"][0]
    asked = {"case_ref": second, "measure_ref": stage.measure, **NOVEMBER, "shares": [{"line_ref": laci}]}
    lacking = orp.post("/placements", asked, 422)
    assert (unknown["access"], unknown["verdict"]["missing"]) == ("missing_facts", ["language_level"])
    assert codes(lacking) == ["eligibility-needs-facts"]

    for ref in (second, third):
        said = {"item": "french_oral", "value": "3", "effective_on": "2026-10-14", "source": "Entretien"}
        orp.post(f"/cases/{ref}/grid", {"entries": [said]}, seen=f"/cases/{ref}")
    proposal = orp.get(f"/cases/{second}/places", **NOVEMBER, line_ref=laci)["items"][0]
    prices = {one["line_code"]: one["amount"] for one in proposal["prices"]}
    assert (proposal["position"], proposal["access"], proposal["verdict"]["standing"]) == (
        1,
        "open",
        "eligible",
    )
    assert prices == {"LACI": "2200.00", "SAS": "1850.00", "AI": "3000.00"}
    assert sum(proposal["parts"].values()) == proposal["suitability"]

    social = {"case_ref": first, "measure_ref": stage.measure, **NOVEMBER, "shares": [{"line_ref": sas}]}
    shared = asked | {
        "case_ref": third,
        "shares": [{"line_ref": laci, "weight": 60}, {"line_ref": sas, "weight": 40}],
    }
    for name, hand, wish in (("social", gsr, social), ("ac", orp, asked), ("shared", orp, shared)):
        made = hand.post("/placements", wish, 201, key=f"place-{name}")
        same = hand.post("/placements", wish, 201, key=f"place-{name}")
        assert same["ref"] == made["ref"]
        story.placements[name] = made["ref"]
    split = orp.get(f"/placements/{story.placements['shared']}")["shares"]
    assert [(one["line_code"], one["weight"], one["committed"]) for one in split] == [
        ("LACI", 60, "1320.00"),
        ("SAS", 40, "880.00"),
    ]
    taken = {"LACI": ("3520.00", "16480.00"), "SAS": ("2730.00", "270.00")}
    assert money(story, "committed", "available") == taken
    assert places(story) == (3, {"LACI": 2, "SAS": 1, "AI": 0})

    december = {"starts_on": "2026-12-01", "ends_on": "2026-12-31"}
    dear = asked | december | {"shares": [{"line_ref": laci, "weight": 50}, {"line_ref": sas, "weight": 50}]}
    refused = orp.post("/placements", dear, 409)
    double = orp.post("/placements", asked, 409)
    assert [(one["code"], one["facts"]["line"]) for one in refused["reasons"]] == [("budget-exceeded", "SAS")]
    assert refused["reasons"][0]["facts"]["available"] == "270.00"
    assert codes(double) == ["double-financing"]
    assert money(story, "committed", "available") == taken
    assert places(story, "2026-12-01") == (0, {})

    for ref in story.placements.values():
        path = f"/placements/{ref}"
        assert story.other_provider.get(path, 404)["code"] == "unknown"
        story.provider.post(f"{path}/answer", {"accept": True}, seen=path)
    story.on(2026, 11, 2)
    for ref in story.placements.values():
        path = f"/placements/{ref}"
        story.provider.post(f"{path}/start", {"started_on": "2026-11-02"}, seen=path)


def five_a_month_is_attested_and_paid(story: Story) -> None:
    """A month with two absences; the statement by the tariff; four eyes; paid."""
    provider, stage = story.provider, story.stage
    story.on(2026, 12, 1)
    ended = f"/placements/{story.placements['ac']}"
    exit_ = {
        "exited_on": "2026-11-30",
        "exit_type": "employment",
        "contract_type": "open_ended",
        "contract_months": None,
    }
    provider.post(f"{ended}/end", exit_, seen=ended)
    absences = [
        {"day": "2026-11-10", "presence": "excused_absence"},
        {"day": "2026-11-17", "presence": "unexcused_absence"},
    ]
    for name, ref in story.placements.items():
        marks = absences if name == "ac" else []
        done = provider.post(
            f"/placements/{ref}/attendance", {"marks": marks, "others_present": "2026-11-02"}
        )
        assert done == {"new": WEEKDAYS, "corrected": 0, "excess": "0.00"}
    again = provider.post(f"{ended}/attendance", {"marks": absences})
    assert (again["new"], again["corrected"]) == (0, 0)
    assert len(provider.get(f"{ended}/attendance", month="2026-11-02")["items"]) == WEEKDAYS

    paid_days = round_centimes(Fraction(220000) * (WEEKDAYS - 1) / WEEKDAYS)
    expected = {"LACI": paid_days + 132000, "SAS": 185000 + 88000}
    for line, centimes in expected.items():
        wish = {
            "agreement_ref": stage.agreements["LACI"],
            "line_ref": stage.lines[line],
            "month": "2026-11-01",
        }
        wish["agreement_ref"] = stage.agreements[line]
        made = provider.post("/statements", wish, 201)
        assert made["total"] == francs(centimes)
        story.statements[line] = made["ref"]
    lines = provider.get(f"/statements/{story.statements['LACI']}")["lines"]
    absent = next(one for one in lines if one["placement_ref"] == story.placements["ac"])
    assert absent["amount"] == francs(paid_days)
    assert absent["explanation"]["absences"] == {
        "2026-11-10": "excused_absence",
        "2026-11-17": "unexcused_absence",
    }
    assert {one["share"] for one in lines} == {1, 60}

    for ref in story.statements.values():
        path = f"/statements/{ref}"
        provider.post(f"{path}/submission", status=200, seen=path)
        assert codes(story.finance.post(f"{path}/approval", status=409, seen=path)) == ["illegal-move"]
        story.finance.post(f"{path}/check", seen=path)
        assert codes(story.finance.post(f"{path}/approval", status=403, seen=path)) == ["statement-four-eyes"]
        story.cashier.post(f"{path}/approval", seen=path)
        assert codes(story.cashier.post(f"{path}/payment", status=403, seen=path)) == ["statement-four-eyes"]
        assert story.finance.post(f"{path}/payment", seen=path)["state"] == "paid"
    assert money(story, "paid") == {line: (francs(centimes),) for line, centimes in expected.items()}
    moved = story.finance.get(f"/budgets/{stage.lines['LACI']}/movements", year=2026)["items"]
    assert {one["kind"] for one in moved} >= {"budget", "engagement", "accrual", "invoice", "payment"}


def six_the_books_are_reconciled(story: Story) -> None:
    """The business date is proved without a finding; a planted difference is named; again gives the same."""
    finance = story.finance
    story.on(2026, 12, 2)
    date = {"business_date": "2026-12-01"}

    clean = finance.post("/reconciliation/runs", date)
    assert clean["findings"] == 0
    assert clean["counts"]["accruals"] > 0
    assert finance.get("/reconciliation/findings")["items"] == []

    measure = story.site.rows("SELECT id FROM measure WHERE ref = :ref", ref=story.stage.measure)[0][0]
    plant(story, measure, +1)
    planted = finance.post("/reconciliation/runs", date)
    found = finance.get("/reconciliation/findings")["items"]
    again = finance.post("/reconciliation/runs", date)
    assert (planted["findings"], again["findings"]) == (1, 1)
    assert finance.get("/reconciliation/findings")["items"] == found
    (one,) = found
    assert {name: one[name] for name in ("kind", "unit", "expected", "found", "difference", "since")} == {
        "kind": "places",
        "unit": "places",
        "expected": "3",
        "found": "4",
        "difference": "1",
        "since": "2026-12-01",
    }
    assert one["object_ref"] == "AT-01"

    plant(story, measure, -1)
    finance.post("/reconciliation/runs", date)
    assert finance.get("/reconciliation/findings")["items"] == []
    assert finance.get("/reconciliation/findings", closed="true")["items"][0]["closed_on"] == "2026-12-01"


def seven_the_quarter_is_reported(story: Story) -> None:
    """The quarter in four forms; frozen it keeps its hash; a correction makes a version that shows it."""
    group = story.group
    assert codes(group.post("/reports", {"period": "2026-Q4"}, 409)) == ["period-not-over"]
    story.on(2027, 1, 5)

    issue = group.post("/reports", {"period": "2026-Q4"}, 201)
    path = f"/reports/{issue['ref']}"
    again = group.post("/reports", {"period": "2026-Q4"}, 201)
    assert (issue["version"], again["ref"], again["sha256"]) == (1, issue["ref"], issue["sha256"])
    files = {form: group.get(f"{path}/files/{form}") for form in ("pdf", "xlsx", "csv", "json")}
    assert files["pdf"][:5] == b"%PDF-"
    assert files["xlsx"][:2] == b"PK"
    assert b"AT-01" in files["csv"]
    assert "AT-01" in json.dumps(files["json"])
    prints = {form: fingerprint(data) for form, data in files.items()}

    values = issue["values"]
    line = values["lines"]["AT-01/LACI"]
    assert (line["entries"], line["exits"]) == (2, 1)

    ref = story.placements["ac"]
    later = {"marks": [{"day": "2026-11-17", "presence": "present"}]}
    assert story.provider.post(f"/placements/{ref}/attendance", later)["corrected"] == 1
    story.on(2027, 1, 6)
    second = group.post("/reports", {"period": "2026-Q4"}, 201)
    changed = group.get(f"/reports/{second['ref']}/difference/{issue['ref']}")["items"]
    assert (second["version"], second["previous_ref"]) == (2, issue["ref"])
    assert second["sha256"] != issue["sha256"]
    differs = {one["path"]: (one["old"], one["new"]) for one in changed}
    assert differs["lines.AT-01/LACI.absence_days"] == (2, 1)
    assert differs["indicators.2026-LACI-01/absence.quarter.value"] == ("1/1", "1/2")
    assert not [path for path in differs if "SAS" in path]
    assert group.get(path)["sha256"] == issue["sha256"]
    for form, mark in prints.items():
        assert fingerprint(group.get(f"{path}/files/{form}")) == mark
