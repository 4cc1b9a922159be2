"""The commands that prove a table and ask what a draft would change."""

import json

import pytest

from cii.cli.parser import main
from cii.store.settings import default_settings


def test_a_shipped_table_is_proven_complete(capsys):
    assert main(["rules", "proof", "triage", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)["tables"]
    assert [(one["table"], one["status"], one["gaps"]) for one in told] == [("triage", "complete", [])]


def test_a_file_with_a_gap_says_where(tmp_path, capsys):
    text = (default_settings().workflows_dir / "decisions/agreement-threshold.md").read_text(encoding="utf-8")
    file = tmp_path / "draft.md"
    file.write_text(text.replace("| >= 10 |", "| >= 12 |"), encoding="utf-8")

    assert main(["rules", "proof", str(file)]) == 1
    assert "gap: placements_per_year [10..11]" in capsys.readouterr().err


def test_an_unknown_table_is_said(capsys):
    assert main(["rules", "proof", "no-such-table"]) == 1


@pytest.mark.parametrize("words", [["rules", "what-if"], ["rules", "proof"]])
def test_both_need_their_argument(words):
    with pytest.raises(SystemExit):
        main(words)
