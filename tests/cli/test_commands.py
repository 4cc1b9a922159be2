"""The commands of the trade on a small canton, run as a person at a terminal runs them: words, files, exit codes."""

import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO

import pytest
from sqlalchemy import Engine, event, text

from cii.cli.parser import main, make_parser
from cii.reconciliation.proofs import PROOFS
from cii.store.engine import make_engine
from cii.store.settings import HOUSE, Settings, default_settings
from tests.conftest import ENGINES, new_database

FILES = HOUSE / "cii" / "demo" / "files"
DONE, FINDINGS, USAGE = 0, 1, 2
pytestmark = pytest.mark.xdist_group("cli-canton")
"""One process loads the canton for all tests of this file."""


@pytest.fixture(scope="module", params=ENGINES)
def run(request, tmp_path_factory):
    """Run `cii …` on a canton of forty cases; returns the finished process."""
    folder = tmp_path_factory.mktemp("cli")
    url = "" if request.param == "sqlite" else new_database(request.getfixturevalue("postgres_url"))
    known = {"CII_DATA_DIR": str(folder), "CII_DATABASE_URL": url, "CII_MODE": "demo"}

    def cii(*words):
        return _typed(words, known)

    loaded = cii("demo", "load", "--size", "40")
    assert loaded.returncode == DONE, loaded.stderr
    cii.settings = Settings(mode="demo", data_dir=folder, database_url=url)
    return cii


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def _typed(words, known):
    """One command as the terminal starts it, in this process: a start of its own costs more than its work."""
    out, err, engines = StringIO(), StringIO(), set()
    event.listen(Engine, "engine_connect", seen := lambda connection: engines.add(connection.engine))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name, value in known.items():
            patch.setenv(name, value)
        patch.chdir(HOUSE)
        default_settings.cache_clear()
        try:
            code = main([str(word) for word in words])
        except SystemExit as left:
            code = left.code
    default_settings.cache_clear()
    event.remove(Engine, "engine_connect", seen)
    for engine in engines:
        engine.dispose()
    return Ran(code, out.getvalue(), err.getvalue())


def test_a_faulty_file_is_refused_by_line_and_column_and_the_right_one_is_taken_once(run):
    faulty = run("import", "detections", FILES / "detections_200_faulty.csv", "--unit", "ORP-LITTORAL")
    tried = run(
        "import", "detections", FILES / "detections_200.csv", "--unit", "ORP-LITTORAL", "--dry-run", "--json"
    )
    taken = run("import", "detections", FILES / "detections_200.csv", "--unit", "ORP-LITTORAL", "--json")
    again = run("import", "detections", FILES / "detections_200.csv", "--unit", "ORP-LITTORAL", "--json")

    assert faulty.returncode == FINDINGS
    assert "ligne 58, colonne avs" in faulty.stderr
    assert "ligne 144, colonne naissance" in faulty.stderr
    assert (tried.returncode, taken.returncode, again.returncode) == (DONE, DONE, DONE)
    first, second, third = (json.loads(one.stdout) for one in (tried, taken, again))
    assert first["run"] is None
    assert len(first["detected"]) == len(second["detected"]) > 0
    assert third["repeated"]


def test_opening_balances_are_brought_in_once_by_command(run, tmp_path):
    head, good = "Ligne;Année;Convention;Stade;Montant;Date", "LACI;2031;;disponible;1 234,50;01.01.2031"
    file, faulty = tmp_path / "soldes.csv", tmp_path / "faux.csv"
    file.write_text(f"{head}\n{good}\n", encoding="utf-8")
    faulty.write_text(f"{head}\n{good}\nLACI;2031;;disponible;x;2031-01-01\n", encoding="utf-8")

    refused = run("import", "opening", faulty)
    tried, taken, again = (
        json.loads(run("import", "opening", file, "--json", *more).stdout) for more in (["--dry-run"], [], [])
    )

    assert refused.returncode == FINDINGS
    assert "ligne 3, colonne amount" in refused.stderr
    assert [(one["added"], one["known"]) for one in (tried, taken, again)] == [(1, 0), (1, 0), (0, 1)]
    assert taken["amount"] == "1234.50"


def test_the_forecast_of_needs_is_told_with_what_it_would_have_missed_by(run):
    told, early = run("forecast", "needs"), run("forecast", "needs", "--quarter", "2025-Q2", "--json")
    ahead = run("forecast", "needs", "--quarter", "2026-Q4")

    assert (told.returncode, early.returncode, ahead.returncode) == (DONE, DONE, FINDINGS)
    assert "needs/1, as of 2026-09-30, 8 quarters known" in told.stdout
    assert "inside the interval" in told.stdout
    assert not any(one["ahead"] for one in json.loads(early.stdout)["groups"])
    assert "2026-Q3" in ahead.stderr


def test_a_month_is_shown_and_brought_from_a_file(run, tmp_path):
    shown = json.loads(run("month", "show", "2026-09", "SMIG", "--json").stdout)
    head = "mesure;ligne;participants;jours occupés;entrées;sorties;interruptions;en attente"
    row = shown["figures"][0]
    file = tmp_path / "mois.csv"
    file.write_text(f"{head}\n{row['measure']};{row['line']};9;99;1;1;0;2\n", encoding="utf-8")
    missing = run("month", "show", "2026-09", "SMIG")

    taken, again = (run("month", "import", str(file), "2026-09", "SMIG") for _ in range(2))
    after = run("month", "show", "2026-09", "SMIG")
    file.write_text(f"{head}\n{row['measure']};{row['line']};9;x;1;1;0;2\n", encoding="utf-8")
    refused = run("month", "import", str(file), "2026-09", "SMIG")

    assert (missing.returncode, shown["deliveries"], row["told"]) == (FINDINGS, 0, None)
    assert taken.stdout.strip() == "SMIG 2026-09: delivery 1"
    assert again.stdout.strip() == "SMIG 2026-09: nothing new, delivery 1 stands"
    assert after.returncode == DONE
    assert f"{row['measure']} {row['line']} (imported): places" in after.stdout
    assert refused.returncode == FINDINGS
    assert "ligne 2" in refused.stderr


def test_a_planted_difference_is_named_the_same_twice_and_closes_by_itself(run):
    clean = run("reconcile", "--date", "2026-10-14")
    _shift(run, -1)
    found = run("reconcile", "--date", "2026-10-15", "--json")
    again = run("reconcile", "--date", "2026-10-15", "--json")
    _shift(run, +1)
    mended = run("reconcile", "--date", "2026-10-15")

    assert clean.returncode == DONE, clean.stderr
    assert f"{len(PROOFS)}/{len(PROOFS)} transfers" in clean.stderr.splitlines()
    assert found.returncode == FINDINGS
    assert json.loads(found.stdout)["findings"] == json.loads(again.stdout)["findings"]
    (finding,) = json.loads(found.stdout)["findings"]
    assert (finding["kind"], finding["difference"], finding["since"]) == ("places", -1, "2026-10-15")
    assert finding["owner"] == "administrator"
    assert mended.returncode == DONE


def _shift(run, by, _chosen={}):  # noqa: B006 - the same place is taken off and put back
    """One place of a measure and day counted less, or back again, behind the house's back."""
    engine = make_engine(run.settings.url)
    with engine.begin() as connection:
        taken = text("SELECT min(measure_id) FROM measure_day WHERE day = '2026-10-15' AND taken > 0")
        measure = _chosen.setdefault(run.settings.url, connection.execute(taken).scalar_one())
        moved = connection.execute(
            text(
                "UPDATE measure_day SET taken = taken + :by WHERE day = '2026-10-15' AND measure_id = :measure"
            ),
            {"by": by, "measure": measure},
        )
    engine.dispose()
    assert moved.rowcount == 1


def test_the_quarter_is_issued_in_four_formats_and_keeps_its_hash(run, tmp_path):
    first = run("report", "quarterly", "2026-Q1", "--out", tmp_path, "--json")
    again = run("report", "quarterly", "2026-Q1", "--format", "json", "--out", tmp_path / "b", "--json")

    assert first.returncode == DONE, first.stderr
    assert json.loads(first.stdout)["sha256"] == json.loads(again.stdout)["sha256"]
    starts = {"pdf": b"%PDF-", "xlsx": b"PK", "csv": b"\xef\xbb\xbf", "json": b"{"}
    for ending, start in starts.items():
        assert (tmp_path / f"cii-2026-Q1-v1-fr.{ending}").read_bytes().startswith(start)
    name = "cii-2026-Q1-v1-fr.json"
    assert (tmp_path / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_reports_are_made_again_from_their_rows(run, tmp_path):
    run("report", "quarterly", "2026-Q2", "--format", "json", "--out", tmp_path)

    again = run("report", "rederive", "--json")
    found = json.loads(again.stdout)
    one = run("report", "rederive", found[0]["ref"])

    assert (again.returncode, {tuple(row["differing"]) for row in found}) == (DONE, {()})
    assert one.stdout.strip().endswith(" v1: the same")
    assert run("report", "rederive", "0000000000").returncode == FINDINGS


def test_a_draft_is_written_as_known_then_and_freezes_nothing(run, tmp_path):
    draft = ("report", "quarterly", "2026-Q4", "--format", "json", "--out", tmp_path, "--json")
    now = run(*draft, "--draft")
    then = run(*draft, "--known-at", "2026-10-01T08:00")

    assert (now.returncode, then.returncode) == (DONE, DONE), then.stderr
    told = json.loads(then.stdout)
    assert (told["period"], told["files"]) == ("2026-Q4", ["cii-2026-Q4-draft-fr.json"])
    written = json.loads((tmp_path / "cii-2026-Q4-draft-fr.json").read_bytes())
    assert written["report"]["draft"] is True
    assert written["report"]["known_at"].startswith("2026-10-01T06:00")
    assert "0/1 json" in then.stderr
    assert run("report", "quarterly", "2026-Q4").returncode == FINDINGS
    ahead = run(*draft, "--known-at", "2036-10-01T08:00")
    assert ahead.returncode == FINDINGS
    assert json.loads(ahead.stdout)["reasons"][0]["code"] == "not-yet-known"


def test_wrong_words_are_two_and_change_nothing(run):
    assert run("report", "quarterly", "2026-Q3", "--known-at", "yesterday").returncode == USAGE
    assert run("report", "yearly", "2026").returncode == USAGE
    assert run("report", "quarterly", "2026-Q5").returncode == USAGE
    assert run("report", "quarterly", "2026-Q3", "--format", "doc").returncode == USAGE
    assert run("reconcile", "--date", "2026-02-31").returncode == USAGE


def test_figures_journal_and_schema_hold(run):
    assert run("demo", "check", "--json").returncode == DONE
    assert run("audit", "verify").returncode == DONE
    assert run("db", "check").returncode == DONE


def test_a_process_of_its_own_says_the_same(run):
    known = {
        "CII_DATA_DIR": str(run.settings.data_dir),
        "CII_DATABASE_URL": run.settings.database_url,
        "CII_MODE": "demo",
    }

    alone = subprocess.run(
        [sys.executable, "-m", "cii", "audit", "verify", "--json"],
        cwd=HOUSE, env={**os.environ, **known}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert alone.returncode == DONE, alone.stderr
    assert json.loads(alone.stdout) == json.loads(run("audit", "verify", "--json").stdout)


@pytest.mark.parametrize(
    ("words", "size"),
    [("demo --size 20 load", 20), ("demo load --size 7", 7), ("demo --size 5", 5), ("demo load", None)],
)
def test_the_size_of_the_demo_holds_wherever_it_stands(words, size):
    assert getattr(make_parser().parse_args(words.split()), "size", None) == size


def test_a_draft_over_a_loaded_canton_is_told_as_json_and_saves_nothing(run, tmp_path):
    shipped = (default_settings().workflows_dir / "decisions/triage.md").read_text(encoding="utf-8")
    draft = tmp_path / "draft.md"
    lines = [
        one.replace("everyday-cii", "reseau-cii") if "| T4 |" in one else one for one in shipped.splitlines()
    ]
    draft.write_text("\n".join(lines), "utf-8")

    first, again = (json.loads(run("rules", "what-if", draft, "--json").stdout) for _ in range(2))

    assert first == again
    assert first["table"] == "triage"
    assert first["open_cases"] == sum(first["effects"].values()) + first["undecided"] > 0
    assert first["effects"]["moved"] == len(first["moved"]) > 0
    assert {(one["before"], one["after"]) for one in first["moved"]} == {
        ("path=everyday-cii", "path=reseau-cii")
    }


def test_the_catalogue_of_indicators_is_listed_in_a_language(run):
    listed, before = (
        run("indicators", "list", "--lang", "de"),
        json.loads(run("indicators", "list", "--day", "2008-12-31", "--json").stdout),
    )

    assert listed.returncode == DONE
    assert "absence_rate v1 social percent: Absenzquote." in listed.stdout
    assert before == {"definitions": []}


def test_the_members_of_both_bodies_are_listed_with_the_presidency(run):
    listed, before = (
        run("group", "members"),
        json.loads(run("group", "members", "--day", "2020-01-01", "--json").stdout),
    )

    assert listed.returncode == DONE
    assert "coordination SEMP permanent: Viviane Tissot" in listed.stdout
    assert "coordination OAI invited: Bertrand Piaget" in listed.stdout
    assert "steering CII permanent: Armand Girardin, président du GP CII" in listed.stdout
    assert "2026 presided by SMIG" in listed.stdout
    assert [one["institution"] for one in before["members"] if one["body"] == "coordination"] == [
        "SASO", "SEMP", "SMIG", "OAI", "SFPO",
    ]  # fmt: skip
    assert before["presidency"]["named"] is False


def test_the_open_corrective_measures_are_listed(run):
    listed, whole = (
        run("group", "corrections"),
        json.loads(run("group", "corrections", "--all", "--json").stdout),
    )

    assert "asked_via_respondent, due 2026-11-30" in listed.stdout + listed.stderr
    assert {"verified", "observed"} <= {one["state"] for one in whole["corrections"]}
    assert "verified" not in listed.stdout
