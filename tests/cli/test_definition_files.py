"""`cii workflows check` says each fault for people and machines; nothing starts on a broken folder."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cii.cli import CANNOT_START, DONE, FINDINGS, main
from cii.cli.files import unsound
from cii.store.settings import HOUSE, Settings

WORKFLOWS = HOUSE / "workflows"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped definitions, to be broken."""
    return Path(shutil.copytree(WORKFLOWS, tmp_path / "workflows"))


def _break(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_definitions_pass(capsys):
    code = main(["workflows", "check"])

    assert code == DONE
    assert "aucun défaut" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "fr",
            "Étape «\xa0published\xa0»\xa0: mène à «\xa0offers_closd\xa0», qui n'est pas une étape. Vouliez-vous dire «\xa0offers_closed\xa0»\xa0?",
        ),
        (
            "de",
            "Phase «published»: führt zu «offers_closd», das ist keine Phase. Meinten Sie «offers_closed»?",
        ),
        (
            "en",
            "Stage “published”: leads to “offers_closd”, which is no stage. Did you mean “offers_closed”?",
        ),
    ],
)
def test_a_fault_is_said_in_the_language_asked_for(folder, capsys, lang, said):
    _break(folder, "call-and-award.yaml", "- {to: offers_closed}", "- {to: offers_closd}")

    code = main(["workflows", "check", "--folder", str(folder), "--lang", lang])

    lines = capsys.readouterr().err.splitlines()
    assert code == FINDINGS
    assert any(line.startswith("call-and-award.yaml:") and line.endswith(said) for line in lines), lines


def test_the_faults_are_told_to_machines(folder, capsys):
    _break(folder, "call-and-award.yaml", "- {to: offers_closed}", "- {to: offers_closd}")

    code = main(["workflows", "check", "--folder", str(folder), "--json"])

    told = json.loads(capsys.readouterr().out)
    (one,) = [found for found in told["findings"] if found["code"] == "unknown-stage"]
    assert code == FINDINGS
    assert set(one) == {"file", "line", "column", "code", "text", "suggestion", "severity"}
    assert (one["file"], one["severity"]) == ("call-and-award.yaml", "error")
    assert isinstance(one["line"], int)


def test_a_published_text_that_changed_is_a_fault_even_when_it_reads_well(folder, capsys):
    _break(folder, "call-and-award.yaml", "due: 40d", "due: 30d")

    code = main(["workflows", "check", "--folder", str(folder)])

    said = capsys.readouterr().err
    assert code == FINDINGS
    assert "«\xa0call-and-award.yaml\xa0» a changé" in said
    assert "publiez une nouvelle version" in said


def test_several_versions_stand_side_by_side(folder, capsys):
    text = (folder / "placement.yaml").read_text(encoding="utf-8")
    (folder / "placement-v2.yaml").write_text(text.replace("version: 1", "version: 2"), encoding="utf-8")

    assert main(["workflows", "check", "--folder", str(folder)]) == DONE


def test_a_broken_migration_plan_is_a_fault(folder, capsys):
    (folder / "migrations").mkdir(exist_ok=True)
    (folder / "migrations" / "placement-1-2.yaml").write_text("process: [\n", encoding="utf-8")

    code = main(["workflows", "check", "--folder", str(folder)])

    assert code == FINDINGS
    assert "placement-1-2.yaml:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("call-and-award.yaml", "- {to: offers_closed}", "- {to: offers_closd}"),
        ("decisions/agreement-threshold.md", "version: 1", "version: one"),
        ("parameters/retention.yaml", "retention_draft_days:", "retention_drafts_days:"),
    ],
)
def test_the_house_refuses_to_start_on_a_broken_folder(folder, name, old, new):
    _break(folder, name, old, new)

    told = unsound(Settings(workflows_dir=folder))

    assert told is not None
    assert told.code == CANNOT_START
    assert any(line.startswith(f"{name.split('/')[-1]}:") for line in told.lines)


def test_the_house_starts_on_the_shipped_folder():
    assert unsound(Settings(workflows_dir=WORKFLOWS)) is None


def test_each_file_of_numbers_is_checked_and_a_lost_file_of_terms_is_said(folder, capsys):
    _break(folder, "parameters/referrals.yaml", "value: 10,", "value: ten,")
    (folder / "parameters" / "retention.yaml").unlink()

    code = main(["workflows", "check", "--folder", str(folder)])

    said = capsys.readouterr().err
    assert code == FINDINGS
    assert "referrals.yaml:7:" in said
    assert "parameters/retention.yaml" in said


@pytest.mark.parametrize("command", ["serve", "worker", "demo"])
def test_each_way_to_start_says_the_lines_and_ends(folder, tmp_path, command):
    _break(folder, "call-and-award.yaml", "- {to: offers_closed}", "- {to: offers_closd}")
    told = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "cii", command],
        env={**os.environ, "CII_WORKFLOWS_DIR": str(folder), "CII_DATA_DIR": str(tmp_path / "data")},
        capture_output=True, text=True, timeout=60, check=False, cwd=HOUSE,
    )  # fmt: skip

    assert told.returncode == CANNOT_START
    assert "Démarrage refusé" in told.stderr
    assert "call-and-award.yaml:" in told.stderr
