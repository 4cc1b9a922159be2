"""The words of the file of a person on paper: those of the published files, of places and of results."""

import io
import re
from datetime import date

import pypdf

from cii.cases.actions import CloseCase, close_case
from cii.kernel.money import Chf
from cii.people.queries import person_by_id
from cii.placements.life import EndPlacement, end_placement
from cii.placements.vocabulary import ContractType, ExitType
from cii.rights.file_page import file_page, said
from cii.rights.file_places import place_facts
from cii.rights.file_words import FileWords
from cii.rights.queries import person_file
from cii.texts.formats import NBSP
from cii.texts.speech import say
from tests.figures.build_figures import the_numbers
from tests.placements.build_placements import a_stage
from tests.rights.build_erasing import officers
from tests.routing.build_routing import a_town, an_announced


def words_of(made):
    """What stands in a PDF, on one line."""
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)
    return " ".join(text.split()).replace("’", "'")


def test_the_pdf_names_facts_tasks_and_results_as_the_published_files_do(work):
    town = a_town(work)
    case = an_announced(town.hands["ORP"]).case
    close_case(town.hands["ORP"], CloseCase(case.ref, "job"))
    officer, _ = officers(work)
    told = person_file(officer, person_by_id(work, case.person_id).ref)

    text = words_of(file_page(officer, told, "fr"))

    for words in ("Détection systématique", "Mois depuis l'inscription", "Signer l'évaluation"):
        assert words in text
    for key in ("months_since_registration", "grid_ac", "work_capacity"):
        assert key not in text
    assert re.findall(r"Résultats contrôlés issue (.*?) clos le", text) == ["emploi"]


def test_the_pdf_tells_in_words_what_a_place_cost_and_how_it_ended(work):
    stage = a_stage(work)
    place = stage.started()
    leaves = EndPlacement(place.ref, date(2026, 11, 20), ExitType.EMPLOYMENT, ContractType.OPEN_ENDED)
    end_placement(stage.on(date(2026, 11, 20)), leaves)
    the_numbers(work)
    officer, _ = officers(work)
    told = person_file(officer, person_by_id(work, place.person_id).ref)

    texts = {lang: words_of(file_page(officer, told, lang)) for lang in ("fr", "de")}

    for words in ("coût prévu, CHF", "sortie : emploi", "contrat : durée indéterminée", "fin anticipée"):
        assert words in texts["fr"]
    for words in ("vorgesehene Kosten, CHF", "Austritt: Anstellung", "Vertrag: unbefristet"):
        assert words in texts["de"]
    for lang, text in texts.items():
        assert [key for key in ("exit_type", "open_ended", "contract_months", "shares") if key in text] == []
        assert say("rights.file.terms-note", lang)[:60] in text


def test_what_happened_to_a_place_is_told_by_its_kind():
    words = FileWords.__new__(FileWords)
    words.lang, words.tables, words.processes = "fr", {}, {}

    def told(kind, **facts):
        return place_facts(kind, facts, words, said).replace(NBSP, " ")

    cost = f"coût prévu, CHF : {Chf(239147)}"
    assert told("refused", reason="not_suited", note="De nuit") == (
        "motif : profil qui ne convient pas; remarque : De nuit"
    )
    assert told("cancelled", reason="Déménagement") == "motif : Déménagement"
    assert told("reserved") == ""
    assert (
        told("balanced", objective=2, outcome="partly", note="")
        == "objectif : 2; bilan : partiellement atteint"
    )
    assert told("heard", statement="Le bus") == "ce que la personne a dit : Le bus"
    assert told("requested", total=239147, shares=[[1, 1, 239147]], rule=[1, "ab"]).replace("'", "") == cost
    assert told("requested", facts={"age": 46}) == "age : 46"
