"""The page of an agreement's conformity: findings, reasons, answers, and the way to a signature."""

import re
from html import unescape

from tests.web.test_agreements import the_version


def test_a_draft_names_what_is_missing_and_how_to_mend_it(site):
    reader, ref = site.as_("contracts"), site.town.agreements["unsigned"]

    page = unescape(reader.get(f"/agreements/{ref}/conformity"))

    assert "La signature attend" in page
    assert "Buts, indicateurs, groupes cibles (5 à 13)" in page
    assert "Fixer le nombre d'entretiens par an." in page


def test_findings_are_told_in_german_too(site):
    reader, ref = site.as_("contracts"), site.town.agreements["unsigned"]

    page = unescape(reader.get(f"/agreements/{ref}/conformity?lang=de"))

    assert "Die Unterschrift wartet" in page
    assert "Hinweis" in page


def test_a_warning_is_justified_and_then_settled(site):
    reader, ref = site.as_("contracts"), site.town.agreements["unsigned"]
    url = f"/agreements/{ref}/conformity/finding?code=talks-unset&about="
    form = reader.get(url)

    short = reader.post(
        f"/agreements/{ref}/conformity/justifications", 422,
        version=the_version(form), code="talks-unset", about="", wording="court",
    )  # fmt: skip
    reader.post(
        f"/agreements/{ref}/conformity/justifications",
        version=the_version(form), code="talks-unset", about="", wording="Entretiens selon le besoin, convenu",
    )  # fmt: skip

    assert "au moins 20" in unescape(short)
    assert "court" in short
    assert "Entretiens selon le besoin, convenu" in reader.get(f"/agreements/{ref}/conformity")


def test_an_item_is_answered_with_its_reason(site):
    reader, ref = site.as_("contracts"), site.town.agreements["unsigned"]
    form = reader.get(f"/agreements/{ref}/conformity/finding?code=expectations&about=")

    contradicted = reader.post(
        f"/agreements/{ref}/conformity/answers", 422,
        version=the_version(form), code="expectations", about="", answer="yes", wording="",
    )  # fmt: skip
    reader.post(
        f"/agreements/{ref}/conformity/answers",
        version=the_version(form), code="expectations", about="", answer="no",
        wording="Les attentes figurent au cahier des charges",
    )  # fmt: skip

    assert "Le texte n'en dit rien" in unescape(contradicted)
    assert "Les attentes figurent au cahier des charges" in reader.get(f"/agreements/{ref}/conformity")


def test_a_finding_that_does_not_exist_is_not_found(site):
    site.as_("contracts").get(
        f"/agreements/{site.town.agreements['LACI']}/conformity/finding?code=nothing", 404
    )


def test_a_provider_reads_the_findings_and_settles_none(site):
    mine, other, ref = site.as_("provider"), site.as_("other_provider"), site.town.agreements["LACI"]

    page = mine.get(f"/agreements/{ref}/conformity")

    assert "AC1" in page
    assert not re.search(r"<form[^>]*/conformity/", page)
    other.get(f"/agreements/{ref}/conformity", 404)
