"""The house starts only when it is safe and fits; the command line says what it did by its exit code."""

import json
import subprocess
import sys

import pytest

from cii.app import create_app
from cii.cli import CANNOT_START, DONE, FINDINGS, main, make_parser
from cii.store.engine import make_engine
from cii.store.schema import WrongSchema
from cii.store.settings import Settings, UnsafeSettings, default_settings


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The command line with a data folder of its own."""
    monkeypatch.setenv("CII_DATA_DIR", str(tmp_path))
    default_settings.cache_clear()
    yield tmp_path
    default_settings.cache_clear()


def test_production_refuses_development_secrets_and_open_cookies(tmp_path):
    with pytest.raises(UnsafeSettings) as no:
        create_app(Settings(mode="production", data_dir=tmp_path))

    assert all(name in str(no.value) for name in ("CII_SECRET_KEY", "CII_JOURNAL_KEY", "CII_SECURE_COOKIES"))


def test_a_database_of_another_release_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("cii.store.schema.expected", lambda: "9999")
    engine = make_engine(f"sqlite:///{tmp_path / 'cii.sqlite'}")

    with pytest.raises(WrongSchema, match="cii db upgrade"):
        create_app(Settings(mode="demo", data_dir=tmp_path), engine=engine)
    engine.dispose()


def test_a_command_that_cannot_start_says_why_and_returns_three(home, monkeypatch, capsys):
    monkeypatch.setenv("CII_MODE", "production")

    assert main(["serve"]) == CANNOT_START
    assert "CII_SECRET_KEY" in capsys.readouterr().err


def test_wrong_usage_is_two():
    ran = subprocess.run([sys.executable, "-m", "cii", "nonsense"], capture_output=True, check=False)

    assert ran.returncode == 2


def test_every_command_has_its_words(capsys):
    parser = make_parser()
    for words in ([], ["db"], ["db", "check"], ["rules", "eval"]):
        with pytest.raises(SystemExit):
            parser.parse_args([*words, "--help"])
        assert "exit codes" in capsys.readouterr().out


def test_the_files_of_the_house_have_no_fault(home, capsys):
    assert main(["workflows", "check", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["findings"] == []
    assert main(["rules", "check"]) == DONE


def test_a_broken_file_is_found_with_its_line(home, tmp_path, capsys):
    (tmp_path / "bad.yaml").write_text("workflow: bad\nnonsense: 1\n")

    assert main(["workflows", "check", "--folder", str(tmp_path)]) == FINDINGS
    assert "bad.yaml:" in capsys.readouterr().err


def test_a_process_is_drawn(home, capsys):
    assert main(["workflows", "draw", "referral"]) == DONE
    assert capsys.readouterr().out.startswith("<svg")


def test_a_table_decides_on_the_command_line(home, capsys):
    assert main(["rules", "eval", "triage", "--on", "2026-10-15", "--json"]) in {DONE, FINDINGS}
    assert json.loads(capsys.readouterr().out)
