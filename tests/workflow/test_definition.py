"""A process file as a whole: what passes, what comes at once, what its digest knows (faults: test_broken.py)."""

import pytest

from cii.files.reading import BrokenFile
from cii.workflow.checks import problems_in
from cii.workflow.definition import parse

GOOD = """\
workflow: small
version: 1
title: {fr: Petit, de: Klein, en: Small}
legal_basis: [LACI 85f]
subject: case
facts: {debts: number 0.., path: 'text "a", "b"'}
start: look
stages:
  look:
    title: {fr: Voir, de: Sehen, en: Look}
    tasks:
      see: {title: {fr: a, de: b, en: c}, owner: AC, due: 5wd, outcomes: [seen, lost]}
      tell: {title: {fr: a, de: b, en: c}, owner: AI, after: see, outcomes: [told]}
    complete: all
    next:
      - {if: any task = lost, to: done}
      - {to: done}
  done:
    title: {fr: Fin, de: Ende, en: Done}
    end: {outcomes: [closed]}
words:
  seen: {fr: vu, de: gesehen, en: seen}
  lost: {fr: perdu, de: verloren, en: lost}
  told: {fr: dit, de: gesagt, en: told}
  closed: {fr: clos, de: zu, en: closed}
"""


def faults(old, new, count=1):
    assert old in GOOD
    return problems_in(GOOD.replace(old, new, count), "small.yaml", {"triage"})[1]


def test_a_good_file_has_no_problem():
    assert problems_in(GOOD, "small.yaml", set())[1] == []


def test_a_missing_translation_warns_and_lets_the_file_pass():
    found = faults("fr: Voir, de: Sehen, en: Look", "fr: Voir, de: Sehen")

    assert [(one.line, one.severity, one.code) for one in found] == [(10, "warning", "missing-translation")]


def test_all_faults_of_form_come_at_once():
    with pytest.raises(BrokenFile) as no:
        parse(
            GOOD.replace("due: 5wd", "due: x")
            .replace("complete: all", "complete: x")
            .replace("version: 1", "version: x"),
            "f",
        )

    assert [one.line for one in no.value.problems] == [2, 12, 14]


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "a: \x00", "\ufeff"])
def test_a_file_that_is_no_definition_at_all_is_refused_plainly(text):
    with pytest.raises(BrokenFile):
        parse(text, "f.yaml")


def test_the_digest_changes_with_the_text_and_not_with_line_ends():
    assert parse(GOOD, "a").digest == parse(GOOD.replace("\n", "\r\n"), "b").digest
    assert parse(GOOD, "a").digest != parse(GOOD.replace("5wd", "6wd"), "a").digest
