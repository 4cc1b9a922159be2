from datetime import date

import pytest

from cii.access.vocabulary import Section
from cii.cases.grid import parse_grid
from cii.cases.rules import GridAnswer, grid_faults, missing_voices, section_of
from cii.cases.rules_plan import plan_after
from cii.cases.vocabulary import GridSection, ItemKind, PartyRole, PersonReply, PlanReply, Voice
from cii.files.reading import BrokenFile

TODAY = date(2026, 10, 15)
EVERYTHING = Section(255)
GRID = parse_grid(
    """\
grid: small
version: 1
title: {fr: Petite, de: Klein, en: Small}
sections:
  all: {fr: Tout, de: Alles, en: All}
items:
  - key: mobility
    group: all
    section: grid
    kind: choice
    title: {fr: Mobilité, de: Mobilität, en: Mobility}
    choices: {car: {fr: voiture, de: Auto, en: car}, none: {fr: aucune, de: keine, en: none}}
  - key: hours
    group: all
    section: functional_limits
    kind: number
    high: 9
    filled_by: [physician]
    title: {fr: Heures, de: Stunden, en: Hours}
  - {key: debts, group: all, section: social, kind: yes/no, title: {fr: Dettes, de: Schulden, en: Debts}}
  - {key: story, group: all, section: social, kind: text, title: {fr: Récit, de: Bericht, en: Story}}
  - {key: drive, group: all, section: grid, kind: scale, title: {fr: Élan, de: Antrieb, en: Drive}}
""",
    "small.yaml",
)


def codes(
    *answers: GridAnswer, writes=EVERYTHING, roles=(PartyRole.PHYSICIAN,)
) -> list[tuple[str, str | None]]:
    return [(one.code, one.field) for one in grid_faults(GRID, answers, roles, writes, TODAY)]


def test_answers_that_fit_have_no_fault():
    assert codes(GridAnswer("mobility", "car", TODAY), GridAnswer("hours", "9", TODAY)) == []


def test_every_fault_of_every_entry_is_said_at_once():
    found = codes(
        GridAnswer("mobility", "boat", TODAY),
        GridAnswer("hours", "10", TODAY),
        GridAnswer("hours", "4", date(2026, 10, 16)),
        GridAnswer("weather", "fine", TODAY),
        GridAnswer("debts", "perhaps", TODAY),
    )

    assert found == [
        ("grid-answer-unfit", "entries.0.value"),
        ("grid-answer-unfit", "entries.1.value"),
        ("grid-item-twice", "entries.2.item"),
        ("day-ahead", "entries.2.effective_on"),
        ("grid-item-unknown", "entries.3.item"),
        ("grid-answer-unfit", "entries.4.value"),
    ]


@pytest.mark.parametrize(
    ("value", "fits"), [("0", False), ("1", True), ("4", True), ("5", False), ("-1", False)]
)
def test_a_scale_runs_from_one_to_four(value, fits):
    assert (codes(GridAnswer("drive", value, TODAY)) == []) is fits


def test_an_item_is_filled_by_those_it_names():
    assert codes(GridAnswer("hours", "4", TODAY), roles=(PartyRole.AC,)) == [
        ("grid-item-of-another", "entries.0.item")
    ]


def test_an_empty_grid_is_refused():
    assert codes() == [("nothing-given", "entries")]


def test_who_may_write_facts_only_writes_no_story():
    facts = Section.PLAN | Section.SOCIAL_FACTS

    assert codes(GridAnswer("debts", "yes", TODAY), writes=facts) == []
    assert codes(GridAnswer("story", "…", TODAY), writes=facts) == [("section-not-yours", "entries.0.item")]
    assert codes(GridAnswer("hours", "4", TODAY), writes=facts) == [("section-not-yours", "entries.0.item")]


def test_social_yes_no_facts_are_wider_open_than_the_story():
    assert section_of(GridSection.SOCIAL, ItemKind.YES_NO) & Section.SOCIAL_FACTS
    assert not section_of(GridSection.SOCIAL, ItemKind.TEXT) & Section.SOCIAL_FACTS


def test_each_missing_voice_is_named():
    assert [one.facts["role"] for one in missing_voices({Voice.AC, Voice.AS})] == [Voice.AI, Voice.PHYSICIAN]
    assert missing_voices(set(Voice)) == []


@pytest.mark.parametrize(
    ("answers", "person", "turn"),
    [
        ({}, PersonReply.AGREE, None),
        ({1: PlanReply.AGREE}, PersonReply.AGREE, None),
        ({1: PlanReply.AGREE, 2: PlanReply.AGREE}, PersonReply.AGREE, "agree"),
        ({1: PlanReply.AGREE, 2: PlanReply.AGREE}, None, None),
        ({1: PlanReply.AGREE, 2: PlanReply.AGREE}, PersonReply.REFUSE, "refuse"),
        ({1: PlanReply.AGREE, 2: PlanReply.REFUSE}, None, "refuse"),
        ({2: PlanReply.REFUSE}, PersonReply.AGREE, None),
    ],
)
def test_a_plan_is_settled_when_all_who_bear_it_and_the_person_have_answered(answers, person, turn):
    assert plan_after({1, 2}, answers, person) == turn


def test_a_broken_grid_file_says_each_fault_with_its_line():
    text = (
        "grid: x\nversion: 1\ntitle: {fr: a, de: b, en: c}\nitems:\n"
        "  - {key: a, group: all, section: gird, kind: nmber}\n"
    )

    with pytest.raises(BrokenFile) as no:
        parse_grid(text, "x.yaml")

    errors = [(one.line, one.code, one.suggestion) for one in no.value.problems if one.severity == "error"]
    assert (5, "unknown-word", "Vouliez-vous dire «\xa0number\xa0»\xa0?") in errors
    assert (5, "unknown-word", "Vouliez-vous dire «\xa0grid\xa0»\xa0?") in errors
    assert "unknown-group" in {code for _, code, _ in errors}


def test_the_faults_of_a_grid_file_are_said_in_the_language_of_the_reader():
    text = (
        "grid: x\nversion: 1\ntitle: {fr: a, de: b, en: c}\nsections: {all: {fr: a, de: b, en: c}}\nitems:\n"
        "  - {key: a, group: al, section: grid, kind: number, low: viel, title: {fr: a, de: b, en: c}}\n"
        "  - {key: a, group: all, section: grid, kind: number, title: {fr: a, de: b, en: c}}\n"
    )

    with pytest.raises(BrokenFile) as no:
        parse_grid(text, "x.yaml")

    assert [one.said("de") for one in no.value.problems] == [
        "x.yaml:6:14: Merkmal «a»: «al» ist kein Abschnitt der Datei. Meinten Sie «all»?",
        "x.yaml:6:54: «low» nimmt eine ganze Zahl ab 0, nicht «viel».",
        "x.yaml:7:6: «a» steht zweimal; das erste Mal auf Zeile 6.",
    ]
