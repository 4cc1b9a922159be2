"""Referrals: each side sees the moves that are its own; the lead moves on acceptance only."""

from tests.web.build_path import path

__all__ = ["path"]


def moved(reader, ref, event, status=303, text=""):
    page = reader.get(f"/referrals/{ref}")
    version = page.split('name="version" value="')[1].split('"')[0].replace("&#34;", '"')
    return reader.post(f"/referrals/{ref}", status, event=event, text=text, version=version)


def test_a_referral_is_received_then_accepted_and_the_lead_moves(path):
    case = path.case("announced")
    ref, reader = path.referral(case), path.as_("ai")
    assert "Conduite: Office régional de placement" in " ".join(reader.get(f"/cases/{case}").split())

    moved(reader, ref, "receive")
    moved(reader, ref, "accept")

    assert "acceptée" in reader.get(f"/referrals/{ref}")
    assert "Office AI, réadaptation, Béatrice Aubry" in reader.get(f"/cases/{case}")


def test_a_referral_is_declined_with_a_reason_only(path):
    ref, reader = path.referral(path.case("announced")), path.as_("ai")
    moved(reader, ref, "receive")

    no = moved(reader, ref, "decline", 422)
    moved(reader, ref, "decline", text="Aucune demande AI ouverte.")

    assert 'id="f-text-error"' in no
    page = reader.get(f"/referrals/{ref}")
    assert "refusée" in page
    assert "Aucune demande AI ouverte." in page
    assert 'name="event"' not in page


def test_a_question_goes_back_and_its_answer_comes(path):
    ref, asked, sender = path.referral(path.case("announced")), path.as_("ai"), path.as_("manager")
    moved(asked, ref, "receive")

    moved(asked, ref, "ask", text="Depuis quand l'incapacité?")
    moved(sender, ref, "answer", text="Depuis février.")

    page = asked.get(f"/referrals/{ref}")
    assert "Depuis février." in page
    assert "Accepter" in page


def test_the_sender_sees_that_the_other_side_has_to_answer(path):
    page = path.as_("manager").get(f"/referrals/{path.referral(path.case('announced'))}")

    assert "Retirer" in page
    assert "Accepter" not in page


def test_who_lies_not_between_sees_no_referral(path):
    ref = path.referral(path.case("announced"))

    path.as_("social").get(f"/referrals/{ref}", 404)
    path.as_("doctor").get(f"/referrals/{ref}", 403)


def test_the_list_holds_those_that_wait(path):
    path.case("announced", nom="Attentive")

    page = path.as_("ai", "de").get("/referrals")

    assert "Attentive Dominique" in page
    assert "Übergabeanfragen" in page
