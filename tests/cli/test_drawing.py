"""A process leaves the house as BPMN, from the command line."""

from cii.cli.parser import main


def test_a_process_is_exported_to_a_file_in_the_language_asked(tmp_path, capsys):
    out = tmp_path / "network.bpmn"

    code = main(["workflows", "export-bpmn", "reseau-cii", "--lang", "de", "--out", str(out)])

    assert code == 0
    assert "reseau-cii 2" in capsys.readouterr().out
    assert "Gemeinsames Assessment" in out.read_text("utf-8")


def test_an_earlier_version_is_named_by_its_number(capsys):
    assert main(["workflows", "draw", "reseau-cii-v1"]) == 0
    first = capsys.readouterr().out
    assert main(["workflows", "draw", "reseau-cii"]) == 0

    assert "nouvelle évaluation" not in first
    assert "nouvelle évaluation" in capsys.readouterr().out


def test_without_a_file_the_process_goes_to_standard_output(capsys):
    assert main(["workflows", "export-bpmn", "referral"]) == 0
    assert "bpmn:definitions" in capsys.readouterr().out


def test_an_unknown_process_is_said_and_nothing_is_written(tmp_path, capsys):
    out = tmp_path / "none.bpmn"

    assert main(["workflows", "export-bpmn", "inconnu", "--out", str(out)]) == 3
    assert "inconnu" in capsys.readouterr().err
    assert not out.exists()
