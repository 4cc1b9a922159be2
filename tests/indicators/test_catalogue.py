"""The published definitions: complete in three languages, every fault told with its line, the version by day."""

from dataclasses import replace
from datetime import date

import pytest

from cii.agreements.actions import AddObjective, IndicatorWish, add_objective
from cii.agreements.vocabulary import Direction, IndicatorUnit, ObjectiveLevel
from cii.conventions.drafting import GaugeWish, SetGoal, set_goal
from cii.figures.vocabulary import Definition
from cii.files.problems import BrokenFile
from cii.indicators.queries import definitions, versions
from cii.indicators.rules import OWN, UnknownIndicator, in_force, read_definitions, source_faults
from cii.indicators.vocabulary import EnteredBy, EnteredWhen, IndicatorField
from cii.kernel.errors import Refusals, UnknownThing
from cii.store.settings import HOUSE
from tests.agreements.build_agreements import a_market, acting

FOLDER = HOUSE / "workflows" / "indicators"
SOCIAL = (FOLDER / "social.yaml").read_text(encoding="utf-8")


@pytest.fixture
def held(work):
    return definitions(work, date(2026, 9, 30))


def test_each_definition_is_said_whole_in_three_languages(held):
    assert {one.field for one in held.values()} == set(IndicatorField)
    for one in held.values():
        for said in (one.name, one.definition, one.denominator):
            assert [bool(said[lang]) for lang in ("fr", "de", "en")] == [True] * 3, one.code
        assert one.source, one.code


def test_what_the_catalogue_calls_computed_is_what_figures_compute(held):
    computed = {code for code, one in held.items() if one.computed}

    assert computed == {one.value for one in Definition} - {OWN}
    assert not held[OWN].computed


@pytest.mark.parametrize(
    "code",
    [  # the guide's tables: examples of indicators (i.10), what is handed in and when (i.29, i.32)
        "reinsertion", "interviews", "absence_days", "motivation", "day_structure", "satisfaction",
        "service_quality", "participants", "participant_days", "courses", "interruptions", "qualified_staff",
        "administration",
    ],
)  # fmt: skip
def test_both_tables_of_the_guide_are_covered(held, code):
    assert "guide fédéral" in held[code].source


def test_who_enters_it_and_when_follows_the_guide(held):
    assert (held["motivation"].by, held["motivation"].when) == (EnteredBy.ADVISER, EnteredWhen.BALANCE)
    assert held["satisfaction"].by is EnteredBy.PARTICIPANT
    assert (held["courses"].by, held["courses"].when) == (EnteredBy.PROVIDER, EnteredWhen.QUARTERLY)


def test_the_version_that_began_last_holds(held):
    first = held["reinsertion"]
    second = replace(first, version=2, valid_from=date(2027, 1, 1))

    for day, version in ((date(2008, 12, 31), None), (date(2026, 12, 31), 1), (date(2027, 1, 1), 2)):
        found = in_force([second, first], day).get("reinsertion")
        assert (found.version if found else None) == version


def test_versions_of_an_unknown_code_are_unknown(work):
    assert [one.version for one in versions(work, "reinsertion")] == [1]
    with pytest.raises(UnknownThing):
        versions(work, "happiness")


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        ("unit: days", "unit: hours", "unknown-word"),
        ("computed: true", "computed: perhaps", "unknown-word"),
        ("valid_from: 2009-01-01", "valid_from: yesterday", "bad-date"),
        ("version: 1", "version: none", "not-a-number"),
        ("  by: provider\n", "", "missing-key"),
        ("  by: provider\n", "  by: provider\n  colour: red\n", "unknown-key"),
        ("definition: {fr:", "definition: {", "not-yaml"),
    ],
)
def test_a_faulty_file_is_refused_with_the_line(was, becomes, code):
    broken = SOCIAL.replace(was, becomes, 1)
    assert broken != SOCIAL

    with pytest.raises(BrokenFile) as no:
        read_definitions(broken.encode(), "social.yaml")

    assert code in {one.code for one in no.value.problems} or code == "not-yaml"
    assert all(one.file == "social.yaml" and one.line > 2 for one in no.value.problems)


def test_a_missing_language_is_a_warning_only():
    found = read_definitions(SOCIAL.replace(", en: Absence rate}", "}").encode(), "social.yaml")

    assert "en" not in {one.code: one for one in found}["absence_rate"].name


def test_a_source_that_nobody_published_or_of_another_unit_is_named_at_its_row(held):
    asked = [
        ("reinsertion", IndicatorUnit.PERCENT), ("happiness", IndicatorUnit.PERCENT),
        ("absence_days", IndicatorUnit.PERCENT), (OWN, IndicatorUnit.FRANCS),
    ]  # fmt: skip

    found = [(one.code, one.field, one.facts["name"]) for one in source_faults("gauges", asked, held)]

    assert found == [
        ("unknown-indicator", "gauges-1-source", "happiness"),
        ("unit-of-indicator", "gauges-2-unit", "absence_days"),
    ]


def test_a_goal_names_only_what_is_published(work):
    market = a_market(work)
    market.work = work
    draft = market.agreement(in_force=False)
    mine = acting(work, market.drafter)
    gauges = tuple(
        GaugeWish(f"g{number}", "Titre", IndicatorUnit.NUMBER, Direction.UP, 1, source)
        for number, source in enumerate(("happiness", "reinsertion", "courses"))
    )
    ask = SetGoal(draft.ref, ObjectiveLevel.OUTCOME, "Retour en emploi", "Fondation", gauges=gauges)

    with pytest.raises(Refusals) as no:
        set_goal(mine, ask)
    made = set_goal(mine, replace(ask, gauges=gauges[2:]))

    assert [(one.code, one.field) for one in no.value.reasons] == [
        ("unknown-indicator", "gauges-0-source"), ("unit-of-indicator", "gauges-1-unit"),
    ]  # fmt: skip
    assert made.id


def test_an_objective_of_an_agreement_names_only_what_is_published(work):
    market = a_market(work)
    market.work = work
    draft = market.agreement(in_force=False)
    wish = IndicatorWish("h", {"fr": "H"}, IndicatorUnit.PERCENT, Direction.UP, 1, None, "happiness")

    with pytest.raises(UnknownIndicator):
        add_objective(
            acting(work, market.drafter),
            AddObjective(draft.ref, ObjectiveLevel.OUTCOME, "Bonheur", "Fondation", (wish,)),
        )
