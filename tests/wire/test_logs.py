import json
import logging

import pytest

from cii.store.settings import Settings
from cii.wire.logs import MASK, configure, masked


@pytest.fixture
def quiet():
    root = logging.getLogger("cii")
    before = root.handlers, root.propagate, root.level
    yield
    root.handlers, root.propagate = before[0], before[1]
    root.setLevel(before[2])


@pytest.mark.parametrize("written", ["756.9217.0769.85", "7569217076985", "756 9217 0769 85"])
def test_an_avs_number_is_hidden_however_it_is_written(written):
    assert masked(f"person {written} unknown") == f"person {MASK} unknown"


def test_a_fault_is_one_line_of_json_without_the_number(quiet, capsys):
    configure(Settings(mode="demo"))

    try:
        int("756.9217.0769.85")
    except ValueError:
        logging.getLogger("cii.wire").exception("broken for 756.9217.0769.85")

    line = json.loads(capsys.readouterr().err)
    assert line["level"] == "error"
    assert "9217.0769" not in json.dumps(line)
    assert "ValueError" in line["exception"]


def test_half_a_character_that_somebody_sent_is_written_and_loses_no_line(quiet, capsys):
    configure(Settings(mode="demo"))

    logging.getLogger("cii.wire").error("fault of the program at %s", "\ud800")

    assert json.loads(capsys.readouterr().err)["event"].endswith("\ud800")
