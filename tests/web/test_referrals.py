"""Referrals: each side sees the moves that are its own; the lead moves on acceptance only."""

from cii.institutions.queries import unit_by_code
from cii.routing.actions import Announce, ConsentAsk, announce
from cii.routing.vocabulary import Potential
from tests.web.build_path import DAY, path

__all__ = ["path"]


def moved(reader, ref, event, status=303, text="", **more):
    page = reader.get(f"/referrals/{ref}")
    version = page.split('name="version" value="')[1].split('"')[0].replace("&#34;", '"')
    return reader.post(f"/referrals/{ref}", status, event=event, text=text, version=version, **more)


def everyday(path) -> str:
    """The ref of an everyday case whose first orientation waits at the disability insurance."""
    detection = path.detection()
    with path.site.work() as work:
        ask = Announce(detection, Potential.NONE, "Qui accompagne?", consent=ConsentAsk(DAY))
        return announce(path.hand(work, "manager"), ask).case.ref


def test_a_referral_is_received_then_accepted_and_the_lead_moves(path):
    case = path.case("announced")
    ref, reader = path.referral(case), path.as_("ai")
    assert "Conduite : Office régional de placement" in " ".join(reader.get(f"/cases/{case}").split())

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


def test_a_redirect_names_another_institution_and_the_third_is_told_to_the_coordination_group(path):
    case, sender = everyday(path), path.as_("manager")
    with path.site.work() as work:
        units = {
            who: unit_by_code(work, code).ref
            for who, code in (("ai", "OAI-REA"), ("social", "GSR-VAL-DE-TRAVERS"))
        }
    turns = (("ai", "social"), ("social", "ai"), ("ai", "social"))

    for turn, (asked, named) in enumerate(turns):
        ref, reader = path.referral(case), path.as_(asked)
        moved(reader, ref, "receive")
        if turn == 0:
            moved(reader, ref, "redirect", 422, text="Autre institution")
        moved(reader, ref, "redirect", text="Autre institution", named_unit_ref=units[named])
        if turn < len(turns) - 1:
            sender.post(f"/cases/{case}/request", unit_ref=units[named], reason="Suite")

    page = sender.get(f"/referrals/{ref}")
    assert page.count("Office AI, réadaptation → Guichet social") == 2
    first = sender.get(f"/cases/{case}")
    assert "La personne a été redirigée 3 fois en 12 mois" in first
    assert first.index("La personne a été redirigée 3 fois") < first.index("La décision qui a précédé")
    board = path.as_("coordination").get("/coordination")
    assert "Redirections répétées, évaluation commune ouverte\xa0: CII-" in board
    assert "Depuis le 15.10.2026." in board


def begun(reader, ref, event, text, status=204):
    reader.post("/drafts", status, case_ref=ref, place="referral_reply", part=f"{ref}-{event}", text=text)


def test_a_reply_begun_comes_back_to_its_writer_only_and_goes_when_it_is_sent(path):
    ref, asked = path.referral(path.case("announced")), path.as_("ai")
    moved(asked, ref, "receive")
    begun(asked, ref, "decline", "Aucune demande AI")

    page = path.as_("ai").get(f"/referrals/{ref}")
    assert "Aucune demande AI</textarea>" in page
    assert "Brouillon repris" in page
    assert "Aucune demande AI" not in path.as_("manager").get(f"/referrals/{ref}")
    begun(path.as_("social"), ref, "decline", "x", 404)
    begun(asked, ref[::-1], "decline", "x", 404)

    moved(asked, ref, "decline", text="Aucune demande AI ouverte.")
    assert "Brouillon repris" not in asked.get(f"/referrals/{ref}")


def test_a_reply_that_came_too_late_is_kept_to_be_read_until_its_writer_lets_it_go(path):
    ref, asked, sender = path.referral(path.case("announced")), path.as_("ai"), path.as_("manager")
    moved(asked, ref, "receive")
    begun(asked, ref, "decline", "Aucune demande AI")
    version = (
        asked.get(f"/referrals/{ref}").split('name="version" value="')[1].split('"')[0].replace("&#34;", '"')
    )
    moved(sender, ref, "withdraw", text="Autre voie trouvée.")

    late = asked.post(
        f"/referrals/{ref}", 412, event="decline", text="Aucune demande AI ouverte.", version=version
    )

    assert "Aucune demande AI ouverte." in late
    assert "Aucune demande AI" in asked.get(f"/referrals/{ref}")
    asked.post(f"/referrals/{ref}/drafts", 303)
    assert "Aucune demande AI" not in asked.get(f"/referrals/{ref}")
