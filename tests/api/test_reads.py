"""Every address that reads, asked by somebody who may, after the story: what it must say."""

import json
import re

import pytest

from tests.api.operations import QUERIES, operations
from tests.api.world import NOBODY

READS = {
    "/api/v1/programmes/reseau-cii": ("group", "reseau-cii"),
    "/api/v1/programmes/reseau-cii/csv": ("group", "announced"),
    "/api/v1/needs": ("group", "needs/1"),
    "/api/v1/needs/csv": ("group", "least_quarters"),
    "/api/v1/fairness": ("group", "whole"),
    "/api/v1/fairness/csv": ("group", "placed_percent"),
    "/api/v1/search": ("orp", "Alix"),
    "/api/v1/session": ("orp", "Camille Perrenoud"),
    "/api/v1/detections": ("orp", "D3"),
    "/api/v1/detections/imports": ("orp", "assurés.csv"),
    "/api/v1/detections/{detection}": ("orp", "D2"),
    "/api/v1/referrals": ("gsr", "accepted"),
    "/api/v1/referrals/{referral}": ("orp", "accepted"),
    "/api/v1/referrals/{referral}/redirects": ("orp", "items"),
    "/api/v1/access-requests": ("orp", "items"),
    "/api/v1/access-questions": ("gsr", "items"),
    "/api/v1/break-glass": ("gsr", "items"),
    "/api/v1/person-requests": ("officer", "items"),
    "/api/v1/retention": ("officer", "items"),
    "/api/v1/legal-holds": ("officer", "items"),
    "/api/v1/erasures": ("officer", "items"),
    "/api/v1/archive-offers": ("officer", "items"),
    "/api/v1/cases/{case}/restriction": ("gsr", "readers"),
    "/api/v1/tasks": ("gsr", "Faire le point"),
    "/api/v1/tasks/counts": ("gsr", "unassigned"),
    "/api/v1/tasks/{task}": ("gsr", "reseau-cii"),
    "/api/v1/cases": ("orp", "reseau-cii"),
    "/api/v1/cases/{case}": ("gsr", "GSR-VAL-DE-TRAVERS"),
    "/api/v1/cases/{case}/parties": ("orp", "OAI-REA"),
    "/api/v1/cases/{case}/notes": ("gsr", "items"),
    "/api/v1/cases/{case}/news": ("gsr", "items"),
    "/api/v1/desk/filters": ("gsr", "items"),
    "/api/v1/desk/substitutions": ("gsr", "items"),
    "/api/v1/desk/news": ("gsr", "items"),
    "/api/v1/cases/{case}/grid": ("ai", "Endurance au travail"),
    "/api/v1/cases/{case}/grid/french_oral": ("gsr", "Entretien"),
    "/api/v1/cases/{case}/assessment": ("orp", "signed"),
    "/api/v1/cases/{case}/plan": ("ai", "agreed"),
    "/api/v1/employers": ("orp", "items"),
    "/api/v1/checks": ("gsr", "items"),
    "/api/v1/cases/{case}/process": ("gsr", "follow_up"),
    "/api/v1/cases/{case}/decisions": ("gsr", "triage"),
    "/api/v1/cases/{case}/convened": ("gsr", "items"),
    "/api/v1/cases/{case}/consents": ("gsr", "coordination"),
    "/api/v1/cases/{case}/disclosures": ("gsr", "MEDECINS"),
    "/api/v1/cases/{case}/history": ("gsr", "sign_assessment"),
    "/api/v1/persons/{person}": ("gsr", "756.••••.••"),
    "/api/v1/persons/{person}/statuses": ("orp", "imported"),
    "/api/v1/persons/{person}/consents": ("gsr", "consentement-cii-1"),
    "/api/v1/persons/{person}/disclosures": ("orp", "a communiqué à"),
    "/api/v1/cases/{case}/links": ("gsr", "items"),
    "/api/v1/cases/{case}/places": ("gsr", "AT-01"),
    "/api/v1/cases/{case}/placements": ("gsr", "AT-01"),
    "/api/v1/placements": ("finance", "AT-01"),
    "/api/v1/placements/{placement}": ("gsr", "2026-SAS-01"),
    "/api/v1/placements/{placement}/objectives": ("gsr", "items"),
    "/api/v1/placements/{placement}/events": ("gsr", "reserved"),
    "/api/v1/exit-checks": ("gsr", "items"),
    "/api/v1/placements/{placement}/attendance": ("provider", "present"),
    "/api/v1/placements/{placement}/observations": ("provider", "items"),
    "/api/v1/participants": ("provider", "Alix 1"),
    "/api/v1/measures": ("orp", "Atelier de menuiserie"),
    "/api/v1/measures/capacity": ("orp", "AT-01"),
    "/api/v1/measures/{measure}": ("orp", "health_limited"),
    "/api/v1/measures/{measure}/plan": ("orp", "running"),
    "/api/v1/measures/{measure}/eligibility": ("orp", "items"),
    "/api/v1/measures/{measure}/waiting": ("orp", "items"),
    "/api/v1/providers": ("contracts", "legal_form"),
    "/api/v1/providers/{provider}": ("contracts", "labels_valid"),
    "/api/v1/provider/staff-notices": ("provider", "items"),
    "/api/v1/agreements/{agreement}/volumes": ("contracts", "items"),
    "/api/v1/provider/volumes": ("provider", "items"),
    "/api/v1/provider/indicators": ("provider", "items"),
    "/api/v1/provider/risks": ("provider", "items"),
    "/api/v1/provider/attestations": ("provider", "items"),
    "/api/v1/unit-prices": ("contracts", "per_month"),
    "/api/v1/unit-prices/csv": ("contracts", "per_place_and_month"),
    "/api/v1/agreements": ("provider", "2026-LACI-01"),
    "/api/v1/agreements/dates": ("contracts", "due_on"),
    "/api/v1/agreements/{agreement}/convention": ("contracts", "2026-LACI-01"),
    "/api/v1/agreements/{agreement}/editions": ("contracts", "[]"),
    "/api/v1/agreements/{agreement}/rounds": ("contracts", "[]"),
    "/api/v1/agreements/{agreement}/signatures": ("contracts", "[]"),
    "/api/v1/deliverables": ("contracts", "items"),
    "/api/v1/calls": ("contracts", "items"),
    "/api/v1/published-calls": ("contracts", "items"),
    "/api/v1/offers": ("provider", "items"),
    "/api/v1/appointments": ("contracts", "items"),
    "/api/v1/talks-due": ("contracts", "items"),
    "/api/v1/agreements/{agreement}/appointments": ("contracts", "[]"),
    "/api/v1/agreements/{agreement}/evaluations": ("contracts", "[]"),
    "/api/v1/agreements/{agreement}/renewal-advice": ("contracts", "unjudged"),
    "/api/v1/agreements/{agreement}/findings": ("contracts", "ac-item-missing"),
    "/api/v1/agreements/{agreement}": ("provider", "Taux de réinsertion"),
    "/api/v1/budgets": ("finance", "LACI"),
    "/api/v1/budgets/{line}/movements": ("finance", "payment"),
    "/api/v1/budgets/transfers": ("finance", "items"),
    "/api/v1/budgets/{line}/ceilings": ("finance", "items"),
    "/api/v1/budgets/postings": ("finance", "booked_on"),
    "/api/v1/federal-ceiling/counts": ("finance", "items"),
    "/api/v1/forecast": ("finance", "LACI"),
    "/api/v1/payments": ("finance", "items"),
    "/api/v1/payments/files": ("finance", "items"),
    "/api/v1/payments/accounts": ("finance", "items"),
    "/api/v1/payments/owed": ("finance", "items"),
    "/api/v1/rounds": ("group", "items"),
    "/api/v1/cases/{case}/rounds": ("gsr", "items"),
    "/api/v1/statements": ("provider", "2026-SAS-01"),
    "/api/v1/statements/corrections": ("finance", "items"),
    "/api/v1/statements/{statement}": ("finance", "1/1"),
    "/api/v1/final-accounts": ("finance", "items"),
    "/api/v1/final-accounts/surplus/{agreement}": ("finance", "return"),
    "/api/v1/outcomes": ("finance", "items"),
    "/api/v1/wages/months": ("finance", "items"),
    "/api/v1/wages/parts": ("finance", "items"),
    "/api/v1/wages/paid": ("provider", "items"),
    "/api/v1/wage-grants": ("gsr", "items"),
    "/api/v1/outcome-schemes": ("finance", "items"),
    "/api/v1/client-categories": ("finance", "items"),
    "/api/v1/reconciliation/runs": ("auditor", "2026-12-01"),
    "/api/v1/reconciliation/findings": ("finance", "items"),
    "/api/v1/indicators": ("provider", "reinsertion_completed"),
    "/api/v1/indicators/{code}": ("provider", "exit"),
    "/api/v1/agreements/{agreement}/indicator-values": ("contracts", "items"),
    "/api/v1/body-members": ("group", "items"),
    "/api/v1/corrections": ("group", "items"),
    "/api/v1/mandates": ("group", "items"),
    "/api/v1/mandates/in-force": ("group", "held_by"),
    "/api/v1/presidencies": ("group", "SEMP"),
    "/api/v1/monthly-data": ("contracts", "2026-12"),
    "/api/v1/meetings": ("group", "items"),
    "/api/v1/body-decisions": ("group", "items"),
    "/api/v1/reports": ("group", "2026-Q4"),
    "/api/v1/reports/draft": ("group", "AT-01"),
    "/api/v1/reports/draft/files/json": ("group", '"draft":true'),
    "/api/v1/reports/{report}": ("group", "AT-01"),
    "/api/v1/reports/{report}/files/json": ("group", "AT-01"),
    "/api/v1/reports/{newer}/difference/{report}": ("group", "absence_days"),
    "/api/v1/reports/{newer}/comparison/{report}": ("group", "total.cost"),
    "/api/v1/reports/{newer}/comments": ("group", "items"),
    "/api/v1/reports/{report}/rows": ("group", "delivered"),
    "/api/v1/reports/kinds/quarterly/schema": ("group", "2020-12"),
    "/api/v1/reports/kinds/quarterly/dictionary": ("group", "Jours occupés"),
    "/api/v1/workflows": ("administrator", "reseau-cii"),
    "/api/v1/workflows/reseau-cii": ("orp", "Évaluation commune"),
    "/api/v1/workflows/reseau-cii/diagram.svg": ("orp", "<svg"),
    "/api/v1/workflows/reseau-cii/bpmn": ("orp", "bpmn:definitions"),
    "/api/v1/workflows/reseau-cii/open": ("group", "median_days"),
    "/api/v1/tables": ("orp", "triage"),
    "/api/v1/tables/triage": ("orp", "T8"),
    "/api/v1/tables/triage/proof": ("orp", "complete"),
    "/api/v1/decisions/{decision}": ("gsr", "LACI 85f"),
    "/api/v1/lines": ("provider", "LACI"),
    "/api/v1/units": ("doctor", "GSR-VAL-DE-TRAVERS"),
    "/api/v1/cases/{case}/plan/changes": ("ai", "same"),
    "/api/v1/cases/{case}/grid/changes": ("ai", "Endurance au travail"),
    "/api/v1/cases/{case}/assessments": ("orp", "medical_done"),
    "/api/v1/cases/{case}/employers": ("gsr", "items"),
    "/api/v1/journal": ("auditor", "Lucie Matthey"),
    "/api/v1/journal/readers": ("auditor", "items"),
    "/api/v1/cases/{case}/documents": ("gsr", "items"),
    "/api/v1/notices": ("gsr", "referral"),
    "/api/v1/outbox": ("administrator", "items"),
    "/api/v1/jobs": ("administrator", "stuck-timers"),
    "/api/v1/jobs/orders": ("finance", "items"),
    "/api/v1/outbox/counts": ("administrator", "delayed"),
    "/api/v1/notices/mails": ("gsr", "at_once"),
}
"""Address → who asks, and a word of the answer."""
OUTSIDE_THE_STORY = {
    "/api/v1/agreements/*/differences", "/api/v1/agreements/*/editions/*", "/api/v1/agreements/*/document.pdf", "/api/v1/agreements/*/editions/*/document.pdf",
    "/api/v1/persons/*/merges", "/api/v1/evaluations/*", "/api/v1/deliverables/*", "/api/v1/appointments/*", "/api/v1/deliverables/*/submissions/*", "/api/v1/calls/*", "/api/v1/published-calls/*",
    "/api/v1/offers/*", "/api/v1/offers/*/papers/*", "/api/v1/offers/*/letter.pdf",
    "/api/v1/desk/load", "/api/v1/monthly-data/*/*", "/api/v1/corrections/*",
    "/api/v1/reports/*/public/*", "/api/v1/meetings/*", "/api/v1/meetings/*/minutes", "/api/v1/body-decisions/*",
    "/api/v1/notices/*", "/api/v1/cases/*/documents/*", "/api/v1/placements/*/certificates/*", "/api/v1/cases/*/summary",
    "/api/v1/placements/*/interruption-notices", "/api/v1/agreements/*/overrun-notices",
    "/api/v1/youth/figures", "/api/v1/employers/*", "/api/v1/checks/*", "/api/v1/cases/*/admission", "/api/v1/observations", "/api/v1/observations/*",
    "/api/v1/observations/*/grid",
    "/api/v1/recognitions", "/api/v1/recognitions/*",
    "/api/v1/final-accounts/*", "/api/v1/outcomes/*", "/api/v1/wage-grants/*", "/api/v1/outcome-schemes/*", "/api/v1/outcome-schemes/*/simulation",
    "/api/v1/outcome-schemes/*/simulation/csv", "/api/v1/outcome-schemes/*/drift",
    "/api/v1/access-requests/*", "/api/v1/access-questions/*", "/api/v1/break-glass/*",
    "/api/v1/federal-ceiling", "/api/v1/placements/*/attestation.pdf", "/api/v1/payments/files/*/csv", "/api/v1/payments/files/*/json", "/api/v1/payments/files/*/xml",
    "/api/v1/rounds/*", "/api/v1/rounds/*/candidates", "/api/v1/rounds/*/candidates/*", "/api/v1/rounds/*/pins",
    "/api/v1/rounds/*/proof", "/api/v1/rounds/*/what-if", "/api/v1/rounds/*/report/*",
    "/api/v1/retention/*", "/api/v1/archive-offers/*", "/api/v1/archive-offers/*/package",
    "/api/v1/legal-holds/*", "/api/v1/erasures/*", "/api/v1/erasures/*/certificate.pdf",
    "/api/v1/person-requests/*", "/api/v1/person-requests/*/file", "/api/v1/person-requests/*/file.pdf",
}  # fmt: skip
"""Read in tests/web: where young persons, candidates, enterprises, notices and documents live."""
IN_2026 = {
    "/api/v1/unit-prices": {"day": "2026-11-16"},
    "/api/v1/unit-prices/csv": {"day": "2026-11-16"},
    "/api/v1/cases/{case}/history": {"limit": "200"},
    "/api/v1/budgets": {"year": "2026"},
    "/api/v1/forecast": {"year": "2026"},
    "/api/v1/budgets/{line}/movements": {"year": "2026"},
    "/api/v1/measures/capacity": {"day": "2026-11-16"},
    "/api/v1/placements/{placement}/attendance": {"month": "2026-11-01"},
    "/api/v1/reconciliation/findings": {"closed": "true"},
    "/api/v1/reports/{report}/rows": {"path": "total.cost"},
    "/api/v1/reports/draft/files/json": {"period": "2026-Q4", "known_at": "2026-12-15T08:00:00Z"},
}


def names(world) -> dict[str, str]:
    held = world.refs()
    reports = [row[0] for row in world.rows("SELECT ref FROM report_issue ORDER BY id")]
    return {
        "case": held["cases"], "person": held["persons"], "detection": held["detections"], "referral": held["referrals"],
        "task": held["tasks"], "decision": held["decisions"], "placement": held["placements"], "statement": held["statements"],
        "measure": world.stage.measure, "agreement": world.stage.agreements["LACI"],
        "provider": world.rows("SELECT ref FROM provider ORDER BY id")[0][0],
        "line": world.stage.lines["LACI"], "report": reports[0], "newer": reports[1], "code": "satisfaction",
    }  # fmt: skip


def test_every_address_is_read_by_somebody_who_may(january):
    known, refs, wrong = names(january), {"line": january.stage.lines["SAS"]}, {}
    for path, (who, word) in READS.items():
        plain = next((one for one in QUERIES if one.replace("{ref}", "{case}") == path), path)
        query = {key: value.format(**refs) for key, value in QUERIES.get(plain, {}).items()}
        answer = january.as_(who).send(
            "GET", path.format(**known)[7:], query_string=query | IN_2026.get(path, {})
        )
        if answer.status_code != 200 or word not in answer.get_data(as_text=True):
            wrong[path] = (answer.status_code, answer.get_data(as_text=True)[:400])

    assert wrong == {}


def test_no_address_that_reads_is_left_out(january):
    reading = {re.sub(r"\{\w+\}", "*", one.path) for one in operations(january.app) if one.method == "GET"}
    asked = {
        re.sub(r"\{\w+\}|french_oral|json$|reseau-cii|triage|(?<=kinds/)quarterly", "*", path)
        for path in READS
    }

    assert asked | OUTSIDE_THE_STORY == reading


def test_what_all_lines_moved_together_is_told_to_who_reads_every_line_only(january):
    told = {
        who: january.as_(who).send("GET", "/reconciliation/runs").get_json()["items"][0]
        for who in ("auditor", "finance")
    }

    assert float(told["auditor"]["sums"]["commitments"]) > 0
    assert told["finance"]["sums"] == {}
    assert told["finance"]["counts"] == told["auditor"]["counts"]


def test_no_answer_holds_an_id_or_money_as_a_number(january):
    """Ids stay in the house; sums are text."""
    known, found = names(january), {}

    def walk(path, value, name=""):
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(path, inner, key)
        elif isinstance(value, list):
            for inner in value:
                walk(path, inner, name)
        elif isinstance(value, float) or name in {
            "id",
            "unit_id",
            "account_id",
            "person_id",
            "case_id",
            "tariff",
        }:
            found[path] = (name, value)

    for path, (who, _) in READS.items():
        plain = next((one for one in QUERIES if one.replace("{ref}", "{case}") == path), path)
        query = {key: value.format(line=known["line"]) for key, value in QUERIES.get(plain, {}).items()}
        answer = january.as_(who).send(
            "GET", path.format(**known)[7:], query_string=query | IN_2026.get(path, {})
        )
        if answer.mimetype == "application/json":
            walk(path, json.loads(answer.data))

    assert found == {}


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("orp", "/cases"),
        ("orp", "/detections"),
        ("gsr", "/tasks?tab=unit"),
        ("finance", "/placements"),
        ("provider", "/agreements"),
        ("provider", "/statements"),
        ("auditor", "/journal"),
        ("orp", "/measures"),
        ("finance", "/reconciliation/findings?closed=true"),
    ],
)
def test_pages_follow_each_other_without_gap_or_repetition(january, who, path):
    caller, whole = january.as_(who), []
    everything = caller.get(path, limit=200)["items"][:6] if "?" not in path else _all(caller, path)
    mark = {}
    while len(whole) < len(everything):
        page = _get(caller, path, limit=1, **mark)
        whole += page["items"]
        if page["next"] is None:
            break
        mark = {"after": page["next"]}

    assert [_name(one) for one in whole] == [_name(one) for one in everything]


def _all(caller, path):
    return _get(caller, path, limit=200)["items"][:6]


def _get(caller, path, **query):
    address, _, more = path.partition("?")
    name, _, value = more.partition("=")
    return caller.get(address, **query, **({name: value} if name else {}))


def _name(one):
    return one.get("ref"), one.get("at"), one.get("action")


def test_a_mark_of_another_list_or_a_forged_one_is_refused(january):
    orp = january.as_("orp")
    mark = orp.get("/cases", limit=1)["next"]

    assert orp.get("/detections", 400, after=mark)["code"] == "bad-page-mark"
    assert orp.get("/cases", 400, after=mark[:-1])["code"] == "bad-page-mark"
    assert orp.get("/cases", 422, limit=0)["code"] == "too-small"
    assert orp.get("/cases", 422, limit=201)["code"] == "too-great"


def test_a_single_answer_carries_its_version(january):
    answer = january.as_("gsr").send("GET", f"/cases/{january.cases[0]}")

    assert answer.headers["ETag"] == f'"{january.cases[0]}.{answer.get_json()["version"]}"'


def test_a_table_that_is_not_published_is_not_found(january):
    orp = january.as_("orp")

    assert orp.get("/tables/triage", version=1)["rules"][0] == "T1"
    assert orp.get("/tables/triage", 404, version=99)["code"] == "unknown"
    assert orp.get("/workflows/nothing", 404)["code"] == "unknown"
    assert orp.get(f"/measures/{NOBODY}", 404)["code"] == "unknown"
