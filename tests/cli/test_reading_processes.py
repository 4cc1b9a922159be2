"""Lawyers read the processes at the terminal: which there are, and each stage in words."""

import json
from pathlib import Path

import pytest

from cii.cli.parser import main

VERSIONS = Path(__file__).parents[1] / "workflow" / "migrations"


def test_the_processes_are_listed_with_their_version_and_legal_bases(capsys):
    assert main(["workflows", "list"]) == 0

    said = capsys.readouterr().out
    assert "reseau-cii, version 2\xa0: Réseau CII (5 étapes\xa0; LACI 85f, LAI 68bis, LASoc-NE 28)" in said
    assert said.splitlines() == sorted(said.splitlines())


def test_a_process_is_read_out_stage_by_stage_with_owner_and_deadline(capsys):
    assert main(["workflows", "show", "reseau-cii", "--lang", "de"]) == 0

    lines = [one.strip() for one in capsys.readouterr().out.splitlines()]
    assert lines[0] == "IIZ-Netzwerk, Fassung 2"
    stages = [one for one in lines if one[:1].isdigit()]
    assert stages[0] == "1. Gemeinsames Assessment (Beginn)"
    assert stages[-1] == "5. Abschluss (Ende)"
    task = lines.index("- Medizinische Bilanz und funktionelle Einschränkungen")
    assert lines[task + 1] == "Ärztin oder Arzt, Frist 21 Arbeitstage"
    assert "Weiter: Gemeinsamer Plan, sonst" in lines


def test_machines_read_the_same_in_json(capsys):
    assert main(["workflows", "show", "referral", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    first = told["stages"][0]
    assert (told["name"], told["version"], first["key"]) == ("referral", 1, "sent")
    assert first["tasks"][0]["owner"] == "receiving"
    assert first["tasks"][0]["due"] == "3wd"
    assert {one["to"] for one in first["next"]} == {"withdrawn", "received", "expired"}


@pytest.mark.parametrize(("asked", "stage"), [([], "Évaluation commune"), (["--version", "1"], "Avis")])
def test_the_newest_version_is_read_unless_another_is_named(capsys, asked, stage):
    assert main(["workflows", "show", "joint-opinion", "--folder", str(VERSIONS), *asked]) == 0

    first = next(one for one in capsys.readouterr().out.splitlines() if one.startswith("1. "))
    assert stage in first


def test_an_unknown_process_or_version_is_answered_with_those_there_are(capsys):
    assert main(["workflows", "show", "reseau"]) == 2
    assert "reseau-cii" in capsys.readouterr().err

    assert main(["workflows", "show", "reseau-cii", "--version", "9"]) == 2
    assert "n'a pas cette version. Il a\xa0: 1, 2." in capsys.readouterr().err


def test_facts_may_stand_after_options(capsys):
    table = ["rules", "eval", "agreement-threshold"]

    codes = [
        main([*table, "placements_per_year=12", "--json"]),
        main([*table, "--json", "placements_per_year=12"]),
    ]

    before, after = capsys.readouterr().out.splitlines()
    assert codes == [0, 0]
    assert before == after
    with pytest.raises(SystemExit):
        main(["workflows", "list", "placements_per_year=12"])
    assert "placements_per_year=12" in capsys.readouterr().err
