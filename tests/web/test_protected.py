"""A protected service that takes part in a case: its name stands on no page of those who are not its members."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.queries import account_actor
from cii.access.vocabulary import Role, Section
from cii.cases.actions import GridAnswer, WriteGrid, join, open_case, publish_grids, write_grid
from cii.cases.vocabulary import CasePath, PartyRole
from cii.institutions.actions import AddInstitution, AddUnit, add_institution, add_unit
from cii.institutions.queries import unit_by_code
from cii.institutions.vocabulary import InstitutionKind, Sector, UnitKind
from cii.people.actions import AttachPerson, GiveConsent, attach_person, disclose, give_consent
from cii.people.queries import BasisClaims
from cii.people.vocabulary import Basis, Purpose
from cii.reconciliation.tables import Finding
from cii.reconciliation.vocabulary import FindingKind, FindingUnit, Severity
from cii.store.settings import HOUSE
from tests.access.build_access import as_
from tests.people.build_people import an_avs
from tests.web.build_town import PASSWORD

SECRET = ("Addictologie Les Roseaux", "ROSEAUX")


@pytest.fixture
def hidden(site):
    """A case in which a protected service leads after, writes, is told of, and is named in consent and disclosure."""
    with site.work() as work:
        publish_grids(work, HOUSE / "workflows" / "grids")
        body = add_institution(
            work,
            AddInstitution("ROSEAUX", "Addictologie Les Roseaux", InstitutionKind.SERVICE, Sector.AS, True),
        )
        secret = add_unit(
            work, AddUnit("ROSEAUX", "ROSEAUX-1", "Addictologie Les Roseaux, La Chaux", UnitKind.GSR)
        )
        lead = unit_by_code(work, "ORP-MONTAGNES")
        for key, unit in (("pro-lead", lead), ("pro-member", secret)):
            account = add_account(
                work, AddAccount(f"{key}@cii.example", f"Personne {key}", password=PASSWORD)
            )
            add_membership(work, account, unit.id, Role.CASE_MANAGER)
        manager = as_(work, account_actor(work, "pro-lead@cii.example"))
        member = as_(work, account_actor(work, "pro-member@cii.example"))
        person = attach_person(work, AttachPerson(an_avs(), "Monnier", "Luc", date(1979, 1, 2)), lead.id)
        case = open_case(
            manager,
            person_id=person.id,
            path=CasePath.NETWORK,
            opened_by_unit_id=secret.id,
            lead_unit_id=lead.id,
        )
        give_consent(
            manager,
            GiveConsent(person.ref, (body.ref,), Section.IDENTITY | Section.PLAN, Purpose.COORDINATION,
                        work.today, work.today + timedelta(days=300), "consentement-cii-1"),
            lead.id,
        )  # fmt: skip
        disclose(
            manager, person, case.id, secret.id, Section.IDENTITY | Section.PLAN, Basis.CONSENT,
            from_unit_id=lead.id, claims=BasisClaims(purpose=Purpose.COORDINATION),
        )  # fmt: skip
        join(work, case, secret.id, PartyRole.AS, basis="consent")
        write_grid(member, WriteGrid(case.ref, (GridAnswer("punctuality", "2", work.today, "entretien"),)))
        return case.ref


def pages_of(site, ref):
    """Every page of a case, and the lists in which it stands."""
    found = ["/cases", "/desk", "/referrals", "/requests", "/notices"]
    found.extend(
        rule.rule.replace("<ref:ref>", ref)
        for rule in site.app.url_map.iter_rules()
        if "GET" in rule.methods and rule.arguments == {"ref"} and "/cases/<" in rule.rule
    )
    return found


@pytest.mark.parametrize("lang", ["fr", "de"])
def test_a_protected_service_is_named_to_its_members_only(site, hidden, lang):
    reader, told = site.as_("pro-lead", lang), {}
    opened = 0
    for url in pages_of(site, hidden):
        answer = reader.client.get(url)
        if answer.mimetype != "text/html":
            continue
        opened += answer.status_code == 200
        if any(name in answer.text for name in SECRET):
            told[url] = [
                line.strip()[:160] for line in answer.text.splitlines() if any(n in line for n in SECRET)
            ]

    assert told == {}
    assert opened > 12


def test_work_without_cases_does_not_name_a_protected_service_either(site, hidden):
    """Findings, respondents of measures, corrective measures, the journal and its file."""
    with site.work() as work:
        run = work.session.connection().execute
        secret = unit_by_code(work, "ROSEAUX-1").id
        run(
            text("INSERT INTO measure_respondent (measure_id, unit_id, valid_from) SELECT id, :unit, :day FROM measure"),
            {"unit": secret, "day": work.today.isoformat()},
        )  # fmt: skip
        work.session.add(
            Finding(
                kind=FindingKind.PLACES, severity=Severity.ERROR, object_kind="measure", object_key="planted",
                unit=FindingUnit.PLACES, expected=1, found=2, difference=1, facts={}, since=work.today,
                owner_unit_id=secret,
            )
        )  # fmt: skip
    pages = {
        "finance": ("/reconciliation", "/api/v1/reconciliation/findings"),
        "manager": ("/measures", "/api/v1/measures"),
        "coordination": ("/coordination", "/measures"),
        "auditor": ("/journal", "/journal/export.csv", "/api/v1/journal"),
    }

    told = {
        f"{who} {page}": page
        for who, wanted in pages.items()
        for page in wanted
        for answer in (site.as_(who).client.get(page),)
        if answer.status_code != 200 or any(name in answer.get_data(as_text=True) for name in SECRET)
    }
    shown = site.as_("finance").get("/reconciliation")
    journal = site.as_("auditor").client.get("/journal?unit=ROSEAUX-1").status_code
    with site.work() as work:
        run = work.session.connection().execute
        run(text("DELETE FROM finding WHERE object_key = 'planted'"))

    assert told == {}
    assert "protégé" in shown
    assert journal == site.as_("auditor").client.get("/journal?unit=NOBODY-1").status_code == 404


def test_its_members_read_their_own_name_and_others_that_it_is_protected(site, hidden):
    assert SECRET[0] in site.as_("pro-member").get(f"/cases/{hidden}")
    assert "protégé" in site.as_("pro-lead").get(f"/cases/{hidden}/sharing")
