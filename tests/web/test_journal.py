"""The pages of the journal."""

import ast
import hashlib
import json
import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

import cii
from cii.cases.actions import open_case
from cii.cases.vocabulary import CasePath
from cii.institutions.queries import unit_by_code
from cii.journal.actions import wrote
from cii.journal.queries import HistoryRow
from cii.journal.reading import words_and_chain
from cii.people.actions import AttachPerson, attach_person
from cii.texts.speech import knows, say
from cii.web.journal_detail import detail
from cii.wire.idempotency import request_digest
from tests.conftest import NOW
from tests.people.build_people import an_avs


def test_the_officer_reads_who_did_what_in_words(site):
    page = site.as_("officer").get("/journal", kind="agreement")

    assert "convention signée" in page
    assert "Yves Tissot" in page


def test_readings_of_personal_data_are_there_too(site):
    site.as_("contracts2").get(f"/measures/{site.town.workshop}")

    assert "consultation" in site.as_("officer").get("/journal")


def test_a_refused_attempt_is_found_by_its_filter(site):
    site.as_("contracts").get("/journal", 403)

    page = site.as_("auditor").get("/journal", action="refused", actor="Anouk")

    assert "tentative refusée" in page
    assert "Yves Tissot" not in page


def test_of_a_case_only_the_names_of_fields_are_told(site):
    page = site.as_("officer").get("/journal", kind="placement")

    assert "champs\xa0:" in page
    assert "Aubert" not in page


def test_a_period_without_entries_says_so(site):
    assert "Aucune inscription" in site.as_("officer").get("/journal", first="2020-01-01", last="2020-12-31")


def test_the_chain_can_be_verified(site):
    assert "Le journal est intact" in site.as_("auditor").get("/journal/verification")


def test_an_administrator_does_not_read_the_journal(site):
    site.as_("administrator").get("/journal", 403)


def a_case(site):
    """The case of the running placement: its reference and its person's."""
    with site.engine.connect() as connection:
        return connection.execute(
            text(
                "SELECT c.ref, p.ref FROM case_file c JOIN person p ON p.id = c.person_id "
                "JOIN placement s ON s.case_id = c.id WHERE s.ref = :ref"
            ),
            {"ref": site.town.placements["running"]},
        ).one()


def test_the_officer_filters_by_case_person_and_unit(site):
    case, person = a_case(site)
    site.as_("manager").get(f"/cases/{case}")
    officer = site.as_("officer")

    by_case = officer.get("/journal", case=case)
    by_person = officer.get("/journal", person=person)
    by_unit = officer.get("/journal", unit="LMMT")

    assert action_word_of("placement.assign") in by_case
    assert "Camille Perrenoud" in by_person
    assert "Camille Perrenoud" not in by_unit
    officer.get("/journal", 404, unit="NOWHERE")
    assert "Aucune inscription" in officer.get("/journal", case="zzzzzzzzzz")


def test_the_officer_reads_who_has_read_a_case(site):
    case, _ = a_case(site)
    site.as_("manager").get(f"/cases/{case}")

    page = site.as_("officer").get("/journal/readers", case=case)

    assert "Camille Perrenoud" in page
    assert "ORP-LITTORAL" in page
    assert "Yves Tissot" not in page
    assert "Indiquez un cas" in site.as_("officer").get("/journal/readers")
    site.as_("manager").get("/journal/readers", 403, case=case)


def test_the_filtered_journal_is_taken_as_a_file_and_that_is_written_down(site):
    with site.work() as work:
        wrote(work, "note", "request", None, ref="=1+1")
    officer = site.as_("officer")

    file = officer.get("/journal/export.csv", ref="=1+1")

    assert file.startswith("\ufeffMoment;")
    assert "'=1+1" in file
    assert len(file.splitlines()) == 2
    assert "Claude Droz" in officer.get("/journal", kind="journal")
    assert "Aubert" not in officer.get("/journal/export.csv")
    site.as_("contracts").get("/journal/export.csv", 403)


def somebody(site):
    """A person with an AVS number and a case: the number, and the outward names of both."""
    avs = an_avs()
    with site.work() as work:
        unit = unit_by_code(work, "ORP-LITTORAL").id
        person = attach_person(work, AttachPerson(avs, "Jeanrichard", "Aline", date(1983, 4, 5)), unit)
        case = open_case(
            work, person_id=person.id, path=CasePath.NETWORK, opened_by_unit_id=unit, lead_unit_id=unit
        )
        return avs, person.ref, case.ref, case.number


def test_the_officer_finds_the_entries_behind_a_number_and_that_is_written_down(site):
    avs, person, case, number = somebody(site)
    officer = site.as_("officer")

    by_person = officer.post("/journal/lookup", avs=avs, number="", show="entries")
    by_case = officer.post("/journal/lookup", avs="", number=f" {number.lower()} ", show="readers")

    assert by_person == f"/journal?person={person}"
    assert by_case == f"/journal/readers?case={case}"
    found = officer.get(by_person)
    assert "dossier ouvert" in found
    assert "recherche dans le journal" in found
    assert "Claude Droz" in found
    with site.engine.connect() as connection:
        told = connection.execute(
            text(
                "SELECT p.payload, e.objects FROM journal_entry e JOIN journal_payload p ON p.entry_id = e.id "
                "WHERE e.action = 'look_up' ORDER BY e.id DESC LIMIT 2"
            )
        ).all()
    assert [one.payload for one in told] == ['{"by":"number"}', '{"by":"avs"}']
    assert all("person:" in one.objects for one in told)
    assert avs.replace(".", "") not in str(told)


def test_a_look_up_keeps_nothing_by_which_its_number_could_be_tried_out(site):
    avs, officer = an_avs(), site.as_("officer")
    csrf = officer.get("/help").split('name="csrf_token" value="')[1].split('"')[0]
    body = json.dumps({"avs": avs})
    headers = {"X-CSRF-Token": csrf, "Idempotency-Key": avs[::-1], "Content-Type": "application/json"}

    answer = officer.client.post("/api/v1/journal/lookup", data=body, headers=headers)

    sent = hashlib.sha256(body.encode()).hexdigest()
    plain = request_digest("POST", "/api/v1/journal/lookup?", sent)
    with site.engine.connect() as connection:
        held = connection.execute(
            text("SELECT digest, body FROM idempotency_record WHERE key = :key"), {"key": avs[::-1]}
        ).one()
    assert answer.status_code == 200
    assert plain != held.digest
    assert len(held.digest) == len(plain)
    assert avs not in held.body


def test_a_number_that_nobody_bears_leads_to_a_journal_without_entries(site):
    officer = site.as_("officer")

    answers = [
        officer.post("/journal/lookup", avs=an_avs(), number="", show="entries"),
        officer.post("/journal/lookup", avs="", number="CII-0000-0000", show="entries"),
    ]

    assert [one[: one.index("=")] for one in answers] == ["/journal?person", "/journal?case"]
    assert all("Aucune inscription" in officer.get(one) for one in answers)


def test_a_look_up_without_a_fit_number_says_so_beside_its_field(site):
    officer = site.as_("officer")

    wrong = officer.post("/journal/lookup", 422, avs="756.9217.0769.84", number="")
    none = officer.post("/journal/lookup", 422, avs="", number="")
    both = officer.post("/journal/lookup", 422, avs=an_avs(), number="CII-0000-0000")

    assert "f-avs-error" in wrong
    assert all("f-avs-error" in one and "f-number-error" in one for one in (none, both))
    site.as_("manager").post("/journal/lookup", 403, avs=an_avs())


def test_a_program_of_the_auditor_finds_by_number_who_has_read_a_case(site):
    avs, person, case, number = somebody(site)
    site.as_("manager").get(f"/cases/{case}")
    auditor = site.as_("auditor")
    csrf = auditor.get("/help").split('name="csrf_token" value="')[1].split('"')[0]

    def look_up(**said):
        return auditor.client.post("/api/v1/journal/lookup", json=said, headers={"X-CSRF-Token": csrf})

    by_number, by_avs, none = look_up(number=number), look_up(avs=avs), look_up()
    readers = auditor.client.get("/api/v1/journal/readers", query_string=by_number.get_json()).get_json()

    assert (by_number.get_json()["case"], by_avs.get_json()["person"]) == (case, person)
    assert (none.status_code, none.get_json()["code"]) == (422, "look-up-empty")
    (reader,) = [one for one in readers["items"] if one["actor"] == "Camille Perrenoud"]
    assert reader["unit"]["code"] == "ORP-LITTORAL"
    assert reader["times"] >= 1
    assert "identity" in reader["sections"]
    page = auditor.get("/journal/readers", case=case)
    assert all(one["actor"] in page for one in readers["items"])
    assert auditor.client.get("/api/v1/journal/readers").get_json()["items"] == []


def test_an_api_reader_asks_for_what_concerns_one_case(site):
    case, _ = a_case(site)
    client = site.as_("auditor").client

    found = client.get("/api/v1/journal", query_string={"case": case, "limit": 200}).get_json()["items"]
    other = client.get("/api/v1/journal", query_string={"case": "zzzzzzzzzz"}).get_json()["items"]

    assert {"open_case", "placement.assign"} <= {one["action"] for one in found}
    assert other == []


def acts_written():
    """The names of acts that code writes into the journal, where they are spelled out."""
    for file in Path(cii.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in {"wrote", "_wrote"}:
                continue
            told = [one for one in call.args[1:3] if isinstance(one, ast.Constant | ast.IfExp)]
            act = call.args[1] if call.func.id == "wrote" else told[0] if told else None
            parts = [act.body, act.orelse] if isinstance(act, ast.IfExp) else [act]
            yield from (part.value for part in parts if isinstance(part, ast.Constant))


def test_every_act_that_the_rooms_write_has_its_words():
    """Literal names of acts; those built from a state are covered by what the canton has lived.

    Coordination names the kind before the act: `corrective` and `meeting` are none.
    """
    acts = set(acts_written())

    missing = [one for one in sorted(acts - {"corrective", "meeting"}) if not knows(action_key(one))]

    assert len(acts) > 60
    assert missing == []


def test_every_act_and_kind_that_a_canton_has_lived_has_its_words(town):
    with town.work() as work:
        used, _ = words_and_chain(work)

    assert [one for one in used.actions if not knows(action_key(one))] == []
    assert [one for one in used.kinds if not knows(f"web.journal.kind.{one.replace('_', '-')}")] == []


def keys_written():
    """The names that code gives to what it writes into the journal, where they are spelled out."""
    for file in Path(cii.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for told in call.keywords if isinstance(call, ast.Call) else ():
                parts = (
                    [told.value.body, told.value.orelse]
                    if isinstance(told.value, ast.IfExp)
                    else [told.value]
                )
                if told.arg == "payload":
                    held = [part for part in parts if isinstance(part, ast.Dict)]
                    yield from (
                        one.value for part in held for one in part.keys if isinstance(one, ast.Constant)
                    )


def test_every_key_of_what_is_written_has_its_word(town):
    """Keys that are spelled out, and those that a canton has lived; days stand for themselves."""
    spelled = set(keys_written())
    with town.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT p.payload FROM journal_payload p JOIN journal_entry e ON e.id = p.entry_id "
                "WHERE e.action <> 'refused' AND e.kind <> 'report'"
            )
        ).scalars()
        lived = {key for row in rows for key in json.loads(row)}

    assert len(spelled) > 60
    assert len(lived - spelled) > 10
    assert [key for key in sorted(spelled | lived) if not told_in_words(key)] == []


def told_in_words(key):
    """Whether the journal has a word for the key: its own, or that of what the night lets go; a day is none."""
    dashed = key.replace("_", "-")
    ways = (f"web.journal.key.{dashed}", f"web.retention.gone.{dashed}")
    return any(knows(one) for one in ways) or re.fullmatch(r"\d{4}-\d\d-\d\d", key) is not None


def an_entry(kind, payload, action="note"):
    return HistoryRow(1, NOW, "cii", None, None, action, kind, None, 0, None, payload)


@pytest.mark.parametrize(
    ("kind", "payload", "said"),
    [
        ("statement", {"total": 1331237}, "total\xa0: CHF\xa013'312.37"),
        ("budget_year", {"amount": "100000.00"}, "montant\xa0: CHF\xa0100'000.00"),
        ("reconciliation_run", {"findings": 0}, "écarts\xa0: 0"),
        ("account", {"role": "case_manager"}, "rôle\xa0: gestionnaire de dossier"),
        (
            "access_grant",
            {"account": None, "cause": "party:1", "reads": 3},
            "champs\xa0: compte, cause, parties en lecture",
        ),
        ("case", {"reason": "Aubert a déménagé"}, "champs\xa0: motif"),
        ("statement", {"2026-10-01": "present"}, None),
        ("case", {"2026-10-01": "present", "2026-10-02": "absent"}, "champs\xa0: jours"),
        ("agreement", {"due": "2026-12-01", "digest": "9f"}, "échéance\xa0: 01.12.2026"),
        ("measure", dict.fromkeys(("name", "text", "code", "source", "region", "title"), "x"), None),
    ],
)
def test_an_entry_is_told_in_words_on_one_line(kind, payload, said):
    with Flask("journal").test_request_context(headers={"Accept-Language": "fr"}):
        told = detail(an_entry(kind, payload))

    assert "\n" not in told
    assert said is None or told == said
    if len(payload) > 4:
        assert told.endswith("et 2 de plus")


def action_word_of(act):
    return say(action_key(act), "fr")


def action_key(act):
    return f"web.journal.action.{act.replace('.', '-').replace('_', '-')}"
