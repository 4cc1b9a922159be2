from datetime import date

import pytest
from sqlalchemy import event
from sqlmodel import select

from cii.budgets.queries import position_of
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.kernel.money import Chf
from cii.kernel.period import Period, Quarter
from cii.outcomes.actions import (
    AddSubcontractor,
    DecideSchemeBudget,
    DraftFormula,
    EndSubcontractor,
    MakeScheme,
    add_subcontractor,
    decide_scheme_budget,
    draft_formula,
    end_subcontractor,
    make_scheme,
    publish_formula,
)
from cii.outcomes.actions_categories import SetCategory, TellCategory, set_category, tell_category
from cii.outcomes.past import drift, past_stays, simulation
from cii.outcomes.places import placements_under
from cii.outcomes.queries import scheme_view, version_at
from cii.outcomes.rules import (
    CategoryThere,
    CategoryUnchanged,
    FormulaLineWrong,
    NothingToPublish,
    OutcomeFourEyes,
    SchemeBudgetExceeded,
    SchemeRetroactive,
    SubcontractedBeyondWhole,
)
from cii.outcomes.rules_written import read_formula, written_formula
from cii.outcomes.tables import ClientCategory, PlacementCategory
from cii.outcomes.vocabulary import Measured
from cii.placements.vocabulary import ExitType
from tests.outcomes.build_outcomes import FORMULA, Rewarding, wished

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


def codes(no) -> list[str]:
    return [reason.code for reason in no.value.reasons]


def test_a_formula_counts_once_another_person_has_published_it_and_after_all_before(town: Rewarding):
    town.verified()
    draft_formula(town.contracts, DraftFormula(town.scheme.ref, date(2026, 11, 20), wished()))

    with pytest.raises(OutcomeFourEyes):
        publish_formula(town.contracts, town.scheme.ref)
    with pytest.raises(SchemeRetroactive) as no:
        publish_formula(town.second, town.scheme.ref)
    draft_formula(town.contracts, DraftFormula(town.scheme.ref, date(2026, 11, 21), wished()))
    made = publish_formula(town.second, town.scheme.ref)

    assert no.value.facts["first"] == date(2026, 11, 21)
    assert made.number == 3
    assert [version_at(town.work, town.scheme.id, date(2026, 11, day)).number for day in (20, 21)] == [1, 3]
    with pytest.raises(NothingToPublish):
        publish_formula(town.second, town.scheme.ref)


def test_a_scheme_is_for_a_profile_that_knows_it_a_line_that_pays_and_only_once(town: Rewarding):
    stage = town.stage

    with pytest.raises(Refusal) as ac:
        make_scheme(stage.work, MakeScheme(stage.ac.ref, stage.market.social.ref, "AC"))
    with pytest.raises(Refusal) as again:
        make_scheme(town.contracts, MakeScheme(stage.social.ref, stage.market.social.ref, "Encore"))
    with pytest.raises(NotAllowed):
        draft_formula(town.provider, DraftFormula(town.scheme.ref, date(2027, 1, 1), wished()))

    assert codes(ac) == ["scheme-not-for-profile", "scheme-line-not-of-agreement"]
    assert codes(again) == ["scheme-there"]


def test_money_is_bound_for_a_scheme_and_what_is_not_used_goes_back(town: Rewarding):
    town.verified()

    def ask(amount: str) -> DecideSchemeBudget:
        return DecideSchemeBudget(town.scheme.ref, 2026, Chf.parse(amount), "Fin d'année")

    with pytest.raises(SchemeBudgetExceeded):
        decide_scheme_budget(town.finance, ask("-16500.05"))
    with pytest.raises(Refusal) as no, town.work.session.begin_nested():
        decide_scheme_budget(town.finance, ask("100000"))
    before = position_of(town.work, town.scheme.line_id, 2026).available
    decide_scheme_budget(town.finance, ask("-16500"))

    assert codes(no) == ["budget-exceeded"]
    assert position_of(town.work, town.scheme.line_id, 2026).available - before == Chf.parse("16500")
    assert [str(one.left) for one in scheme_view(town.finance, town.scheme.ref).years] == ["0.00"]


def test_the_category_is_set_by_the_referral_service_alone_and_each_change_stays(town: Rewarding):
    place = town.stay()
    told = "La personne a perdu son logement."

    for hand in (town.provider, town.contracts, town.finance):
        with pytest.raises(NotAllowed):
            set_category(hand, SetCategory(place.ref, "B", date(2026, 11, 9), told))
    with pytest.raises(UnknownThing):
        set_category(town.other_referral, SetCategory(place.ref, "B", date(2026, 11, 9), told))
    with pytest.raises(CategoryUnchanged):
        town.categorise(place, "A", date(2026, 11, 9))
    set_category(town.referral, SetCategory(place.ref, "B", date(2026, 11, 9), told))

    rows = town.work.session.scalars(select(PlacementCategory).order_by(PlacementCategory.id)).all()
    assert [(row.code, row.effective_on, row.unit_id) for row in rows] == [
        ("A", date(2026, 11, 2), town.referral_unit.id), ("B", date(2026, 11, 9), town.referral_unit.id),
    ]  # fmt: skip
    assert rows[1].reason == told
    (listed,) = placements_under(town.referral)
    assert (listed.category, listed.since) == ("B", date(2026, 11, 9))


def test_the_criteria_under_which_a_category_was_set_stay_with_it(town: Rewarding):
    town.stay()
    ask = TellCategory("A", "Proche de l'emploi", "Nouveaux critères", "Nouvelle teneur", date(2026, 12, 1))

    tell_category(town.contracts, ask)

    with pytest.raises(CategoryThere):
        tell_category(town.contracts, ask)
    row = town.work.session.scalars(select(PlacementCategory)).one()
    assert "inventés" in town.work.session.get(ClientCategory, row.category_id).criteria


def test_subcontractors_have_together_no_more_than_the_whole(town: Rewarding):
    since = date(2026, 1, 1)
    first = add_subcontractor(town.contracts, AddSubcontractor(town.scheme.ref, "Sarl", 60, since))

    with pytest.raises(SubcontractedBeyondWhole) as no:
        add_subcontractor(town.contracts, AddSubcontractor(town.scheme.ref, "SA", 41, since))
    end_subcontractor(town.contracts, EndSubcontractor(town.scheme.ref, first.ref, date(2026, 7, 1)))
    add_subcontractor(town.contracts, AddSubcontractor(town.scheme.ref, "SA", 41, date(2026, 7, 1)))

    assert no.value.facts["held"] == 60
    assert [one.share_permille for one in scheme_view(town.provider, town.scheme.ref).subcontractors] == [
        600,
        410,
    ]


def test_a_draft_is_simulated_on_past_placements_beside_what_was_paid_and_nothing_is_saved(town: Rewarding):
    town.stay()
    town.stay(category="B", exit_type=ExitType.TRAINING, contract_type=None, contract_months=None)
    town.stay(category=None)
    add_subcontractor(town.contracts, AddSubcontractor(town.scheme.ref, "Sarl", 20, date(2026, 1, 1)))
    dearer = tuple(one.__class__(**(vars(one) | {"amount": one.amount * 2})) for one in wished())
    draft_formula(town.contracts, DraftFormula(town.scheme.ref, date(2027, 1, 1), dearer))

    now, before = (simulation(town.finance, town.scheme.ref, NOVEMBER, number) for number in (None, 1))

    (row,) = now.rows
    assert (now.version.number, str(row.earned), str(before.rows[0].earned)) == (2, "14000.00", "7000.00")
    assert (row.persons, row.uncategorised, row.outcomes, row.exits, str(row.today)) == (3, 1, 4, 3, "0.00")
    assert (row.subcontracted, row.creaming) == (200, False)
    assert not town.work.session.new
    assert not town.work.session.dirty
    with pytest.raises(UnknownThing):
        simulation(town.stranger, town.scheme.ref, NOVEMBER)


def test_what_somebody_attested_counts_in_a_simulation_once_it_is_verified(town: Rewarding):
    place = town.stay()
    town.claim(place, "Détachement partiel", 60, date(2026, 11, 20))

    claimed = past_stays(town.work, town.scheme.line_id, NOVEMBER)[0].attested
    town.verified(placement=town.stay(), kpi="Détachement partiel", value=60)

    assert claimed == {}
    assert past_stays(town.work, town.scheme.line_id, NOVEMBER)[1].attested == {"Détachement partiel": 60}


def test_the_drift_of_categories_compares_those_set_in_two_periods(town: Rewarding):
    for category in ("A", "B"):
        town.stay(category=category)
    moved = town.stay()
    town.categorise(moved, "B", date(2026, 12, 1))
    quarter, december = Quarter.parse("2026-Q4").period, Period(date(2026, 12, 1), date(2027, 1, 1))

    before = Quarter.parse("2026-Q3").period
    points = town.work.parameter("category_drift_points", quarter.last)

    assert drift(town.work, town.scheme.line_id, before, quarter, points) == ()
    parts = drift(town.work, town.scheme.line_id, NOVEMBER, december, points)
    assert [(one.category, one.count, one.marked) for one in parts] == [("A", 0, True), ("B", 1, True)]


def test_a_written_formula_reads_as_it_is_told_and_tells_every_fault():
    words = {one: one.value for one in Measured}
    readable = {text: one for one, text in words.items()}

    assert tuple(read_formula(written_formula(FORMULA, words), readable)) == FORMULA
    with pytest.raises(Refusal) as no:
        read_formula("A; Emploi; mois; six; 1; 2'000.00\n\nA;;start;0;1;abc;3", readable)
    assert [(one.facts["row"], one.facts["column"]) for one in no.value.reasons] == [
        (1, 3), (1, 4), (3, 6),
    ]  # fmt: skip
    assert isinstance(no.value.reasons[0], FormulaLineWrong)


def test_a_simulation_asks_as_often_for_four_stays_as_for_one(town: Rewarding):
    town.stay()
    _asked(town)  # dated numbers are read once
    one = _asked(town)

    for category in ("A", "B", None):
        town.stay(category=category)
    four = _asked(town)

    assert len(four) == len(one) <= 12


def _asked(town: Rewarding) -> list[str]:
    found: list[str] = []

    def hear(*told) -> None:
        found.append(told[2])

    connection = town.work.session.connection()
    event.listen(connection, "before_cursor_execute", hear)
    simulated = simulation(town.finance, town.scheme.ref, Period(date(2026, 1, 1), date(2027, 1, 1)))
    event.remove(connection, "before_cursor_execute", hear)
    assert sum(row.persons for row in simulated.rows) > 0
    return found
