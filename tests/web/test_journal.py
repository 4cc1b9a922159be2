"""The pages of the journal."""

import re
from pathlib import Path

import cii
from cii.texts.speech import knows


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


def test_every_act_that_the_rooms_write_has_its_words():
    """Literal names of acts only; those built from a state are covered by the states listed in the catalogue."""
    acts = set()
    for file in Path(cii.__file__).parent.rglob("*.py"):
        for found in re.finditer(r"\bwrote\(\s*work,\s*\"([a-z._-]+)\"", file.read_text(encoding="utf-8")):
            acts.add(found[1])

    missing = [
        one
        for one in sorted(acts)
        if not knows(f"web.journal.action.{one.replace('.', '-').replace('_', '-')}")
    ]

    assert missing == []
