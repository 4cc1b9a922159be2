"""Invented values for every part of the style guide, in French as a case manager of the demo canton would read them."""

from datetime import UTC, date, datetime
from fractions import Fraction
from types import SimpleNamespace

from markupsafe import Markup

from cii.kernel.money import Chf

NOW = datetime(2026, 10, 15, 6, 0, tzinfo=UTC)
D = date(2026, 10, 15)


def _clock(state, n, due):
    return {"state": state, "n": n, "due": due}


CLOCKS = [
    _clock("late", 2, date(2026, 10, 13)),
    _clock("today", 0, D),
    _clock("soon", 1, date(2026, 10, 16)),
    _clock("later", 14, date(2026, 11, 4)),
    _clock("done", 0, date(2026, 10, 1)),
    _clock("none", 0, None),
]

_WORDS = {
    "active": "évaluation en cours", "print": "Imprimer", "propose": "Proposer le plan", "steps": "Étapes du cas", "timeline": "Chronologie",
    "facts": "Identité", "list": "À faire", "cases": "Cas qui attendent une action", "name": "Nom", "sector": "Secteur", "all": "Tous",
    "late_only": "En retard seulement", "assign": "Attribuer", "export": "Exporter", "costs": "Coûts par secteur",
    "cost_caption": "Coûts du placement, 3e trimestre 2026", "empty": "Liste vide", "empty_caption": "Renvois reçus",
    "empty_title": "Aucun renvoi n'attend votre institution", "empty_text": "Un renvoi reçu apparaît ici avec son délai de réponse.",
    "proportions": "Proportions", "budget": "Budget 2026", "budget_line": "Ligne LACI, mesures mixtes", "indicators": "Indicateurs",
    "occupancy": "Taux d'occupation", "occupancy_text": "85 % (objectif 80 %)", "exits": "Sorties vers l'emploi", "exits_text": "42 % (objectif 50 %)",
    "import": "Importation", "import_text": "120 lignes sur 200", "states": "États", "neutral": "annoncé", "info": "en cours", "good": "accepté",
    "warn": "à compléter", "bad": "refusé", "reveal": "afficher (consigné)", "notices": "Messages et décisions",
    "info_text": "Les données viennent du registre importé le 12.10.2026.", "warning_title": "Base légale bientôt échue",
    "warning_text": "Le consentement expire le 31.10.2026; sans renouvellement, l'accès de l'AI se ferme ce jour-là.", "form": "Formulaire",
    "avs": "Numéro AVS", "avs_hint": "13 chiffres, avec ou sans points", "period": "Période et taux", "from": "Début", "rate": "Taux d'occupation",
    "ceiling": "Plafond mensuel", "lead": "Secteur responsable", "voice": "Avis", "route": "Orientation", "systems": "Systèmes concernés",
    "consent": "La personne a donné son consentement écrit", "consent_hint": "Le document est joint au dossier.", "note": "Remarque",
    "note_hint": "Visible par toutes les parties au cas", "file": "Fichier", "file_hint": "CSV, 20 Mo au plus", "draft": "Garder comme brouillon",
    "account": "Identifiant", "password": "Mot de passe", "accept": "Accepter le renvoi", "end": "Mettre fin au placement", "more": "Détails", "compare": "Versions de la grille", "figure": "Places occupées par mois",
    "figure_table": "Places occupées par mois, chiffres", "propose_effect": "L'AC, l'AI et l'aide sociale reçoivent le plan et ont 5 jours ouvrables pour répondre.",
    "end_effect": "La place est libérée le 15.10.2026 et CHF 4'250.00 retournent au budget. Le prestataire est averti.",
}  # fmt: skip

_OPTIONS = [
    {"value": code, "label": name}
    for code, name in [("AC", "Assurance-chômage"), ("AI", "Assurance-invalidité"), ("AS", "Aide sociale")]
]


def _row(ref, name, detail, chip, clock, who, url="#", **more):  # noqa: PLR0917 - one row, read as a line
    return {
        "ref": ref,
        "case": name,
        "what": detail,
        "state": chip,
        "clock": clock,
        "who": who,
        "url": url,
        **more,
    }


ROWS = [
    _row("c7kq2m9xwa", "Rochat, Amélie", "Avis médical à demander", {"label": "évaluation", "tone": "info"}, CLOCKS[0], ["AC", "AI", "AS"], tone="late"),
    _row("h2pd8v4nzt", "Da Costa Ferreira, João Miguel", "Répondre au renvoi de l'ORP Littoral", {"label": "renvoi reçu", "tone": "warn"}, CLOCKS[1], ["AC", "AS"]),
    _row("m5rt3b7yqe", "Zbinden, Kurt", "Plan à approuver", {"label": "plan proposé", "tone": "info"}, CLOCKS[2], ["AI", "AS"]),
    _row("w9xa6c1jfd", "Hadžić, Selma", "Décompte de septembre à contrôler", {"label": "placement", "tone": "good"}, CLOCKS[3], ["AC"]),
    _row("k3nv5s8ulg", "Perrenoud, Luc", "Suivi à six mois", {"label": "clos", "tone": "neutral"}, None, ["SFPO"], tone="quiet"),
]  # fmt: skip


def _step(label, state, day=None, institution=None, note=None):
    return {"label": label, "state": state, "date": day, "institution": institution, "note": note}


def _event(at, who, institution, title, body=None, url=None, *, new=False):  # noqa: PLR0917 - one entry, read as a line
    return {
        "at": at,
        "who": who,
        "institution": institution,
        "title": title,
        "body": body,
        "url": url,
        "new": new,
    }


SVG = Markup(  # noqa: S704 - written here
    '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="120" viewBox="0 0 480 120" aria-hidden="true">'
    + "".join(f'<rect x="{20 + i * 75}" y="{110 - h}" width="48" height="{h}" fill="#4c8f9d"/>' for i, h in enumerate([60, 72, 81, 90, 84, 96]))
    + "</svg>"
)  # fmt: skip

SAMPLE = SimpleNamespace(
    words=_WORDS,
    day=D,
    done="Le renvoi est accepté. Vous êtes responsable du cas.",
    case_title="Rochat, Amélie",
    lead="756.••••.••••.47 · née en 1984 · Neuchâtel · annoncée le 28.09.2026 par l'ORP Littoral",
    crumbs=[{"label": "Mon bureau", "url": "#"}, {"label": "Cas", "url": "#"}],
    clocks=CLOCKS,
    steps=[
        _step("Détection", "done", date(2026, 9, 21), "AC"),
        _step("Annonce", "done", date(2026, 9, 28), "AC"),
        _step("Évaluation", "now", date(2026, 10, 13), "AI", "manque l'avis médical"),
        _step("Plan", "blocked", None, "AS"),
        _step("Placement", "next"),
        _step("Suivi", "skipped"),
    ],
    tabs=[
        {"label": "À moi", "url": "#", "current": True, "count": 12},
        {"label": "En retard", "url": "#", "current": False, "count": 2},
        {"label": "À décider", "url": "#", "current": False, "count": 0},
        {"label": "Mon institution", "url": "#", "current": False, "count": None},
    ],
    figures=[
        {"label": "Cas ouverts", "value": "184", "note": "dont 12 à moi", "url": "#"},
        {"label": "Places libres", "value": "37", "note": "sur 240", "url": None},
        {"label": "Engagé en 2026", "value": "CHF\u00a01'204'350.00", "note": "82 % du budget", "url": None},
    ],
    columns=[
        {"key": "case", "label": "Cas"},
        {"key": "what", "label": "À faire"},
        {"key": "state", "label": "État", "kind": "chip"},
        {"key": "clock", "label": "Délai", "kind": "clock", "hint": "jours ouvrables"},
        {"key": "who", "label": "Parties", "kind": "institutions"},
    ],
    rows=ROWS,
    sort={"case": {"url": "#", "direction": "none"}, "clock": {"url": "#", "direction": "ascending"}},
    cost_columns=[
        {"key": "sector", "label": "Secteur", "kind": "institution"},
        {"key": "line", "label": "Ligne"},
        {"key": "days", "label": "Jours", "kind": "number"},
        {"key": "share", "label": "Part", "kind": "percent"},
        {"key": "cost", "label": "Coût", "kind": "money"},
        {"key": "paid", "label": "Payé le", "kind": "day"},
        {"key": "light", "label": "Objectif", "kind": "light"},
    ],
    cost_rows=[
        {
            "sector": "AC",
            "line": "LACI",
            "days": 38,
            "share": Fraction(3, 5),
            "cost": Chf(765000),
            "paid": date(2026, 10, 9),
            "light": {"state": "green", "word": None},
        },
        {
            "sector": "AS",
            "line": "MIP",
            "days": 38,
            "share": Fraction(2, 5),
            "cost": Chf(510000),
            "paid": None,
            "light": {"state": "red", "word": None},
        },
    ],
    cost_total={"sector": "Total", "days": 76, "share": Fraction(1), "cost": Chf(1275000)},
    shares=[
        {"label": "Payé", "text": "CHF\u00a0410'000.00", "start": 0, "width": 41, "tone": 1},
        {"label": "Facturé", "text": "CHF\u00a090'000.00", "start": 41, "width": 9, "tone": 2},
        {"label": "Engagé", "text": "CHF\u00a0320'000.00", "start": 50, "width": 32, "tone": 3},
        {"label": "Disponible", "text": "CHF\u00a0180'000.00", "start": 82, "width": 18, "tone": 4},
    ],
    budget_lines=[
        {"label": "AC · LACI", "value": 82, "max": 100, "text": "82 %", "tone": "neutral"},
        {"label": "AI · réadaptation", "value": 64, "max": 100, "text": "64 %", "tone": "neutral"},
        {"label": "AS · MIP", "value": 97, "max": 100, "text": "97 %", "tone": "warn"},
    ],
    reasons=[
        {
            "text": "Un seul système suit la personne; il en faut deux, ou une prestation due par un second.",
            "source": "guide CII, ch. 2",
            "change": "une demande de prestations déposée auprès de l'AI ou de l'aide sociale",
        },
        {
            "text": "Aucune base légale ne permet de transmettre les données à l'aide sociale.",
            "source": "LACI art. 85f al. 3",
            "change": None,
        },
    ],
    verdicts=[
        {"verdict": "yes", "text": "Taux d'inscription d'au moins 50 %", "change": None},
        {
            "verdict": "no",
            "text": "Délai-cadre encore ouvert pour 6 mois",
            "change": "une prolongation du délai-cadre",
        },
        {"verdict": "missing", "text": "Limites fonctionnelles connues", "change": "l'avis du médecin"},
    ],
    rules=[
        {"rule": "Seuil de détection", "result": "2 systèmes", "source": "tables/detection, ligne 3"},
        {"rule": "Voie", "result": "réseau CII", "source": "tables/triage, ligne 7"},
    ],
    facts=[
        {"label": "Inscription à l'ORP", "value": "14 mois"},
        {"label": "Aide sociale", "value": "oui, depuis le 01.03.2026"},
    ],
    errors=[
        {"field": "avs", "text": "Le chiffre de contrôle de ce numéro AVS est faux."},
        {"field": "route", "text": "Choisissez une orientation."},
        {"field": None, "text": "Le début précède l'annonce du cas."},
    ],
    sectors=_OPTIONS,
    voices=[
        {"value": "yes", "label": "Favorable"},
        {"value": "no", "label": "Défavorable"},
        {"value": "more", "label": "Complément demandé"},
    ],
    routes=[
        {
            "value": "network",
            "label": "Réseau CII",
            "hint": "Responsable désigné, évaluation commune en 20 jours ouvrables",
        },
        {
            "value": "bilateral",
            "label": "Collaboration bilatérale",
            "hint": "Deux institutions, sans grille commune",
        },
    ],
    compare_heads=["v2 · AC · 02.10.2026", "v3 · AI · 12.10.2026"],
    compare_rows=[
        {"label": "Capacité de travail", "cells": ["80 %", "50 %"], "differs": True},
        {"label": "Langue", "cells": ["B1", "B1"], "differs": False},
    ],
    figure_columns=[
        {"key": "month", "label": "Mois"},
        {"key": "places", "label": "Places", "kind": "number"},
    ],
    figure_rows=[{"month": "juillet 2026", "places": 84}, {"month": "août 2026", "places": 96}],
    svg=SVG,
    events=[
        _event(NOW, "M. Favre", "AI", "Partie professionnelle de la grille remplie", url="#", new=True),
        _event(
            datetime(2026, 10, 12, 12, 30, tzinfo=UTC),
            "Dr L. Monnier",
            None,
            "Avis médical demandé",
            body="Réponse attendue jusqu'au 13.10.2026.",
        ),
        _event(datetime(2026, 9, 28, 7, 5, tzinfo=UTC), "A. Rochat", "AC", "Cas annoncé"),
    ],
    identity=[
        {"label": "Né(e)", "value": "1984"},
        {"label": "Domicile", "value": "Neuchâtel"},
        {"label": "Langue", "value": "français"},
    ],
)
"""Everything the style guide shows."""
