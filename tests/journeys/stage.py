"""The stage of the story: the canton's directory, one mixed measure with three payers, its provider, the people.

Everything that was there before the story begins; what the story itself does, it does through its door.
Everything is invented. `a_stage(work)` builds it, the caller commits; `PASSWORD` opens every account.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from stdnum import ean

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.queries import account_actor
from cii.access.vocabulary import Role
from cii.agreements.actions import (
    AddObjective,
    AddProvider,
    AddTariff,
    Bought,
    DraftAgreement,
    IndicatorWish,
    add_objective,
    add_provider,
    add_tariff,
    draft_agreement,
    put_in_force,
    sign,
)
from cii.agreements.vocabulary import (
    Basis,
    Direction,
    IndicatorUnit,
    Instrument,
    LegalForm,
    ObjectiveLevel,
    Profile,
)
from cii.budgets.actions import grant_budget
from cii.cases.actions import publish_grids
from cii.institutions.actions import AddInstitution, AddUnit, add_institution, add_unit
from cii.institutions.queries import institution_of, unit_by_code
from cii.institutions.vocabulary import InstitutionKind, UnitKind
from cii.kernel.money import Chf
from cii.measures.actions import AddMeasure, KindPlaces, LinePlaces, add_measure
from cii.measures.vocabulary import MeasureKind, TargetGroup
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Work
from cii.workflow.actions import publish
from tests.access.build_access import as_
from tests.institutions.build_institutions import line_by_code, the_canton

PASSWORD = "un mot de passe assez long"
WORKFLOWS = Path(HOUSE) / "workflows"

PEOPLE: dict[str, tuple[str, tuple[tuple[str, Role], ...]]] = {
    "orp": ("Camille Perrenoud", (("ORP-LITTORAL", Role.CASE_MANAGER),)),
    "gsr": ("Lucie Matthey", (("GSR-VAL-DE-TRAVERS", Role.CASE_MANAGER),)),
    "ai": ("Joël Sandoz", (("OAI-REA", Role.CASE_MANAGER),)),
    "doctor": ("Irène Vuille", (("MEDECINS", Role.PHYSICIAN),)),
    "stranger": ("Paul Robert", (("ORP-MONTAGNES", Role.CASE_MANAGER),)),
    "provider": ("Noé Calame", (("ARBALETE", Role.PROVIDER),)),
    "other_provider": ("Zoé Humbert", (("VALLON", Role.PROVIDER),)),
    "contracts": ("Anouk Favre", (("LMMT", Role.CONTRACT_MANAGER), ("ODAS", Role.CONTRACT_MANAGER))),
    "signer": ("Yves Tissot", (("LMMT", Role.CONTRACT_MANAGER), ("ODAS", Role.CONTRACT_MANAGER))),
    "finance": ("Denise Borel", (("LMMT", Role.FINANCE), ("ODAS", Role.FINANCE))),
    "cashier": ("Marc Huguenin", (("LMMT", Role.FINANCE), ("ODAS", Role.FINANCE))),
    "group": ("Simone Jeanneret", (("GC", Role.COORDINATION_MEMBER),)),
    "officer": ("Claude Droz", (("DPO", Role.DATA_PROTECTION_OFFICER),)),
    "auditor": ("Rita Girard", (("DPO", Role.AUDITOR),)),
    "administrator": ("Jean Dubois", (("GPCII", Role.ADMINISTRATOR),)),
    "pilotage": ("Irène Robert", (("GPCII", Role.STEERING),)),
}
"""Who logs in: key → name, seats (unit, role). The address is <key>@cii.example."""

LINES = {
    "LACI": (6, "2200.00", "20000.00"),
    "SAS": (4, "1850.00", "3000.00"),
    "AI": (2, "3000.00", "6000.00"),
}
"""Line → places in the measure, price of a month, budget of 2026."""
PROFILES = {"LACI": Profile.AC, "SAS": Profile.AS, "AI": Profile.AI}

HEADERS = (
    "avs", "nom", "prenom", "naissance", "npa", "localite", "langue", "suivi_par", "droit_possible",
    "mois_depuis_inscription", "jours_indemnite_restants", "mois_incapacite", "mois_aide_sociale",
    "capacite_travail", "problemes",
)  # fmt: skip
NAMES = (
    "Aubert",
    "Berger",
    "Châtelain",
    "Dubois",
    "Evard",
    "Fallet",
    "Grosjean",
    "Huguenin",
    "Isler",
    "Jacot",
)


@dataclass
class Stage:
    """Outward names of what the story needs to find."""

    measure: str = ""
    provider: str = ""
    lines: dict[str, str] = field(default_factory=dict)
    agreements: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)


def a_stage(work: Work) -> Stage:
    """Build the whole."""
    the_canton(work)
    publish(work, WORKFLOWS)
    publish_grids(work, WORKFLOWS / "grids")
    publish_parameters(work.session, WORKFLOWS / "parameters", work.now)
    stage = Stage(lines={code: line_by_code(work, code).ref for code in LINES})
    provider = _provider(work, "ARBALETE", "Fondation de l'Arbalète")
    _provider(work, "VALLON", "Coopérative du Vallon")
    for key, (name, seats) in PEOPLE.items():
        account = add_account(work, AddAccount(f"{key}@cii.example", name, password=PASSWORD))
        for code, role in seats:
            unit = unit_by_code(work, code)
            add_membership(work, account, unit.id, role)
            stage.units[code] = unit.ref
    owner = institution_of(work, provider.unit_id)
    stage.provider = owner.ref
    measure = add_measure(
        work,
        AddMeasure(
            code="AT-01",
            name="Atelier de menuiserie",
            kind=MeasureKind.PROFESSIONAL,
            starts_on=date(2026, 1, 1),
            respondent_ref=unit_by_code(work, "LMMT").ref,
            places=(KindPlaces(MeasureKind.PROFESSIONAL, 10),),
            quotas=tuple(
                LinePlaces(stage.lines[code], MeasureKind.PROFESSIONAL, places)
                for code, (places, _, _) in LINES.items()
            ),
            provider_ref=owner.ref,
            target_groups=(TargetGroup.HEALTH_LIMITED, TargetGroup.LONG_TERM),
            description="Travail du bois et restauration de meubles.",
            rule_source=(WORKFLOWS / "decisions" / "measure-eligibility.md").read_text(encoding="utf-8"),
        ),
    )
    stage.measure = measure.ref
    for code, (_, price, budget) in LINES.items():
        stage.agreements[code] = _agreement(work, provider.ref, stage, code, price)
        grant_budget(work, line_by_code(work, code).id, 2026, Chf.parse(budget), reason="Budget 2026")
    return stage


def _provider(work: Work, code: str, name: str):
    add_institution(work, AddInstitution(code, name, InstitutionKind.PROVIDER, None))
    unit = add_unit(work, AddUnit(code, code, name, UnitKind.PROVIDER))
    owner = institution_of(work, unit.id)
    return add_provider(work, AddProvider(owner.ref, unit.ref, LegalForm.FOUNDATION))


def _agreement(work: Work, provider_ref: str, stage: Stage, code: str, price: str) -> str:
    """An agreement in force, drafted by one person and signed by another; the house acts for the AI office."""
    house = code == "AI"
    drafter = as_(work, account_actor(work, "contracts@cii.example"))
    signer = as_(work, account_actor(work, "signer@cii.example"))
    if house:
        drafter, signer = _ai_hands(work)
    made = draft_agreement(
        drafter,
        DraftAgreement(
            f"2026-{code}-01", provider_ref, PROFILES[code], Instrument.AGREEMENT, date(2026, 1, 1),
            date(2026, 12, 31), (Bought(stage.measure, stage.lines[code]),),
        ),
    )  # fmt: skip
    add_tariff(
        drafter,
        AddTariff(
            made.ref, stage.measure, stage.lines[code], date(2026, 1, 1), Basis.WEEKDAYS, Chf.parse(price)
        ),
    )
    reinsertion = {"fr": "Taux de réinsertion", "de": "Wiedereingliederungsquote", "en": "Reinsertion rate"}
    absence = {
        "fr": "Jours d'absence par mois",
        "de": "Absenztage pro Monat",
        "en": "Days of absence per month",
    }
    add_objective(
        drafter,
        AddObjective(
            made.ref, ObjectiveLevel.OUTCOME, "Réinsertion durable des participants", "Fondation de l'Arbalète",
            (
                IndicatorWish("reinsertion", reinsertion, IndicatorUnit.PERCENT, Direction.UP, 400, 300, "reinsertion"),
                IndicatorWish("absence", absence, IndicatorUnit.DAYS, Direction.DOWN, 1, 2, "absence_days"),
            ),
        ),
    )  # fmt: skip
    sign(signer, made.ref)
    put_in_force(drafter, made.ref)
    return made.ref


def _ai_hands(work: Work) -> tuple[Work, Work]:
    """Two contract managers of the AI office."""
    unit = unit_by_code(work, "OAI-REA")
    hands = []
    for key, name in (("ai_contracts", "Maude Perrin"), ("ai_signer", "Luc Nicolet")):
        account = add_account(work, AddAccount(f"{key}@cii.example", name))
        add_membership(work, account, unit.id, Role.CONTRACT_MANAGER)
        hands.append(as_(work, account_actor(work, account.email)))
    return hands[0], hands[1]


def avs(n: int) -> str:
    """The n-th invented number; all of them lie in a range of their own."""
    body = f"7569999{n:05d}"
    return body + ean.calc_check_digit(body)


def a_row(n: int, **cells: str) -> dict[str, str]:
    """A person of Fleurier whom no criterion meets, unless cells say otherwise."""
    usual = {
        "avs": avs(n), "nom": NAMES[n % 10], "prenom": f"Alix {n}", "naissance": "17.05.1980", "npa": "2114",
        "localite": "Fleurier", "langue": "fr", "suivi_par": "AC", "droit_possible": "",
        "mois_depuis_inscription": "3", "jours_indemnite_restants": "300", "mois_incapacite": "0",
        "mois_aide_sociale": "0", "capacite_travail": "100", "problemes": "0",
    }  # fmt: skip
    return usual | cells


ILL = {"mois_incapacite": "8", "capacite_travail": "60", "droit_possible": "AI+AS"}
"""Eight months of partial incapacity: the disability insurance and social aid may owe benefits."""


def the_persons() -> list[dict[str, str]]:
    """200 insured persons. Four meet a criterion: rows 1, 2 and 3 may be announced, row 4 lies below the threshold."""
    told = [
        a_row(1, jours_indemnite_restants="50", mois_aide_sociale="6", **ILL),
        a_row(2, jours_indemnite_restants="80", **ILL),
        a_row(3, jours_indemnite_restants="120", **ILL),
        a_row(4, mois_depuis_inscription="14", jours_indemnite_restants="60"),
    ]
    return told + [a_row(n) for n in range(5, 201)]


def a_file(rows: list[dict[str, str]]) -> bytes:
    """The rows as a sector's system writes them."""
    lines = [";".join(HEADERS), *(";".join(row[name] for name in HEADERS) for row in rows)]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def a_faulty_file() -> bytes:
    """The same 200 rows, two of them faulty: line 12 has a wrong check digit, line 40 no capacity."""
    rows = the_persons()
    rows[10]["avs"] = rows[10]["avs"][:-1] + str((int(rows[10]["avs"][-1]) + 1) % 10)
    rows[38]["capacite_travail"] = "beaucoup"
    return a_file(rows)
