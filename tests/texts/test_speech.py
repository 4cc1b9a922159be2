from datetime import date
from enum import Enum
from fractions import Fraction

import pytest
from ruamel.yaml import YAML

from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.money import Chf, NotMoney
from cii.texts import speech
from cii.texts.loading import CATALOGUES, BadCatalogue, _read, texts
from cii.texts.speech import MissingFact, UnknownText, refusal, say, word


class CaseState(Enum):
    OPEN = "open"


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """Writes catalogue files and lets `say` speak from them."""

    def write(**files):
        for name, body in files.items():
            (tmp_path / f"{name}.yaml").write_text(body, encoding="utf-8")
        texts.cache_clear()
        held = texts(tmp_path)
        monkeypatch.setattr(speech, "texts", lambda: held)
        return held

    yield write
    texts.cache_clear()


def test_facts_are_written_by_their_type(catalogue):
    catalogue(
        a='bill.due: {fr: "{sum} au {day}, part {share:percent}", de: "{sum} {day} {share}", en: "{sum} {day} {share}"}'
    )

    facts = {"sum": Chf(123450), "day": date(2026, 10, 15), "share": Fraction(3, 5)}

    assert say("bill.due", "fr", **facts) == "CHF\xa01'234.50 au 15.10.2026, part 60\xa0%"
    assert say("bill.due", "en", **facts) == "CHF\xa01'234.50 15 Oct 2026 0.6"


def test_years_are_not_grouped_but_large_numbers_are(catalogue):
    catalogue(a='x.y: {fr: "{year}: {n}", de: "{year}: {n}", en: "{year}: {n}"}')

    assert say("x.y", "fr", year=2026, n=12345) == "2026: 12'345"


def test_french_counts_none_as_singular_and_german_does_not(catalogue):
    catalogue(
        a="""
case.count:
  fr: {one: "{n} dossier", other: "{n} dossiers"}
  de: {one: "{n} Fall", other: "{n} Fälle"}
  en: {one: "{n} case", other: "{n} cases"}
"""
    )

    assert [say("case.count", "fr", n=n) for n in (0, 1, 2)] == ["0 dossier", "1 dossier", "2 dossiers"]
    assert [say("case.count", "de", n=n) for n in (0, 1, 2)] == ["0 Fälle", "1 Fall", "2 Fälle"]
    assert say("case.count", "fr", n=1_000_000) == "1'000'000 dossiers"


def test_a_word_of_a_vocabulary_is_said_in_the_readers_language(catalogue):
    catalogue(
        a="""
word.case-state.open: {fr: "ouvert", de: "offen", en: "open"}
case.is: {fr: "Le dossier est {state}.", de: "Der Fall ist {state}.", en: "The case is {state:word.case-state}."}
"""
    )

    assert word(CaseState.OPEN, "de") == "offen"
    assert word("open", "fr", "case-state") == "ouvert"
    assert say("case.is", "fr", state=CaseState.OPEN) == "Le dossier est ouvert."
    assert say("case.is", "en", state="open") == "The case is open."


def test_facts_may_bear_any_name(catalogue):
    catalogue(a='x.y: {fr: "{code} {lang}", de: "{code} {lang}", en: "{code} {lang}"}')

    assert say("x.y", "fr", code="A", lang="it") == "A it"


def test_what_no_catalogue_holds_is_never_printed(catalogue):
    catalogue(a='x.y: {fr: "{a}", de: "{a}", en: "{a}"}')

    with pytest.raises(UnknownText, match=r"x\.z"):
        say("x.z", "fr")
    with pytest.raises(UnknownText, match="it"):
        say("x.y", "it", a=1)
    with pytest.raises(MissingFact, match="needs a"):
        say("x.y", "fr")
    with pytest.raises(TypeError, match="float"):
        say("x.y", "fr", a=0.1)


def test_a_refusal_says_each_of_its_reasons():
    both = Refusals([NotMoney(text="1e400"), NotAllowed()])

    said = refusal(both, "fr")

    assert "«\xa01e400\xa0» n'est pas un montant" in said
    assert said.endswith("Votre fonction ne permet pas cette opération.")
    assert refusal(UnknownThing(), "de") == "Dieses Element besteht nicht oder ist Ihnen nicht zugänglich."


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"a": 'x.y: {fr: "a", de: "b"}'}, "needs exactly fr, de, en"),
        ({"a": 'x.y: {fr: "a", de: "b", en: ""}'}, "sentence between quotes"),
        ({"a": 'x.y: {fr: "a", de: "b", en: 3}'}, "sentence between quotes"),
        ({"a": 'x.y: {fr: "a {B}", de: "b", en: "c"}'}, "no placeholder"),
        ({"a": 'x.y: {fr: {one: "a"}, de: "b", en: "c"}'}, "other is needed"),
        ({"a": 'xy: {fr: "a", de: "b", en: "c"}'}, "dotted words"),
        ({"a": "- x"}, "mapping of keys"),
        ({"a": 'x.y: {fr: "a", de: "b", en: "c"}\nx.y: {fr: "a", de: "b", en: "c"}'}, "duplicate key"),
        ({"a": 'x.y: {fr: "a", de: "b", en: "c"}\nx.y: {fr: a, de: b, en: c}'}, "duplicate key"),
        (
            {"a": 'x.y: {fr: "a", de: "b", en: "c"}', "b": 'x.y: {fr: "a", de: "b", en: "c"}'},
            "stands already in a.yaml",
        ),
    ],
)
def test_a_faulty_catalogue_is_told_with_its_file(catalogue, files, why):
    with pytest.raises(BadCatalogue, match=why) as no:
        catalogue(**files)

    assert ".yaml" in str(no.value)


def test_a_catalogue_reads_by_its_form_as_it_reads_as_yaml():
    files = sorted(CATALOGUES.glob("*.yaml"))[::4]

    assert {file.name: _read(file) for file in files} == {
        file.name: YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")) for file in files
    }
