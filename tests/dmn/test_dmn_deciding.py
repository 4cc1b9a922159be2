"""DMN models of other offices decide as the standard says, feature by feature, and refuse bad facts."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from cii.cli.rules_facts import plain
from cii.decisions.domain import FactOutOfDomain, FactUnknown, FactWrongType
from cii.dmn.deciding import DecisionNotTaken, NoDecision, answers, tables_for
from cii.dmn.reading import read_dmn
from cii.kernel.errors import Refusal
from tests.dmn.tck import FORMULAS_OF_LEVEL_2, TABLES_OF_LEVEL_2, run_kit

FILES = Path(__file__).parent / "models"
MODELS = sorted(FILES.glob("*.dmn"))


def exact(value):
    if isinstance(value, float):
        return Decimal(repr(value))
    return {key: exact(one) for key, one in value.items()} if isinstance(value, dict) else value


def model_of(name):
    model = read_dmn((FILES / f"{name}.dmn").read_bytes(), f"{name}.dmn")
    assert [str(one) for one in model.problems] == []
    return model


@pytest.mark.parametrize("file", MODELS, ids=lambda one: one.stem)
def test_each_feature_of_a_model_gives_the_expected_answers(file):
    model = model_of(file.stem)
    cases = YAML(typ="safe").load(file.with_suffix(".cases.yaml"))

    for case in cases:
        found = answers(model, exact(case["facts"]))
        for decision, expected in case["expected"].items():
            assert found[decision].refusal is None, (case, found[decision])
            assert plain(found[decision].result) == expected, case


def test_every_hit_policy_stands_in_a_model_of_ours():
    used = {decision.policy.value for file in MODELS for decision in model_of(file.stem).decisions}

    assert used == {"U", "A", "F", "P", "R", "O", "C", "C+", "C<", "C>", "C#"}


@pytest.mark.skipif("CII_TCK" not in os.environ, reason="CII_TCK names no checkout of the compatibility kit")
@pytest.mark.parametrize("models", [TABLES_OF_LEVEL_2, FORMULAS_OF_LEVEL_2], ids=["tables", "formulas"])
def test_all_tables_and_formulas_of_level_2_of_the_compatibility_kit_agree(models):
    tallies = list(run_kit(Path(os.environ["CII_TCK"]), models))

    assert {one.model for one in tallies} == set(models)
    assert [line for one in tallies for line in (*one.failed, *one.not_taken)] == []
    assert all(one.agreed for one in tallies)


@pytest.mark.parametrize(
    ("facts", "refusal", "field"),
    [
        ({"Personne suivie": {"Âge": "24"}}, FactWrongType, "Personne suivie.Âge"),
        ({"Personne suivie": {"Âge": 121}}, FactOutOfDomain, "Personne suivie.Âge"),
        ({"Personne suivie": {"Langue parlée": "C2"}}, FactOutOfDomain, "Personne suivie.Langue parlée"),
        ({"Personne suivie": {"Taille": 180}}, FactUnknown, "Personne suivie.Taille"),
        ({"Personne suivie": 24}, FactWrongType, "Personne suivie"),
        ({"Personne": {}}, FactUnknown, "Personne"),
    ],
)
def test_a_bad_fact_is_refused_with_its_field_and_never_means_no_match(facts, refusal, field):
    with pytest.raises(refusal) as no:
        answers(model_of("item-definitions"), facts)

    assert no.value.field == field


def test_all_bad_facts_are_refused_at_once():
    with pytest.raises(Refusal) as no:
        answers(model_of("unique"), {"age": "18", "consentement": "oui", "taille": 1})

    assert {one.field for one in no.value.reasons} == {"age", "consentement", "taille"}


def test_a_date_that_is_none_is_a_wrong_type():
    with pytest.raises(FactWrongType) as no:
        answers(model_of("dates"), {"naissance": "31.12.2007"}, ["Droit"])

    assert no.value.field == "naissance"


def test_only_facts_that_still_matter_are_asked_for_through_required_decisions():
    model = model_of("chained")

    nothing = answers(model, {}, ["Mesure proposée"])["Mesure proposée"]
    young = answers(model, {"âge": 20}, ["Mesure proposée"])["Mesure proposée"]
    adult = answers(model, {"âge": 40}, ["Mesure proposée"])["Mesure proposée"]

    assert (nothing.status, set(nothing.missing)) == ("missing-facts", {"âge", "revenu mensuel"})
    assert (young.status, young.result) == ("decided", "formation")
    assert (adult.status, adult.missing) == ("missing-facts", ("revenu mensuel",))


def test_two_rules_where_unique_promises_one_answer_are_a_refusal_of_that_decision_alone():
    text = (FILES / "unique.dmn").read_text("utf-8").replace("&lt; 18", "&lt; 50")
    model = read_dmn(text.encode(), "unique.dmn")

    found = answers(model, {"age": 30, "potentiel": "faible", "consentement": True})["Voie"]

    assert (found.status, found.refusal.code) == ("refused", "rules-overlap")


def test_a_single_decision_is_answered_without_the_others():
    found = answers(model_of("chained"), {"âge": 20}, ["Groupe"])

    assert list(found) == ["Groupe"]


def test_an_unknown_decision_and_one_not_taken_are_refused_by_name():
    text = (FILES / "unique.dmn").read_text("utf-8")
    text = text.replace(
        "</definitions>",
        '<decision id="z" name="Formule"><literalExpression><text>if true then 1</text></literalExpression></decision></definitions>',
    )
    model = read_dmn(text.encode(), "unique.dmn")

    with pytest.raises(NoDecision):
        answers(model, {}, ["Voeu"])
    with pytest.raises(DecisionNotTaken) as no:
        answers(model, {}, ["Formule"])
    assert "expressions simples" in no.value.facts["reason"]
    assert answers(model, {"age": 17, "potentiel": "faible", "consentement": True})["Voie"].result == "aucune"


def test_a_formula_asks_for_the_facts_that_it_and_its_tables_lack():
    model = model_of("formulas")

    nothing = answers(model, {}, ["Aide annuelle"])["Aide annuelle"]
    half = answers(model, {"ménage": {"adultes": 1, "enfants": 0}}, ["Besoin mensuel", "Palier"])

    assert (nothing.status, set(nothing.missing)) == ("missing-facts", {"ménage", "revenu mensuel"})
    assert (half["Besoin mensuel"].status, half["Besoin mensuel"].result) == ("decided", 1031)
    assert (half["Besoin mensuel"].rules, half["Besoin mensuel"].why) == ((), ())
    assert (half["Palier"].status, half["Palier"].missing) == ("missing-facts", ("revenu mensuel",))


def test_the_tables_bound_to_the_facts_can_be_traced():
    every = tables_for(model_of("chained"), {"âge": 30, "revenu mensuel": 0})

    table, known = every["Mesure proposée"]
    assert known == {"Groupe": "adulte", "Aide.Taux": 80}
    assert table.hit_policy.value == "U"


def test_a_refusal_is_never_an_answer():
    with pytest.raises(Refusal):
        answers(model_of("collect"), {"âge": True})
