"""Polices the catalogues: three languages, one vocabulary of placeholders, no key missing, none left over."""

import ast
import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path

import pytest

import cii
from cii.kernel.errors import Refusal
from cii.texts.languages import LANGUAGES
from cii.texts.loading import CATALOGUES, Slot, texts

ROOT = Path(cii.__file__).parent
SPEAKERS = {"say", "t", "knows"}

DYNAMIC = (
    "web.source.",
    "web.search.group.",  # one per group of what was found
    "web.search.more.",
    "web.try.",
    "web.jobs.name.",  # one per job of the house
    "web.jobs.step.",  # one per comparison of a night, and per count of a job
    "web.reconciliation.todo.",  # one per kind of finding
    "web.payments.owed.why.",  # one per kind of what is owed back
    "web.postings.",  # one per column of the postings, and per form of their file
    "web.attendance.column.",  # one per column of a file of attendance
    "web.whatif.",
    "bpmn.",
    "drawing.",
    "web.process.who.",
    "rights.",  # parts, fields and grounds of a person's file, put together in rights/file_page.py
    "finding.",  # one per code of a finding, with what would satisfy it; tests/conformity says each of them
    "refusal.",  # one per code of a refusal; checked against the classes and the source by its own test
    "summary.",  # the parts and heads of a case on paper, put together in reports/case_summary.py
    "documents.",  # the frame and the heads of issued pages, put together in documents/layout.py
    "problem.",  # one per fault of a definition file; tests/workflow/test_broken.py raises each of them
    "notice.",  # one per kind of notice that rooms tell; said by the page of notices
    "paper.",  # chapters, items, columns and sentences of an agreement on paper, by name
    "word.",  # one per word of a vocabulary; checked by the room that owns it
    "web.clock.",  # one per state of a deadline, said by ui.clock
    "web.light.",  # one per light, said by ui.light
    "web.nav.",  # one per entry of the navigation
    "web.notice.",  # one per tone of ui.notice
    "web.scheme.",  # one per colour scheme
    "web.step.",  # one per state of a step, said by ui.stepper
    "web.verdict.",  # one per verdict, said by ui.verdicts
    "web.weekday.",  # one per day of the week, at the head of the attendance sheet
    "web.retention.gone.",  # one per kind of row that goes by itself
    "web.presence.",  # one letter per presence, in the attendance sheet
    "web.budgets.source.",  # one per kind of source of a movement
    "web.mandate.page.",  # one per page where a task is done or a rule seen
    "web.coordination.alert.",  # one per kind of alert
    "meetings.agenda.",  # one per kind of item
    "web.meetings.step.",  # one per event
    "minutes.",  # the heads of minutes in Word, put together in meetings/minutes_paper.py
    "web.definitions.policy.",  # one per hit policy of a decision table
    "web.definitions.proof.",  # one per outcome of a proof
    "web.definitions.fact.",  # one per fact of a process
    "web.definitions.subject.",  # one per subject of a process
    "web.definitions.value.",  # one per value of a table whose file names no words
    "web.help.role.",  # one per role
    "web.help.term.",  # plain word, legal word and meaning per term of the glossary
    "web.journal.action.",  # one per act; tests/web/test_journal.py looks for acts without words
    "web.journal.key.",  # one per key of what is written; tests/web/test_journal.py looks for keys without words
    "web.journal.fault.",  # one per fault of the chain
    "web.journal.kind.",  # one per kind of object in the journal
    "web.reports.rows.",  # one per field of a kept row
    "web.reports.section.",  # one per part of a pack
    "workflow.diff.",  # one per kind of difference between two versions, and per thing that differs
    "web.statements.four-eyes.",  # one per act that needs a second person
    "web.providers.field.",  # one per field of a form about a provider
    "web.providers.do.",  # one per form about a provider
    "web.part.",  # one per field of a part of an agreement's text; tests/web/test_conventions.py draws every form
    "web.conventions.section.",  # one per section of the guide's table 1
    "web.conventions.tab.",  # one per page of an agreement
    "web.versions.",  # one per part and per kind of difference
    "web.rounds.",  # one per tab, step and column of a round and its report, by name
)
"""Prefixes of keys that code puts together at run time; a new one is declared here with its reason."""

FRENCH_SLIPS = (
    "acces|annee|annees|apres|benefice|beneficiaire|cle|controle|creer|deces|decide|decision|decompte|decomptes|"
    "degre|deja|delai|delais|demarche|depasse|depense|depenses|deroulement|detail|details|detection|difference|"
    "donnee|donnees|duree|echeance|echeances|economique|etape|etapes|etat|etats|etre|evaluation|evenement|fevrier|"
    "aout|decembre|federal|general|interet|interesse|journee|limitee|meme|medecin|medical|metier|"
    "numero|octroye|operation|particulierement|periode|periodes|piece|pieces|precedent|precedente|prealable|"
    "prenom|presence|pret|prevu|probleme|procedure|qualite|reference|referent|region|reglement|regle|regles|"
    "reinsertion|remuneration|repartition|reponse|requete|reservation|reserve|resultat|resultats|reunion|reunions|"
    "role|securite|seance|seances|systeme|telephone|theme|tres|verification|verifier"
)
"""French words that have lost their accents; none of them exists without."""

GERMAN_SLIPS = (
    "fuer|ueber|koennen|muessen|duerfen|zurueck|pruefen|bestaetigen|aendern|loeschen|faellig|gueltig|Faelle"
)


@cache
def sources() -> dict[Path, str]:
    """Every file of the house that may use a text, without the catalogues and vendored files."""
    files = (p for ending in ("py", "html", "txt", "typ", "j2", "xml") for p in ROOT.rglob(f"*.{ending}"))
    return {
        p: p.read_text(encoding="utf-8")
        for p in files
        if CATALOGUES not in p.parents and "vendor" not in p.parts
    }


@cache
def spoken() -> dict[str, Path]:
    """Keys that code or templates say as a literal, each with one place."""
    found: dict[str, Path] = {}
    for path, body in sources().items():
        if path.suffix != ".py":
            found |= dict.fromkeys(re.findall(r"""\b(?:t|say)\(\s*["']([^"'{]+)["']\s*[,)]""", body), path)
            continue
        for node in ast.walk(ast.parse(body)):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if name in SPEAKERS and isinstance(key := node.args[0].value, str):
                    found[key] = path
    return found


@cache
def written_keys() -> set[str]:
    """Every quoted word of the sources that looks like a key: a key kept in a table is used as well."""
    return {
        key
        for body in sources().values()
        for key in re.findall(r"""["'`]([a-z0-9_-]+(?:\.[\w-]+)+)["'`]""", body)
    }


def every_refusal() -> set[type[Refusal]]:
    for module in pkgutil.walk_packages(cii.__path__, "cii."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, left = set(), [Refusal]
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        found.add(kind)
    return {kind for kind in found if kind.__module__.startswith("cii.")}


def flat(key: str, lang: str) -> list[str]:
    """The forms of a text with its placeholders in braces."""
    forms = texts()[key][lang].forms.values()
    return ["".join(f"{{{p.name}}}" if isinstance(p, Slot) else p for p in form) for form in forms]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_text_needs_the_same_facts_in_every_language(lang):
    differing = {key for key, entry in texts().items() if entry[lang].slots != entry["fr"].slots}

    assert not differing


def test_every_refusal_has_its_sentence():
    missing = {
        f"{kind.__module__}.{kind.__name__}: refusal.{kind.code}"
        for kind in every_refusal()
        if f"refusal.{kind.code}" not in texts()
    }

    assert not missing


def test_every_sentence_of_a_refusal_has_its_code_in_the_source():
    codes = {kind.code for kind in every_refusal()}
    literals = "\n".join(body for path, body in sources().items() if path.suffix == ".py")
    orphans = {
        key
        for key in texts()
        if key.startswith("refusal.")
        and (code := key.removeprefix("refusal.")) not in codes
        and f'"{code}"' not in literals
    }

    assert not orphans


def test_every_text_that_is_said_exists():
    missing = {f"{path.relative_to(ROOT)}: {key}" for key, path in spoken().items() if key not in texts()}

    assert not missing


def test_no_text_is_left_unsaid():
    used = set(spoken()) | written_keys()
    unsaid = {key for key in texts() if key not in used and not key.startswith(DYNAMIC)}

    assert not unsaid


def test_every_declared_prefix_is_needed():
    assert {prefix for prefix in DYNAMIC if not any(key.startswith(prefix) for key in texts())} <= {"word."}


def test_french_keeps_its_accents():
    slip = re.compile(rf"(?<![\w-])(?:{FRENCH_SLIPS})(?![\w-])", re.IGNORECASE)
    found = {
        f"{key}: {match[0]}"
        for key in texts()
        for text in flat(key, "fr")
        if (match := slip.search(re.sub(r"\{.*?\}", "", text)))
    }

    assert not found


def test_german_is_written_as_in_switzerland():
    slip = re.compile(rf"ß|\b(?:{GERMAN_SLIPS})\b", re.IGNORECASE)
    found = {
        f"{key}: {match[0]}" for key in texts() for text in flat(key, "de") if (match := slip.search(text))
    }

    assert not found


TYPED = {"problem.domain.texts", "problem.hint.quotes"}
"""Hints that show what must be typed into a file, where a text stands in straight quotes."""


def test_straight_quotes_never_reach_a_reader():
    found = {
        f"{key}.{lang}"
        for key in set(texts()) - TYPED
        for lang in LANGUAGES
        for text in flat(key, lang)
        if '"' in text
    }

    assert not found


def test_every_place_of_a_text_is_written_in_a_form_that_exists():
    known = re.compile(r"(plain|percent|month|word\..+)?")
    wrong = {
        (key, lang, slot.name, slot.form)
        for key, entry in texts().items()
        for lang, text in entry.items()
        for pieces in text.forms.values()
        for slot in pieces
        if isinstance(slot, Slot) and not known.fullmatch(slot.form)
    }
    assert wrong == set()
