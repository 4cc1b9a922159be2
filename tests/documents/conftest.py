from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from cii.documents.layout import Approval, Letter, Letterhead, Report, Section, Statement, StatementLine
from cii.documents.table import Column, Level, Status, Table
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.kernel.span import Span

HEAD = Letterhead(
    "République et canton de Neuchâtel",
    "Groupe de coordination CII",
    ("Service de l'emploi", "Avenue du Premier-Août 5", "2000 Neuchâtel"),
)
FROZEN = datetime(2026, 10, 12, 9, 30, tzinfo=UTC)


@pytest.fixture
def places():
    """Places of mixed measures, forty of them: a table that needs more than one page."""
    rows = [
        (
            f"M{n:02} Atelier de réinsertion et de préparation à l'emploi du Littoral, filière {n}",
            ("AC", "AI", "AS", "SMIG")[n % 4],
            12 + n,
            Fraction(3 * n % 97, 97),
            Chf(1234567 * n + 5),
            date(2026, 7, 1 + n % 28),
            (
                Status("atteint", Level.GOOD),
                Status("à surveiller", Level.WATCH),
                Status("sous le minimum", Level.BAD),
                Status("sans valeur"),
            )[n % 4],
        )
        for n in range(1, 41)
    ]
    return Table(
        "Places et occupation par mesure",
        [
            Column("Mesure", width=48),
            Column("Secteur", "status"),
            Column("Places", "integer"),
            Column("Occupation", "percent"),
            Column("Coûts CHF", "money"),
            Column("Depuis", "date"),
            Column("Indicateur", "status"),
        ],
        rows,
        ("Total", None, sum(r[2] for r in rows), None, Chf.total(r[4] for r in rows), None, None),
        ("Une cellule vide: moins de cinq personnes, ou pas de valeur.",),
    )


@pytest.fixture
def report(places):
    budget = Table(
        "Budget par secteur",
        [
            Column("Secteur"),
            Column("Accordé CHF", "money"),
            Column("Utilisé CHF", "money"),
            Column("Engagé CHF", "money"),
            Column("Disponible CHF", "money"),
            Column("Utilisé", "percent"),
        ],
        [
            (
                "Assurance-chômage (LACI)",
                Chf(120000000),
                Chf(45000050),
                Chf(30000000),
                Chf(44999950),
                Fraction(45000050, 120000000),
            ),
            (
                "Assurance-invalidité",
                Chf(80000000),
                Chf(90000000),
                Chf(500000),
                Chf(-10500000),
                Fraction(9, 8),
            ),
            ("Aide sociale", Chf(64000000), Chf(12345), Chf(0), Chf(63987655), Fraction(12345, 64000000)),
        ],
        (
            "Total",
            Chf(264000000),
            Chf(135012395),
            Chf(30500000),
            Chf(98487605),
            Fraction(135012395, 264000000),
        ),
    )
    indicators = Table(
        "Indicateurs de la convention",
        [
            Column("Indicateur"),
            Column("Valeur", "value"),
            Column("Objectif", "value"),
            Column("Minimum", "value"),
            Column("État", "status"),
        ],
        [
            (
                "Taux de sortie durable en emploi",
                Fraction(31, 60),
                Fraction(1, 2),
                Fraction(2, 5),
                Status("atteint", Level.GOOD),
            ),
            (
                "Coût moyen par placement",
                Chf(432150),
                Chf(450000),
                Chf(500000),
                Status("atteint", Level.GOOD),
            ),
            ("Rapports remis dans le délai", 7, 9, 6, Status("à surveiller", Level.WATCH)),
            ("Satisfaction des employeurs", None, Fraction(4, 5), Fraction(3, 5), Status("sans valeur")),
        ],
    )
    return Report(
        HEAD,
        "Rapport trimestriel du groupe de coordination",
        Span.parse("2026-Q3"),
        date(2026, 9, 30),
        [
            Section(
                "Places et occupation",
                (
                    "Le trimestre a vu 124 entrées et 97 sorties. L'occupation des mesures mixtes atteint 83 % des places convenues.",
                ),
                (places,),
            ),
            Section(
                "Budgets",
                ("Les montants sont en francs, arrondis au centime.",),
                (budget,),
                ("Le dépassement de l'assurance-invalidité est présenté au groupe de pilotage.",),
            ),
            Section(
                "Indicateurs",
                (),
                (
                    indicators,
                    Table("Mesures correctives", [Column("Mesure"), Column("Échéance", "date")], []),
                ),
            ),
        ],
        subtitle="Mesures mixtes, situation du trimestre et budgets des secteurs",
        frozen_at=FROZEN,
        version=2,
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )


@pytest.fixture
def statement():
    september = Period.through(date(2026, 9, 1), date(2026, 9, 30))
    line = StatementLine(
        "P-7KQ2M",
        september,
        "20/22 jours",
        Fraction(10, 11),
        Chf(184000),
        "Assurance-chômage (LACI)",
        Fraction(3, 5),
        Chf(100364),
    )
    return Statement(
        HEAD,
        "2026-09/ATL-03",
        "Fondation Ateliers du Littoral, rue de la Treille 9, 2000 Neuchâtel",
        "CP-2026-014, version 3 du 15.12.2025",
        "Atelier mixte bois et recyclage",
        date(2026, 9, 1),
        Status("Approuvé, à payer", Level.GOOD),
        date(2026, 10, 5),
        [
            line,
            replace(line, payer="Aide sociale", share=Fraction(2, 5), amount=Chf(66909)),
            replace(
                line,
                participant="P-92XHB",
                presence="22/22 jours",
                factor=Fraction(1),
                payer="Assurance-invalidité",
                share=Fraction(1),
                tariff=Chf(210050),
                amount=Chf(210052),
            ),
        ],
        (
            Approval("Contrôle", "Claire Exemple", datetime(2026, 10, 5, 7, 12, tzinfo=UTC)),
            Approval("Approbation", "Marc Modèle", datetime(2026, 10, 6, 14, 3, tzinfo=UTC)),
        ),
        ("Deux absences excusées de P-7KQ2M, les 8 et 9 septembre.",),
    )


@pytest.fixture
def letter():
    return Letter(
        HEAD,
        ("Madame", "Anne Exemple", "Rue du Seyon 12", "2000 Neuchâtel"),
        "Neuchâtel",
        date(2026, 10, 15),
        "Votre participation à la collaboration interinstitutionnelle",
        "Madame,",
        (
            "Votre situation concerne plusieurs institutions. Avec votre accord du 12 octobre 2026, nous l'avons annoncée au réseau CII afin que ces institutions coordonnent leur soutien. Vous gardez un seul interlocuteur.",
            "Un premier entretien aura lieu avec votre personne de référence. Vous pouvez retirer votre accord en tout temps, par simple lettre; les échanges d'informations cessent alors aussitôt.",
            "Les informations transmises se limitent à ce qui est nécessaire à votre réinsertion. Vous pouvez consulter votre dossier et demander la rectification de données inexactes.",
        ),
        "Nous vous adressons, Madame, nos salutations distinguées.",
        (
            ("Claire Exemple", "Personne de référence, ORP Littoral"),
            ("Marc Modèle", "Responsable de la coordination CII"),
        ),
        reference="CII-7KQ2M-92XHB",
        facts=(
            ("Personne de référence", "Claire Exemple, ORP Littoral"),
            ("Institutions concernées", "Assurance-chômage, assurance-invalidité, aide sociale"),
            ("Accord valable jusqu'au", "12.10.2027"),
        ),
        enclosures=("Copie de votre accord", "Notice sur la protection des données"),
        copies=("Office de l'assurance-invalidité",),
        remedies="La présente information n'est pas une décision. Une décision sujette à opposition peut être demandée par écrit auprès du service susmentionné.",
    )
