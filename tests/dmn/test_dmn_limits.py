"""Models made to fill the memory or to stop the clock: each is refused in words, counted and never timed."""

import pytest

from cii.decisions.rulelines import MOST_INPUTS, MOST_RULES
from cii.dmn.deciding import answers
from cii.dmn.feel import MOST_SIGNS, MOST_TERMS, MOST_TEXT
from cii.dmn.limits import MOST_DECISIONS, MOST_LETTERS, MOST_NAME
from cii.dmn.reading import read_dmn
from cii.dmn.types import MOST_NAMES
from cii.dmn.xml import MOST_FAULTS
from cii.files.problems import BrokenFile
from cii.files.xml_reading import MOST_ELEMENTS

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
INPUT = "<input><inputExpression typeRef='number'><text>age</text></inputExpression></input>"


def a_model(body, before=""):
    return (
        f'<definitions xmlns="{SPACE}" name="m" namespace="urn:m">{before}'
        f'<inputData id="a" name="age"><variable name="age" typeRef="number"/></inputData>{body}</definitions>'
    ).encode()


def a_decision(rules, name="Voie", inputs=1):
    columns = INPUT * inputs
    return (
        f'<decision id="{name}" name="{name}"><decisionTable hitPolicy="FIRST">{columns}'
        f'<output typeRef="string"/>{rules}</decisionTable></decision>'
    )


def a_rule(*cells, answer="x"):
    asked = "".join(f"<inputEntry><text>{one}</text></inputEntry>" for one in cells)
    return f'<rule>{asked}<outputEntry><text>"{answer}"</text></outputEntry></rule>'


def a_formula(text, name="F", needs=""):
    return f'<decision id="{name}" name="{name}">{needs}<literalExpression><text>{text}</text></literalExpression></decision>'


def refused(data):
    with pytest.raises(BrokenFile) as no:
        read_dmn(data, "m.dmn")
    return no.value.problems


def structures(depth):
    """Types of which each holds the next one twice: two to the power of `depth` names."""
    types = "".join(
        f'<itemDefinition name="t{at}"><itemComponent name="a"><typeRef>t{at + 1}</typeRef></itemComponent>'
        f'<itemComponent name="b"><typeRef>t{at + 1}</typeRef></itemComponent></itemDefinition>'
        for at in range(depth)
    )
    return types + f'<itemDefinition name="t{depth}"><typeRef>number</typeRef></itemDefinition>'


def chained(links):
    """Types of which each is the next one."""
    types = "".join(
        f'<itemDefinition name="t{at}"><typeRef>t{at + 1}</typeRef></itemDefinition>' for at in range(links)
    )
    return types + f'<itemDefinition name="t{links}"><typeRef>number</typeRef></itemDefinition>'


WHOLE = {
    "more decisions than people read": (
        "".join(a_formula("1", f"F{at}") for at in range(MOST_DECISIONS + 1)), f"{MOST_DECISIONS + 1} décisions",
    ),
    "more names than people read": (
        "".join(f'<inputData id="i{at}" name="i{at}"/>' for at in range(MOST_NAMES)), f"{MOST_NAMES + 1} noms",
    ),
    "more types than people read": (
        "".join(f'<itemDefinition name="t{at}"/>' for at in range(MOST_NAMES + 1)), f"{MOST_NAMES + 1} noms",
    ),
    "a name that is a book": (f'<inputData id="i" name="{"n" * (MOST_NAME + 1)}"/>', f"{MOST_NAME + 1} lettres"),
    "more letters in cells than in a book": (
        a_decision(a_rule("1, " * (MOST_LETTERS // 3) + "1")), "500'000 au plus",
    ),
    "more elements than a model has": ("<x/>" * MOST_ELEMENTS, "plus de 200'000"),
    "nothing but faults": (
        a_decision("".join(a_rule("agé") for _ in range(MOST_FAULTS))), f"Plus de {MOST_FAULTS} fautes",
    ),
}  # fmt: skip
OF_A_DECISION = {
    "more rules than people read": (a_decision(a_rule("-") * (MOST_RULES + 1)), f"{MOST_RULES + 1} règles"),
    "more inputs than people read": (
        a_decision(a_rule(*["-"] * (MOST_INPUTS + 1)), inputs=MOST_INPUTS + 1), f"{MOST_INPUTS + 1} entrées",
    ),
    "conditions that would take minutes to compile": (
        a_decision("".join(a_rule(",".join(map(str, range(at, at + 30)))) for at in range(0, 14_000, 20))),
        "millions de comparaisons",
    ),
    "an expression of many terms": (a_formula("+".join(["1"] * MOST_TERMS)), f"plus de {MOST_TERMS} noms"),
    "an expression of many signs": (a_formula(f'"{"a" * MOST_SIGNS}"'), f"{MOST_SIGNS} au plus"),
    "a cell of many signs": (a_decision(a_rule("[" + "1.." * MOST_SIGNS)), f"{MOST_SIGNS} au plus"),
    "brackets without end": (a_formula("(" * 60 + "1" + ")" * 60), "trop imbriquée"),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_a_model_larger_than_any_that_people_read_is_refused_whole(name):
    body, words = WHOLE[name]

    problems = refused(a_model(body))

    assert words in problems[-1].message
    assert len(problems) <= MOST_FAULTS + 1


@pytest.mark.parametrize("name", OF_A_DECISION)
def test_a_decision_beyond_the_limits_of_our_own_tables_is_named_and_left_out(name):
    body, words = OF_A_DECISION[name]

    model = read_dmn(a_model(body), "m.dmn")

    assert any(words in one.message for one in model.problems)
    assert model.decisions == ()


def test_the_limit_of_comparisons_is_that_of_all_tables_of_a_model_together():
    rules = "".join(a_rule(",".join(map(str, range(at, at + 20)))) for at in range(0, 8_000, 20))
    tables = [a_decision(rules, f"T{at}") for at in range(4)]

    alone = read_dmn(a_model(tables[0]), "m.dmn")
    all_four = read_dmn(a_model("".join(tables)), "m.dmn")

    assert [one.name for one in alone.decisions] == []
    assert all_four.decisions == ()


def test_types_that_double_each_other_or_refer_without_end_are_refused_unfolded():
    doubled = read_dmn(a_model(a_formula("1"), structures(25)), "m.dmn")
    linked = read_dmn(a_model(a_formula("1"), chained(900)), "m.dmn")

    assert any("noms d'entrées" in one.message for one in doubled.problems)
    assert any("imbriqué" in one.message for one in linked.problems)


def test_a_text_cut_into_many_pieces_is_one_text():
    cut = "a<!---->" * 1_000

    model = read_dmn(a_model(a_formula(f'"{cut}"')), "m.dmn")

    assert answers(model, {})["F"].result == "a" * 1_000


def test_decisions_that_double_a_text_end_in_a_refusal_of_that_decision():
    chain = a_formula(f'"{"a" * 1_000}"', "F0") + "".join(
        a_formula(
            f"F{at} + F{at}",
            f"F{at + 1}",
            f'<informationRequirement><requiredDecision href="#F{at}"/></informationRequirement>',
        )
        for at in range(50)
    )

    found = answers(read_dmn(a_model(chain), "m.dmn"), {})

    assert len(found["F3"].result) == 8_000
    assert (found["F4"].status, found["F4"].refusal.code) == ("refused", "text-too-long")
    assert found["F4"].refusal.facts == {"most": MOST_TEXT}
    assert found["F50"].refusal.code == "text-too-long"


def test_a_number_beyond_all_counting_is_no_value():
    model = read_dmn(a_model(a_formula("10 ** 1000 ** 3 ** 3") + a_formula("10 ** 1000", "G")), "m.dmn")

    found = answers(model, {})

    assert found["F"].result is None
    assert found["G"].result == 10**1000


def test_a_question_whose_unknown_facts_have_too_many_outcomes_is_refused_and_asks_for_less_when_they_are_known():
    names = [f"x{at}" for at in range(2)]
    declared = "".join(
        f'<inputData id="{one}" name="{one}"><variable name="{one}" typeRef="number"/></inputData>'
        for one in names
    )
    columns = "".join(
        f"<input><inputExpression typeRef='number'><text>{one}</text></inputExpression></input>"
        for one in names
    )
    rules = "".join(a_rule(f"not({at % 97})", f"not({at // 9})", answer=at) for at in range(900))
    table = f'<decision name="Voie"><decisionTable hitPolicy="COLLECT">{columns}<output typeRef="string"/>{rules}</decisionTable></decision>'
    model = read_dmn(a_model(declared + table), "m.dmn")

    nothing = answers(model, {})["Voie"]
    known = answers(model, dict.fromkeys(names, 1_000))["Voie"]

    assert (nothing.status, nothing.refusal.code) == ("refused", "too-many-steps")
    assert (known.status, len(known.result)) == ("decided", 900)
