"""Notes: drafts survive until sent, a correction keeps what was said, a mention stays within the unit."""

import pytest

from cii.cases.actions import AddNote
from cii.cases.noting import CorrectNote, NoteCorrected, NoteOfAnother, notes_in
from cii.desk.drafting import SaveDraft, kept_drafts, save_draft
from cii.desk.noting import colleagues, rewrite_note, write_note
from cii.desk.rules import mentioned
from cii.desk.vocabulary import DraftPlace
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.notices.queries import notices
from tests.desk.build_desk import a_desk, later

NOTE = DraftPlace.NOTE


@pytest.fixture
def net(work):
    return a_desk(work)


def told(hand):
    return [one.kind for one in notices(hand)]


def test_a_draft_is_kept_for_its_author_only_and_comes_back(net):
    mine = net.hands["AC"]
    save_draft(mine, SaveDraft(net.case.ref, NOTE, "La personne"))
    save_draft(later(mine, minutes=1), SaveDraft(net.case.ref, NOTE, "La personne appelle."))

    assert kept_drafts(mine, net.case.id, NOTE)[""].text == "La personne appelle."
    assert kept_drafts(net.hands["colleague"], net.case.id, NOTE) == {}


def test_an_emptied_draft_is_gone(net):
    mine = net.hands["AC"]
    save_draft(mine, SaveDraft(net.case.ref, NOTE, "La personne"))
    save_draft(mine, SaveDraft(net.case.ref, NOTE, "  "))

    assert kept_drafts(mine, net.case.id, NOTE) == {}


def test_a_sent_note_lets_its_draft_go(net):
    mine = net.hands["AC"]
    save_draft(mine, SaveDraft(net.case.ref, NOTE, "La personne appelle."))
    write_note(mine, AddNote(net.case.ref, "La personne appelle."))

    assert kept_drafts(mine, net.case.id, NOTE) == {}


def test_a_draft_needs_the_right_to_write_the_note(net):
    with pytest.raises(UnknownThing):
        save_draft(net.hands["stranger"], SaveDraft(net.case.ref, NOTE, "x"))
    with pytest.raises(NotAllowed):
        save_draft(net.hands["physician"], SaveDraft(net.case.ref, NOTE, "x"))


def test_a_colleague_who_is_named_is_told(net):
    write_note(net.hands["AC"], AddNote(net.case.ref, "@Hélène Aubry peux-tu rappeler ?"))

    assert told(net.hands["colleague"]) == ["mentioned"]


def test_a_mention_never_leaves_the_unit(work, net):
    outside = net.hands["AI"].actor.name

    write_note(net.hands["colleague"], AddNote(net.case.ref, f"@{outside}: à voir."))

    assert "mentioned" not in told(net.hands["AI"])


def test_the_note_holds_no_personal_text_in_its_notice(net):
    write_note(net.hands["AC"], AddNote(net.case.ref, "@Aubry dettes en cours"))

    assert notices(net.hands["colleague"])[0].facts == {"number": net.case.number}


def test_a_correction_keeps_what_was_said_and_tells_nobody_twice(net):
    mine = net.hands["AC"]
    first = write_note(mine, AddNote(net.case.ref, "@Aubry rendez-vous mardi."))
    rewrite_note(later(mine, hours=1), CorrectNote(net.case.ref, first.ref, "@Aubry rendez-vous mercredi."))

    (note,) = notes_in(mine, net.case.ref)

    assert note.text == "@Aubry rendez-vous mercredi."
    assert [one.text for one in note.earlier] == ["@Aubry rendez-vous mardi."]
    assert told(net.hands["colleague"]) == ["mentioned"]


def test_only_the_author_corrects_and_only_what_stands(net):
    first = write_note(net.hands["AC"], AddNote(net.case.ref, "Un."))
    rewrite_note(net.hands["AC"], CorrectNote(net.case.ref, first.ref, "Deux."))

    with pytest.raises(NoteOfAnother):
        rewrite_note(net.hands["colleague"], CorrectNote(net.case.ref, first.ref, "Trois."))
    with pytest.raises(NoteCorrected):
        rewrite_note(net.hands["AC"], CorrectNote(net.case.ref, first.ref, "Trois."))
    with pytest.raises(UnknownThing):
        rewrite_note(net.hands["AI"], CorrectNote(net.case.ref, first.ref, "Trois."))


def test_colleagues_who_may_be_named_are_those_of_my_unit(net):
    assert colleagues(net.hands["AC"]) == ["Hélène Aubry", "Laurent Dubied"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Helene Aubry, merci", {1}),
        ("voir avec @aubry.", {1}),
        ("@Aubryne", set()),
        ("@Anne", set()),
        ("@Anne Favre et @Anne Droz", {2, 3}),
        ("Hélène Aubry sans signe", set()),
        ("", set()),
    ],
)
def test_a_mention_is_a_whole_name_or_a_part_that_one_person_bears(text, found):
    members = {1: "Hélène Aubry", 2: "Anne Favre", 3: "Anne Droz"}

    assert mentioned(text, members) == found
