"""Who leads a case of the network while the lead is asked, accepted, refused: one line for one thing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cii.access.queries import units_reading
from cii.app import advances
from cii.cases.actions import WriteMedical
from cii.cases.queries import case_by_ref
from cii.cases.rules import GridAnswer
from cii.institutions.queries import unit_by_code
from cii.routing.actions import (
    MoveReferral,
    NameLead,
    RecordGrid,
    RecordMedical,
    move_referral,
    name_lead,
    record_grid,
    record_medical,
)
from cii.routing.holding import instance_of
from cii.routing.vocabulary import ReferralEvent
from cii.workflow.inbox import inbox
from cii.workflow.projection import drift
from cii.workflow.queries import roles_of, tasks_of
from cii.workflow.vocabulary import Stand
from tests.routing.build_routing import a_town, an_announced, sent_to
from tests.workflow.build_workflow import sweep

E = ReferralEvent
DAY = date(2026, 10, 14)


def asked(town):
    """A case of which unemployment insurance asks social aid to take the lead."""
    return an_announced(town.hands["ORP"], jours_indemnite_restants="0", mois_aide_sociale="20")


def moved(hand, ref, *events, text="Motif"):
    for event in events:
        move_referral(hand, MoveReferral(ref, event, text))


def lines(hand):
    """What waits for the unit, whatever the tab."""
    return sorted((one.subject, one.key) for one in inbox(hand, "unit").items)


def spoken(town, case):
    """Every voice has written its part of the assessment."""
    for name in ("ORP", "OAI", "GSR"):
        entry = GridAnswer("motivation", "4", DAY, "Entretien")
        record_grid(town.hands[name], RecordGrid(case.ref, (entry,), finished=True))
    medical = WriteMedical(case.ref, "Lombalgies", "Pas de charges", DAY, 60)
    record_medical(town.hands["doctor"], RecordMedical(medical, finished=True))


def leads(work, case):
    """Whom the case names as its lead, and whom its process does."""
    work.session.refresh(case)
    return case.lead_unit_id, roles_of(work, instance_of(work, case.id).id)["lead"]


def test_the_unit_asked_to_lead_has_one_line_for_it_beside_its_own_part_of_the_grid(work):
    town = a_town(work)
    done = asked(town)
    gsr = town.hands["GSR"]

    sent = lines(gsr)
    moved(gsr, done.referral_ref, E.RECEIVE)
    received = lines(gsr)

    assert sent == [("case", "grid_as"), ("referral", "receive")]
    assert received == [("case", "grid_as"), ("referral", "answer")]
    assert lines(town.hands["ORP"]) == [("case", "grid_ac")]
    orp = unit_by_code(work, "ORP-LITTORAL").id
    assert leads(work, done.case) == (orp, (orp,))


def test_whoever_accepts_leads_with_the_open_tasks_of_the_lead_and_no_dead_line_remains(work):
    town = a_town(work)
    done = asked(town)
    gsr, orp = town.hands["GSR"], town.hands["ORP"]
    spoken(town, done.case)
    moved(gsr, done.referral_ref, E.RECEIVE)
    before = [lines(gsr), lines(orp)]

    moved(gsr, done.referral_ref, E.ACCEPT)

    unit = unit_by_code(work, "GSR-VAL-DE-TRAVERS").id
    assert before == [[("referral", "answer")], [("case", "sign")]]
    assert [lines(gsr), lines(orp)] == [[("case", "sign")], []]
    assert leads(work, done.case) == (unit, (unit,))
    assert done.case.lead_account_id == gsr.actor.account_id
    assert unit_by_code(work, "ORP-LITTORAL").id in units_reading(work, done.case.id)
    kept = {one.key: (one.state, one.outcome) for one in tasks_of(work, instance_of(work, done.case.id))}
    assert kept["take_lead"] == (Stand.DONE, "accept")
    assert drift(work) == []


@pytest.mark.parametrize("end", ["decline", "redirect", "withdraw", "expire"])
def test_not_taken_over_the_lead_stays_with_the_sender_and_no_dead_line_remains(work, end):
    town = a_town(work)
    done = asked(town)
    gsr, orp = town.hands["GSR"], town.hands["ORP"]

    if end == "expire":
        sweep(replace(work, now=work.now + timedelta(days=31)), advance=advances())
    elif end == "withdraw":
        moved(orp, done.referral_ref, E.WITHDRAW)
    else:
        moved(gsr, done.referral_ref, E.RECEIVE)
        named = unit_by_code(work, "OAI-REA").ref if end == "redirect" else None
        move_referral(gsr, MoveReferral(done.referral_ref, E(end), "Hors compétence", named_unit_ref=named))

    unit = unit_by_code(work, "ORP-LITTORAL").id
    called = end in {"decline", "redirect"}
    assert leads(work, done.case) == (unit, (unit,))
    assert [one for one in lines(gsr) + lines(orp) if one[0] == "referral" or one[1] == "take_lead"] == []
    assert lines(town.hands["group"]) == ([("case", "decide_lead")] if called else [])
    assert instance_of(work, done.case.id).stage == ("arbitration" if called else "assessment")


def test_the_unit_that_the_group_names_has_one_line_and_leads_once_it_accepts(work):
    town = a_town(work)
    done = asked(town)
    moved(town.hands["GSR"], done.referral_ref, E.RECEIVE, E.DECLINE)
    oai = unit_by_code(work, "OAI-REA")

    fresh = name_lead(town.hands["group"], NameLead(done.case.ref, oai.ref, "La santé est l'enjeu premier"))
    named = lines(town.hands["OAI"])
    still = leads(work, done.case)
    moved(town.hands["OAI"], fresh.ref, E.RECEIVE, E.ACCEPT)

    orp = unit_by_code(work, "ORP-LITTORAL").id
    assert named == [("case", "grid_ai"), ("referral", "receive")]
    assert still == (orp, (orp,))
    assert leads(work, done.case) == (oai.id, (oai.id,))
    assert lines(town.hands["OAI"]) == [("case", "grid_ai")]


def test_the_unit_that_leads_already_may_be_named_and_accepts(work):
    town = a_town(work)
    done = asked(town)
    moved(town.hands["GSR"], done.referral_ref, E.RECEIVE, E.DECLINE)
    orp = unit_by_code(work, "ORP-LITTORAL")

    fresh = name_lead(town.hands["group"], NameLead(done.case.ref, orp.ref, "Le retour à l'emploi prime"))
    moved(town.hands["ORP"], fresh.ref, E.RECEIVE, E.ACCEPT)

    assert leads(work, done.case) == (orp.id, (orp.id,))
    assert lines(town.hands["ORP"]) == [("case", "grid_ac")]


def test_a_lead_that_was_accepted_and_cannot_be_handed_on_stays_without_the_group(work):
    town = a_town(work)
    done = asked(town)
    gsr = town.hands["GSR"]
    moved(gsr, done.referral_ref, E.RECEIVE, E.ACCEPT)

    fresh = sent_to(town, done.case.ref, "OAI", hand="GSR")
    moved(town.hands["OAI"], fresh.ref, E.RECEIVE, E.DECLINE)

    unit = unit_by_code(work, "GSR-VAL-DE-TRAVERS").id
    assert leads(work, done.case) == (unit, (unit,))
    assert instance_of(work, done.case.id).stage == "assessment"
    assert lines(town.hands["group"]) == []
    assert case_by_ref(gsr, done.case.ref).ref == done.case.ref
