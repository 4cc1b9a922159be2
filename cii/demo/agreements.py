"""Agreements of today, one per provider and paying sector, with all their terms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from cii.agreements.vocabulary import (
    AgreementState,
    Award,
    Basis,
    DeliverableKind,
    FollowsAs,
    Frequency,
    Instrument,
    Profile,
)
from cii.demo.agreement_examples import put_examples, refs_of
from cii.demo.agreement_goals import put_goals
from cii.demo.agreement_texts import Place, Signs, Written, put_text, read_text
from cii.demo.directory import ACCOUNTS, PROVIDERS, House
from cii.demo.measures import LIVING, MARGINS, MARK, MeasureSpec
from cii.demo.sheet import Sheet
from cii.kernel.money import Chf
from cii.kernel.period import next_month

SIGNED = datetime(2024, 8, 27, 9, tzinfo=UTC)
FROM = date(2024, 10, 1)
PRICES_OF = (date(2024, 10, 1), date(2026, 1, 1))
"""When the tariffs of the AC agreements change: the second year is dearer."""
YEARS = (2024, 2025, 2026)
NAMES: Mapping[str, str] = {login: name for login, name, _, _ in ACCOUNTS}
AUTHORITIES: Mapping[str, Signs] = {
    "AC": Signs(
        "Service de l'emploi, mesures du marché du travail",
        "Rue du Marché 8, 2300 La Chaux-de-Fonds",
        "",
        "Direction",
    ),
    "AS": Signs(
        "Service de l'action sociale, office de l'aide sociale",
        "Rue des Terreaux 12, 2000 Neuchâtel",
        "",
        "Direction",
    ),
    "AI": Signs(
        "Office de l'assurance-invalidité du canton de Neuchâtel",
        "Espace du Lac 4, 2000 Neuchâtel",
        "",
        "Direction",
    ),
    "MIG": Signs(
        "Service des migrations, office social de l'asile",
        "Rue de la Gare 21, 2000 Neuchâtel",
        "",
        "Direction",
    ),
    "JEU": Signs(
        "Service des formations, office de l'insertion des jeunes",
        "Rue de l'Écluse 33, 2000 Neuchâtel",
        "",
        "Direction",
    ),
}
"""Who signs for a payer; the addresses are invented."""
ADDRESSES: Mapping[str, str] = {
    "ETABLI": "Chemin des Ateliers 5, 2000 Neuchâtel",
    "TREMPLIN": "Rue de la Fonderie 17, 2400 Le Locle",
    "TROIS-LACS": "Route de la Plaine 40, 2013 Colombier",
    "VALLON": "Grand-Rue 28, 2108 Couvet",
    "HORIZON": "Avenue du Premier-Avril 9, 2000 Neuchâtel",
    "ELAN": "Rue du Collège 3, 2300 La Chaux-de-Fonds",
}
"""Where the providers sit; invented."""


@dataclass(frozen=True, slots=True)
class Payer:
    """A paying sector: its lines, the profile of its agreements, its people, its budgets in francs a year."""

    key: str
    profile: Profile
    lines: Mapping[str, int]
    staff: str
    ends: date | None
    """First day after the term; None is open-ended."""
    permille: int
    """Its price in permille of the measure's."""
    hard: bool = True


PAYERS = (
    Payer("AC", Profile.AC, {"LACI": 1_300_000, "PACTE": 320_000}, "lmmt", date(2027, 1, 1), 1000),
    Payer("AS", Profile.AS, {"SAS": 1_450_000}, "odas", date(2028, 1, 1), 940),
    Payer("AI", Profile.AI, {"AI": 700_000}, "oai", None, 1240, hard=False),
    Payer("MIG", Profile.AS, {"SMIG": 240_000}, "osas", date(2028, 1, 1), 900),
    Payer("JEU", Profile.AS, {"SFPO": 460_000}, "ofij", date(2028, 1, 1), 1000),
)
CLOSURES = (
    (date(2024, 12, 23), date(2025, 1, 3)),
    (date(2025, 7, 21), date(2025, 8, 1)),
    (date(2025, 12, 24), date(2026, 1, 2)),
    (date(2026, 7, 20), date(2026, 7, 31)),
    (date(2026, 12, 24), date(2026, 12, 31)),
)
"""Days (inside) on which all measures are closed and cost nothing."""


@dataclass(frozen=True, slots=True)
class Deal:
    """An agreement as later layers need it."""

    id: int
    payer: Payer
    provider: str
    measures: Mapping[str, int]

    @property
    def pilot(self) -> bool:
        """Whether it is the pilot of pay by outcome."""
        return (self.payer.key, self.provider) == PILOT


PILOT = ("AS", "TREMPLIN")
"""Payer and provider of the agreement that tries pay by outcome, after the model of Bern."""
Deals = Mapping[tuple[str, str], Deal]
"""By measure and funding line, both as codes."""


def build_agreements(house: House, sheet: Sheet, measures: Mapping[str, int], today: date) -> Deals:
    """Every agreement in force with its terms, and the drafts that are to follow the AC ones in 2027."""
    deals: dict[tuple[str, str], Deal] = {}
    for provider in PROVIDERS:
        for payer in PAYERS:
            bought = [
                (spec, line)
                for spec in LIVING
                if spec.provider == provider.code
                for line in payer.lines
                if line in spec.quotas
            ]
            if not bought:
                continue
            deal = _agreement(house, sheet, payer, provider.code, measures)
            for spec, line in bought:
                _buy(house, sheet, deal, spec, line)
                deals[spec.code, line] = deal
            for code in dict.fromkeys(spec.code for spec, _ in bought):
                for first, last in CLOSURES:
                    sheet.put(
                        "agreement_closure", agreement_id=deal.id, measure_id=measures[code],
                        starts_on=first, ends_on=last, reason="Fermeture annuelle", recorded_at=SIGNED,
                    )  # fmt: skip
            goals = _objectives(house, sheet, deal)
            _deliverables(house, sheet, deal, today)
            about = _about(house, sheet, deal, bought, goals)
            if deal.pilot:
                put_text(sheet, deal.id, replace(about, profile=Profile.BE_POIAS), **read_text("pilot"))
            else:
                put_text(sheet, deal.id, about)
            if payer.key == "AC":
                _successor(house, sheet, deal, bought)
    put_examples(house, sheet)
    return deals


def _agreement(house: House, sheet: Sheet, payer: Payer, provider: str, measures: Mapping[str, int]) -> Deal:
    made = sheet.put(
        "agreement", number=f"{payer.key}-2024-{provider}", provider_id=house.providers[provider],
        profile=Profile.BE_POIAS if (payer.key, provider) == PILOT else payer.profile,
        instrument=Instrument.AGREEMENT, version=1, state=AgreementState.IN_FORCE,
        valid_from=FROM, valid_to=payer.ends, notice_months=6, award=Award.DIRECT,
        prepared_by=house.accounts[f"{payer.staff}.contrats"],
        signed_by=house.accounts[f"{payer.staff}.direction"], signed_at=SIGNED, document=_document(),
    )  # fmt: skip
    return Deal(made, payer, provider, measures)


def _document() -> dict[str, str]:
    return {
        "Objet et bases": "Mise à disposition de places dans des mesures mixtes. " + MARK,
        "Buts et objectifs": "Insertion durable, progression des participant·e·s, marche de l'entreprise.",
        "Volume et financement": "Forfait mensuel par place occupée, absences selon tarif, décompte mensuel.",
        "Évaluation et rapports": "Indicateurs trimestriels, entretien annuel, comptes révisés.",
        "Durée et résiliation": "Préavis ordinaire de six mois.",
    }


def _buy(house: House, sheet: Sheet, deal: Deal, spec: MeasureSpec, line: str) -> None:
    keys = {"agreement_id": deal.id, "measure_id": deal.measures[spec.code], "line_id": house.lines[line]}
    sheet.put("agreement_measure", **keys, overbooking=MARGINS.get((spec.code, line), 0))
    amount = spec.monthly * deal.payer.permille // 10
    basis = Basis.STARTED_MONTH if deal.payer.profile is Profile.AI else Basis.WEEKDAYS
    dated = PRICES_OF if deal.payer.key == "AC" else PRICES_OF[:1]
    for at, since in enumerate(dated):
        sheet.put(
            "tariff", **keys, valid_from=since, valid_to=dated[at + 1] if at + 1 < len(dated) else None,
            basis=basis, amount=Chf(amount + at * amount * 15 // 1000), priced_from=since, places=1,
            month_begun=basis is Basis.STARTED_MONTH, excused_days=None, unexcused_days=0,
            recorded_at=SIGNED, account_id=house.accounts[f"{deal.payer.staff}.contrats"],
        )  # fmt: skip


def _objectives(house: House, sheet: Sheet, deal: Deal) -> Mapping[str, str]:
    """The objectives of an agreement with the surveys of its entered indicators; refs of the objectives."""
    with sheet.apart(f"objectives {deal.id}"):
        aimed = put_goals(sheet, deal.id, "fr", ranked=deal.payer.profile is Profile.AC)
    for _ in range(_ONCE_DRAWN):
        sheet.ref()
    for one in aimed.entered:
        _surveys(house, sheet, deal, one)
    return aimed.refs


_ONCE_DRAWN = 5
"""Outward names that indicators once took from the canton's own chance: what follows stays the same."""


def _surveys(house: House, sheet: Sheet, deal: Deal, indicator: int) -> None:
    """One survey a quarter, entered by the contract manager."""
    for day in _quarter_ends(date(2024, 12, 31), date(2026, 9, 30)):
        asked = sheet.chance.randint(8, 22)
        pleased = asked - sum(sheet.odds(20) for _ in range(asked))
        sheet.put(
            "indicator_entry", indicator_id=indicator, effective_on=day, numerator=pleased, denominator=asked,
            people=asked, source=f"Enquête de fin de trimestre. {MARK}",
            recorded_at=datetime(day.year, day.month, day.day, 14, tzinfo=UTC) + timedelta(days=6),
            account_id=house.accounts[f"{deal.payer.staff}.contrats"],
        )  # fmt: skip


def _quarter_ends(first: date, last: date) -> Iterator[date]:
    at = first
    while at <= last:
        yield at
        after = at + timedelta(days=1)
        at = next_month(next_month(next_month(after))) - timedelta(days=1)


_YEARLY = {
    DeliverableKind.INDICATORS: (3, 31),
    DeliverableKind.ANNUAL_REPORT: (3, 31),
    DeliverableKind.FINAL_ACCOUNT: (4, 30),
    DeliverableKind.AUDIT_REPORT: (4, 30),
    DeliverableKind.ICS_ATTESTATION: (6, 30),
    DeliverableKind.STAFF_QUALIFICATION: (6, 30),
}
"""What is owed once a year, by month and day."""


def _deliverables(house: House, sheet: Sheet, deal: Deal, today: date) -> None:
    """What the provider owes until the end of 2026; what was due has come in."""
    due: list[tuple[DeliverableKind, Frequency, date]] = []
    at = date(2024, 11, 10)
    while at.year <= YEARS[-1]:
        due.append((DeliverableKind.PARTICIPANTS, Frequency.MONTHLY, at))
        if at.month in {1, 4, 7, 10}:
            due.append((DeliverableKind.COURSES, Frequency.QUARTERLY, at + timedelta(days=10)))
        at = next_month(at).replace(day=10)
    due += [(kind, Frequency.YEARLY, date(year, *day)) for year in YEARS[1:] for kind, day in _YEARLY.items()]
    if deal.payer.profile is Profile.AI:
        with sheet.apart(f"quality {deal.id}"):
            _owe(house, sheet, deal, [(_QUALITY, Frequency.YEARLY, date(y, 3, 31)) for y in YEARS[1:]], today)
    _owe(house, sheet, deal, due, today)


_QUALITY = DeliverableKind.QUALITY_SYSTEM
_Due = tuple[DeliverableKind, Frequency, date]


def _owe(house: House, sheet: Sheet, deal: Deal, due: Sequence[_Due], today: date) -> None:
    for kind, frequency, day in due:
        came = day - timedelta(days=sheet.chance.randint(0, 6))
        received = datetime(came.year, came.month, came.day, 10, tzinfo=UTC) if day <= today else None
        sheet.put(
            "deliverable", agreement_id=deal.id, kind=kind, frequency=frequency, due_on=day,
            received_at=received,
            received_by=house.accounts[f"{deal.payer.staff}.contrats"] if received else None,
        )  # fmt: skip


def _about(
    house: House,
    sheet: Sheet,
    deal: Deal,
    bought: Sequence[tuple[MeasureSpec, str]],
    goals: Mapping[str, str],
) -> Written:
    """What an agreement's text is about."""
    payer, provider = deal.payer, next(one for one in PROVIDERS if one.code == deal.provider)
    measures, lines = refs_of(sheet, "measure"), refs_of(sheet, "funding_line")
    year = sum(spec.monthly * spec.quotas[line] * 12 for spec, line in bought) * 100
    return Written(
        profile=payer.profile,
        text=payer.profile.value.lower(),
        lang="fr",
        authority=replace(AUTHORITIES[payer.key], person=NAMES[f"{payer.staff}.direction"]),
        organiser=Signs(provider.name, ADDRESSES[provider.code], provider.person, "Direction"),
        places=[
            Place(
                measures[deal.measures[spec.code]], lines[house.lines[line]], spec.code, spec.kind,
                spec.groups, spec.quotas[line],
            )
            for spec, line in bought
        ],
        goals=goals,
        author=house.accounts[f"{payer.staff}.contrats"],
        at=SIGNED,
        total=Chf(year) if payer.profile is Profile.AC else None,
    )  # fmt: skip


def _successor(house: House, sheet: Sheet, deal: Deal, bought: list[tuple[MeasureSpec, str]]) -> None:
    """The agreement of 2027, in negotiation."""
    made = sheet.put(
        "agreement", number=f"{deal.payer.key}-2027-{deal.provider}",
        provider_id=house.providers[deal.provider], profile=deal.payer.profile,
        instrument=Instrument.AGREEMENT, version=1, state=AgreementState.NEGOTIATION,
        valid_from=date(2027, 1, 1), valid_to=date(2028, 1, 1), notice_months=6, follows_id=deal.id,
        follows_as=FollowsAs.RENEWAL, award=Award.DIRECT, laid_at=datetime(2026, 9, 22, 9, tzinfo=UTC),
        prepared_by=house.accounts[f"{deal.payer.staff}.contrats"], document=_document(),
    )  # fmt: skip
    for spec, line in bought:
        _buy_next(house, sheet, made, deal, spec, line)
    with sheet.apart(f"successor {made}"):
        goals = put_goals(sheet, made, "fr", ranked=True, open_choice="absence").refs
        for year in (2027, 2028):
            for kind, day in _YEARLY.items():
                sheet.put(
                    "deliverable", agreement_id=made, kind=kind, frequency=Frequency.YEARLY,
                    due_on=date(year, *day), received_at=None, received_by=None,
                )  # fmt: skip
    put_text(sheet, made, _about(house, sheet, deal, bought, goals), **OPEN_YET)


OPEN_YET: Mapping[str, Mapping[str, object]] = {
    "evaluation": {"missed_months": None},
    "talks": {"purposes": []},
    "volume": {"retention_criteria": ""},
    "principles": {"internal_control": ""},
}
"""What the successors still leave open while they are negotiated."""


def _buy_next(  # noqa: PLR0917 - one row's parts
    house: House, sheet: Sheet, agreement: int, deal: Deal, spec: MeasureSpec, line: str
) -> None:
    keys = {"agreement_id": agreement, "measure_id": deal.measures[spec.code], "line_id": house.lines[line]}
    sheet.put("agreement_measure", **keys)
    terms = {"places": 5, "guarantee": 80, "full_from": 80, "half_from": 40}
    sheet.put(
        "tariff", **keys, valid_from=date(2027, 1, 1), priced_from=date(2027, 1, 1), basis=Basis.WEEKDAYS,
        amount=Chf(spec.monthly * deal.payer.permille // 10 * 103 // 100), unexcused_days=0,
        **(terms if deal.payer.profile is Profile.AS else {}),
        recorded_at=datetime(2026, 9, 22, 9, tzinfo=UTC),
        account_id=house.accounts[f"{deal.payer.staff}.contrats"],
    )  # fmt: skip
