"""The volumes of a provider's agreements this year, from what is placed under them."""

from dataclasses import replace
from datetime import date

from cii.access.vocabulary import Role
from cii.agreements.vocabulary import AgreementState
from cii.conventions.actions import stored
from cii.conventions.parts_deal import OfferVolume, Price, Volume
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part
from cii.figures.outlooks import agreement_outlooks, own_outlooks
from cii.figures.vocabulary import Prospect
from cii.figures.vocabulary import Volume as Kind
from cii.institutions.queries import unit_by_code
from cii.kernel.money import Chf
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Work
from tests.agreements.build_agreements import a_market
from tests.placements.build_placements import Stage, a_stage

YEAR_END = date(2026, 12, 31)


def agree(stage: Stage, agreement, line, *, places=None, placements=None, total=None) -> None:
    """Lay down what an agreement buys, as its text says it."""
    offer = OfferVolume(stage.measure.ref, line.ref, places, placements)
    said = {
        Part.VOLUME: Volume(offers=(offer,)),
        Part.PRICE: Price(total=Chf.parse(total) if total else None),
    }
    for part, value in said.items():
        stage.work.session.add(
            ConventionPart(
                agreement_id=agreement.id, part=part, body=stored(part, value), recorded_at=stage.work.now
            )
        )
    stage.work.session.flush()


def seen(stage: Stage, day: date):
    who = stage.actor(stage.provider_unit, Role.PROVIDER)
    return {(one.number, one.volume): one for one in own_outlooks(replace(who, now=stage.on(day).now))}


def test_days_of_places_placements_and_money_are_told_beside_what_was_agreed(work: Work):
    """One stay of November under an agreement of one place, two placements and 4'000 francs."""
    stage = a_stage(work)
    agree(stage, stage.ac, stage.market.ac, places=1, placements=2, total="4000")
    stage.started()

    told = seen(stage, date(2026, 11, 15))
    number = stage.ac.number

    days, begun, money = (told[number, kind].outlook for kind in Kind)
    assert (days.agreed, days.used, days.bound) == (365, 15, 30)
    assert days.prospect is Prospect.LIKELY_SHORT
    assert (begun.agreed, begun.used, begun.bound, begun.prospect) == (2, 1, 1, Prospect.LIKELY_SHORT)
    assert (money.agreed, money.used, money.bound) == (400_000, 110_000, 220_000)
    assert {one.measure for one in told.values()} == {stage.measure.name, None}
    assert {one.agreement_ref for one in told.values()} == {stage.ac.ref}


def test_a_total_that_the_bound_stays_exceed_is_told_with_its_day(work: Work):
    """Two stays of November cost 4'400 of 4'000: on the 28th of thirty days 4'106.66 are reached."""
    stage = a_stage(work)
    agree(stage, stage.ac, stage.market.ac, total="4000")
    stage.started()
    stage.started()

    told = seen(stage, date(2026, 11, 15))[stage.ac.number, Kind.MONEY].outlook
    later = seen(stage, date(2026, 11, 28))[stage.ac.number, Kind.MONEY].outlook

    assert (told.prospect, told.over_on) == (Prospect.LIKELY_OVER, date(2026, 11, 28))
    assert later.prospect is Prospect.OVER


def test_a_shared_stay_takes_one_place_and_costs_each_payer_its_part(work: Work):
    stage = a_stage(work)
    agree(stage, stage.ac, stage.market.ac, places=1, total="100000")
    agree(stage, stage.social, stage.market.social, places=1, total="100000")
    stage.started(None, (stage.market.ac, 1), (stage.market.social, 1))

    told = seen(stage, YEAR_END)

    used = {key: one.outlook.used for key, one in told.items()}
    assert used[stage.ac.number, Kind.PLACE_DAYS] == 30
    assert used[stage.social.number, Kind.PLACE_DAYS] == 0
    assert used[stage.ac.number, Kind.MONEY] == used[stage.social.number, Kind.MONEY] == 110_000


def test_a_total_of_several_years_holds_for_each_and_a_part_of_a_year_has_its_part(work: Work):
    market = a_market(work)
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    half = market.agreement(valid_from=date(2026, 7, 1), last_day=date(2027, 12, 31))
    stage = Stage(work, market, half, half, unit_by_code(work, "ORP-LITTORAL"), unit_by_code(work, "OAI-REA"))
    agree(stage, half, stage.market.ac, placements=10, total="365000")

    told = seen(stage, date(2026, 11, 15))

    assert told[half.number, Kind.MONEY].outlook.agreed == 18_400_000
    assert told[half.number, Kind.PLACEMENTS].outlook.agreed == 6


def test_who_pays_an_agreement_and_its_provider_see_its_volumes_and_nobody_else(work: Work):
    stage = a_stage(work)
    agree(stage, stage.ac, stage.market.ac, places=1)
    held = stage.ac

    def told(who: Work) -> int:
        return len(agreement_outlooks(who, held))

    assert told(stage.actor(stage.provider_unit, Role.PROVIDER)) == 1
    assert told(stage.actor(unit_by_code(work, "LMMT"), Role.CONTRACT_MANAGER)) == 1
    assert told(stage.actor(unit_by_code(work, "OAI-REA"), Role.CONTRACT_MANAGER)) == 0
    held.state = AgreementState.EXPIRED
    assert told(stage.actor(stage.provider_unit, Role.PROVIDER)) == 0


def test_an_agreement_that_names_no_volume_and_others_agreements_are_not_told(work: Work):
    stage = a_stage(work)
    stage.started()
    assert seen(stage, YEAR_END) == {}
    agree(stage, stage.ac, stage.market.ac, places=1)

    payer = stage.actor(unit_by_code(work, "LMMT"), Role.CONTRACT_MANAGER)
    other = stage.actor(unit_by_code(work, "OAI-REA"), Role.PROVIDER)

    assert list(seen(stage, YEAR_END)) == [(stage.ac.number, Kind.PLACE_DAYS)]
    assert own_outlooks(payer) == []
    assert own_outlooks(other) == []
