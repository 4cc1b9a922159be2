"""A case is announced: threshold and basis, the path that opens, who has a part and who learns nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event as happening
from sqlalchemy import literal, select, text

from cii.access.queries import case_visible, sections_on_case
from cii.access.vocabulary import Role, Section
from cii.cases.disclosed import consents_open, disclosures_open
from cii.cases.listing import CaseFilter, case_list
from cii.cases.queries import case_by_ref
from cii.cases.restricting import restriction
from cii.cases.vocabulary import CasePath
from cii.institutions.queries import institution_of, unit_by_code
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.notices.queries import notices
from cii.people.queries import consents
from cii.people.vocabulary import Basis
from cii.routing.actions import (
    Announce,
    CompleteTask,
    MoveReferral,
    announce,
    complete_task,
    move_referral,
    recipients,
)
from cii.routing.holding import instance_of
from cii.routing.queries import detection_of_case, detection_view, detections
from cii.routing.rules import (
    AlreadyAnnounced,
    BelowThreshold,
    NoUnitForRole,
    TriageRefused,
)
from cii.routing.vocabulary import Path, Potential, ReferralEvent
from cii.workflow.inbox import Tab, inbox, inbox_counts
from cii.workflow.queries import tasks_of
from tests.access.build_access import an_actor
from tests.routing.build_routing import CONSENT, a_detection, a_town, an_announced, codes


def test_below_the_threshold_and_without_basis_every_reason_comes_at_once(work):
    hand = a_town(work).hands["ORP"]
    ref = a_detection(hand, droit_possible="")

    with pytest.raises(Refusal) as no:
        announce(hand, Announce(ref, Potential.MEDIUM, "Motif"))

    assert codes(no) == ["below-threshold", "basis-no-consent", "basis-no-consent", "basis-no-consent"]
    assert {one.facts["recipient"] for one in no.value.reasons[1:]} == {
        "Office AI, réadaptation",
        "Guichet social régional du Val-de-Travers",
        "Équipe des médecins-conseils",
    }


def test_a_case_announced_as_restricted_is_seen_by_nobody_else_for_one_moment(work):
    """Asked at every write of the announcement, not only at its end."""
    town = a_town(work)
    hand = town.hands["ORP"]
    unit = unit_by_code(work, "ORP-LITTORAL")
    town.hands["peer"] = replace(work, actor=an_actor(work, (unit, Role.CASE_MANAGER)), seen=[])
    town.hands["chief"] = replace(work, actor=an_actor(work, (unit, Role.SUPERVISOR)), seen=[])
    others = [one for name, one in town.hands.items() if name != "ORP"]
    detection, seen, moments = a_detection(hand), [], []

    def look(session, _):
        ids = session.connection().execute(text("SELECT id FROM case_file")).scalars().all()
        moments.extend(ids)
        seen.extend(
            (one.actor.name, id_)
            for one in others
            for id_ in ids
            if session.connection()
            .execute(select(literal(1)).where(case_visible(literal(id_), one.actor, work.now)))
            .first()
        )

    happening.listen(work.session, "after_flush_postexec", look)
    done = announce(
        hand,
        Announce(detection, Potential.MEDIUM, "Motif", consent=CONSENT, restricted=" Parenté avec l'unité. "),
    )
    happening.remove(work.session, "after_flush_postexec", look)

    assert len(moments) > 10
    assert seen == []
    assert done.case.restricted
    assert restriction(hand, done.case.ref).reason == "Parenté avec l'unité."
    assert case_by_ref(hand, done.case.ref)
    for one in others:
        with pytest.raises(UnknownThing):
            case_by_ref(one, done.case.ref)
        assert case_list(one, CaseFilter()).items in ((), [])
        assert not [told for told in notices(one) if told.subject_ref == done.case.ref]
        assert detections(one).items == ()
        with pytest.raises(UnknownThing):
            detection_view(one, detection)
        assert consents_open(one, done.case.person_id) == []
        assert disclosures_open(one, done.case.person_id) == []
    assert len(disclosures_open(hand, done.case.person_id)) > 1


def test_who_may_not_restrict_cases_announces_open_ones_only(work):
    town = a_town(work)
    service = unit_by_code(work, "ORP-LITTORAL")
    desk = replace(work, actor=an_actor(work, (service, Role.REFERRAL_SERVICE)), seen=[])

    with pytest.raises(NotAllowed):
        announce(
            desk,
            Announce(
                a_detection(town.hands["ORP"]), Potential.MEDIUM, "Motif", consent=CONSENT, restricted="Oui."
            ),
        )


def test_a_basis_between_two_insurances_does_not_reach_social_aid(work):
    hand = a_town(work).hands["ORP"]

    with pytest.raises(Refusal) as no:
        announce(hand, Announce(a_detection(hand), Potential.MEDIUM, "Motif", Basis.LACI_85F_3))

    assert "basis-ac-ai-only" in codes(no)


def test_with_consent_the_network_opens_with_tasks_and_terms_for_every_voice(work):
    town = a_town(work)

    done = an_announced(town.hands["ORP"])

    assert done.path is Path.NETWORK
    assert done.case.path is CasePath.NETWORK
    tasks = {task.key: task for task in tasks_of(work, instance_of(work, done.case.id))}
    assert {"grid_ac", "grid_ai", "grid_as", "medical", "take_lead"} <= set(tasks)
    # 14 working days after 15 October 2026 end on 4 November; nothing of Neuchâtel's holidays lies between
    assert {tasks[key].due_at.date() for key in ("grid_ac", "grid_ai", "grid_as")} == {date(2026, 11, 4)}
    assert tasks["medical"].due_at.date() == date(2026, 11, 13)
    assert detection_of_case(work, done.case.id).state == "announced"


def test_somebody_without_part_does_not_learn_that_the_case_exists(work):
    town = a_town(work)
    done = an_announced(town.hands["ORP"])

    with pytest.raises(UnknownThing):
        case_by_ref(town.hands["stranger"], done.case.ref)

    assert inbox(town.hands["stranger"], "unit").items in ((), [])


def test_what_others_have_to_do_is_shown_of_cases_that_one_may_see(work):
    """The coordination group has a part in every process of the network; until it is called, none of its cases is its business."""
    town = a_town(work)
    done = an_announced(town.hands["ORP"])

    told = {one.key for one in inbox(town.hands["ORP"], "others").items}

    assert {"grid_ai", "grid_as", "medical"} <= told
    assert list(inbox(town.hands["group"], "others").items) == []
    assert inbox_counts(town.hands["group"])[Tab.OTHERS] == 0
    assert inbox(town.hands["OAI"], "others").items[0].subject_ref == done.case.ref


def test_a_detection_is_announced_once(work):
    hand = a_town(work).hands["ORP"]
    ref = a_detection(hand)
    announce(hand, Announce(ref, Potential.LOW, "Motif", consent=CONSENT))

    with pytest.raises(AlreadyAnnounced):
        announce(hand, Announce(ref, Potential.LOW, "Motif", consent=CONSENT))


def test_a_place_outside_the_canton_has_no_social_counter(work):
    hand = a_town(work).hands["ORP"]

    with pytest.raises(NoUnitForRole):
        announce(hand, Announce(a_detection(hand, npa="3000"), Potential.LOW, "Motif", consent=CONSENT))


def test_without_potential_everyday_collaboration_takes_over(work):
    hand = a_town(work).hands["ORP"]

    done = announce(hand, Announce(a_detection(hand), Potential.NONE, "Motif", consent=CONSENT))

    assert done.path is Path.EVERYDAY


def test_in_everyday_collaboration_the_sending_unit_keeps_its_part_and_gives_its_contribution(work):
    town = a_town(work)
    done = announce(
        town.hands["ORP"], Announce(a_detection(town.hands["ORP"]), Potential.NONE, "Motif", consent=CONSENT)
    )
    for event in (ReferralEvent.RECEIVE, ReferralEvent.ACCEPT):
        move_referral(town.hands["OAI"], MoveReferral(done.referral_ref, event))
    later = replace(town.hands["ORP"], now=work.now + timedelta(days=45))

    assert case_by_ref(later, done.case.ref).lead_unit_id == unit_by_code(work, "OAI-REA").id
    (support,) = inbox(later, "unit").items
    complete_task(later, CompleteTask(support.ref, "given"))
    assert {task.key: task.outcome for task in tasks_of(work, instance_of(work, done.case.id))}[
        "support"
    ] == "given"


def test_a_young_person_goes_to_youth_case_management(work):
    hand = a_town(work).hands["ORP"]

    done = an_announced(hand, naissance="01.02.2004")

    assert done.path is Path.YOUTH


def test_medical_data_is_agreed_for_the_physician_and_the_ai_office_only(work):
    town = a_town(work)
    ref = a_detection(town.hands["ORP"])
    named = {
        one.role.value: bool(one.sections & Section.MEDICAL) for one in recipients(town.hands["ORP"], ref)
    }
    case = announce(town.hands["ORP"], Announce(ref, Potential.LOW, "Motif", consent=CONSENT)).case

    medical = [row for row in consents(work, case.person_id) if row.consent.sections & Section.MEDICAL]

    assert named == {"AI": True, "AS": False, "physician": True}
    assert {institution_of(work, unit_by_code(work, code).id).id for code in ("OAI-REA", "MEDECINS")} == set(
        medical[0].institution_ids
    )
    assert len(medical) == 1


def test_each_party_keeps_notes_of_its_own(work):
    town = a_town(work)
    case = an_announced(town.hands["ORP"]).case

    for name in ("ORP", "OAI", "GSR"):
        assert sections_on_case(town.hands[name], case.id)[1] & Section.NOTES, name


def test_triage_refuses_with_the_sentence_of_its_rule():
    assert TriageRefused(why="x").kind == BelowThreshold(followed=0, may_owe=0).kind == "unfit"
