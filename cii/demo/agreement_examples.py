"""Two drafts under other rules: a French insertion project, Bernese pay by outcome; each has its provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select

from cii.agreements.vocabulary import (
    AgreementState,
    Award,
    Basis,
    DeliverableKind,
    Frequency,
    Instrument,
    LegalForm,
    Profile,
)
from cii.conventions.vocabulary import PartyRole
from cii.demo.agreement_goals import put_goals
from cii.demo.agreement_texts import Place, Signs, Written, put_text
from cii.demo.directory import House
from cii.demo.sheet import Sheet
from cii.demo.uids import uid_of
from cii.institutions.vocabulary import InstitutionKind, UnitKind
from cii.kernel.money import Chf
from cii.measures.vocabulary import MeasureKind, TargetGroup

DRAFTED = datetime(2026, 10, 5, 9, tzinfo=UTC)
SINCE = date(2026, 1, 1)
_LINE, _STAFF = "SAS", "odas"


@dataclass(frozen=True, slots=True)
class Example:
    """A draft under other rules: its provider, its one measure, what it costs a month, who pays."""

    code: str
    profile: Profile
    lang: str
    legal_form: LegalForm
    authority: Signs
    organiser: Signs
    measure: str
    kind: MeasureKind
    groups: tuple[TargetGroup, ...]
    places: int
    monthly: Chf
    first: date
    until: date
    notice: int
    others: tuple[Mapping[str, str], ...] = ()


EXAMPLES = (
    Example(
        "HAUT-DOUBS",
        Profile.FR_IAE,
        "fr",
        LegalForm.ASSOCIATION,
        Signs(
            "Direction départementale de l'emploi, du travail et des solidarités",
            "Place de la Mairie 2, 25300 Pontarlier",
            "Solange Faivre",
            "Directrice adjointe",
        ),
        Signs(
            "Association Les Ateliers du Haut-Doubs",
            "Rue des Sapins 14, 25500 Morteau",
            "Roland Guyot",
            "Président",
        ),
        "Chantier d'insertion Bois et forêt",
        MeasureKind.SOCIO_PROFESSIONAL,
        (TargetGroup.LONG_TERM, TargetGroup.YOUTH),
        14,
        Chf(178_000),
        date(2027, 1, 1),
        date(2030, 1, 1),
        3,
        (
            {
                "role": PartyRole.PREFECT.value,
                "name": "Préfecture du Doubs",
                "function": "Le préfet, par délégation",
            },
            {
                "role": PartyRole.EMPLOYMENT_SERVICE.value,
                "name": "Agence de l'emploi de Pontarlier",
                "function": "Direction",
            },
            {
                "role": PartyRole.FUNDER.value,
                "name": "Conseil départemental",
                "function": "Direction de l'insertion",
            },
        ),
    ),
    Example(
        "SEELAND",
        Profile.BE_POIAS,
        "de",
        LegalForm.FOUNDATION,
        Signs(
            "Amt für Integration und Soziales des Kantons Bern",
            "Rathausgasse 1, 3011 Bern",
            "Regula Aebi",
            "Abteilungsleiterin",
        ),
        Signs(
            "Stiftung Arbeitsbrücke Seeland",
            "Bahnhofstrasse 27, 2502 Biel/Bienne",
            "Urs Hostettler",
            "Geschäftsleiter",
        ),
        "Vermittlung Seeland",
        MeasureKind.PROFESSIONAL,
        (TargetGroup.LOW_SKILLED, TargetGroup.LONG_TERM),
        20,
        Chf(96_000),
        date(2027, 1, 1),
        date(2029, 1, 1),
        6,
    ),
)
_OWED = {
    DeliverableKind.INDICATORS: (3, 31),
    DeliverableKind.ANNUAL_REPORT: (3, 31),
    DeliverableKind.FINAL_ACCOUNT: (4, 30),
    DeliverableKind.AUDIT_REPORT: (4, 30),
    DeliverableKind.ICS_ATTESTATION: (6, 30),
    DeliverableKind.STAFF_QUALIFICATION: (6, 30),
}
"""What the drafts ask for once a year, by month and day."""


def put_examples(house: House, sheet: Sheet) -> None:
    """Write both drafts with their providers and measures."""
    for one in EXAMPLES:
        with sheet.apart(f"example {one.code}"):
            _put(house, sheet, one)


def refs_of(sheet: Sheet, table: str) -> dict[int, str]:
    """Outward names by id: of the rows written, then of those that wait to be."""
    rows = sheet.table(table)
    found = {row.id: row.ref for row in sheet.session.execute(select(rows.c.id, rows.c.ref))}
    return found | {row["id"]: row["ref"] for row in sheet.rows(table)}


def _put(house: House, sheet: Sheet, one: Example) -> None:
    provider, institution = _provider(sheet, one)
    measure = sheet.put(
        "measure", code=one.code, name=one.measure, kind=one.kind, provider_institution_id=institution,
        region="", languages=[one.lang], target_groups=[group.value for group in one.groups],
        starts_on=one.first, ends_on=None, description="Données inventées.", justification=None,
        opening_hours="", recorded_at=DRAFTED,
    )  # fmt: skip
    sheet.put("measure_respondent", measure_id=measure, unit_id=house.units["ODAS"], valid_from=one.first)
    author = house.accounts[f"{_STAFF}.contrats"]
    agreement = sheet.put(
        "agreement", number=f"{one.profile.value.replace('_', '-')}-2027-{one.code}", provider_id=provider,
        profile=one.profile, instrument=Instrument.AGREEMENT, version=1, state=AgreementState.DRAFT,
        valid_from=one.first, valid_to=one.until, notice_months=one.notice, lang=one.lang,
        award=Award.DIRECT, prepared_by=author, document={},
    )  # fmt: skip
    keys = {"agreement_id": agreement, "measure_id": measure, "line_id": house.lines[_LINE]}
    sheet.put("agreement_measure", **keys)
    sheet.put(
        "tariff", **keys, valid_from=one.first, basis=Basis.WEEKDAYS, amount=one.monthly,
        priced_from=one.first, unexcused_days=0, recorded_at=DRAFTED, account_id=author,
    )  # fmt: skip
    goals = put_goals(sheet, agreement, one.lang, ranked=False).refs
    _owed(sheet, agreement, one)
    place = Place(
        refs_of(sheet, "measure")[measure], refs_of(sheet, "funding_line")[house.lines[_LINE]],
        one.profile.value.lower(), one.kind, one.groups, one.places,
    )  # fmt: skip
    about = Written(
        one.profile, one.profile.value.lower(), one.lang, one.authority, one.organiser, [place], goals,
        author, DRAFTED, others=one.others,
    )  # fmt: skip
    put_text(sheet, agreement, about)


def _provider(sheet: Sheet, one: Example) -> tuple[int, int]:
    institution = sheet.put(
        "institution", code=one.code, name=one.organiser.name, kind=InstitutionKind.PROVIDER, sensitive=False
    )
    unit = sheet.put(
        "unit", institution_id=institution, code=f"{one.code}-ENC", name=one.organiser.name,
        kind=UnitKind.PROVIDER, email=f"{one.code.lower()}@cii.example", valid_from=SINCE,
    )  # fmt: skip
    provider = sheet.put(
        "provider",
        institution_id=institution,
        unit_id=unit,
        legal_form=one.legal_form,
        uid=uid_of(one.code) if one.profile is not Profile.FR_IAE else None,
    )
    return provider, institution


def _owed(sheet: Sheet, agreement: int, one: Example) -> None:
    due = [
        (kind, Frequency.YEARLY, date(year, *day))
        for year in range(one.first.year + 1, one.until.year + 1)
        for kind, day in _OWED.items()
    ]
    months = [
        date(year, month, 10) for year in range(one.first.year, one.until.year) for month in range(1, 13)
    ]
    due += [(DeliverableKind.PARTICIPANTS, Frequency.MONTHLY, day) for day in months]
    due += [
        (DeliverableKind.COURSES, Frequency.QUARTERLY, day.replace(day=20))
        for day in months
        if day.month in {1, 4, 7, 10}
    ]
    for kind, frequency, day in due:
        sheet.put(
            "deliverable", agreement_id=agreement, kind=kind, frequency=frequency, due_on=day,
            received_at=None, received_by=None,
        )  # fmt: skip
