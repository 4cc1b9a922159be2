"""The pages of decision tables and processes."""

import re
from html import unescape

import pytest

from cii.workflow.actions import publish
from tests.decisions.test_proof import HEAD, REST


def test_the_library_names_tables_and_processes(site):
    page = site.as_("contracts").get("/definitions")

    assert "Triage" in page
    assert "en vigueur" in page
    assert "Réseau CII" in page


def test_a_table_is_shown_with_its_sentences_and_its_proof(site):
    page = site.as_("manager").get("/definitions/tables/triage/1")

    assert "Aucune lacune" in page
    assert "Consentement ou base légale" in page
    assert "aucun, faible" in page or "faible" in page


def test_a_table_speaks_the_readers_language(site):
    assert "Eingliederungspotenzial" in site.as_("manager", "de").get("/definitions/tables/triage/1")


def test_an_overlap_is_justified_in_the_readers_language(site):
    page = unescape(site.as_("manager", "en").get("/definitions/tables/youth-admissibility/1"))

    assert "it takes no case from another rule" in page


def test_a_process_is_drawn_and_listed(site):
    page = site.as_("administrator").get("/definitions/processes/reseau-cii")

    assert "<svg" in page
    assert "En liste" in page


def test_a_version_of_a_process_is_named_and_leaves_the_house_as_bpmn(site):
    reader = site.as_("administrator")

    page = reader.get("/definitions/processes/reseau-cii", version=1)

    assert "Version 1" in page
    assert "LACI 85f" in page
    assert "groupe de coordination" in page
    assert "bpmn:definitions" in reader.get("/definitions/processes/reseau-cii/bpmn", version=1)
    reader.get("/definitions/processes/reseau-cii", 404, version=99)


def test_the_open_cases_of_a_process_are_told_to_who_may_see_figures(site):
    page = site.as_("contracts").get("/definitions/processes/reseau-cii/open")

    assert "ouvert" in page
    assert "Mes services" in page
    site.as_("administrator").get("/definitions/processes/reseau-cii/open", 403)


def test_who_sees_figures_finds_the_open_cases_under_reports_without_the_rules(site):
    reader = site.as_("steering")

    page = reader.get("/definitions/open")

    assert "/definitions/open" in reader.get("/reports")
    assert '<a href="/reports" aria-current="page">' in page
    assert "/definitions/processes/reseau-cii/open?version=1" in page
    assert "/definitions/processes/reseau-cii&#34;" not in page
    reader.get("/definitions/processes/reseau-cii", 403)
    site.as_("manager").get("/definitions/open", 403)


def test_an_unknown_table_does_not_exist(site):
    site.as_("contracts").get("/definitions/tables/inconnue/1", 404)
    site.as_("contracts").get("/definitions/processes/inconnu", 404)


def test_a_provider_does_not_read_the_rules(site):
    site.as_("provider").get("/definitions", 403)


@pytest.mark.parametrize(
    ("lang", "region"),
    [
        ("fr", "Âge ≥\xa030 et Domicile dans le canton\xa0: non"),
        ("de", "Alter ≥\xa030 und Wohnsitz im Kanton: nein"),
        ("en", "Age ≥\xa030 and Lives in the canton: no"),
    ],
)
def test_a_region_of_a_proof_is_said_in_the_readers_words(site, lang, region):
    page = unescape(site.as_("manager", lang).get("/definitions/tables/youth-admissibility/1"))

    assert region in re.sub(r"<[^>]+>", "", page)


def test_a_condition_does_not_break_and_overlaps_stand_under_their_reason(site):
    page = unescape(site.as_("manager").get("/definitions/tables/youth-admissibility/1"))

    assert "<strong>≥\xa030</strong>" in page
    assert "(28 recouvrements)" in page
    assert page.count("Plusieurs motifs d'exclusion peuvent se cumuler") < 5


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("fr", "selon la table «\xa0Admissibilité à la gestion de cas jeunes\xa0»"),
        ("de", "gemäss Tabelle «Aufnahme ins Case Management Jugendliche»"),
        ("en", "by the table “Admissibility to youth case management”"),
    ],
)
def test_a_process_names_the_table_that_it_asks_by_its_title(site, lang, title):
    page = unescape(site.as_("administrator", lang).get("/definitions/processes/youth-case-management"))

    assert title in page
    assert "youth-admissibility" not in page


@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        ("nobody", ['> 120 | - | "AI"', REST], ("Ces règles ne valent pour personne\xa0: R1.", "D'autres")),
        ("crowded", [REST] * 40, ("D'autres recouvrements existent", "ne valent pour personne")),
    ],
)
def test_the_proof_on_the_page_says_what_it_leaves_out_as_the_command_does(site, tmp_path, name, rows, words):
    lines = [f"| R{at} | {row} | w |\n" for at, row in enumerate(rows, 1)]
    text = HEAD.format(policy="U", overlaps="", default="").replace("table: t\n", f"table: {name}\n")
    (tmp_path / "decisions").mkdir()
    (tmp_path / "decisions" / f"{name}.md").write_text(text + "".join(lines), encoding="utf-8")
    with site.work() as work:
        publish(work, tmp_path)

    page = unescape(site.as_("manager").get(f"/definitions/tables/{name}/1"))

    said, unsaid = words
    assert said in page
    assert unsaid not in page
