"""Talks on reports and the visits that follow: planned, put off, held, remarked on, each by who may."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import select

from cii.agreements.actions import AddDeliverable, add_deliverable
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementState, DeliverableKind, Frequency
from cii.appointments.actions import (
    CancelAppointment,
    MinuteTalk,
    MoveAppointment,
    PlanTalk,
    PlanVisit,
    RemarkAppointment,
    ReportVisit,
    cancel_appointment,
    minute_talk,
    move_appointment,
    plan_talk,
    plan_visit,
    remark,
    report_visit,
)
from cii.appointments.dates import watch_appointments
from cii.appointments.queries import appointment_shown, appointments_seen, talks_due
from cii.appointments.rules import (
    AppointmentAhead,
    AppointmentPast,
    AppointmentUnbound,
    OutcomeUnsaid,
    PointUnminuted,
    RemarkGiven,
    RemarkTooEarly,
    TalkWithoutPurpose,
    VisitCriteriaUnset,
    VisitsNotAgreed,
    VisitWithoutReport,
    VisitWithoutTalk,
    next_talk,
)
from cii.appointments.vocabulary import AppointmentKind, AppointmentState
from cii.conventions.actions import stored
from cii.conventions.parts_conduct import Talks
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part, TalkPurpose
from cii.deliverables.actions import SubmitDeliverable, submit
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.moves import IllegalMove
from cii.notices.tables import Notice
from cii.providers.actions import AskTalk, ask_talk
from cii.providers.rules import TalkAnswered
from cii.store.work import HOUSE, Work
from tests.agreements.build_agreements import Market, a_market, acting, an_actor
from tests.conventions.build_conventions import of_coordination, of_provider
from tests.figures.build_figures import later, the_numbers
from tests.institutions.build_institutions import a_unit

SOON = datetime(2026, 10, 29, 8, 30, tzinfo=UTC)
"""Two weeks ahead, at 09:30 in Switzerland (winter time begins on 25 October)."""
AI = (TalkPurpose.STRUCTURE, TalkPurpose.PROCESS, TalkPurpose.RESULT)
TWICE = Talks(2, AI, visits=True, visits_in_two_steps=True, visit_criteria="Écart de plus de 20 % à la cible")
WHY = "Le taux d'insertion a baissé de moitié depuis le printemps."


@dataclass
class Sides:
    """An agreement in force since January, its payer and its provider."""

    market: Market
    agreement: Agreement
    payer: Work
    provider: Work

    def talk(self, at: datetime = SOON, *more: TalkPurpose):
        return plan_talk(self.payer, PlanTalk(self.agreement.ref, at, "Neuchâtel", more))

    def held(self, **by):
        made = self.talk()
        return minute_talk(later(self.payer, days=14, **by), minutes(made.ref))

    def report(self):
        wish = AddDeliverable(
            self.agreement.ref, DeliverableKind.PARTICIPANTS, Frequency.MONTHLY, date(2026, 10, 20)
        )
        owed = add_deliverable(self.payer, wish)
        return submit(
            self.provider, SubmitDeliverable(owed.ref), b"mois;participants\n2026-09;12\n", "text/csv"
        )

    def visit(self, by: Work | None = None, at: datetime = SOON + timedelta(days=30)):
        ask = PlanVisit(self.agreement.ref, at, "Sur place", "Écart de plus de 20 %", WHY)
        return plan_visit(by or later(self.payer, days=15), ask)


def minutes(ref: str, **said: str) -> MinuteTalk:
    words = {"structure": "Équipe complète.", "process": "Entrées en trois jours.", "result": "41 % placés."}
    return MinuteTalk(ref, date(2026, 10, 29), **{**words, **said})


def sides(work: Work, agreed: Talks | None = TWICE) -> Sides:
    the_numbers(work)
    market = a_market(work)
    living = market.agreement()
    if agreed is not None:
        work.session.add(
            ConventionPart(
                agreement_id=living.id, part=Part.TALKS, body=stored(Part.TALKS, agreed), recorded_at=work.now
            )
        )
        work.session.flush()
    return Sides(market, living, acting(work, market.drafter), of_provider(work, market))


def notices(work: Work) -> list[str]:
    return list(work.session.exec(select(Notice.kind).order_by(Notice.id)))


def test_a_talk_is_planned_with_the_agreed_agenda_and_minuted_by_it(work: Work):
    one = sides(work)

    planned = one.talk(SOON, TalkPurpose.PERSPECTIVES)
    before = appointment_shown(one.provider, planned.ref)
    minute_talk(
        later(one.payer, days=14),
        minutes(planned.ref, perspectives="Six places de plus.", agreed="Point en mars."),
    )
    after = appointment_shown(one.provider, planned.ref)

    assert [row.purpose for row in before.points] == [*AI, TalkPurpose.PERSPECTIVES]
    assert (before.state, before.version) == (AppointmentState.PLANNED, 1)
    assert (after.state, after.held_on, after.outcome) == (
        AppointmentState.HELD, date(2026, 10, 29), "Point en mars.",
    )  # fmt: skip
    assert [row.minutes for row in after.points] == [
        "Équipe complète.", "Entrées en trois jours.", "41 % placés.", "Six places de plus.",
    ]  # fmt: skip
    assert [kind for kind in notices(work) if kind.startswith("talk")] == ["talk-planned", "talk-minuted"]


def test_a_talk_that_cannot_be_planned_names_every_reason(work: Work):
    one = sides(work, None)
    one.agreement.state = AgreementState.SIGNED
    work.session.flush()

    with pytest.raises(Refusals) as no:
        plan_talk(
            one.payer, PlanTalk(one.agreement.ref, datetime(2026, 10, 14, 8, 0, tzinfo=UTC), "Neuchâtel")
        )

    assert {type(reason) for reason in no.value.reasons} == {
        AppointmentUnbound,
        AppointmentPast,
        TalkWithoutPurpose,
    }


def test_who_leads_and_who_remarks(work: Work):
    one = sides(work)
    planned = one.talk()
    group = of_coordination(work)

    for refused in (one.provider, group):
        with pytest.raises(NotAllowed):
            plan_talk(refused, PlanTalk(one.agreement.ref, SOON, "Neuchâtel"))
        with pytest.raises(NotAllowed):
            cancel_appointment(refused, CancelAppointment(planned.ref, "Non"))
    with pytest.raises(RemarkTooEarly):
        remark(one.provider, RemarkAppointment(planned.ref, "Trop tôt"))
    minute_talk(later(one.payer, days=14), minutes(planned.ref))
    with pytest.raises(NotAllowed):
        remark(one.payer, RemarkAppointment(planned.ref, "Pas à moi"))
    remark(one.provider, RemarkAppointment(planned.ref, "Deux départs pour emploi manquent."))
    with pytest.raises(RemarkGiven):
        remark(one.provider, RemarkAppointment(planned.ref, "Encore"))

    assert appointment_shown(one.payer, planned.ref).remark == "Deux départs pour emploi manquent."
    assert "talk-remarked" in notices(work)


def test_what_was_said_is_read_by_its_two_sides_only(work: Work):
    one = sides(work)
    held = one.held()
    remark(one.provider, RemarkAppointment(held.ref, "Lu."))
    third, stranger = of_coordination(work), of_provider(work, a_market(work))

    seen = appointment_shown(third, held.ref)
    with pytest.raises(UnknownThing):
        appointment_shown(stranger, held.ref)

    assert appointment_shown(one.provider, held.ref).points[0].minutes == "Équipe complète."
    assert (seen.held_on, seen.opens, seen.outcome, seen.remark) == (date(2026, 10, 29), False, None, None)
    assert [row.minutes for row in seen.points] == [None, None, None]
    assert appointments_seen(stranger) == []


def test_minutes_name_what_is_missing_and_the_day_that_has_not_come(work: Work):
    one = sides(work)
    planned = one.talk()

    with pytest.raises(Refusals) as no:
        minute_talk(one.payer, minutes(planned.ref, process=" ", result=""))

    assert [(type(reason), reason.field) for reason in no.value.reasons] == [
        (AppointmentAhead, "held_on"), (PointUnminuted, "process"), (PointUnminuted, "result"),
    ]  # fmt: skip
    assert appointment_shown(one.payer, planned.ref).state is AppointmentState.PLANNED


def test_it_is_put_off_and_cancelled_until_it_was_held(work: Work):
    one = sides(work)
    planned, other = one.talk(), one.talk(SOON + timedelta(days=3))

    move_appointment(one.payer, MoveAppointment(planned.ref, SOON + timedelta(days=7), "La Chaux-de-Fonds"))
    with pytest.raises(AppointmentPast):
        move_appointment(one.payer, MoveAppointment(planned.ref, SOON - timedelta(days=30), "Ici"))
    cancel_appointment(one.payer, CancelAppointment(other.ref, "Deux fois la même semaine"))
    with pytest.raises(IllegalMove):
        minute_talk(later(one.payer, days=20), minutes(other.ref))
    minute_talk(later(one.payer, days=20), minutes(planned.ref))
    with pytest.raises(IllegalMove):
        move_appointment(one.payer, MoveAppointment(planned.ref, SOON + timedelta(days=90), "Là"))

    shown = appointment_shown(one.provider, planned.ref)
    assert (shown.place, shown.version) == ("La Chaux-de-Fonds", 3)
    assert appointment_shown(one.provider, other.ref).cancelled_why == "Deux fois la même semaine"


def test_a_visit_without_its_first_step_is_refused_with_all_that_is_missing(work: Work):
    one = sides(work)
    with pytest.raises(Refusals) as no:
        one.visit()
    bare = sides(work, Talks(1, AI))
    with pytest.raises(Refusals) as unagreed:
        bare.visit()
    blank = sides(work, Talks(1, AI, visits=True))
    with pytest.raises(Refusals) as uncriteria:
        blank.visit()

    assert [type(reason) for reason in no.value.reasons] == [VisitWithoutReport, VisitWithoutTalk]
    assert no.value.kind == "conflict"
    assert no.value.reasons[1].facts == {"since": date(2025, 10, 30)}
    assert VisitsNotAgreed in {type(reason) for reason in unagreed.value.reasons}
    assert VisitCriteriaUnset in {type(reason) for reason in uncriteria.value.reasons}


def test_a_visit_follows_a_report_and_a_talk(work: Work):
    one = sides(work)
    one.report()
    with pytest.raises(VisitWithoutTalk):
        one.visit()
    talk = one.held()

    visit = one.visit()
    with pytest.raises(OutcomeUnsaid):
        report_visit(later(one.payer, days=50), ReportVisit(visit.ref, date(2026, 11, 28), " "))
    with pytest.raises(UnknownThing):
        minute_talk(later(one.payer, days=50), minutes(visit.ref))
    report_visit(
        later(one.payer, days=50), ReportVisit(visit.ref, date(2026, 11, 28), "Encadrement conforme.")
    )

    shown = appointment_shown(one.provider, visit.ref)
    assert (shown.kind, shown.first_talk_ref, shown.reason) == (AppointmentKind.VISIT, talk.ref, WHY)
    assert shown.outcome == "Encadrement conforme."


def test_a_talk_of_more_than_a_year_ago_is_no_first_step(work: Work):
    one = sides(work)
    one.report()
    one.held()

    with pytest.raises(Refusals) as no:
        one.visit(later(one.payer, days=400), SOON + timedelta(days=500))

    assert {type(reason) for reason in no.value.reasons} == {VisitWithoutReport, VisitWithoutTalk}


def test_a_request_is_answered_by_the_talk_that_was_planned(work: Work):
    one = sides(work)
    asked = ask_talk(one.provider, AskTalk("Effectifs", "Deux départs au printemps"))

    made = plan_talk(one.payer, PlanTalk(one.agreement.ref, SOON, "Neuchâtel", request_ref=asked.ref))
    with pytest.raises(TalkAnswered):
        plan_talk(one.payer, PlanTalk(one.agreement.ref, SOON, "Neuchâtel", request_ref=asked.ref))

    assert asked.answer == "29.10.2026 09:30, Neuchâtel"
    assert made.request_id == asked.id


@pytest.mark.parametrize(
    ("last", "times", "due"),
    [
        (None, 1, date(2027, 1, 1)),
        (None, 4, date(2026, 4, 1)),
        (date(2026, 3, 15), 2, date(2026, 9, 15)),
        (date(2026, 8, 31), 2, date(2027, 2, 28)),
    ],
)
def test_the_next_talk_follows_the_agreed_rhythm(last, times, due):
    assert next_talk(date(2026, 1, 1), last, times) == due


def test_a_talk_is_due_until_it_is_planned_and_again_after_it_was_held(work: Work):
    one = sides(work)
    year = date(2027, 12, 31)
    due = talks_due(one.payer, year)
    planned = one.talk()
    meanwhile = talks_due(one.payer, year)
    minute_talk(later(one.payer, days=14), minutes(planned.ref))

    assert [(row.number, row.due_on, row.last_on) for row in due] == [
        (one.agreement.number, date(2026, 7, 1), None)
    ]
    assert meanwhile == []
    assert [row.due_on for row in talks_due(one.payer, year)] == [date(2027, 4, 29)]
    assert talks_due(one.payer, date(2027, 4, 28)) == []
    assert talks_due(one.provider, year) == []


def test_each_night_tells_once_what_falls_on_it(work: Work):
    one = sides(work, Talks(1, AI))
    house = work
    planned = one.talk()
    nights = [date(2026, 10, 15) + timedelta(days=n) for n in range(40)]

    told = [watch_appointments(house, night) for night in nights for _ in range(2)]
    cancel_appointment(one.payer, CancelAppointment(planned.ref, "Maladie"))
    to_plan = watch_appointments(house, date(2026, 11, 2))

    kinds = notices(work)
    assert sum(row["near"] for row in told) == 2
    assert kinds.count("talk-near") == 2, "one for each side, though the night ran twice"
    assert kinds.count("talk-unminuted") == 1
    assert to_plan["to_plan"] == 1, "due on 1.1.2027, told 60 days before"
    assert work.actor == HOUSE


def test_rows_keep_what_was_said(work: Work):
    one = sides(work)
    held = one.held()
    visit = (
        "SELECT 'zzzzzzzzz9', agreement_id, 'visit', starts_at, place, 0, recorded_at"
        f" FROM appointment WHERE id = {held.id}"
    )

    for broken in (
        f"UPDATE appointment SET outcome = 'autre' WHERE id = {held.id}",
        f"UPDATE talk_point SET minutes = 'autre' WHERE appointment_id = {held.id}",
        f"DELETE FROM appointment WHERE id = {held.id}",
        f"INSERT INTO appointment (ref, agreement_id, kind, starts_at, place, moves, recorded_at) {visit}",
    ):
        with pytest.raises((DatabaseError, IntegrityError)), work.session.begin_nested():
            work.session.execute(text(broken))


def test_another_payer_of_the_sector_may_lead_and_a_foreign_sector_may_not(work: Work):
    one = sides(work)
    planned = one.talk()
    foreign = acting(work, an_actor(work, a_unit(work, Sector.AI)))

    with pytest.raises((NotAllowed, UnknownThing)):
        move_appointment(foreign, MoveAppointment(planned.ref, SOON + timedelta(days=1), "Ici"))
    move_appointment(
        acting(work, one.market.signer), MoveAppointment(planned.ref, SOON + timedelta(days=1), "Ici")
    )
