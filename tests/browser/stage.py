"""The canton of the browser tests: who works where, one mixed measure under two agreements, money, and some months of life.

Everything is invented. `a_canton` is where the story begins; `some_months` adds what the pages need to have something to show.
The days lie around 15 October 2026.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.queries import account_actor
from cii.access.vocabulary import Role
from cii.agreements.actions import (
    AddDeliverable,
    AddObjective,
    AddProvider,
    AddTariff,
    Bought,
    DraftAgreement,
    IndicatorWish,
    add_deliverable,
    add_objective,
    add_provider,
    add_tariff,
    draft_agreement,
    put_in_force,
    sign,
)
from cii.agreements.vocabulary import (
    Basis,
    DeliverableKind,
    Direction,
    Frequency,
    IndicatorUnit,
    Instrument,
    LegalForm,
    ObjectiveLevel,
    Profile,
)
from cii.budgets.actions import grant_budget
from cii.cases.actions import publish_grids
from cii.institutions.actions import AddInstitution, AddUnit, add_institution, add_unit
from cii.institutions.queries import institution_of, line_by_code, unit_by_code
from cii.institutions.vocabulary import InstitutionKind, UnitKind
from cii.kernel.money import Chf
from cii.measures.actions import AddMeasure, KindPlaces, LinePlaces, add_measure
from cii.measures.vocabulary import MeasureKind, TargetGroup
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Work
from cii.workflow.actions import publish
from tests.institutions.build_institutions import the_canton

PASSWORD = "un mot de passe d'essai"
YEAR = 2026

PEOPLE: dict[str, tuple[str, tuple[tuple[str, Role], ...]]] = {
    "case_manager": ("Camille Perrenoud", (("ORP-LITTORAL", Role.CASE_MANAGER),)),
    "ai_manager": ("Luc Zbinden", (("OAI-REA", Role.CASE_MANAGER),)),
    "social_manager": ("Aline Vermot", (("GSR-VAL-DE-TRAVERS", Role.CASE_MANAGER),)),
    "supervisor": ("Hélène Rosselet", (("ORP-LITTORAL", Role.SUPERVISOR),)),
    "physician": ("Lise Monnier", (("MEDECINS", Role.PHYSICIAN),)),
    "finance": ("Denise Borel", (("LMMT", Role.FINANCE),)),
    "finance_two": ("Marc Huguenin", (("LMMT", Role.FINANCE),)),
    "social_finance": ("Josette Barbezat", (("ODAS", Role.FINANCE),)),
    "social_finance_two": ("Olivier Grandjean", (("ODAS", Role.FINANCE),)),
    "contract_manager": ("Anouk Favre", (("LMMT", Role.CONTRACT_MANAGER), ("ODAS", Role.CONTRACT_MANAGER))),
    "contract_manager_two": ("Yves Tissot", (("LMMT", Role.CONTRACT_MANAGER), ("ODAS", Role.CONTRACT_MANAGER))),
    "dashboard_reference": ("Paul Matthey", (("SEMP-DIR", Role.DASHBOARD_REFERENCE),)),
    "coordination_member": ("Simone Vuille", (("GC", Role.COORDINATION_MEMBER),)),
    "coordination_guest": ("René Sandoz", (("GC", Role.COORDINATION_GUEST),)),
    "steering": ("Irène Robert", (("GPCII", Role.STEERING),)),
    "referral_service": ("Odile Chopard", (("CAISSE", Role.REFERRAL_SERVICE),)),
    "data_protection_officer": ("Claude Droz", (("DPO", Role.DATA_PROTECTION_OFFICER),)),
    "provider": ("Noé Calame", (("ARBALETE", Role.PROVIDER),)),
    "administrator": ("Jean Girard", (("GPCII", Role.ADMINISTRATOR),)),
    "auditor": ("Rita Jacot", (("DPO", Role.AUDITOR),)),
}  # fmt: skip
"""Who works here: key → name, seats. The address is <key>@cii.example; the keys of the roles are their names."""
ROLES = tuple(role.value for role in Role)


@dataclass
class Canton:
    """What the tests need to find again; references only."""

    password: str = PASSWORD
    measure: str = ""
    lines: dict[str, str] = field(default_factory=dict)
    agreements: dict[str, str] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    """What some months left behind, by name: case, detection, referral, placement, statement, …"""

    @staticmethod
    def email(who: str) -> str:
        return f"{who}@cii.example"


def hand(work: Work, who: str, day: date | None = None) -> Work:
    """The same transaction in that person's hands, at noon of another day if one is named."""
    now = datetime(day.year, day.month, day.day, 11, tzinfo=UTC) if day else work.now
    return replace(work, actor=account_actor(work, Canton.email(who)), now=now, seen=[])


def a_canton(work: Work) -> Canton:
    """Directory, published files, one provider with a mixed measure, agreements, budgets, an account for everybody."""
    the_canton(work)
    publish(work, HOUSE / "workflows")
    publish_grids(work, HOUSE / "workflows" / "grids")
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    made = Canton(lines={code: line_by_code(work, code).ref for code in ("LACI", "SAS")})
    provider = _provider(work)
    for key, (name, seats) in PEOPLE.items():
        account = add_account(work, AddAccount(Canton.email(key), name, password=PASSWORD))
        made.refs[f"account:{key}"] = account.ref
        for unit, role in seats:
            add_membership(work, account, unit_by_code(work, unit).id, role, valid_from=date(YEAR, 1, 1))
    for code, amount in (("LACI", "120000"), ("SAS", "80000")):
        grant_budget(work, line_by_code(work, code).id, YEAR, Chf.parse(amount), reason=f"Budget {YEAR}")
    measure = add_measure(work, _workshop(work, provider))
    made.measure = measure.ref
    for line, profile, amount in (("LACI", Profile.AC, "2200"), ("SAS", Profile.AS, "1850")):
        made.agreements[line] = _agreement(work, provider, measure, (line, profile, amount))
    return made


def _provider(work):
    name = "Fondation de l'Arbalète"
    add_institution(work, AddInstitution("ARBALETE", name, InstitutionKind.PROVIDER, None))
    unit = add_unit(work, AddUnit("ARBALETE", "ARBALETE", name, UnitKind.PROVIDER))
    owner = institution_of(work, unit.id)
    return add_provider(work, AddProvider(owner.ref, unit.ref, LegalForm.FOUNDATION, uid="CHE-100.155.212"))


def _workshop(work, provider):
    kind = MeasureKind.PROFESSIONAL
    return AddMeasure(
        code="AT-01",
        name="Atelier de menuiserie",
        kind=kind,
        starts_on=date(2025, 1, 1),
        respondent_ref=unit_by_code(work, "LMMT").ref,
        places=(KindPlaces(kind, 10),),
        quotas=tuple(LinePlaces(line_by_code(work, line).ref, kind, n) for line, n in (("LACI", 6), ("SAS", 4))),
        provider_ref=institution_of(work, provider.unit_id).ref,
        languages=("fr",),
        target_groups=(TargetGroup.LOW_SKILLED, TargetGroup.LONG_TERM),
        description="Travail du bois et restauration de meubles.",
    )  # fmt: skip


def _agreement(work, provider, measure, terms):
    line, profile, amount = terms
    drafter, signer = hand(work, "contract_manager"), hand(work, "contract_manager_two")
    bought = line_by_code(work, line)
    ask = DraftAgreement(
        f"{YEAR}-{line}-01", provider.ref, profile, Instrument.AGREEMENT, date(YEAR, 1, 1), date(YEAR, 12, 31),
        (Bought(measure.ref, bought.ref),), document={"mandate": "Préparer à l'emploi des personnes qui en sont éloignées."},
    )  # fmt: skip
    made = draft_agreement(drafter, ask)
    add_tariff(
        drafter,
        AddTariff(made.ref, measure.ref, bought.ref, date(YEAR, 1, 1), Basis.WEEKDAYS, Chf.parse(amount)),
    )
    titles = {"fr": "Taux de réinsertion", "de": "Wiedereingliederungsquote", "en": "Reinsertion rate"}
    wish = IndicatorWish("reinsertion", titles, IndicatorUnit.PERCENT, Direction.UP, 400, 300, "reinsertion")
    add_objective(drafter, AddObjective(made.ref, ObjectiveLevel.OUTCOME, "Réinsertion durable", "Fondation de l'Arbalète", (wish,)))  # fmt: skip
    sign(signer, made.ref)
    put_in_force(drafter, made.ref)
    add_deliverable(
        drafter, AddDeliverable(made.ref, DeliverableKind.PARTICIPANTS, Frequency.MONTHLY, date(YEAR, 10, 5))
    )
    return made.ref
