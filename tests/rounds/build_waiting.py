"""Builders of persons who wait for places in many measures: only what matters is named."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from cii.agreements.vocabulary import AgreementState
from cii.allocation.problem import Option
from cii.cases.actions import open_case
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath
from cii.institutions.tables import FundingLine
from cii.kernel.period import Period
from cii.measures.tables import Measure
from cii.placements.waiting import JoinWaitingList, join_waiting_list
from cii.rounds.snapshot import Snapshot, snapshot
from tests.measures.build_measures import a_measure
from tests.people.build_people import a_person
from tests.placements.build_placements import Stage, a_stage

SEED = "5e" * 32
QUARTER = Period(date(2026, 11, 1), date(2027, 2, 1))
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


@dataclass
class Waiting(Stage):
    """A stage before which persons wait."""

    more: list[Measure] = field(default_factory=list)

    def waits(self, case: CaseFile | None = None, *, measure=None, line: FundingLine | None = None, days=NOVEMBER,
              urgency=2, work=None) -> CaseFile:  # fmt: skip
        """A case (a new one when left out) that waits for the measure, paid by the line (AC when left out)."""
        held = case or self.case()
        wish = JoinWaitingList(
            held.ref, (measure or self.measure).ref, (line or self.market.ac).ref, *days, urgency=urgency
        )
        join_waiting_list(work or self.actor(self.orp), wish)
        return held

    def born(self, draw: Random) -> CaseFile:
        """A case of a person of any age."""
        born = date(1965, 1, 1) + timedelta(days=draw.randrange(15_000))
        person = a_person(self.work, self.orp, birth_date=born, postcode="2000", language="fr")
        return open_case(
            self.work,
            person_id=person.id,
            path=CasePath.NETWORK,
            opened_by_unit_id=self.orp.id,
            lead_unit_id=self.orp.id,
        )

    def other(
        self, code: str, quotas: dict[str, int], *, agreement=True, until: date | None = None, **more
    ) -> Measure:
        """Another measure with an agreement for the AC."""
        made = a_measure(self.work, code=code, places=more.pop("places", 5), quotas=quotas, **more)
        self.more.append(made)
        if agreement:
            self.agreed(made, **({"last_day": until} if until else {}))
        return made

    def agreed(self, measure: Measure, *, line: FundingLine | None = None, forced=False, **more):
        """An agreement of the measure for a line (AC when left out); `forced`: in force without a tariff."""
        market = replace(self.market, measure=measure)
        made = market.agreement(line or market.ac, in_force=not forced, **more)
        if forced:
            made.signed_by, made.signed_at = market.signer.account_id, self.work.now
            made.state = AgreementState.IN_FORCE
            self.work.session.flush()
        return made

    def placement(self, case=None, *shares, measure=None, **more):
        """A place in the measure (the usual one when left out)."""
        stage = self if measure is None else replace(self, market=replace(self.market, measure=measure))
        return super(Waiting, stage).placement(case, *shares, **more)

    def seen(self, term: Period = QUARTER, seed: str = SEED, pins=()) -> Snapshot:
        return snapshot(self.work, term, seed, pins)

    def options(self, case: CaseFile, **more) -> list[Option]:
        return [one for one in self.seen(**more).problem.options() if one.case == case.ref]


def a_waiting_room(work, **tariff) -> Waiting:
    stage = a_stage(work, **tariff)
    return Waiting(**{name: getattr(stage, name) for name in stage.__dataclass_fields__})
