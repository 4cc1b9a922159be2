"""Objectives of the demo's agreements with their indicators, at the guide's three levels (000, i.5-i.12)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cii.agreements.vocabulary import (
    Direction,
    IndicatorUnit,
    Interruptions,
    ObjectiveKind,
    ObjectiveLevel,
    Standing,
)
from cii.demo.sheet import Sheet
from cii.figures.vocabulary import Definition

L, K, S, I = ObjectiveLevel, ObjectiveKind, Standing, Interruptions  # noqa: E741 - short names in a table


@dataclass(frozen=True, slots=True)
class GaugeSpec:
    """An indicator: code, titles, unit, direction, target, minimum, definition, how interruptions count."""

    code: str
    title: Mapping[str, str]
    unit: IndicatorUnit
    direction: Direction
    target: int
    minimum: int
    source: Definition
    interruptions: Interruptions


@dataclass(frozen=True, slots=True)
class GoalSpec:
    """An objective: its name in the texts, what it says in French and German, rank and weight, indicators."""

    name: str
    level: ObjectiveLevel
    kind: ObjectiveKind
    standing: Standing
    wording: Mapping[str, str]
    owner: Mapping[str, str]
    rank: int | None
    weight: int | None
    basic: bool
    gauge: GaugeSpec


_BOTH = {"fr": "Mandant et mandataire", "de": "Auftraggeberin und Auftragnehmerin"}
_PROVIDER = {"fr": "Mandataire", "de": "Auftragnehmerin"}
GOALS = (
    GoalSpec(
        "outcome", L.OUTCOME, K.INTEGRATION, S.MAIN,
        {
            "fr": "Les personnes placées quittent durablement les prestations et restent en emploi.",
            "de": "Die zugewiesenen Personen lösen sich dauerhaft ab und bleiben im Arbeitsmarkt.",
        },
        _BOTH, None, None, False,
        GaugeSpec(
            "durable", {"fr": "Sorties durables", "de": "Dauerhafte Austritte", "en": "Durable exits"},
            IndicatorUnit.PERCENT, Direction.UP, 250, 150, Definition.EXIT_RATE_DURABLE, I.COUNTED,
        ),
    ),
    GoalSpec(
        "main", L.ENTERPRISE, K.INTEGRATION, S.MAIN,
        {
            "fr": "Les participants sont réinsérés sur le marché primaire du travail au terme de la mesure.",
            "de": "Die Teilnehmenden sind am Ende der Massnahme im ersten Arbeitsmarkt eingegliedert.",
        },
        _PROVIDER, 1, 50, True,
        GaugeSpec(
            "reinsertion", {"fr": "Taux d'insertion", "de": "Eingliederungsquote", "en": "Reinsertion rate"},
            IndicatorUnit.PERCENT, Direction.UP, 400, 300, Definition.REINSERTION_COMPLETED, I.EXCLUDED,
        ),
    ),
    GoalSpec(
        "occupancy", L.ENTERPRISE, K.OUTPUT, S.PARTIAL,
        {"fr": "Les places convenues sont occupées.", "de": "Die vereinbarten Plätze sind besetzt."},
        _PROVIDER, 2, 30, False,
        GaugeSpec(
            "occupancy", {"fr": "Taux d'occupation", "de": "Auslastung", "en": "Occupancy"},
            IndicatorUnit.PERCENT, Direction.UP, 800, 600, Definition.OCCUPANCY, I.COUNTED,
        ),
    ),
    GoalSpec(
        "quality", L.ENTERPRISE, K.QUALITY, S.PARTIAL,
        {
            "fr": "Les participants sont satisfaits de l'encadrement et de la formation reçus.",
            "de": "Die Teilnehmenden sind mit Betreuung und Bildung zufrieden.",
        },
        _PROVIDER, 3, 20, False,
        GaugeSpec(
            "satisfaction",
            {"fr": "Participants plutôt ou très satisfaits", "de": "Zufriedenheit", "en": "Satisfaction"},
            IndicatorUnit.PERCENT, Direction.UP, 800, 700, Definition.ENTERED, I.COUNTED,
        ),
    ),
    GoalSpec(
        "beneficiary", L.BENEFICIARY, K.INTEGRATION, S.PARTIAL,
        {
            "fr": "Les participants sont ponctuels et présents, première étape de leur employabilité.",
            "de": "Die Teilnehmenden sind pünktlich und anwesend, ein erster Schritt zur Arbeit.",
        },
        _PROVIDER, None, None, False,
        GaugeSpec(
            "absence",
            {"fr": "Jours d'absence par mois", "de": "Absenztage pro Monat", "en": "Days of absence a month"},
            IndicatorUnit.DAYS, Direction.DOWN, 2, 3, Definition.ABSENCE_DAYS, I.EXCLUDED_IF_JUSTIFIED,
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aimed:
    """The rows of an agreement's objectives: refs by name, and ids of the indicators that people enter."""

    refs: Mapping[str, str]
    entered: tuple[int, ...]


def put_goals(sheet: Sheet, agreement: int, lang: str, *, ranked: bool, open_choice: str = "") -> Aimed:
    """Write the objectives, ranked or weighted; for the indicator `open_choice` interruptions stay open."""
    refs: dict[str, str] = {}
    entered = []
    for one in GOALS:
        refs[one.name] = sheet.ref()
        goal = sheet.put(
            "objective", agreement_id=agreement, ref=refs[one.name], level=one.level, kind=one.kind,
            standing=one.standing, wording=one.wording[lang], owner=one.owner[lang],
            rank=one.rank if ranked else None, weight=None if ranked else one.weight, basic=one.basic,
        )  # fmt: skip
        gauge = one.gauge
        made = sheet.put(
            "indicator", agreement_id=agreement, objective_id=goal, code=gauge.code, title=dict(gauge.title),
            unit=gauge.unit, direction=gauge.direction, target=gauge.target, minimum=gauge.minimum,
            source=str(gauge.source),
            interruptions=None if gauge.code == open_choice else gauge.interruptions,
        )  # fmt: skip
        if gauge.source is Definition.ENTERED:
            entered.append(made)
    return Aimed(refs, tuple(entered))
