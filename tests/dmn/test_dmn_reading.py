"""What a DMN file may not hold is named with its line, all of it at once; nothing harmful is read."""

from pathlib import Path

import pytest

from cii.dmn.reading import read_dmn
from cii.dmn.xml import LIMIT
from cii.files.problems import BrokenFile
from cii.texts.speech import written

FILES = Path(__file__).parent / "models"
SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
GOOD = f"""<definitions xmlns="{SPACE}" id="m" name="m" namespace="urn:m">
<inputData id="a" name="age"><variable name="age" typeRef="number"/></inputData>
<decision id="v" name="Voie"><variable name="Voie" typeRef="string"/>
<informationRequirement><requiredInput href="#a"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE">
<input><inputExpression typeRef="number"><text>age</text></inputExpression></input>
<output name="Voie" typeRef="string"/>
<rule id="R1"><inputEntry><text>&lt; 18</text></inputEntry><outputEntry><text>"non"</text></outputEntry></rule>
<rule id="R2"><inputEntry><text>&gt;= 18</text></inputEntry><outputEntry><text>"oui"</text></outputEntry></rule>
</decisionTable></decision>
</definitions>"""
FILE_FAULTS = {
    "no XML": ("age < 18", 1, "not-xml"),
    "XML that breaks off": (GOOD[:-20], 10, "not-xml"),
    "another root": ("<html><body/></html>", 1, "not-dmn"),
    "a DMN of 2014": (GOOD.replace(SPACE, "http://www.omg.org/spec/DMN/20130901"), 1, "not-dmn"),
    "a BPMN process": (GOOD.replace(SPACE, "http://www.omg.org/spec/BPMN/20100524/MODEL"), 1, "not-dmn"),
    "an outside entity": (f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>{GOOD}', 1, "unsafe-xml"),
    "an entity bomb": (f'<!DOCTYPE d [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>{GOOD}', 1, "unsafe-xml"),
    "a document type alone": (f"<!DOCTYPE definitions>{GOOD}", 1, "unsafe-xml"),
    "elements without end": ("<definitions>" * 200, 1, "too-deep"),
    "an unknown encoding": ('<?xml version="1.0" encoding="klingon"?>' + GOOD, 1, "not-xml"),
    "nothing": ("", 1, "not-xml"),
}
FAULTS = {
    "an unknown hit policy": ('hitPolicy="UNIQUE"', 'hitPolicy="UNIK"', 5, "UNIK"),
    "an unknown aggregation": ('hitPolicy="UNIQUE"', 'hitPolicy="COLLECT" aggregation="AVG"', 5, "AVG"),
    "an aggregation without COLLECT": ('hitPolicy="UNIQUE"', 'hitPolicy="UNIQUE" aggregation="SUM"', 5, "SUM"),
    "a sum of texts": ('hitPolicy="UNIQUE"', 'hitPolicy="COLLECT" aggregation="SUM"', 7, "C+"),
    "a priority without ranks": ('hitPolicy="UNIQUE"', 'hitPolicy="PRIORITY"', 5, "outputValues"),
    "two outputs summed": (
        '<output name="Voie" typeRef="string"/>',
        '<output name="Voie" typeRef="string"/><output name="Prix" typeRef="number"/>',
        8,
        "nombre de sorties 1",
    ),
    "a cell that does not parse": ("&lt; 18", "&lt; &lt; 18", 8, "R1"),
    "a cell of another type": ("&lt; 18", '"jeune"', 8, "age"),
    "a wide FEEL cell": ("&lt; 18", "if age then 1 else 2", 8, "if"),
    "a function": ("&lt; 18", "&lt; floor(18.5)", 8, "floor"),
    "a test on ?": ("&lt; 18", "? * 2 &lt; 18", 8, "?"),
    "a list": ("&lt; 18", "[1, 2]", 8, "listes"),
    "an unclosed text": ('"non"', '"non', 8, "R1"),
    "an upside-down interval": ("&lt; 18", "[18..0]", 8, "ne contient rien"),
    "an output of another type": ('"non"', "3", 8, "Voie"),
    "an output without quotes": ('"non"', "non", 8, "non"),
    "an unknown type": ('<variable name="age" typeRef="number"/>', '<variable name="age" typeRef="nombre"/>', 2, "nombre"),
    "an input of nowhere": ("<text>age</text>", "<text>âge</text>", 6, "âge"),
    "an entry too few": ("<inputEntry><text>&lt; 18</text></inputEntry>", "", 8, "nombre d'entrées 0"),
    "a missing requirement": ('href="#a"', 'href="#b"', 4, "#b"),
    "no table": ("<decision id=", '<decision id="w" name="W"/><decision id=', 3, "pas de logique"),
    "an expression that is not simple": (
        "<decision id=", '<decision id="w" name="W">\n<literalExpression><text>if age then 1</text></literalExpression></decision><decision id=', 4, "« if »",
    ),
    "a formula of names of nowhere": (
        "<decision id=", '<decision id="w" name="W">\n<literalExpression><text>12 * agé</text></literalExpression></decision><decision id=', 4, "« age »",
    ),
    "a formula without end": (
        "<decision id=", '<decision id="w" name="W">\n<literalExpression><text>12 *</text></literalExpression></decision><decision id=', 4, "finit trop tôt",
    ),
    "an empty formula": ("<decision id=", '<decision id="w" name="W"><literalExpression/></decision><decision id=', 3, "« W »"),
    "an invocation": ("<decision id=", '<decision id="w" name="W"><invocation/></decision><decision id=', 3, "invocation"),
    "a business knowledge model": ("<decision id=", '<businessKnowledgeModel id="b" name="Barème"/><decision id=', 3, "Barème"),
    "an import": ("<decision id=", '<import name="autre" namespace="urn:x"/><decision id=', 3, "autre"),
    "another language": ('hitPolicy="UNIQUE"', 'hitPolicy="UNIQUE" expressionLanguage="juel"', 5, "juel"),
    "a cell in another language": ("<inputEntry><text>&lt; 18", '<inputEntry expressionLanguage="juel"><text>&lt; 18', 8, "juel"),
    "an input without expression": ("<text>age</text>", "<text/>", 6, "inputExpression"),
    "a text without quotes where an input is near": ('"oui"', "agé", 9, "guillemets"),
    "a name twice": ("<decision id=", '<inputData id="z" name="age"/><decision id=', 3, "age"),
    "a decision called as an input": ('name="Voie">', 'name="age">', 3, "age"),
    "pas de sortie": ('<output name="Voie" typeRef="string"/>', "", 5, "pas de sortie"),
    "pas de nom": ('<inputData id="a" name="age">', '<inputData id="a" name="">', 2, "pas de nom"),
}  # fmt: skip


def test_the_model_that_the_faults_are_put_into_is_sound():
    model = read_dmn(GOOD.encode(), "bon.dmn")

    assert model.problems == ()
    assert [one.name for one in model.decisions] == ["Voie"]
    assert [one.id for one in model.decisions[0].rules] == ["R1", "R2"]


@pytest.mark.parametrize("name", FILE_FAULTS)
def test_a_file_that_is_no_dmn_model_is_refused_in_one_sentence(name):
    text, line, code = FILE_FAULTS[name]

    with pytest.raises(BrokenFile) as no:
        read_dmn(text.encode(), "mauvais.dmn")

    assert [(one.line, one.code) for one in no.value.problems] == [(line, code)]
    assert no.value.problems[0].message.endswith((".", "!"))


def test_a_file_beyond_five_megabytes_is_refused_unread():
    with pytest.raises(BrokenFile) as no:
        read_dmn(b" " * (LIMIT + 1), "gros.dmn")

    assert no.value.problems[0].code == "too-large"


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_model_is_named_with_its_line(name):
    before, after, line, words = FAULTS[name]
    assert before in GOOD

    problems = read_dmn(GOOD.replace(before, after, 1).encode(), "mauvais.dmn").problems

    told = [(one.line, f"{one.message}{one.suggestion}") for one in problems]
    assert any(at == line and words in text for at, text in told), told


def test_all_faults_of_a_model_are_named_at_once_in_the_order_of_their_lines():
    text = (
        GOOD.replace("&lt; 18", "&lt; floor(18)")
        .replace('"oui"', "oui")
        .replace('typeRef="number"/>', 'typeRef="zahl"/>')
    )

    lines = [one.line for one in read_dmn(text.encode(), "mauvais.dmn").problems]

    assert lines == [2, 8, 9]


def test_decisions_that_require_each_other_are_named_together():
    chained = (FILES / "chained.dmn").read_text("utf-8")
    text = chained.replace(
        '<informationRequirement id="d1_q0"><requiredInput href="#a"/>',
        '<informationRequirement id="d1_q0"><requiredDecision href="#d3"/>',
    )

    model = read_dmn(text.encode(), "cercle.dmn")

    (problem,) = model.problems
    assert problem.code == "requirement-cycle"
    assert "Groupe" in problem.message
    assert "Mesure proposée" in problem.message
    assert [one.name for one in model.decisions] == ["Aide"]


def test_a_type_that_is_defined_by_itself_is_named():
    text = GOOD.replace(
        "<inputData", '<itemDefinition name="t"><typeRef>t</typeRef></itemDefinition><inputData', 1
    )

    assert [one.code for one in read_dmn(text.encode(), "m.dmn").problems] == ["type-cycle"]


@pytest.mark.parametrize(
    "space",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_the_editions_of_dmn_since_1_1_are_read_alike(space):
    model = read_dmn(GOOD.replace(SPACE, space).encode(), "m.dmn")

    assert model.problems == ()
    assert len(model.decisions[0].rules) == 2


def test_a_model_in_utf_16_and_with_a_byte_order_mark_is_read():
    assert read_dmn(GOOD.encode("utf-16"), "m.dmn").problems == ()
    assert read_dmn(GOOD.encode("utf-8-sig"), "m.dmn").problems == ()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_model_is_said_in_the_language_of_the_reader(name):
    before, after, _, _ = FAULTS[name]

    problems = read_dmn(GOOD.replace(before, after, 1).encode(), "mauvais.dmn").problems

    for one in problems:
        french, german, english = (one.said(lang) for lang in ("fr", "de", "en"))
        assert len({french, german, english}) == 3
        assert french == str(one)
        assert all(f"mauvais.dmn:{one.line}: " in said for said in (french, german, english))


def test_a_decision_that_cannot_be_taken_says_where_and_why_in_the_language_of_the_reader():
    before, after, line, _ = FAULTS["an expression that is not simple"]

    model = read_dmn(GOOD.replace(before, after, 1).encode(), "mauvais.dmn")

    assert written(model.refused["W"], "de") == (
        f"mauvais.dmn:{line}: Der Ausdruck der Entscheidung «W» wird nicht übernommen: "
        "«if» ist FEEL jenseits einfacher Ausdrücke."
    )


def test_a_decision_in_another_language_is_not_decided_although_its_words_could_be_read():
    foreign = GOOD.replace("<inputExpression ", '<inputExpression expressionLanguage="python" ')
    whole = GOOD.replace("<definitions ", '<definitions expressionLanguage="http://www.groovy-lang.org" ')

    one, all_of_it = read_dmn(foreign.encode(), "python.dmn"), read_dmn(whole.encode(), "groovy.dmn")

    assert (one.decisions, all_of_it.decisions) == ((), ())
    assert "python" in one.refused["Voie"]
    assert "groovy" in all_of_it.refused["Voie"]


@pytest.mark.parametrize(("cell", "meant"), [("True", "true"), ("FALSE", "false")])
def test_yes_and_no_in_capitals_are_named_with_what_was_meant(cell, meant):
    flag = GOOD.replace('typeRef="number"', 'typeRef="boolean"')
    flag = flag.replace("&lt; 18", cell).replace("&gt;= 18", "-")

    problems = read_dmn(flag.encode(), "majuscules.dmn").problems

    assert [(one.line, one.code) for one in problems] == [(8, "bad-cell")]
    assert f"«\xa0{meant}\xa0»" in problems[0].suggestion


def test_a_model_that_declares_its_inputs_may_name_no_others():
    problems = read_dmn(GOOD.replace("<text>age</text>", "<text>revenu</text>").encode(), "m.dmn").problems

    assert [(one.line, one.code) for one in problems] == [(6, "not-taken")]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "iso-8859-1", "utf-16"])
def test_a_model_reads_the_same_in_any_encoding_and_with_any_line_ends(encoding, ends):
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n{GOOD}'.replace("oui", "agréé")

    model = read_dmn(text.replace("\n", ends).encode(encoding), "m.dmn")

    assert model.problems == ()
    assert model.decisions[0].rules[1].outputs[0].run({}) == "agréé"
    assert model.decisions[0].line == 4
