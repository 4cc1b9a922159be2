"""Builders for placements: a mixed measure with two agreements, budgets and cases; they name only what matters."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from cii.access.vocabulary import Role
from cii.agreements.tables import Agreement
from cii.budgets.actions import grant_budget
from cii.cases.actions import open_case
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath
from cii.institutions.queries import institution_of, units
from cii.institutions.tables import FundingLine, Unit
from cii.institutions.vocabulary import UnitKind
from cii.kernel.money import Chf
from cii.measures.actions import SetPlaces, SetQuota
from cii.measures.vocabulary import MeasureKind
from cii.placements.actions import AssignPlacement, Share, assign, change_places, change_quota
from cii.placements.life import AnswerPlace, StartPlacement, answer_place, start_placement
from cii.placements.tables import Placement
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Actor, Seat, Work
from tests.agreements.build_agreements import Market, a_market, an_account
from tests.people.build_people import a_person

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


@dataclass
class Stage:
    """A mixed measure with 10 places (AC 6, AS 4), 2'200 a month for each line, and money for both in 2026."""

    work: Work
    market: Market
    ac: Agreement
    social: Agreement
    orp: Unit
    gsr: Unit

    @property
    def measure(self):
        return self.market.measure

    def case(self, unit: Unit | None = None) -> CaseFile:
        """A case of a new person, led by the unit (the ORP when left out)."""
        lead = unit or self.orp
        person = a_person(self.work, lead)
        return open_case(
            self.work,
            person_id=person.id,
            path=CasePath.NETWORK,
            opened_by_unit_id=lead.id,
            lead_unit_id=lead.id,
        )

    def wish(self, case: CaseFile | None = None, *shares: tuple[FundingLine, int], days=NOVEMBER, **more):
        paying = shares or ((self.market.ac, 1),)
        return AssignPlacement(
            (case or self.case()).ref,
            self.measure.ref,
            *days,
            tuple(Share(line.ref, weight) for line, weight in paying),
            **more,
        )

    def placement(
        self, case: CaseFile | None = None, *shares, days=NOVEMBER, facts=None, **more
    ) -> Placement:
        return assign(self.work, self.wish(case, *shares, days=days, **more), facts)

    def started(self, case: CaseFile | None = None, *shares, days=NOVEMBER, **more) -> Placement:
        """A placement that has begun, seen from its first day."""
        made = self.placement(case, *shares, days=days, **more)
        answer_place(self.work, AnswerPlace(made.ref, accept=True))
        start_placement(self.on(days[0]), StartPlacement(made.ref, days[0]))
        return made

    def on(self, day: date) -> Work:
        """The same transaction on another day, at noon."""
        return replace(self.work, now=datetime(day.year, day.month, day.day, 11, tzinfo=UTC))

    def room_for(self, places: int, *, ac: int | None = None, social: int | None = None) -> None:
        """Change places and quotas from today on."""
        kind, day = MeasureKind.PROFESSIONAL, self.work.today
        change_places(self.work, SetPlaces(self.measure.ref, kind, places, day))
        for line, number in ((self.market.ac, ac), (self.market.social, social)):
            if number is not None:
                change_quota(self.work, SetQuota(self.measure.ref, line.ref, kind, number, day))

    def actor(self, unit: Unit, role: Role = Role.CASE_MANAGER) -> Work:
        """The same transaction in the hands of somebody of that unit."""
        owner = institution_of(self.work, unit.id)
        seat = Seat(unit.id, owner.id, role.value, owner.sector.value if owner.sector else None)
        return replace(
            self.work,
            actor=Actor("Camille Exemple", account_id=an_account(self.work), seats=(seat,)),
            seen=[],
        )

    @property
    def provider_unit(self) -> Unit:
        return self.work.session.get(Unit, self.market.provider.unit_id)


def a_stage(work: Work, *, ac: str = "100000.00", social: str = "100000.00", **tariff) -> Stage:
    """The stage; `tariff` are terms of the AC's agreement."""
    market = a_market(work)
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    for line, amount in ((market.ac, ac), (market.social, social)):
        grant_budget(work, line.id, 2026, Chf.parse(amount))
    return Stage(
        work,
        market,
        market.agreement(market.ac, **tariff),
        market.agreement(market.social),
        units(work, kind=UnitKind.ORP)[0],
        units(work, kind=UnitKind.GSR)[0],
    )
