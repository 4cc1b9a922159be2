"""The grid over time: what runs out, what a new version no longer asks for, two moments, the provider beside."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from cii.cases.actions import SignAssessment, VoiceDone, leave, publish_grids, sign, voice_done
from cii.cases.assessing import NoteMeeting, note_meeting
from cii.cases.grid import parse_grid
from cii.cases.grid_view import disagreements, grid_compared
from cii.cases.observing import observe
from cii.cases.rules import NoTeam, ValidityOver
from cii.cases.tables import AssessmentSeat
from cii.cases.view import case_view
from cii.cases.vocabulary import PartyRole, Voice
from cii.kernel.errors import Refusal
from cii.store.work import Work
from tests.cases.build_cases import DAY, WORKFLOWS, a_grid, a_network, all_voices, an_entry
from tests.conftest import NOW

TODAY = NOW.date()


def refused(act, *args, **more) -> list[str]:
    with pytest.raises(Refusal) as no:
        act(*args, **more)
    return [one.code for one in no.value.reasons]


def lines(hand, net):
    return case_view(hand, net.case.ref).sections["plan"].grid


def later(hand, days: int):
    return replace(hand, now=NOW + timedelta(days=days))


def until(days: int, value="1"):
    return replace(an_entry(value=value), valid_until=TODAY + timedelta(days=days))


def test_an_entry_out_of_date_is_shown_as_such_and_makes_no_disagreement(work: Work):
    net = a_network(work)
    a_grid(net, "AC", until(10))
    a_grid(net, "AI", an_entry(value="3"))

    now, then = lines(net.hands["AI"], net), lines(later(net.hands["AI"], 11), net)

    assert (disagreements(now), disagreements(then)) == (1, 0)
    assert [one.expired for one in then[0].entries] == [True, False]
    assert refused(a_grid, net, "AC", until(-1)) == [ValidityOver.code]


def test_two_moments_stand_side_by_side_with_what_changed(work: Work):
    net = a_network(work)
    a_grid(net, "AC", an_entry(value="1"))
    a_grid(net, "AI", until(20, "2"))
    after = later(net.hands["AC"], 30)
    net.hands["AC"] = after
    a_grid(net, "AC", an_entry(value="4"), an_entry("motivation", "3"))

    told = grid_compared(after, net.case.ref, TODAY, TODAY + timedelta(days=30))

    said = {
        one.line.item: [(p.change, p.before and p.before.value, p.after.value) for p in one.pairs]
        for one in told
    }
    assert said == {
        "punctuality": [("expired", "2", "2"), ("changed", "1", "4")],
        "motivation": [("new", None, "3")],
    }


def test_a_new_version_of_the_grid_loses_no_entry_and_says_what_it_asks_no_longer(work: Work, tmp_path):
    net = a_network(work)
    a_grid(net, "AC", an_entry(value="2"), an_entry("motivation", "3"))
    text = (WORKFLOWS / "grids" / "common-v2.yaml").read_text(encoding="utf-8")
    kept = [one for one in text.splitlines() if "{key: motivation" not in one]
    (tmp_path / "common.yaml").write_text(
        "\n".join(kept).replace("version: 2", "version: 3", 1), encoding="utf-8"
    )
    publish_grids(work, tmp_path)

    told = {
        one.item: (one.formerly, one.entries[0].value, one.title["fr"]) for one in lines(net.hands["AI"], net)
    }

    assert told == {
        "punctuality": (False, "2", "Ponctualité et fiabilité"),
        "motivation": (True, "3", "Motivation pour une mesure"),
    }


def test_what_a_number_counts_is_worded_in_each_language_and_a_sign_alike_in_all():
    items = parse_grid((WORKFLOWS / "grids" / "common-v2.yaml").read_text(encoding="utf-8"), "common").items

    assert items["travel_minutes"].unit == {"fr": "minutes", "de": "Minuten", "en": "minutes"}
    assert items["work_capacity"].unit == dict.fromkeys(("fr", "de", "en"), "%")
    assert items["motivation"].unit == {}


def test_what_a_provider_observes_stands_beside_what_the_institutions_say(work: Work):
    net = a_network(work)
    a_grid(net, "AC", an_entry(value="3"))

    observe(work, net.case.id, (an_entry(value="1"), an_entry("quality", "2")), net.units["stranger"].id)

    shared, own = lines(net.hands["AI"], net)
    assert [(one.grid, one.value) for one in shared.entries] == [("common", "3"), ("observation", "1")]
    assert (shared.disagree, own.item) == (True, "quality")


def test_the_team_of_a_round_is_kept_with_who_was_there_and_old_rounds_stay_readable(work: Work):
    net = a_network(work)
    all_voices(net)
    lead = net.hands["AC"]

    note_meeting(lead, NoteMeeting(net.case.ref, DAY, (Voice.AC, Voice.PHYSICIAN)))
    sign(lead, SignAssessment(net.case.ref, "Première synthèse"))
    a_grid(net, "AI")
    voice_done(net.hands["AI"], VoiceDone(net.case.ref, Voice.AI))

    new, old = case_view(lead, net.case.ref).sections["plan"].rounds
    assert [(one.role, one.present) for one in old.seats] == [
        (Voice.AC, True), (Voice.AI, False), (Voice.AS, False), (Voice.PHYSICIAN, True),
    ]  # fmt: skip
    assert (old.synthesis, old.medical_done, old.labour_done) == ("Première synthèse", True, True)
    assert (new.round, new.heard, new.labour_done) == (2, (Voice.AI,), False)


def test_nobody_is_present_for_a_voice_that_has_no_seat(work: Work):
    net = a_network(work)
    leave(work, net.case, net.units["AS"].id, PartyRole.AS)

    codes = refused(
        note_meeting,
        net.hands["AC"],
        NoteMeeting(net.case.ref, TODAY + timedelta(days=1), (Voice.AC, Voice.AS)),
    )

    assert codes == ["day-ahead", NoTeam.code]
    assert work.session.exec(select(AssessmentSeat.present)).first() is None
