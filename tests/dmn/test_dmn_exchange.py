"""Our tables leave as DMN and come back the same; another engine reads what we write."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

from cii.cli.parser import main
from cii.decisions.decision import decide, pieces_of
from cii.decisions.rulebook import parse_table
from cii.dmn.deciding import answers
from cii.dmn.markdown import decision_file, to_complete
from cii.dmn.reading import read_dmn
from cii.dmn.writing import write_dmn
from cii.kernel.errors import Refusal

HOUSE = Path(__file__).parents[2]
TABLES = [
    parse_table(file.read_text("utf-8"), file.name)
    for file in sorted((HOUSE / "workflows" / "decisions").glob("*.md"))
]
MODELS = Path(__file__).parent / "models"


def came_back(table):
    model = read_dmn(write_dmn([table]).encode(), "retour.dmn")
    assert [str(one) for one in model.problems] == []
    return model, parse_table(decision_file(model, model.decisions[0]), "retour.md")


BACK = {(one.id, one.version): came_back(one) for one in TABLES}


def told(decide_by, table, facts):
    try:
        made = decide_by(table, facts)
    except Refusal as no:
        return no.code
    return made.rules, made.results, made.why


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_shipped_table_decides_the_same_after_leaving_and_coming_back(data):
    table = data.draw(st.sampled_from(TABLES))
    facts = {piece.name: data.draw(st.sampled_from(piece.samples(piece.all))) for piece in pieces_of(table)}

    model, back = BACK[table.id, table.version]

    assert told(decide, back, facts) == told(decide, table, facts)
    answer = answers(model, facts)[table.id]
    assert answer.rules == decide(table, facts).rules


@pytest.mark.parametrize("table", TABLES, ids=lambda one: f"{one.id}-{one.version}")
def test_titles_sources_wordings_and_validity_come_back_too(table):
    _, back = BACK[table.id, table.version]

    assert (back.title, back.source, back.why, back.legal_basis) == (
        table.title,
        table.source,
        table.why,
        table.legal_basis,
    )
    assert (back.inputs, back.outputs, back.valid_from, back.valid_to) == (
        table.inputs,
        table.outputs,
        table.valid_from,
        table.valid_to,
    )
    assert dict(back.overlaps) == dict(table.overlaps)
    assert to_complete(back) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda one: f"{one.id}-{one.version}")
def test_spiffworkflow_parses_what_we_write(table):
    root = etree.fromstring(write_dmn([table]).encode())

    parser = DMNParser(None, root, {"dmn": root.nsmap[None]})
    parser.parse()

    (read,) = parser.decision.decisionTables
    assert len(read.rules) == len(table.rules)
    assert [one.expression for one in read.inputs] == [one.name for one in table.inputs]
    assert [one.name for one in read.outputs] == [one.name for one in table.outputs]


def test_a_foreign_table_becomes_a_decision_file_with_its_gaps_marked():
    model = read_dmn((MODELS / "unique.dmn").read_bytes(), "unique.dmn")

    table = parse_table(decision_file(model, model.decisions[0]), "voie.md")

    assert {"source", "legal_basis", "valid_from"} <= set(to_complete(table))
    facts = {"age": 18, "potentiel": "faible", "consentement": True}
    assert decide(table, facts).outputs == {"Voie": "réseau"}
    again = read_dmn(write_dmn([table]).encode(), "encore.dmn")
    assert answers(again, facts)["voie"].result == "réseau"


def run(capsys, *words):
    code = main([*map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_eval_answers_each_decision_of_a_file_over_facts_in_json(capsys, tmp_path):
    facts = tmp_path / "facts.json"
    facts.write_text('{"âge": 30, "revenu mensuel": 1999.99}', "utf-8")

    code, told = run(capsys, "rules", "eval", MODELS / "chained.dmn", "--facts", facts)

    assert code == 0
    assert {name: one["result"] for name, one in told["decisions"].items()} == {
        "Groupe": "adulte", "Aide": {"Taux": 80, "Plafond": 1500}, "Mesure proposée": "programme",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [('{"âge": "30"}', 1), ('{"age": 30}', 1), ("[1]", 2), ("{", 2), ('{"âge": NaN}', 2), (None, 2)],
)
def test_eval_refuses_bad_facts_in_json_with_its_exit_code(capsys, tmp_path, text, code):
    facts = tmp_path / "facts.json"
    if text is not None:
        facts.write_text(text, "utf-8")

    found, told = run(capsys, "rules", "eval", MODELS / "chained.dmn", "--facts", facts)

    assert found == code
    assert told["reasons"][0]["text"]


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b'{"a": 1,\n "b": }', "facts-not-json", "Zeile 2, Spalte 7"),
        (b'{\n"\xe2ge": 30}', "facts-not-json", "Zeile 2, Spalte 2"),
        (b"[" * 100_000, "facts-not-json", "Zeile 1, Spalte 1"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "facts-not-json", "Zeile 1"),
        (b"[1]", "facts-no-object", "Name"),
        (b" " * 1_000_001, "facts-too-large", "1000 kB"),
        (None, "file-unreadable", "gelesen"),
    ],
)
def test_facts_that_cannot_be_read_are_refused_with_a_code_in_the_language_of_the_reader(
    capsys, tmp_path, data, code, words
):
    facts = tmp_path / "facts.json"
    if data is not None:
        facts.write_bytes(data)

    found, told = run(capsys, "rules", "eval", MODELS / "chained.dmn", "--facts", facts, "--lang", "de")

    assert (found, told["reasons"][0]["code"]) == (2, code)
    assert words in told["reasons"][0]["text"]


def test_a_fact_without_a_name_and_files_in_the_way_are_refused_with_a_code(capsys, tmp_path):
    _, unnamed = run(capsys, "rules", "eval", MODELS / "chained.dmn", "30", "--lang", "en")
    run(capsys, "rules", "import-dmn", MODELS / "chained.dmn", "--out", tmp_path)
    _, there = run(capsys, "rules", "import-dmn", MODELS / "chained.dmn", "--out", tmp_path, "--lang", "en")
    (tmp_path / "file").write_text("", "utf-8")
    _, nowhere = run(capsys, "rules", "import-dmn", MODELS / "chained.dmn", "--out", tmp_path / "file" / "x")

    assert unnamed["reasons"] == [{"code": "fact-not-named", "text": "“30” is no fact: write name=value."}]
    assert there["reasons"][0]["code"] == "files-exist"
    assert nowhere["reasons"][0]["code"] == "not-writable"


@pytest.mark.parametrize("command", ["eval", "export-dmn"])
def test_a_decision_file_with_a_wrong_byte_is_refused_with_its_place(capsys, tmp_path, command):
    file = tmp_path / "latin.md"
    file.write_bytes("---\ntable: été\n---\n".encode("latin-1"))

    code, told = run(capsys, "rules", command, file)

    assert code == 1
    assert "UTF-8" in str(told)


def test_import_writes_all_files_or_none_and_never_over_another(capsys, tmp_path):
    first, _ = run(capsys, "rules", "import-dmn", MODELS / "chained.dmn", "--out", tmp_path / "a")
    again, _ = run(capsys, "rules", "import-dmn", MODELS / "chained.dmn", "--out", tmp_path / "a")
    refused, named = run(capsys, "rules", "import-dmn", MODELS / "references.dmn", "--out", tmp_path / "b")

    assert (first, again, refused) == (0, 2, 1)
    assert sorted(file.name for file in (tmp_path / "a").iterdir()) == [
        "aide.md",
        "groupe.md",
        "mesure-proposee.md",
    ]
    assert not (tmp_path / "b").exists()
    assert all(one["note"] for one in named["decisions"])


MIXED = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="urn:m">
<decision name="Voie"><decisionTable>
<input><inputExpression typeRef="number"><text>Revenu mensuel</text></inputExpression></input>
<output typeRef="string"/>
<rule><inputEntry><text>&lt; 0.35</text></inputEntry><outputEntry><text>"aide"</text></outputEntry></rule>
</decisionTable></decision>
<decision name="Lettre"><list><literalExpression><text>"Madame"</text></literalExpression></list></decision>
</definitions>"""
SAID = {
    "fr": "écrite comme list",
    "de": "als list geschrieben",
    "en": "written as list",
}


@pytest.mark.parametrize("lang", SAID)
def test_of_a_file_taken_in_part_the_tables_come_and_the_rest_is_named_in_the_readers_language(
    capsys, tmp_path, lang
):
    file = tmp_path / "mixte.dmn"
    file.write_text(MIXED, "utf-8")

    code, told = run(capsys, "rules", "import-dmn", file, "--lang", lang)
    refused, _ = run(capsys, "rules", "import-dmn", file, "--lang", lang, "--out", tmp_path / "out")
    _, exported = run(capsys, "rules", "export-dmn", file, "--lang", lang)

    assert (code, refused) == (1, 1)
    assert [one["name"] for one in told["decisions"]] == ["Voie"]
    assert [one["line"] for one in told["problems"]] == [7]
    assert SAID[lang] in told["problems"][0]["message"]
    assert SAID[lang] in exported["problems"][0]["message"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("lang", SAID)
def test_eval_answers_what_it_can_and_says_the_rest_in_the_readers_language(capsys, tmp_path, lang):
    file, facts = tmp_path / "mixte.dmn", tmp_path / "facts.json"
    file.write_text(MIXED, "utf-8")
    facts.write_text('{"Revenu mensuel": 0.3499999999999999999}', "utf-8")

    _, told = run(capsys, "rules", "eval", file, "--facts", facts, "--lang", lang)
    code, alone = run(capsys, "rules", "eval", file, "--facts", facts, "--lang", lang, "--decision", "Voie")

    assert told["decisions"]["Voie"]["result"] == "aide"
    assert told["decisions"]["Lettre"]["status"] == "not-taken"
    assert SAID[lang] in told["decisions"]["Lettre"]["reasons"][0]["text"]
    assert (code, list(alone["decisions"])) == (0, ["Voie"])


def test_a_chain_of_tables_that_call_their_inputs_otherwise_is_written_and_can_be_read_again(tmp_path):
    assert main(["rules", "import-dmn", str(MODELS / "words-of-modellers.dmn"), "--out", str(tmp_path)]) == 0

    table = parse_table((tmp_path / "suivi.md").read_text("utf-8"), "suivi.md")

    assert [one.name for one in table.inputs] == ["mesure", "permis"]


def test_a_formula_is_decided_and_never_written_as_a_table(capsys, tmp_path):
    file = MODELS / "formulas.dmn"
    facts = tmp_path / "facts.json"
    facts.write_text('{"ménage": {"adultes": 1, "enfants": 2}, "revenu mensuel": 800.5}', "utf-8")

    _, told = run(capsys, "rules", "eval", file, "--facts", facts)
    code, named = run(capsys, "rules", "import-dmn", file, "--out", tmp_path / "out")
    _, explained = run(capsys, "rules", "explain", file, "--facts", facts)

    assert told["decisions"]["Besoin mensuel"]["outputs"] == {"Besoin mensuel": 1831}
    notes = {one["name"]: one.get("note") for one in named["decisions"]}
    assert code == 1
    assert "écrite comme une expression" in notes["Besoin mensuel"]
    assert "calculent" in notes["Palier"]
    assert not (tmp_path / "out").exists()
    assert explained["decisions"]["Aide annuelle"]["outputs"] == {"Aide annuelle": 12366}
