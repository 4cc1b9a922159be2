"""Some months of life in the canton of the browser tests, by the acts of the rooms, each in the hands of who would do it.

August 2026: a file is imported, people are announced. September: two persons work in the workshop. October: the month is
attested, stated, approved and paid; the night compares; the group meets. It ends on 15 October 2026, 08:00.
"""

from datetime import UTC, date, datetime

from cii.access.vocabulary import LinkDelivery, LinkPurpose
from cii.agreements.actions import AddDeliverable, Bought, DraftAgreement, add_deliverable, draft_agreement
from cii.agreements.queries import agreement_view
from cii.agreements.vocabulary import DeliverableKind, Frequency
from cii.appointments.actions import PlanTalk, plan_talk
from cii.budgets.actions import DecideBudget, decide_budget
from cii.cases.actions import (
    AddNote,
    AnswerPlan,
    PlanPartAsk,
    ProposePlan,
    SignAssessment,
    WriteMedical,
    add_note,
)
from cii.cases.approaching import Approach, approach
from cii.cases.attachments import AttachDocument, attach_document
from cii.cases.carrying import RecordWord, record_word
from cii.cases.queries import case_by_ref
from cii.cases.rules import GridAnswer
from cii.cases.tables_follow import OutcomeCheck
from cii.cases.view import case_view
from cii.cases.vocabulary import PersonReply, PlanReply
from cii.cases.vocabulary_attachments import AttachmentKind
from cii.conventions.editions import editions_of
from cii.conventions.negotiating import OpenRound, open_round
from cii.conventions.vocabulary import TalkPurpose
from cii.coordination.actions import ObserveDeviation, observe_deviation
from cii.coordination.actions_mandates import GiveMandate, give_mandate
from cii.coordination.members import members
from cii.coordination.vocabulary import Body
from cii.deliverables.actions import SubmitDeliverable
from cii.deliverables.actions import submit as submit_deliverable
from cii.evaluations.actions import PrefillEvaluation, prefill
from cii.final_accounts.actions import CostItem, EnterBudget, approve_budget, enter_budget
from cii.institutions.employers import AddEmployer, AddNeed, add_employer, add_need
from cii.institutions.queries import unit_by_code, units_by_id
from cii.jobs.mail import send_waiting
from cii.jobs.runs import catch_up
from cii.kernel.money import Chf
from cii.kernel.span import Span
from cii.meetings.actions import HoldMeeting, PlanMeeting, hold_meeting, plan_meeting
from cii.meetings.actions_agenda import AddItem, ProposeAgenda, add_item, propose_agenda
from cii.meetings.actions_decisions import TakeDecision, take_decision
from cii.meetings.actions_minutes import ImportMinutes, import_minutes
from cii.meetings.vocabulary import DecisionKind
from cii.outcomes.actions import (
    DecideSchemeBudget,
    DraftFormula,
    FormulaLine,
    MakeScheme,
    decide_scheme_budget,
    draft_formula,
    make_scheme,
    publish_formula,
)
from cii.outcomes.actions_categories import SetCategory, TellCategory, set_category, tell_category
from cii.outcomes.actions_outcomes import ClaimOutcome, claim_outcome
from cii.outcomes.vocabulary import Measured
from cii.partners.actions import MakeLink, make
from cii.people.queries import consents
from cii.people.vocabulary import Basis
from cii.placements.actions import AssignPlacement, Share
from cii.placements.life import AnswerPlace, StartPlacement, answer_place, start_placement
from cii.placements.queries import placements_of
from cii.reports.actions import freeze
from cii.routing.actions import (
    Announce,
    ConsentAsk,
    ImportDetections,
    MoveReferral,
    RecordGrid,
    RecordMedical,
    announce,
    import_detections,
    move_referral,
    place_person,
    put_plan,
    record_grid,
    record_medical,
    reply_to_plan,
    sign_assessment,
)
from cii.routing.admission import ConfirmAdmission, StateCandidate, confirm_admission, state_candidate
from cii.routing.observation import DraftContract, draft_contract
from cii.routing.recognition import apply_recognition
from cii.routing.social_enterprise import ProposeCandidate, propose_candidate
from cii.routing.vocabulary import Potential, ReferralEvent
from cii.settlement.actions import (
    Mark,
    PrefillStatement,
    RecordAttendance,
    approve,
    check_statement,
    pay,
    prefill_statement,
    record_attendance,
    submit,
)
from cii.settlement.vocabulary import Presence
from cii.wages.actions import AskGrant, DecideGrant, ask_grant, decide_grant
from cii.wages.actions_parts import MonthOfLine, compute_month
from cii.wages.actions_subsidies import TellPaidWage, tell_paid_wage
from cii.wages.vocabulary import GrantKind, PayCategory
from tests.browser.distributed import distributed
from tests.browser.requested import requested
from tests.browser.stage import a_canton, hand
from tests.coordination.build_coordination import the_members
from tests.meetings.build_meetings import a_pdf
from tests.people.build_people import an_avs
from tests.routing.build_routing import a_file, a_row

SEPTEMBER = date(2026, 9, 1)
LAST = date(2026, 11, 30)


def at(town, month, day, hour=8):
    town.clock.moves_to(datetime(2026, month, day, hour - 2, tzinfo=UTC))


def some_months(town) -> None:
    """Everybody begins in January; then live from 17 August to 15 October 2026."""
    at(town, 1, 5)
    with town.work() as work:
        town.canton = a_canton(work)
    at(town, 8, 17)
    _announced(town)
    at(town, 8, 24)
    _planned(town)
    _placed(town)
    at(town, 10, 1)
    _attested(town)
    at(town, 10, 5)
    _settled(town)
    _rewarded(town)
    _paid_by_scale(town)
    _budgeted(town)
    _met(town)
    _reported(town)
    at(town, 10, 15)
    _linked(town)
    _observed(town)
    distributed(town)
    requested(town)
    catch_up(town.bell)
    send_waiting(town.bell)


def _announced(town):
    """Four persons of the file are detected: one goes through the network, two into the workshop, one waits."""
    network = {"jours_indemnite_restants": "50", "mois_aide_sociale": "20"}
    names = (("Aubert", "Alix"), ("Berger", "Maël"), ("Châtelain", "Inès"), ("Dubois", "Yann"))
    rows = [a_row(nom=last, prenom=first, **network) for last, first in names]
    with town.work() as work:
        orp = hand(work, "case_manager")
        found = import_detections(orp, ImportDetections("liste.csv", a_file(*rows))).detected
        refs = town.canton.refs
        for key, one, potential in zip(
            ("case", "second_case", "new_case"),
            found,
            (Potential.MEDIUM, Potential.HIGH, Potential.MEDIUM),
            strict=False,
        ):
            done = announce(
                orp,
                Announce(
                    one.detection_ref,
                    potential,
                    "Plusieurs démarches en cours.",
                    Basis.CONSENT,
                    ConsentAsk(date(2026, 8, 14)),
                ),
            )
            refs[key], refs[f"{key}:referral"] = done.case.ref, done.referral_ref
            if key == "case":
                refs["consent"] = consents(orp, done.case.person_id)[0].consent.ref
        refs["announced_detection"], refs["detection"] = found[0].detection_ref, found[3].detection_ref


def _planned(town):
    """The first case gets its lead, its voices, its assessment and its plan."""
    refs, day = town.canton.refs, date(2026, 8, 20)
    case = refs["case"]
    with town.work() as work:
        orp, ai, social, doctor = (
            hand(work, who) for who in ("case_manager", "ai_manager", "social_manager", "physician")
        )
        for event in (ReferralEvent.RECEIVE, ReferralEvent.ACCEPT):
            move_referral(social, MoveReferral(refs["case:referral"], event))
        move_referral(social, MoveReferral(refs["new_case:referral"], ReferralEvent.RECEIVE))
        for voice, value in ((orp, "4"), (ai, "2"), (social, "4")):
            record_grid(
                voice, RecordGrid(case, (GridAnswer("motivation", value, day, "Entretien"),), finished=True)
            )
        record_medical(
            doctor,
            RecordMedical(
                WriteMedical(case, "Lombalgies chroniques.", "Pas de charges au-delà de 10 kg.", day, 60),
                finished=True,
            ),
        )
        sign_assessment(social, SignAssessment(case, "Retour progressif à l'emploi, rythme à reprendre."))
        units = {code: unit_by_code(work, code).ref for code in ("ORP-LITTORAL", "OAI-REA")}
        parts = (
            PlanPartAsk(
                "Reprendre un rythme",
                "Atelier de menuiserie à 60 %",
                units["ORP-LITTORAL"],
                date(2026, 11, 30),
            ),
            PlanPartAsk("Adapter le poste", "Conseil en ergonomie", units["OAI-REA"], date(2026, 12, 15)),
        )
        plan = put_plan(social, ProposePlan(case, "Retour à l'emploi dans un métier du bois", parts))
        record_word(social, RecordWord(plan.ref, PersonReply.AGREE, social.today))
        employer = add_employer(orp, AddEmployer("Menuiserie du Lac", "Bois", "2000", "Neuchâtel"))
        add_need(orp, AddNeed(employer.ref, "Aide-menuisier, 60 %", 1))
        approach(orp, Approach(case, employer.ref, "Stage de deux semaines", orp.today))
        refs["employer"] = employer.ref
        led = case_by_ref(social, case)
        check = OutcomeCheck(
            case_id=led.id, person_id=led.person_id, unit_id=led.lead_unit_id, outcome="job",
            closed_on=date(2026, 3, 1), check_on=date(2026, 9, 1),
        )  # fmt: skip
        work.session.add(check)
        work.session.flush()
        refs["check"] = check.ref
        refs["action"] = case_view(social, case).sections["plan"].plans[0].parts[0].ref
        for bearer in (orp, ai):
            reply_to_plan(bearer, AnswerPlan(case, PlanReply.AGREE))
        add_note(orp, AddNote(case, "Rappeler après l'entretien du 3 septembre."))
        report = AttachDocument(case, "Rapport de stage", AttachmentKind.REPORT)
        refs["document"] = attach_document(orp, report, b"Stage du 3 au 14 aout.", "text/plain").ref


def _placed(town):
    """One place paid by one line, one shared by two, one asked for and not answered."""
    canton, refs = town.canton, town.canton.refs
    wishes = (
        ("case", "shared", SEPTEMBER, ((canton.stage.lines["LACI"], 60), (canton.stage.lines["SAS"], 40))),
        ("second_case", "running", SEPTEMBER, ((canton.stage.lines["LACI"], 1),)),
        ("new_case", "asked", date(2026, 11, 2), ((canton.stage.lines["LACI"], 1),)),
    )
    with town.work() as work:
        orp, provider = hand(work, "case_manager"), hand(work, "provider")
        for case, key, first, shares in wishes:
            record_grid(
                orp, RecordGrid(refs[case], (GridAnswer("french_oral", "3", date(2026, 8, 20), "Entretien"),))
            )
            made = place_person(
                orp,
                AssignPlacement(
                    refs[case], canton.stage.measure, first, LAST, tuple(Share(*one) for one in shares)
                ),
            )
            refs[f"placement:{key}"] = made.ref
            if key != "asked":
                answer_place(provider, AnswerPlace(made.ref, accept=True))
                start_placement(hand(work, "provider", first), StartPlacement(made.ref, first))
        assert placements_of(work, case_by_ref(work, refs["case"]).id)


def _attested(town):
    with town.work() as work:
        absences = (
            Mark(date(2026, 9, 3), Presence.UNEXCUSED_ABSENCE),
            Mark(date(2026, 9, 4), Presence.UNEXCUSED_ABSENCE),
        )
        for key, marks in (("shared", absences), ("running", ())):
            ask = RecordAttendance(town.canton.refs[f"placement:{key}"], marks, others_present=SEPTEMBER)
            record_attendance(hand(work, "provider"), ask)


def _settled(town):
    """The month of unemployment insurance is paid, that of social aid waits for its check."""
    with town.work() as work:
        provider = hand(work, "provider")
        for line in ("LACI", "SAS"):
            made = prefill_statement(
                provider,
                PrefillStatement(
                    town.canton.stage.agreements[line], town.canton.stage.lines[line], SEPTEMBER
                ),
            )
            submit(provider, made.ref)
            town.canton.refs[f"statement:{line}"] = made.ref
        paid = town.canton.refs["statement:LACI"]
        check_statement(hand(work, "contract_manager"), paid)
        approve(hand(work, "finance"), paid)
        pay(hand(work, "cashier"), paid)


def _rewarded(town):
    """Social aid pays the start of a place by a scheme; one is claimed and waits for the referral service."""
    refs, stage, since = town.canton.refs, town.canton.stage, date(2026, 1, 1)
    with town.work() as work:
        contracts = hand(work, "contract_manager")
        told = ("Disponible, autonome (inventé)", "Atelier et suivi (inventé)", since)
        tell_category(contracts, TellCategory("A", "Proche de l'emploi", *told))
        made = make_scheme(
            contracts, MakeScheme(stage.agreements["SAS"], stage.lines["SAS"], "Pilote (inventé)")
        )
        line = FormulaLine("A", "Forfait de base", Measured.START, 0, 1, Chf.parse("100"))
        draft_formula(contracts, DraftFormula(made.ref, since, (line,)))
        publish_formula(hand(work, "signer"), made.ref)
        money = DecideSchemeBudget(made.ref, 2026, Chf.parse("150"), "Pilote 2026")
        decide_scheme_budget(hand(work, "finance"), money)
        place = refs["placement:shared"]
        set_category(work, SetCategory(place, "A", SEPTEMBER, "Critères remplis à l'entretien."))
        claim = ClaimOutcome(made.ref, place, "Forfait de base", 1, SEPTEMBER)
        refs["scheme"], refs["outcome"] = made.ref, claim_outcome(hand(work, "provider"), claim).ref


def _paid_by_scale(town):
    """A place is paid by the scale; September is computed, and the provider says that it paid otherwise."""
    refs, stage = town.canton.refs, town.canton.stage
    with town.work() as work:
        asks = AskGrant(
            refs["placement:shared"],
            GrantKind.PAY,
            date(2026, 9, 29),
            date(2026, 9, 30),
            "Barème",
            PayCategory.YOUNG,
        )
        made = ask_grant(hand(work, "case_manager"), asks)
        finance = hand(work, "finance")
        decide_grant(finance, DecideGrant(made.ref, grant=True))
        compute_month(finance, MonthOfLine(stage.lines["SAS"], SEPTEMBER))
        told = TellPaidWage(refs["placement:shared"], SEPTEMBER, Chf.parse("500"))
        tell_paid_wage(hand(work, "provider"), told)
        refs["wage_grant"] = made.ref


def _budgeted(town):
    """The next year of social aid is paid by costs: its budget is approved, its instalments are planned."""
    stage = town.canton.stage
    with town.work() as work:
        items = (CostItem("wages", Chf.parse("150")), CostItem("sales", Chf.parse("30")))
        grant = DecideBudget(stage.lines["SAS"], 2027, Chf.parse("1000"), "Budget 2027 (inventé)")
        decide_budget(hand(work, "finance"), grant)
        contracts = hand(work, "contract_manager")
        view = agreement_view(contracts, stage.agreements["SAS"])
        follows = DraftAgreement(
            "2027-SAS-01", view.provider.ref, view.agreement.profile, view.agreement.instrument, date(2027, 1, 1),
            date(2027, 12, 31), (Bought(stage.measure, stage.lines["SAS"]),), follows_ref=view.agreement.ref,
        )  # fmt: skip
        town.canton.refs["draft_agreement"] = draft_agreement(contracts, follows).ref
        open_round(contracts, OpenRound(town.canton.refs["draft_agreement"], date(2026, 12, 15)))
        town.canton.refs["edition"] = editions_of(contracts, town.canton.refs["draft_agreement"])[0].ref
        wish = EnterBudget(town.canton.refs["draft_agreement"], stage.lines["SAS"], 2027, items)
        made = enter_budget(contracts, wish)
        town.canton.refs["year_account"] = approve_budget(hand(work, "finance"), made.ref).ref


def _met(town):
    with town.work() as work:
        member = hand(work, "coordination_member")
        planned = plan_meeting(
            member, PlanMeeting(Body.COORDINATION, date(2026, 11, 12), "Tableau de bord du trimestre")
        )
        seen = observe_deviation(
            member,
            ObserveDeviation(
                town.canton.stage.agreements["LACI"], "Taux de réinsertion sous le minimum", date(2026, 10, 5)
            ),
        )
        the_members(work)
        town.canton.refs["seat"] = members(work, Body.COORDINATION, work.today)[0].ref
        charge = GiveMandate("GP-2026-1", "Jeunes sans projet", "Analyser les parcours.", date(2026, 10, 1))
        town.canton.refs["mandate"] = give_mandate(hand(work, "steering"), charge).ref
        town.canton.refs["meeting"], town.canton.refs["corrective"] = planned.ref, seen.ref
        add_item(member, AddItem(planned.ref, "Calendrier des séances 2027"))
        propose_agenda(member, ProposeAgenda(planned.ref))
        was = plan_meeting(member, PlanMeeting(Body.COORDINATION, date(2026, 9, 24)))
        add_item(member, AddItem(was.ref, "Occupation de l'atelier"))
        hold_meeting(member, HoldMeeting(was.ref))
        import_minutes(member, ImportMinutes(was.ref), a_pdf())
        ask = TakeDecision(was.ref, "Relancer le prestataire", owner="SEMP", due_on=date(2026, 12, 1))
        town.canton.refs["decision"] = take_decision(member, ask).ref
        town.canton.refs["meeting_held"] = was.ref
        wish = PrefillEvaluation(town.canton.stage.agreements["LACI"], 2026, date(2026, 12, 15))
        town.canton.refs["evaluation"] = prefill(hand(work, "contract_manager"), wish).ref
        owed = AddDeliverable(
            wish.agreement_ref, DeliverableKind.PARTICIPANTS, Frequency.MONTHLY, date(2026, 10, 5)
        )
        town.canton.refs["deliverable"] = add_deliverable(hand(work, "contract_manager"), owed).ref
        file = SubmitDeliverable(town.canton.refs["deliverable"], "Liste de septembre (inventée)")
        town.canton.refs["submission"] = submit_deliverable(
            hand(work, "provider"), file, b"Participants: 12"
        ).ref
        talk = PlanTalk(
            wish.agreement_ref, datetime(2026, 12, 3, 9, 0, tzinfo=UTC), "Neuchâtel", (TalkPurpose.RESULT,)
        )
        town.canton.refs["appointment"] = plan_talk(hand(work, "contract_manager"), talk).ref


def _reported(town):
    """The quarter is frozen; a late correction of attendance makes its second version."""
    quarter = Span.parse("2026-Q3")
    with town.work() as work:
        freeze(hand(work, "coordination_member"), quarter)
        late = Mark(date(2026, 9, 4), Presence.EXCUSED_ABSENCE)
        record_attendance(
            hand(work, "provider"), RecordAttendance(town.canton.refs["placement:shared"], (late,))
        )
    at(town, 10, 7)
    with town.work() as work:
        town.canton.refs["report"] = freeze(hand(work, "coordination_member"), quarter).ref
        steering = hand(work, "steering")
        met = plan_meeting(steering, PlanMeeting(Body.STEERING, work.today))
        hold_meeting(steering, HoldMeeting(met.ref))
        published = town.canton.refs["report"]
        ask = TakeDecision(met.ref, "Publication.", DecisionKind.PUBLIC_STATEMENT, subject_ref=published)
        take_decision(steering, ask)


def _linked(town):
    """The person of the first case is asked, by a letter with a link, how satisfied they are."""
    refs = town.canton.refs
    with town.work() as work:
        ask = MakeLink(refs["case"], LinkPurpose.SATISFACTION, "Marie Exemple", 60, LinkDelivery.LETTER)
        refs["link"] = make(hand(work, "social_manager"), ask).token


def _observed(town):
    """Two candidates for NE-ESO: one waits for facts, one has a contract to sign; a provider asks to be recognised."""
    refs = town.canton.refs
    with town.work() as work:
        social, provider = hand(work, "social_manager"), hand(work, "provider")
        cases = [
            propose_candidate(
                social, ProposeCandidate(an_avs(), "Emery", first, date(1978, 5, 2), "2114", "Fleurier")
            )
            for first in ("Noa", "Sacha")
        ]
        facts = StateCandidate(
            cases[1].ref, 75, dependants=0, heavy_social_problem=False, debts=Chf(0), finish=True
        )
        state_candidate(social, facts)
        confirm_admission(social, ConfirmAdmission(cases[1].ref, admitted=True))
        unit = units_by_id(work, provider.actor.units)[provider.actor.units[0]]
        days = (date(2026, 11, 2), date(2027, 1, 29))
        contract = draft_contract(social, DraftContract(cases[1].ref, unit.ref, *days))
        refs["case:candidate"], refs["observation"] = cases[0].ref, contract.ref
        refs["case:observed"], refs["recognition"] = cases[1].ref, apply_recognition(provider).ref
