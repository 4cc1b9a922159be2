"""The pages of meetings: agenda, invitations with their reasons, minutes, decisions; a guest's part of them."""

from io import BytesIO

import pytest
from docx import Document

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.vocabulary import Role
from cii.coordination.actions_members import AppointMember, EndMember, appoint_member, end_member
from cii.coordination.members import members
from cii.coordination.vocabulary import Body, Standing
from cii.institutions.queries import unit_by_code
from tests.meetings.build_meetings import a_pdf
from tests.web.build_town import PASSWORD
from tests.web.test_coordination import the_version

PEOPLE = {
    "ofij": ("Laure Montandon", "SFPO", (("OFIJ", Role.CONTRACT_MANAGER), ("GC", Role.COORDINATION_MEMBER))),
    "lmmt": ("Raymond Bolle", "SEMP", (("LMMT", Role.CONTRACT_MANAGER), ("GC", Role.COORDINATION_MEMBER))),
    "guest": ("Sibylle Racine", None, (("GC", Role.COORDINATION_GUEST),)),
}


@pytest.fixture
def seated(site):
    """The town with a group: a permanent member, one by invitation, a guest."""
    with site.work() as work:
        for one in members(work, Body.COORDINATION, work.today):
            if one.institution in {"SEMP", "SFPO"}:
                end_member(work, EndMember(one.ref, work.today))
        for key, (name, institution, seats) in PEOPLE.items():
            account = add_account(work, AddAccount(f"{key}@cii.example", name, password=PASSWORD))
            for unit, role in seats:
                add_membership(work, account, unit_by_code(work, unit).id, role)
            standing = {"SEMP": Standing.PERMANENT, "SFPO": Standing.INVITED}.get(institution, Standing.GUEST)
            appoint_member(
                work, AppointMember(Body.COORDINATION, standing, work.today, institution, account.ref)
            )
    return site


def planned(reader, day="2026-12-10"):
    plan = {"body": "coordination", "planned_on": day, "starts_at": f"{day}T14:00", "place": "Château"}
    return reader.post("/coordination/meetings/new", **plan).rsplit("/", 1)[1]


def at(reader, ref):
    return f"/coordination/meetings/{ref}", the_version(reader.get(f"/coordination/meetings/{ref}"))


def act(reader, ref, url, status=303, **form):
    _, version = at(reader, ref)
    return reader.post(url, status, version=version, **form)


def items(page):
    return [one.split('"')[0] for one in page.split('name="kept" value="')[1:]]


def value_of(page, label, name):
    """The value of the option of that label in a select."""
    select = page.split(f'name="{name}"')[1].split("</select>")[0]
    return next(one.split('"')[1] for one in select.split("<option value=")[1:] if label in one)


def test_a_meeting_from_its_agenda_to_its_minutes(seated):
    reader = seated.as_("lmmt")
    ref = planned(reader)
    assert "Aucun objet" in reader.get(f"/coordination/meetings/{ref}")

    act(reader, ref, f"/coordination/meetings/{ref}/agenda/proposal")
    act(reader, ref, f"/coordination/meetings/{ref}/agenda/items", title="Calendrier 2027")
    page = reader.get(f"/coordination/meetings/{ref}")
    assert "Rapport du 3e trimestre 2026" in page
    assert "Les absences dépassent le minimum convenu." in page
    found = items(page)
    act(reader, ref, f"/coordination/meetings/{ref}/agenda", kept=[found[0], found[-1]])
    page = reader.get(f"/coordination/meetings/{ref}")
    assert "Laure Montandon" in page
    assert "au moins une fois par an" in page

    act(reader, ref, f"/coordination/meetings/{ref}/invitations")
    page = reader.get(f"/coordination/meetings/{ref}")
    assert "Vous êtes convié à cette séance." in page
    reader.post(f"/coordination/meetings/{ref}/answer", answer="comes")
    assert "Votre réponse\xa0: présence annoncée." in reader.get(f"/coordination/meetings/{ref}")

    ics = reader.client.get(f"/coordination/meetings/{ref}/calendar.ics")
    assert "DTSTART:20261210T130000Z" in ics.text
    assert "LOCATION:Château" in ics.text


def test_what_was_decided_is_followed_and_minuted(seated):
    reader = seated.as_("lmmt")
    ref = planned(reader, "2026-10-14")
    act(reader, ref, f"/coordination/meetings/{ref}/agenda/items", title="Calendrier 2027")
    act(reader, ref, f"/coordination/meetings/{ref}/holding", held_on="2026-10-14", summary="Séance brève.")

    act(
        reader,
        ref,
        f"/coordination/meetings/{ref}/decisions",
        wording="Relancer l'Établi.",
        owner="SEMP",
        due_on="2026-11-30",
    )
    refused = act(
        reader, ref, f"/coordination/meetings/{ref}/decisions", 422, wording="Encore.", stand="refused"
    )
    assert "Indiquez le motif." in refused
    reserved = act(
        reader,
        ref,
        f"/coordination/meetings/{ref}/decisions",
        403,
        wording="Vingt places.",
        kind="more_places",
    )
    assert "Cette décision revient au GP CII" in reserved

    page = reader.get("/coordination/decisions")
    assert "Relancer l&#39;Établi." in page
    decision = page.split("/coordination/decisions/")[1].split('"')[0]
    version = the_version(reader.get(f"/coordination/decisions/{decision}"))
    reader.post(f"/coordination/decisions/{decision}/moves", version=version, event="do", note="Fait")
    assert "exécutée" in reader.get(f"/coordination/decisions/{decision}")
    assert "Aucune décision à exécuter." in reader.get("/coordination/decisions")
    assert "Relancer" in reader.get("/coordination/decisions", all="yes")

    page = reader.get(f"/coordination/meetings/{ref}")
    item = page.split('name="entries-0-item_ref" value="')[1].split('"')[0]
    act(
        reader,
        ref,
        f"/coordination/meetings/{ref}/outcomes",
        **{"entries-0-item_ref": item, "entries-0-said": "Adopté sans opposition."},
    )
    word = reader.client.get(f"/coordination/meetings/{ref}/minutes.docx")
    said = "\n".join(one.text for one in Document(BytesIO(word.data)).paragraphs)
    assert "Adopté sans opposition." in said
    assert "14 octobre 2026 · Château" in said


def test_final_minutes_are_filed_distributed_and_adopted(seated):
    reader = seated.as_("lmmt")
    ref = planned(reader, "2026-10-14")
    act(reader, ref, f"/coordination/meetings/{ref}/holding", held_on="2026-10-14")

    wrong = act(
        reader,
        ref,
        f"/coordination/meetings/{ref}/minutes",
        422,
        file=(BytesIO(b"du texte"), "pv.txt", "text/plain"),
    )
    assert "se dépose en PDF" in wrong
    act(
        reader,
        ref,
        f"/coordination/meetings/{ref}/minutes",
        file=(BytesIO(a_pdf()), "pv.pdf", "application/pdf"),
    )
    act(reader, ref, f"/coordination/meetings/{ref}/distribution")
    assert seated.as_("ofij").client.get(f"/coordination/meetings/{ref}/minutes.pdf").data[:4] == b"%PDF"
    assert "Le procès-verbal de la séance du 14.10.2026" in seated.as_("ofij").get("/notices")
    act(reader, ref, f"/coordination/meetings/{ref}/adoption")

    assert "procès-verbal adopté" in reader.get(f"/coordination/meetings/{ref}")
    act(
        reader,
        ref,
        f"/coordination/meetings/{ref}/minutes",
        409,
        file=(BytesIO(a_pdf(300)), "pv.pdf", "application/pdf"),
    )


def test_a_member_by_invitation_asks_to_come(seated):
    ref = planned(seated.as_("lmmt"))
    reader = seated.as_("ofij")
    assert "Vous pouvez demander à participer" in reader.get(f"/coordination/meetings/{ref}")

    reader.post(f"/coordination/meetings/{ref}/requests")

    assert "Votre demande de participation est enregistrée" in reader.get(f"/coordination/meetings/{ref}")
    assert "demande à participer" in seated.as_("lmmt").get(f"/coordination/meetings/{ref}")
    seated.as_("lmmt").post(f"/coordination/meetings/{ref}/requests", 403)


def test_a_guest_sees_the_item_called_for_and_nothing_else(seated):
    reader, guest = seated.as_("lmmt"), seated.as_("guest")
    ref = planned(reader)
    act(reader, ref, f"/coordination/meetings/{ref}/agenda/items", title="Exposé sur les apprentissages")
    act(reader, ref, f"/coordination/meetings/{ref}/agenda/items", title="Affaire interne")
    guest.get(f"/coordination/meetings/{ref}", 404)
    page = reader.get(f"/coordination/meetings/{ref}")
    seat, item = value_of(page, "Sibylle Racine", "member_ref"), value_of(page, "Exposé", "item_ref")

    act(reader, ref, f"/coordination/meetings/{ref}/agenda/guests", member_ref=seat, item_ref=item)
    act(reader, ref, f"/coordination/meetings/{ref}/invitations")

    page = guest.get(f"/coordination/meetings/{ref}")
    assert "Exposé sur les apprentissages" in page
    assert "Affaire interne" not in page
    assert "Raymond Bolle" not in page
    assert "10.12.2026" in guest.get("/coordination/meetings")
    for closed in ("minutes.docx", "minutes.pdf"):
        assert guest.client.get(f"/coordination/meetings/{ref}/{closed}").status_code == 403
    guest.get("/coordination/decisions", 403)
    guest.post(f"/coordination/meetings/{ref}/cancellation", 403)


def test_items_change_places_and_a_stale_page_changes_nothing(seated):
    reader = seated.as_("lmmt")
    ref = planned(reader)
    act(reader, ref, f"/coordination/meetings/{ref}/agenda/items", title="Premier objet")
    url, stale = at(reader, ref)
    act(reader, ref, f"/coordination/meetings/{ref}/agenda/items", title="Second objet")
    second = items(reader.get(url))[1]

    reader.post(
        f"/coordination/meetings/{ref}/agenda/items", 412, version=stale, title="Sur une page périmée"
    )
    version = the_version(reader.get(url))
    reader.post(f"/coordination/agenda-items/{second}/raising", version=version)

    page = reader.get(url)
    assert page.index("Second objet") < page.index("Premier objet")
    assert "périmée" not in page


def test_a_meeting_gets_its_hour_and_place(seated):
    reader = seated.as_("lmmt")
    ref = reader.post("/coordination/meetings/new", body="coordination", planned_on="2026-12-10").rsplit(
        "/", 1
    )[1]

    past = act(
        reader, ref, f"/coordination/meetings/{ref}/place", 422, starts_at="2026-10-01T14:00", place="Château"
    )
    act(
        reader,
        ref,
        f"/coordination/meetings/{ref}/place",
        starts_at="2026-12-11T09:30",
        place="Château, salle 3",
    )

    assert "est passé" in past
    page = reader.get(f"/coordination/meetings/{ref}")
    assert "11.12.2026, 09:30" in page
    assert "Château, salle 3" in page


def test_meetings_are_listed_by_body(seated):
    assert "Bilan du troisième trimestre" in seated.as_("lmmt").get(
        "/coordination/meetings", body="coordination"
    )
    assert "Bilan du troisième" not in seated.as_("lmmt").get("/coordination/meetings", body="steering")
