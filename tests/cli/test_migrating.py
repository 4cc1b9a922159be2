"""Diff and migration at a terminal: what differs, the dry run, the confirmed run, exit codes."""

import json

import pytest

from cii.cli import DONE, FINDINGS, USAGE, main
from cii.store.settings import Settings
from tests.workflow.test_migrating import FILES, at, some_cases

PLAN = FILES / "migrations" / "joint-opinion-1-2.yaml"


@pytest.fixture
def cii(fresh_engine, tmp_path, monkeypatch, capsys):
    """Run `cii … --json` over one case of each kind; returns the exit code and what it says."""
    with at(fresh_engine) as work:
        some_cases(work, tmp_path / "w")
    url = fresh_engine.url.render_as_string(hide_password=False)
    own = Settings(mode="test", data_dir=tmp_path / "data", database_url=url)
    monkeypatch.setattr("cii.cli.parser.default_settings", lambda: own)

    def run(*words):
        code = main([str(one) for one in words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_a_dry_run_tells_the_digest_and_the_confirmed_run_moves_the_cases(cii):
    code, told = cii("workflows", "migrate", PLAN)
    assert code == FINDINGS
    assert "5 dossier(s) migreraient, 2 resteraient" in told
    assert "opinions.call" in told

    dry = json.loads(cii("workflows", "migrate", PLAN, "--json")[1])
    assert cii("workflows", "migrate", PLAN, "--confirm", "0" * 16)[0] == FINDINGS
    code, told = cii("workflows", "migrate", PLAN, "--confirm", dry["digest"][:16], "--batch", "2", "--json")

    done = json.loads(told)
    assert (code, done["moved"], len(done["blocked"])) == (FINDINGS, dry["moving"], 2)
    again = json.loads(cii("workflows", "migrate", PLAN, "--json")[1])
    assert (again["moving"], again["done"]) == (0, 5)


def test_what_differs_between_two_versions_is_said_in_words_and_in_json(capsys):
    words = ["workflows", "diff", "joint-opinion", "1", "2", "--folder", str(FILES)]

    assert main(words) == DONE
    told = capsys.readouterr().out
    assert "facts.capacity\xa0: fait – ajout\xa0: number 0..100" in told
    assert "stages.opinions.tasks.visit\xa0: tâche – suppression\xa0: Visite" in told
    assert main([*words, "--json"]) == DONE
    found = json.loads(capsys.readouterr().out)["differences"]
    assert {"where": "stages.agreement.tasks.agree", "what": "title", "kind": "changed",
            "before": "Approuver", "after": "Approuver le plan"} in found  # fmt: skip
    assert main([*words[:4], "9", *words[5:]]) == FINDINGS


def test_a_plan_to_fill_in_names_what_has_no_successor(capsys):
    assert main(["workflows", "diff", "joint-opinion", "1", "2", "--plan", "--folder", str(FILES)]) == DONE

    told = capsys.readouterr().out
    assert "  opinions: ?" in told
    assert "  follow_up.review: ?" in told
    assert "  capacity: {default: ?}" in told


def test_a_batch_of_nothing_is_wrong_usage():
    with pytest.raises(SystemExit) as no:
        main(["workflows", "migrate", str(PLAN), "--batch", "0"])

    assert no.value.code == USAGE
