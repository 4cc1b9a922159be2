"""A decision table tried on its page: typed facts, the answer with its reasons, nothing kept."""

import re
from html import unescape

import pytest

PAGE = "/definitions/tables/triage/1"
NETWORK = {
    "try": "1", "fact-consent_or_basis": "yes", "fact-followed": "1", "fact-may_owe": "1", "fact-age": "44",
    "fact-reinsertion_potential": "medium", "fact-in_perimeter": "yes", "fact-work_capacity": "50",
}  # fmt: skip


def address(facts):
    return PAGE + "?" + "&".join(f"{name}={value}" for name, value in facts.items())


def test_typed_facts_get_the_answer_the_reason_and_what_would_change_it(site):
    page = unescape(site.as_("manager").get(address(NETWORK)))

    assert "Réseau CII" in page.split('id="answer"')[1].split("</details>")[0]
    assert "Ce qui changerait la décision" in page
    assert "Règle par règle" in page
    assert re.search(r"T8</th><td[^>]*><span class=\"chip\" data-tone=\"good\">vaut", page)


def test_missing_facts_are_asked_for_and_no_others(site):
    page = unescape(site.as_("manager").get(address({"try": "1", "fact-consent_or_basis": "no"})))
    part = page.split('id="answer"')[1].split('id="try-rules"')[0]

    assert "fact-consent_or_basis" not in part


def test_an_empty_try_asks_for_the_facts_that_matter(site):
    page = unescape(site.as_("manager").get(PAGE + "?try=1"))

    assert "il manque encore" in page
    assert 'href="#f-fact-consent_or_basis"' in page


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("fact-age", "quarante", "indiquez un nombre"),
        ("fact-age", "400", "de 0 à 120"),
        ("fact-work_capacity", "100,5", "de 0 à 100"),
        ("fact-consent_or_basis", "maybe", "oui ou non"),
        ("fact-reinsertion_potential", "huge", "une de ces valeurs"),
    ],
)
def test_a_fact_that_does_not_fit_is_refused_beside_its_field(site, name, typed, sentence):
    page = unescape(site.as_("manager").get(address({**NETWORK, name: typed}), 422))

    assert sentence in page
    assert f'aria-describedby="f-{name}' in page
    assert re.search(rf'id="f-{name}-error"[^>]*>[^<]*{sentence}', page)
    assert 'id="answer"' not in page


def test_a_decimal_comma_and_a_thousands_sign_are_read(site):
    page = unescape(site.as_("manager").get(address({**NETWORK, "fact-work_capacity": "49,5"})))

    assert 'id="answer"' in page


@pytest.mark.parametrize(("lang", "words"), [("de", "Regel für Regel"), ("en", "Rule by rule")])
def test_the_answer_comes_in_the_readers_language(site, lang, words):
    page = unescape(site.as_("manager").get(address({**NETWORK, "lang": lang})))

    assert words in page


def test_the_page_without_a_try_shows_no_answer(site):
    page = site.as_("manager").get(PAGE)

    assert 'id="try"' in page
    assert 'id="answer"' not in page
