"""Measures: the programmes of the archive (places of 2011, 2012, target 2014), the mixed ones of today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from cii.demo.directory import House
from cii.demo.measures_plan import plan_ahead, plan_archive
from cii.demo.sheet import Sheet
from cii.kernel.money import Chf
from cii.measures.eligibility import read_table
from cii.measures.vocabulary import MeasureKind, TargetGroup

CLEAN_ROOM = "Atelier «\N{NO-BREAK SPACE}salle blanche\N{NO-BREAK SPACE}»"
FILES = Path(__file__).parent / "files"
K = MeasureKind
T = TargetGroup
ARCHIVE_FROM, ARCHIVE_UNTIL = date(2009, 1, 1), date(2016, 12, 31)
STATED: Mapping[int, tuple[date, datetime]] = {
    2011: (ARCHIVE_FROM, datetime(2011, 12, 31, 12, tzinfo=UTC)),
    2012: (date(2012, 12, 31), datetime(2012, 12, 31, 12, tzinfo=UTC)),
    2014: (date(2014, 12, 31), datetime(2013, 3, 6, 12, tzinfo=UTC)),
}
"""Since when the places of a stated year count, and when they were recorded (2014: a target)."""

COUNTED = (K.OCCUPATION, K.SOCIO_PROFESSIONAL, K.PROFESSIONAL)
_Counts = tuple[int, int, int]
PSET: tuple[tuple[str, str, _Counts, _Counts, _Counts], ...] = (
    ("PSET-HORLO-1", "Atelier d'horlogerie I", (0, 0, 16), (0, 0, 20), (0, 0, 24)),
    ("PSET-HORLO-2", "Atelier d'horlogerie II", (0, 0, 14), (0, 0, 18), (0, 0, 22)),
    ("PSET-VISITAGE", "Atelier de visitage", (12, 0, 0), (0, 0, 12), (0, 0, 14)),
    ("PSET-SALLE-BLANCHE", CLEAN_ROOM, (10, 0, 0), (0, 0, 10), (0, 0, 12)),
    ("PSET-VENTE", "Atelier de vente", (16, 0, 6), (8, 0, 10), (0, 0, 18)),
    ("PSET-CUISINE", "Atelier cuisine", (14, 0, 8), (6, 0, 12), (0, 0, 22)),
    ("PSET-SOCIO", "Atelier socioprofessionnel", (18, 14, 0), (14, 22, 0), (0, 40, 0)),
    ("PSET-BOIS", "Atelier bois et bâtiment", (24, 0, 4), (20, 0, 4), (0, 0, 14)),
    ("PSET-TEXTILE", "Textile et recyclage", (26, 0, 0), (23, 0, 0), (0, 10, 0)),
    ("PSET-VERT", "Espaces verts", (22, 0, 0), (20, 0, 0), (0, 8, 10)),
)
"""Code, name, places (occupation, socio-professional, professional) end 2011, end 2012, target end 2014.

The totals are the source's (142/14/48, 91/22/86, 0/58/136); their spread over programmes is invented.
"""
AS_ONLY = (
    ("AS-ATELIER", "Atelier de l'aide sociale", 34),
    ("AS-JARDIN", "Jardin communautaire", 28),
    ("AS-LIEN", "Programme Lien social", 24),
)
"""Programmes for social aid alone, counted apart: more than 80 places."""
ANNEX = (("LACI", 45), ("MIP", 15), ("SAS", 30), ("SMIG", 10))
"""Weights of the four columns of annex 1: synthetic, the source's cells are a lost image."""


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """A mixed measure of today; `quotas` are places per funding line, `monthly` its price in francs."""

    code: str
    name: str
    kind: MeasureKind
    provider: str
    region: str
    places: int
    quotas: Mapping[str, int]
    groups: tuple[TargetGroup, ...]
    monthly: int
    justification: str | None = None
    ruled: bool = False


MARGINS: Mapping[tuple[str, str], int] = {("VENTE", "SAS"): 1}
"""Places beyond the quota that an agreement states, by measure and funding line."""
HOURS: Mapping[MeasureKind, str] = {
    K.PROFESSIONAL: "Lundi à vendredi, 7 h 30 à 11 h 45 et 13 h à 16 h 45.",
    K.SOCIO_PROFESSIONAL: "Lundi à jeudi, 8 h 30 à 12 h et 13 h 30 à 16 h ; vendredi matin.",
    K.COURSE: "Mardi et jeudi, 8 h à 12 h ; pas de cours pendant les vacances scolaires.",
}
"""When the measures of a kind are open, in their providers' words."""
IN_GERMAN_TOO = ("BUREAU", "NUMERIQUE")


LIVING: tuple[MeasureSpec, ...] = (
    MeasureSpec(
        "HORLO-LITTORAL",
        "Atelier d'horlogerie du Littoral",
        K.PROFESSIONAL,
        "ETABLI",
        "",
        17,
        {"LACI": 9, "PACTE": 4, "SAS": 7, "AI": 5, "SMIG": 3},
        (T.SKILLED, T.LONG_TERM),
        2480,
        ruled=True,
    ),
    MeasureSpec(
        "HORLO-MONTAGNES",
        "Atelier d'horlogerie des Montagnes",
        K.PROFESSIONAL,
        "TREMPLIN",
        "la-chaux-de-fonds",
        12,
        {"LACI": 8, "PACTE": 3, "SAS": 6, "AI": 3},
        (T.SKILLED, T.LONG_TERM),
        2450,
        "Deux ateliers d'horlogerie sont voulus : le bassin d'emploi les absorbe.",
    ),
    MeasureSpec(
        "VISITAGE",
        "Atelier de visitage",
        K.PROFESSIONAL,
        "ETABLI",
        "",
        11,
        {"LACI": 6, "SAS": 6, "AI": 4, "SMIG": 2},
        (T.LOW_SKILLED, T.OVER_FIFTY),
        2260,
    ),
    MeasureSpec(
        "SALLE-BLANCHE",
        CLEAN_ROOM,
        K.PROFESSIONAL,
        "HORIZON",
        "neuchatel",
        10,
        {"LACI": 6, "PACTE": 3, "SAS": 4, "AI": 2},
        (T.SKILLED,),
        2720,
    ),
    MeasureSpec(
        "VENTE",
        "Atelier de vente",
        K.PROFESSIONAL,
        "TROIS-LACS",
        "",
        14,
        {"LACI": 7, "PACTE": 3, "SAS": 8, "SMIG": 4, "SFPO": 2},
        (T.LOW_SKILLED, T.MIGRATION),
        2150,
        ruled=True,
    ),
    MeasureSpec(
        "CUISINE",
        "Atelier cuisine",
        K.PROFESSIONAL,
        "TROIS-LACS",
        "val-de-ruz",
        14,
        {"LACI": 6, "SAS": 8, "SMIG": 5, "AI": 3},
        (T.LOW_SKILLED, T.MIGRATION),
        2190,
    ),
    MeasureSpec(
        "SOCIOPRO",
        "Atelier socioprofessionnel",
        K.SOCIO_PROFESSIONAL,
        "VALLON",
        "val-de-travers",
        13,
        {"SAS": 12, "AI": 6, "PACTE": 4},
        (T.HEALTH_LIMITED, T.LONG_TERM),
        1980,
    ),
    MeasureSpec(
        "BOIS",
        "Atelier bois et bâtiment",
        K.PROFESSIONAL,
        "VALLON",
        "",
        12,
        {"LACI": 7, "PACTE": 3, "SAS": 6, "SMIG": 3},
        (T.LOW_SKILLED,),
        2310,
    ),
    MeasureSpec(
        "RECYCLAGE",
        "Recyclage et textile",
        K.SOCIO_PROFESSIONAL,
        "TREMPLIN",
        "le-locle",
        15,
        {"SAS": 12, "SMIG": 6, "PACTE": 5, "AI": 3},
        (T.LONG_TERM, T.MIGRATION),
        1870,
    ),
    MeasureSpec(
        "ESPACES-VERTS",
        "Espaces verts",
        K.SOCIO_PROFESSIONAL,
        "TROIS-LACS",
        "littoral-ouest",
        13,
        {"SAS": 9, "SMIG": 5, "LACI": 4},
        (T.LONG_TERM, T.HEALTH_LIMITED),
        1920,
    ),
    MeasureSpec(
        "NUMERIQUE",
        "Cours de bases numériques",
        K.COURSE,
        "HORIZON",
        "",
        18,
        {"LACI": 12, "PACTE": 5, "SAS": 9, "SMIG": 5, "AI": 4},
        (T.LOW_SKILLED, T.OVER_FIFTY),
        1240,
        ruled=True,
    ),
    MeasureSpec(
        "JEUNES-PRO",
        "Transition vers l'apprentissage",
        K.PROFESSIONAL,
        "ELAN",
        "",
        13,
        {"SFPO": 10, "SAS": 7, "AI": 4, "SMIG": 3},
        (T.YOUTH,),
        2390,
    ),
    MeasureSpec(
        "BUREAU",
        "Entreprise de pratique commerciale",
        K.PROFESSIONAL,
        "HORIZON",
        "",
        16,
        {"LACI": 8, "PACTE": 4, "SAS": 8, "AI": 6, "SMIG": 3, "SFPO": 3},
        (T.SKILLED, T.OVER_FIFTY, T.HEALTH_LIMITED),
        2350,
    ),
)
STAGE = "BUREAU"
"""The measure that history leaves almost empty: its free places are the stage of the story."""
LIVING_FROM = date(2024, 10, 1)
MARK = "Données inventées."


def build_archive_measures(house: House, sheet: Sheet) -> None:
    """The programmes of 2009–2016 with dated places and quotas; the spread over lines is synthetic."""
    for code, name, *stated in PSET:
        measure = _measure(
            sheet, code, name, COUNTED[max(range(3), key=lambda at: (stated[2][at], at))],
            f"Archive 2009–2014. {MARK} Totaux : rapport CII 2009-2013, point 3.",
            region="", groups=[T.LONG_TERM], since=ARCHIVE_FROM, until=ARCHIVE_UNTIL,
            recorded=datetime(2009, 1, 5, 8, tzinfo=UTC),
        )  # fmt: skip
        _respondent(house, sheet, measure, "LMMT", ARCHIVE_FROM)
        before = (0, 0, 0)
        for (since, recorded), counts in zip(STATED.values(), stated, strict=True):
            for kind, places, held in zip(COUNTED, counts, before, strict=True):
                if not places and not held:
                    continue
                _places(sheet, measure, kind, places, since, recorded)
                parts = Chf(places).apportion([weight for _, weight in ANNEX])
                for (line, _), part in zip(ANNEX, parts, strict=True):
                    _quota(sheet, measure, house.lines[line], kind, part.centimes, since, recorded)
            before = counts
        plan_archive(house, sheet, measure, COUNTED, dict(zip(STATED, stated, strict=True)), ANNEX)
    for code, name, places in AS_ONLY:
        measure = _measure(
            sheet, code, name, K.OCCUPATION, f"Archive 2009–2014, aide sociale seule. {MARK}",
            region="", groups=[T.LONG_TERM], since=ARCHIVE_FROM, until=ARCHIVE_UNTIL,
            recorded=datetime(2009, 1, 5, 8, tzinfo=UTC),
        )  # fmt: skip
        _respondent(house, sheet, measure, "ODAS", ARCHIVE_FROM)
        recorded = STATED[2011][1]
        _places(sheet, measure, K.OCCUPATION, places, ARCHIVE_FROM, recorded)
        _quota(sheet, measure, house.lines["SAS"], K.OCCUPATION, places, ARCHIVE_FROM, recorded)


def build_living_measures(house: House, sheet: Sheet, times: int) -> dict[str, int]:
    """The mixed measures of today; `times` multiplies the places for larger cantons. Ids by code."""
    found: dict[str, int] = {}
    recorded = datetime(2024, 9, 1, 8, tzinfo=UTC)
    source = (FILES / "admission.md").read_text(encoding="utf-8")
    for spec in LIVING:
        measure = _measure(
            sheet, spec.code, spec.name, spec.kind, MARK, region=spec.region, groups=spec.groups,
            since=LIVING_FROM, until=None, recorded=recorded, justification=spec.justification,
            provider=house.institution_of_provider(spec.provider), hours=HOURS[spec.kind],
            languages=("fr", "de") if spec.code in IN_GERMAN_TOO else ("fr",),
        )  # fmt: skip
        found[spec.code] = measure
        speaker = "LMMT" if "LACI" in spec.quotas else "OFIJ" if "SFPO" in spec.quotas else "ODAS"
        _respondent(house, sheet, measure, speaker, LIVING_FROM)
        _places(sheet, measure, spec.kind, spec.places * times, LIVING_FROM, recorded)
        for line, places in spec.quotas.items():
            _quota(sheet, measure, house.lines[line], spec.kind, places * times, LIVING_FROM, recorded)
        if spec.ruled:
            sheet.put(
                "measure_rule", measure_id=measure, version=1, valid_from=LIVING_FROM, source=source,
                digest=rule_digest(), recorded_at=recorded,
            )  # fmt: skip
    plan_ahead(house, sheet, found, times)
    return found


def rule_digest() -> str:
    """The digest of the eligibility table that some measures share."""
    return read_table((FILES / "admission.md").read_text(encoding="utf-8"), "admission.md").digest


def _measure(
    sheet: Sheet,
    code: str,
    name: str,
    kind: MeasureKind,
    description: str,
    *,
    region: str,
    groups: Sequence[TargetGroup],
    since: date,
    until: date | None,
    recorded: datetime,
    justification: str | None = None,
    provider: int | None = None,
    hours: str = "",
    languages: Sequence[str] = ("fr",),
) -> int:
    return sheet.put(
        "measure", code=code, name=name, kind=kind, provider_institution_id=provider, region=region,
        languages=list(languages), target_groups=[one.value for one in groups], starts_on=since,
        ends_on=until, description=description, justification=justification, opening_hours=hours,
        recorded_at=recorded,
    )  # fmt: skip


def _respondent(house: House, sheet: Sheet, measure: int, unit: str, since: date) -> None:
    sheet.put("measure_respondent", measure_id=measure, unit_id=house.units[unit], valid_from=since)


def _places(  # noqa: PLR0917 - the columns of the row
    sheet: Sheet, measure: int, kind: MeasureKind, places: int, since: date, recorded: datetime
) -> None:
    sheet.put(
        "measure_places", measure_id=measure, kind=kind, places=places, valid_from=since, recorded_at=recorded
    )


def _quota(  # noqa: PLR0917 - the columns of the row
    sheet: Sheet, measure: int, line: int, kind: MeasureKind, places: int, since: date, recorded: datetime
) -> None:
    sheet.put(
        "place_quota", measure_id=measure, line_id=line, kind=kind, places=places, valid_from=since,
        recorded_at=recorded,
    )  # fmt: skip
