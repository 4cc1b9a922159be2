"""Broken process files: each fault is named with its line, a plain sentence and what was probably meant."""

import pytest

from cii.workflow.checks import problems_in
from cii.workflow.definition import parse
from cii.workflow.reading import BrokenFile

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


BROKEN = [
    ("version: 1", "version: one", 2, "not-a-number", "not “one”"),
    ("version: 1", "version: 0", 2, "not-a-number", "from 1"),
    ("version: 1\n", "", 1, "missing-key", "version"),
    ("workflow: small\n", "", 1, "missing-key", "workflow"),
    ("start: look", "start: lok", 7, "unknown-stage", "Did you mean “look”?"),
    ("start: look", "sart: look", 7, "unknown-key", "Did you mean “start”?"),
    ("subject: case", "subject: cases", 5, "unknown-subject", "Did you mean “case”?"),
    ("subject: case", "subject: case\nsubject: referral", 6, "duplicate-key", "line 5"),
    ("number 0..,", "nomber 0..,", 6, "bad-domain", "no type of fact"),
    ("number 0..,", "number 9..0,", 6, "bad-domain", "upside down"),
    ("number 0..,", "number 0-9,", 6, "bad-domain", "0..120"),
    ("owner: AC", "owner: ACC", 12, "unknown-role", "Did you mean “AC”?"),
    ("owner: AC, ", "", 12, "task-without-owner", "nobody"),
    ("owner: AC", "owner: supervisor", 12, "unknown-role", "no role"),
    ("owner: AC", "ownr: AC", 12, "unknown-key", "Did you mean “owner”?"),
    ("due: 5wd", "due: 5 days", 12, "bad-length", "14wd"),
    ("due: 5wd", "due: 0wd", 12, "bad-length", "no delay"),
    ("due: 5wd", "due: 30wd, max: 30d", 12, "due-above-maximum", "legal maximum"),
    ("due: 5wd", "due: 5wd, escalate: [{after: 5wd}]", 12, "escalation-without-recipient", "recipient"),
    ("due: 5wd", "due: 5wd, escalate: [{after: 5wd, to: boss}]", 12, "unknown-role", "boss"),
    ("due: 5wd", "due: 5wd, escalate: [{to: lead}]", 12, "missing-key", "after"),
    ("due: 5wd", "due: 5wd, escalate: [lead]", 12, "not-a-mapping", "escalation"),
    ("due: 5wd", "due: 5wd, discretionary: perhaps", 12, "bad-yes-no", "perhaps"),
    ("due: 5wd", "due: 5wd, discretionary: true", 13, "join-never", "never be opened"),
    ("due: 5wd", "due: 5wd, for_each: partners", 12, "unknown-role", "Did you mean “partner”?"),
    ("due: 5wd", "due: 5wd, after: tell", 12, "after-cycle", "waits for itself"),
    ("after: see", "after: sea", 13, "unknown-task", "Did you mean “see”?"),
    ("outcomes: [seen, lost]", "outcomes: []", 12, "task-without-outcome", "no outcome"),
    ("outcomes: [seen, lost]", 'outcomes: [lost, "lost!"]', 12, "duplicate-outcome", "twice"),
    ("any task = lost", "any task = lots", 16, "unknown-outcome", "Did you mean “lost”?"),
    ("any task = lost", "some task = lost", 16, "bad-condition", "no declared fact"),
    ("any task = lost", "debts >= ten", 16, "bad-condition", "no value"),
    ("any task = lost", "debt >= 10", 16, "bad-condition", "debts"),
    ("any task = lost", 'path = "c"', 16, "bad-condition", "allowed values"),
    (
        "any task = lost, to: done}\n      - {to: done}",
        "any task = lost, to: done}",
        12,
        "outcome-not-routed",
        "seen",
    ),
    ("- {to: done}", "- {to: don}", 17, "unknown-stage", "Did you mean “done”?"),
    ("- {to: done}", "- {decide: triag, to: done}", 17, "unknown-table", "Did you mean “triage”?"),
    ("- {if: any task = lost, to: done}", "- {to: done}", 17, "way-never-taken", "before the last"),
    (
        "- {if: any task = lost, to: done}",
        "- {when: any task = lost, to: done}",
        16,
        "unknown-key",
        "Known: decide, if, to",
    ),
    ("- {if: any task = lost, to: done}", "- [done]", 16, "not-a-mapping", "way on"),
    ("complete: all", "complete: most", 14, "bad-complete", "2 of 4"),
    ("complete: all", "complete: 3 of 3", 9, "join-never", "waits for 3"),
    ("complete: all", "complete: 1 of 3", 9, "join-miscounted", "1 of 2"),
    (
        "complete: all",
        "complete: all\n    timeout: {after: 60d, to: stalled}",
        15,
        "unknown-stage",
        "stalled",
    ),
    ("complete: all", "complete: all\n    timeout: {to: done}", 15, "missing-key", "after"),
    (
        "complete: all",
        "complete: all\n    on_enter: [notfy: lead]",
        9,
        "unknown-effect",
        "Did you mean “notify”?",
    ),
    ("complete: all", "complete: all\n    on_enter: [notify: boss]", 9, "unknown-role", "boss"),
    ("end: {outcomes: [closed]}", "end: {outcomes: []}", 20, "end-without-outcome", "without an outcome"),
    ("    end: {outcomes: [closed]}\n", "    next: [{to: look}]\n", 9, "no-end", "no end can be reached"),
    ("    end: {outcomes: [closed]}\n", "", 18, "no-way-on", "leads nowhere"),
    (
        "end: {outcomes: [closed]}",
        "end: {outcomes: [closed]}\n    next: [{to: look}]",
        18,
        "end-goes-on",
        "is an end",
    ),
    ("  done:\n", "  lone: {next: [{to: done}]}\n  done:\n", 18, "unreachable-stage", "No way leads"),
    ("  done:\n", "  lone:\n  done:\n", 18, "not-a-mapping", "is empty"),
    ("workflow: small", "workflow: &x small", 1, "anchor", "Anchors"),
    ("workflow: small", "workflow: [small", 2, "not-yaml", "not valid YAML"),
    ("stages:\n", "stages: 1\nmore:\n", 8, "not-a-mapping", "pairs"),
]


@pytest.mark.parametrize(("old", "new", "line", "code", "words"), BROKEN)
def test_a_broken_file_says_line_fault_and_remedy(old, new, line, code, words):
    found = faults(old, new)

    said = [one for one in found if one.severity == "error" and (one.line, one.code) == (line, code)]
    assert said, "\n".join(map(str, found))
    assert any(words in str(one) for one in said), "\n".join(map(str, said))
    assert str(said[0]).startswith(f"small.yaml:{line}: ")


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
