"""The story of the house through its pages alone, in a real browser, in French, on both engines: from a file to the report.

Each chapter is one point of the story; a chapter stands on the one before it. Everybody works in a window of their own and
clicks what is written on the buttons. What no page does, the house does by itself: the worker's night.
"""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import TimeoutError as TimedOut
from playwright.sync_api import expect
from sqlalchemy import text

from cii.jobs.orders import take_orders
from cii.jobs.runs import catch_up
from tests.journeys.hand import Hand
from tests.journeys.stage import a_faulty_file, a_file, the_persons

ENGINES = [
    pytest.param("sqlite", marks=pytest.mark.xdist_group("story-sqlite")),
    pytest.param("postgresql", marks=[pytest.mark.xdist_group("story-postgresql"), pytest.mark.slow]),
]
"""The same story on PostgreSQL goes without a browser too, in `test_api_story.py`, whenever the tests run."""
NAMES = ("Berger", "Châtelain", "Dubois")
"""Last names of the first three persons of the file."""


TOTALS = {"LACI": "CHF 3'415.24", "SAS": "CHF 2'730.00"}
"""What November costs: 20 of 21 days of 2'200 and 60 % of 2'200; 1'850 and 40 % of 2'200."""


class Story:
    """The town, its people at their windows, and the addresses that they found on the way."""

    def __init__(self, town, page, sign_in, faults):
        self.town, self.page, self.sign_in, self.faults = town, page, sign_in, faults
        self.hands, self.windows = {}, {}
        self.cases = []

    def __getattr__(self, who):
        if who.startswith("_"):
            raise AttributeError(who)
        if who not in self.hands:
            self.hands[who] = Hand(self, who)
        return self.hands[who]

    def on(self, *day):
        """The clock moves on to ten o'clock of that day; sessions of another day have run out, at the same windows."""
        self.town.clock.moves_to(datetime(*day, 9, tzinfo=UTC))
        self.hands.clear()

    def refused(self, status=422):
        """A refusal was provoked: the browser notes the status of the answer, and nothing else."""
        noted = [one for one in self.faults if f"status of {status}" in one]
        assert noted, f"no answer {status}: {self.faults}"
        self.faults[:] = [one for one in self.faults if one not in noted]


@pytest.mark.parametrize("new_town", ENGINES, indirect=True)
def test_a_case_walks_from_detection_to_the_quarterly_report(new_town, page, sign_in, faults):
    story = Story(new_town, page, sign_in, faults)

    one_file_is_imported(story)
    two_a_person_is_announced(story)
    three_assessment_and_plan(story)
    four_three_places_are_given(story)
    five_a_month_is_attested_and_paid(story)
    six_the_books_are_reconciled(story)
    seven_the_quarter_is_reported(story)


def upload(hand, rows, *, dry=False):
    hand.menu("Détections").follow("Importer un fichier")
    hand.window.get_by_label("Fichier d'assurés").locator("visible=true").set_input_files(
        {"name": "assurés.csv", "mimeType": "text/csv", "buffer": rows}
    )
    if dry:
        hand.main.get_by_label("Essai seulement").check()
    hand.press("Importer")


def one_file_is_imported(story):
    """A faulty file changes nothing and names its faults, a dry run neither; the right one says who and why."""
    orp = story.case_manager

    upload(orp, a_faulty_file())
    orp.reads("2 fautes dans le fichier", "Rien n'a été importé")
    faulty = [
        row.inner_text()
        for row in orp.main.get_by_role("table", name="Fautes du fichier").get_by_role("row").all()
    ]
    story.refused()
    upload(orp, a_faulty_file(), dry=True)
    orp.reads("2 fautes dans le fichier")
    story.refused()
    upload(orp, a_file(the_persons()), dry=True)
    orp.reads("Essai terminé.", "rien n'a été enregistré", "200")
    orp.menu("Détections").reads("Aucune détection.")

    assert ["12" in faulty[1], "avs" in faulty[1], "40" in faulty[2], "capacite_travail" in faulty[2]] == [
        True
    ] * 4

    upload(orp, a_file(the_persons()))
    orp.reads("Le fichier est importé.", "Incapacité de travail depuis 8 mois avec une capacité de 60 %")
    upload(orp, a_file(the_persons()))
    orp.reads("Ce fichier a déjà été importé.")
    orp.menu("Détections").reads(*NAMES, "Evard").misses("Fallet")
    story.social_manager.menu("Détections").reads("Aucune détection.")


def announce(hand, name, *, consent=None):
    hand.menu("Détections").follow(re.compile(name))
    hand.fill({"Motif de l'annonce": "Situation complexe, plusieurs systèmes concernés."})
    hand.pick("Potentiel d'insertion", "moyen")
    if consent:
        hand.fill({"Consentement donné le": consent})
    hand.press("Annoncer")


def two_a_person_is_announced(story):
    """Below the threshold and without basis: every reason; with consent: the network, its lead, its terms."""
    orp = story.case_manager

    announce(orp, "Evard")
    orp.reads("La personne ne peut pas être annoncée", "Office AI, réadaptation", "Équipe des médecins-conseils",
              "Guichet social régional du Val-de-Travers", "un second dispositif")  # fmt: skip
    assert orp.main.get_by_label("Motif de l'annonce").input_value().startswith("Situation complexe")
    story.refused()
    announce(orp, "Berger")
    orp.reads("La personne ne peut pas être annoncée", "le consentement de la personne pour ce destinataire")
    story.refused()

    for name in NAMES:
        announce(orp, name, consent="2026-10-14")
        orp.reads("La personne est annoncée, le cas est ouvert.", "Réseau CII")
        story.cases.append(orp.path)

    orp.go(story.cases[0]).reads(
        "04.11.2026", "13.11.2026", "Office AI, réadaptation", "Équipe des médecins-conseils"
    )
    orp.follow("Décisions").reads("Détection systématique", "Triage", "Institution responsable")
    story.ai_manager.menu("Mon bureau").reads("Berger")
    story.physician.menu("Mon bureau").reads("Berger")


def three_assessment_and_plan(story):
    """The lead moves on acceptance; every voice is needed for the signature, every bearer for the plan."""
    orp, gsr, ai, doctor, case = (
        story.case_manager,
        story.social_manager,
        story.ai_manager,
        story.physician,
        story.cases[0],
    )

    gsr.go(case).follow("Ouvrir la demande de reprise")
    expect(gsr.main.get_by_role("button", name="Accepter", exact=True)).to_have_count(0)
    gsr.press("Accuser réception").reads("Votre réponse est enregistrée.")
    orp.go(case).reads("Conduite\xa0: Office régional de placement du Littoral")
    gsr.press("Accepter").reads("Votre réponse est enregistrée.")
    orp.go(case).reads("Conduite\xa0: Guichet social régional du Val-de-Travers")

    for hand, item in ((orp, "Français oral"), (ai, "Endurance au travail"), (gsr, "Français oral")):
        hand.go(f"{case}/grid").pick(item, "3").fill({"Constaté le": "2026-10-14", "Source": "Entretien"})
        hand.press("Enregistrer et terminer ma part").reads("Votre part de la grille est terminée.")
    gsr.go(f"{case}/assessment").reads("manque encore", "L'évaluation ne peut pas encore être signée")
    expect(gsr.main.get_by_role("button", name="Signer l'évaluation")).to_have_count(0)

    doctor.go(f"{case}/health").fill({
        "Bilan médical": "Lombalgies chroniques, traitement en cours.",
        "Limitations fonctionnelles": "Pas de port de charges de plus de 10 kg.",
        "Capacité de travail": "60",
        "Valable dès le": "2026-10-14",
    })  # fmt: skip
    doctor.press("Enregistrer et terminer ma part").reads("Le bilan médical est terminé.")
    gsr.go(f"{case}/health").reads("Pas de port de charges", "60 %").misses("Lombalgies")
    gsr.go(f"{case}/assessment").fill({"Synthèse": "Retour à l'emploi adapté."}).press("Signer l'évaluation")
    gsr.reads("L'évaluation est signée.", "Retour à l'emploi adapté.")

    gsr.go(f"{case}/plan").fill({"Priorité": "Emploi adapté à 60 %"})
    bearers = (
        "Office régional de placement du Littoral",
        "Office de l'assurance-invalidité",
        "Guichet social régional",
    )
    for n, bearer in enumerate(bearers, start=1):
        part = gsr.main.get_by_role("group", name=f"Partie {n}")
        gsr.fill({"Objectif": "Rythme de travail", "Action": "Mesure mixte", "Échéance": "2026-12-31"}, part)
        choose(part.get_by_label("Portée par"), bearer if n != 2 else "Office AI")
    gsr.press("Proposer le plan").reads("Le plan est proposé")
    gsr.follow("Enregistrer la réponse de la personne").pick("La personne est", "d'accord")
    gsr.press("Enregistrer la réponse de la personne").reads("La réponse de la personne est enregistrée.")
    for hand, state in ((orp, "proposé"), (gsr, "proposé"), (ai, "accepté par tous")):
        hand.go(f"{case}/plan").pick("Réponse de mon service", "D'accord avec le plan").press("Répondre")
        hand.reads("Votre réponse est enregistrée.", state)
    gsr.go(case).reads("Emploi adapté à 60 %")
    expect(gsr.main.get_by_role("button", name="Répondre")).to_have_count(0)


def choose(select, label):
    """Choose the option whose words begin so."""
    option = select.locator("option").filter(has_text=re.compile(rf"^\s*{re.escape(label)}")).first
    select.select_option(value=option.get_attribute("value"))


def seek(hand, case, payers):
    """Look for a place in November for these payers."""
    hand.go(case).follow("Trouver une place").fill({"Du": "2026-11-01", "Au (compris)": "2026-11-30"})
    for n, (line, weight) in enumerate(payers, start=1):
        choose(hand.main.get_by_label(f"Payeur {n}"), line)
        if weight:
            hand.main.get_by_label("Part").nth(n - 1).fill(str(weight))
    with hand.window.expect_response(lambda answer: "/places" in answer.url):
        hand.press("Filtrer")
    return hand


def take(hand):
    """Reserve the place; a late answer to a change of the form exchanges the list under the opened window."""
    confirming = hand.window.get_by_role("dialog").get_by_role("button", name="Réserver la place", exact=True)
    hand.press("Réserver la place")
    try:
        confirming.wait_for(timeout=5_000)
    except TimedOut:
        hand.press("Réserver la place")
    hand.confirm("Réserver la place")


def four_three_places_are_given(story):
    """Places with reasons; two sectors in one mixed measure, a third person shared; all or nothing."""
    orp, gsr = story.case_manager, story.social_manager
    first, second, third = story.cases

    seek(orp, second, [("LACI", None)]).reads("Atelier de menuiserie", "Niveau de français")
    expect(orp.main.get_by_role("button", name="Réserver la place")).to_have_count(0)
    for case in (second, third):
        orp.go(f"{case}/grid").pick("Français oral", "3").fill(
            {"Constaté le": "2026-10-14", "Source": "Entretien"}
        )
        orp.press("Enregistrer").reads("Vos réponses sont enregistrées.")

    seek(gsr, first, [("SAS", None)]).reads("CHF 1'850.00")
    take(gsr)
    gsr.reads("La place est réservée", "CHF 1'850.00")
    seek(orp, second, [("LACI", None)]).reads("CHF 2'200.00")
    take(orp)
    orp.reads("La place est réservée", "CHF 2'200.00")
    seek(orp, third, [("LACI", 60), ("SAS", 40)]).reads("CHF 1'320.00", "CHF 880.00")
    take(orp)
    orp.reads("La place est réservée", "CHF 1'320.00", "CHF 880.00", "60 %", "40 %")

    assert engaged(story) == {"LACI": 352000, "SAS": 273000}


def engaged(story):
    """What is committed in 2026, centimes by line: the books, asked behind the pages' back."""
    with story.town.engine.connect() as connection:
        rows = connection.execute(text(
            "SELECT funding_line.code, sum(placement_share.committed) FROM placement_share"
            " JOIN funding_line ON funding_line.id = placement_share.line_id GROUP BY funding_line.code"
        ))  # fmt: skip
        return {code: int(amount) for code, amount in rows}


def five_a_month_is_attested_and_paid(story):
    """The provider answers; a month with two absences; the statement by the tariff; four eyes; paid."""
    for name in NAMES:
        story.provider.menu("Espace prestataire").follow(re.compile(name)).press("Accepter")
        expect(story.provider.main.get_by_role("table", name="Arrivées prévues")).to_contain_text(name)
    story.provider.menu("Espace prestataire").reads("Aucune demande n'attend votre réponse.")
    story.on(2026, 11, 2)
    for name in NAMES:
        story.provider.menu("Espace prestataire").follow(re.compile(name)).fill(
            {"Premier jour": "2026-11-02"}
        )
        story.provider.press("Enregistrer l'entrée").reads("en cours", "Saisir la sortie")

    story.on(2026, 12, 1)
    provider = story.provider.menu("Espace prestataire").follow(re.compile("Châtelain"))
    provider.fill({"Dernier jour": "2026-11-30", "Contrat de travail": "durée indéterminée"})
    choose(provider.main.get_by_label("Suite"), "emploi")
    provider.press("Enregistrer la sortie").reads("Suite\xa0: emploi")
    provider.menu("Espace prestataire").go("/provider/attendance/2026/11")
    for day, letter in (("10.11.2026", "E"), ("17.11.2026", "N")):
        provider.main.get_by_label(re.compile(f"Châtelain.*{day}")).select_option(label=letter)
    for name in NAMES:
        provider.main.get_by_label(re.compile(f"{name}.*présent tous les autres jours")).check()
    provider.press("Enregistrer les présences").reads("Tous les jours échus sont attestés.")

    for line, total in TOTALS.items():
        provider.menu("Décomptes").follow("Établir un décompte")
        choose(provider.main.get_by_label("Convention et ligne qui paie"), f"2026-{line}-01")
        provider.fill({"Mois": "2026-11-01"}).press("Calculer").reads(total, "Prérempli")
        statement = provider.path
        provider.press("Remettre").reads("Remis")
        expect(story.finance.go(statement).main.get_by_role("button", name="Approuver")).to_have_count(0)
        story.finance.press("Contrôler").reads("Contrôlé", "une autre personne l'approuve")
        expect(story.finance.main.get_by_role("button", name="Approuver")).to_have_count(0)
        story.cashier.go(statement).press("Approuver").reads(
            "Approuvé", "une autre personne libère le paiement"
        )
        expect(story.cashier.main.get_by_role("button", name="Libérer le paiement")).to_have_count(0)
        story.finance.go(statement).press("Libérer le paiement").reads("Payé", "À verser")
    story.finance.menu("Budgets").reads("CHF 3'415.24", "CHF 2'730.00")


def six_the_books_are_reconciled(story):
    """The night finds nothing; a planted difference is named: what, where, expected, found, since; again the same."""
    story.town.clock.moves_to(datetime(2026, 12, 2, 3, tzinfo=UTC))
    catch_up(story.town.bell)
    story.on(2026, 12, 2)
    finance = story.finance.go("/reconciliation").reads("Aucun écart au 01.12.2026")

    plant(story, +1)
    reconcile(finance, story)
    rows = finance.main.get_by_role("table", name="Écarts ouverts").get_by_role("row")
    expect(rows).to_have_count(2)
    found = rows.all_inner_texts()
    for words in ("Places et placements", "AT-01", "3", "4", "1", "01.12.2026"):
        assert words in found[1]
    reconcile(finance, story)
    expect(rows).to_have_text(found, use_inner_text=True)

    plant(story, -1)
    reconcile(finance, story)
    finance.reads("Aucun écart au 01.12.2026").follow("Avec les écarts résolus").reads("Places et placements")


def reconcile(hand, story):
    hand.go("/reconciliation").fill({"Jour d'affaires": "2026-12-01"})
    with hand.window.expect_navigation():
        hand.press("Rapprocher")
    take_orders(story.town.bell)
    hand.go("/reconciliation")


def plant(story, by):
    """Change the counter of a day behind the house's back."""
    with story.town.engine.begin() as connection:
        connection.execute(
            text("UPDATE measure_day SET taken = taken + :by WHERE day = '2026-11-16' AND measure_id ="
                 " (SELECT id FROM measure WHERE ref = :ref)"),
            {"by": by, "ref": story.town.canton.stage.measure},
        )  # fmt: skip


def seven_the_quarter_is_reported(story):
    """The quarter in four forms; frozen it keeps its hash; a correction makes a version that shows it."""
    story.coordination_member.go("/reports/quarterly/2026-Q4").reads("ne peut pas encore être arrêté")
    story.on(2027, 1, 5)
    group = story.coordination_member.menu("Rapports").go("/reports/quarterly/2026-Q4")
    group.reads("AT-01", "Taux de réinsertion")
    group.press("Arrêter ce rapport").confirm("Arrêter ce rapport").reads("arrêté, version 1")
    first = group.path
    files = downloads(story, group)
    assert (files["PDF"][:5], files["XLSX"][:2]) == (b"%PDF-", b"PK")
    assert b"AT-01" in files["CSV"]
    assert b"AT-01" in files["JSON"]

    provider = story.provider.go("/provider/attendance/2026/11")
    provider.main.get_by_label(re.compile("Châtelain.*17.11.2026")).select_option(label="P")
    provider.press("Enregistrer les présences")
    kept = provider.main.get_by_role("table", name="Corrections")
    expect(kept).to_contain_text("absence non excusée")
    expect(kept).to_contain_text("17.11.2026")
    story.on(2027, 1, 6)
    group = story.coordination_member.go("/reports/quarterly/2026-Q4")
    group.press("Arrêter ce rapport").confirm("Arrêter ce rapport").reads("arrêté, version 2")
    group.follow("Ce qui a changé").reads("AT-01")
    assert group.main.get_by_role("row").count() > 1
    assert downloads(story, group.go(first)) == files


def downloads(story, hand):
    """The four files that the page offers, as they arrive."""
    found = {}
    for form in ("PDF", "XLSX", "CSV", "JSON"):
        with hand.window.expect_download() as coming:
            hand.window.get_by_role("complementary").get_by_role("link", name=form, exact=True).click()
        found[form] = coming.value.path().read_bytes()
    return found
