"""Every shipped process, table, parameter file and grid reads, checks clean, and leaves no gap."""

from itertools import pairwise
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from cii.decisions.proof import prove
from cii.decisions.rulebook import parse_table
from cii.files.vocabulary import LANGUAGES
from cii.workflow.checks import problems_in

FILES = Path(__file__).parents[2] / "workflows"
PROCESSES = sorted(FILES.glob("*.yaml"))
TABLES = sorted(FILES.glob("decisions/*.md"))
TABLE_IDS = {parse_table(path.read_text("utf-8"), path.name).id for path in TABLES}


def _name(path: Path) -> str:
    return path.stem


def test_the_shipped_files_are_there():
    assert {path.stem for path in PROCESSES} == {
        "agreement", "annual-review", "call-and-award", "corrective-measure", "corrective-measure-v2", "everyday-cii", "ne-eso", "outcome-check", "placement", "referral",
        "reseau-cii", "reseau-cii-v2", "social-enterprise-recognition", "youth-case-management",
    }  # fmt: skip
    assert {
        "detection", "triage", "lead-institution", "youth-admissibility", "ne-eso-screen", "measure-eligibility",
        "agreement-threshold",
    } == TABLE_IDS  # fmt: skip


@pytest.mark.parametrize("path", PROCESSES, ids=_name)
def test_a_shipped_process_has_no_problem_not_even_a_missing_translation(path):
    definition, problems = problems_in(path.read_text("utf-8"), path.name, TABLE_IDS)

    assert list(map(str, problems)) == []
    assert definition is not None
    assert path.stem == definition.id + (f"-v{definition.version}" if definition.version > 1 else "")
    assert definition.legal_basis


@pytest.mark.parametrize("path", TABLES, ids=_name)
def test_a_shipped_table_is_complete_and_justifies_its_overlaps(path):
    table = parse_table(path.read_text("utf-8"), path.name)

    proof = prove(table)

    assert table.warnings == ()
    assert (proof.status, proof.gaps, proof.shadowed) == ("complete", (), ())
    assert [str(one) for one in proof.unjustified] == []


def test_the_versions_of_a_table_never_overlap_in_time():
    tables = sorted(
        (parse_table(path.read_text("utf-8"), path.name) for path in TABLES),
        key=lambda one: (one.id, one.valid_from),
    )

    for earlier, later in pairwise(tables):
        if earlier.id == later.id:
            assert earlier.valid_to is not None
            assert earlier.valid_to < later.valid_from
            assert earlier.version < later.version


@pytest.mark.parametrize("path", sorted(FILES.glob("parameters/*.yaml")), ids=_name)
def test_a_parameter_has_a_unit_and_dated_values_with_source_and_certainty(path):
    parameters = YAML(typ="safe").load(path.read_text("utf-8"))

    for name, held in parameters.items():
        assert held["unit"], name
        assert set(held.get("title", LANGUAGES)) == set(LANGUAGES), name
        dates = [value["from"] for value in held["values"]]
        assert dates == sorted(set(dates)), name
        assert all(value["source"] and value["certainty"] in {"S", "V", "R"} for value in held["values"]), (
            name
        )


def test_a_parameter_stands_in_one_file_only():
    names = [
        name
        for path in FILES.glob("parameters/*.yaml")
        for name in YAML(typ="safe").load(path.read_text("utf-8"))
    ]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("path", sorted(FILES.glob("grids/*.yaml")), ids=_name)
def test_a_grid_item_has_a_known_kind_section_and_words(path):
    grid = YAML(typ="safe").load(path.read_text("utf-8"))

    keys = [item["key"] for item in grid["items"]]
    assert len(keys) == len(set(keys))
    for item in grid["items"]:
        assert item["kind"] in {"scale", "yes/no", "text", "choice", "number"}
        assert item["section"] in {"grid", "functional_limits", "social"}
        assert item["group"] in grid["sections"]
        assert set(item["title"]) == set(LANGUAGES)
        assert set(item["filled_by"]) <= {"AC", "AI", "AS", "physician", "provider"}
        assert ("choices" in item) == (item["kind"] == "choice")


def test_the_observation_grid_shares_items_that_the_common_grid_has():
    common, observation = (
        YAML(typ="safe").load((FILES / f"grids/{name}.yaml").read_text("utf-8"))
        for name in ("common", "observation")
    )

    assert set(observation["shared"]["items"]) <= {item["key"] for item in common["items"]}
    assert observation["shared"]["version"] == common["version"]
