"""The case page remembers: what is new since my visit, drafts that come back, notes corrected in the open."""

from datetime import timedelta
from html import unescape

from cii.cases.actions import AddNote, CloseCase, add_note, close_case
from cii.cases.queries import case_by_ref
from cii.notices.queries import notices
from tests.conftest import NOW
from tests.web.build_path import path

__all__ = ["path"]


def later_note(path, ref, who, text):
    """A note written an hour after the clock of the pages, so that it lies after any visit."""
    with path.site.work() as work:
        hand = path.hand(work, who)
        hand.now = NOW + timedelta(hours=1)
        add_note(hand, AddNote(ref, text))


def visited_before(path, ref, who):
    """That person saw the case yesterday."""
    from cii.desk.visiting import visited

    with path.site.work() as work:
        hand = path.hand(work, who)
        hand.now = NOW - timedelta(days=1)
        visited(hand, case_by_ref(work, ref).id)


def test_the_case_page_lists_what_others_wrote_since_my_visit(path):
    ref = path.case("announced")
    visited_before(path, ref, "manager")
    later_note(path, ref, "chief", "La personne a appelé.")

    page = path.as_("manager").get(f"/cases/{ref}")

    assert "Depuis votre dernière visite" in page
    assert "Note de votre service : 1" in unescape(page).replace("\u202f", " ").replace("\xa0", " ")
    assert "Laurent Dubied" in page
    assert f'href="/cases/{ref}/notes"' in page.split('id="changes"')[1]


def test_the_first_visit_is_kept_and_marks_nothing(path):
    ref = path.case("announced")
    reader = path.as_("manager")

    first = reader.get(f"/cases/{ref}")

    assert 'id="changes"' not in first
    later_note(path, ref, "chief", "Après la visite.")
    with path.site.work() as work:
        from cii.desk.visiting import changed_since_visit

        case = case_by_ref(work, ref).id
        assert changed_since_visit(path.hand(work, "manager"), [case]) == {case: 1}


def test_no_section_that_is_closed_to_me_is_told(path):
    ref = path.case("assessment")
    visited_before(path, ref, "social")
    later_note(path, ref, "ai", "Note interne de l'office.")

    page = path.as_("social").get(f"/cases/{ref}")

    assert "Note de votre service" not in page
    assert "Note interne" not in page


def test_the_list_of_cases_fetches_those_that_changed_since_my_visit(path):
    ref = path.case("announced", nom="Nouvelleville")
    visited_before(path, ref, "manager")
    later_note(path, ref, "chief", "Du nouveau.")

    reader = path.as_("manager")

    listed, changed = reader.get("/cases"), reader.get("/cases/changed")

    assert 'hx-get="/cases/changed"' in listed
    assert "Nouvelleville" in changed
    assert "Nouveau (" in changed
    assert "Nouvelleville" not in path.as_("stranger").get("/cases/changed")


def test_the_history_is_filtered_by_kind(path):
    ref = path.case("heard")
    reader = path.as_("ai")

    all_, referrals = (
        reader.get(f"/cases/{ref}/timeline"),
        reader.get(f"/cases/{ref}/timeline", kind="referral"),
    )

    assert "Réponses à la grille" in all_
    assert "Demande de reprise envoyée" in referrals
    assert "Réponses à la grille" not in referrals
    reader.get(f"/cases/{ref}/timeline", 422, kind="nonsense")


def test_a_draft_comes_back_after_the_session_was_lost(path):
    ref = path.case("announced")
    first = path.as_("manager")
    first.post("/drafts", 204, case_ref=ref, place="note", text="La personne dit que")

    page = path.as_("manager").get(f"/cases/{ref}/notes")

    assert "La personne dit que" in page
    assert "Brouillon repris" in page
    assert "La personne dit que" not in path.as_("chief").get(f"/cases/{ref}/notes")


def test_a_draft_goes_when_the_note_is_sent(path):
    ref = path.case("announced")
    reader = path.as_("manager")
    reader.post("/drafts", 204, case_ref=ref, place="note", text="La personne dit oui.")
    reader.post(f"/cases/{ref}/notes", text="La personne dit oui.")

    page = reader.get(f"/cases/{ref}/notes")

    assert "Brouillon repris" not in page
    assert page.count("La personne dit oui.") == 2  # the note, and the form that corrects it


def test_a_draft_in_a_foreign_case_is_as_in_none(path):
    ref = path.case("announced")
    stranger = path.as_("stranger")

    stranger.post("/drafts", 404, case_ref=ref, place="note", text="x")
    stranger.post("/drafts", 404, case_ref="0000000000", place="note", text="x")
    path.as_("manager").post("/drafts", 422, case_ref=ref, place="grid", text="x")


def begun(reader, ref, place, text, **more):
    reader.post("/drafts", 204, case_ref=ref, place=place, text=text, **more)


def test_a_synthesis_begun_comes_back_to_its_writer_only_and_goes_with_the_signature(path):
    ref = path.case("heard")
    lead = path.as_("ai")
    begun(lead, ref, "synthesis", "Capacité résiduelle de 60 %.")

    page = lead.get(f"/cases/{ref}/assessment")
    assert "Capacité résiduelle de 60 %." in page
    assert "Brouillon repris" in page
    assert "Capacité résiduelle" not in path.as_("manager").get(f"/cases/{ref}/assessment")

    version = page.split('name="version" value="')[1].split('"')[0].replace("&#34;", '"')
    lead.post(f"/cases/{ref}/assessment", synthesis="Capacité de 60 % dès janvier.", version=version)
    assert "Capacité résiduelle" not in lead.get(f"/cases/{ref}/assessment")
    assert f"/cases/{ref}/assessment" not in lead.get("/desk").split("Textes commencés")[-1][:2000]


def test_the_goals_of_a_plan_begun_come_back_each_in_its_field(path):
    ref = path.case("plan")
    lead = path.as_("ai")
    for part, text in (
        ("focus", "Un emploi à 60 %"),
        ("parts-1-goal", "Rythme"),
        ("parts-4-action", "Stage"),
    ):
        begun(lead, ref, "plan", text, part=part)

    page = lead.get(f"/cases/{ref}/plan")

    for name, text in (
        ("focus", "Un emploi à 60 %"),
        ("parts-1-goal", "Rythme"),
        ("parts-4-action", "Stage"),
    ):
        assert page.split(f'<textarea class="ds-input" id="f-{name}"')[1].split(">\n")[1].startswith(text)
    assert "plan commun, cas " in lead.get("/desk")


def test_the_reason_of_a_request_comes_back_and_goes_when_it_is_sent(path):
    ref = path.case("plan")
    lead = path.as_("ai")
    begun(lead, ref, "referral", "La personne déménage.")
    page = lead.get(f"/cases/{ref}")
    assert "La personne déménage." in page

    unit = page.split(f'action="/cases/{ref}/request"')[1].split('<option value="')[2].split('"')[0]
    lead.post(f"/cases/{ref}/request", unit_ref=unit, reason="La personne déménage au Val-de-Ruz.")

    assert "vous aviez commencé" not in lead.get(f"/cases/{ref}").lower()


def test_a_text_begun_in_a_case_closed_since_is_told_and_can_be_let_go(path):
    ref = path.case("agreed")
    lead = path.as_("ai")
    begun(lead, ref, "note", "Appeler le médecin.")
    with path.site.work() as work:
        close_case(path.hand(work, "ai"), CloseCase(ref, "autonomous"))

    page = lead.get(f"/cases/{ref}/notes")
    assert "avant la clôture du cas" in page
    assert "Appeler le médecin." in page
    assert "cas clos" in lead.get("/desk")
    assert "Appeler le médecin." not in path.as_("manager").get(f"/cases/{ref}/notes")
    lead.post("/drafts", 409, case_ref=ref, place="note", text="Encore un mot.")

    assert lead.post(f"/cases/{ref}/drafts/note").endswith(f"/cases/{ref}/notes")
    assert "Appeler le médecin." not in lead.get(f"/cases/{ref}/notes")
    lead.post(f"/cases/{ref}/drafts/medical", 404)


def test_the_physicians_part_is_kept_nowhere_before_it_is_sent(path):
    ref = path.case("assessment")
    doctor = path.as_("doctor")

    page = doctor.get(f"/cases/{ref}/health")

    assert 'name="statement"' in page
    assert "data-draft" not in page
    doctor.post("/drafts", 403, case_ref=ref, place="note", text="Lombalgies")
    path.as_("manager").post("/drafts", 422, case_ref=ref, place="medical", text="Lombalgies")


def test_a_note_is_corrected_by_its_author_and_keeps_what_it_said(path):
    ref = path.case("announced")
    reader = path.as_("manager")
    reader.post(f"/cases/{ref}/notes", text="Rendez-vous mardi.")
    note = reader.get(f"/cases/{ref}/notes").split(f"/cases/{ref}/notes/")[1][:10]

    reader.post(f"/cases/{ref}/notes/{note}", text="Rendez-vous mercredi.")

    page = reader.get(f"/cases/{ref}/notes")
    assert "Rendez-vous mercredi." in page
    assert "Versions antérieures" in page
    assert "Rendez-vous mardi." in page
    path.as_("chief").post(f"/cases/{ref}/notes/{note}", 403, text="Autre.")
    path.as_("stranger").post(f"/cases/{ref}/notes/{note}", 404, text="Autre.")


def test_a_mention_tells_a_member_of_the_unit_and_nobody_else(path):
    ref = path.case("announced")
    path.as_("manager").post(f"/cases/{ref}/notes", text="@Laurent Dubied et @Béatrice Aubry: à voir.")

    with path.site.work() as work:
        told = [one for one in notices(path.hand(work, "chief")) if one.subject_ref == ref]
        outside = [one.kind for one in notices(path.hand(work, "ai")) if one.subject_ref == ref]

    assert [one.kind for one in told if one.account_id] == ["mentioned"]
    assert "mentioned" not in outside
    assert "vous mentionne" in path.as_("chief").get("/desk")
