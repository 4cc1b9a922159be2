"""Cases that wait at the small canton, two members of the coordination group, and a round on its way."""

import re
from dataclasses import dataclass
from datetime import date

import pytest

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.queries import account_actor
from cii.access.vocabulary import Role
from cii.cases.actions import open_case
from cii.cases.vocabulary import CasePath
from cii.institutions.queries import unit_by_code
from cii.placements.waiting import JoinWaitingList, join_waiting_list
from tests.access.build_access import as_
from tests.people.build_people import a_person
from tests.web.build_town import PASSWORD

NOVEMBER = (date(2026, 11, 2), date(2026, 11, 30))
TERM = {"starts_on": "2026-11-01", "ends_on": "2026-12-31"}
NAMES = ("Quartier", "Ruedin", "Sauser")
"""Who waits, the most urgent first; the workshop has two places left for the AC."""


@dataclass
class Round:
    """The site with a round; `cases` by name of the person."""

    site: object
    cases: dict[str, tuple[str, str]]
    ref: str = ""

    def as_(self, who, lang="fr"):
        return self.site.as_(who, lang)

    @property
    def url(self):
        return f"/rounds/{self.ref}"

    def opened(self, **more):
        made = self.as_("coordination").post(
            "/rounds/new", title="Tour de novembre", policy="strict_rank", **(TERM | more)
        )
        self.ref = made.rsplit("/", 1)[1]
        return self

    def computed(self, who="coordination"):
        self.as_(who).post(f"/rounds/{self.ref}/computation")
        return self

    def version(self, page):
        return re.search(r'name="version" value="([^"]+)"', page)[1].replace("&#34;", '"')

    def approved(self, who="colleague", status=303, run="1"):
        reader = self.as_(who)
        version = self.version(reader.get(self.url))
        return reader.post(f"/rounds/{self.ref}/approval", status, run=run, version=version)

    def decided(self, position, decision, reason="Projet déjà engagé", who="coordination", status=303):
        reader = self.as_(who)
        page = reader.get(f"/rounds/{self.ref}/cases/{position}", decision=decision)
        return reader.post(
            f"/rounds/{self.ref}/cases/{position}/decision", status,
            decision=decision, reason=reason, version=self.version(page),
        )  # fmt: skip

    def choice(self, position, begins):
        """The first choice of the form that begins so."""
        page = self.as_("coordination").get(f"/rounds/{self.ref}/cases/{position}")
        return next(one for one in re.findall(r'<option value="([^"]*)"', page) if one.startswith(begins))


@pytest.fixture
def waiting(site):
    """Three cases wait for the workshop, each with its own urgency; a second member sits in the group."""
    with site.work() as work:
        account = add_account(
            work, AddAccount("colleague@cii.example", "Gilles Robert-Nicoud", password=PASSWORD)
        )
        add_membership(work, account, unit_by_code(work, "GC").id, Role.COORDINATION_MEMBER)
        manager = as_(work, account_actor(work, "manager@cii.example"))
        orp = unit_by_code(work, "ORP-LITTORAL")
        cases = {}
        for urgency, name in enumerate(NAMES, 1):
            person = a_person(manager, orp, last_name=name, first_name="Dominique")
            case = open_case(
                manager,
                person_id=person.id,
                path=CasePath.EVERYDAY,
                opened_by_unit_id=orp.id,
                lead_unit_id=orp.id,
            )
            wish = JoinWaitingList(
                case.ref, site.town.workshop, site.town.lines["LACI"], *NOVEMBER, urgency=urgency
            )
            join_waiting_list(manager, wish)
            cases[name] = (case.ref, case.number)
    return Round(site, cases)
