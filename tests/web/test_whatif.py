"""The page that says what a draft of a table would change."""

import re
from io import BytesIO
from pathlib import Path

import pytest

import cii
from tests.web.build_path import path

__all__ = ["path"]
TRIAGE = (Path(cii.__file__).parent.parent / "workflows/decisions/triage.md").read_text(encoding="utf-8")
ADDRESS = "/definitions/tables/triage/what-if"
NO_NETWORK = TRIAGE.replace('| yes | - | "reseau-cii" |', '| yes | - | "everyday-cii" |')


def test_the_form_is_filled_with_the_version_in_force(site):
    page = site.as_("administrator").get(ADDRESS)

    assert "Que changerait ce projet" in page
    assert "| T8 | yes" in page


def test_a_draft_that_moves_a_case_lists_it(path):
    path.case("assessment")

    page = path.as_("chief").post(ADDRESS, 200, draft=NO_NETWORK, facts="stored")

    assert "Rien n&#39;a été enregistré" in page or "Rien n'a été enregistré" in page
    assert re.search(r"CII au quotidien \(T8\)", page)


def test_a_broken_draft_is_kept_and_its_fault_named_beside_the_field(site):
    page = site.as_("administrator").post(ADDRESS, 422, draft=TRIAGE.replace("| < 30 |", "| << 30 |"))

    assert "Ligne 10" in page
    assert "&lt;&lt; 30" in page


def test_an_uploaded_draft_with_a_wrong_byte_is_refused_with_its_line(site):
    wrong = TRIAGE.encode().replace("é".encode(), b"\xe9", 1)
    line = wrong[: wrong.index(b"\xe9")].count(b"\n") + 1

    page = site.as_("administrator").post(ADDRESS, 422, draft=TRIAGE, file=(BytesIO(wrong), "triage.md"))

    assert f"Ligne {line} du projet" in page
    assert "UTF-8" in page


def test_the_list_comes_as_a_file(path):
    path.case("assessment")

    text = path.as_("chief").post(ADDRESS, 200, draft=NO_NETWORK, facts="stored", form="csv")

    assert "CII au quotidien" in text
    assert "<html" not in text


@pytest.mark.parametrize("who", ["provider", "manager", "finance"])
def test_who_has_no_say_over_rules_may_not_try_drafts(site, who):
    site.as_(who).get(ADDRESS, 403)


def test_an_administrator_gets_counts_and_no_case(path):
    path.case("assessment")

    page = path.as_("administrator").post(ADDRESS, 200, draft=NO_NETWORK, facts="stored")

    assert "trop peu pour être dit" in page
    assert "Aucun dossier à montrer" in page
    assert "/cases/" not in page


def test_the_page_of_decisions_says_the_source_and_what_would_change_it(path):
    ref = path.case("assessment")

    page = path.as_("manager").get(f"/cases/{ref}/decisions")

    assert "Ce qui changerait la décision" in page
    assert "Table Triage, version 1" in page
    assert "gestion de cas jeunes" in page
    assert "source non enregistrée" in page or "Source" in page
