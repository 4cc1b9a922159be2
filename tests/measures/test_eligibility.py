import pytest

from cii.measures.eligibility import NotAnEligibilityTable, Standing, judge, read_table
from tests.measures.build_measures import CONDITIONS, OBSTACLES


@pytest.mark.parametrize("text", [CONDITIONS, OBSTACLES], ids=["unique", "obstacles"])
def test_a_person_who_meets_all_conditions_is_eligible(text):
    verdict = judge(read_table(text, "t"), {"age": 18, "percent": 50, "colour": "asked by nobody"})

    assert verdict.standing is Standing.ELIGIBLE
    assert verdict.failed == ()


def test_each_failed_condition_is_named_with_what_is_required_and_observed():
    verdict = judge(read_table(CONDITIONS, "t"), {"age": 30, "percent": 49})

    assert verdict.standing is Standing.NOT_ELIGIBLE
    assert [(one.input, one.required, one.observed) for one in verdict.failed] == [("percent", ">= 50", 49)]
    assert verdict.reasons[0]["fr"] == "Moins de 50 %."


def test_a_list_of_obstacles_names_all_of_them_at_once():
    verdict = judge(read_table(OBSTACLES, "t"), {"age": 17, "percent": 10})

    assert verdict.standing is Standing.NOT_ELIGIBLE
    assert {one.input for one in verdict.failed} == {"age", "percent"}
    assert len(verdict.reasons) == 2


@pytest.mark.parametrize("text", [CONDITIONS, OBSTACLES], ids=["unique", "obstacles"])
def test_it_is_said_what_would_change_the_answer(text):
    verdict = judge(read_table(text, "t"), {"age": 30, "percent": 49})

    assert [(one.input, one.observed) for one in verdict.changes] == [("percent", 49)]
    assert "50" in verdict.changes[0].needed


def test_only_facts_that_could_still_change_the_answer_are_missing():
    unknown_rate = judge(read_table(CONDITIONS, "t"), {"age": 30})
    too_young = judge(read_table(CONDITIONS, "t"), {"age": 17})

    assert unknown_rate.standing is Standing.MISSING_FACTS
    assert unknown_rate.missing == ("percent",)
    assert too_young.standing is Standing.NOT_ELIGIBLE


def test_a_fact_of_the_wrong_type_decides_nothing():
    verdict = judge(read_table(CONDITIONS, "t"), {"age": "thirty", "percent": 60})

    assert verdict.standing is Standing.UNDECIDED
    assert verdict.fault == "fact-wrong-type"


def test_a_table_that_answers_something_else_is_refused():
    with pytest.raises(NotAnEligibilityTable):
        read_table(CONDITIONS.replace("eligible", "path"), "t")
