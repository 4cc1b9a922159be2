"""The pages of the catalogue of indicators."""

from html import unescape


def test_each_definition_says_what_is_counted_of_what_and_who_enters_it(site):
    page = unescape(site.as_("provider").get("/indicators"))

    for field in (
        "Intégration professionnelle",
        "Intégration sociale",
        "Qualité",
        "Exploitation",
        "Finances",
    ):
        assert field in page
    assert "Jours attestés comme présence ou absence" in page
    assert "participant · lien envoyé au participant · à la sortie" in page
    assert "prestataire · feuille de présence · chaque jour" in page


def test_no_definition_holds_before_the_first(site):
    page = unescape(site.as_("contracts").get("/indicators", day="2008-12-31"))

    assert "Aucune définition en vigueur ce jour" in page
    assert "Taux d’absence" not in page


def test_a_definition_is_told_by_version(site):
    reader = site.as_("contracts")
    page = unescape(reader.get("/indicators/motivation"))

    assert "Version 1, valable dès le 01.01.2009" in page.replace("\xa0", " ")
    assert "saisie avec numérateur, dénominateur et source" in page
    assert "calculée des données déjà saisies" in unescape(reader.get("/indicators/satisfaction"))
    reader.get("/indicators/happiness", 404)


def test_who_sees_neither_measures_nor_agreements_reads_no_catalogue(site):
    site.as_("officer").get("/indicators", 403)


def test_the_objectives_of_an_agreement_lead_to_their_definitions(site):
    page = site.as_("contracts").get(f"/agreements/{site.town.agreements['LACI']}/objectives")

    assert 'href="/indicators/absence_days"' in page
