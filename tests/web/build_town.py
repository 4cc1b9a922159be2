"""A small canton at work for the pages: accounts of every role, measures, agreements, budgets, placements.

The days lie around 15 October 2026. Everything is invented.
"""

from dataclasses import dataclass, field
from datetime import date
from itertools import count

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
from cii.cases.actions import open_case, publish_grids
from cii.cases.vocabulary import CasePath
from cii.coordination.actions import ObserveDeviation, observe_deviation
from cii.coordination.vocabulary import Body
from cii.institutions.actions import AddInstitution, AddUnit, add_institution, add_unit
from cii.institutions.queries import institution_of, unit_by_code
from cii.institutions.vocabulary import InstitutionKind, UnitKind
from cii.kernel.money import Chf
from cii.measures.actions import AddMeasure, KindPlaces, LinePlaces, add_measure
from cii.measures.vocabulary import MeasureKind, TargetGroup
from cii.meetings.actions import PlanMeeting, plan_meeting
from cii.placements.actions import AssignPlacement, Share, assign
from cii.placements.life import AnswerPlace, StartPlacement, answer_place, start_placement
from cii.settlement.actions import (
    Mark,
    PrefillStatement,
    RecordAttendance,
    approve,
    check_statement,
    prefill_statement,
    record_attendance,
    submit,
)
from cii.settlement.vocabulary import Presence
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Work
from cii.workflow.actions import publish
from tests.access.build_access import as_
from tests.calls.build_calls import a_direct_award
from tests.coordination.build_coordination import the_members
from tests.institutions.build_institutions import line_by_code, the_canton
from tests.people.build_people import a_person

PASSWORD = "un mot de passe d'essai"

SEATS: dict[str, tuple[str, tuple[tuple[str, Role], ...]]] = {
    "manager": ("Camille Perrenoud", (("ORP-LITTORAL", Role.CASE_MANAGER),)),
    "contracts": ("Anouk Favre", (("LMMT", Role.CONTRACT_MANAGER), ("ODAS", Role.CONTRACT_MANAGER))),
    "contracts2": ("Yves Tissot", (("LMMT", Role.CONTRACT_MANAGER), ("ODAS", Role.CONTRACT_MANAGER))),
    "finance": ("Denise Borel", (("LMMT", Role.FINANCE),)),
    "finance2": ("Marc Huguenin", (("LMMT", Role.FINANCE),)),
    "finance3": ("Lara Jeanneret", (("LMMT", Role.FINANCE),)),
    "coordination": ("Simone Vuille", (("GC", Role.COORDINATION_MEMBER),)),
    "reference": ("Paul Matthey", (("SEMP-DIR", Role.DASHBOARD_REFERENCE),)),
    "steering": ("Irène Robert", (("GPCII", Role.STEERING),)),
    "provider": ("Noé Calame", (("ARBALETE", Role.PROVIDER),)),
    "other_provider": ("Zoé Humbert", (("VALLON", Role.PROVIDER),)),
    "officer": ("Claude Droz", (("DPO", Role.DATA_PROTECTION_OFFICER),)),
    "auditor": ("Rita Sandoz", (("DPO", Role.AUDITOR),)),
    "administrator": ("Jean Girard", (("GPCII", Role.ADMINISTRATOR),)),
}
"""Who logs in: key → name, seats (unit, role). The address is <key>@cii.example."""


@dataclass
class Town:
    """What the tests of the pages need to find again; references only."""

    workshop: str = ""
    course: str = ""
    agreements: dict[str, str] = field(default_factory=dict)
    placements: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    statements: dict[str, str] = field(default_factory=dict)
    meeting: str = ""
    correction: str = ""


def a_town(work: Work) -> Town:
    """Build the whole; the caller commits."""
    the_canton(work)
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    publish(work, HOUSE / "workflows")
    publish_grids(work, HOUSE / "workflows" / "grids")
    town = Town()
    foundation, other = (
        _provider(work, "ARBALETE", "Fondation de l'Arbalète"),
        _provider(work, "VALLON", "Coopérative du Vallon"),
    )
    for key, (name, seats) in SEATS.items():
        account = add_account(work, AddAccount(f"{key}@cii.example", name, password=PASSWORD))
        town.accounts[key] = account.ref
        for unit, role in seats:
            add_membership(work, account, unit_by_code(work, unit).id, role)
    town.lines = {code: line_by_code(work, code).ref for code in ("LACI", "SAS", "SMIG")}
    for code, amount in (("LACI", "1200000"), ("SAS", "640000"), ("SMIG", "180000")):
        grant_budget(work, line_by_code(work, code).id, 2026, Chf.parse(amount), reason="Budget 2026")
    workshop = _measure(work, "AT-01", "Atelier de menuiserie", MeasureKind.PROFESSIONAL, {"LACI": 6, "SAS": 4}, 8, foundation,
                        (TargetGroup.LOW_SKILLED, TargetGroup.LONG_TERM), "Travail du bois et restauration de meubles.")  # fmt: skip
    course = _measure(
        work,
        "CO-02",
        "Cours de français, niveau A2",
        MeasureKind.COURSE,
        {"SMIG": 10},
        10,
        other,
        (TargetGroup.MIGRATION,),
        "",
    )
    _measure(
        work,
        "OC-03",
        "Jardins de Cernier",
        MeasureKind.OCCUPATION,
        {"SAS": 12, "SMIG": 3, "LACI": 2},
        15,
        foundation,
        (TargetGroup.HEALTH_LIMITED,),
        "",
    )
    town.workshop, town.course = workshop.ref, course.ref
    for line, profile, amount in (("LACI", Profile.AC, "2200"), ("SAS", Profile.AS, "1850")):
        town.agreements[line] = _agreement(
            work, f"2026-{line}-01", foundation, workshop, line, profile, amount
        )
    for key, number in (("draft", "2027-LACI-01"), ("unsigned", "2027-LACI-02")):
        town.agreements[key] = _agreement(
            work, number, foundation, workshop, "LACI", Profile.AC, "2250", draft=True
        )
    a_direct_award(work)
    _placements(work, town, workshop)
    _settlement(work, town)
    _coordination(work, town)
    return town


def _provider(work, code, name):
    add_institution(work, AddInstitution(code, name, InstitutionKind.PROVIDER, None))
    unit = add_unit(work, AddUnit(code, code, name, UnitKind.PROVIDER))
    owner = institution_of(work, unit.id)
    return add_provider(work, AddProvider(owner.ref, unit.ref, LegalForm.FOUNDATION, uid="CHE-100.155.212"))


def _measure(work, code, name, kind, quotas, places, provider, groups, description):  # noqa: PLR0917
    return add_measure(
        work,
        AddMeasure(
            code=code,
            name=name,
            kind=kind,
            starts_on=date(2025, 1, 1),
            respondent_ref=unit_by_code(work, "LMMT" if "LACI" in quotas else "OSAS").ref,
            places=(KindPlaces(kind, places),),
            quotas=tuple(LinePlaces(line_by_code(work, line).ref, kind, n) for line, n in quotas.items()),
            provider_ref=_institution_ref(work, provider),
            languages=("fr",),
            target_groups=tuple(groups),
            description=description,
        ),
    )


def _institution_ref(work, provider):
    return institution_of(work, provider.unit_id).ref


def _agreement(work, number, provider, measure, line, profile, amount, *, draft=False):  # noqa: PLR0917
    drafter = as_(work, account_actor(work, "contracts@cii.example"))
    signer = as_(work, account_actor(work, "contracts2@cii.example"))
    year = 2027 if draft else 2026
    bought = line_by_code(work, line)
    made = draft_agreement(
        drafter,
        DraftAgreement(number, provider.ref, profile, Instrument.AGREEMENT, date(year, 1, 1), date(year, 12, 31),
                       (Bought(measure.ref, bought.ref),),
                       document={"mandate": "Préparer à l'emploi des personnes éloignées du marché du travail."}),
    )  # fmt: skip
    add_tariff(
        drafter,
        AddTariff(made.ref, measure.ref, bought.ref, date(year, 1, 1), Basis.WEEKDAYS, Chf.parse(amount)),
    )
    titles = {"fr": "Taux de réinsertion", "de": "Wiedereingliederungsquote", "en": "Reinsertion rate"}
    absence = {
        "fr": "Jours d'absence par mois",
        "de": "Absenztage pro Monat",
        "en": "Days of absence per month",
    }
    add_objective(drafter, AddObjective(made.ref, ObjectiveLevel.OUTCOME, "Réinsertion durable des participants", "Fondation de l'Arbalète", (
        IndicatorWish("reinsertion", titles, IndicatorUnit.PERCENT, Direction.UP, 400, 300, "reinsertion"),
        IndicatorWish("absence", absence, IndicatorUnit.DAYS, Direction.DOWN, 2, 3, "absence_days"),
    )))  # fmt: skip
    if draft:
        return made.ref
    sign(signer, made.ref)
    put_in_force(drafter, made.ref)
    add_deliverable(
        drafter, AddDeliverable(made.ref, DeliverableKind.PARTICIPANTS, Frequency.MONTHLY, date(2026, 10, 5))
    )
    add_deliverable(
        drafter, AddDeliverable(made.ref, DeliverableKind.FINAL_ACCOUNT, Frequency.YEARLY, date(2027, 3, 31))
    )
    return made.ref


def _placements(work, town, measure):
    """Five stays: one waits for an answer, one comes next month, two run since September, one was in summer."""
    manager = as_(work, account_actor(work, "manager@cii.example"))
    provider = as_(work, account_actor(work, "provider@cii.example"))
    orp = unit_by_code(work, "ORP-LITTORAL")
    names = count(1)
    last = date(2026, 12, 18)
    for key, first, last_day, shares in (
        ("summer", date(2026, 7, 1), date(2026, 8, 31), (("LACI", 1),)),
        ("running", date(2026, 9, 1), last, (("LACI", 1),)),
        ("shared", date(2026, 9, 14), last, (("LACI", 60), ("SAS", 40))),
        ("accepted", date(2026, 11, 2), last, (("LACI", 1),)),
        ("asked", date(2026, 11, 9), last, (("LACI", 1),)),
    ):
        person = a_person(
            manager,
            orp,
            last_name=("Zwahlen", "Aubert", "Berger", "Châtelain", "Dubois")[next(names) - 1],
            first_name="Alix",
        )
        case = open_case(
            manager,
            person_id=person.id,
            path=CasePath.EVERYDAY,
            opened_by_unit_id=orp.id,
            lead_unit_id=orp.id,
        )
        made = assign(manager, AssignPlacement(case.ref, measure.ref, first, last_day,
                                               tuple(Share(town.lines[line], weight) for line, weight in shares)))  # fmt: skip
        town.placements[key] = made.ref
        if key != "asked":
            answer_place(provider, AnswerPlace(made.ref, accept=True))
        if key in {"summer", "running", "shared"}:
            start_placement(provider, StartPlacement(made.ref, first))


def _settlement(work, town):
    """The summer is attested; its July is approved and waits to be paid, its August waits to be checked."""
    provider, checker, approver = (
        as_(work, account_actor(work, f"{who}@cii.example")) for who in ("provider", "finance", "finance2")
    )
    summer = town.placements["summer"]
    absences = (
        Mark(date(2026, 7, 14), Presence.EXCUSED_ABSENCE),
        Mark(date(2026, 7, 15), Presence.UNEXCUSED_ABSENCE),
    )
    record_attendance(provider, RecordAttendance(summer, absences, date(2026, 7, 1)))
    record_attendance(provider, RecordAttendance(summer, (), date(2026, 8, 1)))
    for key, month in (("july", date(2026, 7, 1)), ("august", date(2026, 8, 1))):
        made = prefill_statement(
            provider, PrefillStatement(town.agreements["LACI"], town.lines["LACI"], month)
        )
        submit(provider, made.ref)
        town.statements[key] = made.ref
    check_statement(checker, town.statements["july"])
    approve(approver, town.statements["july"])


def _coordination(work, town):
    the_members(work)
    member = as_(work, account_actor(work, "coordination@cii.example"))
    meeting = plan_meeting(
        member, PlanMeeting(Body.COORDINATION, date(2026, 9, 24), "Bilan du troisième trimestre")
    )
    town.meeting = meeting.ref
    ask = ObserveDeviation(
        town.agreements["LACI"], "Les absences dépassent le minimum convenu.", date(2026, 10, 1), "absence"
    )
    town.correction = observe_deviation(member, ask).ref
