"""The commands that prove a table and ask what a draft would change."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cii as house
from cii.cli.parser import main
from cii.store.settings import default_settings

HOUSE = Path(house.__file__).parent.parent


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


def test_a_draft_over_a_loaded_canton_is_told_as_json_and_saves_nothing(tmp_path):
    known = {"CII_DATA_DIR": str(tmp_path), "CII_DATABASE_URL": "", "CII_MODE": "demo"}
    text = (default_settings().workflows_dir / "decisions/triage.md").read_text(encoding="utf-8")
    draft = tmp_path / "draft.md"
    lines = [
        one.replace("everyday-cii", "reseau-cii") if "| T4 |" in one else one for one in text.splitlines()
    ]
    draft.write_text("\n".join(lines), "utf-8")

    def cii(*words):
        return subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-m", "cii", *map(str, words)],
            cwd=HOUSE, env={**os.environ, **known}, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    cii("demo", "load", "--size", "20")
    first, again = (json.loads(cii("rules", "what-if", draft, "--json")) for _ in range(2))

    assert first == again
    assert first["table"] == "triage"
    assert first["open_cases"] == sum(first["effects"].values()) + first["undecided"] > 0
    assert first["effects"]["moved"] == len(first["moved"]) > 0
    assert {(one["before"], one["after"]) for one in first["moved"]} == {
        ("path=everyday-cii", "path=reseau-cii")
    }
