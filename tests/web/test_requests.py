"""Requests for access, emergencies and restricted cases on their pages."""

import re

import pytest
from sqlmodel import Session, col, select

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.tables import Account
from cii.access.vocabulary import Role
from cii.cases.actions import open_case
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath
from cii.institutions.queries import unit_by_code
from cii.people.actions import AttachPerson, attach_person
from cii.people.tables import Person
from cii.requests.actions import carry_requests
from cii.requests.tables import AccessQuestion, AccessRequest, BreakGlass
from tests.people.build_people import an_avs
from tests.web.build_town import PASSWORD

WHY = "Préparation du bilan professionnel de mars."
NOBODY = "756.1234.5678.97"
_seats = {
    "req-lead": ("ORP-MONTAGNES", Role.CASE_MANAGER),
    "req-boss": ("ORP-MONTAGNES", Role.SUPERVISOR),
    "req-peer": ("ORP-MONTAGNES", Role.CASE_MANAGER),
    "req-asker": ("OAI-REA", Role.CASE_MANAGER),
    "req-officer": ("DPO", Role.DATA_PROTECTION_OFFICER),
}


@pytest.fixture
def story(site):
    """A case led at the counter of the mountains, for a person with a number."""
    from datetime import date

    with site.work() as work:
        held = {}
        for key, (unit, role) in _seats.items():
            email = f"{key}@cii.example"
            account = work.session.exec(select(Account).where(col(Account.email) == email)).first()
            if account is None:
                account = add_account(work, AddAccount(email, f"Personne {key}", password=PASSWORD))
                add_membership(work, account, unit_by_code(work, unit).id, role)
            held[key] = account
        avs, unit = an_avs(), unit_by_code(work, "ORP-MONTAGNES").id
        person = attach_person(work, AttachPerson(avs, "Rochat", "Aline", date(1980, 5, 17)), unit)
        case = open_case(
            work, person_id=person.id, path=CasePath.EVERYDAY, opened_by_unit_id=unit, lead_unit_id=unit,
            lead_account_id=held["req-lead"].id,
        )  # fmt: skip
        refs = {key: account.ref for key, account in held.items()}
        return {"avs": avs, "case": case.ref, "number": case.number, "accounts": refs}


def a_form(avs, **more):
    return {
        "avs": avs, "purpose": "assessment", "basis": "LACI_85f_3", "sections": ["identity", "plan"],
        "reason": WHY,
    } | more  # fmt: skip


def ref_in(address):
    return re.search(r"/([0-9a-z]{10})(\?|$)", address).group(1)


def newest(site, table):
    with Session(site.engine) as session:
        return session.exec(select(table.ref).order_by(col(table.id).desc())).first()


def asked(site, avs):
    """A request of the AI office, carried by the house."""
    where = site.as_("req-asker").post("/requests", **a_form(avs))
    with site.work() as work:
        carry_requests(work)
    return ref_in(where)


def plain(text, *refs):
    """A page without what changes from one request to the next."""
    for ref in refs:
        text = text.replace(ref, "REF")
    return re.sub(r'(value|content)="[^"]{16,}"|v=[0-9a-f]+|\d\d:\d\d|[0-9a-f]{16}', "", text)


def test_the_page_of_a_request_is_the_same_for_a_case_and_for_nobody(site, story):
    there, nobody = asked(site, story["avs"]), asked(site, NOBODY)
    asker = site.as_("req-asker")

    pages = [plain(asker.get(f"/requests/{ref}"), ref) for ref in (there, nobody)]

    assert pages[0] == pages[1]
    assert "transmise" in pages[0]
    assert story["number"] not in pages[0]


def test_the_unit_that_leads_decides_and_the_asker_finds_the_case(site, story):
    mine = asked(site, story["avs"])
    lead = site.as_("req-lead")
    question = newest(site, AccessQuestion)
    assert f"/requests/questions/{question}" in lead.get("/requests")
    assert "Ouvrir l'accès" in lead.get(f"/requests/questions/{question}").replace("&#39;", "'")

    short = lead.post(f"/requests/questions/{question}/grant", 422, sections=["identity"], until="2027-01-15",
                      reason="oui", payer_clear="yes")  # fmt: skip
    lead.post(
        f"/requests/questions/{question}/grant", sections=["identity", "plan"], until="2027-01-15", reason=WHY
    )

    assert "20" in short
    page = site.as_("req-asker").get(f"/requests/{mine}")
    assert f"/cases/{story['case']}" in page
    assert site.as_("req-asker").get(f"/cases/{story['case']}")


def test_a_refusal_says_nothing_to_the_asker(site, story):
    mine = asked(site, story["avs"])
    before = plain(site.as_("req-asker").get(f"/requests/{mine}"))
    question = newest(site, AccessQuestion)
    site.as_("req-lead").post(f"/requests/questions/{question}/refusal", reason=WHY)

    assert plain(site.as_("req-asker").get(f"/requests/{mine}")) == before
    site.as_("req-asker").post(f"/requests/{mine}/withdrawal")
    assert "retirée" in site.as_("req-asker").get(f"/requests/{mine}")


def test_the_form_keeps_what_was_typed_and_says_everything_at_once(site, story):
    page = site.as_("req-asker").post(
        "/requests", 422, avs="756.9217.0769.84", purpose="assessment", basis="mandate_gc_4",
        sections=["identity"], reason="court",
    )  # fmt: skip

    assert "756.9217.0769.84" in page
    for said in ("contrôle", "20 caractères", "base légale"):
        assert said in page


@pytest.mark.parametrize("lang", ["fr", "de", "en"])
def test_the_pages_speak_the_language_of_the_reader(site, story, lang):
    said = {"fr": "Demandes d", "de": "Einsichtsgesuche", "en": "Access requests"}[lang]

    assert said in site.as_("req-asker", lang).get("/requests")
    assert site.as_("req-asker", lang).get("/requests/new")
    assert site.as_("req-asker", lang).get("/break-glass")
    assert site.as_("req-officer", lang).get("/break-glass/reviews")


def test_somebody_elses_request_answers_like_none(site, story):
    mine = asked(site, story["avs"])
    question = newest(site, AccessQuestion)

    for who, url in (
        ("req-lead", f"/requests/{mine}"), ("req-asker", f"/requests/questions/{question}"),
        ("manager", f"/requests/questions/{question}"),
    ):  # fmt: skip
        there = site.as_(who).get(url, 404)
        nowhere = site.as_(who).get(re.sub(r"[0-9a-z]{10}$", "zzzzzzzzzz", url), 404)
        assert plain(there, mine, question) == plain(nowhere, "zzzzzzzzzz")
    site.as_("finance").get("/requests", 403)
    site.as_("req-asker").get("/break-glass/reviews", 403)


def test_an_emergency_shows_its_time_on_every_page_of_the_case_and_ends(site, story):
    asker = site.as_("req-asker")
    asker.get(f"/cases/{story['case']}", 404)

    where = asker.post("/break-glass", case_number=story["number"], reason=WHY)

    assert where.endswith(f"/cases/{story['case']}")
    for tab in ("", "/plan", "/grid", "/timeline", "/sharing"):
        assert "240 minutes" in asker.get(f"/cases/{story['case']}{tab}")
    asker.get(f"/cases/{story['case']}/notes", 403)
    glass = newest(site, BreakGlass)
    asker.post(f"/break-glass/{glass}/end")
    asker.get(f"/cases/{story['case']}", 404)
    assert "terminé" in asker.get(f"/break-glass/{glass}")


def test_an_emergency_shows_its_time_on_pages_of_the_person_and_of_no_other(site, story):
    asker = site.as_("req-asker")
    asker.post("/break-glass", case_number=story["number"], reason=WHY)
    glass = newest(site, BreakGlass)
    with Session(site.engine) as session:
        person = session.exec(
            select(Person.ref)
            .join(CaseFile, col(CaseFile.person_id) == col(Person.id))
            .where(col(CaseFile.ref) == story["case"])
        ).one()

    for page in (f"/persons/{person}", f"/cases/{story['case']}/process"):
        said = asker.get(page)
        assert said.count("240 minutes") == 1
        assert f"/break-glass/{glass}/end" in said
    assert "240 Minuten" in site.as_("req-asker", "de").get(f"/persons/{person}")
    for page in ("/cases", "/desk", "/measures"):
        assert "240 minutes" not in asker.get(page)
    asker.post(f"/break-glass/{glass}/end")
    assert "240 min" not in site.as_("req-lead").get(f"/persons/{person}").lower()


def test_the_officer_informs_the_person_in_three_languages_and_reviews(site, story):
    site.as_("req-asker").post("/break-glass", avs=story["avs"], reason=WHY)
    glass = newest(site, BreakGlass)
    site.as_("req-asker").post(f"/break-glass/{glass}/end")
    officer = site.as_("req-officer")

    assert glass in officer.get("/break-glass/reviews")
    page = officer.get(f"/break-glass/{glass}")
    for said in ("Aline Rochat", "Madame, Monsieur", "Sehr geehrte", "Dear Sir"):
        assert said in page
    officer.post(f"/break-glass/{glass}/information")
    officer.post(f"/break-glass/{glass}/review", 422, finding="ok", reason="oui")
    officer.post(f"/break-glass/{glass}/review", finding="abuse", reason=WHY)

    assert "abus" in officer.get(f"/break-glass/{glass}")
    assert glass not in officer.get("/break-glass/reviews")
    site.as_("req-lead").get(f"/break-glass/{glass}", 404)


def test_a_wrong_number_opens_nothing(site, story):
    site.as_("req-asker").post("/break-glass", 404, case_number="CII-0000-0000", reason=WHY)


def test_the_manager_restricts_names_and_lifts_on_the_page_of_the_case(site, story):
    lead, boss, peer = (site.as_(who) for who in ("req-lead", "req-boss", "req-peer"))
    case, here = story["case"], f"/cases/{story['case']}/restriction"
    assert "Restreindre" in lead.get(here)
    peer.get(f"/cases/{story['case']}")

    lead.post(f"/cases/{case}/restriction", version=_version(site, story), reason=WHY)
    for who in (boss, peer):
        who.get(f"/cases/{story['case']}", 404)
        who.get(here, 404)
        assert story["number"] not in who.get("/cases")
    lead.post(f"/cases/{case}/restriction/readers", account_ref=story["accounts"]["req-peer"])
    peer.get(f"/cases/{story['case']}")
    lead.post(f"/cases/{case}/restriction/readers/removal", account_ref=story["accounts"]["req-peer"])
    peer.get(f"/cases/{story['case']}", 404)

    boss.get("/requests/restricted")
    boss.post("/requests/restricted", number=story["number"], reason="Remplacement de la gestionnaire.")
    assert WHY in boss.get(here)
    boss.post(
        f"/cases/{case}/restriction/lifting", version=_version(site, story), reason="Fin du lien de parenté."
    )
    peer.get(f"/cases/{story['case']}")


def _version(site, story):
    with Session(site.engine) as session:
        row = session.exec(select(CaseFile).where(col(CaseFile.ref) == story["case"])).one()
        return f'"{row.ref}.{row.version}"'


def test_a_request_is_kept_without_the_number_in_clear(site, story):
    asked(site, story["avs"])

    with Session(site.engine) as session:
        row = session.exec(select(AccessRequest).order_by(col(AccessRequest.id).desc())).first()

    assert story["avs"] not in str(row.model_dump().values())
